"""Asks again what failed for the moment, a few times and never past the deadline.

Safe, since all questions to a source only read. What will fail again – bad data, a search the source cannot do, a
question that was not put to it at all – is not repeated.
"""

import asyncio
from collections.abc import Callable

from adapters.base import Adapter, Lookup, Rows, Search, SourceError
from adapters.wrap.asking import Answered, Asked, Way

_FIRST, _LONGEST = 0.05, 1.0
"""Seconds before the second attempt, doubling before each further one up to the longest; half of it is drawn."""


class Retry:
    """Puts a question at most `attempts` times; `chance` gives a number from 0 to 1."""

    def __init__(self, inner: Adapter, attempts: int, chance: Callable[[], float]) -> None:
        self.abilities = inner.abilities
        self._inner = inner
        self._attempts = attempts
        self._chance = chance

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        return await self._tried(ask, self._inner.fetch)

    async def search(self, ask: Search) -> Rows:
        """A window of rows."""
        return await self._tried(ask, self._inner.search)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        return await self._tried(ask, self._inner.count)

    async def check(self) -> None:
        """Whether the source answers, asked once: whoever checks wants to know how it is now."""
        await self._inner.check()

    async def aclose(self) -> None:
        """Release connections."""
        await self._inner.aclose()

    async def _tried(self, ask: Asked, way: Way[Asked, Answered]) -> Answered:
        loop = asyncio.get_running_loop()
        for attempt in range(1, self._attempts):
            try:
                return await way(ask)
            except SourceError as failure:
                pause = self._pause(attempt)
                if not failure.retryable or loop.time() + pause >= ask.deadline:
                    raise
            await asyncio.sleep(pause)
        return await way(ask)

    def _pause(self, attempt: int) -> float:
        longest = min(_FIRST * 2.0 ** (attempt - 1), _LONGEST)
        return longest * (1 + self._chance()) / 2
