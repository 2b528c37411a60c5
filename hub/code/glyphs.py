"""Which characters a font has, read from its `cmap` (OpenType 1.9; formats 4 and 12, which all fonts of Chinese have).

Typst prints an empty box for a character that no font has, and says nothing: this is asked first. Only the table is read.
"""

import struct
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

SUFFIXES = frozenset({".otf", ".ttf", ".ttc", ".otc"})
MOST = 1_000
"""Fonts of a folder that are read."""
_MOST_TABLE = 8_000_000
_UNICODE = frozenset({(3, 10), (3, 1), *((0, kind) for kind in range(7))})


class NoFont(ValueError):
    """A file that is no font, or whose table can't be read."""


@dataclass(frozen=True, slots=True)
class Glyphs:
    """The characters that some fonts have, as spans of code points: where each begins, and where it ends."""

    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def has(self, char: str) -> bool:
        """True if one of the fonts has the character."""
        place = bisect_right(self.starts, ord(char))
        return place > 0 and ord(char) <= self.ends[place - 1]


def fonts_in(folder: Path) -> list[Path]:
    """The fonts of a folder and below, at most `MOST`; none where there is no such folder."""
    return sorted(path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())[:MOST]


def glyphs_of(folder: Path) -> Glyphs:
    """What the fonts of a folder have together; files that are no fonts have nothing. Blocking."""
    found: list[tuple[int, int]] = []
    for path in fonts_in(folder):
        with suppress(NoFont, OSError):
            found += _spans(path)
    merged: list[tuple[int, int]] = []
    for first, last in sorted(found):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return Glyphs(tuple(first for first, _ in merged), tuple(last for _, last in merged))


@dataclass(slots=True)
class Letters:
    """The characters that can be printed: those of the hub's font, and of the fonts in a folder, read once."""

    folder: Path | None = None
    _glyphs: Glyphs | None = None

    def lacking(self, text: str) -> list[str]:
        """Characters of a text that no font has, each once."""
        rare = {char for char in text if not _is_common(char)}
        if rare and self.folder is not None:
            glyphs = self._glyphs = self._glyphs or glyphs_of(self.folder)
            rare = {char for char in rare if not (char.isprintable() and glyphs.has(char))}
        return sorted(rare)


def _is_common(char: str) -> bool:
    """True if the font that comes with the hub has the character."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return char.isprintable()


def _spans(path: Path) -> set[tuple[int, int]]:
    with path.open("rb") as file:
        try:
            return {span for start in _starts(file) for span in _mapped(_table(file, start))}
        except (struct.error, OverflowError) as fault:
            raise NoFont(path.name) from fault


def _starts(file: BinaryIO) -> tuple[int, ...]:
    """Where the fonts of a file begin: several in a collection."""
    head = file.read(12)
    if head[:4] == b"ttcf":
        (count,) = struct.unpack(">I", head[8:12])
        return struct.unpack(f">{min(count, 64)}I", file.read(4 * min(count, 64)))
    if head[:4] not in {b"OTTO", b"true", b"\0\1\0\0"}:
        raise NoFont("not a font")
    return (0,)


def _table(file: BinaryIO, start: int) -> bytes:
    file.seek(start + 4)
    (count,) = struct.unpack(">H", file.read(2))
    file.seek(start + 12)
    for _ in range(count):
        tag, _, offset, length = struct.unpack(">4sIII", file.read(16))
        if tag == b"cmap":
            file.seek(offset)
            return file.read(min(length, _MOST_TABLE))
    return b"\0\0\0\0"


def _mapped(table: bytes) -> Iterator[tuple[int, int]]:
    """Spans of the characters that have a glyph, from the wider of the two formats."""
    (count,) = struct.unpack_from(">H", table, 2)
    forms: dict[int, int] = {}
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", table, 4 + 8 * number)
        if (platform, encoding) in _UNICODE:
            forms.setdefault(struct.unpack_from(">H", table, offset)[0], offset)
    if 12 in forms:
        yield from _groups(table, forms[12])
    elif 4 in forms:
        yield from _segments(table, forms[4])


def _groups(table: bytes, offset: int) -> Iterator[tuple[int, int]]:
    """Format 12: spans with the glyph of their first character; glyph 0 is the empty box."""
    (count,) = struct.unpack_from(">I", table, offset + 12)
    for number in range(count):
        first, last, glyph = struct.unpack_from(">III", table, offset + 16 + 12 * number)
        first += glyph == 0
        if first <= last:
            yield first, last


def _segments(table: bytes, offset: int) -> Iterator[tuple[int, int]]:
    """Format 4: segments of the first plane, whose glyphs are reckoned, or listed one by one."""
    (twice,) = struct.unpack_from(">H", table, offset + 6)
    ends, starts = offset + 14, offset + 16 + twice
    for at in range(0, twice, 2):
        (last,), (first,) = struct.unpack_from(">H", table, ends + at), struct.unpack_from(">H", table, starts + at)
        (delta,) = struct.unpack_from(">H", table, starts + twice + at)
        place = starts + 2 * twice + at
        (begin,) = struct.unpack_from(">H", table, place)
        for point in range(first, min(last, 0xFFFE) + 1):
            listed = struct.unpack_from(">H", table, place + begin + 2 * (point - first))[0] if begin else point
            if (listed or not begin) and (listed + delta) % 65_536:
                yield point, point
