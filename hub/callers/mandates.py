"""Mandates in the store: which account may act for which entity. Whoever gains or loses one is told, in the same
transaction, and whoever loses one has their tokens ended.

Also the match of somebody who signed in with their real name: a yes or no, of which no name is kept.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from auth.standing import Stopped
from hub.callers.register import Registered, normal_name
from hub.callers.stopping import stop
from hub.callers.vault import Vault
from hub.clock import SHANGHAI, rfc3339_of
from hub.events import Event
from hub.identity.following import Following
from hub.identity.redirects import StoredRedirects
from hub.notices.telling import Concerned, News, tell
from hub.notices.wording_mandates import Ending
from hub.store.caller_tables import mandates
from schema.enums import MandateKind, MandateOrigin

SHOWN = 90 * 24 * 3600
"""Seconds for which a mandate that ended is still shown."""
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Mandate:
    """One mandate; `representative` is the keyed digest of the name it was matched with, instants in seconds since 1970."""

    person: str
    entity: str
    kind: MandateKind
    origin: MandateOrigin
    granted_by: str
    representative: bytes | None = None
    id: str = ""
    starts: int = 0
    ends: int | None = None
    ended: int | None = None


class Mandates:
    """The mandates of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, vault: Vault, now: int) -> None:
        self._connection = connection
        self._vault = vault
        self._now = now

    def of_id(self, mandate: str) -> Mandate | None:
        """The mandate of this id, whether it still holds or not."""
        found = self._select(mandates.c.id == mandate)
        return found[0] if found else None

    def representing(self, person: str, entity: str) -> Mandate | None:
        """By which this person is the representative of this entity now."""
        kind = mandates.c.kind == MandateKind.REPRESENTATIVE.name
        found = self._select(mandates.c.person == person, mandates.c.entity == entity, kind, *self._live())
        return found[0] if found else None

    def delegated(self, entity: str) -> list[Mandate]:
        """Delegates of this entity now."""
        return self._select(mandates.c.entity == entity, mandates.c.kind == MandateKind.DELEGATE.name, *self._live())

    def represented(self) -> list[str]:
        """Entities that somebody represents now and that can be compared with the register, in order."""
        kind = mandates.c.kind == MandateKind.REPRESENTATIVE.name
        query = select(mandates.c.entity).where(kind, mandates.c.representative.is_not(None), *self._live())
        return [row.entity for row in self._connection.execute(query.distinct().order_by(mandates.c.entity))]

    def representatives(self, entity: str) -> list[Mandate]:
        """By which people are representatives of this entity now."""
        kind = mandates.c.kind == MandateKind.REPRESENTATIVE.name
        return self._select(mandates.c.entity == entity, kind, *self._live())

    def representing_now(self, entity: str) -> list[Mandate]:
        """By which people represent this entity now, those included that reach it from another code."""
        following = self.following
        codes = sorted({entity, *following.family([entity])})
        return [one for code in codes if entity in following.reach(code) for one in self.representatives(code)]

    def held_by(self, person: str) -> list[Mandate]:
        """Those that a person holds now."""
        return self._select(mandates.c.person == person, *self._live())

    @property
    def following(self) -> Following:
        """What authority over an entity reaches, now that entities became others."""
        return Following(StoredRedirects(self._connection, self._vault), self._representing_itself)

    def acted_for(self, person: str) -> tuple[str, ...]:
        """Entities a person may act for now: those of their mandates, and what these reach."""
        following = self.following
        own = dict.fromkeys(one.entity for one in self.held_by(person))
        return tuple(dict.fromkeys((*own, *(code for entity in own for code in following.reach(entity)))))

    def held_for(self, person: str, entity: str) -> list[Mandate]:
        """By which a person may act for this entity now; those on its own code first."""
        following = self.following
        found = [one for one in self.held_by(person) if entity in following.reach(one.entity)]
        return sorted(found, key=lambda one: one.entity != entity)

    def acting_for(self, *entities: str) -> dict[str, frozenset[str]]:
        """Everybody who may act for something of the families of these entities now, and for what."""
        query = select(mandates.c.person).where(mandates.c.entity.in_(self.following.family(entities)), *self._live())
        persons = sorted({row.person for row in self._connection.execute(query)})
        return {person: frozenset(self.acted_for(person)) for person in persons}

    def over(self) -> list[Mandate]:
        """Those whose period is over and that were not ended yet."""
        return self._select(mandates.c.ended_at.is_(None), mandates.c.ends_at <= self._now)

    def shown_to(self, person: str) -> list[Mandate]:
        """Those that a person holds or gave, the newest first, with those that ended lately."""
        theirs = or_(mandates.c.person == person, mandates.c.granted_by == person)
        lately = or_(mandates.c.ended_at.is_(None), mandates.c.ended_at > self._now - SHOWN)
        query = select(mandates).where(theirs, lately)
        ordered = query.order_by(mandates.c.starts_at.desc(), mandates.c.id).limit(MOST_SHOWN)
        return [_read(row) for row in self._connection.execute(ordered)]

    def represent(self, mandate: Mandate, reason: str) -> Mandate:
        """Let somebody represent an entity from now on, unless they do already by the same name."""
        known = self.representing(mandate.person, mandate.entity)
        if known is not None and known.representative == mandate.representative:
            return known
        made = self.grant(mandate, reason)
        if known is not None:
            self.end(known, Ending.RENEWED)
        return made

    def grant(self, mandate: Mandate, reason: str) -> Mandate:
        """Let somebody act for an entity from now on; they and the entity are told."""
        made = replace(mandate, id=secrets.token_hex(12), starts=self._now)
        with self._narrowing(made):
            self._keep(made, reason)
        until = _last_day(made.ends) if made.ends is not None else ""
        concerned = Concerned(persons=(made.person,), entity=made.entity)
        self._tell(Event.MANDATE_GRANTED, made.entity, concerned, until=until)
        return made

    def end(self, mandate: Mandate, why: Ending) -> list[Mandate]:
        """End a mandate that holds, with those that were given by it; all that ended."""
        below = self._given_by(mandate) if self._is_last(mandate) else []
        with self._narrowing(mandate):
            self._end_one(mandate, why)
            for one in below:
                self._end_one(one, Ending.REPRESENTATIVE_ENDED)
        return [mandate, *below]

    def replace_representatives(self, gone: Sequence[Mandate]) -> list[Mandate]:
        """End mandates whose representative the register does not name any more, and tell the entity, once."""
        over = [one for mandate in gone for one in self.end(mandate, Ending.REPRESENTATIVE_CHANGED)]
        for entity in dict.fromkeys(mandate.entity for mandate in gone):
            self._tell(Event.REPRESENTATIVE_CHANGED, entity, Concerned(entity=entity))
        return over

    @contextmanager
    def _narrowing(self, mandate: Mandate) -> Iterator[None]:
        """Others who reached an entity from another code, and do not after what is done within, have their tokens ended."""
        if mandate.kind is not MandateKind.REPRESENTATIVE or not self.following:
            yield
            return
        before = self.acting_for(mandate.entity)
        yield
        after = self.acting_for(mandate.entity)
        fewer = {one for one, codes in before.items() if codes - after.get(one, frozenset())}
        for person in sorted(fewer - {mandate.person}):
            stop(self._connection, Stopped.PERSON, person, self._now, "MANDATE_ENDED")

    def _keep(self, made: Mandate, reason: str) -> None:
        row = {
            "id": made.id,
            "person": made.person,
            "entity": made.entity,
            "kind": made.kind.name,
            "origin": made.origin.name,
            "granted_by": made.granted_by,
            "representative": made.representative,
            "starts_at": made.starts,
            "ends_at": made.ends,
            "reason": reason,
        }
        self._connection.execute(insert(mandates).values(row))

    def _representing_itself(self, entity: str) -> frozenset[str]:
        return frozenset(one.person for one in self.representatives(entity))

    def _is_last(self, mandate: Mandate) -> bool:
        """True if its holder represents the entity by this one alone."""
        others = [one for one in self.representatives(mandate.entity) if one.id != mandate.id]
        return mandate.kind is MandateKind.REPRESENTATIVE and all(one.person != mandate.person for one in others)

    def _given_by(self, mandate: Mandate) -> list[Mandate]:
        return [one for one in self.delegated(mandate.entity) if one.granted_by == mandate.person]

    def _end_one(self, mandate: Mandate, why: Ending) -> None:
        values = {"ended_at": self._now, "reason": why.value}
        self._connection.execute(update(mandates).where(mandates.c.id == mandate.id).values(values))
        stop(self._connection, Stopped.PERSON, mandate.person, self._now, "MANDATE_ENDED")
        if why is Ending.RENEWED:
            return
        holder = Concerned(persons=(mandate.person,))
        if why is Ending.REPRESENTATIVE_CHANGED:
            self._tell(Event.REPRESENTATIVE_CHANGED, mandate.entity, holder)
        else:
            self._tell(Event.MANDATE_ENDED, mandate.entity, holder, reason=why.value)

    def _tell(self, event: Event, entity: str, concerned: Concerned, **more: str) -> None:
        params = {"entity": entity, "when": rfc3339_of(self._now), **more}
        tell(self._connection, self._vault, News(event, params, concerned), self._now)

    def _live(self) -> tuple[Any, ...]:
        endless = or_(mandates.c.ends_at.is_(None), mandates.c.ends_at > self._now)
        return (and_(mandates.c.ended_at.is_(None), mandates.c.starts_at <= self._now, endless),)

    def _select(self, *conditions: Any) -> list[Mandate]:
        query = select(mandates).where(*conditions).order_by(mandates.c.starts_at, mandates.c.id)
        return [_read(row) for row in self._connection.execute(query)]


def is_match(found: Registered | None, name: str) -> bool:
    """True if the register names this person as the representative of an entity that still exists."""
    if found is None or found.ended or not found.representative:
        return False
    return normal_name(found.representative) == normal_name(name)


def _last_day(ends: int) -> str:
    """The last day of a period that ends at an instant: one that ends at midnight has ended with the day before."""
    return datetime.fromtimestamp(ends - 1, SHANGHAI).date().isoformat()


def _read(row: Row[Any]) -> Mandate:
    return Mandate(
        person=row.person,
        entity=row.entity,
        kind=MandateKind[row.kind],
        origin=MandateOrigin[row.origin],
        granted_by=row.granted_by,
        representative=None if row.representative is None else bytes(row.representative),
        id=row.id,
        starts=row.starts_at,
        ends=row.ends_at,
        ended=row.ended_at,
    )
