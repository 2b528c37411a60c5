"""Deputies in the store: who acts for whom, from when to when. Whatever changes beats the pulse, so that all workers feel it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, or_, select, update

from auth.caller import Caller, Standing
from auth.deputies import Deputyship
from auth.roles import Role
from auth.standing import Stopped
from hub.callers.offices import OFFICES
from hub.callers.stopping import list_frozen
from hub.callers.vault import Vault
from hub.clock import SHANGHAI
from hub.store.caller_tables import people
from hub.store.officer_tables import deputies
from hub.store.pulse import beat

NEVER = frozenset({Role.BANK, Role.MERCHANT, Role.PUBLIC})
"""Roles that neither have nor are deputies."""


@dataclass(frozen=True, slots=True)
class Appointed:
    """A deputyship as it is kept; instants in seconds since 1970, `ends` the first one at which it holds no more."""

    id: str
    principal: str
    deputy: str
    starts: int
    ends: int
    made_by: str
    confirmed: int | None = None
    ended: int | None = None
    confirmed_by: str | None = None


class Deputed:
    """The deputyships of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, vault: Vault, now: int) -> None:
        self._connection = connection
        self._vault = vault
        self._now = now

    def of_id(self, name: str) -> Appointed | None:
        """The deputyship of this id, whether it holds or not."""
        found = self._select(deputies.c.id == name)
        return found[0] if found else None

    def overlapping(self, starts: int, ends: int) -> list[Appointed]:
        """Those that were not ended and whose period has an instant in common with this one."""
        table = deputies
        return self._select(table.c.ended_at.is_(None), table.c.starts_at < ends, table.c.ends_at > starts)

    def of_person(self, person: str) -> list[Appointed]:
        """Those by which a person acts, or is acted for."""
        return self._select(or_(deputies.c.principal == person, deputies.c.deputy == person))

    def all(self) -> list[Appointed]:
        """Every one there ever was."""
        return self._select()

    def over(self) -> list[Appointed]:
        """Those whose period is over, and that nobody was told of yet."""
        table = deputies
        return self._select(table.c.ended_at.is_(None), table.c.told_at.is_(None), table.c.ends_at <= self._now)

    def add(self, one: Appointed, reason: str) -> Appointed:
        """Keep a new one, under the next id."""
        count = int(self._connection.execute(select(func.count()).select_from(deputies)).scalar_one())
        name = f"D-{count + 1:04d}"
        row = {
            "id": name,
            "principal": one.principal,
            "deputy": one.deputy,
            "starts_at": one.starts,
            "ends_at": one.ends,
            "reason": self._vault.seal(f"deputies.reason.{name}", reason),
            "made_by": one.made_by,
            "made_at": self._now,
            "confirmed_at": one.confirmed,
        }
        self._connection.execute(insert(deputies).values(row))
        beat(self._connection)
        return Appointed(name, one.principal, one.deputy, one.starts, one.ends, one.made_by, one.confirmed)

    def confirm(self, one: Appointed, by: str) -> None:
        """Let one that waits hold."""
        self._set(one.id, {"confirmed_at": self._now, "confirmed_by": by})
        beat(self._connection)

    def end(self, one: Appointed, by: str) -> None:
        """Let one hold no more."""
        self._set(one.id, {"ended_at": self._now, "ended_by": by})
        beat(self._connection)

    def note_told(self, one: Appointed) -> None:
        """Take notice that both know that its period is over."""
        self._set(one.id, {"told_at": self._now})

    def _set(self, name: str, values: dict[str, Any]) -> None:
        self._connection.execute(update(deputies).where(deputies.c.id == name).values(values))

    def _select(self, *conditions: Any) -> list[Appointed]:
        query = select(deputies).where(*conditions).order_by(deputies.c.id)
        return [_read(row) for row in self._connection.execute(query)]


def load_deputyships(connection: Connection, now: int) -> list[Deputyship]:
    """Every deputyship that holds or will, of people who are both in order: there, not frozen, their offices apart."""
    table, principal, deputy = deputies, people.alias(), people.alias()
    query = (
        select(table, principal.c.department, principal.c.role, principal.c.bindings, principal.c.purposes)
        .add_columns(deputy.c.role.label("own"), deputy.c.department.label("home"))
        .join(principal, principal.c.id == table.c.principal)
        .join(deputy, deputy.c.id == table.c.deputy)
        .where(table.c.ended_at.is_(None), table.c.confirmed_at.is_not(None), table.c.ends_at > now)
        .where(principal.c.ended_at.is_(None), deputy.c.ended_at.is_(None))
        .order_by(table.c.id)
    )
    rows = connection.execute(query).all()
    if not rows:
        return []
    frozen = {(one.kind, one.name) for one in list_frozen(connection)}
    return [_deputyship(row) for row in rows if not _keys(row) & frozen and _are_apart(Role(row.role), Role(row.own))]


def is_deputy(connection: Connection, caller: Caller, now: int) -> bool:
    """True if a caller who acts for somebody may do so at this moment, as this transaction has it."""
    moment = datetime.fromtimestamp(now, SHANGHAI)
    found = load_deputyships(connection, now)
    return any(one.holds(moment) and (one.deputy, one.principal) == (caller.person, caller.principal) for one in found)


def _are_apart(principal: Role, deputy: Role) -> bool:
    """True if no office meets another one, and neither is somebody who has no deputies."""
    return not {principal, deputy} & NEVER and (deputy not in OFFICES or deputy is principal)


def _keys(row: Row[Any]) -> set[tuple[Stopped, str]]:
    departments = {(Stopped.DEPARTMENT, row.department), (Stopped.DEPARTMENT, row.home)}
    return departments | {(Stopped.PERSON, row.principal), (Stopped.PERSON, row.deputy)}


def _deputyship(row: Row[Any]) -> Deputyship:
    bindings = {name: tuple(values) for name, values in orjson.loads(row.bindings).items()}
    return Deputyship(
        principal=row.principal,
        deputy=row.deputy,
        standing=Standing(row.department, Role(row.role), bindings),
        since=datetime.fromtimestamp(row.starts_at, SHANGHAI),
        until=datetime.fromtimestamp(row.ends_at, SHANGHAI),
        purposes=tuple(row.purposes.split()),
    )


def _read(row: Row[Any]) -> Appointed:
    return Appointed(
        id=row.id,
        principal=row.principal,
        deputy=row.deputy,
        starts=row.starts_at,
        ends=row.ends_at,
        made_by=row.made_by,
        confirmed=row.confirmed_at,
        ended=row.ended_at,
        confirmed_by=row.confirmed_by,
    )
