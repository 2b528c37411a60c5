"""Turns what nobody foresaw into a failure of the source.

An answer can be strange in a way no adapter thought of. What it breaks is the part of the question that source was
asked, and not the parts of others.
"""

import structlog

from adapters.base import Adapter, Lookup, Rows, Search, SourceBadData, SourceError
from adapters.frames import frames_of
from adapters.wrap.asking import Answered, Asked, Way

log = structlog.get_logger()


class Shield:
    """Raises nothing but SourceError; any other exception is logged without its words and becomes SourceBadData."""

    def __init__(self, inner: Adapter, source: str) -> None:
        self.abilities = inner.abilities
        self._inner = inner
        self._source = source

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        return await self._shielded(ask, self._inner.fetch)

    async def search(self, ask: Search) -> Rows:
        """A window of rows."""
        return await self._shielded(ask, self._inner.search)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        return await self._shielded(ask, self._inner.count)

    async def check(self) -> None:
        """Whether the source answers."""
        try:
            await self._inner.check()
        except SourceError:
            raise
        except Exception as fault:  # noqa: BLE001 - this is where the unforeseen of a source ends
            raise self._told(fault) from None

    async def aclose(self) -> None:
        """Release connections."""
        await self._inner.aclose()

    async def _shielded(self, ask: Asked, way: Way[Asked, Answered]) -> Answered:
        try:
            return await way(ask)
        except SourceError:
            raise
        except Exception as fault:  # noqa: BLE001 - this is where the unforeseen of a source ends
            raise self._told(fault) from None

    def _told(self, fault: Exception) -> SourceBadData:
        log.error("unforeseen in a source", source=self._source, fault=type(fault).__name__, frames=frames_of(fault))
        return SourceBadData(f"raised {type(fault).__name__}, which its adapter did not foresee")
