"""Runs over sources that people begin: done in the background by the command's code, stopped, gone on with, one at a time."""

import asyncio
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import pytest

from adapters.base import Adapter, Search
from hub.exchange import quality_working
from hub.exchange.quality_working import QualityWorker
from hub.exchange.quality_works import LOST, QualityWorks
from hub.quality_runs import runner_of, worker_of
from tests.crosswalk.registry import MARKET, ONE, Registry
from tests.crosswalk.test_quality import BAD
from tests.exchange.bureau import open_bureau

SHOWN = "number source department state run record rows found fault endedAt"
ROWS = 5
"""Rows of the source that is run over."""


@dataclass
class Gate:
    """An adapter that waits before its second page until it is opened, and notes where each page began."""

    inner: Adapter
    opened: asyncio.Event = field(default_factory=asyncio.Event)
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    pages: list[Any] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    async def search(self, ask: Search) -> Any:
        """A page of the real source."""
        if ask.after is not None:
            self.reached.set()
            await self.opened.wait()
        self.pages.append(ask.after)
        return await self.inner.search(ask)


@pytest.fixture
async def board(stored, tmp_path):
    """People, and a source of bad rows, on each kind of store."""
    async with open_bureau(tmp_path, lambda written: stored(written) + BAD) as bureau:
        yield Registry(bureau)


@pytest.fixture
async def desk(tmp_path):
    """The same on SQLite."""
    async with open_bureau(tmp_path, lambda written: written + BAD) as bureau:
        yield Registry(bureau)


def worker(registry, gate=None):
    """What does them; over the source as it is, or behind a gate."""
    hub = registry.bureau.hall.world.hub
    if gate is None:
        return worker_of(hub)
    source = replace(hub.sources["desk"], adapter=gate)
    return QualityWorker(hub.database, hub.gateway.clock, {"desk": source}, partial(runner_of, hub))


async def acted(registry, field, name=MARKET):
    """A work after an act on it."""
    return await registry.do(name, field, f"changed work {{ {SHOWN} }}")


async def works(registry, name=MARKET):
    """What somebody sees of them."""
    return await registry.read(name, f"qualityWorks {{ {SHOWN} }}")


async def test_a_steward_has_their_source_run_over(board):
    """It waits until a process takes it; what comes of it is a run like that of the command, and on record."""
    made = await acted(board, 'startQualityRun(source: "desk")')
    assert (made["changed"], made["work"]["state"], made["work"]["department"]) == (True, "WAITING", "market")
    again = await acted(board, 'startQualityRun(source: "desk")')
    assert (again["changed"], again["work"]["number"]) == (False, made["work"]["number"])
    await worker(board).look()
    (work,) = await works(board)
    assert (work["state"], work["rows"], work["fault"], work["record"]) == ("DONE", ROWS, None, None)
    assert work["endedAt"]
    (run,) = await board.read(MARKET, "qualityRuns { number rows endedAt }")
    assert (run["number"], run["rows"]) == (work["run"], ROWS)
    acts = [one for one in board.bureau.hall.entries() if one.get("act", "").startswith("QUALITY")]
    assert [(one["act"], one["outcome"]) for one in acts] == [
        ("QUALITY_WORK_BEGUN", "GRANTED"),
        ("QUALITY_WORK_BEGUN", "ALREADY"),
        ("QUALITY_RUN", "GRANTED"),
    ]
    assert await worker(board).look() is None


async def test_it_is_of_ones_own_department(desk):
    """A steward of another one neither begins, sees nor stops it; a system administrator does; others have no such act."""
    start = 'startQualityRun(source: "desk")'
    assert await desk.refused(ONE, start) == "BAD_USER_INPUT"
    assert await desk.refused(MARKET, 'startQualityRun(source: "nothing")') == "BAD_USER_INPUT"
    assert await desk.refused("auditor", start) == "GRAPHQL_VALIDATION_FAILED"
    number = (await acted(desk, start, "admin"))["work"]["number"]
    assert await works(desk, ONE) == []
    assert [one["number"] for one in await works(desk, "admin")] == [number]
    assert await desk.refused(ONE, f'stopQualityRun(number: "{number}")') == "BAD_USER_INPUT"
    assert (await acted(desk, f'stopQualityRun(number: "{number}")'))["work"]["state"] == "STOPPED"
    assert await worker(desk).look() is None


async def test_it_is_stopped_and_gone_on_with_where_it_was(desk, monkeypatch):
    """What the last whole batch came to stays; no page is read twice, and the run is the same one."""
    monkeypatch.setattr(quality_working, "BATCH", 2)
    monkeypatch.setattr(quality_working, "BEAT", 0.01)
    number = (await acted(desk, 'startQualityRun(source: "desk")'))["work"]["number"]
    gate = Gate(desk.bureau.hall.world.hub.sources["desk"].adapter)
    looking = asyncio.ensure_future(worker(desk, gate).look())
    await gate.reached.wait()
    assert (await acted(desk, f'stopQualityRun(number: "{number}")'))["changed"]
    await looking
    (stopped,) = await works(desk)
    assert (stopped["state"], stopped["rows"]) == ("STOPPED", 2)
    assert not (await acted(desk, f'stopQualityRun(number: "{number}")'))["changed"]
    gate.opened.set()
    assert (await acted(desk, f'resumeQualityRun(number: "{number}")'))["work"]["state"] == "WAITING"
    await worker(desk, gate).look()
    (done,) = await works(desk)
    assert (done["state"], done["rows"], done["run"]) == ("DONE", ROWS, stopped["run"])
    assert len(gate.pages) == len(set(gate.pages)) == 3
    assert not (await acted(desk, f'resumeQualityRun(number: "{number}")'))["changed"]


async def test_a_process_that_is_cancelled_leaves_it_to_another(desk, monkeypatch):
    """As at the end of a worker: it waits again, and whoever takes it goes on."""
    monkeypatch.setattr(quality_working, "BATCH", 2)
    monkeypatch.setattr(quality_working, "BEAT", 0.01)
    await acted(desk, 'startQualityRun(source: "desk")')
    gate = Gate(desk.bureau.hall.world.hub.sources["desk"].adapter)
    looking = asyncio.ensure_future(worker(desk, gate).look())
    await gate.reached.wait()
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert [one["state"] for one in await works(desk)] == ["WAITING"]
    await worker(desk).look()
    assert [(one["state"], one["rows"]) for one in await works(desk)] == [("DONE", ROWS)]


async def test_a_process_that_was_killed_is_followed_by_another(board):
    """Once it gave no sign of life for a while, not before; it has no say in it any more."""
    number = (await acted(board, 'startQualityRun(source: "desk")'))["work"]["number"]
    hall = board.bureau.hall
    now = hall.world.hub.gateway.clock.moment().second
    hall.world.hub.database.acting(lambda connection: QualityWorks(connection, now).take("killed"))
    assert await worker(board).look() is None
    assert hall.world.hub.database.acting(lambda connection: QualityWorks(connection, now - 1).take("behind")) is None
    later = now + LOST
    taken = hall.world.hub.database.acting(lambda connection: QualityWorks(connection, later).take("other"))
    assert taken.number == number
    beaten = hall.world.hub.database.acting(
        lambda connection: QualityWorks(connection, later).beat(number, "killed", "")
    )
    assert not beaten


async def test_a_source_that_is_down_is_said_and_gone_on_with(desk):
    """Its failure is the outcome; the same work is done once it is back."""
    world = desk.bureau.hall.world
    number = (await acted(desk, 'startQualityRun(source: "desk")'))["work"]["number"]
    world.down = {"desk": "SOURCE_DOWN"}
    await worker(desk).look()
    assert [(one["state"], one["fault"]) for one in await works(desk)] == [("FAILED", "SOURCE_DOWN")]
    world.down = {}
    await acted(desk, f'resumeQualityRun(number: "{number}")')
    await worker(desk).look()
    assert [(one["state"], one["fault"]) for one in await works(desk)] == [("DONE", None)]


async def test_a_nul_is_an_argument_like_any_bad_one(registry):
    """On each kind of store, also where that cannot be asked for it: nobody is told that the record is out of order."""
    hall, who = registry.bureau.hall, registry.bureau.someone(ONE)
    for asked in (r'qualityWorks(source: "a\u0000b") { number }', r'node(id: "a\u0000b") { id }'):
        assert await hall.refused(who, f"{{ {asked} }}", None) == "BAD_USER_INPUT"
    asked = "query ($id: ID!) { node(id: $id) { id } }"
    assert await hall.refused(who, asked, None, variables={"id": "\0"}) == "BAD_USER_INPUT"
