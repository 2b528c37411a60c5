"""Does runs over sources in the background: one at a time for all workers of a store, by the code of the command.

How far a run is stands in the store batch by batch, so that a stop loses nothing, and whoever is killed is followed by
another process that goes on.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog

from adapters.base import SourceError
from hub.clock import Clock
from hub.exchange.quality_running import Progress, QualityRunner, TakenError
from hub.exchange.quality_works import QualityWork, QualityWorks
from hub.fetch import Source
from hub.randomness import RANDOM
from hub.rounds import Round, rounds
from hub.store.database import Database, StoreError
from schema.work_enums import WorkState

log = structlog.get_logger()
EVERY, BEAT = 2.0, 1.0
"""Seconds between two looks for a work, and between two signs of life of one."""
BATCH = 200
"""Rows of a batch: fewer than the command reads, for questions are answered by the same process."""


@dataclass(frozen=True, slots=True)
class QualityWorker:
    """Does the runs that people began; `runner` makes what runs, and what it tells each batch to."""

    database: Database
    clock: Clock
    sources: Mapping[str, Source]
    runner: Callable[[Callable[[Progress], None]], QualityRunner]
    name: str = field(default_factory=lambda: RANDOM.hexadecimal(16))

    async def look(self) -> QualityWork | None:
        """Do the work whose turn it is, to its end; None if there is none for this process."""
        now = self._now()
        if not await self.database.read(lambda connection: QualityWorks(connection, now).is_due()):
            return None
        work = await self.database.act(lambda connection: QualityWorks(connection, now).take(self.name))
        if work is not None:
            await self._do(work)
        return work

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Look while the hub serves."""
        async with rounds(Round(self.look, EVERY, "a run over a source could not be looked after", EVERY)):
            yield

    async def _do(self, work: QualityWork) -> None:
        on = _Doing(work)
        doing = asyncio.ensure_future(self._run(on))
        try:
            while not (await asyncio.wait({doing}, timeout=BEAT))[0]:
                if not await self._beat(on):
                    # It was stopped: what the last whole batch came to is kept.
                    await _ended(doing)
                    return
            state, fault = doing.result()
            await self._beat(on)
            await self._end(work, state, fault)
        except BaseException:
            await _ended(doing)
            with contextlib.suppress(StoreError):
                await asyncio.shield(self._end(work, WorkState.WAITING, ""))
            raise

    async def _run(self, on: "_Doing") -> tuple[WorkState, str]:
        """How it ended, and why where it failed."""
        source = self.sources.get(on.work.source)
        if source is None:
            return WorkState.FAILED, "NO_SOURCE"
        try:
            on.run = (await self.runner(on.hear).run(source, on.work.department, BATCH)).number
        except SourceError as fault:
            return WorkState.FAILED, fault.code
        except TakenError:
            return WorkState.FAILED, "TAKEN"
        except Exception as fault:  # noqa: BLE001 - whatever it is, the work has an end that can be seen
            log.warning("a run over a source failed", number=on.work.number, fault=type(fault).__name__)
            return WorkState.FAILED, type(fault).__name__[:64]
        return WorkState.DONE, ""

    async def _beat(self, on: "_Doing") -> bool:
        now = self._now()
        return await self.database.act(lambda c: QualityWorks(c, now).beat(on.work.number, self.name, on.run))

    async def _end(self, work: QualityWork, state: WorkState, fault: str) -> None:
        now = self._now()
        await self.database.act(lambda c: QualityWorks(c, now).end(work.number, self.name, state, fault))

    def _now(self) -> int:
        return self.clock.moment().second


@dataclass(slots=True)
class _Doing:
    """A work while it is done, and the number of the run as soon as that is known."""

    work: QualityWork
    run: str = ""

    def hear(self, told: Progress) -> None:
        """Take notice of a batch."""
        self.run = told.run


async def _ended(doing: "asyncio.Future[tuple[WorkState, str]]") -> None:
    doing.cancel()
    await asyncio.wait({doing})
