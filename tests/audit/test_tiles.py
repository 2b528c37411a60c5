"""Tiles and canonical JSON: addresses, widths, bundles; and one way to write a value."""

import json
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.audit.canonical import NoCanonicalFormError, canonical, check_canonical
from hub.audit.tiles import (
    MAX_ENTRY,
    Tile,
    TileError,
    logged,
    read_bundle,
    read_path,
    reader,
    tiles_of,
    width_at,
    write_bundle,
)
from hub.audit.tree import MAX_SIZE, fold, leaf_hash
from tests.audit.test_proofs import named

VECTORS = Path(__file__).parents[1] / "vectors/log"
TILES = json.loads((VECTORS / "tiles.json").read_text(encoding="utf-8"))["cases"]
CANONICAL = json.loads((VECTORS / "canonical.json").read_text(encoding="utf-8"))["cases"]


@pytest.mark.parametrize("case", TILES, ids=lambda case: repr(case["path"]))
def test_addresses(case):
    """An address is read in the one way in which it is written, or not at all."""
    if "error" in case:
        with pytest.raises(TileError):
            read_path(case["path"])
        return
    tile = Tile(case["level"], case["number"], case["width"])
    assert (tile.path, read_path(case["path"])) == (case["path"], tile)


@given(st.none() | st.integers(0, 5), st.integers(0, 10**6), st.integers(1, 256))
def test_every_address_is_read_again(level, number, width):
    """Whatever a tile's place, its address leads back to it."""
    tile = Tile(level, number % (MAX_SIZE >> 8 * ((level or 0) + 1)), width)
    assert read_path(tile.path) == tile


def test_tiles_of_a_size():
    """The example of 70,000 entries: full and partial tiles on three levels."""
    found = list(tiles_of(70_000))
    assert [sum(tile.level == level for tile in found) for level in range(4)] == [274, 2, 1, 0]
    assert found[273].path == "0/273.p/112"
    assert [tile.path for tile in found[274:]] == ["1/000", "1/001.p/17", "2/000.p/1"]
    assert (width_at(0, 273, 70_000), width_at(0, 274, 70_000), width_at(1, 1, 70_000)) == (112, 0, 17)
    assert list(tiles_of(0)) == []


def test_a_subtree_is_read_from_its_tile():
    """Hashes within a tile are folded; those a tile lacks are missed."""
    hashes = [leaf_hash(bytes([number])) for number in range(6)]
    read = reader(lambda level, number: b"".join(hashes) if (level, number) == (0, 0) else b"")
    assert read(0, 5) == hashes[5]
    assert read(1, 2) == fold(hashes[4:])
    for level, number in ((0, 6), (2, 1), (8, 0), (0, 256)):
        with pytest.raises(TileError):
            read(level, number)


@given(st.lists(st.binary(max_size=70), min_size=1, max_size=256))
def test_bundles(entries):
    """What is bundled comes out again; a bundle that ends early, late or in another number is refused."""
    data = write_bundle(entries)
    assert read_bundle(data, len(entries)) == entries
    for broken in (data[:-1], data + b"\0", data + b"\0\0"):
        with pytest.raises(TileError):
            read_bundle(broken, len(entries))
    with pytest.raises(TileError):
        read_bundle(data, len(entries) + 1)


def test_an_entry_that_is_too_long_for_a_bundle_is_named():
    """Its digest stands in its place, and an entry of the longest length itself."""
    assert logged(bytes(MAX_ENTRY)) == bytes(MAX_ENTRY)
    named_by = logged(bytes(MAX_ENTRY + 1))
    assert orjson.loads(named_by)["bytes"] == MAX_ENTRY + 1
    assert len(named_by) < 200
    assert logged(b"\1" * (MAX_ENTRY + 1)) != named_by
    write_bundle([named_by, bytes(MAX_ENTRY)])
    with pytest.raises(TileError):
        write_bundle([bytes(MAX_ENTRY + 1)])


@pytest.mark.parametrize("case", CANONICAL, ids=named)
def test_canonical_json(case):
    """What is written as RFC 8785 would is taken, and nothing else."""
    body = case["body"].encode("utf-8", "surrogatepass")
    if case["error"] is None:
        check_canonical(body)
        return
    with pytest.raises(NoCanonicalFormError):
        check_canonical(body)


# A float that is written as a whole number beyond 2**53 would be read as one that not every reader keeps.
_FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda f: not 2**53 <= abs(f) < 1e21)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | _FLOATS
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_what_is_written_is_canonical(value):
    """Any value is written in the form that is taken, and means what it meant."""
    body = canonical(value)
    check_canonical(body)
    assert json.loads(body) == value


@given(_JSON)
def test_the_fast_way_is_the_library_s(value):
    """Whatever the fast writer makes is taken exactly if the library makes the same."""
    body = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    same = body == canonical(orjson.loads(body))
    if same:
        check_canonical(body)
    else:
        with pytest.raises(NoCanonicalFormError):
            check_canonical(body)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, "\ud800", [{"a": 10**400}]])
def test_what_has_no_canonical_form(value):
    """Numbers that readers would change, and half characters."""
    with pytest.raises(NoCanonicalFormError):
        canonical(value)
