"""Puts the yardstick's data into PostgreSQL or SQLite files, once: a stamp tells whether it is there already.

PostgreSQL gets one database a size, sorted by code point, loaded by COPY; SQLite gets one file a source.
"""

import asyncio
import os
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg

from bench.data import SIZES, TABLES, Cells, Table, chunks, fingerprint

SERVER = os.environ.get("HUB_BENCH_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
"""A server on which databases may be created."""
_WAITING = 4
"""Chunks that are drawn ahead of a COPY."""
_SQLITE_TYPES = {"bigint": "INTEGER", "integer": "INTEGER"}

Say = Callable[[str], None]


async def postgres_data(server: str, size: str, say: Say) -> str:
    """DSN of the database that holds this size; made if there is none, or another version of it."""
    name = f"hub_bench_{size}"
    dsn = urlsplit(server)._replace(path=f"/{name}").geturl()
    async with connected(server) as session:
        found = await session.fetchval("SELECT count(*) FROM pg_database WHERE datname = $1", name)
        if found and await _stamp(dsn) == fingerprint(SIZES[size]):
            return dsn
        say(f"loading {SIZES[size]:,} entities into {name}")
        await session.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await session.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    await fill_postgres(dsn, SIZES[size])
    return dsn


async def fill_postgres(dsn: str, entities: int) -> None:
    """Fill an empty database; the stamp comes last, so that a load that was cut short is not taken for one."""
    async with connected(dsn) as session:
        for table in TABLES:
            columns = ", ".join(f"{name} {kind}" for name, kind in table.columns)
            await session.execute(f"CREATE SCHEMA {table.source}")
            await session.execute(f"CREATE TABLE {table.source}.{table.name} ({columns})")
        await _copy(dsn, entities)
        for table in TABLES:
            place = f"{table.source}.{table.name}"
            await session.execute(f"ALTER TABLE {place} ADD PRIMARY KEY ({table.key})")
            if table.index:
                await session.execute(f"CREATE INDEX ON {place} ({', '.join(table.index)})")
            # The first reader of a fresh row would otherwise write its hint bits, and be charged for it.
            await session.execute(f"VACUUM (ANALYZE) {place}")
        await session.execute("CREATE TABLE public.yardstick (fingerprint text NOT NULL)")
        await session.execute("INSERT INTO public.yardstick VALUES ($1)", fingerprint(entities))


def sqlite_data(folder: Path, size: str, say: Say) -> Path:
    """Folder with one file a source that holds this size; made if there is none, or another version of it."""
    place, stamp = folder / f"sqlite-{size}", fingerprint(SIZES[size])
    marked = place / "fingerprint"
    if marked.exists() and marked.read_text() == stamp:
        return place
    say(f"writing {SIZES[size]:,} entities into {place}")
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    files = {table.source: sqlite3.connect(place / f"{table.source}.db") for table in TABLES}
    for table in TABLES:
        _create(files[table.source], table)
    for rows in chunks(SIZES[size]):
        for table in TABLES:
            slots = ", ".join("?" * len(table.columns))
            files[table.source].executemany(f"INSERT INTO {table.name} VALUES ({slots})", rows.of(table))
    for table in TABLES:
        with closing(files[table.source]) as session:
            if table.index:
                session.execute(f"CREATE INDEX by_{table.index[0]} ON {table.name} ({', '.join(table.index)})")
            session.execute("ANALYZE")
            session.commit()
    marked.write_text(stamp)
    return place


async def codes_in(dsn: str) -> tuple[list[str], list[str]]:
    """Codes of all entities, and of all divisions that have some."""
    async with connected(dsn) as session:
        usccs = await session.fetch("SELECT uscc FROM register.entity ORDER BY uscc")
        divisions = await session.fetch("SELECT DISTINCT division FROM register.entity ORDER BY division")
    return [row[0] for row in usccs], [row[0] for row in divisions]


async def version_of(dsn: str) -> str:
    """Version of the server."""
    async with connected(dsn) as session:
        found: str = await session.fetchval("SHOW server_version")
        return found


@asynccontextmanager
async def connected(dsn: str) -> AsyncIterator[asyncpg.Connection]:
    """A session, closed afterwards."""
    session = await asyncpg.connect(dsn, timeout=10)
    try:
        yield session
    finally:
        await session.close()


async def _stamp(dsn: str) -> str | None:
    async with connected(dsn) as session:
        try:
            found: str | None = await session.fetchval("SELECT fingerprint FROM public.yardstick")
        except asyncpg.UndefinedTableError:
            return None
        return found


async def _copy(dsn: str, entities: int) -> None:
    """One COPY a table, all at once, fed by one pass over the data."""
    lanes = [asyncio.Queue[bytes | None](_WAITING) for _ in TABLES]
    async with asyncio.TaskGroup() as copying:
        for table, lane in zip(TABLES, lanes, strict=True):
            copying.create_task(_copy_table(dsn, table, lane))
        for rows in chunks(entities):
            for table, lane in zip(TABLES, lanes, strict=True):
                await lane.put(_lines(rows.of(table)))
        for lane in lanes:
            await lane.put(None)


async def _copy_table(dsn: str, table: Table, lane: asyncio.Queue[bytes | None]) -> None:
    async def arriving() -> AsyncIterator[bytes]:
        while (lines := await lane.get()) is not None:
            yield lines

    async with connected(dsn) as session:
        await session.copy_to_table(table.name, source=arriving(), columns=table.names, schema_name=table.source)


def _lines(rows: list[Cells]) -> bytes:
    """Rows as COPY reads them; no cell holds a tab, a backslash or a line's end."""
    return "".join("\t".join(row) + "\n" for row in rows).encode()


def _create(session: sqlite3.Connection, table: Table) -> None:
    columns = [
        f"{name} {_SQLITE_TYPES.get(kind, 'TEXT')}{' PRIMARY KEY' if name == table.key else ''}"
        for name, kind in table.columns
    ]
    session.execute(f"CREATE TABLE {table.name} ({', '.join(columns)})")
