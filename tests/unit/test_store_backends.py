"""The store on SQLite and on PostgreSQL: the same promises, kept on both."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, create_engine, insert, inspect, text

from hub.audit.log import RecordUnavailable
from hub.store.backends import read_address
from hub.store.database import MIGRATIONS
from hub.store.tables import entries, metadata
from tests import postgres
from tests.forks import FORKS
from tests.golden.folder import Step
from tests.golden.world import open_world
from tests.postgres import on
from tests.unit.appending import ENTRY, NEWEST, REVISIONS, append_and_tell, append_many, open_store, row

CODE = ("uscc", "91231282MA9X0A019P")
ASKED = Step(text='query { entity(uscc: "91231282MA9X0A019P") { id name } }')


@dataclass
class Place:
    """Where a store lies, and a way to it behind the hub's back."""

    folder: Path
    url: str
    engine: Engine

    def ask(self, statement: str) -> list[Any]:
        """Rows of a query."""
        with self.engine.connect() as connection:
            return [tuple(found) for found in connection.execute(text(statement))]

    def execute(self, *statements: str) -> None:
        """Change the store."""
        with self.engine.begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def refuse(self, condition: str) -> None:
        """Let the store refuse entries that satisfy a condition."""
        if self.engine.dialect.name == "sqlite":
            self.execute(
                f"CREATE TRIGGER refuse BEFORE INSERT ON entries WHEN {condition} BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        else:
            self.execute(
                "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no''; END'",
                f"CREATE TRIGGER refuse BEFORE INSERT ON entries FOR EACH ROW WHEN ({condition})"
                " EXECUTE FUNCTION refuse()",
            )


def upgrade(connection: Connection, revision: str) -> None:
    """Bring a store to a revision, as the hub that knew no later one did."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty store of each kind."""
    if request.param == "sqlite":
        made = Place(tmp_path, "sqlite:///hub.db", create_engine(f"sqlite:///{tmp_path / 'hub.db'}"))
        yield made
        made.engine.dispose()
    else:
        with postgres.fresh_database(request.getfixturevalue("postgres_server")) as dsn:
            engine = create_engine(dsn.replace("postgresql:", "postgresql+psycopg:"))
            yield Place(tmp_path, dsn, engine)
            engine.dispose()


@pytest.fixture
def own_place(place: Place, own_dsn: str, tmp_path: Path) -> Iterator[Place]:
    """Another one of the same kind."""
    if place.engine.dialect.name == "sqlite":
        own_dsn, address = "sqlite:///other.db", f"sqlite:///{tmp_path / 'other.db'}"
    else:
        address = own_dsn.replace("postgresql:", "postgresql+psycopg:")
    engine = create_engine(address)
    yield Place(tmp_path, own_dsn, engine)
    engine.dispose()


def described(engine: Engine) -> dict[str, Any]:
    """Columns, keys, indexes and rows of every table."""
    looked = inspect(engine)
    with engine.connect() as connection:
        return {
            name: (
                sorted(
                    (one["name"], str(one["type"]), one["nullable"], one["default"]) for one in looked.get_columns(name)
                ),
                looked.get_pk_constraint(name)["constrained_columns"],
                sorted((one["name"], one["column_names"], one["unique"]) for one in looked.get_indexes(name)),
                looked.get_foreign_keys(name),
                looked.get_unique_constraints(name),
                [tuple(row) for row in connection.execute(text(f"SELECT * FROM {name}"))],  # noqa: S608 - our own names
            )
            for name in looked.get_table_names()
        }


@pytest.fixture
def own_dsn(postgres_server: str) -> Iterator[str]:
    """A database of this test."""
    with postgres.fresh_database(postgres_server) as dsn:
        yield dsn


async def test_store_is_brought_to_its_schema_once(place):
    """An empty store gets tables and revision; coming again changes nothing and keeps what is held."""
    for expected in (0, 1):
        database, _, log = open_store(place.folder, place.url)
        database.migrate()
        assert (database.made, database.brought_on) == (expected == 0, False)
        assert await log.append(row(ENTRY)) == expected
        database.close()
    assert place.ask("SELECT version_num FROM alembic_version") == [(NEWEST,)]
    held = [bytes(body) for (body,) in place.ask("SELECT body FROM entries ORDER BY position")]
    assert held == [ENTRY.canonical()] * 2


@pytest.mark.parametrize("revision", REVISIONS)
async def test_store_of_every_earlier_hub_is_brought_on(place, revision):
    """Whatever the schema it has, a store gets the newest one, exactly as the tables declare it, and keeps its entries."""
    place.folder.mkdir(exist_ok=True)
    with place.engine.begin() as connection:
        upgrade(connection, revision)
        connection.execute(insert(entries).values(position=0, recorded_at="x", request_id="y", body=b"z"))
    database, _, log = open_store(place.folder, place.url)
    database.migrate()
    assert await log.append(row(ENTRY)) == 1
    database.close()
    with place.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = compare_metadata(context, metadata)
    # What a column is for stands with the tables; a database needs no copy of it.
    assert [one for one in found if not (isinstance(one, list) and one[0][0] == "modify_comment")] == []
    assert place.ask("SELECT request_id FROM entries WHERE position = 0") == [("y",)]


def test_new_store_is_what_the_revisions_make(place, own_place):
    """A store made at once has the tables, columns, keys, indexes and first rows of one brought on from the oldest schema."""
    with place.engine.begin() as connection:
        upgrade(connection, REVISIONS[0])
    for made in (place, own_place):
        database, _, _ = open_store(made.folder, made.url)
        database.migrate()
        database.close()
    brought_on, at_once = described(place.engine), described(own_place.engine)
    assert at_once.keys() == brought_on.keys() == {*metadata.tables, "alembic_version"}
    for name, expected in brought_on.items():
        assert at_once[name] == expected, name


def test_half_made_store_is_made_again(place, monkeypatch):
    """What fails while the tables are made leaves nothing."""
    database, _, _ = open_store(place.folder, place.url)
    monkeypatch.setattr("hub.store.database._NEWEST", "'")
    with pytest.raises(OSError, match="cannot be used"):
        database.migrate()
    monkeypatch.undo()
    assert inspect(place.engine).get_table_names() == []
    database.migrate()
    assert place.ask("SELECT version_num FROM alembic_version") == [(NEWEST,)]
    database.close()


def test_store_of_a_newer_hub_is_refused(place):
    """A revision this hub does not know stops the start."""
    database, _, _ = open_store(place.folder, place.url)
    database.migrate()
    place.execute("UPDATE alembic_version SET version_num = 'r9999'")
    with pytest.raises(OSError, match="r9999"):
        database.migrate()
    database.close()


def test_workers_that_start_at_once_share_an_empty_store(place):
    """One of them makes the tables; every position is given once, none is left out, each worker sees its own rise."""
    with ProcessPoolExecutor(3, mp_context=FORKS) as pool:
        asked = [pool.submit(append_many, place.folder, name, 25, place.url) for name in ("a", "b", "c")]
        found = [future.result() for future in asked]
    assert sorted(position for positions in found for position in positions) == list(range(75))
    assert found == [sorted(positions) for positions in found]
    assert place.ask("SELECT count(*), min(position), max(position) FROM entries") == [(75, 0, 74)]


def test_killed_while_it_writes(place):
    """kill -9 at any moment loses no acknowledged entry and leaves no gap; the next hub goes on where it ended."""
    acknowledged: set[int] = set()
    for groups in (1, 7, 30):
        receiving, sending = FORKS.Pipe(duplex=False)
        process = FORKS.Process(target=append_and_tell, args=(place.folder, place.url, sending))
        process.start()
        sending.close()
        with closing(receiving):
            for _ in range(groups):
                acknowledged.update(receiving.recv())
            process.kill()
            process.join()
            while True:
                try:
                    acknowledged.update(receiving.recv())
                except EOFError:
                    break
        held = [position for (position,) in place.ask("SELECT position FROM entries ORDER BY position")]
        assert held == list(range(len(held)))
        assert acknowledged <= set(held)


async def test_ids_are_stored_with_their_entry_or_not_at_all(place):
    """An id that was given out is on record, once; if the entry cannot be written, the id was never given out."""
    database, ids, log = open_store(place.folder, place.url)
    database.migrate()
    made = ids.identify(*CODE)
    place.refuse("NEW.request_id = 'bad'")
    with pytest.raises(RecordUnavailable):
        await log.append(row(replace(ENTRY, request_id="bad")), {made: CODE})
    assert place.ask("SELECT count(*) FROM issued_ids") == [(0,)]
    for _ in range(2):
        await log.append(row(ENTRY), {made: CODE})
    assert await ids.locate([made, "other"]) == {made: CODE}
    assert place.ask("SELECT count(*) FROM issued_ids") == [(1,)]
    database.close()


async def test_one_bad_entry_costs_no_other(place):
    """An entry the store refuses is refused alone; those that shared its transaction are durable, without a gap."""
    database, _, log = open_store(place.folder, place.url)
    database.migrate()
    place.refuse("NEW.request_id = 'bad'")
    asked = [log.append(row(replace(ENTRY, request_id=name))) for name in ("a", "b", "bad", "c")]
    ended = await asyncio.gather(*asked, return_exceptions=True)
    assert [one if isinstance(one, int) else type(one) for one in ended] == [0, 1, RecordUnavailable, 2]
    assert place.ask("SELECT request_id FROM entries ORDER BY position") == [("a",), ("b",), ("c",)]
    database.close()


async def test_entries_in_flight_are_written_together(place):
    """Hundreds that arrive at once are durable, in the order of arrival, each at its place."""
    database, _, log = open_store(place.folder, place.url)
    database.migrate()
    names = [f"r{number}" for number in range(300)]
    positions = await asyncio.gather(*(log.append(row(replace(ENTRY, request_id=name))) for name in names))
    assert positions == list(range(300))
    assert place.ask("SELECT request_id FROM entries ORDER BY position") == [(name,) for name in names]
    database.close()


async def test_a_server_that_was_restarted(tmp_path, own_dsn):
    """Sessions that the server ended are replaced: no question fails for their sake."""
    async with open_world(tmp_path, on(own_dsn)) as world:
        assert (await world.ask(ASKED)).status_code == 200
        engine = create_engine(own_dsn.replace("postgresql:", "postgresql+psycopg:"))
        with engine.connect() as connection:
            ended = connection.execute(
                text(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE application_name LIKE :name AND datname = current_database()"
                ),
                {"name": "chengxin-hub store"},
            ).scalar()
        assert ended
        assert (await world.ask(ASKED)).status_code == 200
        with engine.connect() as connection:
            assert connection.execute(text("SELECT count(*) FROM entries")).scalar() == 3
        engine.dispose()


async def test_no_data_leaves_without_a_record_on_a_server(tmp_path, own_dsn):
    """While the server takes no writes a question gets 503 and no data; afterwards it is answered, without a restart."""
    engine = create_engine(own_dsn.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    async with open_world(tmp_path, on(own_dsn)) as world:
        with engine.connect() as connection:
            connection.execute(text("ALTER TABLE entries RENAME TO gone"))
            refused = await world.ask(ASKED)
            assert refused.status_code == 503
            assert refused.json()["errors"][0]["extensions"]["code"] == "RECORD_UNAVAILABLE"
            assert "data" not in refused.json()
            assert (await world.client.get("/readyz")).status_code == 503
            connection.execute(text("ALTER TABLE gone RENAME TO entries"))
        assert (await world.client.get("/readyz")).status_code == 200
        assert (await world.ask(ASKED)).status_code == 200
    engine.dispose()


async def test_two_hubs_share_a_store(tmp_path, own_dsn):
    """What one hub gave an id to, the other finds by it; their entries stand in one record without a gap."""
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    here, there = open_world(tmp_path / "one", on(own_dsn)), open_world(tmp_path / "other", on(own_dsn))
    async with here as one, there as other:
        made = (await one.ask(ASKED)).json()["data"]["entity"]["id"]
        again = Step(text=f'query {{ node(id: "{made}") {{ ... on Entity {{ id name }} }} }}')
        assert (await other.ask(again)).json()["data"]["node"]["id"] == made
        asked = [world.ask(ASKED) for world in (one, other) for _ in range(20)]
        assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    engine = create_engine(own_dsn.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        counted = connection.execute(text("SELECT count(*), min(position), max(position) FROM entries")).one()
    engine.dispose()
    assert tuple(counted) == (43, 0, 42)


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("nowhere", "is not the address of a database"),
        ("mysql://u@h/d", "mysql holds no store; there are postgresql, sqlite"),
        ("sqlite://", "names no database"),
        ("postgresql://u@h", "names no database"),
    ],
)
def test_an_address_that_holds_no_store(address, sentence):
    """What is wrong with the address of a store is said in a sentence, without the address."""
    with pytest.raises(ValueError, match=sentence):
        read_address(address)
