"""A look at a database before or beside its mapping: which tables there are, their columns, some rows, what is newest.

For people who set a source up or search its trouble; questions of callers are never answered from here. Sessions are
those of the adapter: few, read-only, with its time limit.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import sqlalchemy as sa

from adapters.sql_backends import open_backend
from adapters.sql_runner import Runner, Session

MOST_TABLES = 500
_SQLITE = sa.text(
    "SELECT NULL, name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite/_%' ESCAPE '/'"
)
_STANDARD = sa.text("""
    SELECT CASE WHEN table_schema = current_schema() THEN NULL ELSE table_schema END, table_name
    FROM information_schema.tables WHERE table_schema NOT IN ('information_schema', 'pg_catalog')
    """)
_MYSQL = sa.text("SELECT NULL, table_name FROM information_schema.tables WHERE table_schema = database()")
_ORACLE = sa.text("""
    SELECT NULL, table_name FROM user_tables UNION ALL SELECT NULL, view_name FROM user_views
    """)
_TABLES: Mapping[str, sa.TextClause] = {
    "postgresql": _STANDARD,
    "kingbase": _STANDARD,
    "opengauss": _STANDARD,
    "sqlite": _SQLITE,
    "mysql": _MYSQL,
    "mariadb": _MYSQL,
    "oracle": _ORACLE,
    "dm": _ORACLE,
}
_STANDARD_LABELS = sa.text("""
    SELECT attname, col_description(attrelid, attnum) FROM pg_attribute WHERE attrelid = to_regclass(:name) AND attnum > 0
    """)
_MYSQL_LABELS = sa.text("""
    SELECT column_name, column_comment FROM information_schema.columns
    WHERE table_schema = coalesce(:schema, database()) AND table_name = :table
    """)
_ORACLE_LABELS = sa.text("SELECT column_name, comments FROM user_col_comments WHERE table_name = :table")
_LABELS: Mapping[str, tuple[sa.TextClause, tuple[str, ...]]] = {
    "postgresql": (_STANDARD_LABELS, ("name",)),
    "kingbase": (_STANDARD_LABELS, ("name",)),
    "opengauss": (_STANDARD_LABELS, ("name",)),
    "mysql": (_MYSQL_LABELS, ("schema", "table")),
    "mariadb": (_MYSQL_LABELS, ("schema", "table")),
    "oracle": (_ORACLE_LABELS, ("table",)),
    "dm": (_ORACLE_LABELS, ("table",)),
}
"""Statement for the comments on a table's columns, and the parameters it has."""


class Look:
    """One database that is looked at; failures are SourceErrors."""

    def __init__(self, url: sa.URL, runner: Runner) -> None:
        self._backend = url.get_backend_name()
        self._runner = runner

    async def tables(self) -> list[str]:
        """Names of tables and views, sorted, as `table` of a record takes them; at most MOST_TABLES."""
        rows = await self._runner.rows(_TABLES[self._backend])
        names = (".".join(_text(part) for part in row if part is not None) for row in rows)
        return sorted(names)[:MOST_TABLES]

    async def columns(self, table: str) -> list[str]:
        """Names of a table's columns in their order; SourceBadData if there is no such table."""
        schema, _, name = table.rpartition(".")
        return list(await self._runner.columns(name, schema or None))

    async def labels(self, table: str) -> dict[str, str]:
        """Column → the comment its database keeps on it; those without one, and databases without any, are left out."""
        if self._backend not in _LABELS:
            return {}
        schema, _, name = table.rpartition(".")
        asked, parameters = _LABELS[self._backend]
        given = {"name": f'"{schema}"."{name}"' if schema else f'"{name}"', "schema": schema or None, "table": name}
        rows = await self._runner.rows(asked.bindparams(**{each: given[each] for each in parameters}))
        return {_text(column): _text(comment).strip() for column, comment in rows if comment}

    async def sample(self, table: str, columns: Sequence[str], most: int) -> Sequence[Sequence[Any]]:
        """Some rows of a table, at most so many, with these of its columns in their order; columns of bytes are null."""
        schema, _, name = table.rpartition(".")
        types = await self._runner.columns(name, schema or None)
        found = sa.table(name, *(sa.column(column) for column in columns), schema=schema or None)
        read = [column for column in columns if not isinstance(types.get(column), sa.LargeBinary)]
        if not read:
            return []
        rows = await self._runner.rows(sa.select(*(found.c[column] for column in read)).limit(most))
        places = {column: place for place, column in enumerate(read)}
        return [[row[places[column]] if column in places else None for column in columns] for row in rows]

    async def newest(self, table: str, column: str) -> Any:
        """The greatest value of a column, null where there is none."""
        schema, _, name = table.rpartition(".")
        found = sa.table(name, sa.column(column), schema=schema or None)
        rows = await self._runner.rows(sa.select(sa.func.max(found.c[column])))
        return rows[0][0]


@asynccontextmanager
async def looking(address: str, timeout_ms: int = 5000) -> AsyncIterator[Look]:
    """A look at the database of an address; ValueError where a library is missing."""
    url = sa.make_url(address)
    runner, _ = open_backend(url, Session("look", 1, timeout_ms))
    try:
        yield Look(url, runner)
    finally:
        await runner.aclose()


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
