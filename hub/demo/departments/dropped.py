"""What a source of dropped files says of itself in the city, and the lines of a sheet.

Each source has a folder of the exchange machine, a store of its own and a key for it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from hub.demo.departments.written import Row
from hub.demo.sheets import Line

EXCHANGE = "exchange"
_KEEP_DAYS = 400


def store_of(name: str) -> str:
    """The encrypted store of a source."""
    return f"stores/{name}.db"


def key_of(name: str) -> str:
    """Where the key of a source's store lies."""
    return f"secrets/{name}-store-key"


def folder_of(department: str) -> str:
    """Where a department drops its files."""
    return f"{EXCHANGE}/{department}"


def dropped_source(name: str, department: str, records: Sequence[dict[str, Any]], **said: str) -> dict[str, Any]:
    """A source of files as the configuration writes it; `said` is its label and its basis."""
    return {
        "name": name,
        "kind": "tabular",
        "department": department,
        **said,
        "timeout_ms": 5000,
        "keep_days": _KEEP_DAYS,
        "folder": folder_of(department),
        "store": store_of(name),
        "key": f"file:{key_of(name)}",
        "poll_seconds": 5,
        "record": list(records),
    }


def lines_of(rows: Iterable[Row]) -> list[Line]:
    """Rows as lines below one of headings; whole numbers are written as texts."""
    found = list(rows)
    return [tuple(found[0]), *(tuple(map(_cell, row.values())) for row in found)]


def _cell(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value
