"""What the little city consists of: canonical rows by source and record, nothing of how they are stored."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, NamedTuple


class Broken(Enum):
    """Stands in a cell whose stored value nobody can read."""

    CELL = "broken"


BROKEN = Broken.CELL


class Sum(NamedTuple):
    """A sum of money as the hub shows it; `original` is what the source stores."""

    amount: str
    currency: str
    original: str


@dataclass(frozen=True, slots=True)
class Row:
    """One row: canonical cells by field, the source's own id, the key it hangs on, and what is said of its age."""

    local: str
    cells: Mapping[str, Any]
    key: Any = None
    as_of: Any = None
    disputed: bool | None = None

    def cell(self, name: str) -> Any:
        """Value of a field; the code the row hangs on is one too."""
        return self.cells.get(name, self.key if name == "uscc" else None)


@dataclass(frozen=True, slots=True)
class Table:
    """One record at one source: the fields that are mapped, the rows, and how old they may be."""

    source: str
    record: str
    fields: tuple[str, ...]
    rows: tuple[Row, ...]
    fresh_days: int | None = None
    dated: bool = True


@dataclass(frozen=True, slots=True)
class City:
    """All tables, in the order of configuration."""

    tables: tuple[Table, ...]
    _by_record: dict[str, tuple[Table, ...]] = field(default_factory=dict)

    def owners(self, record: str) -> tuple[Table, ...]:
        """Tables of a record, first source first."""
        if record not in self._by_record:
            self._by_record[record] = tuple(table for table in self.tables if table.record == record)
        return self._by_record[record]

    def entities(self) -> Iterable[Row]:
        """Rows of all business entities."""
        return self.owners("Entity")[0].rows


def sum_of(original: str, amount: str) -> Sum:
    """A sum in yuan."""
    return Sum(amount, "CNY", original)
