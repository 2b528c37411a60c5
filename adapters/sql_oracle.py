"""Oracle and 达梦 (DM): what they say differently. Compiled statements are tested; no live server has been asked.

There the text of no characters is null, a condition is no value, patterns are those of POSIX, and a DATE has a time.
Texts are compared by their bytes: the sessions of Oracle say so, a 达梦 instance is created so (CASE_SENSITIVE=Y).
"""

from collections.abc import Mapping
from string import ascii_lowercase, ascii_uppercase
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from adapters.sql_column import Condition, Flavour, Found, Store, Stored, bind
from adapters.sql_flavours import any_of_padded, contains_lowered
from adapters.sql_runner import Session
from adapters.sql_threads import Server, ServerRunner, open_threads, run_all

_NO: Found = sa.literal_column("0")
_YES: Found = sa.literal_column("1")
_OFFSET: Found = sa.literal_column("'+08:00'")
_MOMENT: Found = sa.literal_column("'YYYY-MM-DD HH24:MI:SS'")

KINDS: Mapping[str, TypeEngine[Any]] = {
    **dict.fromkeys(("VARCHAR", "VARCHAR2", "NVARCHAR", "NVARCHAR2", "CHARACTER VARYING"), sa.Text()),
    **dict.fromkeys(("CHAR", "NCHAR", "CHARACTER"), sa.CHAR()),
    **dict.fromkeys(("INT", "INTEGER", "BIGINT", "SMALLINT", "TINYINT", "BYTE", "BIT"), sa.BigInteger()),
    **dict.fromkeys(("NUMBER", "NUMERIC", "DECIMAL", "DEC"), sa.Numeric()),
    **dict.fromkeys(("FLOAT", "REAL", "DOUBLE", "DOUBLE PRECISION", "BINARY_FLOAT", "BINARY_DOUBLE"), sa.Float()),
    **dict.fromkeys(("DATE", "DATETIME", "TIMESTAMP"), sa.DateTime()),
    **dict.fromkeys(
        ("TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITH LOCAL TIME ZONE", "DATETIME WITH TIME ZONE"),
        sa.DateTime(timezone=True),
    ),
    **dict.fromkeys(("CLOB", "NCLOB", "TEXT", "LONG", "LONGVARCHAR", "XMLTYPE"), sa.LargeBinary()),
    **dict.fromkeys(("BLOB", "BFILE", "RAW", "LONG RAW", "IMAGE"), sa.LargeBinary()),
    **dict.fromkeys(("BINARY", "VARBINARY", "LONGVARBINARY"), sa.LargeBinary()),
}
_DESCRIBE = sa.text("""
    SELECT column_name, data_type, data_precision, data_scale FROM all_tab_columns
    WHERE table_name = :name AND owner = coalesce(:schema, sys_context('USERENV', 'CURRENT_SCHEMA')) ORDER BY column_id
    """)


def _element(element: Found, kind: TypeEngine[Any]) -> Found:
    # A CHAR is filled up with blanks, which count when it is compared with a bound text.
    return sa.func.rtrim(element) if isinstance(kind, sa.CHAR) else element


def _text(stored: Stored) -> Found:
    if stored.store is Store.TEXT:
        return stored.element
    if stored.store is Store.INSTANT:
        return sa.func.concat(sa.func.to_char(_in_shanghai(stored), _MOMENT), _OFFSET)
    return sa.func.to_char(stored.element, _MOMENT) if stored.temporal else sa.func.to_char(stored.element)


def _in_shanghai(stored: Stored) -> Found:
    return stored.element.op("AT TIME ZONE")(_OFFSET)


def _day(stored: Stored) -> Found:
    return sa.func.trunc(_in_shanghai(stored) if stored.store is Store.INSTANT else stored.element)


def _trimmed(text: Found, blanks: str) -> Found:
    return sa.func.rtrim(sa.func.ltrim(text, bind(blanks)), bind(blanks))


def _blank(text: Found) -> Condition:
    return sa.func.coalesce(sa.func.length(text), _NO) == _NO


def _lowered(text: Found) -> Found:
    return sa.func.translate(text, bind(ascii_uppercase), bind(ascii_lowercase))


def _matches(text: Found, pattern: str) -> Condition:
    return text.regexp_match(bind(pattern.replace("(?:", "(").replace(r"\Z", "$")))


def _fails(condition: Condition) -> Condition:
    return sa.case((condition, _NO), else_=_YES) == _YES


FLAVOUR = Flavour(
    typed=True,
    zoned=False,
    any_of=any_of_padded,
    contains=contains_lowered(_lowered),
    element=_element,
    text=_text,
    day=_day,
    trimmed=_trimmed,
    blank=_blank,
    matches=_matches,
    fails=_fails,
)


def open_runner(url: sa.URL, session: Session) -> ServerRunner:
    """Sessions on Oracle, each statement in a transaction that reads only, or on 达梦, each session reading only."""
    return _open_dm(url, session) if url.get_backend_name() == "dm" else _open_oracle(url, session)


def _open_oracle(url: sa.URL, session: Session) -> ServerRunner:
    def prepare(opened: Any) -> None:
        opened.call_timeout = session.timeout_ms
        run_all(opened, "ALTER SESSION SET NLS_COMP = BINARY NLS_SORT = BINARY TIME_ZONE = '+08:00'")

    server = Server(_DESCRIBE, KINDS, prepare, "SET TRANSACTION READ ONLY", lambda opened: opened.cancel())
    given = {"tcp_connect_timeout": session.timeout_ms / 1000}
    return open_threads(url.set(drivername="oracle+oracledb"), session, server, connect_args=given)


def _open_dm(url: sa.URL, session: Session) -> ServerRunner:
    import dmPython  # noqa: PLC0415  # Oracle does not need it

    seconds = -(-session.timeout_ms // 1000)
    given = {
        "access_mode": dmPython.DSQL_MODE_READ_ONLY,
        "connection_timeout": seconds,
        "login_timeout": seconds,
    }
    return open_threads(url.set(drivername="dm+dmPython"), session, Server(_DESCRIBE, KINDS), connect_args=given)
