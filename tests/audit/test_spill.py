"""While the store does not take entries: by default nothing leaves; within the granted time entries wait on another disk."""

import asyncio
import json
import os
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.app import wire
from hub.audit.receipt import read_receipt, verify_receipt
from hub.audit.spill import Spill, count_waiting
from hub.clock import Clock
from hub.gateway import Request
from hub.settings import load_settings
from tests.audit.kept import bodies
from tests.audit.test_full_disk import ASKED, small_disk
from tests.audit.test_receipts import RECEIPT
from tests.cuts import CUTS
from tests.golden.folder import NOW, Step
from tests.golden.world import open_world
from tests.unit.appending import ENTRY, open_store, row

CLOCK = Clock(lambda: datetime(2026, 11, 23, tzinfo=UTC))


def granting(seconds, spill):
    """What a configuration says to grant so much."""
    return lambda written: written.replace(
        "[hub]", f'[audit]\ngrace_seconds = {seconds}\nspill = "{spill}"\n\n[hub]', 1
    )


def fill(disk):
    """Leave no room on a disk; what makes room again."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        while True:
            try:
                file.write(bytes(4096))
            except OSError:
                return filler.unlink


async def until_kept_aside(world):
    """Ask until an answer's entry is kept aside; its receipt."""
    for _ in range(3_000):
        told = (await world.ask(ASKED)).json()["extensions"]["receipt"]
        if "pending" in told:
            return told
    raise AssertionError("the disk never filled")


async def test_entries_wait_until_the_store_is_there_again(tmp_path):
    """Answers go on with a receipt that has no index; readiness says so; then all entries are in the log, in order, proven."""
    spill = tmp_path / "waiting.jsonl"
    with small_disk(tmp_path / "disk", 4) as disk:
        async with open_world(disk, granting(3600, spill)) as world:
            await world.ask(ASKED)
            room = fill(disk)
            told = [await until_kept_aside(world) for _ in range(3)]
            assert all(one == {"hash": one["hash"], "pending": True} for one in told)
            ready = await world.client.get("/readyz")
            assert (ready.status_code, ready.json()) == (200, {"status": "ready", "record": "KEPT_ASIDE"})
            assert os.stat(spill).st_mode & 0o777 == 0o600
            waiting = [json.loads(line) for line in spill.read_bytes().splitlines()]
            assert not [one for one in waiting if "91231282MA9X0A019P" in json.dumps(one)]
            before = len(world.entries())
            room()
            assert (await world.client.get("/readyz")).json() == {"status": "ready"}
            assert spill.stat().st_size == 0
            held = world.entries()[before:]
            assert [one["requestId"] for one in held] == [one["requestId"] for one in waiting]
            assert "index" in (await world.ask(ASKED)).json()["extensions"]["receipt"]
            while await world.hub.sequencer.advance():
                pass
            for one, asked in zip(told, waiting[-3:], strict=True):
                variables = {"id": asked["requestId"], "hash": one["hash"]}
                text = RECEIPT.replace("$index: Position!, ", "").replace("index: $index, ", "")
                found = (await world.ask(Step(text=text, variables=variables))).json()["data"]["receipt"]
                assert found["hash"] == one["hash"]
                verify_receipt(read_receipt(json.dumps(found["document"]).encode()))


async def test_by_default_nothing_leaves(tmp_path):
    """Without a granted time an answer whose entry is not in the store does not leave, and nothing is kept aside."""
    spill = tmp_path / "waiting.jsonl"
    with small_disk(tmp_path / "disk", 4) as disk:
        async with open_world(disk, granting(0, spill)) as world:
            room = fill(disk)
            answers = [await world.ask(ASKED)]
            while answers[-1].status_code == 200:
                answers.append(await world.ask(ASKED))
            assert answers[-1].json()["errors"][0]["extensions"]["code"] == "RECORD_UNAVAILABLE"
            assert (await world.client.get("/readyz")).status_code == 503
            assert not spill.exists()
            room()


async def test_the_time_that_is_granted_ends(tmp_path):
    """After it nothing leaves, until the store takes entries again; then those that waited come first."""
    spill = tmp_path / "waiting.jsonl"
    with small_disk(tmp_path / "disk", 4) as disk:
        async with open_world(disk, granting(3600, spill)) as world:
            room = fill(disk)
            await until_kept_aside(world)
            standing = world.hub.sequencer.standing
            assert standing.lost_since is not None
            standing.lost_since -= 3600
            assert (await world.ask(ASKED)).status_code == 503
            assert (await world.client.get("/readyz")).status_code == 503
            room()
            count = count_waiting(spill)
            before = len(world.entries())
            assert "index" in (await world.ask(ASKED)).json()["extensions"]["receipt"]
            assert len(world.entries()) == before + count + 1


async def test_a_spill_that_cannot_be_written(tmp_path):
    """Where the entry cannot be kept aside either, no answer leaves."""
    (tmp_path / "waiting.jsonl").mkdir()
    with small_disk(tmp_path / "disk", 4) as disk:
        room = None
        async with open_world(disk, granting(0, tmp_path / "x")) as world:
            hub = world.hub
            hub.gateway.recorder.standing.grace = 3600
            spill = Spill(tmp_path / "waiting.jsonl", hub.database, hub.gateway.ids, CLOCK)
            object.__setattr__(hub.gateway.recorder, "spill", spill)
            room = fill(disk)
            answers = [await world.ask(ASKED)]
            while answers[-1].status_code == 200:
                answers.append(await world.ask(ASKED))
                assert "pending" not in answers[-1].text
            room()


async def test_a_hub_that_ends_meanwhile(tmp_path):
    """What waited is taken in by the next start, before anything else, and what was torn is passed over."""
    async with open_world(tmp_path, granting(60, tmp_path / "waiting.jsonl")) as world:
        spill = Spill(tmp_path / "waiting.jsonl", world.hub.database, world.hub.gateway.ids, CLOCK)
        spill.keep(row(replace(ENTRY, request_id="w1")), {"id1": ("uscc", "91231282MA9X0A019P")})
        spill.keep(row(replace(ENTRY, request_id="w2")), None)
        with spill.path.open("ab") as file:
            file.write(b'{"at": "x", "torn')
    hub = wire(load_settings(tmp_path / "world/hub.toml"), Clock(lambda: NOW), CUTS)
    assert spill.path.stat().st_size == 0
    assert await hub.gateway.ids.locate(["id1"]) == {"id1": ("uscc", "91231282MA9X0A019P")}
    answer = json.loads((await _first(hub)).json)
    hub.database.close()
    assert answer["extensions"]["receipt"]["index"] >= 3


async def _first(hub):
    return await hub.gateway.answer(Request(ASKED.text, None, {}, Credentials(), OnDenied.PARTIAL, "first"))


async def test_none_is_taken_twice(place):
    """An entry whose commit was not answered may be in the store already; a killed adoption is begun again."""
    database, ids, log = open_store(place.folder, place.url)
    database.migrate()
    spill = Spill(place.folder / "waiting.jsonl", database, ids, CLOCK)
    made = [replace(ENTRY, request_id=f"r{number}") for number in range(4)]
    await log.append(row(made[1]))
    for one in made:
        spill.keep(row(one), None)
    kept = spill.path.read_bytes()
    assert (count_waiting(spill.path), spill.waits(), spill.adopt(), spill.waits()) == (4, True, 4, False)
    # As if it had been killed between commit and the end.
    spill.path.write_bytes(kept)
    spill.adopt()
    found = [json.loads(body) for body in bodies(place)]
    assert [one["requestId"] for one in found if "kind" not in one] == ["r1", "r0", "r2", "r3"]
    assert [one["told"] for one in found if "kind" in one] == [
        {"entries": "3", "known": "1"},
        {"entries": "0", "known": "4"},
    ]
    database.close()


def test_a_file_of_somebody_else_is_not_believed(tmp_path):
    """Whoever else may write it could put entries into the record; what is no question's entry is left out."""
    database, ids, _ = open_store(tmp_path)
    database.migrate()
    spill = Spill(tmp_path / "waiting.jsonl", database, ids, CLOCK)
    spill.keep(row(ENTRY), None)
    (kept,) = spill.path.read_bytes().splitlines()
    told = json.loads(kept)
    act = json.dumps({"kind": "act", "at": told["at"], "requestId": "r", "told": {}})
    forged = [{**told, "body": "no entry"}, {**told, "requestId": "r2"}, {**told, "at": 5}, {**told, "body": act}]
    spill.path.write_bytes(b"\n".join([*(json.dumps(one).encode() for one in forged), b"[]", kept]))
    for mode in (0o622, 0o640):
        spill.path.chmod(mode)
        with pytest.raises(OSError, match="chmod 600"):
            spill.adopt()
    spill.path.chmod(0o600)
    assert (spill.adopt(), spill.waits()) == (1, False)
    database.close()


async def test_workers_share_the_file(tmp_path):
    """Many at once keep whole lines; a file that is full takes no more."""
    database, ids, _ = open_store(tmp_path)
    spill = Spill(tmp_path / "waiting.jsonl", database, ids, CLOCK)
    rows = [row(replace(ENTRY, request_id=f"r{number}")) for number in range(40)]
    await asyncio.gather(*(asyncio.to_thread(spill.keep, one, None) for one in rows))
    assert {json.loads(line)["requestId"] for line in spill.path.read_bytes().splitlines()} == {one[1] for one in rows}
    with pytest.raises(OSError, match="full"):
        spill.keep(("at", "r", b"x" * 70_000_000), None)
    database.close()
