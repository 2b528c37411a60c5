"""How statements run on the drivers that cannot wait without a thread: those of Oracle, 达梦, Kingbase and openGauss.

A statement that is no longer awaited is cancelled where the driver can; elsewhere it holds its thread until the
server's answer. Tables are described by the database's own dictionary. Knows no record.
"""

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.types import NullType, TypeEngine

from adapters.base import SourceBadData
from adapters.sql_failure import translated
from adapters.sql_runner import Columns, Given, Session

Answer = TypeVar("Answer")
Kinds = Mapping[str, TypeEngine[Any]]

_PRECISION = re.compile(r"\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Server:
    """What a family of servers has beside its statements.

    describe: names, types, precision and scale of a table's columns, by `name` and `schema` · kinds: types by name,
    other types are read as text · prepare: sets up a session that was just opened · before: a statement before every
    other one · cancel: stops what a session runs, from any thread.
    """

    describe: sa.TextClause
    kinds: Kinds
    prepare: Callable[[Any], None] | None = None
    before: str | None = None
    cancel: Callable[[Any], None] | None = None


@dataclass(slots=True)
class _Call:
    """One call in a thread: the driver's session while it runs, and whether anybody still waits."""

    lock: Lock = field(default_factory=Lock)
    session: Any = None
    given_up: bool = False


class ServerRunner:
    """Statements on a synchronous driver, in threads."""

    def __init__(self, engine: sa.Engine, threads: int, server: Server) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sql")
        self._server = server
        self._cancelling: set[asyncio.Future[None]] = set()

    def ready(self, statement: sa.Executable) -> sa.Executable:
        """The statement itself."""
        return statement

    async def run(self, ready: sa.Executable, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement, with these values."""
        return await self._run(lambda connection: connection.execute(ready, given).all())

    async def rows(self, statement: sa.Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return await self.run(statement, {})

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        found = await self._run(partial(self._describe, table, schema))
        if not found:
            raise SourceBadData(f"there is no table {table}, or it may not be read")
        return found

    async def aclose(self) -> None:
        """Wait for the threads, then close all sessions."""
        shutdown = partial(self._threads.shutdown, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, shutdown)
        self._engine.dispose()

    def _describe(self, table: str, schema: str | None, connection: sa.Connection) -> Columns:
        # Names are folded to capitals unless they are quoted: a configuration may write them small.
        folds = connection.dialect.requires_name_normalize
        written = connection.dialect.denormalize_name if folds else str
        rows = connection.execute(self._server.describe, {"name": written(table), "schema": schema and written(schema)})
        kinds = {name: read_kind(self._server.kinds, kind, precision, scale) for name, kind, precision, scale in rows}
        small = {name.lower(): kind for name, kind in kinds.items() if folds and name == name.upper()}
        return {**small, **kinds}

    async def _run(self, work: Callable[[sa.Connection], Answer]) -> Answer:
        loop = asyncio.get_running_loop()
        call = _Call()
        try:
            return await loop.run_in_executor(self._threads, self._in_thread, work, call)
        except asyncio.CancelledError:
            cancelling = loop.run_in_executor(None, self._give_up, call)
            self._cancelling.add(cancelling)
            cancelling.add_done_callback(self._cancelling.discard)
            raise

    def _in_thread(self, work: Callable[[sa.Connection], Answer], call: _Call) -> Answer:
        with translated(), self._engine.connect() as connection:
            if self._server.before is not None:
                connection.exec_driver_sql(self._server.before)
            with call.lock:
                call.session = connection.connection.driver_connection
            try:
                return work(connection)
            finally:
                with call.lock:
                    call.session = None

    def _give_up(self, call: _Call) -> None:
        # The lock keeps the session from running another call's statement meanwhile.
        with call.lock, suppress(Exception):
            if call.session is not None and self._server.cancel is not None:
                self._server.cancel(call.session)


def read_kind(kinds: Kinds, name: str, precision: int | None, scale: int | None) -> TypeEngine[Any]:
    """The type of a column by its name in the dictionary; a number without decimals is a whole one."""
    kind = kinds.get(_PRECISION.sub("", name).strip().upper(), NullType())
    if isinstance(kind, sa.Numeric) and not isinstance(kind, sa.Float) and precision and scale == 0:
        return sa.BigInteger()
    return kind


def open_threads(url: sa.URL, session: Session, server: Server, **given: Any) -> ServerRunner:
    """Sessions on a server, set up as it says; `given` goes to the engine."""
    engine = sa.create_engine(
        url,
        pool_size=session.connections,
        max_overflow=0,
        pool_pre_ping=True,
        pool_use_lifo=True,
        hide_parameters=True,
        **given,
    )

    @sa.event.listens_for(engine, "connect")
    def prepare(opened: Any, _record: Any) -> None:
        if server.prepare is not None:
            server.prepare(opened)

    return ServerRunner(engine, session.connections, server)


def run_all(opened: Any, *statements: str) -> None:
    """Statements on a session that was just opened."""
    cursor = opened.cursor()
    for statement in statements:
        cursor.execute(statement)
    cursor.close()
    opened.commit()
