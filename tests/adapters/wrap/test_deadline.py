"""The deadline: whoever ignores it is cut off a moment later, and nobody else."""

import asyncio

import pytest

from adapters.base import SourceBadData, SourceTimeout
from adapters.wrap.deadline import GRACE, Deadline
from tests.adapters.wrap.scripted import Act, Scripted, lookup, search
from tests.adapters.wrap.virtual import now, virtual


@virtual
async def test_an_answer_in_time_is_passed_on():
    """An adapter that answers just before it would be cut off is heard, whatever it was asked."""
    source = Scripted()
    source.takes(2 + GRACE - 0.001, times=3)
    wrapped = Deadline(source, 2)
    assert (await wrapped.fetch(lookup("A", "B"))).rows == [("A", None), ("B", None)]
    assert (await wrapped.search(search())).rows == [("K", None)]
    assert await wrapped.count(search()) == 1


@virtual
async def test_who_ignores_the_deadline_is_cut_off():
    """Each kind of question ends as a time-out GRACE after the deadline, and the adapter is not left running."""
    source = Scripted()
    source.takes(1_000, times=3)
    wrapped = Deadline(source, 2)
    for ask in (
        lambda: wrapped.fetch(lookup()),
        lambda: wrapped.search(search()),
        lambda: wrapped.count(search()),
    ):
        asked = now()
        with pytest.raises(SourceTimeout, match="cut off"):
            await ask()
        assert now() - asked == pytest.approx(2 + GRACE)
    assert source.under_way == 0


@virtual
async def test_a_check_that_does_not_end_is_cut_off():
    """A check has no deadline of its own and gets the time of one question."""
    source = Scripted(checked=[Act(None, 1_000)])
    wrapped, asked = Deadline(source, 3), now()
    with pytest.raises(SourceTimeout, match="check"):
        await wrapped.check()
    assert now() - asked == pytest.approx(3 + GRACE)
    await wrapped.check()


@virtual
async def test_failures_and_cancelling_pass_through():
    """What the adapter raises itself stays what it is, and cancelling is no time-out."""
    source = Scripted()
    source.fails(1, SourceBadData)
    source.takes(1)
    wrapped = Deadline(source, 2)
    with pytest.raises(SourceBadData):
        await wrapped.fetch(lookup())
    task = asyncio.create_task(wrapped.fetch(lookup()))
    await asyncio.sleep(0.5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await wrapped.aclose()
    assert source.closed
