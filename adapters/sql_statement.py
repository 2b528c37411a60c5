"""The statements of one record at a database: rows by key, windows in an order, and their number.

Only the asked columns are selected, in the order asked; every value is bound. Runs nothing.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

import sqlalchemy as sa

from adapters.base import LOCAL, Lookup, OrderKey, SourceBadData, Unreadable, UnsupportedSearch
from adapters.records import HeldRecord
from adapters.sql_column import Flavour, Store, Stored, bind, is_whole, storable
from adapters.sql_field import Column, Condition, Form, Found
from adapters.sql_predicate import Pushdown
from schema.catalogue import Kind

Place = tuple[str, str | None]
"""Name and schema of a table."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a record lies in its table: where, in which order within a key, which fields exactly as declared."""

    place: Place
    order: tuple[tuple[str, bool], ...]
    tidy: frozenset[str]


@dataclass(frozen=True, slots=True)
class Term:
    """One key of an order; `value` is what it is in the row before the window, None where that row lacks it."""

    form: Form
    descending: bool
    value: Any = None

    @property
    def absent(self) -> Condition:
        """True where the value is missing or unreadable."""
        return sa.func.coalesce(self.form.readable, sa.false()) == sa.false()

    @property
    def beyond(self) -> Condition:
        """True where a row comes after the position in this key alone."""
        if self.value is None:
            return sa.false()
        position = self.form.write(self.value)
        further = self.form.found < position if self.descending else self.form.found > position
        return sa.or_(sa.and_(self.form.readable, further), self.absent)

    @property
    def level(self) -> Condition:
        """True where a row equals the position in this key."""
        if self.value is None:
            return self.absent
        return sa.and_(self.form.readable, self.form.found == self.form.write(self.value))

    @property
    def reached(self) -> Condition:
        """True where a row with a value is not before the position: the range in which an index starts."""
        position = self.form.write(self.value)
        return self.form.found <= position if self.descending else self.form.found >= position

    def sorting(self) -> list[Found]:
        """What is sorted by: rows with a value, then the others."""
        return [self.absent, directed(sa.case((self.form.readable, self.form.found)), descending=self.descending)]


def directed(found: Found, *, descending: bool) -> Found:
    """An expression in one direction."""
    return found.desc() if descending else found.asc()


class TableStatements:
    """Statements on one table, once the types of its columns are known; SourceBadData if a column is not there."""

    def __init__(self, held: HeldRecord, layout: Layout, stores: Mapping[str, Store], flavour: Flavour) -> None:
        self._held = held
        self._flavour = flavour
        self._stores = stores
        self._table = self._build_table(layout)
        self._local = self._stored(str(held.map.readers[LOCAL].column))
        self._order = [directed(self._stored(name).element, descending=descending) for name, descending in layout.order]
        self._columns: dict[str, Column] = {}
        constants: dict[str, Any] = {}
        for name, field in held.fields.items():
            reader = held.map.reader(name)
            if reader.column is None:
                constants[name] = reader.constant
            else:
                self._columns[name] = Column(field, reader, self._stored(reader.column), name in layout.tidy)
        self.pushdown = Pushdown(self._columns, constants)

    def fetch(self, ask: Lookup, columns: Sequence[str], conditions: Sequence[Condition], limit: int) -> sa.Select[Any]:
        """Rows of the asked keys, key by key, in the source's own order."""
        key = self._columns[ask.key]
        # Anything else is no canonical key: it would find rows whose own key is another, or none.
        keys = [value for value in ask.keys if key.reader.read(value) == value]
        statement = self._select(columns, ask.key).where(key.stored.keyed(keys), *conditions)
        return statement.order_by(key.stored.element, *self._order, self._local.element).limit(limit)

    def windows(
        self, columns: Sequence[str], conditions: Sequence[Condition], order: Sequence[OrderKey], after: Any
    ) -> Iterator[sa.Select[Any]]:
        """Statements whose rows, one after the other, are all rows after the position, in the order.

        The rows without a value in the first key of the order come in a statement of their own, so that an index
        on that key serves the others whatever the database does with nulls.
        """
        terms = [self._term(key, None if after is None else after[n]) for n, key in enumerate(order)]
        position = None if after is None else after[-1]
        selected = self._select(columns, "").where(*conditions)
        for number, first in enumerate(terms):
            rest = terms[number + 1 :]
            if position is None or first.value is not None:
                held = selected.where(first.form.readable, *self._following(first, rest, position))
                sorting = directed(first.form.found, descending=first.descending)
                yield self._ordered(held, [sorting, *(part for term in rest for part in term.sorting())])
                # The position lay among these, so the rows that follow are wanted from their beginning.
                position = None
            selected = selected.where(first.absent)
        yield self._ordered(selected if position is None else selected.where(self._beyond_local(position)), [])

    def count(self, conditions: Sequence[Condition]) -> sa.Select[Any]:
        """Number of rows that satisfy the conditions."""
        return sa.select(sa.func.count()).select_from(self._table).where(*conditions)

    def probe(self) -> sa.Select[Any]:
        """One row, whichever comes first."""
        return sa.select(self._local.element).limit(1)

    def decoder(self, columns: Sequence[str], key: str = "") -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """Turns a row of a statement that selected these columns into canonical values."""
        place = count()
        reads = [
            (reader.read, None if reader.column is None else next(place))
            for reader in (self._held.map.reader(column, key) for column in columns)
        ]
        return lambda raw: tuple(read(None if n is None else raw[n]) for read, n in reads)

    def _build_table(self, layout: Layout) -> sa.FromClause:
        name, schema = layout.place
        readers = [self._held.map.reader(field) for field in self._held.fields]
        readers += [self._held.map.readers[special] for special in self._held.map.readers]
        used = {r.column for r in readers if r.column is not None} | {column for column, _ in layout.order}
        lacking = sorted(used - set(self._stores))
        if lacking:
            raise SourceBadData(f"the table of {self._held.name} has no column {', '.join(lacking)}")
        return sa.table(name, *(sa.column(column) for column in sorted(used)), schema=schema).alias("r")

    def _stored(self, column: str) -> Stored:
        return Stored(self._table.c[column], self._stores[column], self._flavour)

    def _select(self, columns: Sequence[str], key: str) -> sa.Select[Any]:
        readers = [self._held.map.reader(column, key) for column in columns]
        selected = [self._stored(reader.column).selected for reader in readers if reader.column is not None]
        return sa.select(*(selected or [self._local.element])).select_from(self._table)

    def _term(self, key: OrderKey, value: Any) -> Term:
        column = self._columns[key.column]
        forms = {Kind.DATE: column.date_form, Kind.INT: column.number_form, Kind.CODE: column.code_form}
        form = forms.get(column.field.kind, column.text_form)()
        if form is None:
            raise UnsupportedSearch(f"{self._held.name}.{key.column} is not stored as what can be ordered")
        return Term(form, key.descending, None if value is Unreadable.VALUE else value)

    def _following(self, first: Term, rest: Sequence[Term], position: str | None) -> list[Condition]:
        if position is None:
            return []
        ways: list[Condition] = []
        level: list[Condition] = []
        for term in (first, *rest):
            ways.append(sa.and_(*level, term.beyond))
            level.append(term.level)
        return [first.reached, sa.or_(*ways, sa.and_(*level, self._beyond_local(position)))]

    def _ordered(self, statement: sa.Select[Any], sorting: Sequence[Found]) -> sa.Select[Any]:
        return statement.order_by(*sorting, self._local_key)

    @property
    def _local_key(self) -> Found:
        return self._local.element if self._local.store is Store.INTEGER else self._local.text

    def _beyond_local(self, position: str) -> Condition:
        if self._local.store is not Store.INTEGER and storable(position):
            return self._local.text > bind(position)
        if self._local.store is Store.INTEGER and is_whole(position):
            return self._local.element > sa.bindparam(None, int(position), sa.BigInteger())
        raise UnsupportedSearch(f"the position in {self._held.name} is not one of its rows")
