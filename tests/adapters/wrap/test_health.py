"""The book of a source: its state and since when, its failures, its pace, and the age of what it gives."""

import asyncio
from datetime import datetime, timedelta

import pytest

from adapters.base import (
    AS_OF,
    AnswerTooLarge,
    SourceBadData,
    SourceDown,
    SourceTimeout,
    Unreadable,
    UnsupportedSearch,
)
from adapters.wrap.health import Change, Health, Watch
from schema.enums import SourceState
from tests.adapters.wrap.scripted import Act, Scripted, lookup, search
from tests.adapters.wrap.virtual import now, virtual

START = datetime.fromisoformat("2026-11-23T10:00:00+08:00")
ALL = frozenset({"Entity", "Licence"})
UNKNOWN, ANSWERING, TROUBLED, OPEN = (
    SourceState.UNKNOWN,
    SourceState.ANSWERING,
    SourceState.TROUBLED,
    SourceState.OPEN,
)


def watched(source):
    """A watched source, its book, and the changes that were told; the clock goes with the loop."""
    began = now()
    changes: list[Change] = []
    health = Health(source.abilities, lambda: START + timedelta(seconds=now() - began))
    health.tell(changes.append)
    return Watch(source, health), health, changes


@virtual
async def test_a_source_that_was_never_asked_is_unknown():
    """Before the first question nothing is said."""
    _, health, changes = watched(Scripted())
    report = health.report()
    assert (report.state, report.since, report.last_answered, report.failure) == (UNKNOWN, None, None, None)
    assert (report.median_ms, report.p95_ms, report.calls, dict(report.newest)) == (None, None, 0, {})
    assert changes == []


@virtual
async def test_a_story_of_a_source():
    """After a scripted day the book says how often, when, how and for how long."""
    source = Scripted()
    watch, health, changes = watched(source)
    source.takes(0.1)
    await watch.fetch(lookup())
    source.fails(2, SourceTimeout, 2)
    for _ in range(2):
        with pytest.raises(SourceTimeout):
            await watch.search(search())
    source.fails(1, SourceBadData)
    with pytest.raises(SourceBadData):
        await watch.count(search())
    report = health.report()
    assert (report.state, report.calls, report.failures, report.failures_in_a_row) == (TROUBLED, 4, 3, 3)
    assert report.since == START + timedelta(seconds=2.1)
    assert report.last_answered == START + timedelta(seconds=0.1)
    assert report.last_failed == START + timedelta(seconds=4.1)
    assert (report.failure_code, report.failure) == ("SOURCE_BAD_DATA", "as the test wants it")
    await watch.fetch(lookup())
    report = health.report()
    assert (report.state, report.failures_in_a_row, report.failure_code) == (TROUBLED, 0, "SOURCE_BAD_DATA")
    await asyncio.sleep(5)
    await watch.fetch(lookup())
    assert health.report().since == START + timedelta(seconds=9.1)
    assert changes == [
        Change(UNKNOWN, ANSWERING, None),
        Change(ANSWERING, TROUBLED, "SOURCE_TIMEOUT"),
        Change(TROUBLED, ANSWERING, "SOURCE_BAD_DATA"),
    ]


@virtual
async def test_now_and_then_is_one_trouble():
    """A source that fails every other time for a minute changes once, not a hundred times."""
    source = Scripted()
    watch, _, changes = watched(source)
    for number in range(120):
        if number % 2:
            source.fails(1, SourceDown)
        await asyncio.gather(watch.fetch(lookup()), return_exceptions=True)
        await asyncio.sleep(0.5)
    assert [(change.was, change.now) for change in changes] == [(UNKNOWN, ANSWERING), (ANSWERING, TROUBLED)]


@virtual
async def test_resting_records():
    """With all of its records resting a source is open, with some of them it is in trouble, whatever it answers."""
    source = Scripted()
    watch, health, changes = watched(source)
    await watch.fetch(lookup())
    health.rest(frozenset({"Licence"}))
    await watch.fetch(lookup())
    assert (health.state, health.report().resting) == (TROUBLED, {"Licence"})
    health.rest(ALL)
    await watch.fetch(lookup())
    assert health.state is OPEN
    health.rest(frozenset())
    assert [change.now for change in changes] == [ANSWERING, TROUBLED, OPEN, ANSWERING]


@virtual
async def test_refused_searches_cancelled_questions_and_mistakes_say_nothing():
    """What is not the source's doing is no call, no failure and no change."""
    source = Scripted()
    watch, health, changes = watched(source)
    source.fails(1, UnsupportedSearch)
    source.fails(1, RuntimeError)
    source.takes(10)
    for error in (UnsupportedSearch, RuntimeError):
        with pytest.raises(error):
            await watch.fetch(lookup())
    task = asyncio.create_task(watch.fetch(lookup()))
    await asyncio.sleep(1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert (health.state, health.report().calls, changes) == (UNKNOWN, 0, [])


@virtual
async def test_an_answer_that_is_too_large_is_an_answer():
    """Whoever asks too much of a source does not make it a troubled one, in its book or on the status page."""
    source = Scripted()
    watch, health, changes = watched(source)
    source.fails(3, AnswerTooLarge)
    for _ in range(3):
        with pytest.raises(AnswerTooLarge):
            await watch.fetch(lookup())
    report = health.report()
    assert (report.state, report.calls, report.failures) == (ANSWERING, 3, 0)
    assert [change.now for change in changes] == [ANSWERING]


@virtual
async def test_a_check_tells_the_state_and_no_pace():
    """What a check finds out is the state; it is no call of a caller's."""
    source = Scripted(checked=[Act(SourceDown, 1)])
    watch, health, _ = watched(source)
    with pytest.raises(SourceDown):
        await watch.check()
    report = health.report()
    assert (report.state, report.failure_code, report.calls, report.median_ms) == (TROUBLED, "SOURCE_DOWN", 0, None)
    await asyncio.sleep(5)
    await watch.check()
    assert health.state is ANSWERING
    assert health.report().last_answered == START + timedelta(seconds=6)
    await watch.aclose()
    assert source.closed


@virtual
async def test_pace_of_the_last_two_hundred():
    """Median and 95th percentile are of the last two hundred calls, failed ones included."""
    source = Scripted()
    watch, health, _ = watched(source)
    source.takes(30, times=50)
    for number in range(199):
        source.takes((number + 1) / 100)
    source.fails(1, SourceTimeout, 2)
    for _ in range(250):
        await asyncio.gather(watch.fetch(lookup(seconds=60)), return_exceptions=True)
    report = health.report()
    assert (report.calls, report.failures) == (250, 1)
    assert (report.median_ms, report.p95_ms) == (1000.0, 1900.0)


@virtual
async def test_the_newest_data_time_of_each_record():
    """The newest time of rows given is kept by record; what is null, unreadable or not asked for is passed over."""
    source = Scripted()
    watch, health, _ = watched(source)
    for dated in ("2026-11-20T08:00:00+08:00", None, Unreadable.VALUE, "2026-11-19T23:59:59+08:00"):
        source.dated = dated
        await watch.fetch(lookup())
    await watch.search(search("Licence"))
    source.dated = "2026-11-22T08:00:00+08:00"
    await watch.fetch(lookup(columns=("name",)))
    await watch.fetch(lookup(columns=(AS_OF,), record="Licence"))
    newest = health.report().newest
    assert {record: at.isoformat() for record, at in newest.items()} == {
        "Entity": "2026-11-20T08:00:00+08:00",
        "Licence": "2026-11-22T08:00:00+08:00",
    }


@virtual
async def test_a_data_time_in_the_future_is_no_age():
    """A date like 9999-09-09 does not hide for ever that a source has stopped delivering; a clock may be a bit off."""
    source = Scripted()
    watch, health, _ = watched(source)
    for dated in ("9999-09-09T00:00:00+08:00", "2026-11-23T18:00:00+08:00", "2026-11-25T00:00:00+08:00"):
        source.dated = dated
        await watch.fetch(lookup())
    assert health.report().newest["Entity"].isoformat() == "2026-11-23T18:00:00+08:00"


@virtual
async def test_sentences_are_bounded_and_errors_not_kept():
    """A long sentence is cut; who was turned away is counted apart from failures."""
    _, health, _ = watched(Scripted())
    health.called(now(), now(), SourceDown("x" * 5_000))
    health.turn_away()
    report = health.report()
    assert report.failure is not None
    assert (len(report.failure), report.turned_away, report.failures) == (200, 1, 1)
