"""Rows as a driver gives them → rows in canonical form, by one function written for exactly these columns.

A cell in the form that nearly all have is taken by a short expression; any other goes to the column's own reader, which
alone decides what it means. Knows no database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from itertools import repeat
from typing import Any

Raw = Sequence[Any]
Decode = Callable[[Sequence[Raw]], list[tuple[Any, ...]]]
MANY = 8
"""Rows from which on they are made column by column."""


class Quick(Enum):
    """Forms of a cell that are canonical as they stand, or nearly; `{v}` is the cell, `{r}` its reader.

    WRITTEN: text exactly as declared · CODE: the same of a code, unless it could be a person's number · TRIMMED: text with blanks around it · DAY: ISO date · MOMENT: ISO instant in
    +08 with a blank between · WHOLE: 32-bit number · NAMED: a code of an enumeration · KEY: compared as it is stored.
    """

    KEY = "{v}"
    WRITTEN = "({v} or None if {v}.__class__ is str else {r}({v}))"
    CODE = "({v} if {v} and {v}.__class__ is str and not {v}[:17].isdecimal() else {r}({v}))"
    TRIMMED = "({v}.strip() or None if {v}.__class__ is str else {r}({v}))"
    DAY = "({v} if {v} is None or len({v}) == 10 else {r}({v}))"
    MOMENT = "(f'{{{v}[:10]}}T{{{v}[11:]}}:00' if {v}.__class__ is str and {v}[19:] == '+08' else {r}({v}))"
    WHOLE = "({v} if {v}.__class__ is int and -2147483648 <= {v} < 2147483648 else {r}({v}))"
    NAMED = "({n}.get({v}) or {r}({v}))"
    READ = "{r}({v})"


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the rows to make: its place in a raw row (None for a constant), its reader, its usual form."""

    place: int | None
    read: Callable[[Any], Any]
    quick: Quick = Quick.READ
    names: Mapping[str, str] | None = None


def compile_decoder(cells: Sequence[Cell]) -> Decode:
    """The function that makes the rows: row by row where they are few, else column by column. For two columns it reads

    def decode(raws):
        if len(raws) < many: return [(v0, (v1.strip() or None if …), ) for (v0, v1, *_) in raws]
        v0, v1, *_ = zip(*raws)
        return list(zip(v0, (a1(v1) or [… for v1 in v1])))
    """
    names: dict[str, Any] = {"many": MANY, "repeat": repeat}
    made, columns = [], []
    for number, cell in enumerate(cells):
        if cell.place is None:
            names[f"c{number}"] = cell.read(None)
            made.append(f"c{number}")
            columns.append(f"repeat(c{number})")
            continue
        names |= {f"r{number}": cell.read, f"n{number}": cell.names or {}}
        one = cell.quick.value.format(v=f"v{cell.place}", r=f"r{number}", n=f"n{number}")
        made.append(one)
        columns.append(_column(cell, number, one, names))
    places = sorted({cell.place for cell in cells if cell.place is not None})
    width = places[-1] + 1 if places else 0
    taken = "".join(f"v{place}, " for place in range(width))
    # A row may be wider than what is made of it, where one column is read for its sake alone.
    head = f"({taken}*_)" if width else "_"
    lines = [f"return [({''.join(f'{one}, ' for one in made)}) for {head} in raws]"]
    if width:
        lines[0] = f"if len(raws) < many: {lines[0]}"
        lines += [f"{taken}*_ = zip(*raws)", f"return list(zip({', '.join(columns)}))"]
    source = "".join(["def decode(raws):\n", *(f"    {line}\n" for line in lines)])
    exec(compile(source, "<decoder>", "exec"), names)  # noqa: S102 - our own code; no name in it comes from outside
    decode: Decode = names["decode"]
    return decode


def _column(cell: Cell, number: int, one: str, names: dict[str, Any]) -> str:
    """Expression of a whole column: at once where all of it has the usual form, else cell by cell."""
    column = f"v{cell.place}"
    each = f"[{one} for {column} in {column}]"
    if cell.quick is Quick.KEY:
        return column
    if cell.quick is Quick.READ:
        return f"map(r{number}, {column})"
    at_once = _AT_ONCE.get(cell.quick)
    if at_once is None:
        return each
    names[f"a{number}"] = partial(at_once, names[f"n{number}"].get) if cell.quick is Quick.NAMED else at_once
    return f"(a{number}({column}) or {each})"


def _written(column: Sequence[Any]) -> Sequence[Any] | None:
    return column if set(map(type, column)) == _TEXT and all(column) else None


def _trimmed(column: Sequence[Any]) -> Sequence[Any] | None:
    if set(map(type, column)) != _TEXT:
        return None
    made = list(map(str.strip, column))
    return made if all(made) else None


def _days(column: Sequence[Any]) -> Sequence[Any] | None:
    return column if set(map(type, column)) == _TEXT and set(map(len, column)) == {10} else None


def _moments(column: Sequence[Any]) -> Sequence[Any] | None:
    if set(map(type, column)) != _TEXT or set(map(len, column)) != {22}:
        return None
    joined, count = "".join(column), len(column)
    if joined[10::22] != " " * count or [joined[place::22] for place in (19, 20, 21)] != [
        mark * count for mark in "+08"
    ]:
        return None
    made = joined.replace(" ", "T").replace("+08", "+08:00")
    return [made[start : start + 25] for start in range(0, 25 * count, 25)] if len(made) == 25 * count else None


def _named(name: Callable[[Any], str | None], column: Sequence[Any]) -> Sequence[Any] | None:
    made = list(map(name, column))
    return made if all(made) else None


_TEXT = {str}
_AT_ONCE: Mapping[Quick, Callable[..., Sequence[Any] | None]] = {
    Quick.WRITTEN: _written,
    Quick.TRIMMED: _trimmed,
    Quick.DAY: _days,
    Quick.MOMENT: _moments,
    Quick.NAMED: _named,
}
