"""One raw row of a JSON answer → canonical values, for the columns of one call. Knows no transport.

A row that cannot be attributed or told apart is bad data; any other value that cannot be read is marked unreadable.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from adapters.base import KEY, LOCAL, Lookup, OrderKey, Search, SourceBadData, Unreadable
from adapters.heard import hear
from adapters.mapping import Reader
from adapters.paths import ABSENT, Path, find, read_path
from adapters.records import HeldRecord, rank, satisfies
from schema.predicate import Predicate, fields_of

RawRow = Mapping[str, Any]
Row = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One column: its path, null for a constant, and its conversion."""

    column: str
    path: Path | None
    convert: Callable[[Any], Any]
    omits_nulls: bool

    def read(self, raw: RawRow) -> Any:
        """Canonical value; raises SourceBadData where a row cannot do without it."""
        if self.path is None:
            return self.convert(None)
        value = find(raw, self.path)
        if value is ABSENT and not self.omits_nulls:
            found: Any = Unreadable.VALUE
        else:
            found = None if value is ABSENT or value is None else self.convert(value)
        if (self.column == LOCAL and not isinstance(found, str)) or (self.column == KEY and found is Unreadable.VALUE):
            raise SourceBadData(f"a row has no readable {self.column}")
        return found


@dataclass(frozen=True, slots=True)
class Reading:
    """Columns of one call: those asked, then those needed beside them."""

    columns: tuple[str, ...]
    cells: tuple[Cell, ...]
    where: Predicate

    @property
    def sources(self) -> tuple[str, ...]:
        """What the source must send."""
        return tuple(sorted({".".join(cell.path) for cell in self.cells if cell.path is not None}))

    def at(self, column: str) -> int:
        """Position of a column in the rows."""
        return self.columns.index(column)

    def with_key(self, value: str) -> "Reading":
        """The same for one key that the rows do not repeat."""
        fixed = Cell(KEY, None, lambda raw: value, omits_nulls=False)
        return replace(self, cells=tuple(fixed if cell.column == KEY else cell for cell in self.cells))

    def rows(self, raws: Sequence[RawRow]) -> list[Row]:
        """Canonical rows that satisfy the predicate."""
        hear(raws)
        found = (tuple(cell.read(raw) for cell in self.cells) for raw in raws)
        return [row for row in found if satisfies(self.where, partial(self._value, row))]

    def rank(self, row: Row, order: Sequence[OrderKey]) -> tuple[Any, ...]:
        """Sort key of a row."""
        return rank([row[self.at(column)] for column in (*(key.column for key in order), LOCAL)], order)

    def pick(self, rows: Iterable[Row], columns: Sequence[str]) -> list[Row]:
        """The asked columns of rows."""
        places = [self.at(column) for column in columns]
        return [tuple(row[place] for place in places) for row in rows]

    def _value(self, row: Row, column: str) -> object:
        return row[self.at(column)]


def build_reading(ask: Lookup | Search, beside: Iterable[str], held: HeldRecord, *, omits_nulls: bool) -> Reading:
    """Reading of the asked columns, of those the predicate needs, and of others beside them."""
    columns = tuple(dict.fromkeys((*ask.columns, *fields_of(ask.where), *beside)))
    key = ask.key if isinstance(ask, Lookup) else ""
    cells = tuple(_cell(column, held.map.reader(column, key), omits_nulls=omits_nulls) for column in columns)
    return Reading(columns, cells, ask.where)


def _cell(column: str, reader: Reader, *, omits_nulls: bool) -> Cell:
    return Cell(column, None if reader.column is None else read_path(reader.column), reader.read, omits_nulls)
