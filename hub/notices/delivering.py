"""Takes notices from the outbox and hands them to a channel: in their order, each at least once, whoever is killed.

A channel that fails is tried again, later each time; meanwhile later notices wait. Knows no channel by name.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

import anyio.to_thread
import structlog

from hub.clock import Clock
from hub.store.database import Database
from hub.store.outbox import Notice, Sealing, is_due, settle, take

log = structlog.get_logger()
EVERY = 1.0
"""Seconds between two looks."""


class Channel(Protocol):
    """A way out of the hub."""

    def deliver(self, notice: Notice) -> None:
        """Return when the notice is out, or raise OSError; runs in a thread, and may get the same one twice."""


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers what is in the outbox of a store."""

    database: Database
    sealing: Sealing
    clock: Clock
    channel: Channel

    async def deliver_due(self) -> int:
        """Deliver what may leave now; how many notices did."""
        if not await self.database.read(lambda connection: is_due(connection, self._now())):
            return 0
        taken = await self.database.act(lambda connection: take(connection, self.sealing, self._now()))
        if not taken:
            return 0
        sent, failed = await anyio.to_thread.run_sync(self._deliver, taken)
        await self.database.act(lambda connection: settle(connection, sent, failed, self._now()))
        return len(sent)

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Deliver while the hub serves."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            try:
                more = await self.deliver_due()
            except Exception as fault:  # noqa: BLE001 - whatever happens to one round, there is a next one
                log.warning("notices cannot be delivered", fault=type(fault).__name__)
                more = 0
            if not more:
                await asyncio.sleep(EVERY)

    def _deliver(self, taken: Sequence[Notice]) -> tuple[list[int], Notice | None]:
        sent: list[int] = []
        for notice in taken:
            try:
                self.channel.deliver(notice)
            except OSError as fault:
                log.warning("a notice could not be delivered", number=notice.number, fault=type(fault).__name__)
                return sent, notice
            sent.append(notice.number)
        return sent, None

    def _now(self) -> int:
        return self.clock.moment().second
