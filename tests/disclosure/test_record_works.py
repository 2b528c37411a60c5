"""Verifying and packing the record in the background: how far it is, stopped, gone on with, one at a time, on record."""

import asyncio
import base64
import hashlib
import io
import json
import time
import zipfile
from datetime import timedelta

import pytest

from hub.audit.act import Act, append_act
from hub.audit.tiles import WIDTH
from hub.disclosure import working
from hub.disclosure.works import LOST, Found, Works
from schema.work_enums import WorkKind, WorkState
from tests.disclosure.registry import clerk_looks, done, inspector_looks, turned_away

SHOWN = """number kind year state done total secondsLeft since entries signed checkpointsInside witnesses step fault
  differences { kind first last sentence sentenceEn } moreDifferences packBytes packHash"""
BEGIN = f"mutation {{ verifyRecord {{ changed work {{ {SHOWN} }} position }} }}"
MANY = 6_000


def many(hall, count=MANY):
    """A record of so many entries more."""

    def work(ledger):
        for number in range(count):
            append_act(ledger.connection, Act("2026-11-22T10:00:00+08:00", f"r{number}", "TOLD", "GRANTED"))

    hall.store(work)


async def signed(hall):
    """Have everything under a checkpoint."""
    while await hall.world.hub.sequencer.advance():
        pass


async def seen(hall, number):
    """A work as an auditor sees it."""
    return await done(hall, "audit", f'{{ recordWork(number: "{number}") {{ {SHOWN} }} }}')


async def acted(hall, what, number):
    """A work after an act on it."""
    text = f'mutation {{ {what}(number: "{number}") {{ changed work {{ {SHOWN} }} }} }}'
    return await done(hall, "audit", text)


async def until(hall, number, wanted):
    """A work as soon as something holds of it."""
    found = {}
    for _ in range(600):
        found = await seen(hall, number)
        if wanted(found):
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(found)


async def test_a_record_is_verified_and_says_what_agrees(hall):
    """Waiting, then done: entries, checkpoints, no difference; what came of it is on record; a second one is not begun."""
    await clerk_looks(hall)
    await signed(hall)
    begun = await done(hall, "audit", BEGIN)
    number = begun["work"]["number"]
    assert (begun["changed"], begun["work"]["state"]) == (True, "WAITING")
    again = await done(hall, "audit", BEGIN)
    assert (again["changed"], again["work"]["number"]) == (False, number)
    assert (await hall.world.hub.worker.look()).number == number
    found = await seen(hall, number)
    assert (found["state"], found["differences"], found["fault"]) == ("DONE", [], None)
    assert 0 < found["signed"] <= found["entries"] == found["done"] == found["total"]
    assert found["checkpointsInside"] > 0
    (entry,) = hall.acts("RECORD_VERIFIED")
    assert (entry["outcome"], entry["told"]["number"]) == ("AGREES", number)
    assert await hall.world.hub.worker.look() is None
    assert [one["outcome"] for one in hall.acts("RECORD_WORK_BEGUN")] == ["GRANTED", "ALREADY"]


ALTERED = {
    "bytes": "UPDATE entries SET body = CAST(replace(CAST(body AS TEXT), 'ANSWERED', 'REJECTED') AS BLOB) WHERE position = 1",
    "text": "UPDATE entries SET body = replace(CAST(body AS TEXT), 'ANSWERED', 'REJECTED') WHERE position = 1",
    "number": "UPDATE entries SET body = 7000000000000 WHERE position = 1",
}
"""What somebody with write access to the store makes of an entry, of whatever type."""


@pytest.mark.parametrize("altered", ALTERED)
async def test_what_was_changed_is_named(small, altered):
    """By its position and in a sentence; the work ends as done, and the record says that it differs."""
    await clerk_looks(small)
    await signed(small)
    small.store(lambda ledger: ledger.connection.exec_driver_sql(ALTERED[altered]))
    number = (await done(small, "audit", BEGIN))["work"]["number"]
    await small.world.hub.worker.look()
    found = await seen(small, number)
    assert found["state"] == "DONE"
    assert {(one["kind"], one["first"], one["last"]) for one in found["differences"]} >= {("CHANGED", 1, 1)}
    assert "1" in found["differences"][0]["sentence"]
    told = [json.loads(body) for (body,) in small.rows("SELECT body FROM entries WHERE position > 1")]
    assert [one["outcome"] for one in told if one.get("act") == "RECORD_VERIFIED"] == ["DIFFERS"]


async def test_it_is_stopped_and_gone_on_with(small, monkeypatch):
    """Whoever looks sees how far it is; a stop is heard by the process that does it; what was done is not done again."""
    monkeypatch.setattr(working, "BEAT", 0.02)
    many(small)
    number = (await done(small, "audit", BEGIN))["work"]["number"]
    doing = asyncio.create_task(small.world.hub.worker.look())
    running = await until(small, number, lambda one: one["done"] > 0)
    assert running["state"] == "RUNNING"
    assert running["done"] <= running["total"] > MANY
    assert (await acted(small, "stopRecordWork", number))["changed"]
    await asyncio.wait_for(doing, 30)
    stopped = await seen(small, number)
    assert stopped["state"] == "STOPPED"
    assert 0 < stopped["done"] < stopped["total"]
    assert not (await acted(small, "stopRecordWork", number))["changed"]
    assert await small.world.hub.worker.look() is None
    assert (await acted(small, "resumeRecordWork", number))["work"]["state"] == "WAITING"
    await small.world.hub.worker.look()
    over = await seen(small, number)
    assert (over["state"], over["differences"]) == ("DONE", [])
    assert over["since"] == stopped["done"] // WIDTH * WIDTH > 0
    assert not (await acted(small, "resumeRecordWork", number))["changed"]


async def test_a_process_that_was_killed_is_followed_by_another(hall):
    """Not at once, since it may be slow; after some time without a sign of life another one goes on, and the first is heard no more."""
    await clerk_looks(hall)
    number = (await done(hall, "audit", BEGIN))["work"]["number"]
    now = int(hall.world.now.timestamp())
    hall.store(lambda ledger: Works(ledger.connection, now).take("killed"))
    assert await hall.world.hub.worker.look() is None
    hall.world.now += timedelta(seconds=LOST + 1)
    assert (await hall.world.hub.worker.look()).number == number
    assert (await seen(hall, number))["state"] == "DONE"
    late = hall.store(lambda ledger: Works(ledger.connection, now).end(number, "killed", WorkState.FAILED, Found()))
    assert not late
    assert (await seen(hall, number))["state"] == "DONE"


async def test_a_hub_that_stops_leaves_its_work_to_the_next(small, monkeypatch):
    """It waits again, from where it was; nothing is lost, and nobody has to go on with it by hand."""
    monkeypatch.setattr(working, "BEAT", 0.02)
    many(small)
    number = (await done(small, "audit", BEGIN))["work"]["number"]
    async with small.world.hub.worker.working():
        await until(small, number, lambda one: one["done"] > 0)
    waiting = await seen(small, number)
    assert waiting["state"] == "WAITING"
    assert waiting["done"] > 0
    await small.world.hub.worker.look()
    assert (await seen(small, number))["since"] == waiting["done"] // WIDTH * WIDTH


async def test_questions_are_answered_meanwhile(small, monkeypatch):
    """The loop is never held up for long while the record is hashed anew."""
    monkeypatch.setattr(working, "BEAT", 0.02)
    many(small)
    await done(small, "audit", BEGIN)
    doing = asyncio.create_task(small.world.hub.worker.look())
    waits = []
    while not doing.done():
        before = time.monotonic()
        await asyncio.sleep(0.005)
        waits.append(time.monotonic() - before)
    await doing
    waits.sort()
    assert waits[len(waits) // 2] < 0.05
    assert waits[-1] < 1


async def test_a_year_is_packed_and_fetched(hall):
    """A ZIP with a manifest whose hashes hold; that it was made and fetched is on record; a newer one takes its place."""
    await inspector_looks(hall)
    await signed(hall)
    year = hall.world.now.year
    text = f"mutation {{ packRecord(year: {year}) {{ work {{ {SHOWN} }} }} }}"
    number = (await done(hall, "audit", text))["work"]["number"]
    await hall.world.hub.worker.look()
    found = await seen(hall, number)
    assert (found["state"], found["year"], found["fault"]) == ("DONE", year, None)
    archive = base64.b64decode(await done(hall, "audit", f'{{ recordPack(number: "{number}") }}'))
    assert (len(archive), hashlib.sha256(archive).hexdigest()) == (found["packBytes"], found["packHash"])
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        names = {name.partition("/")[2] for name in opened.namelist()}
        assert {"summary.html", "counts.csv", "anomalies.csv", "verify.json", "manifest.json"} <= names
    assert hall.acts("AUDIT_PACKED")[0]["told"]["sha256"] == found["packHash"]
    assert [one["told"]["number"] for one in hall.acts("AUDIT_PACK_FETCHED")] == [number]
    later = (await done(hall, "audit", text))["work"]["number"]
    await hall.world.hub.worker.look()
    assert await done(hall, "audit", f'{{ recordPack(number: "{number}") }}') is None
    assert await done(hall, "audit", f'{{ recordPack(number: "{later}") }}')


BAD = {
    "no work": 'mutation { stopRecordWork(number: "A-2026-99999") { changed } }',
    "odd": 'mutation { resumeRecordWork(number: "\\u0000") { changed } }',
    "no year": "mutation { packRecord(year: 1999) { changed } }",
    "a year to come": "mutation { packRecord(year: 2099) { changed } }",
}


async def test_what_cannot_be_is_refused(small):
    """With a sentence; nothing waits, and nobody but audit has such works."""
    for name, text in BAD.items():
        assert await turned_away(small, "audit", text) == "BAD_USER_INPUT", name
    assert await done(small, "audit", "{ recordWorks { number } }") == []
    assert await done(small, "audit", '{ recordWork(number: "x") { number } }') is None
    assert await done(small, "audit", '{ recordPack(number: "x") }') is None
    for name in ("admin", "security", "steward"):
        assert await turned_away(small, name, "{ recordWorks { number } }", key=None) == "GRAPHQL_VALIDATION_FAILED"
        assert await turned_away(small, name, BEGIN) == "GRAPHQL_VALIDATION_FAILED"


async def test_two_of_a_kind_are_not_done_side_by_side(small):
    """One that was stopped cannot be gone on with while another one waits; works are done one after the other, the oldest first."""
    first = (await done(small, "audit", BEGIN))["work"]["number"]
    await acted(small, "stopRecordWork", first)
    second = (await done(small, "audit", BEGIN))["work"]["number"]
    resume = f'mutation {{ resumeRecordWork(number: "{first}") {{ changed }} }}'
    assert await turned_away(small, "audit", resume) == "BAD_USER_INPUT"
    year = small.world.now.year
    pack = (await done(small, "audit", f"mutation {{ packRecord(year: {year}) {{ work {{ number }} }} }}"))["work"]
    order = [(await small.world.hub.worker.look()).number for _ in range(2)]
    assert order == [second, pack["number"]]


@pytest.mark.parametrize("kind", list(WorkKind))
def test_kinds_and_states_fit_their_columns(kind):
    """Names are stored."""
    assert len(kind.name) <= 8
    assert all(len(state.name) <= 8 for state in WorkState)


async def test_a_pack_that_the_store_does_not_keep_says_so(small, monkeypatch):
    """It is for the command: the work ends, and there is nothing to fetch."""
    monkeypatch.setattr(working, "LARGEST", 100)
    text = f"mutation {{ packRecord(year: {small.world.now.year}) {{ work {{ {SHOWN} }} }} }}"
    number = (await done(small, "audit", text))["work"]["number"]
    await small.world.hub.worker.look()
    found = await seen(small, number)
    assert (found["state"], found["fault"], found["packBytes"]) == ("FAILED", "TOO_LARGE", None)
    assert await done(small, "audit", f'{{ recordPack(number: "{number}") }}') is None
