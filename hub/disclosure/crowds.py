"""Entities that unusually many departments or persons looked at, counted once for each day when it is over.

The index finds entries by an entity, not entities by a day: an index for that, or a count kept with every entry, would be paid for
by each of them. So the entries of some days are read slice by slice, at night, and what reached a bound is kept – by digest.
"""

import asyncio
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import orjson
from anyio.to_thread import run_sync
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from auth.roles import Role
from hub.callers.attendant import Attendant
from hub.disclosure.filling import OFFICE, reached
from hub.disclosure.searching import between
from hub.exchange.recorded import first_since
from hub.settings_record import AnomaliesTable
from hub.store.disclosure_tables import record_crowds, record_entities, record_index
from hub.store.simulator_tables import scans
from hub.store.tables import entries
from schema.disclosing_enums import AnomalyKind

FEW = 10
"""Entities in an answer up to which they were looked at; in a longer one each is one of many."""
_SCAN = "crowds"
_SLICE = 512
"""Entries that are read at once."""
_MOST_LATE = 31
"""Days after which one that was not counted is not counted any more."""
_HELD = 100_000
"""Entities, each as often as it was looked at, of which is known at a time who looked."""


@dataclass(frozen=True, slots=True, order=True)
class Crowd:
    """One entity, by its digest, that as many looked at from a day on as reach a bound."""

    kind: AnomalyKind
    entity: bytes
    since: str
    count: int
    bound: int


Tally = dict[bytes, tuple[set[str], set[str]]]
"""Departments and persons that looked at an entity."""


@dataclass(frozen=True, slots=True)
class Crowds:
    """Counts who looked at entities; `sample` is the code of the one that is there for being looked at."""

    attendant: Attendant
    rules: AnomaliesTable
    sample: str | None = None
    held: int = _HELD

    async def look(self, today: date) -> int:
        """Count the days that are over, if it is this worker's turn; how many that were."""
        database, done = self.attendant.database, 0
        for day in await database.read(partial(_uncounted, today=today)):
            if not await run_sync(database.turn.take):
                break
            found = await self._found(day)
            done += await self.attendant.write(partial(_keep, day=day, found=found))
        return done

    async def _found(self, day: date) -> list[Crowd]:
        # Digests are of a month.
        since = max(day - timedelta(days=self.rules.crowd_days - 1), day.replace(day=1))
        database = self.attendant.database
        low, high = await database.read(partial(between, first=since, last=day))
        looks = await database.read(partial(_looks, low=low, high=high))
        found: list[Crowd] = []
        parts = math.ceil(looks / self.held)
        for part in range(parts):
            tally: Tally = {}
            for start in range(low, high, _SLICE):
                here = start, min(high, start + _SLICE)
                await database.read(partial(_add, tally=tally, here=here, part=(part, parts)))
            found += self._crowded(tally, since.isoformat())
            await asyncio.sleep(0)
        return found

    def _crowded(self, tally: Tally, since: str) -> Iterator[Crowd]:
        every = self.attendant.vault.every("entity", self.sample) if self.sample else ()
        for entity in map(bytes.fromhex, every):
            tally.pop(entity, None)
        kinds = (AnomalyKind.DEPARTMENTS, self.rules.crowd_departments), (AnomalyKind.PERSONS, self.rules.crowd_persons)
        for entity, looked in tally.items():
            for (kind, bound), who in zip(kinds, looked, strict=True):
                if len(who) >= bound:
                    yield Crowd(kind, entity, since, len(who), bound)


def counted(connection: Connection, day: date) -> bool:
    """True if a day was counted."""
    last = connection.execute(select(scans.c.next).where(scans.c.name == _SCAN)).scalar()
    return last is not None and last >= day.toordinal()


def looked_at(connection: Connection, entity: bytes, days: tuple[date, date], persons: Sequence[str]) -> bool:
    """True if one of these persons, by their digests, looked at an entity from a day up to another."""
    low, high = between(connection, *days)
    of, table = record_entities.c, record_index.c
    here = of.entity == entity, of.kind == OFFICE, of.position >= low, of.position < high
    joined = record_entities.join(record_index, table.position == of.position)
    query = select(of.position).select_from(joined).where(*here, table.person.in_(persons), table.person != "")
    return connection.execute(query.limit(1)).first() is not None


def forget_before(connection: Connection, day: str) -> None:
    """Forget what was found of days before one, with the keys of its digests."""
    connection.execute(delete(record_crowds).where(record_crowds.c.day < day))


def _uncounted(connection: Connection, today: date) -> list[date]:
    """Days that are over, wholly in the index and not counted, the oldest first; only yesterday where none ever was."""
    last = connection.execute(select(scans.c.next).where(scans.c.name == _SCAN)).scalar()
    yesterday, known = today.toordinal() - 1, reached(connection)
    first = yesterday if last is None else max(last + 1, yesterday - _MOST_LATE + 1)
    days = [date.fromordinal(number) for number in range(first, yesterday + 1)]
    return [day for day in days if first_since(connection, (day + timedelta(days=1)).isoformat()) <= known]


def _of_offices(low: int, high: int) -> Iterator[ColumnElement[bool]]:
    """Answers to offices about few entities."""
    table = record_index.c
    yield from (table.position >= low, table.position < high, table.act == "", table.outcome == "ANSWERED")
    yield from (table.role.not_in((Role.PUBLIC.value, Role.MERCHANT.value)), table.client != "")
    yield from (table.entities > 0, table.entities <= FEW)


def _looks(connection: Connection, low: int, high: int) -> int:
    query = select(func.coalesce(func.sum(record_index.c.entities), 0)).where(*_of_offices(low, high))
    return int(connection.execute(query).scalar_one())


def _add(connection: Connection, tally: Tally, here: tuple[int, int], part: tuple[int, int]) -> None:
    """Add who looked at the entities of one part of all, in the entries of a slice."""
    table, (number, parts) = record_index.c, part
    joined = record_index.join(entries, entries.c.position == table.position)
    query = select(table.department, table.client, table.person, entries.c.body).select_from(joined)
    for department, client, person, body in connection.execute(query.where(*_of_offices(*here))):
        for entity in map(bytes.fromhex, orjson.loads(body)["entities"]):
            if int.from_bytes(entity[:4]) % parts == number:
                departments, persons = tally.setdefault(entity, (set(), set()))
                departments.add(department)
                persons.add(person or client)


def _keep(connection: Connection, day: date, found: Iterable[Crowd]) -> int:
    """Keep what was found of a day, unless fewer were found within its days before; 0 if somebody else was first."""
    if counted(connection, day):
        return 0
    for one in found:
        if _grew(connection, one):
            row: dict[str, Any] = {**asdict(one), "kind": one.kind.name, "day": day.isoformat()}
            connection.execute(insert(record_crowds).values(row))
    connection.execute(delete(scans).where(scans.c.name == _SCAN))
    connection.execute(insert(scans).values(name=_SCAN, next=day.toordinal()))
    return 1


def _grew(connection: Connection, one: Crowd) -> bool:
    """True unless as many were told of since the day from which they are counted."""
    table = record_crowds.c
    same = table.entity == one.entity, table.kind == one.kind.name, table.day >= one.since, table.count >= one.count
    return connection.execute(select(table.day).where(*same).limit(1)).first() is None
