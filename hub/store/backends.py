"""The databases the store may lie in, and what each needs to keep the store's promises.

A commit is on the disk when it returns; whoever writes is alone from the first statement on, in this process and any
other, so that positions have no gaps. Knows no table.
"""

import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, LargeBinary, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from hub.store.turn import FileTurn, SessionTurn, Turn

_WRITING = 4_846_720_001
"""Number of the lock that whoever writes to a store on PostgreSQL holds until the transaction ends."""
_TREE = 4_846_720_002
"""Number of the lock of the one whose turn it is to hash the record."""
_WAIT_MS = 5_000
"""How long a writer waits for another one."""


@dataclass(frozen=True, slots=True)
class Backend:
    """One kind of database: how it is opened, how a writing transaction begins, an insert that passes over what is there,
    and whose turn it is among the workers of one.

    An engine's connection with the option `alone` begins its transactions as a writing one does.
    """

    open: Callable[[URL, Path], Engine]
    begin: str
    insert_new: Callable[[Table], Any]
    turn: Callable[[Engine], Turn]


class _Blob(LargeBinary):
    """Bytes of a column; what is none reads as empty.

    SQLite keeps any value in any column, and a number there would be taken for how many zeros to make.
    """

    def result_processor(self, _dialect: object, _coltype: object) -> Callable[[Any], bytes | None]:
        """None for NULL."""
        return lambda value: value if value is None or isinstance(value, bytes) else b""


def read_address(text: str) -> URL:
    """The address of a store; ValueError where it is none of a database that is known here."""
    try:
        url = make_url(text)
    except ArgumentError:
        raise ValueError("is not the address of a database") from None
    if url.get_backend_name() not in BACKENDS:
        known = ", ".join(sorted(BACKENDS))
        raise ValueError(f"{url.get_backend_name()} holds no store; there are {known}")
    if not url.database:
        raise ValueError("names no database")
    return url


def _open_sqlite(url: URL, folder: Path) -> Engine:
    path = folder / str(url.database)
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url.set(database=str(path)))
    engine.dialect.colspecs = {**engine.dialect.colspecs, LargeBinary: _Blob}

    @event.listens_for(engine, "connect")
    def configure(session: Any, _record: object) -> None:
        # The driver must not open transactions by itself: they are begun here, for reading or for writing.
        session.isolation_level = None
        session.execute(f"PRAGMA busy_timeout={_WAIT_MS}")
        _write_ahead(session)
        for pragma in ("synchronous=FULL", "foreign_keys=ON", "cache_size=-512"):
            session.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        alone = connection.get_execution_options().get("alone", False)
        connection.exec_driver_sql(_BEGIN_SQLITE if alone else "BEGIN")

    return engine


def _write_ahead(session: Any) -> None:
    """Let a file have a write-ahead log. For that SQLite does not wait for others, as it does for everything else."""
    until = time.monotonic() + _WAIT_MS / 1000
    while True:
        try:
            session.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _open_postgresql(url: URL, _folder: Path) -> Engine:
    settings = {"synchronous_commit": "on", "lock_timeout": str(_WAIT_MS), "timezone": "UTC"}
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        # Positional, as the rows of an insert are.
        paramstyle="format",
        # A session that the server ended meanwhile is replaced before it is used.
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            "options": options,
            "application_name": "chengxin-hub store",
            "connect_timeout": _WAIT_MS // 1000,
        },
    )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get("alone", False):
            connection.exec_driver_sql(_BEGIN_POSTGRESQL)

    return engine


def _insert_new_postgresql(table: Table) -> Any:
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 - large, and for stores that lie there

    return postgresql.insert(table).on_conflict_do_nothing()


_BEGIN_SQLITE = "BEGIN IMMEDIATE"
_BEGIN_POSTGRESQL = f"SELECT pg_advisory_xact_lock({_WRITING})"

BACKENDS = {
    # At once for writing, so that two writers never deadlock.
    "sqlite": Backend(
        _open_sqlite,
        _BEGIN_SQLITE,
        lambda table: sqlite.insert(table).on_conflict_do_nothing(),
        lambda engine: FileTurn(Path(f"{engine.url.database}-turn")),
    ),
    "postgresql": Backend(
        _open_postgresql,
        _BEGIN_POSTGRESQL,
        _insert_new_postgresql,
        lambda engine: SessionTurn(engine, _TREE),
    ),
}
