"""Corrections as the store has them: what is said to be wrong at a source, who answers for it by when, what came of it.

One transaction of whoever calls. The hub changes no value: a source is corrected by its department, or stands.
"""

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, func, insert, select, update

from hub.clock import day_of
from hub.exchange.calendar import WorkingDays
from hub.identity.anchors import Anchor, Keeping, digest_of, read_anchor
from hub.identity.successions import next_number
from hub.store.correction_tables import corrections
from schema.identity_enums import CorrectionState


@dataclass(frozen=True, slots=True)
class Value:
    """What one source says: its name, the department that answers for it, the value as it is told, and its data time."""

    source: str
    department: str
    value: str | None = dataclasses.field(repr=False)
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class Doubt:
    """What is said to be wrong: a field of an entity, at which department; what sources say, or what somebody states."""

    entity: Anchor = dataclasses.field(repr=False)
    field: str
    owner: str
    values: tuple[Value, ...] = ()
    stated: str = dataclasses.field(default="", repr=False)
    evidence: str = dataclasses.field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Correction:
    """One correction. `raised_by` is None where the hub saw that sources differ; `raised_for`: everybody who counts as that person."""

    number: str
    state: CorrectionState
    doubt: Doubt
    raised_by: str | None
    department: str
    raised_at: int
    due_on: date
    answered_by: str | None = None
    answered_at: int | None = None
    answer: str | None = dataclasses.field(default=None, repr=False)
    warned_at: int | None = None
    escalated_at: int | None = None
    raised_for: frozenset[str] = frozenset()

    def is_of(self, persons: frozenset[str]) -> bool:
        """True if any of these raised it, or had it raised by a deputy."""
        return bool(persons & {*self.raised_for, self.raised_by})


class Corrections:
    """Those of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, keeping: Keeping, now: int) -> None:
        self._connection = connection
        self._keeping = keeping
        self._now = now

    def of(self, number: str) -> Correction | None:
        """The correction of this number."""
        found = self.read(select(corrections).where(corrections.c.number == number))
        return found[0] if found else None

    def read(self, query: Select[Any]) -> list[Correction]:
        """Corrections that a query of their table gives, in its order."""
        return [self._correction(row) for row in self._connection.execute(query)]

    def digest(self, entity: Anchor) -> str:
        """What finds an entity among them."""
        return digest_of(self._keeping, entity)

    def about(self, doubt: Doubt) -> Sequence[Correction]:
        """Everything that was ever said of this field of the entity at this department, the oldest first."""
        table = corrections.c
        same = (table.entity == self.digest(doubt.entity), table.field == doubt.field, table.owner == doubt.owner)
        return self.read(select(corrections).where(*same).order_by(table.raised_at, table.number))

    def open_of(self, person: str) -> int:
        """How many of somebody's wait."""
        table = corrections.c
        query = select(func.count()).where(table.raised_by == person, table.state == CorrectionState.OPEN.name)
        return int(self._connection.execute(query).scalar_one())

    def open(
        self,
        doubt: Doubt,
        due: date,
        by: str | None = None,
        department: str = "",
        persons: frozenset[str] = frozenset(),
    ) -> Correction:
        """Open one under the next number of the year; `persons`: who counts as whoever raises it."""
        number = next_number(self._connection, corrections.c.number, "J", day_of(self._now).year)
        row = {
            "number": number,
            "state": CorrectionState.OPEN.name,
            "entity": self.digest(doubt.entity),
            "anchor": self._keeping.seal(f"corrections.anchor.{number}", doubt.entity.text),
            "field": doubt.field,
            "owner": doubt.owner,
            "body": self._keeping.seal(f"corrections.body.{number}", _written(doubt, persons)),
            "raised_by": by,
            "department": department,
            "raised_at": self._now,
            "due_on": due.isoformat(),
        }
        self._connection.execute(insert(corrections).values(row))
        return Correction(number, CorrectionState.OPEN, doubt, by, department, self._now, due, raised_for=persons)

    def end(self, one: Correction, state: CorrectionState, by: str, answer: str | None = None) -> None:
        """Keep what came of it."""
        sealed = self._keeping.seal(f"corrections.answer.{one.number}", answer) if answer else None
        self.set(one.number, state=state.name, answered_by=by, answered_at=self._now, answer=sealed)

    def set(self, number: str, **values: object) -> None:
        """Change what is known of one."""
        self._connection.execute(update(corrections).where(corrections.c.number == number).values(**values))

    def waiting(self) -> list[Correction]:
        """Those that wait for their owner, the first that is due first."""
        table = corrections.c
        query = select(corrections).where(table.state == CorrectionState.OPEN.name)
        return self.read(query.order_by(table.due_on, table.number))

    def recount(self, days: WorkingDays, working_days: int) -> int:
        """Count the days of those that wait anew, after the calendar was changed; how many last days moved."""
        moved = 0
        for one in self.waiting():
            due = days.add_working_days(day_of(one.raised_at), working_days)
            if due != one.due_on:
                self.set(one.number, due_on=due.isoformat(), warned_at=None)
                moved += 1
        return moved

    def _correction(self, row: Row[Any]) -> Correction:
        body: Any = orjson.loads(self._keeping.open(f"corrections.body.{row.number}", row.body))
        anchor = read_anchor(self._keeping.open(f"corrections.anchor.{row.number}", row.anchor))
        values = tuple(Value(*one) for one in body["values"])
        sealed = row.answer
        return Correction(
            number=row.number,
            state=CorrectionState[row.state],
            doubt=Doubt(anchor, row.field, row.owner, values, body["stated"], body["evidence"]),
            raised_by=row.raised_by,
            department=row.department,
            raised_at=row.raised_at,
            due_on=date.fromisoformat(row.due_on),
            answered_by=row.answered_by,
            answered_at=row.answered_at,
            answer=self._keeping.open(f"corrections.answer.{row.number}", sealed) if sealed is not None else None,
            warned_at=row.warned_at,
            escalated_at=row.escalated_at,
            raised_for=frozenset(body.get("for", ())),
        )


def _written(doubt: Doubt, persons: frozenset[str]) -> str:
    values = [[one.source, one.department, one.value, one.as_of] for one in doubt.values]
    body: Mapping[str, Any] = {
        "values": values,
        "stated": doubt.stated,
        "evidence": doubt.evidence,
        "for": sorted(persons),
    }
    return orjson.dumps(body).decode()
