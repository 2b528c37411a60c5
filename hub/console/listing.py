"""Lists that the gateway gives as a whole: filtered, sorted and cut into pages here, by what the address says."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hub.console.frame import Desk

Row = Mapping[str, Any]
_PAGE = 25
_MOST_PAGES = 10_000


@dataclass(frozen=True, slots=True)
class Listed:
    """One page of a list: its rows, how many there are, the address of the next page, by what it is sorted."""

    rows: Sequence[Row]
    count: int
    following: str | None
    sort: str
    descending: bool


def listed(desk: Desk, rows: Sequence[Row], texts: Callable[[Row], str], columns: Sequence[str]) -> Listed:
    """The page an address asks for. texts: what `q` is looked for in · columns: what may be sorted by, the usual one first."""
    wanted = desk.query.get("q", "").casefold().split()
    found = [row for row in rows if all(word in texts(row).casefold() for word in wanted)]
    sort = desk.query.get("sort", "").removeprefix("-")
    column = sort if sort in columns else columns[0]
    descending = desk.query.get("sort", "").startswith("-")
    found.sort(key=lambda row: (row[column] is None, "" if row[column] is None else row[column]), reverse=descending)
    given = desk.query.get("page", "1")
    page = min(max(int(given), 1), _MOST_PAGES) if given.isdecimal() and len(given) < 7 else 1
    start = (page - 1) * _PAGE
    following = desk.at(page=page + 1) if start + _PAGE < len(found) else None
    return Listed(found[start : start + _PAGE], len(found), following, column, descending)
