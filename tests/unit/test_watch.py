"""The watch over the sources: who does not answer is checked now and then, changes are logged, all ends with the hub."""

import asyncio
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from adapters.base import SourceDown
from adapters.options import SourceOptions
from adapters.wrap.health import Health
from adapters.wrap.stack import wrap
from hub.fetch import Source
from hub.watch import PERIOD, watched
from schema.enums import SourceState
from tests.adapters.wrap.scripted import Act, Scripted, lookup
from tests.adapters.wrap.virtual import virtual


class Checked(Scripted):
    """A scripted source that counts its checks."""

    checks = 0

    async def check(self):
        """As scripted."""
        self.checks += 1
        await super().check()


def sourced(adapter, name="market", **more):
    """A source around an adapter, as the hub has it."""
    given = {"name": name, "kind": "memory", "department": "market", "record": (), **more}
    options = SourceOptions.model_validate(given)
    health = Health(adapter.abilities, lambda: datetime(2026, 11, 23, tzinfo=UTC))
    return Source(name, name, wrap(adapter, options, health, lambda: 1.0), 2.0, health)


@virtual
async def test_a_source_nobody_has_asked_is_checked_once():
    """At the start every state becomes known; from then on a source that answers is left alone."""
    adapter = Checked()
    source = sourced(adapter)
    async with watched({"market": source}):
        await asyncio.sleep(20 * PERIOD)
    assert (source.health.state, adapter.checks, adapter.asked) == (SourceState.ANSWERING, 1, [])


@virtual
async def test_a_source_that_is_back_heals_without_traffic():
    """Open at first, checked every ten seconds, and open no more once a check succeeds, though nobody asked."""
    adapter = Checked(checked=[Act(None), *[Act(SourceDown)] * 3])
    source = sourced(adapter, attempts=1, breaker_failures=1, breaker_seconds=60.0, breaker_longest_seconds=600.0)
    states = []
    async with watched({"market": source}):
        await asyncio.sleep(1)
        adapter.fails(1, SourceDown)
        await asyncio.gather(source.adapter.fetch(lookup()), return_exceptions=True)
        for _ in range(6):
            await asyncio.sleep(PERIOD)
            states.append(source.health.state)
        assert (await source.adapter.fetch(lookup())).rows
    assert states == [SourceState.OPEN] * 3 + [SourceState.ANSWERING] * 3
    assert adapter.checks == 5


@virtual
async def test_one_log_line_a_change_and_none_a_call():
    """The log tells which source, from what to what, and the code; not how often, and no words of the failure."""
    adapter = Checked()
    source = sourced(adapter, attempts=1, breaker_failures=2)
    with capture_logs() as logs:
        async with watched({"market": source}):
            await asyncio.sleep(1)
            for _ in range(10):
                await source.adapter.fetch(lookup())
            adapter.fails(2, SourceDown)
            for _ in range(20):
                await asyncio.sleep(0.1)
                await asyncio.gather(source.adapter.fetch(lookup()), return_exceptions=True)
            await asyncio.sleep(3 * PERIOD)
    changes = [(one["was"], one["now"], one.get("code"), one["log_level"]) for one in logs]
    assert changes == [
        ("ANSWERING", "TROUBLED", "SOURCE_DOWN", "warning"),
        ("TROUBLED", "OPEN", "SOURCE_DOWN", "warning"),
        ("OPEN", "TROUBLED", "SOURCE_DOWN", "warning"),
        ("TROUBLED", "ANSWERING", "SOURCE_DOWN", "info"),
    ]
    assert {(one["event"], one["source"]) for one in logs} == {("source changed", "market")}
    assert "as the test wants it" not in str(logs)


@virtual
async def test_one_source_does_not_hold_up_the_others():
    """A check that hangs is cut off, a mistake in an adapter is logged, and the others are checked all the same."""
    slow, broken, well = Checked(checked=[Act(None, 1_000)] * 99), Checked(checked=[Act(ValueError)] * 99), Checked()
    sources = {name: sourced(one, name) for name, one in (("slow", slow), ("broken", broken), ("well", well))}
    with capture_logs() as logs:
        async with watched(sources):
            await asyncio.sleep(1)
            assert sources["well"].health.state is SourceState.ANSWERING
            await asyncio.sleep(5 * PERIOD)
    assert sources["slow"].health.report().failure_code == "SOURCE_TIMEOUT"
    assert sources["broken"].health.report().failure_code == "SOURCE_BAD_DATA"
    assert {one["source"] for one in logs if one.get("fault") == "ValueError"} == {"broken"}
    assert slow.checks > 3
    assert broken.checks > 3


@virtual
async def test_the_watch_ends_with_the_block():
    """After the block no check is under way and none comes, also where the block ends by an exception."""
    adapter = Checked(checked=[Act(None, 1), Act(None, 1_000)])
    source = sourced(adapter)
    source.health.found(0, SourceDown("down"))
    with pytest.raises(TimeoutError):
        async with watched({"market": source}), asyncio.timeout(0.5):
            await asyncio.sleep(60)
    assert len(asyncio.all_tasks()) == 1
    await asyncio.sleep(5 * PERIOD)
    assert adapter.checks == 1
