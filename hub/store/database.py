"""The hub's database: opened, brought to the newest schema, and used from threads.

SQLite for one machine, PostgreSQL for a city; on both a committed entry survives a power cut.
"""

import asyncio
import re
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import ClauseElement, Connection, inspect
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import DBAPIError

from hub.store.backends import BACKENDS, read_address

Result = TypeVar("Result")
MIGRATIONS = Path(__file__).with_name("migrations")
# Files are named by their revisions, which count up.
_NEWEST = max(file.stem.partition("_")[0] for file in MIGRATIONS.glob("versions/r*_*.py"))


_PLAIN_INSERT = re.compile(r"INSERT INTO [^()]+ \([^()]+\) VALUES \([^()]+\)")
"""An insert that ends with its values, so that more rows may follow."""
_MOST_ROWS = 64
"""Rows that one statement inserts."""


class StoreError(Exception):
    """The database refused a transaction, or could not be reached; nothing of it was kept.

    `lasting`: it is the database that fails – locked, full, gone – and not what was to be written.
    """

    def __init__(self, name: str, *, lasting: bool) -> None:
        super().__init__(name)
        self.lasting = lasting


class Transaction:
    """What is written together: statements straight to the driver, for SQLAlchemy would cost more than they do."""

    def __init__(self, cursor: DBAPICursor, written: Callable[[ClauseElement], str]) -> None:
        self._cursor = cursor
        self._written = written

    def value(self, statement: ClauseElement) -> Any:
        """The first value that a statement without parameters gives, None if there is none."""
        self._cursor.execute(self._written(statement))
        row = self._cursor.fetchone()
        return None if row is None else row[0]

    def insert(self, statement: ClauseElement, rows: Sequence[Sequence[Any]]) -> None:
        """Insert rows, whose values stand in the order of the table's columns."""
        text = self._written(statement)
        if not _PLAIN_INSERT.fullmatch(text):
            self._cursor.executemany(text, rows)
            return
        # One statement for many rows: whoever else wants to run gets in the way after each.
        one = text[text.rindex(" VALUES ") + len(" VALUES ") :]
        for start in range(0, len(rows), _MOST_ROWS):
            part = rows[start : start + _MOST_ROWS]
            self._cursor.execute(text + f", {one}" * (len(part) - 1), [value for row in part for value in row])


class Database:
    """One engine; `read` runs a function in a thread, `writing` one after the other in the only one that writes."""

    def __init__(self, url: str, folder: Path) -> None:
        """Open a database by its SQLAlchemy URL, ValueError if none is known by it; a SQLite path starts at the folder."""
        parsed = read_address(url)
        backend = BACKENDS[parsed.get_backend_name()]
        self.made = self.brought_on = False
        self.insert_new = backend.insert_new
        self._engine = backend.open(parsed, folder)
        self.turn = backend.turn(self._engine)
        self._begin = backend.begin
        driver = self._engine.dialect.import_dbapi()
        self._errors: type[Exception] = driver.Error
        self._lasting: type[Exception] = driver.OperationalError
        self._written: dict[ClauseElement, str] = {}
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store")
        self._readers = CapacityLimiter(4)

    def migrate(self) -> None:
        """Bring the schema to the newest revision, unless it is there.

        `made` says that the store was empty, `brought_on` that it was an older one. OSError if the store cannot be used,
        or its schema is one of another version.
        """
        try:
            with self._engine.connect() as connection:
                newest = _revision(connection) == _NEWEST
            if not newest:
                self._upgrade()
        except DBAPIError as fault:
            raise OSError(f"the store cannot be used: {fault.orig}") from None

    def _upgrade(self) -> None:
        # Alone, so that of several workers that start at once one does it, and the others find it done.
        with self._engine.connect().execution_options(alone=True) as connection:
            revision = _revision(connection)
            if revision == _NEWEST:
                return
            if revision is None:
                from hub.store.opening import open_empty  # noqa: PLC0415 - once in a store's life

                open_empty(connection, _NEWEST)
            else:
                _bring_on(connection)
            connection.commit()
        self.made, self.brought_on = revision is None, revision is not None

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Result of the function; its connection is rolled back."""
        return await anyio.to_thread.run_sync(self.reading, work, limiter=self._readers)

    def reading(self, work: Callable[[Connection], Result]) -> Result:
        """The same in this thread: for commands, which have no loop."""
        with self._engine.connect() as connection:
            return work(connection)

    def writing(self, work: Callable[[], None]) -> None:
        """Begin to run the function in the thread that writes; it handles its own failures."""
        self._writer.submit(work)

    def transact(self, work: Callable[[Transaction], Result]) -> Result:
        """Result of the function, once its transaction is durable; StoreError and nothing kept if it fails."""
        try:
            connection = self._engine.raw_connection()
            try:
                cursor = connection.cursor()
                cursor.execute(self._begin)
                result = work(Transaction(cursor, self.written))
                connection.commit()
                return result
            finally:
                # Whatever was not committed is rolled back when the session returns to its pool.
                connection.close()
        except (self._errors, DBAPIError) as fault:
            # SQLAlchemy's own only where no session could be had.
            found = fault.orig if isinstance(fault, DBAPIError) else fault
            raise StoreError(_name(found), lasting=isinstance(found, self._lasting)) from fault

    async def act(self, work: Callable[[Connection], Result]) -> Result:
        """The same for statements of SQLAlchemy, in the thread that writes; what the function raises passes through."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self.acting, work)

    def acting(self, work: Callable[[Connection], Result]) -> Result:
        """The same in this thread: for commands, which have no loop."""
        try:
            with self._engine.connect().execution_options(alone=True) as connection, connection.begin():
                return work(connection)
        except DBAPIError as fault:
            found = fault.orig or fault
            raise StoreError(_name(found), lasting=isinstance(found, self._lasting)) from fault

    def written(self, statement: ClauseElement) -> str:
        """The statement as this database's driver takes it, with positional parameters, worked out once."""
        text = self._written.get(statement)
        if text is None:
            compiled = statement.compile(self._engine)
            text = self._written[statement] = str(compiled)
        return text

    def close(self) -> None:
        """Close all connections, once what is being written is durable."""
        self._writer.shutdown()
        self.turn.release()
        self._engine.dispose()


def _name(fault: object) -> str:
    """What a database calls a failure, without its words: its class, and the code that SQLite or PostgreSQL gives it."""
    code = getattr(fault, "sqlite_errorname", None) or getattr(fault, "sqlstate", None)
    return f"{type(fault).__name__} {code}" if code else type(fault).__name__


def _bring_on(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - alembic costs start-up time and memory, and only here
    from alembic.config import Config  # noqa: PLC0415 - the same
    from alembic.util import CommandError  # noqa: PLC0415 - the same

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as fault:
        raise OSError(f"the store's schema is not one of this version: {fault}") from None


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    return found
