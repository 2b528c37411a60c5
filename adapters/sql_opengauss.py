"""openGauss and Kingbase: relatives of PostgreSQL on drivers of their own, which wait in threads.

Compiled statements are tested; no live server has been asked. In the modes that follow Oracle the text of no
characters is null and a DATE has a time; what is said here holds in either mode.
"""

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.psycopg2 import PGDialect_psycopg2
from sqlalchemy.types import TypeEngine

from adapters.sql_arrays import POSTGRESQL
from adapters.sql_column import Condition, Found, Stored
from adapters.sql_runner import Session
from adapters.sql_threads import Server, ServerRunner, open_threads, run_all

KINDS: Mapping[str, TypeEngine[Any]] = {
    **dict.fromkeys(("CHARACTER VARYING", "VARCHAR", "VARCHAR2", "NVARCHAR2", "CHARACTER", "TEXT"), sa.Text()),
    **dict.fromkeys(("TINYINT", "SMALLINT", "INTEGER", "BIGINT"), sa.BigInteger()),
    **dict.fromkeys(("NUMERIC", "NUMBER"), sa.Numeric()),
    **dict.fromkeys(("REAL", "DOUBLE PRECISION"), sa.Float()),
    **dict.fromkeys(("DATE", "SMALLDATETIME", "TIMESTAMP WITHOUT TIME ZONE"), sa.DateTime()),
    "TIMESTAMP WITH TIME ZONE": sa.DateTime(timezone=True),
    **dict.fromkeys(("BYTEA", "BLOB", "RAW", "CLOB", "NCLOB"), sa.LargeBinary()),
    "BOOLEAN": sa.Boolean(),
    "ARRAY": sa.ARRAY(sa.Text()),
}
_DESCRIBE = sa.text("""
    SELECT column_name, data_type, numeric_precision, numeric_scale FROM information_schema.columns
    WHERE table_name = :name AND table_schema = coalesce(:schema, current_schema()) ORDER BY ordinal_position
    """)


def _day(stored: Stored) -> Found:
    return sa.func.date_trunc(sa.literal_column("'day'"), stored.element)


def _blank(text: Found) -> Condition:
    nothing: Found = sa.literal_column("0")
    return sa.func.coalesce(sa.func.length(text), nothing) == nothing


FLAVOUR = replace(POSTGRESQL, day=_day, blank=_blank, plain=False)


class KingbaseDialect(PGDialect_psycopg2):
    """PostgreSQL's dialect on Kingbase's own copy of psycopg2."""

    name = "kingbase"
    driver = "ksycopg2"
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> ModuleType:
        """The driver."""
        import ksycopg2  # noqa: PLC0415  # openGauss does not need it

        driver: ModuleType = ksycopg2
        return driver

    @property
    def _psycopg2_extensions(self) -> Any:
        return self.import_dbapi().extensions

    @property
    def _psycopg2_extras(self) -> Any:
        from ksycopg2 import extras  # noqa: PLC0415  # as above

        return extras

    def _get_server_version_info(self, _connection: Any) -> tuple[int, ...]:
        # Its own version says nothing about the PostgreSQL it is derived from.
        return (12,)


registry.register("kingbase.ksycopg2", __name__, KingbaseDialect.__name__)


def open_runner(url: sa.URL, session: Session) -> ServerRunner:
    """Sessions on openGauss or Kingbase: read-only, with the statement time-out kept by the server."""

    def prepare(opened: Any) -> None:
        run_all(
            opened,
            f"SET statement_timeout = {session.timeout_ms}",
            "SET default_transaction_read_only = on",
            "SET DateStyle = 'ISO'",
            "SET TimeZone = 'Asia/Shanghai'",
        )

    if url.get_backend_name() == "kingbase":
        url = url.set(drivername="kingbase+ksycopg2")
    else:
        import opengauss_sqlalchemy  # noqa: F401, PLC0415  # makes the dialect known; Kingbase does not need it

        url = url.set(drivername="opengauss+psycopg2")
    server = Server(_DESCRIBE, KINDS, prepare, cancel=lambda opened: opened.cancel())
    given = {"connect_timeout": -(-session.timeout_ms // 1000)}
    return open_threads(url, session, server, isolation_level="AUTOCOMMIT", connect_args=given)
