"""How statements run: on an asynchronous driver, or on a synchronous one in a few threads of the source's own.

Sessions only read, are few, and are opened when first needed. Every failure of a driver becomes a SourceError whose
text holds neither values nor secrets. Knows no record.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, Protocol, TypeVar

import asyncpg
from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event, inspect
from sqlalchemy.exc import DBAPIError, DisconnectionError, NoSuchTableError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import QueuePool
from sqlalchemy.types import TypeEngine

from adapters.base import SourceBadData, SourceDown, SourceError, SourceTimeout

Answer = TypeVar("Answer")
Columns = Mapping[str, TypeEngine[Any]]

# PostgreSQL: cancelled · data that does not fit its type · a table, column, function or schema that is not there.
_TIMEOUTS = frozenset({"57014", "SQLITE_INTERRUPT", "SQLITE_BUSY"})
_BAD_DATA = frozenset({"3F000", "SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR"})
_REFUSED = "42501"


class Runner(Protocol):
    """Runs statements of one source; failures are SourceErrors."""

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

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        with _translated():
            async with self._engine.connect() as connection:
                found: Sequence[Sequence[Any]] = (await connection.execute(statement)).all()
                return found

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        with _translated():
            async with self._engine.connect() as connection:
                found: Columns = await connection.run_sync(_columns, table, schema)
                return found

    async def aclose(self) -> None:
        """Close all sessions."""
        await self._engine.dispose()


class ThreadRunner:
    """Statements on SQLite, in threads; one that is no longer awaited is interrupted."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sql")

    async def rows(self, statement: Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return await self._run(lambda connection: connection.execute(statement).all())

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        return await self._run(lambda connection: _columns(connection, table, schema))

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
        with _translated(), self._engine.connect() as connection:
            # Of `sqlite3` or of a build of SQLite that encrypts.
            session: Any = connection.connection.driver_connection
            session.set_progress_handler(given_up.is_set, 10_000)
            try:
                return work(connection)
            finally:
                session.set_progress_handler(None, 0)


def postgresql(url: URL, session: Session) -> AsyncRunner:
    """Sessions on PostgreSQL: read-only, with the statement time-out kept by the server."""
    settings = {
        "application_name": f"chengxin-hub {session.source}",
        "default_transaction_read_only": "on",
        "statement_timeout": str(session.timeout_ms),
        # Dates and instants are read as text, so that one beyond Python's calendar spoils its cell only.
        "DateStyle": "ISO",
        "TimeZone": "Asia/Shanghai",
    }
    engine = create_async_engine(
        url.set(drivername="postgresql+asyncpg"),
        isolation_level="AUTOCOMMIT",
        pool_size=session.connections,
        max_overflow=0,
        pool_pre_ping=True,
        pool_use_lifo=True,
        hide_parameters=True,
        connect_args={"server_settings": settings, "timeout": session.timeout_ms / 1000},
    )
    return AsyncRunner(engine)


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


def _columns(connection: Connection, table: str, schema: str | None) -> Columns:
    return {column["name"]: column["type"] for column in inspect(connection).get_columns(table, schema=schema)}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except NoSuchTableError as error:
        raise SourceBadData(f"there is no table {error}") from None
    except PoolTimeout:
        raise SourceTimeout("no session became free in time") from None
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise SourceBadData(f"the driver cannot read the answer: {type(error).__name__}") from None
    except DBAPIError as error:
        raise _failure(error.orig) from None
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise _failure(error) from None


def _failure(error: BaseException | None) -> SourceError:
    # The texts of drivers quote values and addresses: only the class and the code of an error are repeated.
    code = str(getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None) or "")
    text = f"{type(error).__name__} {code}".strip()
    if code in _TIMEOUTS or isinstance(error, TimeoutError):
        return SourceTimeout(f"the database did not answer in time: {text}")
    if code in _BAD_DATA or (code[:2] in ("22", "42") and code != _REFUSED):
        return SourceBadData(f"the database does not hold what the mapping says: {text}")
    return SourceDown(f"the database failed or refused: {text}")
