"""Look-ups of many questions joined into few calls: while a source's lanes are taken, equal look-ups wait together.

Equal means: same record, columns, key, purpose and predicate, the caller's row filter included. What is shared are raw
rows and nothing else. A question that fails, expires or is given up leaves its neighbours as they were.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.base import Adapter, Lookup, SourceError, SourceTimeout
from schema.predicate import Predicate

MOST_KEYS = 200
"""Keys of one joined call; a question that asks for more by itself is a call of its own."""
Row = tuple[Any, ...]
_Signature = tuple[str, tuple[str, ...], str, str, Predicate]


@dataclass(frozen=True, slots=True)
class Found:
    """Rows by value of the key field, as asked; `truncated` says that the source had more than its limit."""

    key: str
    by_key: Mapping[str, Sequence[Row]]
    truncated: bool


@dataclass(slots=True, eq=False)
class Waiter:
    """One question's look-up: its answer, and the event-loop time at which it came."""

    ask: Lookup
    answer: "asyncio.Future[Found]"
    expiry: asyncio.TimerHandle
    batch: "_Batch | None" = None
    ended: float = 0.0


@dataclass(slots=True, eq=False)
class _Batch:
    """Waiters for one call; `task` once it is under way."""

    signature: _Signature
    waiters: list[Waiter] = field(default_factory=list)
    keys: dict[str, None] = field(default_factory=dict)
    task: "asyncio.Task[None] | None" = None


class Coalescer:
    """Look-ups at one source: at most `lanes` calls at a time, each for as many questions as were waiting.

    The key must be the first of the asked columns.
    """

    def __init__(self, adapter: Adapter, lanes: int) -> None:
        self._adapter = adapter
        self._lanes = lanes
        self._busy = 0
        self._waiting: deque[_Batch] = deque()
        self._open: dict[_Signature, _Batch] = {}

    @property
    def idle(self) -> bool:
        """True if nothing is under way and nobody waits."""
        return not (self._busy or self._waiting or self._open)

    async def fetch(self, ask: Lookup) -> Found:
        """Rows of the asked keys; SourceError if this very look-up failed."""
        waiter = self.enter(ask)
        try:
            return await waiter.answer
        finally:
            self.leave(waiter)

    def enter(self, ask: Lookup) -> Waiter:
        """Begin to wait for a look-up, which is under way from now on; whoever enters leaves."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Found] = loop.create_future()
        waiter = Waiter(ask, answer, loop.call_at(ask.deadline, _expire, answer))
        waiter.batch = self._join(waiter)
        if self._busy < self._lanes:
            self._busy += 1
            self._start(waiter.batch)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Wait no more; the last to leave a call that is under way takes it along."""
        waiter.expiry.cancel()
        if not waiter.answer.cancel() and not waiter.answer.cancelled():
            # Nobody may be left to hear of a failure.
            waiter.answer.exception()
        batch = waiter.batch
        if batch is None or (batch.task is not None and batch.task.done()):
            return
        if waiter in batch.waiters:
            batch.waiters.remove(waiter)
        if batch.waiters:
            return
        if batch.task is None:
            self._close(batch)
        else:
            batch.task.cancel()

    def _join(self, waiter: Waiter) -> _Batch:
        ask = waiter.ask
        signature = (ask.record, ask.columns, ask.key, ask.purpose, ask.where)
        batch = self._open.get(signature)
        if batch is None or len(batch.keys) + len(ask.keys) > MOST_KEYS:
            batch = self._open[signature] = _Batch(signature)
            self._waiting.append(batch)
        batch.waiters.append(waiter)
        batch.keys.update(dict.fromkeys(ask.keys))
        return batch

    def _close(self, batch: _Batch) -> None:
        """Nobody may join any more."""
        if self._open.get(batch.signature) is batch:
            del self._open[batch.signature]
        if batch in self._waiting:
            self._waiting.remove(batch)

    def _leave_lane(self) -> None:
        if not self._waiting:
            self._busy -= 1
            return
        self._start(self._waiting[0])

    def _start(self, batch: _Batch) -> None:
        self._close(batch)
        batch.task = asyncio.create_task(self._ask(list(batch.waiters)))
        # Not in the task itself: one that is cancelled before it starts runs nothing of its own.
        batch.task.add_done_callback(lambda _: self._leave_lane())

    async def _ask(self, waiters: Sequence[Waiter]) -> None:
        """Ask for all; where that fails or is cut, for each half by itself, so that none fails for another's sake."""
        waiters = [waiter for waiter in waiters if not waiter.answer.done()]
        if not waiters:
            return
        keys = tuple(dict.fromkeys(key for waiter in waiters for key in waiter.ask.keys))
        joined = replace(waiters[0].ask, keys=keys, deadline=max(waiter.ask.deadline for waiter in waiters))
        try:
            rows = await self._adapter.fetch(joined)
        except Exception as failure:  # noqa: BLE001 - whatever it was, it is told to each who waits, once asked alone
            if len(waiters) > 1:
                await self._halves(waiters)
            else:
                _fail(waiters[0], failure)
            return
        if rows.truncated and len(waiters) > 1:
            await self._halves(waiters)
            return
        found, ended = _grouped(rows.rows), asyncio.get_running_loop().time()
        for waiter in waiters:
            if not waiter.answer.done():
                own = {key: found[key] for key in waiter.ask.keys if key in found}
                waiter.ended = ended
                waiter.answer.set_result(Found(waiter.ask.key, own, rows.truncated))

    async def _halves(self, waiters: Sequence[Waiter]) -> None:
        middle = len(waiters) // 2
        await self._ask(waiters[:middle])
        await self._ask(waiters[middle:])


def _grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for row in rows:
        known = found.get(row[0])
        if known is None:
            found[row[0]] = [row]
        else:
            known.append(row)
    return found


def _expire(answer: "asyncio.Future[Found]") -> None:
    if not answer.done():
        answer.set_exception(SourceTimeout("the source did not answer in time"))


def _fail(waiter: Waiter, failure: Exception) -> None:
    if not waiter.answer.done():
        # Each gets an error of its own: one that is raised twice would carry the other's traceback.
        told = type(failure)(*failure.args) if isinstance(failure, SourceError) else failure
        waiter.answer.set_exception(told)
