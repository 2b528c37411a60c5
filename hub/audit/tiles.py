"""Tiles (C2SP tlog-tiles): the hashes of the tree in blocks of 256, and the entries in bundles of as many.

A full tile never changes. The last one of a level is partial: its width is part of its address, so that what an address
gives never changes either.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

import orjson

from hub.audit.tree import HASH_BYTES, MAX_SIZE, fold

HEIGHT = 8
WIDTH = 1 << HEIGHT
MAX_LEVEL = 7
"""Above it a tree of MAX_SIZE has no tile."""
MAX_ENTRY = 65_535
"""Bytes of an entry in a bundle."""

_PATH = re.compile(r"(entries|[0-7])/((?:x[0-9]{3}/){0,6}[0-9]{3})(?:\.p/([1-9][0-9]{0,2}))?")


class TileError(ValueError):
    """An address or a content that no tile has."""


@dataclass(frozen=True, slots=True)
class Tile:
    """One tile: its level (None: a bundle of entries), its number from the left, its width in hashes or entries."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Its address below `tile/`."""
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[place : place + 3] for place in range(0, len(digits), 3)]
        name = "/".join([*(f"x{group}" for group in groups[:-1]), groups[-1]])
        level = "entries" if self.level is None else str(self.level)
        return f"{level}/{name}" + ("" if self.width == WIDTH else f".p/{self.width}")


def read_path(text: str) -> Tile:
    """The tile at an address below `tile/`; TileError if it is written otherwise than `path` would, or no tree has it."""
    found = _PATH.fullmatch(text)
    if found is None:
        raise TileError("is not the address of a tile")
    level = None if found[1] == "entries" else int(found[1])
    tile = Tile(level, int(found[2].replace("x", "").replace("/", "")), int(found[3] or WIDTH))
    if tile.path != text or not 1 <= tile.width <= WIDTH or tile.number > MAX_SIZE >> HEIGHT * ((level or 0) + 1):
        raise TileError("is not the address of a tile")
    return tile


def width_at(level: int, number: int, size: int) -> int:
    """Hashes that a tile has in the tree of `size` entries, 0 if it has none."""
    return max(0, min(WIDTH, (size >> HEIGHT * level) - number * WIDTH))


def tiles_of(size: int) -> Iterator[Tile]:
    """Every tile of hashes of the tree of `size` entries, the partial ones included."""
    for level in range(MAX_LEVEL + 1):
        count = size >> HEIGHT * level
        for number in range(-(-count // WIDTH)):
            yield Tile(level, number, width_at(level, number, size))


def reader(tile_at: Callable[[int, int], bytes]) -> Callable[[int, int], bytes]:
    """What reads subtrees for proofs, over what gives the hashes of a tile by level and number.

    TileError where a tile lacks what the tree should have.
    """

    def read(level: int, number: int) -> bytes:
        count = 1 << level % HEIGHT
        first = number * count
        start = first % WIDTH * HASH_BYTES
        found = tile_at(level // HEIGHT, first // WIDTH)[start : start + count * HASH_BYTES]
        if len(found) != count * HASH_BYTES:
            raise TileError("a tile lacks hashes")
        return fold(hashes_of(found))

    return read


def hashes_of(tile: bytes) -> list[bytes]:
    """The hashes of a tile."""
    if len(tile) % HASH_BYTES or len(tile) > WIDTH * HASH_BYTES:
        raise TileError("is not a tile of hashes")
    return [tile[place : place + HASH_BYTES] for place in range(0, len(tile), HASH_BYTES)]


def logged(body: bytes) -> bytes:
    """What stands in the log for the bytes of an entry: themselves, or what names them where they are too long for a bundle."""
    if len(body) <= MAX_ENTRY:
        return body
    told = {"bytes": len(body), "kind": "long", "sha256": sha256(body).hexdigest(), "v": 1}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def write_bundle(entries: Sequence[bytes]) -> bytes:
    """A bundle: each entry behind its length in two bytes."""
    if not 1 <= len(entries) <= WIDTH or any(len(one) > MAX_ENTRY for one in entries):
        raise TileError("is not what a bundle holds")
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


def read_bundle(data: bytes, width: int = WIDTH) -> list[bytes]:
    """The entries of a bundle of this width; TileError if it has more, fewer, or half an entry."""
    entries: list[bytes] = []
    place = 0
    while place < len(data) and len(entries) < width:
        end = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if place + 2 > len(data) or end > len(data):
            raise TileError("the bundle ends within an entry")
        entries.append(data[place + 2 : end])
        place = end
    if len(entries) != width or place != len(data):
        raise TileError(f"the bundle does not hold {width} entries")
    return entries
