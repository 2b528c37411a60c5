"""Sessions on PostgreSQL through asyncpg itself: few, held, last in first out, each statement prepared once by name.

SQLAlchemy writes the statements and describes tables; it is not asked while a question waits. Sessions only read and are
not reset between statements, for nothing about them ever changes.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Any

import asyncpg
from sqlalchemy import URL, Engine, Executable, create_engine
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.pool import NullPool
from sqlalchemy.util import greenlet_spawn

from adapters.sql_failure import translated
from adapters.sql_runner import Columns, Given, Ready, Session, columns_of, written_out

_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_DISCARD_SECONDS = 2.0


class PostgresRunner:
    """Statements on held sessions."""

    def __init__(self, url: URL, session: Session) -> None:
        settings = {
            "application_name": f"chengxin-hub {session.source}",
            "default_transaction_read_only": "on",
            "statement_timeout": str(session.timeout_ms),
            # Dates and instants are read as text, so that one beyond Python's calendar spoils its cell only.
            "DateStyle": "ISO",
            "TimeZone": "Asia/Shanghai",
        }
        self._describe_settings = settings
        # Any number of keys is one parameter: a plan made for each number anew would cost more than it saves.
        self._settings = {**settings, "plan_cache_mode": "force_generic_plan"}
        self._address = url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._seconds = session.timeout_ms / 1000
        self._places = session.connections
        self._free: list[asyncpg.Connection[Any]] = []
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._leaving: set[asyncio.Task[None]] = set()
        self._described_with: asyncpg.Connection[Any] | None = None
        self._describing = asyncio.Lock()
        # An engine of sqlalchemy.ext.asyncio would do the same, and keep the whole ORM in memory.
        self._describer: Engine = create_engine(
            url.set(drivername="postgresql+asyncpg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
            hide_parameters=True,
            creator=lambda: self._describer.dialect.loaded_dbapi.connect(async_creator_fn=self._connect_to_describe),
        )

    def ready(self, statement: Executable) -> Ready:
        """The statement, written out once."""
        return written_out(statement, _DIALECT)

    async def run(self, ready: Ready, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement that is ready, with these values; cancelling stops it at the server too."""
        with translated():
            values = ready.given(given)
            try:
                return await self._rows(ready.text, values)
            except (asyncpg.ConnectionDoesNotExistError, asyncpg.InterfaceError, ConnectionError) as gone:
                if not self._fresh_failed(gone):
                    raise
                # The server had ended the session while it lay idle; nothing was asked yet.
                return await self._rows(ready.text, values)

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return await self.run(self.ready(statement), {})

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        async with self._describing:
            try:
                with translated():
                    return await greenlet_spawn(self._columns, table, schema)
            finally:
                # SQLAlchemy forgets a session that it was still making ready when it was cancelled.
                if self._described_with is not None and not self._described_with.is_closed():
                    self._described_with.terminate()
                self._described_with = None

    async def aclose(self) -> None:
        """Close all sessions."""
        for connection in self._free:
            connection.terminate()
        self._free.clear()
        leaving = tuple(self._leaving)
        for task in leaving:
            task.cancel()
        await asyncio.gather(*leaving, return_exceptions=True)
        self._describer.dispose()

    def _columns(self, table: str, schema: str | None) -> Columns:
        """The same, where SQLAlchemy may wait for the driver: in a greenlet."""
        with self._describer.connect() as connection:
            return columns_of(connection, table, schema)

    async def _connect_to_describe(self) -> "asyncpg.Connection[Any]":
        self._described_with = await asyncpg.connect(
            self._address, timeout=self._seconds, server_settings=self._describe_settings
        )
        return self._described_with

    def _fresh_failed(self, gone: BaseException) -> bool:
        return getattr(gone, "idle", False) is True

    async def _rows(self, text: str, values: Sequence[Any]) -> Sequence[Sequence[Any]]:
        async with self._held() as connection:
            found: Sequence[Sequence[Any]] = await connection.fetch(text, *values)
            return found

    @contextlib.asynccontextmanager
    async def _held(self) -> AsyncIterator["asyncpg.Connection[Any]"]:
        connection, idle = await self._take()
        try:
            yield connection
        except asyncpg.PostgresError:
            # The server answered: the session is as good as before.
            self._give(connection)
            raise
        except BaseException as ended:
            self._leave(connection)
            with contextlib.suppress(AttributeError):
                ended.idle = idle and not isinstance(ended, asyncio.CancelledError)  # type: ignore[attr-defined]
            raise
        else:
            self._give(connection)

    async def _take(self) -> "tuple[asyncpg.Connection[Any], bool]":
        """A session, and whether it lay idle before."""
        while True:
            while self._free:
                connection = self._free.pop()
                if not connection.is_closed():
                    return connection, True
                self._places += 1
            if self._places:
                return await self._connect(), False
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            try:
                await waiter
            except BaseException:
                self._forget(waiter)
                raise

    def _forget(self, waiter: "asyncio.Future[None]") -> None:
        if waiter in self._waiting:
            self._waiting.remove(waiter)
        elif waiter.done() and not waiter.cancelled():
            self._wake()

    async def _connect(self) -> "asyncpg.Connection[Any]":
        self._places -= 1
        try:
            return await asyncpg.connect(self._address, timeout=self._seconds, server_settings=self._settings)
        except BaseException:
            self._places += 1
            self._wake()
            raise

    def _give(self, connection: "asyncpg.Connection[Any]") -> None:
        if connection.is_closed():
            self._places += 1
        else:
            self._free.append(connection)
        self._wake()

    def _leave(self, connection: "asyncpg.Connection[Any]") -> None:
        """Part with a session whose state is not known; its place is free when it is gone."""
        task = asyncio.create_task(_discard(connection))
        self._leaving.add(task)
        task.add_done_callback(self._left)

    def _left(self, task: "asyncio.Task[None]") -> None:
        self._leaving.discard(task)
        self._places += 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            waiter = self._waiting.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return


async def _discard(connection: "asyncpg.Connection[Any]") -> None:
    try:
        # asyncpg cancels what is still running at the server before it says goodbye.
        await connection.close(timeout=_DISCARD_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
        pass
    finally:
        # Whatever came between, cancelling too: a session that nobody holds would live on, here and at the server.
        if not connection.is_closed():
            connection.terminate()
