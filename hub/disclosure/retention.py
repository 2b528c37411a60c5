"""How long the record means something: digests of months that are over for long enough lose their keys, the entries stay.

The tree verifies as before, since no entry is touched; the index forgets what these digests led to. What is held for a
proceeding is kept, with all that is younger. Preview and purge are one function, so that they cannot differ.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hub.audit.chains import LOG, Chain, Chains, first_day_of, period_of
from hub.callers.vault import Vault
from hub.disclosure.crowds import forget_before
from hub.exchange.recorded import first_since
from hub.settings_record import RetentionTable
from hub.store.disclosure_tables import objections, recall_positions, record_entities, record_holds, record_index

FORGOTTEN = -1
"""Stands for the position of what an objection was about, once nobody is to know any more of whom that was."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold: from its first day on nothing of the record is purged, until it is lifted."""

    number: int
    first_day: str
    reason: str
    made_by: str
    made_at: int
    lifted_at: int | None
    lifted_by: str | None = None
    lifted_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be purged of one chain: months up to and without `until`, positions before `before` in the index.

    held: a hold keeps months whose time is over.
    """

    chain: Chain
    since: int
    until: int
    before: int
    entries: int
    held: bool

    @property
    def months(self) -> int:
        """How many months lose their keys."""
        return max(0, self.until - self.since)


def due(connection: Connection, chains: Chains, settings: RetentionTable, today: date) -> list[Due]:
    """What is to be purged on a day, of each chain; where nothing is, its months are none."""
    holds = connection.execute(select(func.min(record_holds.c.first_day)).where(record_holds.c.lifted_at.is_(None)))
    held_from = holds.scalar()
    found = []
    for chain, days in ((chains.log, settings.logs_days), (chains.disclosure, settings.disclosures_days)):
        # A month is over with its last day, and that is kept for the whole of its time.
        over = period_of((today - timedelta(days=days)).isoformat())
        until = min(over, period_of(held_from)) if held_from else over
        until = max(until, chain.period)
        before = first_since(connection, first_day_of(until))
        acts = record_index.c.act != "" if chain.name == LOG else record_index.c.act == ""
        here = (record_index.c.position < before, acts, record_index.c.person != "")
        count = connection.execute(select(func.count()).select_from(record_index).where(*here)).scalar_one()
        found.append(Due(chain, chain.period, until, before, int(count), held=until < max(over, chain.period)))
    return found


def purge(connection: Connection, chains: Chains, one: Due) -> None:
    """Destroy the keys, and empty the index of what they were for, in a transaction in which nobody else writes."""
    if not one.months:
        return
    chains.destroy(connection, one.chain, one.until)
    table = record_index
    old = table.c.position >= one.chain.since, table.c.position < one.before
    if one.chain.name == LOG:
        connection.execute(update(table).where(*old, table.c.act != "").values(person=""))
        return
    connection.execute(update(table).where(*old, table.c.act == "").values(person="", case_digest=""))
    connection.execute(update(table).where(*old, table.c.act != "").values(case_digest=""))
    for of in (record_entities, recall_positions):
        connection.execute(delete(of).where(of.c.position >= one.chain.since, of.c.position < one.before))
    forget_before(connection, first_day_of(one.until))
    objected = objections.c.position >= one.chain.since, objections.c.position < one.before
    connection.execute(update(objections).where(*objected).values(position=FORGOTTEN))


def hold(connection: Connection, vault: Vault, first_day: date, by: tuple[str, str], now: int) -> int:
    """Hold everything from a day on, by a person for a reason; the number of the hold."""
    number = int(connection.execute(select(func.coalesce(func.max(record_holds.c.number) + 1, 1))).scalar_one())
    person, reason = by
    row = {
        "number": number,
        "first_day": first_day.isoformat(),
        "reason": vault.seal(f"record_holds.reason.{number}", reason),
        "made_by": person,
        "made_at": now,
    }
    connection.execute(insert(record_holds).values(row))
    return number


def lift(connection: Connection, vault: Vault, number: int, by: tuple[str, str], now: int) -> bool:
    """Lift a hold, by a person for a reason; False if there is none, or it was lifted."""
    person, reason = by
    sealed = vault.seal(f"record_holds.lifted_reason.{number}", reason)
    lifting = update(record_holds).where(record_holds.c.number == number, record_holds.c.lifted_at.is_(None))
    values = {"lifted_by": person, "lifted_at": now, "lifted_reason": sealed}
    return bool(connection.execute(lifting.values(**values)).rowcount)


def holds(connection: Connection, vault: Vault) -> list[Hold]:
    """All holds, the newest first."""

    def read(row: Row[Any]) -> Hold:
        reason = vault.open(f"record_holds.reason.{row.number}", row.reason)
        sealed = row.lifted_reason
        # Those that were lifted by an earlier version have none.
        lifted = None if sealed is None else vault.open(f"record_holds.lifted_reason.{row.number}", sealed)
        return Hold(row.number, row.first_day, reason, row.made_by, row.made_at, row.lifted_at, row.lifted_by, lifted)

    return [read(row) for row in connection.execute(select(record_holds).order_by(record_holds.c.number.desc()))]
