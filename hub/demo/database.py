"""Writes a department's SQLite file: whole, in one go, into place by renaming.

Knows no department; tables come with their columns and rows.
"""

import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

Cell = str | int | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table and its rows; `columns` are names, the key first, text unless `name:TYPE` says otherwise."""

    name: str
    columns: str
    indexed: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]


def write_database(path: Path, tables: Sequence[Table]) -> None:
    """Replace the file by a new database that holds exactly these tables."""
    draft = path.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with closing(sqlite3.connect(draft)) as connection, connection:
        for table in tables:
            _write(connection, table)
    os.replace(draft, path)


def _write(connection: sqlite3.Connection, table: Table) -> None:
    # Names are our own constants; values are bound.
    first, *others = (
        column.replace(":", " ") if ":" in column else f"{column} TEXT" for column in table.columns.split()
    )
    connection.execute(f"CREATE TABLE {table.name} ({', '.join([f'{first} PRIMARY KEY', *others])})")
    for column in table.indexed:
        connection.execute(f"CREATE INDEX {table.name}_{column} ON {table.name} ({column})")
    slots = ", ".join("?" * (len(others) + 1))
    connection.executemany(f"INSERT INTO {table.name} VALUES ({slots})", table.rows)  # noqa: S608 - as above
