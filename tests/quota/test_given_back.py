"""What is given back of a quota: all that nobody was asked for, and nothing that somebody was."""

import asyncio
import threading
from dataclasses import replace

import pytest

from hub.audit.log import RecordUnavailable
from hub.callers.purging import delete_expired
from hub.charge import Cost
from hub.gateway import Gateway
from hub.quota.book import Book, Payers
from tests.acts.hall import BAKERY, GRAIN
from tests.quota.rationed import EACH, RATIONED, asked, codes_of, one, used
from tests.unit.test_failures import fail

DEPARTMENT = "department:hall"
BOTH = Payers(DEPARTMENT, "client:each", frozenset({"g"}))


class Broken:
    """Finds no id, whatever is asked."""

    async def locate(self, _ids):
        """Fail as a store does."""
        raise RecordUnavailable("gone")


async def test_what_fails_before_a_source_is_asked_costs_nothing(hall, monkeypatch):
    """The store does not find what an id stands for: nothing was asked of anybody, and nothing is charged."""
    gateway = hall.world.hub.gateway
    broken = replace(gateway.fetcher, locator=Broken())
    fetch = Gateway._fetch

    async def fetched(self, *given):
        return await fetch(replace(self, fetcher=broken), *given)

    monkeypatch.setattr(Gateway, "_fetch", fetched)
    for who in (RATIONED, EACH):
        body = await asked(hall, who, '{ node(id: "x") { ... on Entity { name } } }')
        assert codes_of(body) == {"RECORD_UNAVAILABLE"}
    assert used(hall, "ten-records") == {DEPARTMENT: 0}
    assert used(hall, "two-entities") == {DEPARTMENT: 0, "client:each": 0}
    assert hall.rows("SELECT count(*) FROM quota_seen") == [(0,)]


async def test_what_is_cancelled_after_a_source_was_asked_is_charged(hall):
    """Whoever leaves while the source works has asked it."""
    started = fail(hall.world, "register", None)
    task = asyncio.create_task(asked(hall, RATIONED, one()))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert used(hall, "ten-records") == {DEPARTMENT: 1}


async def test_what_is_cancelled_while_it_reserves_is_given_back(hall):
    """Whoever leaves before the reservation is made has asked nobody, though it is made all the same."""
    free = threading.Event()
    hall.world.hub.database.writing(free.wait)
    task = asyncio.create_task(asked(hall, RATIONED, one()))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    free.set()
    for _ in range(500):
        if used(hall, "ten-records") == {DEPARTMENT: 0}:
            break
        await asyncio.sleep(0.02)
    assert used(hall, "ten-records") == {DEPARTMENT: 0}
    assert hall.world.calls == []


async def test_a_source_that_fails_was_asked(small):
    """A failure is charged like a miss: who asked cannot tell them apart beforehand."""
    small.world.down = {"register": "gone"}
    await asked(small, RATIONED, one())
    assert used(small, "ten-records") == {DEPARTMENT: 1}


async def test_an_entity_that_another_question_asked_for_stays_counted(hall):
    """Two questions ask for one entity and one of them comes to nothing: it counts; after the other's end it does not."""
    hub = hall.world.hub
    charge = {"g": Cost(frozenset({"Entity.uscc:1", "Entity.uscc:2"}))}
    other = {"g": Cost(frozenset({"Entity.uscc:1"}))}

    def work(connection):
        book = Book(connection, hub.attendant.vault, "2026-11-23")
        seen = []
        for step, paid in ((book.take, charge), (book.take, other), (book.give_back, charge), (book.give_back, other)):
            step(paid, BOTH)
            seen.append((book.used("g", DEPARTMENT), book.used("g", "client:each")))
        return seen

    assert hub.database.acting(work) == [(2, 2), (3, 2), (1, 1), (0, 0)]


async def test_old_days_are_thrown_away(small):
    """Two days later nothing is kept of whom was asked for."""
    for code in (GRAIN, BAKERY):
        await asked(small, EACH, one(code))
    second = small.world.hub.gateway.clock.moment().second
    small.world.hub.database.acting(lambda connection: delete_expired(connection, second))
    assert small.rows("SELECT count(*) FROM quota_seen") == [(2,)]
    small.world.hub.database.acting(lambda connection: delete_expired(connection, second + 3 * 24 * 3600))
    for table in ("quota_seen", "quota_use"):
        assert small.rows(f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 - of this file
