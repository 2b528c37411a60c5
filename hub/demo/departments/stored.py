"""What a department keeps, as a table of its database."""

from hub.demo.database import Table
from hub.demo.departments.written import Kept
from hub.demo.records import CityRecords


def table_of(name: str, kept: Kept, city: CityRecords) -> Table:
    """A table with all rows of a record, indexed by what its rows are found by."""
    rows = kept.written(city)
    heads = [f"{column}:INTEGER" if isinstance(cell, int) else column for column, cell in _widest(rows).items()]
    key = next(iter(kept.names.values())) if kept.own_key else kept.marks.uscc
    return Table(name, " ".join(heads), (key,), [tuple(row.values()) for row in rows])


def _widest(rows: list[dict[str, object]]) -> dict[str, object]:
    """Columns with a value each, where any row has one."""
    found: dict[str, object] = {}
    for row in rows:
        found |= {column: cell for column, cell in row.items() if cell is not None or column not in found}
    return found
