"""Break-glass in the store: what was opened by whom, until when, and what its review found.

Each is a grant for one person between two instants; what that gives is folded like any other grant. Nothing is decided
here but what keeps somebody from another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, or_, select, update

from auth.grants import Grant
from hub.clock import SHANGHAI
from hub.exchange.calendar_days import load_days
from hub.roster.grants import Grants
from hub.store.officer_tables import emergencies
from hub.store.outbox import Sealing

MOST, WITHIN_DAYS = 3, 30
"""How many one person may open within so many days."""


class Bar(StrEnum):
    """What keeps somebody from breaking glass."""

    OVERDUE = "OVERDUE"
    TOO_MANY = "TOO_MANY"
    UNJUSTIFIED = "UNJUSTIFIED"


@dataclass(frozen=True, slots=True)
class Emergency:
    """One break-glass; instants in seconds since 1970. `due_on`: last day for its review; `ended`: before its time."""

    id: str
    person: str
    department: str
    role: str
    grant: str
    fields: tuple[str, ...]
    purpose: str
    reason: str
    began: int
    until: int
    due_on: date
    ended: int | None = None
    reviewed: int | None = None
    justified: bool | None = None
    finding: str | None = None

    def is_over(self, now: int) -> bool:
        """True if nothing is given by it any more."""
        return self.ended is not None or self.until <= now


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody opens: for how long and for what, why, and when it is to be reviewed by. `grant` has no id yet."""

    grant: Grant
    reason: str
    case: str | None
    review_days: int


class Emergencies:
    """Those of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, sealing: Sealing, now: int) -> None:
        self._connection = connection
        self._sealing = sealing
        self._now = now

    def of_id(self, name: str) -> Emergency | None:
        """The one of this id."""
        found = self._select(emergencies.c.id == name)
        return found[0] if found else None

    def of_person(self, person: str) -> list[Emergency]:
        """Everything a person opened, the newest first."""
        return self._select(emergencies.c.person == person)

    def all(self) -> list[Emergency]:
        """Everything that was opened, the newest first."""
        return self._select()

    def bar(self, person: str, today: date) -> Bar | None:
        """Why a person may not open another one now; None if they may."""
        found = self.of_person(person)
        if any(one.justified is False for one in found):
            return Bar.UNJUSTIFIED
        if any(one.reviewed is None and one.due_on < today for one in found):
            return Bar.OVERDUE
        since = self._now - WITHIN_DAYS * 24 * 3600
        return Bar.TOO_MANY if sum(one.began > since for one in found) >= MOST else None

    def open(self, wanted: Wanted, by: str) -> Emergency:
        """Open one for a person: record its grant, under the next id, and what is to be reviewed."""
        count = int(self._connection.execute(select(func.count()).select_from(emergencies)).scalar_one())
        name, grant = f"E-{count + 1:04d}", wanted.grant
        basis = f"应急调阅 {name} / emergency access {name}"
        given = Grants(self._connection, self._now).put(replace(grant, legal_basis=basis), by, name)
        ends = _instant(grant.until)
        until = int(ends.timestamp())
        due = load_days(self._connection).add_working_days(ends.date(), wanted.review_days)
        row = {
            "id": name,
            "person": by,
            "department": grant.department,
            "role": grant.role.value,
            "grant": given.id,
            "fields": orjson.dumps(sorted({*grant.fields, *grant.scopes})).decode(),
            "purpose": min(grant.purposes),
            "case": self._sealing.seal(f"emergencies.case.{name}", wanted.case) if wanted.case else None,
            "reason": self._sealing.seal(f"emergencies.reason.{name}", wanted.reason),
            "began_at": self._now,
            "until": until,
            "due_on": due.isoformat(),
        }
        self._connection.execute(insert(emergencies).values(row))
        (made,) = self._select(emergencies.c.id == name)
        return made

    def end(self, one: Emergency, by: str) -> None:
        """Give nothing by it any more, before its time."""
        grants = Grants(self._connection, self._now)
        grant = grants.of(one.grant)
        if grant is not None:
            grants.put(replace(grant, until=datetime.fromtimestamp(self._now, SHANGHAI)), by, one.id)
        self._set(one, {"ended_at": self._now, "ended_by": by})

    def review(self, one: Emergency, by: str, finding: str, *, justified: bool) -> None:
        """Keep what a review found; a later one takes its place."""
        sealed = self._sealing.seal(f"emergencies.finding.{one.id}", finding)
        self._set(one, {"reviewed_at": self._now, "reviewed_by": by, "justified": justified, "finding": sealed})

    def unreviewed(self, due_by: date) -> Sequence[tuple[Emergency, bool, bool]]:
        """Those that are over and whose review is due by a day, each with whether it was reminded of, and escalated."""
        table = emergencies
        over = or_(table.c.ended_at.is_not(None), table.c.until <= self._now)
        query = select(table).where(table.c.reviewed_at.is_(None), over, table.c.due_on <= due_by.isoformat())
        rows = self._connection.execute(query.order_by(table.c.id)).all()
        return [(self._read(row), row.reminded_at is not None, row.escalated_at is not None) for row in rows]

    def note(self, one: Emergency, column: str) -> None:
        """Take notice that somebody was reminded (`reminded_at`) or that it was escalated (`escalated_at`)."""
        self._set(one, {column: self._now})

    def _set(self, one: Emergency, values: dict[str, Any]) -> None:
        self._connection.execute(update(emergencies).where(emergencies.c.id == one.id).values(values))

    def _select(self, *conditions: Any) -> list[Emergency]:
        query = select(emergencies).where(*conditions).order_by(emergencies.c.id.desc())
        return [self._read(row) for row in self._connection.execute(query)]

    def _read(self, row: Row[Any]) -> Emergency:
        return Emergency(
            id=row.id,
            person=row.person,
            department=row.department,
            role=row.role,
            grant=row.grant,
            fields=tuple(orjson.loads(row.fields)),
            purpose=row.purpose,
            reason=self._sealing.open(f"emergencies.reason.{row.id}", row.reason),
            began=row.began_at,
            until=row.until,
            due_on=date.fromisoformat(row.due_on),
            ended=row.ended_at,
            reviewed=row.reviewed_at,
            justified=row.justified,
            finding=None if row.finding is None else self._sealing.open(f"emergencies.finding.{row.id}", row.finding),
        )


def _instant(until: datetime | None) -> datetime:
    if until is None:
        raise ValueError("an emergency ends")
    return until.astimezone(SHANGHAI)
