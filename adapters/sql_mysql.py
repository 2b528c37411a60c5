"""MariaDB and MySQL on asyncmy: what they say differently, and sessions whose given-up statements are ended.

Texts are compared and read as their bytes in UTF-8: no collation then takes different texts for equal or blanks for
nothing, their order is that of the code points, and a text that is none spoils its cell only.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import mysql
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlalchemy.types import NullType, TypeEngine

from adapters.base import SourceBadData
from adapters.sql_column import Condition, Flavour, Found, Store, Stored, bind
from adapters.sql_failure import translated
from adapters.sql_flavours import any_of_padded, padded
from adapters.sql_runner import Columns, Given, Session

_ENCODING = "utf8mb4"
_UTF8: Found = sa.literal_column(_ENCODING)
_UNREADABLE: Found = sa.literal_column("X'FF'")
_OFFSET = "+08:00"
_STATEMENTS = 64
"""Prepared statements that a session keeps."""

# Information schema's names of types; what is not here is read as text.
_KINDS: Mapping[str, TypeEngine[Any]] = {
    **dict.fromkeys(("tinyint", "smallint", "mediumint", "int", "bigint", "year"), sa.BigInteger()),
    **dict.fromkeys(("tinyblob", "blob", "mediumblob", "longblob", "binary", "varbinary"), sa.LargeBinary()),
    **dict.fromkeys(("point", "linestring", "polygon", "geometry", "geometrycollection"), sa.LargeBinary()),
    **dict.fromkeys(("multipoint", "multilinestring", "multipolygon"), sa.LargeBinary()),
    "bit": mysql.BIT(),
    "decimal": sa.Numeric(),
    "date": sa.Date(),
    "datetime": sa.DateTime(),
    "timestamp": sa.DateTime(timezone=True),
}
_TEXTS = frozenset({"char", "varchar", "tinytext", "text", "mediumtext", "longtext"})
_DESCRIBE = sa.text("""
    SELECT column_name, data_type, character_set_name FROM information_schema.columns
    WHERE table_name = :name AND table_schema = coalesce(:schema, database()) ORDER BY ordinal_position
    """)


def _in_utf8(text: Found) -> Found:
    return sa.func.convert(text.op("USING")(_UTF8)).collate("utf8mb4_bin")


def _bytes(text: Found) -> Found:
    # The driver knows bytes as bytes; what a text is compared with stays a text.
    return sa.type_coerce(sa.cast(text, sa.LargeBinary), NullType())


def _element(element: Found, kind: TypeEngine[Any]) -> Found:
    return element.op("+")(sa.literal_column("0")) if isinstance(kind, mysql.BIT) else element


def _selected(stored: Stored) -> Found:
    if stored.store is Store.OPAQUE:
        # What cannot be read anyway is not sent.
        return sa.case((stored.element.is_not(None), _UNREADABLE))
    if stored.store is Store.TEXT:
        return _bytes(stored.text)
    return stored.text if stored.temporal or stored.store is Store.OTHER else stored.element


def _text(stored: Stored) -> Found:
    if stored.store is Store.TEXT:
        return _in_utf8(stored.element)
    text = sa.cast(stored.element, sa.CHAR())
    return sa.func.concat(text, sa.literal_column(f"'{_OFFSET}'")) if stored.store is Store.INSTANT else text


def _trimmed(text: Found, blanks: str) -> Found:
    held = "".join(f"\\x{{{ord(blank):x}}}" for blank in blanks)
    return sa.func.regexp_replace(text, bind(rf"^[{held}]+|[{held}]+\z"), bind(""))


def _contains(text: Found, part: str) -> Condition:
    # Lowering would change more letters than those of ASCII.
    return text.regexp_match(bind("".join(map(_either_case, part))))


def _either_case(char: str) -> str:
    if char.isascii():
        return f"[{char}{char.upper()}]" if char.isalpha() else rf"\x{ord(char):02x}"
    return char


def _matches(text: Found, pattern: str) -> Condition:
    # In PCRE and in ICU \Z may stand before a last line break.
    return text.regexp_match(bind(pattern.replace(r"\Z", r"\z")))


def _real_day(day: Found) -> Sequence[Condition]:
    # Days and months may be zero, and February may have 31 days: adding to such a day gives null.
    return (sa.func.adddate(day, sa.literal_column("0")).is_not(None),)


def _bound(stored: Stored, text: str) -> Found:
    # A text that a column's encoding lacks cannot be compared with the column: it is converted, if need be to "?".
    charset = stored.charset
    if charset in (None, _ENCODING):
        return bind(text)
    return sa.func.convert(bind(text).op("USING")(sa.literal_column(str(charset))))


def _near(stored: Stored, texts: Sequence[str]) -> Sequence[Condition]:
    return (stored.element.in_([_bound(stored, text) for text in padded(list(texts))]),)


def _begins(stored: Stored, prefix: str) -> Sequence[Condition]:
    pattern = prefix.replace("/", "//").replace("%", "/%").replace("_", "/_")
    like = stored.element.like(_bound(stored, f"{pattern}%"), escape="/")
    # Where blanks at the end do not count, what goes on with a tab sorts before the prefix, and MariaDB's range for
    # LIKE begins with the prefix.
    first, last = _bound(stored, f"{prefix}\0\0\0\0"), _bound(stored, prefix)
    return (sa.or_(like, sa.and_(stored.element >= first, stored.element < last)),)


FLAVOUR = Flavour(
    typed=True,
    zoned=False,
    nul=True,
    any_of=any_of_padded,
    contains=_contains,
    element=_element,
    selected=_selected,
    text=_text,
    exact=_bytes,
    by_code_point=_bytes,
    trimmed=_trimmed,
    matches=_matches,
    real_day=_real_day,
    bound=_bound,
    near=_near,
    begins=_begins,
)


class MysqlRunner:
    """Statements on asyncmy; the session of one that is no longer awaited is ended at the server."""

    def __init__(self, engine: AsyncEngine, ender: "SessionEnder") -> None:
        self._engine = engine
        self._ender = ender

    def ready(self, statement: sa.Executable) -> sa.Executable:
        """The statement itself."""
        return statement

    async def run(self, ready: sa.Executable, given: Given) -> Sequence[Sequence[Any]]:
        """All rows of a statement, with these values."""
        return await self._rows(ready, given)

    async def rows(self, statement: sa.Executable) -> Sequence[Sequence[Any]]:
        """All rows of a statement."""
        return await self._rows(statement, {})

    async def columns(self, table: str, schema: str | None) -> Columns:
        """Columns of a table or view and their types, also where only reading rows is granted."""
        found = await self._rows(_DESCRIBE, {"name": table, "schema": schema})
        if not found:
            raise SourceBadData(f"there is no table {table}, or it may not be read")
        return {name: _kind(kind.lower(), charset) for name, kind, charset in found}

    async def aclose(self) -> None:
        """Close all sessions."""
        await self._ender.aclose()
        await self._engine.dispose()

    async def _rows(self, statement: sa.Executable, values: Mapping[str, Any]) -> Sequence[Sequence[Any]]:
        with translated():
            async with self._engine.connect() as connection:
                session = (await connection.get_raw_connection()).driver_connection
                number = session.thread_id()  # type: ignore[union-attr]  # SQLAlchemy knows no driver's type
                try:
                    found = (await connection.execute(statement, values)).all()
                except asyncio.CancelledError:
                    self._ender.end(number)
                    raise
                except (ValueError, ArithmeticError):
                    # The driver stopped in the middle of an answer, whose rest would be taken for the next one.
                    await connection.invalidate()
                    raise
        return [tuple(map(_decoded, row)) for row in found]


class SessionEnder:
    """Ends sessions at the server, on a session of its own that is open only meanwhile."""

    def __init__(self, engine: AsyncEngine, seconds: float) -> None:
        self._engine = engine
        self._seconds = seconds
        self._numbers: list[int] = []
        self._task: asyncio.Task[None] | None = None

    def end(self, number: int) -> None:
        """End a session soon; one that cannot be ended stops at the server's own time limit."""
        self._numbers.append(number)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._end_all())

    async def aclose(self) -> None:
        """Wait until all are ended."""
        if self._task is not None:
            await self._task
        await self._engine.dispose()

    async def _end_all(self) -> None:
        while self._numbers:
            try:
                async with asyncio.timeout(self._seconds), self._engine.connect() as connection:
                    while self._numbers:
                        with suppress(DBAPIError):  # it may be gone already
                            await connection.exec_driver_sql(f"KILL {self._numbers.pop()}")
            except (OSError, SQLAlchemyError):
                self._numbers.clear()


def open_runner(url: sa.URL, session: Session) -> MysqlRunner:
    """Sessions on MariaDB or MySQL: read-only, in a known mode, with the statement time-out kept by the server."""
    seconds = session.timeout_ms / 1000
    given = {
        "autocommit": True,
        "charset": _ENCODING,
        "connect_timeout": seconds,
        "init_command": _settings(session.timeout_ms),
        "program_name": f"chengxin-hub {session.source}",
        # Bound by the server and not by the driver, which would write values into the statement.
        "stmt_cache_size": _STATEMENTS,
    }
    address = url.set(drivername="mysql+asyncmy")
    engine = create_async_engine(
        address,
        isolation_level="AUTOCOMMIT",
        pool_size=session.connections,
        max_overflow=0,
        pool_pre_ping=True,
        pool_use_lifo=True,
        pool_reset_on_return=None,
        hide_parameters=True,
        connect_args=given,
    )
    ending = create_async_engine(
        address.set(database=None), poolclass=NullPool, pool_reset_on_return=None, connect_args=given
    )
    return MysqlRunner(engine, SessionEnder(ending, seconds))


def _settings(timeout_ms: int) -> str:
    """What a session begins with.

    No mode of the server's own changes what a text or a quotation mark means; the encoding is that of the driver even
    where the server ignores what clients ask for; a sort compares whole texts; no warning is kept, because it would
    quote values and the driver would log it. The two servers name the time-out differently: each reads its own comment.
    """
    return (
        f"SET NAMES {_ENCODING} COLLATE utf8mb4_bin; "
        f"SET SESSION sql_mode = '', time_zone = '{_OFFSET}', max_error_count = 0, max_sort_length = 65536, "
        "sort_buffer_size = 4194304 "
        f"/*M!100101 , max_statement_time = {timeout_ms / 1000} */ /*!50708 , max_execution_time = {timeout_ms} */; "
        "SET SESSION TRANSACTION READ ONLY"
    )


def _kind(kind: str, charset: str | None) -> TypeEngine[Any]:
    if kind in _TEXTS and charset is not None and charset.isalnum():
        return mysql.TEXT(charset=charset)
    return _KINDS.get(kind, NullType())


def _decoded(cell: Any) -> Any:
    if not isinstance(cell, bytes):
        return cell
    try:
        return cell.decode()
    except UnicodeDecodeError:
        # Bytes are marked unreadable when the cell is converted.
        return cell
