"""Which rows a question to the SOAP service means: filters, order and position, on rows as a database holds them."""

from collections.abc import Callable, Mapping, Sequence
from functools import cmp_to_key
from typing import Any

from tests.adapters.soap_xml import Asked, as_text

Row = dict[str, Any]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "EQ": lambda held, wanted: held == wanted[0],
    "IN": lambda held, wanted: held in wanted,
    "PREFIX": lambda held, wanted: held.startswith(wanted[0]),
    "CONTAINS": lambda held, wanted: _fold(wanted[0]) in _fold(held),
    "GE": lambda held, wanted: held >= wanted[0],
    "LE": lambda held, wanted: held <= wanted[0],
    "LT": lambda held, wanted: held < wanted[0],
}


def matching(rows: Sequence[Row], asked: Asked) -> list[Row]:
    """Rows that pass every parameter `column__OP`."""
    tests = [(name.partition("__"), wanted) for name, wanted in asked.values.items() if not name.startswith("after__")]
    return [row for row in rows if all(_passes(row, column, op, wanted) for (column, _, op), wanted in tests)]


def ordered(rows: Sequence[Row], asked: Asked, *, deaf: bool = False) -> list[Row]:
    """Rows in the order asked, missing last, ties by the identifier in the first column; only those after a position.

    A deaf service forgets the position.
    """
    local = next(iter(rows[0])) if rows else ""
    names = [name for name in (asked.one("sort") or "").split(",") if name]
    keys = [(name.removeprefix("-"), name.startswith("-")) for name in names] + [(local, False)]

    def compare(one: Row, other: Row) -> int:
        return next((found for found in (_order(one[c], other[c], down) for c, down in keys) if found), 0)

    found = sorted(rows, key=cmp_to_key(compare))
    if deaf or asked.one(f"after__{local}") is None:
        return found
    before = {column: asked.one(f"after__{column}") for column, _ in keys}
    return [row for row in found if compare(row, before) > 0]


def _passes(row: Row, column: str, op: str, wanted: list[str]) -> bool:
    found = row.get(column.replace("_", "."), row.get(column))
    held = _clean(found)
    if op == "IS_NULL":
        return held is None and not isinstance(found, Mapping)
    if op not in COMPARE:
        return True
    if held is None:
        return False
    if isinstance(row[column], int) and op in ("GE", "LE", "LT"):
        return COMPARE[op](int(held), [int(value) for value in wanted])
    return COMPARE[op](held, wanted)


def _order(one: Any, other: Any, down: bool) -> int:
    held, wanted = _clean(one), _clean(other)
    if held is None or wanted is None:
        return (held is None) - (wanted is None)
    return ((held > wanted) - (held < wanted)) * (-1 if down else 1)


def _clean(value: Any) -> str | None:
    return None if value is None or isinstance(value, Mapping) else as_text(value).strip() or None


def _fold(text: str) -> str:
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in text)
