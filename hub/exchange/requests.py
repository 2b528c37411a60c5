"""Requests for access as the store has them: what is asked for, who answers by when, and what was done so far.

One transaction of whoever calls. Decides nothing; reasons are sealed, since people write names into them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

import orjson
import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, Row, Select, func, insert, select, update

from auth.classes import Sharing
from hub.clock import SHANGHAI
from hub.exchange.changes import Change, read_change
from hub.store.access_tables import access_requests, request_parts
from hub.store.outbox import Sealing
from hub.store.request_tables import request_steps
from schema.enums import PartState, RequestState, RequestStepKind

log = structlog.get_logger()
ENDED = frozenset({RequestState.RELEASED, RequestState.REFUSED, RequestState.WITHDRAWN})


@dataclass(frozen=True, slots=True)
class Part:
    """What is asked of one owner: how it shares, until when it answers, and what it answered."""

    owner: str
    sharing: Sharing
    state: PartState
    due_on: date | None
    extended: bool = False
    answered_by: str | None = None
    answered_at: int | None = None
    basis: str = ""
    warned_at: int | None = None
    escalated_at: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done: when, by whom, standing for whom, for which owner, why, and where that is on record."""

    kind: RequestStepKind
    at: int
    person: str
    counts_as: frozenset[str]
    position: int
    owner: str = ""
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """One request. `changes` is None where this hub cannot read any more what was asked."""

    number: str
    state: RequestState
    department: str
    asked_by: str
    client: str
    paper: bool
    reason: str = field(repr=False)
    changes: tuple[Change, ...] | None
    made_at: int
    submitted_at: int | None = None
    released_by: str | None = None
    ended_at: int | None = None
    basis: str = ""
    parts: tuple[Part, ...] = ()
    steps: tuple[Step, ...] = ()

    def part(self, owner: str) -> Part | None:
        """What is asked of an owner."""
        return next((part for part in self.parts if part.owner == owner), None)

    @property
    def had_hands(self) -> frozenset[str]:
        """Everybody who asked, or answered for an owner, and whoever they stood for."""
        deciding = (RequestStepKind.DRAFTED, RequestStepKind.SUBMITTED, RequestStepKind.APPROVED)
        return frozenset().union({self.asked_by}, *(one.counts_as for one in self.steps if one.kind in deciding))


@dataclass(frozen=True, slots=True)
class Requests:
    """The requests of a store, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    sealing: Sealing
    now: int

    def of(self, number: str) -> Request | None:
        """The request of this number."""
        found = self.read(select(access_requests).where(access_requests.c.number == number))
        return found[0] if found else None

    def read(self, query: Select[Any]) -> list[Request]:
        """Requests that a query of their table gives, in its order, with parts and steps."""
        rows = list(self.connection.execute(query))
        numbers = [row.number for row in rows]
        parts = self._below(request_parts, numbers, request_parts.c.owner)
        steps = self._below(request_steps, numbers, request_steps.c.number)
        return [
            self._request(row, map(_part, parts.get(row.number, ())), map(self._step, steps.get(row.number, ())))
            for row in rows
        ]

    def add(self, request: Request) -> Request:
        """Store a request under the next number of the year."""
        made = replace(request, number=self._next_number())
        row = {
            "number": made.number,
            "state": made.state.name,
            "department": made.department,
            "asked_by": made.asked_by,
            "client": made.client,
            "paper": made.paper,
            "reason": self.sealing.seal(_reason(made.number), made.reason),
            "changes": orjson.dumps([change.body() for change in made.changes or ()]).decode(),
            "made_at": made.made_at,
            "basis": made.basis,
        }
        self.connection.execute(insert(access_requests).values(row))
        return made

    def set(self, number: str, state: RequestState, **values: object) -> None:
        """Let a request have another state; what ends it is noted."""
        ended = {"ended_at": self.now} if state in ENDED else {}
        table = access_requests
        changed = {"state": state.name, **ended, **values}
        self.connection.execute(update(table).where(table.c.number == number).values(**changed))

    def add_part(self, number: str, part: Part) -> None:
        """Store what is asked of an owner."""
        row = {
            "request": number,
            "owner": part.owner,
            "sharing": part.sharing.value,
            "state": part.state.name,
            "due_on": part.due_on.isoformat() if part.due_on else "",
            "extended": part.extended,
            "answered_at": part.answered_at,
            "answered_by": part.answered_by,
            "basis": part.basis,
        }
        self.connection.execute(insert(request_parts).values(row))

    def set_part(self, number: str, owner: str, **values: object) -> None:
        """Change what is known of an owner's part."""
        table = request_parts
        named = (table.c.request == number, table.c.owner == owner)
        self.connection.execute(update(table).where(*named).values(**values))

    def add_step(self, number: str, step: Step) -> None:
        """Store what was done."""
        steps = select(func.coalesce(func.max(request_steps.c.number) + 1, 1)).where(request_steps.c.request == number)
        order = int(self.connection.execute(steps).scalar_one())
        row = {
            "request": number,
            "number": order,
            "at": step.at,
            "step": step.kind.name,
            "person": step.person,
            "counts_as": " ".join(sorted(step.counts_as)),
            "owner": step.owner,
            "note": self.sealing.seal(_note(number, order), step.note) if step.note else None,
            "position": step.position,
        }
        self.connection.execute(insert(request_steps).values(row))

    def count(self, state: RequestState, **named: str) -> int:
        """How many are in a state, of a department or of somebody."""
        table = access_requests.c
        query = select(func.count()).where(table.state == state.name, *(table[k] == v for k, v in named.items()))
        return int(self.connection.execute(query).scalar_one())

    def waiting(self) -> list[Request]:
        """Requests that an owner has still to answer, the earliest first."""
        table = access_requests
        submitted = table.c.state == RequestState.SUBMITTED.name
        return self.read(select(table).where(submitted).order_by(table.c.submitted_at, table.c.number))

    def _next_number(self) -> str:
        year = datetime.fromtimestamp(self.now, SHANGHAI).year
        column = access_requests.c.number
        mine = select(column).where(column.like(f"R-{year}-%"))
        last = self.connection.execute(mine.order_by(func.length(column).desc(), column.desc()).limit(1)).scalar()
        return f"R-{year}-{int(last.rpartition('-')[2]) + 1 if last else 1:05d}"

    def _below(self, table: Any, numbers: Sequence[str], order: Any) -> dict[str, list[Row[Any]]]:
        found: dict[str, list[Row[Any]]] = {}
        query = select(table).where(table.c.request.in_(numbers)).order_by(table.c.request, order)
        for row in self.connection.execute(query):
            found.setdefault(row.request, []).append(row)
        return found

    def _request(self, row: Row[Any], parts: Iterable[Part], steps: Iterable[Step]) -> Request:
        return Request(
            number=row.number,
            state=RequestState[row.state],
            department=row.department,
            asked_by=row.asked_by,
            client=row.client,
            paper=row.paper,
            reason=self.sealing.open(_reason(row.number), row.reason),
            changes=_changes(row),
            made_at=row.made_at,
            submitted_at=row.submitted_at,
            released_by=row.released_by,
            ended_at=row.ended_at,
            basis=row.basis,
            parts=tuple(parts),
            steps=tuple(steps),
        )

    def _step(self, row: Row[Any]) -> Step:
        return Step(
            kind=RequestStepKind[row.step],
            at=row.at,
            person=row.person,
            counts_as=frozenset(row.counts_as.split()),
            position=row.position,
            owner=row.owner,
            note=self.sealing.open(_note(row.request, row.number), row.note) if row.note is not None else None,
        )


def _changes(row: Row[Any]) -> tuple[Change, ...] | None:
    try:
        return tuple(read_change(body) for body in orjson.loads(row.changes))
    except ValidationError:
        log.warning("what a request asks for cannot be read any more", request=row.number)
        return None


def _part(row: Row[Any]) -> Part:
    return Part(
        owner=row.owner,
        sharing=Sharing(row.sharing),
        state=PartState[row.state],
        due_on=date.fromisoformat(row.due_on) if row.due_on else None,
        extended=row.extended,
        answered_by=row.answered_by,
        answered_at=row.answered_at,
        basis=row.basis,
        warned_at=row.warned_at,
        escalated_at=row.escalated_at,
    )


def _reason(number: str) -> str:
    return f"access_requests.reason.{number}"


def _note(number: str, order: int) -> str:
    return f"request_steps.note.{number}.{order}"
