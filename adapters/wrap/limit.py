"""How many questions a source is asked at a time; the others wait in line, first come first served.

The line is bounded and nobody waits past the deadline; who is cancelled while waiting leaves no trace.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from adapters.base import Adapter, Lookup, Rows, Search, SourceTimeout
from adapters.wrap.asking import Answered, Asked, Way


class NoTurn(SourceTimeout):
    """The hub did not come to ask the source in time; says nothing about the source."""

    retryable = False


@dataclass(frozen=True, slots=True)
class Room:
    """Questions at a time, and how many more may wait."""

    concurrency: int
    waiting: int


class Limit:
    """Passes on as many questions at a time as there is room; `turned_away` is told of each that got no turn."""

    def __init__(self, inner: Adapter, room: Room, turned_away: Callable[[], None]) -> None:
        self.abilities = inner.abilities
        self._inner = inner
        self._free = room.concurrency
        self._room = room
        # A dict keeps the order in which they came and forgets one from its middle at once.
        self._line: dict[asyncio.Future[None], None] = {}
        self._turned_away = turned_away

    @property
    def busy(self) -> int:
        """Questions under way."""
        return self._room.concurrency - self._free

    @property
    def waiting(self) -> int:
        """Questions in line."""
        return len(self._line)

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        return await self._in_turn(ask, self._inner.fetch)

    async def search(self, ask: Search) -> Rows:
        """A window of rows."""
        return await self._in_turn(ask, self._inner.search)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        return await self._in_turn(ask, self._inner.count)

    async def check(self) -> None:
        """Whether the source answers; never waits, so that a source can be checked while all turns are taken."""
        await self._inner.check()

    async def aclose(self) -> None:
        """Release connections."""
        await self._inner.aclose()

    async def _in_turn(self, ask: Asked, way: Way[Asked, Answered]) -> Answered:
        if self._free:
            self._free -= 1
        else:
            await self._wait(ask.deadline)
        try:
            if asyncio.get_running_loop().time() >= ask.deadline:
                raise NoTurn("was not asked: the deadline had passed before it could be")
            return await way(ask)
        finally:
            self._pass_on()

    async def _wait(self, deadline: float) -> None:
        """Until it is one's turn, which whoever leaves hands over."""
        if len(self._line) >= self._room.waiting:
            self._turned_away()
            raise NoTurn("was not asked: too many questions are waiting for it")
        turn = asyncio.get_running_loop().create_future()
        self._line[turn] = None
        try:
            async with asyncio.timeout_at(deadline):
                await turn
        except BaseException as left:
            self._line.pop(turn, None)
            if turn.done() and not turn.cancelled():
                self._pass_on()
            if not isinstance(left, TimeoutError):
                raise
            self._turned_away()
            raise NoTurn("was not asked: it was not this question's turn before the deadline") from None

    def _pass_on(self) -> None:
        while self._line:
            turn = next(iter(self._line))
            del self._line[turn]
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1
