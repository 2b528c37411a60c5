"""A source whose rows are in memory: given inline, or read once from a CSV or JSON file when the source is opened.

Complete, for small sources and for tests of everything above the adapters. Faults of the rows refuse the opening;
a cell that cannot be read is marked unreadable.
"""

import asyncio
import csv
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from heapq import nsmallest
from io import StringIO
from typing import Any, ClassVar, Self

from pydantic import model_validator

from adapters.base import (
    AS_OF,
    DISPUTED,
    KEY,
    LOCAL,
    Ability,
    Lookup,
    OrderKey,
    Rows,
    Search,
    SourceTimeout,
    UnsupportedSearch,
)
from adapters.mapping import RecordOptions
from adapters.options import LocalPath, SourceOptions
from adapters.records import HeldRecord, hold_records, rank, satisfies
from schema.catalogue import Catalogue

Row = tuple[Any, ...]
RawRow = Mapping[str, Any]


class MemoryRecord(RecordOptions):
    """Where the rows are: `rows` lists column → value; `file` is UTF-8, `.json` (a list of objects) or else CSV.

    Every cell of a CSV is text. A column that a row of `rows` or JSON leaves out has no value.
    """

    rows: tuple[dict[str, Any], ...] | None = None
    file: LocalPath | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.rows is None) == (self.file is None):
            raise ValueError("give either rows or a file")
        return self


class MemoryOptions(SourceOptions):
    """A source in memory."""

    joins_local: ClassVar[bool] = True
    record: tuple[MemoryRecord, ...]


OPTIONS = MemoryOptions


@dataclass(frozen=True, slots=True)
class _Table:
    held: HeldRecord
    ability: Ability
    place: Mapping[str, int]
    rows: Sequence[Row]
    indexes: dict[str, Mapping[str, Sequence[Row]]] = field(default_factory=dict)

    def by_key(self, key: str) -> Mapping[str, Sequence[Row]]:
        """Rows by the value of a key, indexed when first asked; null keys are not in it."""
        if key not in self.indexes:
            index: dict[str, list[Row]] = {}
            for row in self.rows:
                if isinstance(row[self.place[key]], str):
                    index.setdefault(row[self.place[key]], []).append(row)
            self.indexes[key] = index
        return self.indexes[key]

    def matching(self, ask: Lookup | Search, rows: Iterable[Row]) -> Iterable[Row]:
        """Rows that satisfy the predicate."""
        return (row for row in rows if satisfies(ask.where, self.reading(row)))

    def reading(self, row: Row) -> Callable[[str], object]:
        """Access to the fields of a row by name."""
        return lambda name: row[self.place[name]]

    def pick(self, rows: Iterable[Row], columns: Sequence[str], key: str = "") -> list[Row]:
        """The asked columns of rows."""
        places = [self.place[key if column == KEY else column] for column in columns]
        return [tuple(row[place] for place in places) for row in rows]


class MemorySource:
    """Rows in memory, in canonical form; look-ups are indexed, searches go over all rows of the record."""

    def __init__(self, tables: Mapping[str, _Table], max_rows: int) -> None:
        self.abilities: Mapping[str, Ability] = {name: table.ability for name, table in tables.items()}
        self._tables = tables
        self._max_rows = max_rows

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key, in the order they were given; beyond `max_rows` the keys that sort last lose theirs."""
        table = self._table(ask)
        table.held.admit_lookup(ask, table.ability)
        index = table.by_key(ask.key)
        found = [row for key in sorted(set(ask.keys)) for row in index.get(key, ())]
        kept = table.matching(ask, found[: self._max_rows])
        return Rows(ask.columns, table.pick(kept, ask.columns, ask.key), len(found) > self._max_rows)

    async def search(self, ask: Search) -> Rows:
        """A window in the order asked."""
        table = self._searched(ask)
        sort = _sort_key(table, ask.order)
        rows = table.matching(ask, table.rows)
        if ask.after is not None:
            position = rank(ask.after, ask.order)
            rows = (row for row in rows if sort(row) > position)
        found = nsmallest(min(ask.first, self._max_rows + 1), rows, key=sort)
        kept = found[: self._max_rows]
        return Rows(ask.columns, table.pick(kept, ask.columns), len(found) > self._max_rows)

    async def count(self, ask: Search) -> int:
        """Number of rows that satisfy the predicate."""
        table = self._searched(ask)
        return sum(1 for _ in table.matching(ask, table.rows))

    async def check(self) -> None:
        """Rows in memory always answer."""

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _table(self, ask: Lookup | Search) -> _Table:
        if asyncio.get_running_loop().time() >= ask.deadline:
            raise SourceTimeout("the deadline had passed before the rows were looked at")
        table = self._tables.get(ask.record)
        if table is None:
            raise UnsupportedSearch(f"there is no {ask.record} here")
        return table

    def _searched(self, ask: Search) -> _Table:
        table = self._table(ask)
        table.held.admit_search(ask, table.ability)
        return table


def open_source(options: MemoryOptions, catalogue: Catalogue) -> MemorySource:
    """Read and convert all rows; ValueError names every fault of mapping and rows, one a line."""
    records = hold_records(options, catalogue)
    tables: dict[str, _Table] = {}
    faults: list[str] = []
    for record in options.record:
        try:
            tables[record.record] = _build_table(records[record.record], _read_rows(record))
        except ValueError as fault:
            faults.append(f"source {options.name}, {record.record}: {fault}")
    if faults:
        raise ValueError("\n".join(faults))
    return MemorySource(tables, options.max_rows)


def _build_table(held: HeldRecord, raws: Sequence[RawRow]) -> _Table:
    columns = tuple(dict.fromkeys((*held.fields, LOCAL, AS_OF, DISPUTED)))
    held = held.spelt({column: None for raw in raws for column in raw})
    rows = list(zip(*(held.map.reader(column).all_of(raws) for column in columns), strict=True))
    place = {column: number for number, column in enumerate(columns)}
    identifiers = {row[place[LOCAL]] for row in rows}
    if len(identifiers) != len(rows) or not all(isinstance(value, str) for value in identifiers):
        names = " and ".join(held.options.local_columns)
        raise ValueError(f"{names} does not hold a text of its own in every row")
    return _Table(held, held.ability(lambda field, op: True), place, rows)


def _sort_key(table: _Table, order: Sequence[OrderKey]) -> Callable[[Row], tuple[Any, ...]]:
    places = [table.place[column] for column in (*(key.column for key in order), LOCAL)]
    return lambda row: rank([row[place] for place in places], order)


def _read_rows(options: MemoryRecord) -> Sequence[RawRow]:
    if options.file is None:
        return options.rows or ()
    try:
        text = options.file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ValueError(f"{options.file.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{options.file.name} is not UTF-8 at byte {error.start}") from None
    return _read_json(text) if options.file.suffix == ".json" else _read_csv(text, options)


def _read_json(text: str) -> Sequence[RawRow]:
    try:
        # An amount must keep the digits that were written.
        found = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise ValueError("the file is not a JSON list of objects")
    return found


def _read_csv(text: str, options: MemoryRecord) -> Sequence[RawRow]:
    try:
        reader = csv.DictReader(StringIO(text, newline=""), strict=True)
        rows = list(reader)
    except csv.Error as error:
        raise ValueError(f"the file is not CSV: {error}") from None
    if any(None in row for row in rows):
        raise ValueError("the file has a row with more cells than headings")
    lacking = options.source_columns - options.spelt(reader.fieldnames or ()).keys()
    if lacking:
        raise ValueError(f"the file has no column {', '.join(sorted(lacking))}")
    return rows
