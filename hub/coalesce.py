"""Look-ups of many questions joined into few calls: what is asked alike in one turn of the event loop, or while a
source's lanes are taken, goes as one.

    a question  = a Party     ─ waits for all its look-ups
    a look-up   = a Waiter    ─ keys, and then the answer
    a call      = a _Batch    ─ the look-ups that go to the source together
    what is alike = a Stem    ─ of which one call is open to be joined

Alike means: same record, columns, key, purpose and predicate, the caller's row filter included. What is shared are raw
rows and nothing else. A question that fails, expires or is given up leaves its neighbours as they were.
"""

import asyncio
from collections import deque
from collections.abc import Mapping, Sequence
from functools import partial
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

from adapters.base import Adapter, Lookup, SourceDown, SourceError, SourceTimeout
from schema.predicate import Predicate

MOST_KEYS = 200
"""Keys of one joined call; a question that asks for more by itself is a call of its own."""
_MOST_STEMS = 1_024
_FEW = 64
Row = tuple[Any, ...]
_Signature = tuple[str, tuple[str, ...], str, str, Predicate]


class Found(NamedTuple):
    """Rows by value of the key field, as asked; `truncated` says that the source had more than its limit.

    `kept` is when the rows were kept (RFC 3339), where the source is silent and they are its last known ones.
    """

    key: str
    by_key: Mapping[str, Sequence[Row]]
    truncated: bool
    kept: str = ""


class Stem:
    """All look-ups that differ in nothing but their keys; `open` is the call that one of them may join now."""

    __slots__ = ("coalescer", "columns", "key", "open", "purpose", "record", "where")

    def __init__(self, coalescer: "Coalescer", signature: _Signature) -> None:
        self.coalescer = coalescer
        self.record, self.columns, self.key, self.purpose, self.where = signature
        self.open: _Batch | None = None


class Party:
    """The look-ups of one question, all under way at once. Whoever waits for them leaves when it waits no more."""

    __slots__ = ("_ended", "_left", "waiters")

    def __init__(self) -> None:
        self.waiters: list[Waiter] = []
        self._left = 0
        self._ended: asyncio.Future[None] | None = None

    async def wait(self) -> None:
        """Return when every look-up has its answer."""
        if self._left:
            self._ended = asyncio.get_running_loop().create_future()
            await self._ended

    def leave(self) -> None:
        """Wait no more; the last to leave a call that is under way takes it along."""
        for waiter in self.waiters:
            waiter.leave()

    def joined(self, waiter: "Waiter") -> None:
        """One more look-up is under way."""
        self.waiters.append(waiter)
        self._left += 1

    def told(self) -> None:
        """One look-up has its answer."""
        self._left -= 1
        if not self._left and self._ended is not None and not self._ended.done():
            self._ended.set_result(None)


class Waiter:
    """One look-up: its keys, its answer, and the event-loop time at which that came; `batch` and `party` while it waits.

    `stem` is what was asked.
    """

    __slots__ = ("answer", "batch", "ended", "keys", "party", "place", "stem")

    def __init__(self, party: Party, keys: Sequence[str], batch: "_Batch") -> None:
        self.party: Party | None = party
        self.keys = keys
        self.stem = batch.stem
        self.place: list[Waiter | None] = [self]
        self.batch: _Batch | None = batch
        self.answer: Found | Exception | None = None
        self.ended = 0.0

    def tell(self, answer: Found | Exception, now: float) -> None:
        """Its answer has come."""
        party, self.answer, self.ended = self.party, answer, now
        self._free()
        if party is not None:
            party.told()

    def leave(self) -> None:
        """Wait no more."""
        batch = self.batch
        if batch is not None:
            self._free()
            batch.left()

    def _free(self) -> None:
        """Let go of everything: the line of deadlines, which may be long, keeps an empty place."""
        if self.batch is not None:
            self.batch.coalescer.waiting -= 1
        self.place[0] = self.batch = self.party = None


class _Batch:
    """Waiters for one call; `task` once it is under way."""

    __slots__ = ("coalescer", "deadline", "stem", "task", "waiters")

    def __init__(self, coalescer: "Coalescer", stem: Stem) -> None:
        self.coalescer = coalescer
        self.stem = stem
        self.waiters: list[Waiter] = []
        self.deadline = 0.0
        self.task: asyncio.Task[None] | None = None

    def left(self) -> None:
        """One who waited has left."""
        if any(waiter.batch is not None for waiter in self.waiters):
            return
        if self.task is None:
            self.coalescer.drop(self)
        else:
            self.task.cancel()


class Coalescer:
    """Look-ups at one source: at most `lanes` calls at a time, each for as many questions as were waiting.

    The key must be the first of the asked columns.
    """

    def __init__(self, adapter: Adapter, lanes: int) -> None:
        self._adapter = adapter
        self._lanes = lanes
        self._busy = 0
        self._beginning = False
        self._calls: deque[_Batch] = deque()
        self._stems: dict[_Signature, Stem] = {}
        self._keys: dict[_Batch, int] = {}
        self._deadlines: list[tuple[float, int, list[Waiter | None]]] = []
        self._entered = 0
        self._timer: asyncio.TimerHandle | None = None
        self.waiting = 0
        """Look-ups without an answer."""

    @property
    def idle(self) -> bool:
        """True if nothing is under way and nobody waits."""
        return not (self._busy or self._calls or self._keys or self.waiting)

    def stem(self, record: str, columns: tuple[str, ...], key: str, purpose: str, where: Predicate) -> Stem:
        """The stem of all look-ups like this."""
        signature = record, columns, key, purpose, where
        found = self._stems.get(signature)
        if found is None:
            if len(self._stems) >= _MOST_STEMS:
                self._stems.clear()
            found = self._stems[signature] = Stem(self, signature)
        return found

    async def fetch(self, ask: Lookup) -> Found:
        """Rows of the asked keys; SourceError if this very look-up failed."""
        party = Party()
        waiter = self.enter(
            self.stem(ask.record, ask.columns, ask.key, ask.purpose, ask.where), ask.keys, ask.deadline, party
        )
        try:
            await party.wait()
        finally:
            party.leave()
        if isinstance(waiter.answer, Found):
            return waiter.answer
        raise waiter.answer or SourceTimeout("the source did not answer in time")

    def enter(self, stem: Stem, keys: Sequence[str], deadline: float, party: Party) -> Waiter:
        """Begin to wait for a look-up, until the deadline in event-loop seconds; it is under way from now on."""
        batch = stem.open
        if batch is None or self._keys[batch] + len(keys) > MOST_KEYS:
            batch = stem.open = _Batch(self, stem)
            self._calls.append(batch)
            self._keys[batch] = 0
        self._keys[batch] += len(keys)
        batch.deadline = max(batch.deadline, deadline)
        waiter = Waiter(party, keys, batch)
        batch.waiters.append(waiter)
        party.joined(waiter)
        self.waiting += 1
        self._expect(waiter, deadline)
        if self._busy < self._lanes and not self._beginning:
            # Whatever else is asked in this turn of the loop may still join.
            self._beginning = True
            asyncio.get_running_loop().call_soon(self._begin)
        return waiter

    def drop(self, batch: _Batch) -> None:
        """Forget a call that nobody waits for any more before it is under way."""
        self._close(batch)
        self._calls.remove(batch)

    def _close(self, batch: _Batch) -> None:
        """Nobody may join any more."""
        del self._keys[batch]
        if batch.stem.open is batch:
            batch.stem.open = None

    def _begin(self) -> None:
        self._beginning = False
        while self._calls and self._busy < self._lanes:
            self._busy += 1
            batch = self._calls.popleft()
            self._close(batch)
            batch.task = asyncio.create_task(self._ask(batch, batch.waiters))
            # Not in the task itself: one that is cancelled before it starts runs nothing of its own.
            batch.task.add_done_callback(partial(self._over, batch))

    def _over(self, batch: _Batch, task: "asyncio.Task[None]") -> None:
        self._busy -= 1
        fault = None if task.cancelled() else task.exception()
        for waiter in batch.waiters:
            if waiter.batch is not None:
                # The call ended without a word, which none should; who waits need not wait for the deadline.
                told = fault if isinstance(fault, Exception) else SourceDown("the call was given up")
                waiter.tell(told, asyncio.get_running_loop().time())
        self._begin()

    async def _ask(self, batch: _Batch, waiters: Sequence[Waiter]) -> None:
        """Ask for all; where that fails or is cut, for each half by itself, so that none fails for another's sake."""
        waiters = [waiter for waiter in waiters if waiter.batch is not None]
        if not waiters:
            return
        stem = batch.stem
        keys = tuple(dict.fromkeys([key for waiter in waiters for key in waiter.keys]))
        ask = Lookup(stem.record, stem.columns, stem.key, keys, batch.deadline, stem.purpose, stem.where)
        try:
            rows = await self._adapter.fetch(ask)
        except Exception as failure:  # noqa: BLE001 - whatever it was, it is told to each who waits, once asked alone
            if len(waiters) > 1:
                await self._halves(batch, waiters)
            else:
                _fail(waiters[0], failure)
            return
        if rows.truncated and len(waiters) > 1:
            await self._halves(batch, waiters)
            return
        found, ended = _grouped(rows.rows), asyncio.get_running_loop().time()
        for waiter in waiters:
            if waiter.batch is not None:
                own = {key: found[key] for key in waiter.keys if key in found}
                waiter.tell(Found(stem.key, own, rows.truncated), ended)

    async def _halves(self, batch: _Batch, waiters: Sequence[Waiter]) -> None:
        middle = len(waiters) // 2
        await self._ask(batch, waiters[:middle])
        await self._ask(batch, waiters[middle:])

    def _expect(self, waiter: Waiter, deadline: float) -> None:
        """Stand in the line of deadlines, of which one timer waits for the first."""
        line = self._deadlines
        while line and line[0][2][0] is None:
            heappop(line)
        if len(line) > _FEW + 2 * self.waiting:
            # Behind one who waits long stand only those who were answered.
            line[:] = [place for place in line if place[2][0] is not None]
            heapify(line)
        self._entered += 1
        heappush(line, (deadline, self._entered, waiter.place))
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_at(deadline, self._expire)
        elif deadline < self._timer.when():
            self._timer.cancel()
            self._timer = asyncio.get_running_loop().call_at(deadline, self._expire)

    def _expire(self) -> None:
        self._timer = None
        loop, line = asyncio.get_running_loop(), self._deadlines
        now = loop.time()
        while line and (line[0][2][0] is None or line[0][0] <= now):
            (waiter,) = heappop(line)[2]
            batch = waiter.batch if waiter is not None else None
            if waiter is not None and batch is not None:
                waiter.tell(SourceTimeout("the source did not answer in time"), now)
                batch.left()
        if line:
            self._timer = loop.call_at(line[0][0], self._expire)


def _grouped(rows: Sequence[Row]) -> dict[str, list[Row]]:
    """Rows by their first cell; those of one key stand together in nearly every answer."""
    found: dict[str, list[Row]] = {}
    last: Any = object()
    append: Any = None
    for row in rows:
        key = row[0]
        if key != last:
            last = key
            known = found.get(key)
            if known is None:
                known = found[key] = []
            append = known.append
        append(row)
    return found


def _fail(waiter: Waiter, failure: Exception) -> None:
    if waiter.batch is not None:
        # Each gets an error of its own: one that is raised twice would carry the other's traceback.
        told = type(failure)(*failure.args) if isinstance(failure, SourceError) else failure
        waiter.tell(told, asyncio.get_running_loop().time())
