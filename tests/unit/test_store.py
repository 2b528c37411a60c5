"""The store: it is brought to its schema, appends have no gaps, and what cannot be written does not leave."""

import asyncio
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest
from cryptography.exceptions import InvalidTag
from sqlalchemy import event, select

from hub.audit.log import RecordUnavailable
from hub.store.tables import issued_ids
from tests.forks import FORKS
from tests.golden.folder import Step
from tests.golden.world import open_world
from tests.unit.appending import ENTRY, NEWEST, append_many, open_store, row

ASKED = Step(text='query { entity(uscc: "91231282MA9X0A019P") { id name } }')


def rows(folder, table):
    """All rows of a table of the store."""
    with closing(sqlite3.connect(folder / "hub.db")) as connection:
        return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - our own name


def execute(folder, statement):
    """Change the store behind the hub's back."""
    with closing(sqlite3.connect(folder / "hub.db")) as connection, connection:
        connection.execute(statement)


@contextmanager
def every_connection(database, statement) -> Iterator[None]:
    """Every connection that is taken from the pool of this database executes the statement first."""

    def apply(connection, record, proxy):
        connection.execute(statement)

    event.listen(database._engine, "checkout", apply)
    try:
        yield
    finally:
        event.remove(database._engine, "checkout", apply)


@contextmanager
def under_way(log) -> Iterator[None]:
    """A question is under way."""
    log.come()
    try:
        yield
    finally:
        log.gone()


@contextmanager
def counted_commits(database) -> Iterator[list[object]]:
    """Every commit on a connection that is taken from the pool of this database meanwhile."""
    commits: list[object] = []

    def count(statement):
        if statement == "COMMIT":
            commits.append(statement)

    def watch(connection, record, proxy):
        connection.set_trace_callback(count)

    event.listen(database._engine, "checkout", watch)
    try:
        yield commits
    finally:
        event.remove(database._engine, "checkout", watch)


def test_empty_store_is_brought_to_its_schema(tmp_path):
    """A file that does not exist gets the tables and the newest revision, also in a folder that is missing."""
    database, _, _ = open_store(tmp_path / "new" / "folder")
    database.migrate()
    database.close()
    assert rows(tmp_path / "new" / "folder", "alembic_version") == [(NEWEST,)]
    assert rows(tmp_path / "new" / "folder", "entries") == []


async def test_existing_store_keeps_what_it_holds(tmp_path):
    """Migrating again changes nothing and loses nothing."""
    for expected in (0, 1):
        database, _, log = open_store(tmp_path)
        database.migrate()
        assert await log.append(row(ENTRY), {}) == expected
        database.close()
    assert [found[0] for found in rows(tmp_path, "entries")] == [0, 1]
    assert rows(tmp_path, "entries")[0][3] == ENTRY.canonical()


def test_store_of_a_newer_hub_is_refused(tmp_path):
    """A revision this hub does not know stops the start."""
    database, _, _ = open_store(tmp_path)
    database.migrate()
    execute(tmp_path, "UPDATE alembic_version SET version_num = 'r9999'")
    with pytest.raises(OSError, match="r9999"):
        database.migrate()
    database.close()


async def test_store_survives_a_power_cut(tmp_path):
    """Every connection writes ahead and waits for the disk; foreign keys are checked."""
    database, _, _ = open_store(tmp_path)
    pragmas = ("journal_mode", "synchronous", "foreign_keys")

    def work(connection):
        return [connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in pragmas]

    assert await database.read(work) == ["wal", 2, 1]
    database.close()


def test_two_processes_leave_no_gaps(tmp_path):
    """Two processes append at once: every position is given once, none is left out, each process sees its own rise."""
    database, _, _ = open_store(tmp_path)
    database.migrate()
    database.close()
    with ProcessPoolExecutor(2, mp_context=FORKS) as pool:
        asked = [pool.submit(append_many, tmp_path, name, 25) for name in ("a", "b")]
        one, other = (future.result() for future in asked)
    assert sorted(one + other) == list(range(50))
    assert (one, other) == (sorted(one), sorted(other))
    assert [found[0] for found in rows(tmp_path, "entries")] == list(range(50))


async def test_ids_are_stored_with_their_entry_or_not_at_all(tmp_path):
    """An id that was given out is on record; if the entry cannot be written, the id was never given out."""
    database, ids, log = open_store(tmp_path)
    database.migrate()
    made = ids.identify("uscc", "91231282MA9X0A019P")
    execute(tmp_path, "CREATE TRIGGER refuse BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(RecordUnavailable):
        await log.append(row(ENTRY), {made: ("uscc", "91231282MA9X0A019P")})
    assert rows(tmp_path, "issued_ids") == []
    execute(tmp_path, "DROP TRIGGER refuse")
    await log.append(row(ENTRY), {made: ("uscc", "91231282MA9X0A019P")})
    assert await ids.locate([made, "other"]) == {made: ("uscc", "91231282MA9X0A019P")}
    await log.append(row(ENTRY), {made: ("uscc", "91231282MA9X0A019P")})
    assert len(rows(tmp_path, "issued_ids")) == 1
    database.close()


async def test_stored_id_is_sealed(tmp_path):
    """What an id stands for is not in the file in clear, and not to be moved to another id."""
    database, ids, log = open_store(tmp_path)
    database.migrate()
    made = ids.identify("uscc", "91231282MA9X0A019P")
    await log.append(row(ENTRY), {made: ("uscc", "91231282MA9X0A019P"), "other": ("uscc", "x")})
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("hub.db*"))
    assert b"91231282MA9X0A019P" not in stored
    execute(tmp_path, f"UPDATE issued_ids SET anchor = (SELECT anchor FROM issued_ids WHERE id = '{made}')")  # noqa: S608
    with pytest.raises(InvalidTag):
        await ids.locate(["other"])
    database.close()


@pytest.mark.parametrize("value", ["1796100000", "'text'", "1.5"])
async def test_what_is_no_binary_is_not_made_one(tmp_path, value):
    """A file keeps any value in any column; a number is not taken for as many zeros."""
    database, ids, log = open_store(tmp_path)
    database.migrate()
    await log.append(row(ENTRY), {"other": ("uscc", "x")})
    execute(tmp_path, f"UPDATE issued_ids SET anchor = {value}")  # noqa: S608 - our own values
    found = await database.read(lambda connection: connection.execute(select(issued_ids.c.anchor)).scalar_one())
    assert found == b""
    with pytest.raises(InvalidTag):
        await ids.locate(["other"])
    database.close()


@pytest.mark.parametrize("limit", ["PRAGMA max_page_count=1", "PRAGMA query_only=ON"], ids=["full", "read only"])
async def test_no_data_leaves_without_a_record(tmp_path, limit):
    """On a full disk, or one that has become read-only, a question gets 503 and no data; afterwards it is answered."""
    async with open_world(tmp_path) as world:
        assert (await world.ask(ASKED)).status_code == 200
        with every_connection(world.hub.database, limit):
            answers = [await world.ask(ASKED) for _ in range(60)]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert refused
        assert answers[-1] in refused
        for answer in refused:
            assert answer.json()["errors"][0]["extensions"]["code"] == "RECORD_UNAVAILABLE"
            assert "data" not in answer.json()
            assert "金穗" not in answer.text
        assert len(world.entries()) == 61 - len(refused)
        store, ample = world.hub.database, "PRAGMA max_page_count=1073741823"
        with every_connection(store, "PRAGMA query_only=OFF"), every_connection(store, ample):
            assert (await world.ask(ASKED)).status_code == 200


async def test_not_ready_without_a_store(tmp_path):
    """The hub is not ready while its record cannot be read, and says so without detail."""
    async with open_world(tmp_path) as world:
        assert (await world.client.get("/readyz")).status_code == 200
        execute(world.folder, "ALTER TABLE entries RENAME TO gone")
        ready = await world.client.get("/readyz")
        assert ready.status_code == 503
        assert "gone" not in ready.text
        assert (await world.ask(ASKED)).status_code == 503
        assert (await world.client.get("/healthz")).status_code == 200


async def test_an_entry_waits_for_the_questions_under_way_but_not_for_long(tmp_path):
    """What comes meanwhile is written with it; a question that takes its time, or leaves, holds nobody up."""
    database, _, log = open_store(tmp_path)
    database.migrate()
    with counted_commits(database) as commits, under_way(log):
        with under_way(log), under_way(log):
            first = asyncio.create_task(log.append(row(ENTRY), {}))
            await asyncio.sleep(0)
            assert await log.append(row(replace(ENTRY, request_id="second")), {}) == 1
        assert (await first, len(commits)) == (0, 1)
        assert await log.append(row(replace(ENTRY, request_id="third")), {}) == 2
    database.close()


async def test_a_store_that_fails_is_asked_once_for_all_who_wait(tmp_path):
    """Nobody waits for a lock as often as there are others: all are refused together, and the next is written."""
    database, _, log = open_store(tmp_path)
    database.migrate()
    with closing(sqlite3.connect(tmp_path / "hub.db")) as other, every_connection(database, "PRAGMA busy_timeout=300"):
        other.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(3):
            ended = await asyncio.gather(*(log.append(row(ENTRY), {}) for _ in range(40)), return_exceptions=True)
        other.rollback()
        assert {type(one) for one in ended} == {RecordUnavailable}
        assert await log.append(row(ENTRY), {}) == 0
    database.close()


async def test_a_log_is_drained_before_its_store_is_closed(tmp_path):
    """Who waits when the hub stops is still written, and a question under way is waited for."""
    database, _, log = open_store(tmp_path)
    database.migrate()
    entered = asyncio.Event()

    async def ask():
        with under_way(log):
            entered.set()
            await asyncio.sleep(0.05)
            return await log.append(row(ENTRY), {})

    asked = asyncio.create_task(ask())
    await entered.wait()
    await log.drain()
    assert asked.done()
    database.close()
    assert len(rows(tmp_path, "entries")) == 1


async def test_nothing_is_appended_to_a_store_that_is_closed(tmp_path):
    """Who comes too late is told that there is no record."""
    database, _, log = open_store(tmp_path)
    database.migrate()
    database.close()
    for _ in range(2):
        with pytest.raises(RecordUnavailable):
            await log.append(row(ENTRY), {})


async def test_entries_in_flight_share_a_transaction(tmp_path):
    """What arrives while the disk is waited for is made durable together, in the order of arrival, each at its place."""
    database, _, log = open_store(tmp_path)
    database.migrate()
    with counted_commits(database) as commits:
        entries = [replace(ENTRY, request_id=f"r{number}") for number in range(200)]
        positions = await asyncio.gather(*(log.append(row(entry), {}) for entry in entries))
    assert positions == list(range(200))
    assert [found[2] for found in rows(tmp_path, "entries")] == [entry.request_id for entry in entries]
    assert 1 <= len(commits) < 20
    database.close()


async def test_one_bad_entry_costs_no_other(tmp_path):
    """An entry the store refuses is refused alone; those that shared its transaction are durable."""
    database, _, log = open_store(tmp_path)
    database.migrate()
    execute(
        tmp_path,
        "CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN NEW.request_id = 'bad' "
        "BEGIN SELECT RAISE(ABORT, 'no'); END",
    )
    names = ["a", "b", "bad", "c"]
    ended = await asyncio.gather(
        *(log.append(row(replace(ENTRY, request_id=name)), {}) for name in names), return_exceptions=True
    )
    assert [one if isinstance(one, int) else type(one) for one in ended] == [0, 1, RecordUnavailable, 2]
    assert [found[2] for found in rows(tmp_path, "entries")] == ["a", "b", "c"]
    database.close()


async def test_an_entry_nobody_waits_for_is_written(tmp_path):
    """A caller who has gone takes neither the own entry nor a neighbour's along."""
    database, _, log = open_store(tmp_path)
    database.migrate()
    asked = [asyncio.create_task(log.append(row(replace(ENTRY, request_id=f"r{n}")), {})) for n in range(10)]
    await asyncio.sleep(0)
    for task in asked[::2]:
        task.cancel()
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [n for n, one in enumerate(ended) if isinstance(one, asyncio.CancelledError)] == [0, 2, 4, 6, 8]
    await log.append(row(replace(ENTRY, request_id="last")), {})
    assert [found[2] for found in rows(tmp_path, "entries")] == [*(f"r{n}" for n in range(10)), "last"]
    database.close()
