"""Counts scans: of which code, in which of its places, on which day, by which kind of audience – never by whom.

Counted in memory and written a second later, all together: a process that is killed loses what it counted in its last
second, and no more. What counts is the sum; it is no record of who looked when.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import structlog
from sqlalchemy import Connection, insert, select, update

from auth.roles import Role
from hub.rounds import beside
from hub.store.code_tables import code_scans
from hub.store.database import Database, StoreError

log = structlog.get_logger()
EVERY = 1.0
"""Seconds between two writes."""
MOST_WAITING = 50_000
"""Different counters that wait for a store that can't be written; what comes beyond is dropped, and said."""


class Scan(NamedTuple):
    """What is counted: id of the code, day, audience, and one of its places, empty where none is known."""

    code: str
    day: str
    audience: str
    place: str


@dataclass(frozen=True, slots=True)
class Scanned:
    """How often a code was scanned on a day."""

    day: date
    audience: str
    place: str
    scans: int


@dataclass(frozen=True, slots=True)
class ScanTotal:
    """Scans of a code in a period: how many, on how many different days, at how many different places, and how many of them at
    a place that is not known.
    """

    scans: int
    days: int
    places: int
    unplaced: int


@dataclass(slots=True)
class ScanCounter:
    """The counter of one worker."""

    database: Database
    dropped: int = 0
    _waiting: Counter[Scan] = field(default_factory=Counter, init=False)

    def count_scan(self, code: str, place: str, audience: Role, day: date) -> None:
        """Count one; `code` is the id that `lookup` gives, `place` one of its places or empty."""
        scan = Scan(code, day.isoformat(), audience.value, place[:40])
        if scan not in self._waiting and len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        self._waiting[scan] += 1

    async def flush(self) -> int:
        """Write what waits; how many scans. StoreError, and everything waits on, if the store can't be written."""
        writing, self._waiting = self._waiting, Counter()
        if not writing:
            return 0
        try:
            await self.database.act(lambda connection: add_scans(connection, writing))
        except BaseException:
            self._waiting.update(writing)
            raise
        return writing.total()

    @asynccontextmanager
    async def counting(self) -> AsyncIterator[None]:
        """Write once a second while the hub serves, and what is left at the end."""
        try:
            async with beside(self._run()):
                yield
        finally:
            await self._try()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            # A write under way is finished: else nobody knew whether it counted.
            await asyncio.shield(self._try())

    async def _try(self) -> None:
        try:
            await self.flush()
        except StoreError as fault:
            log.warning("scans wait: the store cannot be written", fault=str(fault), waiting=len(self._waiting))
        if self.dropped:
            log.warning("scans were not counted", dropped=self.dropped)
            self.dropped = 0


def add_scans(connection: Connection, counted: Mapping[Scan, int]) -> None:
    """Add to what is counted."""
    for scan, more in sorted(counted.items()):
        key = scan._asdict()
        same = [code_scans.c[name] == value for name, value in key.items()]
        added = connection.execute(update(code_scans).where(*same).values(scans=code_scans.c.scans + more))
        if not added.rowcount:
            connection.execute(insert(code_scans).values(**key, scans=more))


def scans_of(connection: Connection, code: str, first: date, last: date) -> Sequence[Scanned]:
    """Scans of a code between two days, both included."""
    table = code_scans.c
    query = select(code_scans).where(table.code == code, table.day >= first.isoformat(), table.day <= last.isoformat())
    rows = connection.execute(query.order_by(table.day, table.audience, table.place))
    return [Scanned(date.fromisoformat(row.day), row.audience, row.place, row.scans) for row in rows]


def total_of(connection: Connection, code: str, first: date, last: date) -> ScanTotal:
    """What the scans of a code between two days, both included, come to; of the counters that there are, and nothing else."""
    counted = scans_of(connection, code, first, last)
    return ScanTotal(
        scans=sum(one.scans for one in counted),
        days=len({one.day for one in counted}),
        places=len({one.place for one in counted if one.place}),
        unplaced=sum(one.scans for one in counted if not one.place),
    )
