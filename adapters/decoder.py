"""Rows as a driver gives them → rows in canonical form, by one function written for exactly these columns.

A cell in the form that nearly all have is taken by a short expression; any other goes to the column's own reader, which
alone decides what it means. Knows no database.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

Raw = Sequence[Any]
Decode = Callable[[Sequence[Raw]], list[tuple[Any, ...]]]


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
    """The function that makes the rows."""
    names: dict[str, Any] = {}
    made = []
    for number, cell in enumerate(cells):
        if cell.place is None:
            names[f"c{number}"] = cell.read(None)
            made.append(f"c{number}")
            continue
        names |= {f"r{number}": cell.read, f"n{number}": cell.names or {}}
        made.append(cell.quick.value.format(v=f"v{cell.place}", r=f"r{number}", n=f"n{number}"))
    places = sorted({cell.place for cell in cells if cell.place is not None})
    width = places[-1] + 1 if places else 0
    # A row may be wider than what is made of it, where one column is read for its sake alone.
    taken = ", ".join(f"v{place}" for place in range(width))
    head = f"({taken}, *_)" if width else "_"
    source = f"def decode(raws):\n    return [({', '.join(made)}{',' if made else ''}) for {head} in raws]\n"
    exec(compile(source, "<decoder>", "exec"), names)  # noqa: S102 - our own code; no name in it comes from outside
    decode: Decode = names["decode"]
    return decode
