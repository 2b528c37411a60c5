"""The hub's database: opened, brought to the newest schema, and used from threads.

SQLite with a write-ahead log and full synchronisation, so that a committed entry survives a power cut.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from sqlalchemy import ClauseElement, Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

Result = TypeVar("Result")
_WRITING = {"hub_writing": True}
_MIGRATIONS = Path(__file__).with_name("migrations")


class Database:
    """One engine; `read` and `write` run a function with a connection in a worker thread, one writer at a time."""

    def __init__(self, url: str, folder: Path) -> None:
        """Open a database by its SQLAlchemy URL; a relative SQLite path starts at the folder."""
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database:
            path = folder / parsed.database
            path.parent.mkdir(parents=True, exist_ok=True)
            parsed = parsed.set(database=str(path))
        self._engine: Engine = create_engine(parsed)
        if parsed.get_backend_name() == "sqlite":
            event.listen(self._engine, "connect", _configure_sqlite)
            event.listen(self._engine, "begin", _begin_immediate)
        self._written: dict[ClauseElement, str] = {}
        self._writers = CapacityLimiter(1)
        self._readers = CapacityLimiter(4)

    def migrate(self) -> None:
        """Bring the schema to the newest revision."""
        from alembic import command  # noqa: PLC0415 - alembic costs start-up time and memory, and only here
        from alembic.config import Config  # noqa: PLC0415 - the same

        config = Config()
        config.set_main_option("script_location", str(_MIGRATIONS))
        with self._engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()

    async def read(self, work: Callable[[Connection], Result]) -> Result:
        """Result of the function; its connection is rolled back."""

        def run() -> Result:
            with self._engine.connect() as connection:
                return work(connection)

        return await anyio.to_thread.run_sync(run, limiter=self._readers)

    async def write(self, work: Callable[[Connection], Result]) -> Result:
        """Result of the function, once its transaction is durable; raises and rolls back if it fails."""

        def run() -> Result:
            with self._engine.connect().execution_options(**_WRITING) as connection, connection.begin():
                return work(connection)

        return await anyio.to_thread.run_sync(run, limiter=self._writers)

    def written(self, statement: ClauseElement) -> str:
        """The statement as this database's driver takes it, with positional parameters, worked out once."""
        text = self._written.get(statement)
        if text is None:
            compiled = statement.compile(self._engine)
            text = self._written[statement] = str(compiled)
        return text

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _configure_sqlite(connection: object, _record: object) -> None:
    # The driver must not open transactions by itself: _begin_immediate does, so that two writers never deadlock.
    connection.isolation_level = None  # type: ignore[attr-defined]
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=5000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")  # type: ignore[attr-defined]


def _begin_immediate(connection: Connection) -> None:
    writing = _WRITING.items() <= connection.get_execution_options().items()
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
