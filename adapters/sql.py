"""A source that is a relational database, by its SQLAlchemy address: PostgreSQL, MariaDB, SQLite and others.

Asks for exactly the columns wanted and pushes predicates, orders and limits down. Tables are described when first
asked, so that a source may be down at start. Nothing is ever written.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationInfo, field_validator
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from adapters.base import Ability, Lookup, Rows, Search, SourceBadData, SourceTimeout, UnsupportedSearch
from adapters.mapping import RecordOptions
from adapters.options import SourceOptions, Url, base_folder
from adapters.records import HeldField, HeldRecord, hold_records, satisfies
from adapters.sql_backends import BACKENDS, open_backend
from adapters.sql_column import Condition, Flavour
from adapters.sql_runner import KEYS, Runner, Session
from adapters.sql_statement import Layout, ReadyLookup, ReadySearch, TableStatements
from schema.catalogue import Catalogue, Kind
from schema.predicate import TRUE, Op, Predicate, fields_of

Answer = TypeVar("Answer")
Row = tuple[Any, ...]

_ORDER = re.compile(r"(.+?)( desc)?", re.DOTALL)


class SqlRecord(RecordOptions):
    """Where a record lies: `table` is a table or view, `schema.name` where it is not on the search path.

    order: the source's own order within one key, `column` or `column desc`; by `local` unless given · tidy: fields
    whose every cell is written exactly as declared, without blanks around it: they are compared as stored, so that an
    index serves the search, and a row that breaks this is not found by them.
    """

    table: str = Field(pattern=r"^[^.]+(\.[^.]+)?$")
    order: tuple[str, ...] = ()
    tidy: tuple[str, ...] = ()

    @property
    def layout(self) -> Layout:
        """How the record lies in its table."""
        schema, _, name = self.table.rpartition(".")
        order = tuple((match[1], match[2] is not None) for match in map(_ORDER.fullmatch, self.order) if match)
        return Layout((name, schema or None), order, frozenset(self.tidy))


class SqlOptions(SourceOptions):
    """A database; `connections` bounds the sessions that are open at a time."""

    url: Url
    connections: int = Field(default=4, ge=1, le=32)
    # Two are enough to keep a database busy: what waits for one of them meanwhile joins into one statement.
    lanes: int = Field(default=2, ge=1, le=64)
    record: tuple[SqlRecord, ...]

    @field_validator("url", mode="after")
    @classmethod
    def _known(cls, url: SecretStr, info: ValidationInfo) -> SecretStr:
        try:
            address = make_url(url.get_secret_value())
        except ArgumentError:
            raise ValueError("is not the address of a database") from None
        name = address.get_backend_name()
        if name not in BACKENDS:
            raise ValueError(f"{name} is not a database known here; there are {', '.join(sorted(BACKENDS))}")
        if name == "sqlite":
            if address.database in (None, "", ":memory:"):
                raise ValueError("names no file")
            address = address.set(database=str(base_folder(info) / str(address.database)))
        return SecretStr(address.render_as_string(hide_password=False))


OPTIONS = SqlOptions


@dataclass(frozen=True, slots=True)
class _Record:
    held: HeldRecord
    ability: Ability
    layout: Layout


class SqlSource:
    """Records in one database."""

    def __init__(
        self, options: SourceOptions, records: Mapping[str, _Record], runner: Runner, flavour: Flavour
    ) -> None:
        self.abilities: Mapping[str, Ability] = {name: record.ability for name, record in records.items()}
        self._options = options
        self._records = records
        self._runner = runner
        self._flavour = flavour
        self._statements: dict[str, TableStatements] = {}
        self._describing: dict[str, asyncio.Task[TableStatements]] = {}

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key; beyond `max_rows` the keys that sort last lose theirs."""
        record = self._record(ask)
        record.held.admit_lookup(ask, record.ability)
        if not ask.keys:
            return Rows(ask.columns, ())
        return await self._within(ask.deadline, record, lambda table: self._fetch(table, ask))

    async def search(self, ask: Search) -> Rows:
        """A window in the order asked."""
        record = self._record(ask)
        record.held.admit_search(ask, record.ability)
        return await self._within(ask.deadline, record, lambda table: self._search(table, ask))

    async def count(self, ask: Search) -> int:
        """Number of rows that satisfy the predicate."""
        record = self._record(ask)
        record.held.admit_search(ask, record.ability)
        return await self._within(ask.deadline, record, lambda table: self._count(table, ask))

    async def check(self) -> None:
        """Ask for one row of each record, so that missing tables and columns show too."""
        deadline = asyncio.get_running_loop().time() + self._options.timeout_ms / 1000
        for record in self._records.values():
            await self._within(deadline, record, self._probe)

    async def aclose(self) -> None:
        """Close all sessions."""
        describing = tuple(self._describing.values())
        for task in describing:
            task.cancel()
        await asyncio.gather(*describing, return_exceptions=True)
        await self._runner.aclose()

    def _record(self, ask: Lookup | Search) -> _Record:
        record = self._records.get(ask.record)
        if record is None:
            raise UnsupportedSearch(f"there is no {ask.record} here")
        return record

    async def _within(
        self, deadline: float, record: _Record, work: Callable[[TableStatements], Awaitable[Answer]]
    ) -> Answer:
        now = asyncio.get_running_loop().time()
        if now >= deadline:
            raise SourceTimeout("the deadline had passed before the database was asked")
        try:
            async with asyncio.timeout_at(min(deadline, now + self._options.timeout_ms / 1000)):
                return await work(await self._described(record))
        except TimeoutError:
            raise SourceTimeout("the database did not answer before the deadline") from None
        except SourceBadData:
            # The table may have changed since it was described.
            self._statements.pop(record.held.name, None)
            raise

    async def _described(self, record: _Record) -> TableStatements:
        """What is known of the record's table; described once for all who wait, and not in vain if one of them leaves."""
        name = record.held.name
        known = self._statements.get(name)
        if known is not None:
            return known
        task = self._describing.get(name)
        if task is None:
            task = self._describing[name] = asyncio.create_task(self._describe(record))
            task.add_done_callback(partial(self._ended, name))
        return await asyncio.shield(task)

    async def _describe(self, record: _Record) -> TableStatements:
        async with asyncio.timeout(self._options.timeout_ms / 1000):
            kinds = await self._runner.columns(*record.layout.place)
        return TableStatements(record.held.spelt(kinds), record.layout, kinds, self._flavour)

    def _ended(self, name: str, task: "asyncio.Task[TableStatements]") -> None:
        del self._describing[name]
        # All who waited may have left: nobody else would hear of a failure.
        if not task.cancelled() and task.exception() is None:
            self._statements[name] = task.result()

    async def _fetch(self, statements: TableStatements, ask: Lookup) -> Rows:
        ready = statements.kept(ask, lambda: self._ready(statements, ask))
        if ready.write is None:
            conditions, _ = statements.pushdown.split(ask.where)
            statement = statements.fetch(ask, ready.columns, conditions, self._options.max_rows + 1)
            raws = await self._runner.rows(statement)
        else:
            raws = await self._runner.run(ready.statement, {KEYS: ready.write(statements.canonical(ask))})
        cut = len(raws) > self._options.max_rows
        rows = ready.decode(raws[: self._options.max_rows] if cut else raws)
        if ready.rest != TRUE:
            place = {column: number for number, column in enumerate(ready.columns)}
            passing = (row for row in rows if satisfies(ready.rest, _reading(row, place)))
            rows = [row[: len(ask.columns)] for row in passing]
        return Rows(ask.columns, rows, cut)

    def _ready(self, statements: TableStatements, ask: Lookup) -> ReadyLookup:
        """What is the same for every look-up by this key, of these columns, under this predicate."""
        conditions, rest = statements.pushdown.split(ask.where)
        columns = (*ask.columns, *(name for name in fields_of(rest) if name not in ask.columns))
        decode = statements.decoder(columns, ask.key)
        written = statements.fetch_by(ask, columns, conditions, self._options.max_rows + 1)
        if written is None:
            return ReadyLookup(columns, rest, decode)
        statement, write = written
        return ReadyLookup(columns, rest, decode, self._runner.ready(statement), write)

    async def _search(self, statements: TableStatements, ask: Search) -> Rows:
        wanted = min(ask.first, self._options.max_rows + 1)
        windows: Iterable[Any]
        where, given = statements.pushdown.named(ask.where)
        if ask.after is None and statements.pushdown.keeps(where):
            ready = statements.kept_search(ask, where, lambda: self._ready_search(statements, ask, where))
            windows, decode = ready.windows, ready.decode
        else:
            windows, decode, given = self._windows(statements, ask, ask.where), statements.decoder(ask.columns), {}
        raws: list[Sequence[Any]] = []
        for window in windows:
            raws.extend((await self._runner.run(window, given))[: wanted - len(raws)])
            if len(raws) == wanted:
                break
        rows = decode(raws[: self._options.max_rows])
        return Rows(ask.columns, rows, len(raws) > self._options.max_rows)

    def _ready_search(self, statements: TableStatements, ask: Search, where: Predicate) -> ReadySearch:
        """What is the same for every search in this order, of these columns, under this predicate."""
        return ReadySearch(tuple(self._windows(statements, ask, where)), statements.decoder(ask.columns))

    def _windows(self, statements: TableStatements, ask: Search, where: Predicate) -> Iterator[Any]:
        """Statements as the runner takes them; each gives as many rows as are wanted of all."""
        conditions = _pushed(statements, ask.record, where)
        for window in statements.windows(ask.columns, conditions, ask.order, ask.after):
            yield self._runner.ready(window.limit(min(ask.first, self._options.max_rows + 1)))

    async def _count(self, statements: TableStatements, ask: Search) -> int:
        rows = await self._runner.rows(statements.count(_pushed(statements, ask.record, ask.where)))
        return int(rows[0][0])

    async def _probe(self, statements: TableStatements) -> None:
        await self._runner.rows(statements.probe())


def open_source(options: SqlOptions, catalogue: Catalogue) -> SqlSource:
    """The source, without asking it; ValueError names every fault of the mapping, one a line."""
    held = hold_records(options, catalogue)
    faults = [
        f"source {options.name}, {record.record}: tidy {name} is not read from a column"
        for record in options.record
        for name in record.tidy
        if name not in record.columns or record.columns[name].column is None
    ]
    if faults:
        raise ValueError("\n".join(faults))
    session = Session(options.name, options.connections, options.timeout_ms)
    runner, flavour = open_backend(make_url(options.url.get_secret_value()), session)
    laid = [(held[record.record], record.layout) for record in options.record]
    return source_on(options, laid, runner, flavour)


def source_on(
    options: SourceOptions, laid: Iterable[tuple[HeldRecord, Layout]], runner: Runner, flavour: Flavour
) -> SqlSource:
    """Records whose mapping and layout are known, on sessions of one's own."""
    records = {held.name: _Record(held, held.ability(_can_push), layout) for held, layout in laid}
    return SqlSource(options, records, runner, flavour)


def _can_push(field: HeldField, op: Op) -> bool:
    if not field.compared_as_stored:
        return False
    if field.options.column is None or op is Op.IS_NULL:
        return not field.many
    if field.kind is Kind.INT:
        return field.options.type == "native"
    return not field.many and field.kind is not Kind.DATETIME


def _pushed(statements: TableStatements, record: str, where: Predicate) -> list[Condition]:
    conditions, rest = statements.pushdown.split(where)
    if rest != TRUE:
        raise UnsupportedSearch(f"{record} is not stored as what can be filtered like this")
    return conditions


def _reading(row: Row, place: Mapping[str, int]) -> Callable[[str], object]:
    return lambda name: row[place[name]]
