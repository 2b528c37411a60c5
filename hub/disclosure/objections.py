"""Objections of merchants to look-ups, in the store: filed, explained by the department that looked, decided by audit.

One transaction of whoever calls. What people write is sealed; decides nothing about who may do what.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from hub.callers.vault import Vault
from hub.clock import SHANGHAI, day_of
from hub.exchange.calendar_days import load_days
from hub.store.disclosure_tables import objections
from schema.disclosing_enums import ObjectionState

OPEN = (ObjectionState.OPEN, ObjectionState.EXPLAINED)
MOST_OPEN = 20
"""Open objections of one entity: a clerk reads each of them."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says: the person, whom they say it for as a deputy, and the text."""

    person: str
    principal: str | None
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Objection:
    """One objection; instants in seconds since 1970, `position` that of the question it is about."""

    number: str
    position: int
    entity: str
    department: str
    filed_by: str
    filed_at: int
    reason: str = field(repr=False)
    due_on: date
    state: ObjectionState
    filed_for: str | None = None
    explained_by: str | None = None
    explained_for: str | None = None
    explanation: str | None = field(default=None, repr=False)
    finding: str | None = field(default=None, repr=False)
    decided_at: int | None = None
    warned_at: int | None = None
    escalated_at: int | None = None

    @property
    def parties(self) -> frozenset[str]:
        """Who had a part in it before it is decided, those included for whom a deputy spoke."""
        return frozenset({self.filed_by, self.filed_for, self.explained_by, self.explained_for} - {None})  # type: ignore[arg-type]

    @property
    def is_open(self) -> bool:
        """True until it is decided."""
        return self.state in OPEN


@dataclass(frozen=True, slots=True)
class Objections:
    """The objections of one transaction; `now` in seconds since 1970."""

    connection: Connection
    vault: Vault
    now: int

    def of(self, number: str) -> Objection | None:
        """The objection of this number."""
        found = self.select(objections.c.number == number)
        return found[0] if found else None

    def about(self, entity: str, positions: list[int]) -> dict[int, Objection]:
        """The newest objections of an entity to questions, by their positions."""
        found = self.select(self.is_of(entity), objections.c.position.in_(positions))
        return {one.position: one for one in reversed(found)}

    def open_of(self, entity: str) -> int:
        """How many of an entity are open."""
        waits = objections.c.state.in_([state.name for state in OPEN])
        query = select(func.count()).select_from(objections).where(self.is_of(entity), waits)
        return int(self.connection.execute(query).scalar_one())

    def file(self, entity: str, question: tuple[int, str], said: Said, working_days: int) -> Objection:
        """Store an objection of an entity to a question (position, department), for what somebody said."""
        number = self._next_number()
        due = load_days(self.connection).add_working_days(day_of(self.now), working_days)
        row = {
            "number": number,
            "position": question[0],
            "entity": self._seal("entity", number, entity),
            "entity_digest": self.vault.digest("objections.entity", entity),
            "department": question[1],
            "filed_by": said.person,
            "filed_for": said.principal,
            "filed_at": self.now,
            "reason": self._seal("reason", number, said.text),
            "due_on": due.isoformat(),
            "state": ObjectionState.OPEN.name,
        }
        self.connection.execute(insert(objections).values(row))
        return self._one(number)

    def explain(self, number: str, said: Said) -> Objection:
        """Keep what the department that looked says of it; a later word takes the place of an earlier one."""
        values = {
            "explained_by": said.person,
            "explained_for": said.principal,
            "explained_at": self.now,
            "explanation": self._seal("explanation", number, said.text),
        }
        self._set(number, state=ObjectionState.EXPLAINED.name, **values)
        return self._one(number)

    def decide(self, number: str, by: str, finding: str, *, justified: bool) -> Objection:
        """Keep what audit found: the look-up was justified, or not."""
        state = ObjectionState.JUSTIFIED if justified else ObjectionState.UNJUSTIFIED
        sealed = self._seal("finding", number, finding)
        self._set(number, state=state.name, decided_by=by, decided_at=self.now, finding=sealed)
        return self._one(number)

    def note(self, number: str, column: str) -> None:
        """Take notice that somebody was told that it is due (`warned_at`) or overdue (`escalated_at`)."""
        self._set(number, **{column: self.now})

    def waiting(self, due_by: date) -> list[Objection]:
        """Those that are open and due by a day."""
        waits = objections.c.state.in_([state.name for state in OPEN])
        return self.select(waits, objections.c.due_on <= due_by.isoformat())

    def is_of(self, *entities: str) -> ColumnElement[bool]:
        """It is of one of these entities."""
        return objections.c.entity_digest.in_([self.vault.digest("objections.entity", one) for one in entities])

    def select(self, *conditions: ColumnElement[bool], most: int | None = None) -> list[Objection]:
        """Objections that fit, the newest first."""
        query = select(objections).where(*conditions)
        ordered = query.order_by(objections.c.filed_at.desc(), objections.c.number.desc()).limit(most)
        return [self._read(row) for row in self.connection.execute(ordered)]

    def _one(self, number: str) -> Objection:
        (found,) = self.select(objections.c.number == number)
        return found

    def _set(self, number: str, **values: object) -> None:
        self.connection.execute(update(objections).where(objections.c.number == number).values(**values))

    def _next_number(self) -> str:
        return next_number(self.connection, objections.c.number, "Y", self.now)

    def _seal(self, column: str, number: str, text: str) -> bytes:
        return self.vault.seal(f"objections.{column}.{number}", text)

    def _open(self, column: str, row: Row[Any]) -> str | None:
        sealed = getattr(row, column)
        return None if sealed is None else self.vault.open(f"objections.{column}.{row.number}", sealed)

    def _read(self, row: Row[Any]) -> Objection:
        return Objection(
            number=row.number,
            position=row.position,
            entity=self._open("entity", row) or "",
            department=row.department,
            filed_by=row.filed_by,
            filed_at=row.filed_at,
            reason=self._open("reason", row) or "",
            due_on=date.fromisoformat(row.due_on),
            state=ObjectionState[row.state],
            filed_for=row.filed_for,
            explained_by=row.explained_by,
            explained_for=row.explained_for,
            explanation=self._open("explanation", row),
            finding=self._open("finding", row),
            decided_at=row.decided_at,
            warned_at=row.warned_at,
            escalated_at=row.escalated_at,
        )


def next_number(connection: Connection, column: ColumnElement[str], letter: str, now: int) -> str:
    """The next number of a year in a column, like Y-2026-00001, in a transaction in which nobody else writes."""
    begins = f"{letter}-{datetime.fromtimestamp(now, SHANGHAI).year}-"
    mine = select(column).where(column.like(f"{begins}%"))
    last = connection.execute(mine.order_by(func.length(column).desc(), column.desc()).limit(1)).scalar()
    return f"{begins}{int(last.rpartition('-')[2]) + 1 if last else 1:05d}"
