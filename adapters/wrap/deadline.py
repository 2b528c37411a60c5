"""Cuts off an adapter that ignores its deadline.

An adapter keeps its deadline itself and says what was slow; this is for the one that does not.
"""

import asyncio

from adapters.base import Adapter, Lookup, Rows, Search, SourceTimeout
from adapters.wrap.asking import Answered, Asked, Way

GRACE = 0.25
"""Seconds past its deadline after which a source that ignores it is cut off."""


class Deadline:
    """Answers at most GRACE after the deadline; `check`, which has none, gets as long as one question, in seconds."""

    def __init__(self, inner: Adapter, seconds: float) -> None:
        self.abilities = inner.abilities
        self._inner = inner
        self._seconds = seconds

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        return await self._within(ask, self._inner.fetch)

    async def search(self, ask: Search) -> Rows:
        """A window of rows."""
        return await self._within(ask, self._inner.search)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        return await self._within(ask, self._inner.count)

    async def check(self) -> None:
        """Whether the source answers."""
        try:
            async with asyncio.timeout(self._seconds + GRACE):
                await self._inner.check()
        except TimeoutError:
            raise SourceTimeout("the check did not end and was cut off") from None

    async def aclose(self) -> None:
        """Release connections."""
        await self._inner.aclose()

    async def _within(self, ask: Asked, way: Way[Asked, Answered]) -> Answered:
        try:
            async with asyncio.timeout_at(ask.deadline + GRACE):
                return await way(ask)
        except TimeoutError:
            raise SourceTimeout("ignored its deadline and was cut off") from None
