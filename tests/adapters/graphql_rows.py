"""How the GraphQL service of the tests filters and orders its own rows: slowly, by what its schema promises."""

from collections.abc import Callable, Mapping, Sequence
from functools import cmp_to_key
from typing import Any

Row = dict[str, Any]
Order = Sequence[tuple[str, bool]]
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda held, wanted: held == wanted,
    "in": lambda held, wanted: held in wanted,
    "prefix": lambda held, wanted: held.startswith(wanted),
    "contains": lambda held, wanted: _fold(wanted) in _fold(held),
    "ge": lambda held, wanted: held >= wanted,
    "le": lambda held, wanted: held <= wanted,
    "lt": lambda held, wanted: held < wanted,
}


def passes(row: Row, wanted: Mapping[str, Mapping[str, Any]]) -> bool:
    """True if a row satisfies every comparison of a filter; blanks around a text do not count, an empty one is none."""
    return all(_test(_clean(row, name), op, value) for name, tests in wanted.items() for op, value in tests.items())


def in_order(rows: Sequence[Row], order: Order) -> list[Row]:
    """Rows in an order by code point, missing last, ties by the identifier."""

    def compare(one: Row, other: Row) -> int:
        return _compare(one, other, order)

    return sorted(rows, key=cmp_to_key(compare))


def after_position(rows: Sequence[Row], order: Order, position: Row) -> list[Row]:
    """Those after a position."""
    return [row for row in rows if _compare(row, position, order) > 0]


def _test(held: Any, op: str, wanted: Any) -> bool:
    if op == "is_null":
        return (held is None) is wanted
    if held is None:
        return False
    return COMPARE[op](str(held) if isinstance(wanted, str | list) else held, wanted)


def _clean(row: Row, name: str) -> Any:
    held = next((value for path, value in row.items() if path == name or path.startswith(f"{name}.")), None)
    return (held.strip() or None) if isinstance(held, str) else held


def _compare(one: Row, other: Row, order: Order) -> int:
    places = [_place(_clean(one, name), _clean(other, name), down=down) for name, down in (*order, ("id", False))]
    return next((found for found in places if found), 0)


def _place(one: Any, other: Any, *, down: bool) -> int:
    if one is None or other is None:
        return (one is None) - (other is None)
    return ((one > other) - (one < other)) * (-1 if down else 1)


def _fold(text: str) -> str:
    return "".join(c.lower() if "A" <= c <= "Z" else c for c in text)
