"""One source, examined from outside inwards: the way to it, its own check, its tables, small real questions.

A stage that fails makes the next ones meaningless and ends the examination. Wrappers stand aside: nothing is
repeated or spared here.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

from adapters.base import Adapter, SourceError
from adapters.options import SourceOptions
from adapters.records import HeldRecord, hold_records
from adapters.registry import open_source
from adapters.sql import SqlOptions
from adapters.wrap.health import Health, Watch
from hub.clock import Clock
from hub.doctor.causes import cause, misfit
from hub.doctor.findings import Finding, Severity
from hub.doctor.network import reach
from hub.doctor.sampling import examine_records
from hub.doctor.tables import examine_tables
from schema.catalogue import Catalogue


async def examine_source(options: SourceOptions, catalogue: Catalogue, clock: Clock, seconds: float) -> list[Finding]:
    """Everything found out about a source within so many seconds, the worst first."""
    found: list[Finding] = []
    try:
        async with asyncio.timeout(seconds):
            async with aclosing(_examine(options, catalogue, clock)) as findings:
                async for finding in findings:
                    found.append(finding)
    except TimeoutError:
        found.append(Finding(options.name, "CUT_OFF", {"seconds": round(seconds)}))
    worst = [Severity.BAD, Severity.NOTE, Severity.GOOD]
    return sorted(found, key=lambda finding: worst.index(finding.severity))


async def _examine(options: SourceOptions, catalogue: Catalogue, clock: Clock) -> AsyncIterator[Finding]:
    try:
        held = hold_records(options, catalogue)
        opened = open_source(options, catalogue)
    except ValueError as faults:
        for fault in str(faults).splitlines():
            yield misfit(options, fault)
        return
    health = Health(opened.abilities, clock.now)
    well = True
    try:
        async with aclosing(_ask(options, Watch(opened, health), (held, health), clock)) as findings:
            async for finding in findings:
                well = well and finding.severity is not Severity.BAD
                yield finding
        if well:
            for finding in _judge(options, health, clock):
                yield finding
    finally:
        await opened.aclose()


async def _ask(
    options: SourceOptions, adapter: Adapter, known: tuple[dict[str, HeldRecord], Health], clock: Clock
) -> AsyncIterator[Finding]:
    held, health = known
    lost = False
    async with aclosing(reach(options, clock)) as ways:
        async for finding in ways:
            lost = lost or finding.severity is Severity.BAD
            yield finding
    if lost:
        return
    amiss = False
    if isinstance(options, SqlOptions):
        try:
            async with aclosing(examine_tables(options, held, health)) as tables:
                async for finding in tables:
                    amiss = True
                    yield finding
        except SourceError as error:
            amiss = True
            yield cause(options, error)
    if amiss:
        return
    try:
        await adapter.check()
    except SourceError as error:
        yield cause(options, error)
        return
    async with aclosing(examine_records(options, adapter)) as samples:
        async for finding in samples:
            yield finding


def _judge(options: SourceOptions, health: Health, clock: Clock) -> list[Finding]:
    report = health.report()
    found: list[Finding] = []
    for record in options.record:
        newest = report.newest.get(record.record)
        days = None if newest is None else (clock.now() - newest).days
        if days is not None and record.fresh_days is not None and days > record.fresh_days:
            names = {"record": record.record, "days": days, "agreed": record.fresh_days}
            found.append(Finding(options.name, "STALE", names))
    ms = round(report.median_ms or 0)
    if ms * 2 > options.timeout_ms:
        found.append(Finding(options.name, "SLOW", {"ms": ms, "limit": options.timeout_ms}))
    return [*found, Finding(options.name, "ANSWERS", {"ms": ms})]
