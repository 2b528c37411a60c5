"""Which databases there are, by the name an address begins with: a flavour, and how its sessions are opened.

A driver that only one database needs is imported when a source on that database is opened.
"""

from collections.abc import Callable, Mapping
from importlib import import_module

from sqlalchemy import URL
from sqlalchemy.exc import NoSuchModuleError

from adapters.sql_column import Flavour
from adapters.sql_flavours import SQLITE
from adapters.sql_runner import Runner, Session
from adapters.sql_sqlite import sqlite

Backend = tuple[Runner, Flavour]


def _postgresql(url: URL, session: Session) -> Backend:
    from adapters.sql_arrays import POSTGRESQL  # noqa: PLC0415 - SQLAlchemy's part for PostgreSQL
    from adapters.sql_postgres import PostgresRunner  # noqa: PLC0415 - the same

    return PostgresRunner(url, session), POSTGRESQL


def _sqlite(url: URL, session: Session) -> Backend:
    return sqlite(url, session), SQLITE


def _extra(module: str, extra: str, libraries: str) -> Callable[[URL, Session], Backend]:
    def open_extra(url: URL, session: Session) -> Backend:
        try:
            family = import_module(f"{__package__}.{module}")
            return family.open_runner(url, session), family.FLAVOUR
        except (ImportError, NoSuchModuleError):
            raise ValueError(
                f"source {session.source}: {libraries} missing, or not for this Python: "
                f"pip install 'chengxin-hub[{extra}]'"
            ) from None

    return open_extra


BACKENDS: Mapping[str, Callable[[URL, Session], Backend]] = {
    "postgresql": _postgresql,
    "sqlite": _sqlite,
    "mysql": _extra("sql_mysql", "mysql", "asyncmy is"),
    "mariadb": _extra("sql_mysql", "mysql", "asyncmy is"),
    "oracle": _extra("sql_oracle", "oracle", "oracledb is"),
    "dm": _extra("sql_oracle", "dm", "dmPython or dmSQLAlchemy is"),
    "kingbase": _extra("sql_opengauss", "kingbase", "ksycopg2 is"),
    "opengauss": _extra("sql_opengauss", "opengauss", "opengauss-sqlalchemy or psycopg2 is"),
}


def open_backend(url: URL, session: Session) -> Backend:
    """The sessions and the flavour of a database; ValueError naming the command if a library is missing."""
    return BACKENDS[url.get_backend_name()](url, session)
