"""The statements of one record at a database: rows by key, windows in an order, and their number.

Only the asked columns are selected, in the order asked; every value is bound. Runs nothing.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from adapters.base import AS_OF, KEY, LOCAL, Lookup, OrderKey, Search, SourceBadData, Unreadable, UnsupportedSearch
from adapters.conversion import REGISTERED
from adapters.convert_text import are_plain_codes, is_plain_code
from adapters.decoder import Cell, Decode, Quick, compile_decoder
from adapters.mapping import Reader
from adapters.records import HeldRecord
from adapters.sql_column import Condition, Flavour, Found, Store, Stored, is_whole
from adapters.sql_field import Column, Form
from adapters.sql_predicate import Pushdown
from adapters.sql_runner import KEYS
from schema.catalogue import Kind
from schema.predicate import Predicate

Made = TypeVar("Made")
_MOST_KEPT = 256

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
        return self.form.unreadable

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
        held = sa.case((self.form.readable, self.form.found))
        last = sa.case((self.form.readable, sa.literal_column("0")), else_=sa.literal_column("1"))
        return [last, directed(held, descending=self.descending)]


def directed(found: Found, *, descending: bool) -> Found:
    """An expression in one direction."""
    return found.desc() if descending else found.asc()


@dataclass(frozen=True, slots=True)
class ReadyLookup:
    """Look-ups that differ in nothing but their keys: columns to read, what is left to test, the decoder.

    `statement` and `write`: the statement as its runner takes it and how keys are written for it, where there is one.
    """

    columns: tuple[str, ...]
    rest: Predicate
    decode: Decode
    statement: Any = None
    write: Callable[[Sequence[str]], Any] | None = None


@dataclass(frozen=True, slots=True)
class ReadySearch:
    """First windows of searches that differ in nothing but bound texts: as their runner takes them, and the decoder."""

    windows: Sequence[Any]
    decode: Decode


class TableStatements:
    """Statements on one table, once the types of its columns are known; SourceBadData if a column is not there."""

    def __init__(
        self, held: HeldRecord, layout: Layout, kinds: Mapping[str, TypeEngine[Any]], flavour: Flavour
    ) -> None:
        self._held = held
        self._flavour = flavour
        self._kinds = kinds
        self._table = self._build_table(layout)
        self._seen: dict[str, Stored] = {}
        self._keyed: dict[str, tuple[Condition, Callable[[Sequence[str]], Any]] | None] = {}
        self._local = self._stored(str(held.map.readers[LOCAL].column))
        self._order = [directed(self._stored(name).element, descending=descending) for name, descending in layout.order]
        self._columns: dict[str, Column] = {}
        constants: dict[str, Any] = {}
        for name, field in held.fields.items():
            reader = held.map.reader(name)
            if reader.column is None:
                constants[name] = reader.constant
            else:
                vouched = f"{held.name}.{name}" == REGISTERED or name not in held.options.columns
                self._columns[name] = Column(field, reader, self._stored(reader.column), name in layout.tidy, vouched)
        self.pushdown = Pushdown(self._columns, constants)
        self._kept: OrderedDict[tuple[Hashable, ...], Any] = OrderedDict()

    def kept(self, ask: Lookup, make: Callable[[], ReadyLookup]) -> ReadyLookup:
        """What was made for such a look-up before; the least recently used is forgotten first."""
        return self._remembered((ask.columns, ask.key, ask.where), make)

    def kept_search(self, ask: Search, where: Predicate, make: Callable[[], ReadySearch]) -> ReadySearch:
        """What was made for such a search before, with names in its predicate; it begins at the first row."""
        return self._remembered((ask.columns, ask.order, ask.first, where), make)

    def _remembered(self, key: tuple[Hashable, ...], make: Callable[[], Made]) -> Made:
        found: Made | None = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
            if len(self._kept) > _MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found

    def fetch(self, ask: Lookup, columns: Sequence[str], conditions: Sequence[Condition], limit: int) -> sa.Select[Any]:
        """Rows of the asked keys, key by key, in the source's own order."""
        condition = self._key(ask.key).stored.keyed(self.canonical(ask))
        return self._fetched(ask.key, columns, (condition, *conditions), limit)

    def fetch_by(
        self, ask: Lookup, columns: Sequence[str], conditions: Sequence[Condition], limit: int
    ) -> tuple[sa.Select[Any], Callable[[Sequence[str]], Any]] | None:
        """The same statement for whatever keys are given to it, and how they are written; None where there is none."""
        if ask.key not in self._keyed:
            self._keyed[ask.key] = self._key(ask.key).stored.keyed_by(KEYS)
        keyed = self._keyed[ask.key]
        if keyed is None:
            return None
        condition, write = keyed
        return self._fetched(ask.key, columns, (condition, *conditions), limit), write

    def canonical(self, ask: Lookup) -> list[str]:
        """The keys that can be found: any other would find rows whose own key is another, or none."""
        key = self._key(ask.key)
        read = key.reader.read
        if key.field.kind is not Kind.CODE or key.absent:
            return [value for value in ask.keys if read(value) == value]
        if are_plain_codes(ask.keys):
            return list(ask.keys)
        return [value for value in ask.keys if is_plain_code(value) or read(value) == value]

    def _key(self, name: str) -> Column:
        key = self._columns[name]
        if key.stored.store is Store.OPAQUE:
            raise UnsupportedSearch(f"{self._held.name}.{name} is not stored as what can be looked up by")
        return key

    def _fetched(
        self, name: str, columns: Sequence[str], conditions: Sequence[Condition], limit: int
    ) -> sa.Select[Any]:
        statement = self._select(columns, name).where(*conditions)
        return statement.order_by(self._key(name).stored.element, *self._order, self._local.element).limit(limit)

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

    def decoder(self, columns: Sequence[str], key: str = "") -> Decode:
        """Turns rows of a statement that selected these columns into canonical values."""
        place = count()
        cells = []
        for column in columns:
            reader = self._held.map.reader(column, key)
            if reader.column is None:
                cells.append(Cell(None, reader.read))
            else:
                cells.append(Cell(next(place), reader.read, *self._quick(column, key, reader)))
        return compile_decoder(cells)

    def _quick(self, name: str, key: str, reader: Reader) -> tuple[Quick, Mapping[str, str] | None]:
        """The usual form of a column's cells."""
        stored = self._stored(reader.column or "")
        padded = isinstance(self._kinds[reader.column or ""], sa.CHAR)
        if name == KEY and stored.store is Store.TEXT and self._flavour.plain and not padded:
            # The row was found by it: it equals the canonical key that was asked for.
            return Quick.KEY, None
        if name == AS_OF:
            return (Quick.MOMENT if stored.store is Store.INSTANT else Quick.READ), None
        column = self._columns.get(key if name == KEY else name)
        if column is None or column.field.many:
            return Quick.READ, None
        if padded or not column.field.missing_as_stored:
            return Quick.READ, None
        if column.field.kind is not Kind.ENUM:
            return _usual(column), None
        # Names that stand in a column are read as themselves, unless they are codes of others.
        written = {*column.field.names, *column.field.options.codes}
        return _usual(column), {text: name for text in written if isinstance(name := reader.read(text), str)}

    def _build_table(self, layout: Layout) -> sa.FromClause:
        name, schema = layout.place
        readers = [self._held.map.reader(field) for field in self._held.fields]
        readers += [self._held.map.readers[special] for special in self._held.map.readers]
        used = {r.column for r in readers if r.column is not None} | {column for column, _ in layout.order}
        lacking = sorted(used - set(self._kinds))
        if lacking:
            raise SourceBadData(f"the table of {self._held.name} has no column {', '.join(lacking)}")
        return sa.table(name, *(sa.column(column) for column in sorted(used)), schema=schema).alias("r")

    def _stored(self, column: str) -> Stored:
        found = self._seen.get(column)
        if found is None:
            kind = self._kinds[column]
            element = self._flavour.element(self._table.c[column], kind)
            found = Stored(element, self._flavour.store(kind), self._flavour, getattr(kind, "charset", None))
            self._seen[column] = found
        return found

    def _select(self, columns: Sequence[str], key: str) -> sa.Select[Any]:
        readers = [self._held.map.reader(column, key) for column in columns]
        selected = [self._stored(reader.column).selected for reader in readers if reader.column is not None]
        return sa.select(*(selected or [self._local.element])).select_from(self._table)

    def _term(self, key: OrderKey, value: Any) -> Term:
        column = self._columns[key.column]
        if column.form is None:
            raise UnsupportedSearch(f"{self._held.name}.{key.column} is not stored as what can be ordered")
        return Term(column.form, key.descending, None if value is Unreadable.VALUE else value)

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
        return self._local.element if self._local.store is Store.INTEGER else self._local.indexed

    def _beyond_local(self, position: str) -> Condition:
        if self._local.store is not Store.INTEGER and self._flavour.storable(position):
            return self._local.indexed > self._local.bound(position)
        if self._local.store is Store.INTEGER and is_whole(position):
            return self._local.element > sa.bindparam(None, int(position), sa.BigInteger())
        raise UnsupportedSearch(f"the position in {self._held.name} is not one of its rows")


def _usual(column: Column) -> Quick:
    """The form that nearly all cells of a column have."""
    kind, store, typed = column.field.kind, column.stored.store, column.stored.flavour.typed
    if kind in (Kind.TEXT, Kind.CODE) and column.tidy and store is Store.TEXT and typed:
        return Quick.CODE if kind is Kind.CODE else Quick.WRITTEN
    if kind is Kind.TEXT and store is Store.TEXT:
        return Quick.TRIMMED
    if kind is Kind.DATE and store is Store.DATE and column.stored.flavour.plain:
        return Quick.DAY
    if kind is Kind.INT and store is Store.INTEGER:
        return Quick.WHOLE
    return Quick.NAMED if kind is Kind.ENUM and store is Store.TEXT else Quick.READ
