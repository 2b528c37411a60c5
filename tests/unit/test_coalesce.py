"""Coalescing: questions in flight share calls, and nothing else."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import cast

import pytest

from adapters.base import KEY, Adapter, Lookup, Rows, SourceBadData, SourceDown, SourceTimeout
from hub.coalesce import MOST_KEYS, Coalescer, Found
from schema.predicate import TRUE, Op, Test


@dataclass
class Department:
    """A source that answers when it is let, knows three rows of every key, and fails for some."""

    allowed: int = 0
    moved: asyncio.Condition = field(default_factory=asyncio.Condition)
    asked: list[Lookup] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)
    limit: int = 100_000
    at_work: int = 0
    cancelled: int = 0

    async def let(self, calls=1_000_000):
        """Let so many calls through."""
        async with self.moved:
            self.allowed += calls
            self.moved.notify_all()

    async def busy(self, calls):
        """Return when so many calls have come."""
        async with self.moved:
            await self.moved.wait_for(lambda: len(self.asked) >= calls)

    async def fetch(self, ask):
        """Rows of the keys, once the gate is open."""
        self.asked.append(ask)
        self.at_work += 1
        try:
            async with self.moved:
                self.moved.notify_all()
                await self.moved.wait_for(lambda: self.allowed > 0)
                self.allowed -= 1
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        finally:
            self.at_work -= 1
        for key in ask.keys:
            if key in self.fails:
                raise self.fails[key]
        rows = [(key, f"{key}/{n}") for key in ask.keys for n in range(3)]
        return Rows(ask.columns, rows[: self.limit], len(rows) > self.limit)


def coalescing(department, lanes):
    """A coalescer in front of the department."""
    return Coalescer(cast("Adapter", department), lanes)


def look_up(*keys, where=TRUE, purpose="P", columns=(KEY, "name"), seconds=20.0):
    """A look-up of these keys."""
    deadline = asyncio.get_running_loop().time() + seconds
    return Lookup("Entity", columns, "uscc", keys, deadline, purpose, where)


async def started(coalescer, department, asks):
    """All look-ups, of which the first is under way before the others are asked."""
    tasks = [asyncio.create_task(coalescer.fetch(asks[0]))]
    await department.busy(1)
    tasks += [asyncio.create_task(coalescer.fetch(ask)) for ask in asks[1:]]
    await asyncio.sleep(0)
    return tasks


def rows_of(*keys):
    """What each key has."""
    return {key: [(key, f"{key}/{n}") for n in range(3)] for key in keys}


async def test_equal_look_ups_share_a_call():
    """While the lane is taken, what is asked alike waits together and goes as one; each gets its own keys only."""
    department = Department()
    coalescer = coalescing(department, 1)
    tasks = await started(coalescer, department, [look_up(f"k{n}", f"k{n + 1}") for n in range(50)])
    await department.let()
    found = await asyncio.gather(*tasks)
    assert [one.by_key for one in found] == [rows_of(f"k{n}", f"k{n + 1}") for n in range(50)]
    assert len(department.asked) == 2
    assert len(department.asked[1].keys) == 50
    assert coalescer.idle


async def test_a_joined_call_has_a_bound():
    """No joined call asks for more keys than allowed; one question that does by itself is not torn apart."""
    department = Department()
    coalescer = coalescing(department, 1)
    asks = [look_up(*(f"q{q}k{n}" for n in range(90))) for q in range(7)]
    asks.append(look_up(*(f"big{n}" for n in range(300))))
    tasks = await started(coalescer, department, asks)
    await department.let()
    found = await asyncio.gather(*tasks)
    assert [len(one.by_key) for one in found] == [90] * 7 + [300]
    assert sorted(len(ask.keys) for ask in department.asked) == [90, 180, 180, 180, 300]
    assert all(len(ask.keys) <= MOST_KEYS for ask in department.asked if not ask.keys[0].startswith("big"))


async def test_what_is_asked_at_once_goes_at_once():
    """Look-ups of one turn of the event loop share a call although a lane is free."""
    department = Department()
    coalescer = coalescing(department, 2)
    tasks = [asyncio.create_task(coalescer.fetch(look_up(f"k{n}"))) for n in range(20)]
    await department.let()
    assert [(await task).by_key for task in tasks] == [rows_of(f"k{n}") for n in range(20)]
    assert [len(ask.keys) for ask in department.asked] == [20]


@pytest.mark.parametrize(
    "other",
    [
        {"where": Test("divisionCode", Op.PREFIX, "2312")},
        {"purpose": "Q"},
        {"columns": (KEY, "name", "status")},
    ],
    ids=["row filter", "purpose", "columns"],
)
async def test_different_look_ups_never_share(other):
    """Another row filter, purpose or column is another call."""
    department = Department()
    coalescer = coalescing(department, 1)
    asks = [look_up("a"), *(look_up("b", **(other if n % 2 else {})) for n in range(20))]
    tasks = await started(coalescer, department, asks)
    await department.let()
    await asyncio.gather(*tasks)
    assert len(department.asked) == 3
    assert len({(ask.where, ask.purpose, ask.columns) for ask in department.asked}) == 2


async def test_lanes_bound_what_is_under_way():
    """Never more calls than lanes at a time, whatever is asked; all are answered."""
    department = Department()
    coalescer = coalescing(department, 3)
    tasks = await started(coalescer, department, [look_up(f"k{n}", purpose=f"P{n}") for n in range(40)])
    await department.busy(3)
    await asyncio.sleep(0)
    assert department.at_work == 3
    await department.let()
    assert len(await asyncio.gather(*tasks)) == 40
    assert coalescer.idle


async def test_one_bad_key_costs_no_other():
    """A batch that fails is asked again in halves: only the question whose key is bad fails, with its own error."""
    department = Department(fails={"k7": SourceBadData("row 7")})
    coalescer = coalescing(department, 1)
    tasks = await started(coalescer, department, [look_up("first"), *(look_up(f"k{n}") for n in range(16))])
    await department.let()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [n - 1 for n, one in enumerate(found) if isinstance(one, SourceBadData)] == [7]
    good = [one for one in found[1:] if isinstance(one, Found)]
    assert [one.by_key for one in good] == [rows_of(f"k{n}") for n in range(16) if n != 7]
    assert len(department.asked) <= 1 + 2 * 5


async def test_a_dead_source_tells_everyone():
    """Where every half fails, every question gets an error of its own."""
    department = Department(fails={f"k{n}": SourceDown("refused") for n in range(8)})
    coalescer = coalescing(department, 1)
    tasks = await started(coalescer, department, [look_up(f"k{n}") for n in range(8)])
    await department.let()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert {type(one) for one in found} == {SourceDown}
    assert len({id(one) for one in found}) == 8
    assert coalescer.idle


async def test_what_is_cut_is_asked_alone():
    """A joined call that had too many rows is no answer for anybody; alone, each question gets all of its own."""
    department = Department(limit=12)
    coalescer = coalescing(department, 1)
    tasks = await started(coalescer, department, [look_up("first"), *(look_up(f"k{n}") for n in range(8))])
    await department.let()
    found = await asyncio.gather(*tasks)
    assert [(one.by_key, one.truncated) for one in found[1:]] == [(rows_of(f"k{n}"), False) for n in range(8)]


async def test_a_deadline_is_ones_own():
    """A question that expires while it waits or shares a call ends then; its neighbours are answered."""
    department = Department()
    coalescer = coalescing(department, 1)
    asks = [look_up("first"), look_up("soon", seconds=0.02), look_up("late")]
    tasks = await started(coalescer, department, asks)
    with pytest.raises(SourceTimeout):
        await tasks[1]
    await department.let()
    assert (await tasks[2]).by_key == rows_of("late")
    assert [ask.keys for ask in department.asked] == [("first",), ("late",)]


async def test_the_last_to_leave_takes_the_call_along():
    """A shared call goes on while anybody waits for it, and is cancelled when the last has gone."""
    department = Department()
    coalescer = coalescing(department, 1)
    tasks = await started(coalescer, department, [look_up("first"), look_up("a"), look_up("b")])
    await department.let(1)
    await tasks[0]
    await department.busy(2)
    tasks[1].cancel()
    await asyncio.wait(tasks[1:2])
    assert department.cancelled == 0
    tasks[2].cancel()
    await asyncio.wait(tasks)
    async with asyncio.timeout(5):
        while not coalescer.idle:  # noqa: ASYNC110 - it ends with the cancelled call, which nobody awaits any more
            await asyncio.sleep(0)
    assert department.cancelled == 1


async def test_cancelled_questions_leave_nothing_behind():
    """A hundred thousand questions given up at any moment leak no lane, task or waiter, and harm no neighbour."""
    department = Department()
    coalescer = coalescing(department, 2)
    await department.let()
    outcomes: Counter[str] = Counter()
    before = asyncio.all_tasks()
    for round_ in range(100):
        tasks = [asyncio.create_task(coalescer.fetch(look_up(f"k{n % 50}", purpose=f"P{n % 3}"))) for n in range(1_000)]
        for _ in range(round_ % 5):
            await asyncio.sleep(0)
        for task in tasks[:: 1 + round_ % 2]:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        outcomes.update(type(one).__name__ for one in ended)
    async with asyncio.timeout(5):
        while not coalescer.idle:  # noqa: ASYNC110 - the last calls end a moment after those who waited for them
            await asyncio.sleep(0)
    assert sum(outcomes.values()) == 100_000
    assert set(outcomes) == {"CancelledError", "Found"}
    assert department.at_work == 0
    assert asyncio.all_tasks() == before


async def test_who_was_answered_is_forgotten_behind_one_who_waits():
    """A look-up that hangs keeps nothing of those that came later and have their answer, and no place for many of them."""
    coalescer = Coalescer(cast("Adapter", Hanging()), 2)
    hanging = asyncio.create_task(coalescer.fetch(look_up("hangs", purpose="Q")))
    await asyncio.sleep(0)
    for number in range(500):
        assert (await coalescer.fetch(look_up(f"k{number}"))).by_key
    assert [place for *_, (place,) in coalescer._deadlines if place is not None and place.answer is not None] == []
    assert len(coalescer._deadlines) < 150
    hanging.cancel()
    await asyncio.wait([hanging])
    await asyncio.sleep(0)
    assert coalescer.idle


class Hanging(Department):
    """A department that never answers for one key."""

    async def fetch(self, ask):
        """Rows of the keys, or nothing for ever."""
        if "hangs" in ask.keys:
            await asyncio.Event().wait()
        return Rows(ask.columns, [(key, "x") for key in ask.keys])


class Strange:
    """An adapter that ends in a way none should."""

    def __init__(self, ending):
        self.ending = ending

    async def fetch(self, ask):
        """Raise it, or give it."""
        if isinstance(self.ending, BaseException):
            raise self.ending
        return Rows(ask.columns, self.ending)


@pytest.mark.parametrize("ending", [asyncio.CancelledError(), [()], [(None, "x"), ("k", "y")]], ids=repr)
async def test_a_call_that_ends_strangely_keeps_nobody_waiting(ending):
    """Whoever shared it hears at once: an error, or the rows that have a key."""
    coalescer = Coalescer(cast("Adapter", Strange(ending)), 1)
    async with asyncio.timeout(5):
        ended = await asyncio.gather(*(coalescer.fetch(look_up("k")) for _ in range(3)), return_exceptions=True)
    if isinstance(ending, list) and ending[0]:
        assert [one.by_key for one in ended if isinstance(one, Found)] == [{"k": [("k", "y")]}] * 3
    else:
        assert not [one for one in ended if isinstance(one, Found)]
        assert len(ended) == 3
    assert coalescer.idle
