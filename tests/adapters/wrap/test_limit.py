"""The limit: so many at a time, the others in line, first come first served, and nobody left behind."""

import asyncio
import random

import pytest

from adapters.base import SourceBadData, SourceTimeout
from adapters.wrap.limit import Limit, NoTurn, Room
from tests.adapters.wrap.scripted import Scripted, lookup, search
from tests.adapters.wrap.virtual import now, virtual


class Turned:
    """Counts who was turned away."""

    def __init__(self) -> None:
        self.away = 0

    def __call__(self) -> None:
        self.away += 1


def limited(source, concurrency=2, waiting=100):
    """A limit, and the count of who got no turn."""
    turned = Turned()
    return Limit(source, Room(concurrency, waiting), turned), turned


@virtual
async def test_so_many_at_a_time_and_in_order():
    """Ten questions of a second each go two at a time, in the order in which they came."""
    source = Scripted()
    source.takes(1, times=10)
    limit, turned = limited(source)
    began = now()
    ended = []

    async def ask(number):
        await (limit.fetch(lookup(seconds=20)) if number % 2 else limit.search(search(seconds=20)))
        ended.append(number)

    await asyncio.gather(*map(ask, range(10)))
    assert source.most == 2
    assert ended == [*range(10)]
    assert now() - began == pytest.approx(5)
    assert (limit.busy, limit.waiting, turned.away) == (0, 0, 0)


@virtual
async def test_who_comes_later_does_not_overtake():
    """A turn that is handed over is taken: who asks in that very moment stands at the end of the line."""
    source = Scripted()
    limit, _ = limited(source, concurrency=1)
    order = []

    async def ask(name, seconds=0.0):
        source.takes(seconds)
        await limit.count(search(seconds=20))
        order.append(name)

    first = asyncio.create_task(ask("first", 1))
    await asyncio.sleep(0)
    second = asyncio.create_task(ask("second"))
    await first
    await ask("third")
    await second
    assert order == ["first", "second", "third"]


@virtual
async def test_a_full_line_is_said_at_once():
    """Beyond the line nobody waits, and the source is not asked."""
    source = Scripted()
    source.takes(1, times=5)
    limit, turned = limited(source, concurrency=1, waiting=3)
    tasks = [asyncio.create_task(limit.fetch(lookup(seconds=20))) for _ in range(4)]
    await asyncio.sleep(0)
    asked = now()
    with pytest.raises(NoTurn, match="too many"):
        await limit.fetch(lookup())
    assert now() == asked
    await asyncio.gather(*tasks)
    assert (len(source.asked), turned.away) == (4, 1)


@virtual
async def test_nobody_waits_past_the_deadline():
    """Who has no turn at the deadline is told so then, as a time-out that says nothing about the source."""
    source = Scripted()
    source.takes(10)
    limit, turned = limited(source, concurrency=1)
    holder = asyncio.create_task(limit.fetch(lookup(seconds=20)))
    await asyncio.sleep(0)
    asked = now()
    with pytest.raises(SourceTimeout, match="turn") as told:
        await limit.fetch(lookup(seconds=3))
    assert now() - asked == pytest.approx(3)
    assert not told.value.retryable
    await holder
    assert (len(source.asked), limit.busy, limit.waiting, turned.away) == (1, 0, 0, 1)


@virtual
async def test_a_question_past_its_deadline_is_not_put():
    """There is room, but no time: the source is not asked, and the room is free again."""
    source = Scripted()
    limit, _ = limited(source)
    with pytest.raises(NoTurn, match="had passed"):
        await limit.fetch(lookup(seconds=-1))
    assert (source.asked, limit.busy) == ([], 0)


@virtual
async def test_a_thousand_cancelled_waiters_leave_no_trace():
    """Waiters that are cancelled leave the line, and those behind them still get their turn."""
    source = Scripted()
    source.takes(1)
    limit, turned = limited(source, concurrency=1, waiting=2_000)
    holder = asyncio.create_task(limit.fetch(lookup(seconds=60)))
    await asyncio.sleep(0)
    waiters = [asyncio.create_task(limit.fetch(lookup(seconds=60))) for _ in range(1_001)]
    await asyncio.sleep(0)
    assert limit.waiting == 1_001
    for waiter in waiters[:-1]:
        waiter.cancel()
    ended = await asyncio.gather(*waiters[:-1], return_exceptions=True)
    assert all(isinstance(one, asyncio.CancelledError) for one in ended)
    assert limit.waiting == 1
    await asyncio.gather(holder, waiters[-1])
    assert (limit.busy, limit.waiting, turned.away, len(source.asked)) == (0, 0, 0, 2)


@pytest.mark.parametrize("seed", range(20))
def test_cancelling_at_any_moment_loses_no_turn(seed):
    """Whatever is cancelled, waiting, just given its turn or under way, all turns are free in the end."""

    @virtual
    async def storm():
        rng = random.Random(seed)
        source = Scripted()
        limit, _ = limited(source, concurrency=3, waiting=30)
        tasks = []
        for _ in range(300):
            source.takes(rng.choice((0.01, 0.1, 0.5)))
            tasks.append(asyncio.create_task(limit.fetch(lookup(seconds=rng.choice((0.05, 1, 5))))))
            if rng.random() < 0.5:
                await asyncio.sleep(rng.choice((0, 0, 0.01, 0.05)))
            for _ in range(rng.choice((0, 0, 1, 3))):
                rng.choice(tasks).cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert source.most <= 3
        assert (limit.busy, limit.waiting) == (0, 0)

    storm()


@virtual
async def test_a_turn_given_to_one_who_leaves_goes_to_the_next():
    """A waiter cancelled in the moment its turn came hands it on."""
    source = Scripted()
    source.takes(1)
    limit, _ = limited(source, concurrency=1)
    waiters: list[asyncio.Task] = []

    async def hold():
        await limit.fetch(lookup(seconds=20))
        assert limit.waiting == 1
        waiters[0].cancel()

    holder = asyncio.create_task(hold())
    await asyncio.sleep(0)
    waiters += [asyncio.create_task(limit.fetch(lookup(seconds=20))) for _ in range(2)]
    leaver, next_one = waiters
    await holder
    with pytest.raises(asyncio.CancelledError):
        await leaver
    await next_one
    assert (limit.busy, limit.waiting) == (0, 0)


@virtual
async def test_failures_free_their_turn():
    """A question that fails makes room like any other."""
    source = Scripted()
    source.fails(5, SourceBadData)
    limit, _ = limited(source, concurrency=1)
    for _ in range(5):
        with pytest.raises(SourceBadData):
            await limit.fetch(lookup())
    assert (await limit.fetch(lookup())).rows
    assert limit.busy == 0


@virtual
async def test_a_check_needs_no_turn():
    """While all turns are taken the source can be checked; closing reaches it."""
    source = Scripted()
    source.takes(10)
    limit, _ = limited(source, concurrency=1, waiting=0)
    holder = asyncio.create_task(limit.fetch(lookup(seconds=20)))
    await asyncio.sleep(0)
    asked = now()
    await limit.check()
    assert now() == asked
    await holder
    await limit.aclose()
    assert source.closed
