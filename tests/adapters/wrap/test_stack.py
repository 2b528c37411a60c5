"""All wrappers together: an adapter inside them keeps every promise, and they work in the right order."""

import asyncio
from datetime import UTC, datetime

import pytest

from adapters import memory
from adapters.base import SourceDown, SourceTimeout
from adapters.options import SourceOptions
from adapters.wrap.health import Health
from adapters.wrap.stack import wrap
from schema.enums import SourceState
from tests.adapters.wrap.scripted import Act, Scripted, lookup
from tests.adapters.wrap.virtual import now, virtual
from tests.conformance.records import MAPPINGS, ROWS
from tests.conformance.suite import Conformance, Subject, expect

BARE = {"name": "register", "kind": "memory", "department": "market"}


def _opened(catalogue, **more):
    records = [{**mapping, "rows": ROWS[mapping["record"]]} for mapping in MAPPINGS]
    options = memory.OPTIONS.model_validate({**BARE, "record": records, **more})
    adapter = memory.open_source(options, catalogue)
    return options, wrap(adapter, options, Health(adapter.abilities, lambda: datetime.now(UTC)))


def _wrapped(source, **given):
    """The whole stack around a scripted source, and its book."""
    options = SourceOptions.model_validate({**BARE, "record": (), **given})
    health = Health(source.abilities, lambda: datetime(2026, 11, 23, tzinfo=UTC))
    return wrap(source, options, health, lambda: 0.0), health


@pytest.fixture(scope="module")
def subject(catalogue):
    """The shared rows in memory, with everything around them."""
    options, adapter = _opened(catalogue)
    rows = {mapping["record"]: ROWS[mapping["record"]] for mapping in MAPPINGS}
    return Subject(adapter, lambda max_rows: _opened(catalogue, max_rows=max_rows)[1], expect(options, catalogue, rows))


class TestWrapped(Conformance):
    """Nothing that stands around an adapter changes what it answers or refuses."""


@virtual
async def test_every_attempt_is_seen_and_the_question_counts_once():
    """Two attempts are two calls in the book, and one of the failures that open the breaker."""
    source = Scripted()
    wrapped, health = _wrapped(source, attempts=2, breaker_failures=3)
    source.fails(100, SourceDown)
    for number in range(1, 4):
        assert health.report().state is not SourceState.OPEN
        with pytest.raises(SourceDown):
            await wrapped.fetch(lookup())
        assert health.report().failures == 2 * number
        await asyncio.sleep(0.1)
    assert health.report().state is SourceState.OPEN


@virtual
async def test_an_open_source_is_refused_at_once_while_questions_hang():
    """Questions that were put before it opened still hang; the next one is told at once all the same."""
    source = Scripted()
    wrapped, health = _wrapped(source, attempts=1, concurrency=3, breaker_failures=2)
    source.takes(100, times=2)
    hanging = [asyncio.create_task(wrapped.fetch(lookup(seconds=50))) for _ in range(2)]
    await asyncio.sleep(0.1)
    source.fails(2, SourceDown)
    for _ in range(2):
        await asyncio.sleep(0.1)
        await asyncio.gather(wrapped.fetch(lookup(seconds=50)), return_exceptions=True)
    assert (health.report().state, source.under_way) == (SourceState.OPEN, 2)
    asked = now()
    with pytest.raises(SourceDown, match="not asked"):
        await wrapped.fetch(lookup(seconds=50))
    assert now() == asked
    await asyncio.gather(*hanging, return_exceptions=True)


@virtual
async def test_a_crowd_is_not_the_sources_failure():
    """A hundred questions for two turns: some get none in time, the source has not failed, and is asked on."""
    source = Scripted()
    source.takes(1, times=200)
    wrapped, health = _wrapped(source, concurrency=2, waiting=50, breaker_failures=1)
    ended = await asyncio.gather(*(wrapped.fetch(lookup(seconds=4.9)) for _ in range(100)), return_exceptions=True)
    refused = [one for one in ended if isinstance(one, SourceTimeout)]
    report = health.report()
    assert (len(refused), report.turned_away) == (90, 90)
    assert (report.failures, report.state, source.most) == (0, SourceState.ANSWERING, 2)
    assert (await wrapped.fetch(lookup())).rows


@virtual
async def test_a_source_that_hangs_is_cut_off_and_then_left_alone():
    """Hanging questions end as time-outs, and after enough of them the source is not asked any more."""
    source = Scripted()
    source.takes(1_000, times=100)
    wrapped, health = _wrapped(source, breaker_failures=2)
    for _ in range(2):
        asked = now()
        with pytest.raises(SourceTimeout):
            await wrapped.fetch(lookup())
        assert now() - asked == pytest.approx(2.25)
    assert (health.report().state, source.under_way) == (SourceState.OPEN, 0)


@virtual
async def test_healing_is_felt_at_the_next_question():
    """A source that is back is answered whole at the first question after `breaker_seconds`, parts at once or not."""
    source = Scripted()
    wrapped, health = _wrapped(source, breaker_seconds=2)
    source.fails(10, SourceDown)
    for _ in range(5):
        await asyncio.sleep(1)
        await asyncio.gather(wrapped.fetch(lookup()), return_exceptions=True)
    assert health.report().state is SourceState.OPEN
    await asyncio.sleep(2)
    parts = await asyncio.gather(*(wrapped.fetch(lookup(record=record)) for record in ("Entity", "Licence") * 4))
    assert all(part.rows for part in parts)
    assert health.report().state is SourceState.TROUBLED
    await asyncio.sleep(5)
    assert (await wrapped.fetch(lookup())).rows
    assert health.report().state is SourceState.ANSWERING


@virtual
async def test_a_check_goes_all_the_way_and_heals():
    """Through an open breaker and taken turns a check reaches the source, and what it finds is felt at once."""
    source = Scripted(checked=[Act(SourceDown)])
    wrapped, health = _wrapped(source, attempts=1, breaker_failures=1, concurrency=1, breaker_seconds=60)
    source.fails(1, SourceDown)
    await asyncio.gather(wrapped.fetch(lookup()), return_exceptions=True)
    with pytest.raises(SourceDown, match="as the test"):
        await wrapped.check()
    assert health.report().state is SourceState.OPEN
    await wrapped.check()
    assert health.report().state is SourceState.TROUBLED
    assert (await wrapped.fetch(lookup())).rows
    await wrapped.aclose()
    assert source.closed
