"""Statements on SQLite, in a few threads of the source's own; one that is no longer awaited is interrupted.

SQLAlchemy writes the statements and keeps the sessions; it is not asked while a question waits. Each statement goes to a
thread by itself: one that is slow, or whose file is locked, holds up no other.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Executable, create_engine, event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

from adapters.sql_failure import failure_of, translated
from adapters.sql_runner import Columns, Given, Ready, Session, columns_of, written_out

Answer = TypeVar("Answer")
Rows = Sequence[Sequence[Any]]
_STEPS = 10_000
"""Steps of SQLite's machine after which it is looked whether anybody still waits."""


class _Job:
    """One statement, and who waits for its rows."""

    __slots__ = ("answer", "given_up", "ready", "values")

    def __init__(self, ready: Ready, values: Sequence[Any], answer: "asyncio.Future[Rows]") -> None:
        self.ready = ready
        self.values = values
        self.answer = answer
        self.given_up = False


class ThreadRunner:
    """Statements on the sessions of an engine."""

    def __init__(self, engine: Engine, threads: int) -> None:
        self._engine = engine
        self._errors: type[Exception] = engine.dialect.loaded_dbapi.Error
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="sql")

    def ready(self, statement: Executable) -> Ready:
        """The statement, written out once."""
        return written_out(statement, self._engine.dialect)

    async def run(self, ready: Ready, given: Given) -> Rows:
        """All rows of a statement that is ready, with these values."""
        loop = asyncio.get_running_loop()
        job = _Job(ready, ready.given(given), loop.create_future())
        self._threads.submit(self._work, job)
        try:
            return await job.answer
        finally:
            job.given_up = True

    async def rows(self, statement: Executable) -> Rows:
        """All rows of a statement."""
        return await self.run(self.ready(statement), {})

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types."""
        given_up = Event()

        def describe() -> Columns:
            with translated(), self._engine.connect() as connection:
                return _watched(connection, given_up.is_set, lambda: columns_of(connection, table, schema))

        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, describe)
        finally:
            given_up.set()

    async def aclose(self) -> None:
        """Wait for the threads, then close all sessions."""
        shutdown = partial(self._threads.shutdown, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, shutdown)
        self._engine.dispose()

    def _work(self, job: _Job) -> None:
        if job.given_up:
            return
        outcome = self._outcome(job)
        try:
            job.answer.get_loop().call_soon_threadsafe(_tell, job, outcome)
        except RuntimeError:
            # The loop has ended, and with it everybody who waited.
            return

    def _outcome(self, job: _Job) -> Rows | BaseException:
        try:
            return self._rows(job)
        except BaseException as fault:  # noqa: BLE001 - it is raised where the statement is awaited
            return fault

    def _rows(self, job: _Job) -> Rows:
        try:
            with translated():
                session = self._engine.raw_connection()
                try:
                    # Of `sqlite3` or of a build of SQLite that encrypts.
                    driver: Any = session.driver_connection
                    driver.set_progress_handler(lambda: job.given_up, _STEPS)
                    try:
                        return execute(driver, job.ready.text, job.values)
                    finally:
                        driver.set_progress_handler(None, 0)
                finally:
                    session.close()
        except self._errors as fault:
            raise failure_of(fault) from None


def execute(driver: Any, text: str, values: Sequence[Any]) -> Rows:
    """All rows of a statement on a session of the driver."""
    rows: Rows = driver.execute(text, values).fetchall()
    return rows


def _tell(job: _Job, outcome: Rows | BaseException) -> None:
    if job.answer.done():
        return
    if isinstance(outcome, BaseException):
        job.answer.set_exception(outcome)
    else:
        job.answer.set_result(outcome)


def _watched(connection: Connection, given_up: Callable[[], bool], work: Callable[[], Answer]) -> Answer:
    """Result of the function; what it asks is interrupted once nobody waits."""
    driver: Any = connection.connection.driver_connection
    driver.set_progress_handler(given_up, _STEPS)
    try:
        return work()
    finally:
        driver.set_progress_handler(None, 0)


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
