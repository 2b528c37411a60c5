"""What the log shows of itself over HTTP, and a hub whose record was altered."""

import json
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select, text

from hub.app import wire
from hub.audit.checkpoint import open_checkpoint
from hub.audit.keeping import WrongKeyError
from hub.audit.keys import make_log_key
from hub.audit.note import read_verifier
from hub.audit.tiles import hashes_of, read_bundle, reader, tiles_of
from hub.audit.tree import leaf_hash, root_of
from hub.settings import load_settings
from hub.store.tables import entries
from tests.golden.folder import Step
from tests.golden.world import open_world
from tests.postgres import on
from tests.unit.test_store_backends import own_dsn  # noqa: F401 - a fixture

QUESTION = 'query { entity(uscc: "91231282MA9X0A019P") { id name } }'
ASKED = Step(text=QUESTION)
AUDITOR = """
[[client]]
id = "auditor"
label = "审计"
department = "market"
role = "AUDIT"
purposes = ["INSPECTION"]
"""


@asynccontextmanager
async def asked(tmp_path, count=3):
    """A world with an auditor whose questions are on record and signed."""
    async with open_world(tmp_path, lambda written: written + AUDITOR) as world:
        for _ in range(count):
            assert (await world.ask(ASKED)).status_code == 200
        while await world.hub.sequencer.advance():
            pass
        yield world


def bearer(world, client):
    """Headers of a client."""
    return world._credentials(Step(text="", client=client))


def readings(world):
    """What is on record of entries that were read."""
    rows = world.hub.database.reading(lambda connection: connection.execute(select(entries.c.body)).scalars().all())
    return [found for found in map(json.loads, rows) if found.get("act") == "LOG_READ"]


async def test_a_stranger_rebuilds_the_tree(tmp_path):
    """From checkpoint, keys and hash tiles alone the signed root is worked out; an auditor's bundle gives its hashes."""
    async with asked(tmp_path, 300) as world:
        noted = await world.client.get("/audit/checkpoint")
        keys = [read_verifier(line) for line in (await world.client.get("/audit/keys")).text.splitlines()]
        checkpoint = open_checkpoint(noted.content, "hub.example/audit", keys)
        assert checkpoint.size == 301
        found = {}
        for tile in tiles_of(checkpoint.size):
            answer = await world.client.get(f"/audit/tile/{tile.path}")
            assert answer.status_code == 200
            found[tile.level, tile.number] = answer.content
        assert root_of(checkpoint.size, reader(lambda level, number: found[level, number])) == checkpoint.root
        for path, width, number in (("entries/000", 256, 0), ("entries/001.p/45", 45, 1)):
            bundle = (await world.client.get(f"/audit/tile/{path}", headers=bearer(world, "auditor"))).content
            held = read_bundle(bundle, width)
            assert [leaf_hash(one) for one in held] == hashes_of(found[0, number])[:width]


async def test_what_may_be_kept(tmp_path):
    """Tiles for ever, by everybody; the checkpoint not without asking; entries by nobody."""
    async with asked(tmp_path) as world:
        kept = {}
        for path in ("checkpoint", "keys", "tile/0/000.p/4", "tile/0/000.p/2", "tile/entries/000.p/4"):
            answer = await world.client.get(f"/audit/{path}", headers=bearer(world, "auditor"))
            kept[path] = answer.headers["cache-control"], answer.headers["content-type"], answer.status_code
            assert answer.headers["x-content-type-options"] == "nosniff"
    tile = ("public, max-age=31536000, immutable", "application/octet-stream", 200)
    assert kept == {
        "checkpoint": ("no-cache", "text/plain; charset=utf-8", 200),
        "keys": ("no-cache", "text/plain; charset=utf-8", 200),
        "tile/0/000.p/4": tile,
        "tile/0/000.p/2": tile,
        "tile/entries/000.p/4": ("no-store", "application/octet-stream", 200),
    }


@pytest.mark.parametrize(
    "path",
    [
        "0/000",
        "0/000.p/5",
        "0/001.p/1",
        "1/000.p/1",
        "entries/000.p/5",
        "entries/000",
        "0/000.p/04",
        "0/0.p/4",
        "0/%30%30%30.p/4",
        "0//000.p/4",
        "0/000.p/4/",
        "99999999999999999999/000",
        "",
    ],
)
async def test_addresses_that_are_none(tmp_path, path):
    """What the newest checkpoint does not cover, and what is written otherwise, is not there; for an auditor neither."""
    async with asked(tmp_path) as world:
        answer = await world.client.get(f"/audit/tile/{path}", headers=bearer(world, "auditor"))
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (404, "NOT_FOUND")


async def test_a_log_without_a_checkpoint(tmp_path):
    """Before the first one there is nothing to show."""
    async with open_world(tmp_path) as world:
        assert (await world.client.get("/audit/checkpoint")).status_code == 404
        assert (await world.client.get("/audit/tile/0/000.p/1")).status_code == 404
        assert (await world.client.post("/audit/checkpoint")).status_code == 405


@pytest.mark.parametrize(
    ("client", "status", "code"), [(None, 401, "UNAUTHENTICATED"), ("officer", 403, "AUDITORS_ONLY")]
)
async def test_entries_are_for_auditors(tmp_path, client, status, code):
    """Nobody else gets them, and whoever tried is on record."""
    async with asked(tmp_path) as world:
        headers = bearer(world, client) if client else {"authorization": "Bearer x"}
        answer = await world.client.get("/audit/tile/entries/000.p/4", headers=headers)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)
        acts = readings(world)
        assert [(one["client"], one["outcome"]) for one in acts] == ([] if client is None else [(client, "DENIED")])


async def test_reading_is_on_record(tmp_path):
    """An auditor who reads entries leaves one, which says which; without it nothing is read."""
    async with asked(tmp_path) as world:
        path, headers = "/audit/tile/entries/000.p/4", bearer(world, "auditor")
        assert (await world.client.get(path, headers=headers)).status_code == 200
        (act,) = readings(world)
        assert (act["client"], act["outcome"], act["told"]) == ("auditor", "GRANTED", {"tile": "entries/000.p/4"})
        world.hub.database.acting(
            lambda connection: connection.execute(
                text("CREATE TRIGGER no BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'no'); END")
            )
        )
        refused = await world.client.get(path, headers=headers)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (503, "RECORD_UNAVAILABLE")


async def test_no_value_is_shown(tmp_path):
    """Hashes and checkpoints tell nothing of what was asked."""
    async with asked(tmp_path) as world:
        for path in ("checkpoint", "tile/0/000.p/4"):
            shown = (await world.client.get(f"/audit/{path}")).content
            assert "金穗".encode() not in shown
            assert b"91231282MA9X0A019P" not in shown


async def altered_and_started(world, statements):
    """What a hub answers that starts after the store was changed behind its back."""

    def change(connection):
        for statement in statements:
            connection.execute(text(statement))

    world.hub.database.acting(change)
    hub = wire(load_settings(world.folder / "hub.toml"))
    found = hub.sequencer.standing.altered
    world.hub.sequencer.standing.altered = found
    hub.database.close()
    return found


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request):
    """What puts the store of a configuration on a database of each kind."""
    return str if request.param == "sqlite" else on(request.getfixturevalue("own_dsn"))


async def test_a_hub_that_starts_on_an_altered_log(tmp_path, store):
    """It says so on /readyz, answers nothing that needs a record, and still shows its keys."""
    async with open_world(tmp_path, store) as world:
        for _ in range(5):
            await world.ask(ASKED)
        while await world.hub.sequencer.advance():
            pass
        statements = ["DELETE FROM entries", "DELETE FROM tree_tiles", "DELETE FROM tree_checkpoints"]
        assert "outside covers 6" in str(await altered_and_started(world, statements))
        for answer in (await world.client.get("/readyz"), await world.ask(ASKED)):
            told = answer.json()["errors"][0]["extensions"]
            assert (answer.status_code, told["code"], "data" in answer.json()) == (503, "LOG_ALTERED", False)
        assert (await world.client.get("/healthz")).status_code == 200
        assert not world.calls[5:]
        assert (await world.client.get("/audit/keys")).status_code == 200


async def test_an_overdue_checkpoint_stops_answers(tmp_path):
    """No data leaves while one is overdue, and /readyz says so; it is over as soon as it is made."""
    async with open_world(tmp_path) as world:
        world.hub.sequencer.standing.behind_since = -1_000.0
        for answer in (await world.client.get("/readyz"), await world.ask(ASKED)):
            assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "CHECKPOINT_OVERDUE")
        assert not world.calls
        await world.hub.sequencer.tick()
        assert (await world.client.get("/readyz")).status_code == 200
        assert (await world.ask(ASKED)).status_code == 200


@pytest.mark.parametrize("key", ["missing", "another"])
async def test_a_key_that_is_not_the_log_s(tmp_path, key):
    """A missing or exchanged key stops the start, and no new one is made in its place."""
    async with asked(tmp_path) as world:
        folder = world.folder / "keys"
        (folder / "log.pem").unlink()
        if key == "another":
            make_log_key(folder, "log.pem")
        with pytest.raises(WrongKeyError if key == "another" else OSError, match=r"log.*\.pem"):
            wire(load_settings(world.folder / "hub.toml"))
        assert (folder / "log.pem").exists() == (key == "another")


async def test_a_log_by_another_name(tmp_path):
    """The name is the one it has, whatever the hub's address becomes; another one that is configured stops the start."""
    async with asked(tmp_path) as world:
        file = world.folder / "hub.toml"
        written = file.read_text(encoding="utf-8")
        file.write_text(written.replace("https://hub.example", "https://other.example"), encoding="utf-8")
        hub = wire(load_settings(file))
        assert (hub.sequencer.log.origin, hub.sequencer.standing.altered) == ("hub.example/audit", None)
        hub.database.close()
        file.write_text(written + '\n[audit]\norigin = "else.example/audit"\n', encoding="utf-8")
        with pytest.raises(WrongKeyError, match="origin"):
            wire(load_settings(file))


async def test_a_commit_is_not_held_up(tmp_path):
    """While a thousand old entries are hashed and signed, questions are answered."""
    async with asked(tmp_path) as world:
        for _ in range(40):
            await world.ask(ASKED)
        growing = world.hub.sequencer.advance()
        answer = await world.ask(ASKED)
        assert await growing
        assert answer.status_code == 200
        assert json.loads((await world.client.get("/readyz")).text) == {"status": "ready"}
