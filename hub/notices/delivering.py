"""Delivers notices while the hub serves: every channel and recipient by themselves, each at least once, whoever is killed.

Several workers share the work: what one of them holds no other takes. Knows no channel by name.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Connection

from adapters.frames import frames_of
from hub.clock import Clock
from hub.events import Channel
from hub.notices.carriers import Carrier, Letter, Undelivered
from hub.notices.spreading import Post
from hub.store.database import Database
from hub.store.deliveries import HELD, channels_due, overdue
from hub.store.outbox import is_unspread

log = structlog.get_logger()
EVERY = 1.0
"""Seconds between two looks."""
_PATIENCE = HELD / 2
"""Seconds after which a carrier that does not return is left alone."""


@dataclass(frozen=True, slots=True)
class _Look:
    """What there is to do: notices to be spread or channels to be left; channels by which something may leave."""

    inside: bool
    channels: frozenset[Channel]


@dataclass(frozen=True, slots=True)
class Deliverer:
    """Delivers what is in the outbox of a store."""

    database: Database
    post: Post
    clock: Clock
    carriers: Mapping[Channel, Carrier]
    under_way: dict[Channel, set["asyncio.Task[bool]"]] = field(default_factory=dict)

    async def deliver_due(self) -> int:
        """Deliver everything that may leave now, and wait for it; how many deliveries left."""
        sent = 0
        while tasks := await self.start_due():
            sent += sum(await asyncio.gather(*tasks))
        return sent

    async def start_due(self) -> list["asyncio.Task[bool]"]:
        """Begin to deliver what may leave now, as far as there are free lanes; what was begun."""
        while (look := await self.database.read(self._look)).inside:
            await self.database.act(self._go_on)
        started: list[asyncio.Task[bool]] = []
        for channel in sorted(look.channels & self.carriers.keys()):
            started += await self._start(channel, self.carriers[channel])
        return started

    @asynccontextmanager
    async def delivering(self) -> AsyncIterator[None]:
        """Deliver while the hub serves; what is under way at the end is left to whoever comes next."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            for one in [task, *(each for tasks in self.under_way.values() for each in tasks)]:
                one.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await one

    async def aclose(self) -> None:
        """Let go of what the channels hold."""
        for carrier in self.carriers.values():
            await carrier.aclose()

    async def _run(self) -> None:
        while True:
            try:
                more = await self.start_due()
            except Exception as fault:  # noqa: BLE001 - whatever happens to one round, there is a next one
                log.warning("notices cannot be delivered", fault=type(fault).__name__)
                more = []
            if more:
                await asyncio.wait(more, timeout=EVERY, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(EVERY)

    def _look(self, connection: Connection) -> _Look:
        now = self._now()
        channels = frozenset(channels_due(connection, now))
        inside = is_unspread(connection) or bool(overdue(connection, now)) or not channels <= self.carriers.keys()
        return _Look(inside, channels)

    def _go_on(self, connection: Connection) -> None:
        """A few at a time, for nothing else is written meanwhile."""
        now = self._now()
        self.post.spread(connection, now)
        self.post.go_on(connection, now)
        for channel in channels_due(connection, now) - self.carriers.keys():
            self.post.leave(connection, channel, now)

    async def _start(self, channel: Channel, carrier: Carrier) -> list["asyncio.Task[bool]"]:
        busy = self.under_way.setdefault(channel, set())
        free = carrier.lanes - len(busy)
        if free <= 0:
            return []
        letters = await self.database.act(lambda c: self.post.take(c, channel, free, self._now()))
        started = [asyncio.create_task(self._carry(carrier, letter)) for letter in letters]
        for task in started:
            busy.add(task)
            task.add_done_callback(busy.discard)
        return started

    async def _carry(self, carrier: Carrier, letter: Letter) -> bool:
        """True if it left."""
        fault = await _carried(carrier, letter)
        if fault is not None:
            delivery = letter.delivery
            log.warning("a notice could not be delivered", number=letter.id, channel=delivery.channel, fault=fault.code)
        try:
            await self.database.act(lambda c: self.post.settle(c, letter.delivery, fault, self._now()))
        except Exception as lost:  # noqa: BLE001 - it is held for a while, and then delivered once more
            log.warning("a delivery could not be settled", number=letter.id, fault=type(lost).__name__)
            return False
        return fault is None

    def _now(self) -> int:
        return self.clock.moment().second


async def _carried(carrier: Carrier, letter: Letter) -> Undelivered | None:
    """Why it did not leave, None if it did."""
    try:
        await asyncio.wait_for(carrier.carry(letter), _PATIENCE)
    except Undelivered as fault:
        return fault
    except TimeoutError:
        return Undelivered("TIMEOUT")
    except Exception as fault:  # noqa: BLE001 - a mistake in one channel holds up neither the others nor itself
        _note(fault)
        return Undelivered(type(fault).__name__[:40])
    return None


def _note(fault: Exception) -> None:
    """Log where it happened, without the fault's words: they may hold an address."""
    log.error("internal error", fault=type(fault).__name__, frames=frames_of(fault))
