"""Objections and recalls in the form of an answer."""

from collections.abc import Mapping
from datetime import date

import strawberry

from auth.roles import Role
from hub.acts.doing import Doing
from hub.clock import rfc3339_of
from hub.disclosure.objections import Objection as Kept
from hub.disclosure.recalls import Recall as Made
from hub.disclosure.recalls import positions
from hub.disclosure.retention import FORGOTTEN
from hub.exchange.calendar_days import load_days
from hub.settings_tables import DepartmentTable
from schema.disclosing import Objection, Recall, RecallRecipient

_POSITIONS = 1_000


def objection_shown(doing: Doing, one: Kept, offices: Mapping[str, DepartmentTable]) -> Objection:
    """An objection as the caller sees it: a merchant reads what audit found, not what the department told audit."""
    role = doing.access.caller.client.role
    office = offices.get(one.department)
    today = date.fromisoformat(doing.occasion.at[:10])
    left = load_days(doing.connection).working_days_between(today, one.due_on) if one.is_open else None
    return Objection(
        number=strawberry.ID(one.number),
        line=None if one.position == FORGOTTEN else one.position,  # type: ignore[arg-type]
        uscc=one.entity,  # type: ignore[arg-type]
        department=one.department,
        department_label=office.label if office is not None else one.department,
        state=one.state,
        reason=one.reason,
        filed_at=rfc3339_of(one.filed_at),  # type: ignore[arg-type]
        due_on=one.due_on.isoformat(),  # type: ignore[arg-type]
        working_days_left=left,
        explanation=None if role is Role.MERCHANT else one.explanation,
        finding=one.finding,
        decided_at=None if one.decided_at is None else rfc3339_of(one.decided_at),  # type: ignore[arg-type]
    )


def recall_shown(doing: Doing, one: Made) -> Recall:
    """A recall; who received it, how many, and by which entries, is for audit alone: the owner need not know who asked about whom,
    and by recalling would find out.
    """
    audits = doing.access.caller.client.role is Role.AUDIT
    rule = doing.rules.known.catalogue.fields.get(one.fact.coordinate)
    return Recall(
        number=strawberry.ID(one.number),
        uscc=one.fact.entity,  # type: ignore[arg-type]
        field=one.fact.coordinate,
        label=rule.zh if rule is not None else one.fact.coordinate,
        kind=one.fact.kind,
        reason=one.fact.reason,
        since=one.fact.since.isoformat(),  # type: ignore[arg-type]
        department=one.department,
        made_at=rfc3339_of(one.made_at),  # type: ignore[arg-type]
        clients_told=len(one.recipients) if audits else None,
        entries=sum(to.questions for to in one.recipients) if audits else None,
        recipients=[
            RecallRecipient(
                client=to.client,
                department=to.department,
                questions=to.questions,
                first_position=to.first,  # type: ignore[arg-type]
                last_position=to.last,  # type: ignore[arg-type]
            )
            for to in (one.recipients if audits else ())
        ],
        positions=positions(doing.connection, one.number, _POSITIONS) if audits else [],  # type: ignore[arg-type]
    )
