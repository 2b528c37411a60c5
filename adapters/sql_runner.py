"""How statements run: on an asynchronous driver, or on SQLite in a few threads of the source's own.

Sessions only read, are few, and are opened when first needed. Knows no record.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, inspect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeEngine

from adapters.sql_failure import translated

if TYPE_CHECKING:
    # Brings the ORM along, which takes 6 MB that PostgreSQL and SQLite do not need.
    from sqlalchemy.ext.asyncio import AsyncEngine

Answer = TypeVar("Answer")
Columns = Mapping[str, TypeEngine[Any]]


Given = Mapping[str, Any]
"""Values of the named parameters of a statement that is run many times."""
KEYS = "hub_keys"
"""Name of the parameter that gets the keys of a look-up, where a statement is the same for all of them."""


class Runner(Protocol):
    """Runs statements of one source; failures are SourceErrors."""

    def ready(self, statement: Executable) -> Any:
        """A statement that will be run many times, in the form in which `run` takes it."""

    async def run(self, ready: Any, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement that is ready, with these values; cancelling stops it at the source too."""

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement; cancelling stops it at the source too."""

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types; SourceBadData if there is no such table."""

    async def aclose(self) -> None:
        """Close all sessions."""


@dataclass(frozen=True, slots=True)
class Session:
    """Whose sessions they are, how many there may be, and how long a statement may take, in milliseconds."""

    source: str
    connections: int
    timeout_ms: int


class AsyncRunner:
    """Statements on an asynchronous driver."""

    def __init__(self, engine: "AsyncEngine") -> None:
        self._engine = engine

    def ready(self, statement: Executable) -> Executable:
        """The statement itself."""
        return statement

    async def run(self, ready: Executable, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement, with these values."""
        with translated():
            async with self._engine.connect() as connection:
                found: Sequence[Sequence[Any]] = (await connection.execute(ready, given)).all()
                return found

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return await self.run(statement, {})

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        with translated():
            async with self._engine.connect() as connection:
                found: Columns = await connection.run_sync(columns_of, table, schema)
                return found

    async def aclose(self) -> None:
        """Close all sessions."""
        await self._engine.dispose()


class ThreadRunner:
    """Statements on SQLite, in threads; one that is no longer awaited is interrupted."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sql")

    def ready(self, statement: Executable) -> Executable:
        """The statement itself."""
        return statement

    async def run(self, ready: Executable, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement, with these values."""
        return await self._run(lambda connection: connection.execute(ready, given).all())

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return await self.run(statement, {})

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        return await self._run(lambda connection: columns_of(connection, table, schema))

    async def aclose(self) -> None:
        """Wait for the threads, then close all sessions."""
        shutdown = partial(self._threads.shutdown, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, shutdown)
        self._engine.dispose()

    async def _run(self, work: Callable[[Connection], Answer]) -> Answer:
        given_up = Event()
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._threads, self._in_thread, work, given_up)
        finally:
            given_up.set()

    def _in_thread(self, work: Callable[[Connection], Answer], given_up: Event) -> Answer:
        with translated(), self._engine.connect() as connection:
            # Of `sqlite3` or of a build of SQLite that encrypts.
            session: Any = connection.connection.driver_connection
            session.set_progress_handler(given_up.is_set, 10_000)
            try:
                return work(connection)
            finally:
                session.set_progress_handler(None, 0)


def sqlite(url: URL, session: Session) -> ThreadRunner:
    """Sessions on a SQLite file: opened read-only, and again when the file was replaced."""
    path = Path(url.database or "").absolute()

    def connect() -> sqlite3.Connection:
        seconds = session.timeout_ms / 1000
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=seconds, check_same_thread=False)
        connection.execute("PRAGMA query_only = ON")
        connection.text_factory = _text
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=session.connections,
        max_overflow=0,
        hide_parameters=True,
    )
    _follow_file(engine, path)
    return ThreadRunner(engine, session.connections)


def _follow_file(engine: Engine, path: Path) -> None:
    @event.listens_for(engine, "connect")
    def remember(_session: Any, record: Any) -> None:
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def compare(_session: Any, record: Any, _proxy: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _text(cell: bytes) -> str | bytes:
    try:
        return cell.decode()
    except UnicodeDecodeError:
        # Bytes are marked unreadable when the cell is converted; raising here would lose the whole answer.
        return cell


def columns_of(connection: Connection, table: str, schema: str | None) -> Columns:
    """Columns of a table or view and their types."""
    return {column["name"]: column["type"] for column in inspect(connection).get_columns(table, schema=schema)}
