"""The hub's store: whether it is there, can be written, and keeps what it says it has kept. Makes and changes nothing."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from sqlalchemy import URL, Connection, inspect
from sqlalchemy.exc import DBAPIError

from hub.findings.findings import HUB, Finding
from hub.settings import Settings
from hub.store.backends import BACKENDS, read_address

_TABLE = "entries"
_MADE = "SELECT has_schema_privilege(current_schema(), 'CREATE')"
_WRITTEN = f"SELECT has_table_privilege('{_TABLE}', 'INSERT')"


def examine_store(settings: Settings) -> Iterator[Finding]:
    """Findings about the store. Blocking."""
    url = read_address(settings.hub.store.get_secret_value())
    if url.get_backend_name() == "sqlite":
        yield _file(settings.folder / str(url.database))
    else:
        yield from _server(url, settings.folder)


def place_of(settings: Settings) -> Path:
    """Where the store, or at least the configuration, takes room on a disk of this machine."""
    url = read_address(settings.hub.store.get_secret_value())
    return settings.folder / (str(url.database) if url.get_backend_name() == "sqlite" else "hub.toml")


def nearest(path: Path) -> Path:
    """The folder of a path, or the nearest one above it that exists."""
    return next((folder for folder in path.absolute().parents if folder.exists()), Path("/"))


def _file(path: Path) -> Finding:
    if not path.exists():
        place = nearest(path)
        if place.is_dir() and os.access(place, os.W_OK | os.X_OK):
            return Finding(HUB, "STORE_NEW")
        return _unwritable(f"{path.parent} may not be written")
    if not os.access(path, os.W_OK) or not os.access(path.parent, os.W_OK | os.X_OK):
        return _unwritable(f"{path} may not be written")
    try:
        with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as session:
            session.execute("BEGIN IMMEDIATE")
            session.execute("SELECT count(*) FROM sqlite_master")
            session.execute("ROLLBACK")
    except sqlite3.Error as error:
        return _unwritable(error.sqlite_errorname)
    return Finding(HUB, "STORE_GOOD")


def _server(url: URL, folder: Path) -> Iterator[Finding]:
    engine = BACKENDS[url.get_backend_name()].open(url, folder)
    try:
        with engine.connect() as connection:
            yield _schema(connection)
            lasting = connection.exec_driver_sql("SHOW fsync").scalar() == "on"
            if not lasting or connection.exec_driver_sql("SHOW full_page_writes").scalar() != "on":
                yield Finding(HUB, "STORE_FORGETFUL")
    except DBAPIError as fault:
        yield _unwritable(type(fault.orig).__name__)
    finally:
        engine.dispose()


def _schema(connection: Connection) -> Finding:
    """Of a server: tables that are there must be written, others must be made."""
    there = inspect(connection).has_table(_TABLE)
    if not connection.exec_driver_sql(_WRITTEN if there else _MADE).scalar():
        return _unwritable("permission denied")
    if connection.exec_driver_sql("SHOW transaction_read_only").scalar() == "on":
        return _unwritable("the server takes nothing but questions")
    return Finding(HUB, "STORE_GOOD" if there else "STORE_NEW")


def _unwritable(fault: str) -> Finding:
    return Finding(HUB, "STORE_UNWRITABLE", {"fault": fault})
