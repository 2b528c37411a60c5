"""Case sources: whether a department's own system knows a case number. The hub asks it as itself, for this alone."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from adapters.base import Lookup, Search
from auth.purposes import CaseSource, Purpose
from hub.fetch import Source
from schema.predicate import Op, Test

_PURPOSE = "HUB_CASE"
_PATIENCE = 2.0
"""Seconds that a question waits for a case source at most."""


@dataclass(frozen=True, slots=True)
class CaseSources:
    """Asks the case sources of purposes, by the names of the configured sources."""

    sources: Mapping[str, Source]

    def of(self, purpose: Purpose, department: str) -> list[CaseSource]:
        """Those in which a department's cases for a purpose stand."""
        return [one for one in purpose.case_sources if not one.departments or department in one.departments]

    async def knows(self, place: CaseSource, case: str) -> bool:
        """True if there is such a case; SourceError if the source does not say."""
        source = self.sources[place.source]
        ability = source.adapter.abilities[place.record]
        deadline = asyncio.get_running_loop().time() + min(source.timeout, _PATIENCE)
        if place.key in ability.keys:
            ask = Lookup(place.record, (place.key,), place.key, (case,), deadline, _PURPOSE)
            rows = await source.adapter.fetch(ask)
        else:
            where = Test(place.key, Op.EQ, case)
            rows = await source.adapter.search(Search(place.record, (place.key,), 1, deadline, _PURPOSE, where))
        return bool(rows.rows)
