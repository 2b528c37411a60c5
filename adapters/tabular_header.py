"""Finds the heading of a table among its first rows by the columns that are mapped, over one or several lines.

Titles above the heading, merged cells, line breaks, blanks and full-width signs in it make no difference. Knows no
file and no record.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from adapters.tabular_fault import FileFault
from adapters.tabular_file import Rows, Table

SEARCHED = 20
"""Rows among which a heading begins."""
MOST_LINES = 5
_USUAL_LINES = 3
_MARKS = re.compile(r"[\s\u200b\ufeff]+|^\*+|\*+$")


Wanted = Mapping[str, Sequence[str]]
"""Column → the names it may go by, the first that is there counts."""


@dataclass(frozen=True, slots=True)
class Header:
    """Where the heading lies: its first row from 0, its lines, its names, and the column of each mapped name."""

    row: int
    lines: int
    names: tuple[str, ...]
    places: Mapping[str, int]

    @property
    def below(self) -> int:
        """Number of rows to skip to come to the first below the heading."""
        return self.row + self.lines

    @property
    def width(self) -> int:
        """Number of columns that have a name."""
        return len(self.names)


@dataclass(frozen=True, slots=True)
class _Near:
    """The best so far that is no heading: how it was read, and what it lacks or holds twice."""

    way: str
    found: int
    lacking: tuple[str, ...]
    twice: tuple[str, ...]


def normalise_name(text: str) -> str:
    """A column's name without blanks, line breaks, full-width forms, and stars that mark what is mandatory."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", text)).casefold()


def find_header(table: Table, wanted: Wanted, lines: int | None) -> tuple[Rows, Header]:
    """The first way to read the table under which a heading with all wanted columns is found; FileFault if none is."""
    best: _Near | None = None
    for rows in table.candidates():
        head = rows.head(SEARCHED + MOST_LINES)
        for row, count in _places(len(head), lines):
            found = _read(head, row, count, wanted)
            if isinstance(found, Header):
                return rows, found
            near = _Near(rows.name, len(wanted) - len(found[0]), *found)
            if best is None or near.found > best.found:
                best = near
    raise _fault(best, wanted)


def _places(height: int, lines: int | None) -> Iterator[tuple[int, int]]:
    depths = range(1, _USUAL_LINES + 1) if lines is None else (lines,)
    for count in depths:
        for row in range(min(SEARCHED, height - count + 1)):
            yield row, count


def _read(
    head: Sequence[Sequence[str]], row: int, count: int, wanted: Wanted
) -> Header | tuple[tuple[str, ...], tuple[str, ...]]:
    """The heading, or what it lacks and what it holds twice."""
    joined, own = _names(head[row : row + count])
    places: dict[str, int] = {}
    lacking: list[str] = []
    twice: list[str] = []
    for name, spellings in wanted.items():
        at = next(filter(None, (_at(joined, each) or _at(own, each) for each in spellings)), [])
        if len(at) == 1:
            places[name] = at[0]
        else:
            (twice if at else lacking).append(name)
    if lacking or twice:
        return tuple(lacking), tuple(twice)
    return Header(row, count, joined_names(head[row : row + count]), places)


def _at(names: Sequence[str], wanted: str) -> list[int]:
    key = normalise_name(wanted)
    return [place for place, name in enumerate(names) if name == key]


def _names(lines: Sequence[Sequence[str]]) -> tuple[list[str], list[str]]:
    """Normalised names: of all lines together, and of the lowest line alone that says something."""
    columns = _columns(lines)
    own = [next((part for part in reversed(parts) if part), "") for parts in columns]
    return [normalise_name("".join(parts)) for parts in columns], [*map(normalise_name, own)]


def joined_names(lines: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The names of a heading of one or several lines, without blanks; a column without one has an empty name."""
    names = [re.sub(r"\s+", "", "".join(parts)) for parts in _columns(lines)]
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def _columns(lines: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    """The parts of each column's name from above; a name above several columns is merged over them."""
    width = max(map(len, lines), default=0)
    padded = [[cell.strip() for cell in line] + [""] * (width - len(line)) for line in lines]
    for number, line in enumerate(padded[:-1]):
        below = ["".join(column) for column in zip(*padded[number + 1 :], strict=True)]
        spread = accumulate(zip(line, below, strict=True), lambda left, cell: (cell[0] or (cell[1] and left[0]), ""))
        padded[number] = [cell for cell, _ in spread]
    return list(zip(*padded, strict=True))


def _fault(best: _Near | None, wanted: Wanted) -> FileFault:
    if best is None or not best.found:
        zh = f"前 {SEARCHED} 行内没有找到表头，应有的列：{'、'.join(wanted)}"
        return FileFault(zh, f"no heading among its first {SEARCHED} rows")
    parts = [("缺少列：" + "、".join(best.lacking)) if best.lacking else ""]
    parts.append(("列名重复：" + "、".join(best.twice)) if best.twice else "")
    said = [("lacks " + ", ".join(best.lacking)) if best.lacking else ""]
    said.append(("has twice " + ", ".join(best.twice)) if best.twice else "")
    return FileFault(
        f"{best.way}的表头" + ",".join(filter(None, parts)), "its heading " + " and ".join(filter(None, said))
    )
