"""The sources of a staging, each of its kind: the real thing that holds the rows, and how `hub.toml` describes it.

Files and databases are here, services in `kept_services.py`. A source is opened with its tables, then described.
"""

import csv
import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any, Protocol

import asyncpg

from schema.catalogue import FieldRule, Kind
from tests import mariadb
from tests.oracle.cells import WRITINGS
from tests.oracle.rows import Table

Rules = Mapping[str, FieldRule]
Raw = dict[str, Any]
Kept = Mapping[str, tuple[Table, Rules]]
"""By record: the table, and the fields of the record."""


class Keeper(Protocol):
    """Holds the rows of one source. `open` before anything else, `close` in the end."""

    async def open(self, kept: Kept) -> None:
        """Store the rows, start what serves them."""

    def source(self) -> str:
        """The lines of the source in `hub.toml`, `kind` among them."""

    def record(self, table: Table, rules: Rules) -> str:
        """The lines of one record that say where it lies."""

    async def close(self) -> None:
        """Stop what serves them."""


@dataclass(slots=True)
class InMemory:
    """JSON files that the hub reads once."""

    name: str
    folder: Path

    async def open(self, kept: Kept) -> None:
        """Write a file for each table."""
        for record, (table, rules) in kept.items():
            text = json.dumps([*WRITINGS["memory"].rows(table, rules)], ensure_ascii=False)
            (self.folder / f"{self.name}-{record}.json").write_text(text, encoding="utf-8")

    def source(self) -> str:
        """Nothing but the kind."""
        return 'kind = "memory"'

    def record(self, table: Table, rules: Rules) -> str:
        """The file."""
        return f'file = "{self.name}-{table.record}.json"'

    async def close(self) -> None:
        """Nothing runs."""


@dataclass(slots=True)
class InFiles:
    """CSV files in GB18030 in a folder of a front-end exchange machine."""

    name: str
    folder: Path

    async def open(self, kept: Kept) -> None:
        """Drop a file for each table, and the key of the store."""
        drop = self.folder / f"{self.name}-in"
        drop.mkdir()
        (self.folder / f"{self.name}.key").write_text("5e" * 32, encoding="ascii")
        for record, (table, rules) in kept.items():
            rows = [*WRITINGS["tabular"].rows(table, rules)]
            text = StringIO(newline="")
            writer = csv.writer(text)
            writer.writerows([[*rows[0]], *(["" if cell is None else cell for cell in row.values()] for row in rows)])
            (drop / f"{record}.csv").write_bytes(text.getvalue().encode("gb18030"))

    def source(self) -> str:
        """The folder and the store."""
        places = f'folder = "{self.name}-in"\nstore = "{self.name}.db"\nkey = "file:{self.name}.key"'
        return f'kind = "tabular"\nkeep_days = 3650\n{places}'

    def record(self, table: Table, rules: Rules) -> str:
        """The file, whole once it has its name; no cell is mandatory."""
        return f'files = "{table.record}.csv"\ntake = "rename"\nrequired = []'

    async def close(self) -> None:
        """Nothing runs."""


@dataclass(slots=True)
class InSqlite:
    """A file of SQLite."""

    name: str
    folder: Path

    async def open(self, kept: Kept) -> None:
        """Write the file."""
        with closing(sqlite3.connect(self.folder / f"{self.name}.db")) as database, database:
            for record, (table, rules) in kept.items():
                rows = [*WRITINGS["sqlite"].rows(table, rules)]
                kinds = {f"f_{name}": "INTEGER" for name in table.fields if rules[name].kind is Kind.INT}
                database.execute(f'CREATE TABLE "{record}" ({_columns(rows[0], kinds, "TEXT")})')
                marks = ", ".join("?" for _ in rows[0])
                values = [tuple(row.values()) for row in rows]
                database.executemany(f'INSERT INTO "{record}" VALUES ({marks})', values)  # noqa: S608 - our own table

    def source(self) -> str:
        """The file."""
        return f'kind = "sql"\nurl = "sqlite:///{self.name}.db"'

    def record(self, table: Table, rules: Rules) -> str:
        """The table."""
        return f'table = "{table.record}"'

    async def close(self) -> None:
        """Nothing runs."""


@dataclass(slots=True)
class InPostgres:
    """A schema of its own in a database of PostgreSQL."""

    name: str
    dsn: str
    schema: str

    async def open(self, kept: Kept) -> None:
        """Write the tables; days, numbers and truth are what they are."""
        types = {Kind.INT: "bigint", Kind.DATE: "date", Kind.BOOLEAN: "boolean"}
        database = await asyncpg.connect(self.dsn)
        await database.execute(f'CREATE SCHEMA "{self.schema}"')
        for record, (table, rules) in kept.items():
            rows = [*WRITINGS["postgres"].rows(table, rules)]
            kinds = {f"f_{name}": types[rules[name].kind] for name in table.fields if rules[name].kind in types}
            await database.execute(f'CREATE TABLE "{self.schema}"."{record}" ({_columns(rows[0], kinds, "text")})')
            values = [tuple(row.values()) for row in rows]
            await database.copy_records_to_table(record, schema_name=self.schema, records=values)
        await database.close()

    def source(self) -> str:
        """The address."""
        return f'kind = "sql"\nurl = "{self.dsn}"'

    def record(self, table: Table, rules: Rules) -> str:
        """The table, in its schema."""
        return f'table = "{self.schema}.{table.record}"'

    async def close(self) -> None:
        """The database goes with the session of tests."""


@dataclass(slots=True)
class InMariadb:
    """A database of MariaDB, whose collation ignores case."""

    name: str
    url: str
    tables: list[str] = field(default_factory=list)

    async def open(self, kept: Kept) -> None:
        """Write the tables."""
        connection = await mariadb.connect(self.url)
        async with connection.cursor() as cursor:
            for record, (table, rules) in kept.items():
                rows = [*WRITINGS["mariadb"].rows(table, rules)]
                kinds = {f"f_{name}": "bigint" for name in table.fields if rules[name].kind is Kind.INT}
                columns = _columns(rows[0], kinds, "varchar(200)").replace('"', "`")
                await cursor.execute(f"CREATE OR REPLACE TABLE `{record}` ({columns})")
                marks = ", ".join("%s" for _ in rows[0])
                values = [tuple(row.values()) for row in rows]
                await cursor.executemany(f"INSERT INTO `{record}` VALUES ({marks})", values)  # noqa: S608 - our own table
                self.tables.append(record)
        await connection.ensure_closed()

    def source(self) -> str:
        """The address."""
        return f'kind = "sql"\nurl = "{self.url}"'

    def record(self, table: Table, rules: Rules) -> str:
        """The table."""
        return f'table = "{table.record}"'

    async def close(self) -> None:
        """Drop the tables: the database is that of all stagings."""
        connection = await mariadb.connect(self.url)
        async with connection.cursor() as cursor:
            for record in self.tables:
                await cursor.execute(f"DROP TABLE `{record}`")
        await connection.ensure_closed()


def _columns(row: Raw, kinds: Mapping[str, str], otherwise: str) -> str:
    return ", ".join(f'"{name}" {kinds.get(name, otherwise)}' for name in row)


def written(name: str, value: Any) -> str:
    """A key of TOML; tables are written inline."""
    return f"{name} = {_inline(value)}"


def _inline(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f'"{key}" = {_inline(inner)}' for key, inner in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_inline(one) for one in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def lines(given: Iterable[tuple[str, Any]]) -> str:
    """Several keys of TOML."""
    return "\n".join(written(name, value) for name, value in given)
