"""Shows what a source answered to whoever keeps the last known values of some of its records.

Only whole answers are shown: by the code of an entity, with every column that is kept, and without a predicate – or, of a
record that is published for a time, of what is so today. Nobody waits for it, and nothing more is asked of the source
than was asked anyway.
"""

from collections.abc import Callable, Mapping

from adapters.base import AS_OF, DISPUTED, Adapter, Lookup, Rows, Search
from schema.predicate import TRUE, Predicate

BY = "uscc"
"""The only key by which rows are kept, and found again."""
Offer = Callable[[Lookup, Rows], None]
"""Takes a look-up and its rows; returns at once."""
Shown = Callable[[str], Predicate]
"""Which rows of a record may be kept today."""


def _all(_record: str) -> Predicate:
    return TRUE


class Snapshot:
    """Passes everything on; `kept` are the fields that are kept, by record."""

    def __init__(self, inner: Adapter, kept: Mapping[str, frozenset[str]], offer: Offer, shown: Shown = _all) -> None:
        self.abilities = inner.abilities
        self._inner = inner
        self._kept = {record: fields | {AS_OF, DISPUTED} for record, fields in kept.items()}
        self._offer = offer
        self._shown = shown

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        rows = await self._inner.fetch(ask)
        kept = self._kept.get(ask.record)
        whole = ask.key == BY and not rows.truncated
        if kept is not None and whole and kept.issubset(ask.columns) and ask.where in (TRUE, self._shown(ask.record)):
            self._offer(ask, rows)
        return rows

    async def search(self, ask: Search) -> Rows:
        """A window of rows."""
        return await self._inner.search(ask)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        return await self._inner.count(ask)

    async def check(self) -> None:
        """Whether the source answers."""
        await self._inner.check()

    async def aclose(self) -> None:
        """Release connections."""
        await self._inner.aclose()
