"""The breaker around a source: what counts, what it refuses, and how one probe decides for all."""

import asyncio

import pytest

from adapters.base import AnswerTooLarge, SourceBadData, SourceDown, SourceTimeout, UnsupportedSearch
from adapters.wrap.breaker import Breaker, Resting
from adapters.wrap.circuit import Tolerance
from adapters.wrap.limit import NoTurn
from tests.adapters.wrap.scripted import Act, Scripted, lookup, search
from tests.adapters.wrap.virtual import now, virtual

FOREVER = 1_000_000


def broken(source, **changed):
    """A breaker that opens at the third failure in a row, and the record names it said to rest, in order."""
    told: list[frozenset[str]] = []
    tolerance = Tolerance(**{"failures": 3, "percent": 50, "seconds": 2.0, "longest": 30.0, **changed})
    return Breaker(source, tolerance, lambda: 0.0, told.append), told


async def opened(source, error=SourceDown, **changed):
    """A breaker that has just opened."""
    breaker, told = broken(source, **changed)
    source.fails(3, error)
    for _ in range(3):
        await asyncio.sleep(0.1)
        with pytest.raises(error):
            await breaker.fetch(lookup())
    source.asked.clear()
    return breaker, told


async def outcomes(*asked):
    """How questions asked at once ended: the type of the failure, or of the answer."""
    return [type(one) for one in await asyncio.gather(*asked, return_exceptions=True)]


@pytest.mark.parametrize("error", [SourceDown, SourceTimeout])
def test_a_source_that_keeps_failing_is_not_asked(error):
    """After failures or time-outs in a row every question fails at once as down, of whatever record and kind."""

    @virtual
    async def ask():
        source = Scripted()
        breaker, told = await opened(source, error)
        asked = now()
        for question in (
            breaker.fetch(lookup()),
            breaker.fetch(lookup(record="Licence")),
            breaker.search(search()),
            breaker.count(search("Licence")),
        ):
            with pytest.raises(SourceDown, match="not asked") as refused:
                await question
            assert (refused.value.code, refused.value.retryable) == ("SOURCE_DOWN", False)
        assert (source.asked, now()) == ([], asked)
        assert told == [frozenset({"Entity", "Licence"})]

    ask()


@virtual
async def test_a_probe_closes_it():
    """After its seconds one question passes; its answer opens the way for all."""
    source = Scripted()
    breaker, told = await opened(source)
    await asyncio.sleep(2)
    assert (await breaker.fetch(lookup())).rows
    assert (await breaker.search(search())).rows
    assert (len(source.asked), told[-1]) == (2, frozenset())


@virtual
async def test_one_of_a_hundred_probes_and_fails():
    """A hundred questions at once: one is put, and its failure is the end of all."""
    source = Scripted()
    breaker, _ = await opened(source)
    await asyncio.sleep(2)
    source.fails(100, SourceDown, 0.2)
    ended = await outcomes(*(breaker.fetch(lookup()) for _ in range(100)))
    assert (ended.count(SourceDown), ended.count(Resting), len(source.asked)) == (1, 99, 1)


@virtual
async def test_one_of_a_hundred_probes_and_is_answered():
    """A hundred questions at once: 99 wait until the first is answered, then all are; so healing loses no part."""
    source = Scripted()
    breaker, _ = await opened(source)
    await asyncio.sleep(2)
    source.takes(0.2)
    seen = []
    asyncio.get_running_loop().call_later(0.19, lambda: seen.append(len(source.asked)))
    answers = await asyncio.gather(*(breaker.fetch(lookup(record=("Entity", "Licence")[n % 2])) for n in range(100)))
    assert all(answer.rows for answer in answers)
    assert (seen, len(source.asked)) == ([1], 100)


@virtual
async def test_nobody_waits_long_for_a_probe():
    """Beside a probe that hangs the others fail after half a second, or at their deadline if it is nearer."""
    source = Scripted()
    breaker, _ = await opened(source)
    await asyncio.sleep(2)
    source.takes(10)
    probe = asyncio.create_task(breaker.fetch(lookup(seconds=20)))
    await asyncio.sleep(0)
    for seconds, waited in ((2, 0.5), (0.1, 0.1)):
        asked = now()
        with pytest.raises(Resting):
            await breaker.fetch(lookup(seconds=seconds))
        assert now() - asked == pytest.approx(waited)
    assert (await probe).rows
    assert len(source.asked) == 1


@virtual
async def test_a_cancelled_probe_gives_its_place_to_one():
    """When the asker of the probe leaves, one of those who waited is the next probe."""
    source = Scripted()
    breaker, _ = await opened(source)
    await asyncio.sleep(2)
    source.takes(10)
    probe = asyncio.create_task(breaker.fetch(lookup(seconds=20)))
    await asyncio.sleep(0)
    asyncio.get_running_loop().call_later(0.1, probe.cancel)
    ended = await outcomes(*(breaker.fetch(lookup()) for _ in range(5)))
    assert Resting not in ended
    assert probe.cancelled()
    assert len(source.asked) == 6


@pytest.mark.parametrize("error", [UnsupportedSearch, NoTurn])
def test_what_says_nothing_about_the_source_does_not_count(error):
    """Searches it cannot do and questions that were not put neither open it nor end a row of failures."""

    @virtual
    async def ask():
        source = Scripted()
        breaker, told = broken(source)
        for _ in range(2):
            await asyncio.sleep(0.1)
            source.fails(1, SourceDown)
            source.fails(20, error)
            await outcomes(*(breaker.fetch(lookup()) for _ in range(21)))
        assert told == []
        await asyncio.sleep(0.1)
        source.fails(1, SourceDown)
        await outcomes(breaker.fetch(lookup()))
        assert told == [frozenset({"Entity", "Licence"})]

    ask()


@virtual
async def test_cancelled_questions_do_not_count():
    """However many callers leave, the source is asked as before."""
    source = Scripted()
    breaker, told = broken(source)
    source.takes(100, times=50)
    tasks = [asyncio.create_task(breaker.fetch(lookup(seconds=200))) for _ in range(50)]
    await asyncio.sleep(1)
    for task in tasks:
        task.cancel()
    assert set(await outcomes(*tasks)) == {asyncio.CancelledError}
    assert (await breaker.fetch(lookup())).rows
    assert told == []


@virtual
async def test_bad_data_of_one_record_stops_that_record_alone():
    """A record whose answers cannot be read is not asked any more; the others are, whatever happens to it."""
    source = Scripted()
    breaker, told = broken(source)
    for number in range(3):
        await asyncio.sleep(0.1)
        source.fails(1, SourceBadData)
        with pytest.raises(SourceBadData):
            await breaker.fetch(lookup(f"K{number}"))
        assert (await breaker.fetch(lookup(record="Licence"))).rows
    with pytest.raises(Resting):
        await breaker.search(search())
    assert (await breaker.fetch(lookup(record="Licence"))).rows
    assert told == [frozenset({"Entity"})]
    await breaker.check()
    with pytest.raises(Resting):
        await breaker.search(search())
    await asyncio.sleep(2)
    assert (await breaker.fetch(lookup())).rows
    assert told[-1] == frozenset()


@virtual
async def test_bad_data_of_one_key_stops_nothing():
    """A row nobody can read, asked for as often as one likes, costs its own question and no other."""
    source = Scripted()
    breaker, told = broken(source)
    for number in range(50):
        await asyncio.sleep(0.1)
        source.fails(2, SourceBadData)
        ended = await outcomes(breaker.fetch(lookup("BAD", f"K{number}")), breaker.fetch(lookup("BAD")))
        assert ended == [SourceBadData, SourceBadData]
    assert (await breaker.fetch(lookup("GOOD"))).rows
    assert told == []


@virtual
async def test_the_same_search_with_bad_data_stops_nothing():
    """The same window, asked again and again, is one bad question; different ones are evidence."""
    source = Scripted()
    breaker, told = broken(source)
    for _ in range(10):
        await asyncio.sleep(0.1)
        source.fails(1, SourceBadData)
        await outcomes(breaker.search(search()))
    assert told == []


@virtual
async def test_a_time_out_while_a_record_probes_is_the_sources():
    """The probe of a record that finds the source down says nothing about the record."""
    source = Scripted()
    breaker, told = broken(source)
    for number in range(3):
        await asyncio.sleep(0.1)
        source.fails(1, SourceBadData)
        await outcomes(breaker.fetch(lookup(f"K{number}")))
    await asyncio.sleep(2)
    source.fails(1, SourceDown)
    with pytest.raises(SourceDown, match="as the test"):
        await breaker.fetch(lookup())
    assert (await breaker.fetch(lookup())).rows
    assert told == [frozenset({"Entity"}), frozenset()]


@virtual
async def test_a_check_asks_through_an_open_breaker_and_closes_it():
    """A check that fails changes nothing; one that succeeds lets questions through at once."""
    source = Scripted(checked=[Act(SourceDown), Act(None)])
    breaker, told = await opened(source, seconds=FOREVER, longest=FOREVER)
    with pytest.raises(SourceDown, match="as the test"):
        await breaker.check()
    with pytest.raises(Resting):
        await breaker.fetch(lookup())
    await breaker.check()
    assert (await breaker.fetch(lookup())).rows
    assert told == [frozenset({"Entity", "Licence"}), frozenset()]
    await breaker.aclose()
    assert source.closed


@virtual
async def test_a_mistake_of_the_program_is_not_the_sources():
    """An exception that is no SourceError passes through, counts for nothing, and leaves no probe behind."""
    source = Scripted()
    breaker, told = await opened(source)
    await asyncio.sleep(2)
    source.fails(1, RuntimeError)
    with pytest.raises(RuntimeError):
        await breaker.fetch(lookup())
    assert (await breaker.fetch(lookup())).rows
    assert len(told) == 2


@virtual
async def test_a_record_the_source_does_not_own_is_its_adapters_to_refuse():
    """What is not in the abilities is passed on, for the adapter says best what it cannot do."""
    source = Scripted()
    breaker, _ = broken(source)
    source.fails(9, UnsupportedSearch)
    for _ in range(9):
        with pytest.raises(UnsupportedSearch):
            await breaker.fetch(lookup(record="Nope"))


@virtual
async def test_searches_that_take_too_long_stop_no_look_up():
    """Somebody's expensive searches rest after a while, and who asks by key is answered all the time."""
    source = Scripted()
    breaker, told = broken(source)
    for _ in range(2):
        source.fails(16, SourceTimeout, 2)
        asked = asyncio.gather(*(breaker.search(search()) for _ in range(16)), return_exceptions=True)
        await asyncio.sleep(1)
        assert (await breaker.fetch(lookup())).rows
        await asyncio.sleep(1)
        assert SourceTimeout in map(type, await asked)
    with pytest.raises(Resting):
        await breaker.search(search("Licence"))
    assert (await breaker.fetch(lookup())).rows
    assert told == []
    await breaker.check()
    assert (await breaker.search(search())).rows


@virtual
async def test_answers_that_are_too_large_are_no_failure_of_the_source():
    """Who asks for more than is read of one answer gets none, as often as they like, and everybody else does."""
    source = Scripted()
    breaker, told = broken(source)
    source.fails(10, AnswerTooLarge)
    for number in range(10):
        await asyncio.sleep(0.1)
        with pytest.raises(AnswerTooLarge):
            await breaker.fetch(lookup(str(number)))
    assert (await breaker.fetch(lookup())).rows
    assert told == []
