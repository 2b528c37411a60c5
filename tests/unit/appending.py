"""Appends to a store from a process of its own: run by test_store."""

import asyncio
from dataclasses import replace
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path

from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from hub.audit.entry import Entry
from hub.audit.log import Log, Row
from hub.store.database import MIGRATIONS, Database
from hub.store.ids import IssuedIds

REVISIONS = sorted(file.stem.partition("_")[0] for file in MIGRATIONS.glob("versions/r*_*.py"))
NEWEST = REVISIONS[-1]
ENTRY = Entry(
    at="2026-11-23T10:00:00+08:00",
    request_id="r",
    outcome="ANSWERED",
    client="c",
    department="d",
    role="CLERK",
    person="",
    purpose="SERVICE",
    case="",
    policy="p",
    operation="o",
    fields=(),
    entities=(),
    states=(),
    sources=(),
    answer="",
    salt="",
)


def row(entry: Entry) -> Row:
    """An entry as it is appended."""
    return entry.at, entry.request_id, entry.canonical()


def open_store(folder: Path, url: str = "sqlite:///hub.db") -> tuple[Database, IssuedIds, Log]:
    """The store of a folder, or at an address, and what writes to it."""
    database = Database(url, folder)
    ids = IssuedIds(database, bytes(32), AESSIV(bytes(64)))
    return database, ids, Log(database, ids)


def append_many(folder: Path, name: str, count: int, url: str = "sqlite:///hub.db") -> list[int]:
    """Bring the store to its schema and append entries one after the other; their positions."""
    database, _, log = open_store(folder, url)
    database.migrate()

    async def run() -> list[int]:
        return [await log.append(row(replace(ENTRY, request_id=f"{name}{n}")), {}) for n in range(count)]

    positions = asyncio.run(run())
    database.close()
    return positions


def append_and_tell(folder: Path, url: str, told: Connection) -> None:
    """Append in groups without end; tell each position once it is acknowledged."""
    database, _, log = open_store(folder, url)
    database.migrate()

    async def run() -> None:
        for number in count():
            entries = [row(replace(ENTRY, request_id=f"r{number}-{n}")) for n in range(8)]
            told.send(await asyncio.gather(*(log.append(entry) for entry in entries)))

    asyncio.run(run())
