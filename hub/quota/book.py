"""What is used of quotas, in one transaction in which nobody else writes: reserved, settled, given back.

A quota of records belongs to a department, one of entities to a person, or to a client behind which no person stands.
An entity counts once a day; which ones did is kept as digests that say nothing beyond their holder and day.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from auth.grants import Grant
from hub.callers.vault import Vault
from hub.charge import Charge
from hub.store.limit_tables import quota_seen, quota_use

_DIGEST = 16
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a quota, of which grant, on which day."""

    day: str
    grant: str
    name: str


@dataclass(frozen=True, slots=True)
class Payers:
    """Whose quotas a question is charged to: the department for records, the asker for entities.

    entities: grants of which entities are counted.
    """

    department: str
    asker: str
    entities: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Book:
    """The quotas of one day."""

    connection: Connection
    vault: Vault
    day: str

    def lacking(self, charge: Charge, grants: Mapping[str, Grant], payers: Payers) -> list[Holder]:
        """Quotas that have no room for their part of a charge."""
        found: list[Holder] = []
        for name, cost in charge.items():
            grant = grants[name]
            records, entities = self._holder(name, payers.department), self._holder(name, payers.asker)
            if grant.records_a_day is not None:
                found += self._lacking(records, len(cost.keys) + cost.rows, grant.records_a_day)
            if grant.entities_a_day is not None:
                fresh = self._digests(entities, cost.keys) - self._known(entities, cost.keys)
                found += self._lacking(entities, len(fresh) + cost.rows, grant.entities_a_day)
        return found

    def take(self, charge: Charge, payers: Payers) -> None:
        """Count a charge; of pages the most that they may bring."""
        for name, cost in charge.items():
            self._count(name, payers, len(cost.keys) + cost.rows, cost.keys, cost.rows)

    def settle(self, charge: Charge, payers: Payers, given: Mapping[str, tuple[int, frozenset[str]]]) -> None:
        """Count what pages brought instead of the most they might have."""
        for name, (rows, names) in given.items():
            cost = charge[name]
            self._count(name, payers, rows - cost.rows, names - cost.keys, -cost.rows)

    def give_back(self, charge: Charge, payers: Payers) -> None:
        """Take a charge out again."""
        for name, cost in charge.items():
            self._add(self._holder(name, payers.department), -len(cost.keys) - cost.rows)
            if name in payers.entities:
                entities = self._holder(name, payers.asker)
                self._add(entities, -self._forget(entities, cost.keys) - cost.rows)

    def used(self, grant: str, holder: str) -> int:
        """How much of a quota is used."""
        return self._used(self._holder(grant, holder))

    def tell(self, holder: Holder) -> bool:
        """True if it was not told before that this quota is used up; now it is."""
        self._add(holder, 0)
        untold = and_(*self._where(holder), quota_use.c.told.is_(False))
        return bool(self.connection.execute(update(quota_use).where(untold).values(told=True)).rowcount)

    def _count(self, grant: str, payers: Payers, records: int, names: Collection[str], more: int) -> None:
        """Count records, and of entities these by their names and so many more of which the names are not known yet."""
        self._add(self._holder(grant, payers.department), records)
        if grant in payers.entities:
            entities = self._holder(grant, payers.asker)
            self._add(entities, self._ask(entities, names) + more)

    def _holder(self, grant: str, name: str) -> Holder:
        return Holder(self.day, grant, name)

    def _lacking(self, holder: Holder, more: int, limit: int) -> list[Holder]:
        return [holder] if self._used(holder) + more > limit else []

    def _used(self, holder: Holder) -> int:
        return int(self.connection.execute(select(quota_use.c.used).where(*self._where(holder))).scalar() or 0)

    def _add(self, holder: Holder, more: int) -> None:
        changed = update(quota_use).where(*self._where(holder)).values(used=quota_use.c.used + more)
        if not self.connection.execute(changed).rowcount:
            row = {"day": holder.day, "grant_id": holder.grant, "holder": holder.name}
            self.connection.execute(insert(quota_use).values(**row, used=max(0, more), told=False))

    def _ask(self, holder: Holder, names: Collection[str]) -> int:
        """Note that a question asks for these entities; how many of them are new today."""
        known = self._known(holder, names)
        fresh = self._digests(holder, names) - known
        for part in _parts(known):
            more = update(quota_seen).where(*self._seen(holder), quota_seen.c.entity.in_(part))
            self.connection.execute(more.values(asked=quota_seen.c.asked + 1))
        row = {"day": holder.day, "grant_id": holder.grant, "holder": holder.name, "asked": 1}
        if fresh:
            self.connection.execute(insert(quota_seen), [{**row, "entity": one} for one in sorted(fresh)])
        return len(fresh)

    def _forget(self, holder: Holder, names: Collection[str]) -> int:
        """Note that a question did not ask for these entities after all; how many of them nobody else asked for."""
        digests = self._digests(holder, names)
        for part in _parts(digests):
            less = update(quota_seen).where(*self._seen(holder), quota_seen.c.entity.in_(part))
            self.connection.execute(less.values(asked=quota_seen.c.asked - 1))
        gone = delete(quota_seen).where(*self._seen(holder), quota_seen.c.asked <= 0)
        return int(self.connection.execute(gone).rowcount)

    def _known(self, holder: Holder, names: Iterable[str]) -> set[bytes]:
        found: set[bytes] = set()
        for part in _parts(self._digests(holder, names)):
            query = select(quota_seen.c.entity).where(*self._seen(holder), quota_seen.c.entity.in_(part))
            found.update(bytes(row.entity) for row in self.connection.execute(query))
        return found

    def _digests(self, holder: Holder, names: Iterable[str]) -> set[bytes]:
        place = f"{holder.day}\n{holder.name}"
        return {self.vault.digest("quota", f"{place}\n{name}")[:_DIGEST] for name in names}

    def _where(self, holder: Holder) -> tuple[ColumnElement[bool], ...]:
        table = quota_use
        return table.c.day == holder.day, table.c.grant_id == holder.grant, table.c.holder == holder.name

    def _seen(self, holder: Holder) -> tuple[ColumnElement[bool], ...]:
        table = quota_seen
        return table.c.day == holder.day, table.c.grant_id == holder.grant, table.c.holder == holder.name


def _parts(digests: Iterable[bytes]) -> list[list[bytes]]:
    ordered = sorted(digests)
    return [ordered[start : start + _AT_ONCE] for start in range(0, len(ordered), _AT_ONCE)]
