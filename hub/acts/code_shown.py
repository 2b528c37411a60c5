"""Codes as callers read them."""

from datetime import date

import strawberry

from auth.roles import Role
from hub.acts.code_told import moment_of
from hub.acts.doing import Doing
from hub.clock import rfc3339_of
from hub.code.codes import Code, lines_of
from hub.code.displays import Displays, Period
from hub.code.lifecycle import REASONS, Step, Why, steps_from
from hub.code.rules import CodeRules
from hub.code.story import Happened
from hub.code.tokens import grouped
from hub.errors import HubError
from schema.coding_enums import CodeStepKind
from schema.coding_look import CodeStep
from schema.coding_types import CodeOutcome, CodePeriod, CodeReason, OwnCode
from schema.enums import CodeStatus

OFFICE = frozenset({Role.CREDIT_OFFICE, Role.STEWARD})
"""Roles of the department that issues codes."""


def rules_of(doing: Doing) -> CodeRules:
    """The rules of codes; HubError where this hub keeps none."""
    if doing.rules.code is None:
        raise HubError("CODES_OFF")
    return doing.rules.code


def is_office(doing: Doing) -> bool:
    """True if the caller is of the department that issues codes."""
    client = doing.access.caller.client
    return client.role in OFFICE and client.department == rules_of(doing).table.department


def steps_of(doing: Doing, code: Code) -> list[Step]:
    """What the caller may do with a code now: an office all of it, a counter and a merchant what is the shop's own."""
    if is_office(doing):
        return steps_from(code.status, office=True)
    return steps_from(code.status) if doing.access.caller.client.role not in OFFICE else []


def shown_code(doing: Doing, code: Code, period: tuple[date | None, date | None] = (None, None)) -> OwnCode:
    """A code; days of display are counted within the period, or from its issue to today."""
    rules = rules_of(doing)
    moment = moment_of(doing.occasion)
    displays = Displays(doing.connection, moment)
    first = period[0] or code.begins
    return OwnCode(
        id=strawberry.ID(code.id),
        uscc=code.entity,  # type: ignore[arg-type]
        token=code.token,
        spoken=grouped(code.token),
        url=rules.address.page(code.token),
        name=code.name,
        issuer=code.issuer,
        status=code.status,
        status_since=code.status_since,  # type: ignore[arg-type]
        status_reason=code.status_reason,
        issued_on=code.issued_on,  # type: ignore[arg-type]
        printed_on=code.printed_on,  # type: ignore[arg-type]
        displayed_since=code.displayed_since,  # type: ignore[arg-type]
        displayed_days=displays.days(code.id, first, period[1] or moment.day),
        periods=[_period(one) for one in displays.periods(code.id)],
        places=list(code.places),
        steps=[step.value for step in steps_of(doing, code)],
    )


def outcome_of(doing: Doing, code: Code, position: int, *, changed: bool = True) -> CodeOutcome:
    """What became of an act on a code."""
    return CodeOutcome(
        granted=True,
        changed=changed,
        pending=code.status is CodeStatus.PENDING,
        code=shown_code(doing, code),
        reason=None,
        position=position,  # type: ignore[arg-type]
    )


def shown_reason(why: Why) -> CodeReason:
    """Why an application was not granted, and what to do."""
    said = REASONS[why]
    return CodeReason(code=why.value, text=said.zh, text_en=said.en, remedy=said.remedy_zh, remedy_en=said.remedy_en)


def shown_step(step: Happened, *, named: bool) -> CodeStep:
    """A step of the life of a code; `named` says who took it."""
    is_display = step.kind is CodeStepKind.DISPLAY
    return CodeStep(
        kind=step.kind,
        outcome=step.outcome,
        at=rfc3339_of(step.at),  # type: ignore[arg-type]
        reason=shown_reason(step.why) if step.why is not None else None,
        note=None if is_display else step.said,
        places=list(lines_of(step.said)) if is_display else [],
        photo_digest=step.photo_digest,
        token=step.token,
        person=step.person if named else None,
        department=step.department,
        role=step.role,
    )


def _period(period: Period) -> CodePeriod:
    return CodePeriod(
        since=period.since.isoformat(),  # type: ignore[arg-type]
        until=period.until.isoformat() if period.until is not None else None,  # type: ignore[arg-type]
        places=list(period.places),
        photo_digest=period.photo_digest,
    )
