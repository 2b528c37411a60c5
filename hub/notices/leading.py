"""Where a notice leads: the page of the console on which its reader sees to it, and the calls by which a machine does.

A page is named to those only for whom it exists; merchants, who are let into no console, and machines have none.
"""

from dataclasses import dataclass
from urllib.parse import quote

from auth.roles import Role
from hub.events import Event
from hub.notices.directory import DEPARTMENT, PERSON
from hub.notices.wording import Params
from schema.shaped import offered_to

_NOT_LET_IN = frozenset({Role.MERCHANT, Role.PUBLIC})


@dataclass(frozen=True, slots=True)
class Lead:
    """What leads on from an event: the path of a page, the question that exists for whoever has the page, and calls."""

    page: str = ""
    root: str = ""
    calls: tuple[str, ...] = ()


def _request(*calls: str) -> Lead:
    return Lead("/console/requests/{request}", "request", calls)


def _grant(*calls: str) -> Lead:
    return Lead("/console/grants?q={grant}", "grants", calls)


def _correction(*calls: str) -> Lead:
    return Lead("/console/corrections/{correction}", "correction", calls)


def _objection(*calls: str) -> Lead:
    return Lead("/console/audit/objections#{objection}", "objections", calls)


def _succession(*calls: str) -> Lead:
    return Lead("/console/identities/successions/{succession}", "succession", calls)


def _emergency(*calls: str) -> Lead:
    return Lead("/console/emergencies", "emergencies", calls)


_FREEZES = Lead("/console/freeze", "freezes")
_DEPUTIES = Lead("/console/deputies", "deputies")
_WHY = Lead(calls=("honestyCode",))

LEADS: dict[Event, Lead] = {
    Event.ANOMALIES_FOUND: Lead("/console/audit/anomalies?first={day}&last={day}", "anomalies", ("anomalies",)),
    Event.CODE_CANCELLED: _WHY,
    Event.CODE_ISSUED: Lead(calls=("displayCode",)),
    Event.CODE_REPORTED: Lead("/console/codes/reports/{report}", "codeReports", ("codeReports", "settleCodeReport")),
    Event.CODE_REVOKED: _WHY,
    Event.CODE_SUSPENDED: _WHY,
    Event.CORRECTION_ANSWERED: _correction("correction"),
    Event.CORRECTION_DUE_SOON: _correction("answerCorrection"),
    Event.CORRECTION_OPENED: _correction("answerCorrection"),
    Event.CORRECTION_OVERDUE: _correction("answerCorrection"),
    Event.DEPUTY_APPOINTED: _DEPUTIES,
    Event.DEPUTY_ENDED: _DEPUTIES,
    Event.EMERGENCY_REVIEWED: _emergency("emergencies"),
    Event.EMERGENCY_REVIEW_DUE: _emergency("reviewEmergency"),
    Event.EMERGENCY_REVIEW_OVERDUE: _emergency("reviewEmergency"),
    Event.EMERGENCY_USED: _emergency("endEmergency"),
    Event.FROZEN: _FREEZES,
    Event.GRANT_ENDED: _grant("renewGrant", "recertifyGrants"),
    Event.GRANT_EXPIRING: _grant("renewGrant"),
    Event.GRANT_RECERTIFY: _grant("recertifyGrants"),
    Event.OBJECTION_DECIDED: _objection("objections"),
    Event.OBJECTION_DUE_SOON: _objection("explainLookup", "decideObjection"),
    Event.OBJECTION_FILED: _objection("explainLookup", "decideObjection"),
    Event.OBJECTION_OVERDUE: _objection("explainLookup", "decideObjection"),
    Event.OFFICE_GIVEN: Lead("/console/people/{person}", "people"),
    Event.OFFICE_PROPOSED: Lead("/console/people/{person}", "people", ("appoint",)),
    Event.REQUEST_ANSWERED: _request("request"),
    Event.REQUEST_DUE_SOON: _request("answerRequest"),
    Event.REQUEST_EXTENDED: _request("request"),
    Event.REQUEST_OVERDUE: _request("answerRequest"),
    Event.REQUEST_REFUSED: _request("request"),
    Event.REQUEST_RELEASED: _request("request"),
    Event.REQUEST_SUBMITTED: _request("answerRequest"),
    Event.REQUEST_TO_RELEASE: _request("releaseRequest"),
    Event.REQUEST_WITHDRAWN: _request("request"),
    Event.REVIEW_WAITING: Lead("/console/identities/{review}", "identityReview", ("decideReview",)),
    Event.SUCCESSION_CONFIRMED: _succession("succession"),
    Event.SUCCESSION_PROPOSED: _succession("confirmSuccession", "refuseSuccession"),
    Event.SUCCESSION_REFUSED: _succession("succession"),
    Event.SUCCESSION_UNDONE: _succession("succession"),
    Event.SUCCESSION_UNDO_ASKED: _succession("undoSuccession"),
    Event.THAWED: _FREEZES,
}
"""Events that lead somewhere; the others are told, and nothing follows from them in the hub."""


def page_of(event: str, params: Params, kind: str, role: str) -> str:
    """Path of the page for a recipient of a kind and role; empty where there is none for them.

    A department is told on behalf of those who work there, of whom a clerk has least.
    """
    lead = LEADS[Event(event)] if event in Event.__members__ and Event(event) in LEADS else Lead()
    if kind not in {PERSON, DEPARTMENT} or not lead.page:
        return ""
    reader = Role.CLERK if kind == DEPARTMENT else Role(role) if role in set(Role) else Role.PUBLIC
    if reader in _NOT_LET_IN or f"Query.{lead.root}" not in offered_to(reader):
        return ""
    try:
        return lead.page.format_map({name: quote(str(value), safe="") for name, value in params.items()})
    except KeyError:
        # Put by another version of the hub.
        return ""


def calls_of(event: str) -> tuple[str, ...]:
    """Questions and acts of the interface by which a machine goes on."""
    return LEADS[Event(event)].calls if event in Event.__members__ and Event(event) in LEADS else ()
