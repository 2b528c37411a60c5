"""Retry: only what may heal, a few times, with a drawn pause, and never past the deadline."""

import asyncio
import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.base import SourceBadData, SourceDown, SourceTimeout, UnsupportedSearch
from adapters.wrap.breaker import Resting
from adapters.wrap.limit import NoTurn
from adapters.wrap.retry import Retry
from tests.adapters.wrap.scripted import Act, Scripted, lookup, search
from tests.adapters.wrap.virtual import now, virtual


@virtual
async def test_what_failed_for_the_moment_is_asked_again():
    """A question that fails twice and is then answered is answered, whatever kind it is."""
    source = Scripted()
    wrapped = Retry(source, 3, lambda: 0.5)
    for ask in (
        lambda: wrapped.fetch(lookup()),
        lambda: wrapped.search(search()),
        lambda: wrapped.count(search()),
    ):
        source.fails(1, SourceDown)
        source.fails(1, SourceTimeout)
        assert await ask()
    assert len(source.asked) == 9


@virtual
async def test_never_more_than_the_attempts():
    """After the last attempt the failure is told as it came."""
    for attempts in (1, 2, 5):
        source = Scripted()
        source.fails(9, SourceDown)
        with pytest.raises(SourceDown, match="as the test wants it"):
            await Retry(source, attempts, lambda: 1).fetch(lookup())
        assert len(source.asked) == attempts


@pytest.mark.parametrize("error", [SourceBadData, UnsupportedSearch, Resting, NoTurn])
def test_what_would_fail_again_is_not_repeated(error):
    """Bad data, a search the source cannot do, and a question that was not put are told at once."""

    @virtual
    async def ask_once():
        source = Scripted()
        source.fails(1, error)
        with pytest.raises(error):
            await Retry(source, 5, lambda: 0).fetch(lookup())
        assert len(source.asked) == 1

    ask_once()


@given(
    st.integers(1, 5),
    st.floats(0.01, 3),
    st.lists(st.tuples(st.floats(0, 1), st.sampled_from([SourceDown, SourceTimeout])), min_size=5, max_size=5),
    st.integers(),
)
def test_no_attempt_begins_after_the_deadline(attempts, seconds, failures, seed):
    """However long failures take and pauses are drawn, an attempt begins before the deadline or not at all."""

    @virtual
    async def ask():
        source, deadline = Scripted(), now() + seconds
        for took, error in failures:
            source.fails(1, error, took)
        with pytest.raises((SourceDown, SourceTimeout)):
            await Retry(source, attempts, random.Random(seed).random).fetch(lookup(seconds=seconds))
        assert 1 <= len(source.asked) <= attempts
        assert all(asked < deadline for asked in source.asked)

    ask()


@pytest.mark.parametrize("drawn", [0.0, 0.3, 1.0])
def test_pauses_double_and_stay_in_their_bounds(drawn):
    """A pause is at least half of its length and at most all of it, and the length doubles up to a second."""

    @virtual
    async def ask():
        source = Scripted()
        source.fails(8, SourceDown)
        with pytest.raises(SourceDown):
            await Retry(source, 8, lambda: drawn).fetch(lookup(seconds=60))
        pauses = [after - before for before, after in pairwise(source.asked)]
        longest = [0.05, 0.1, 0.2, 0.4, 0.8, 1.0, 1.0]
        assert pauses == pytest.approx([length * (1 + drawn) / 2 for length in longest])

    ask()


@virtual
async def test_cancelling_ends_it():
    """A question that is cancelled in a pause is not asked again."""
    source = Scripted()
    source.fails(5, SourceDown)
    task = asyncio.create_task(Retry(source, 5, lambda: 1).fetch(lookup()))
    await asyncio.sleep(0.06)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.sleep(5)
    assert len(source.asked) == 2


@virtual
async def test_a_check_is_made_once():
    """Whoever checks learns how it is now; closing reaches the source."""
    source = Scripted(checked=[Act(SourceDown)])
    wrapped = Retry(source, 5, lambda: 0)
    with pytest.raises(SourceDown):
        await wrapped.check()
    await wrapped.check()
    await wrapped.aclose()
    assert source.closed
