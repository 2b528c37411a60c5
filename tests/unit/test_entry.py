"""The audit entry: its bytes are frozen, its digests keyed, and it holds no values."""

import hashlib
import json
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from hub.audit.canonical import check_canonical
from hub.audit.entry import Digester, Entry, EntryForm, Gaps, fresh_salt, salted

VECTORS = Path(__file__).parents[1] / "vectors"
FIRST = json.loads((VECTORS / "entry.json").read_text(encoding="utf-8"))
VECTOR = json.loads((VECTORS / "entry_2.json").read_text(encoding="utf-8"))


def entry() -> Entry:
    """The entry of the vector."""
    made: dict[str, Any] = {name: _tupled(value) for name, value in VECTOR["entry"].items()}
    return Entry(**made)


def test_bytes_are_frozen():
    """The canonical bytes of version 2 are those that were ever written: a change is a new version."""
    assert entry().canonical().decode() == VECTOR["canonical"]
    assert hashlib.sha256(entry().canonical()).hexdigest() == VECTOR["sha256"]


def test_bytes_are_canonical_json():
    """Keys are sorted, nothing is spaced, text is UTF-8: what RFC 8785 says of these types."""
    body = json.loads(entry().canonical())
    again = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert again.encode() == entry().canonical()
    assert body["v"] == 2


def test_the_first_version_stays():
    """What was written as version 1 has the keys that version 2 has, but for two, and is canonical as it stands."""
    check_canonical(FIRST["canonical"].encode())
    first, second = json.loads(FIRST["canonical"]), json.loads(VECTOR["canonical"])
    assert second.keys() - first.keys() == {"asOf", "question"}
    assert first.keys() <= second.keys()


def test_every_field_is_in_the_bytes():
    """Two entries that differ in any field differ in their bytes."""
    for one in fields(Entry):
        other: Any = "other" if isinstance(getattr(entry(), one.name), str) else ("other",)
        assert replace(entry(), **{one.name: other}).canonical() != entry().canonical(), one.name


def test_digests_are_keyed_and_typed():
    """The digests of the vector; the same value of another kind, or under another key, is another digest."""
    digester = Digester(bytes.fromhex(FIRST["key"]))
    for kind, value, digest in FIRST["digests"]:
        assert digester.of(kind, value) == digest
    assert digester.of("entity", "x") != digester.of("case", "x")
    assert digester.of("entity", "x") != Digester(b"k" * 32).of("entity", "x")
    assert digester.of("entity", "") == ""


@given(st.lists(st.text(min_size=1), max_size=5), st.randoms(use_true_random=False))
def test_digests_of_several_do_not_tell_their_order(values, random):
    """Digests are sorted, so that the order of the answer is not in the entry."""
    digester = Digester(bytes(32))
    shuffled = list(values)
    random.shuffle(shuffled)
    assert digester.all("entity", shuffled) == digester.all("entity", values)


def test_key_is_not_shown():
    """The key of the digests is not in the digester's representation."""
    key = b"K" * 32
    assert "KKKK" not in repr(Digester(key))


def test_answer_is_bound_by_a_salted_digest():
    """The digest of an answer is that of the vector; another salt or another answer gives another one."""
    salt, parts, digest = FIRST["salted"]
    bodies = [part.encode() for part in parts]
    assert salted(salt, bodies) == digest
    assert salted(salt, bodies[:1]) != digest
    assert salted(fresh_salt(), bodies) != digest
    assert fresh_salt() != fresh_salt()
    assert len(bytes.fromhex(fresh_salt())) == 16


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list) else value


def test_a_form_writes_what_the_entry_would():
    """Bytes of an entry in which only some fields were open are the entry's own, whatever was there before."""
    made = entry()
    texts = ("answer", "at", "case", "outcome", "question", "request_id", "salt")
    lists = ("entities", "sources", "states", "as_of")
    form = EntryForm(replace(made, **dict.fromkeys(texts, ""), **dict.fromkeys(lists, ())))  # type: ignore[arg-type]
    gaps = Gaps(*(getattr(made, name) for name in Gaps._fields))
    assert form.canonical(gaps) == made.canonical()
    bare = replace(made, **dict.fromkeys(lists, ()), answer="")  # type: ignore[arg-type]
    emptied = gaps._replace(entities=(), sources=(), states=(), as_of=(), answer="")
    assert form.canonical(emptied) == bare.canonical()
