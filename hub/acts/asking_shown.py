"""A request as callers read it."""

from collections.abc import Sequence
from datetime import date

import strawberry

from hub.clock import rfc3339_of
from hub.exchange.calendar import WorkingDays
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.requests import Part, Request, Step
from hub.exchange.words import Words
from schema.asking import AccessRequest, RequestChange, RequestPart, RequestStep
from schema.enums import GrantChange, PartState, RequestState, SharingAttribute


def shown(request: Request, words: Words, days: WorkingDays, today: date, grants: Sequence[str]) -> AccessRequest:
    """The request with everything that is to be read of it; `grants` came of it."""
    waits = request.state is RequestState.SUBMITTED
    return AccessRequest(
        number=strawberry.ID(request.number),
        state=request.state,
        department=request.department,
        department_label=words.department(request.department)[0],
        asked_by=strawberry.ID(request.asked_by),
        paper=request.paper,
        reason=request.reason,
        made_at=rfc3339_of(request.made_at),  # type: ignore[arg-type]
        submitted_at=_instant(request.submitted_at),  # type: ignore[arg-type]
        ended_at=_instant(request.ended_at),  # type: ignore[arg-type]
        released_by=_id(request.released_by),
        basis=request.basis or None,
        changes=[_change(change, words) for change in request.changes or ()],
        parts=[_part(part, words, days, today, waits=waits) for part in request.parts],
        steps=[_step(step) for step in request.steps],
        grants=[strawberry.ID(name) for name in grants],
    )


def _change(change: Change, words: Words) -> RequestChange:
    grant, (sentence, sentence_en) = change.grant, words.sentence(change)
    ends = grant.ends if change.kind is ChangeKind.ADD or change.last_day is None else change.last_day
    return RequestChange(
        kind=GrantChange[change.kind.name],
        grant=_id(grant.id),
        sentence=sentence,
        sentence_en=sentence_en,
        role=grant.role.value,
        purposes=sorted(grant.purposes),
        scopes=sorted(grant.scopes),
        fields=sorted(grant.fields),
        starts=grant.starts.isoformat(),  # type: ignore[arg-type]
        ends=ends.isoformat(),  # type: ignore[arg-type]
    )


def _part(part: Part, words: Words, days: WorkingDays, today: date, *, waits: bool) -> RequestPart:
    open_ = waits and part.state is PartState.WAITING and part.due_on is not None
    due = part.due_on or today
    return RequestPart(
        owner=part.owner,
        owner_label=words.department(part.owner)[0],
        sharing=SharingAttribute[part.sharing.name],
        state=part.state,
        due_on=part.due_on.isoformat() if part.due_on else None,  # type: ignore[arg-type]
        working_days_left=days.working_days_between(today, due) if open_ else None,
        overdue=open_ and today > due,
        extended=part.extended,
        answered_by=_id(part.answered_by),
        answered_at=_instant(part.answered_at),  # type: ignore[arg-type]
        basis=part.basis or None,
    )


def _step(step: Step) -> RequestStep:
    return RequestStep(
        kind=step.kind,
        at=rfc3339_of(step.at),  # type: ignore[arg-type]
        person=strawberry.ID(step.person),
        owner=step.owner or None,
        note=step.note,
        position=step.position,  # type: ignore[arg-type]
    )


def _instant(second: int | None) -> str | None:
    return rfc3339_of(second) if second is not None else None


def _id(name: str | None) -> strawberry.ID | None:
    return strawberry.ID(name) if name else None
