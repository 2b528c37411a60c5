"""One source, examined from outside inwards: the way to it, its tables, its own check, small real questions.

A stage that finds something bad makes the next ones meaningless and ends the examination. Wrappers stand aside:
nothing is repeated or spared here.
"""

import asyncio
from collections.abc import Awaitable, Callable

from adapters.base import Adapter, SourceError
from adapters.options import SourceOptions
from adapters.records import hold_records
from adapters.registry import open_source
from adapters.sql import SqlOptions
from adapters.wrap.health import Health, Watch
from hub.clock import Clock
from hub.doctor.network import reach
from hub.doctor.sampling import examine_records
from hub.doctor.tables import examine_tables
from hub.findings.causes import cause, misfit
from hub.findings.findings import Finding
from hub.findings.saying import Severity
from schema.catalogue import Catalogue

Stage = Callable[[], Awaitable[list[Finding]]]


async def examine_source(options: SourceOptions, catalogue: Catalogue, clock: Clock, seconds: float) -> list[Finding]:
    """Everything found out about a source within so many seconds, the worst first."""
    found: list[Finding] = []
    try:
        opened = open_source(options, catalogue)
    except ValueError as faults:
        return [misfit(options, fault) for fault in str(faults).splitlines()]
    health = Health(opened.abilities, clock.now)
    try:
        async with asyncio.timeout(seconds):
            for stage in _stages(options, catalogue, Watch(opened, health), (opened, health), clock):
                found += await _attempt(options, stage)
                if _is_bad(found):
                    break
            else:
                found += _judge(options, health, clock)
    except TimeoutError:
        found.append(Finding(options.name, "CUT_OFF", {"seconds": round(seconds)}))
    finally:
        await opened.aclose()
    return sorted(found, key=lambda finding: list(Severity).index(finding.severity), reverse=True)


def _stages(
    options: SourceOptions, catalogue: Catalogue, watched: Adapter, known: tuple[Adapter, Health], clock: Clock
) -> list[Stage]:
    opened, health = known
    stages: list[Stage] = [lambda: reach(options, clock)]
    if isinstance(options, SqlOptions):
        held = hold_records(options, catalogue)
        stages.append(lambda: examine_tables(options, held, health))
    if options.kind == "tabular":
        from hub.doctor.folders import examine_folder  # noqa: PLC0415 - the libraries of this kind are an extra

        return [*stages, lambda: examine_folder(options, opened), lambda: examine_records(options, watched)]
    return [*stages, lambda: _check(watched), lambda: examine_records(options, watched)]


async def _attempt(options: SourceOptions, stage: Stage) -> list[Finding]:
    try:
        return await stage()
    except SourceError as error:
        return [cause(options, error)]


async def _check(adapter: Adapter) -> list[Finding]:
    await adapter.check()
    return []


def _is_bad(found: list[Finding]) -> bool:
    return any(finding.severity is Severity.BAD for finding in found)


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
