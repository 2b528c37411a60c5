"""Answering requests: stewards say yes or no for their department, then a security administrator releases, or refuses.

Asking, each answer and the release are for different people, whoever they stand for. A refusal cites its basis.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from auth.classes import Sharing
from auth.grants import Grant
from auth.roles import Role
from hub.clock import years_after
from hub.errors import HubError
from hub.events import Event
from hub.exchange.asking import check_bases, checker_of, parts_of, telling_of, wrong_state
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.exchange import Actor, Exchange
from hub.exchange.requests import Part, Request
from hub.owners import WORKING_DAYS
from schema.enums import PartState, RequestState, RequestStepKind


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a steward says: yes, or no on which basis; and why, if they like."""

    approve: bool
    basis: str = ""
    reason: str | None = None


def answer(exchange: Exchange, actor: Actor, number: str, owner: str, verdict: Verdict) -> tuple[Request, int]:
    """Answer for a department; a no refuses the request, the last yes hands it to the security administrator."""
    request, part = _asked(exchange, actor, number, owner)
    if part.state is not PartState.WAITING:
        raise wrong_state(request)
    _check_hands(actor, request)
    if not verdict.approve and not verdict.basis:
        raise HubError("BASIS_REQUIRED")
    state = PartState.APPROVED if verdict.approve else PartState.REFUSED
    by = {"answered_by": actor.person, "answered_at": exchange.now, "basis": verdict.basis}
    exchange.requests.set_part(number, owner, state=state.name, **by)
    kind = RequestStepKind.APPROVED if verdict.approve else RequestStepKind.REFUSED
    position = exchange.note(actor, number, kind, {"number": number, "owner": owner}, verdict.reason)
    if not verdict.approve:
        _refused(exchange, request, verdict.basis)
    elif all(one.owner == owner or one.state is PartState.APPROVED for one in request.parts):
        exchange.requests.set(number, RequestState.APPROVED)
        telling = telling_of(exchange)
        telling.person(Event.REQUEST_ANSWERED, request.asked_by, number)
        telling.officers(Event.REQUEST_TO_RELEASE, number)
    return exchange.request(number), position


def extend(exchange: Exchange, actor: Actor, number: str, reason: str) -> tuple[Request, int]:
    """Give one's own department ten working days more: once, before it is due, where it shares on conditions."""
    request, part = _asked(exchange, actor, number, actor.department)
    due = part.due_on
    waits = part.state is PartState.WAITING and part.sharing is Sharing.CONDITIONAL and not part.extended
    if not waits or due is None or exchange.today > due:
        raise HubError("EXTENSION_NOT_POSSIBLE")
    if request.had_hands & actor.counts_as:
        raise HubError("SAME_PERSON")
    later = exchange.days().add_working_days(due, WORKING_DAYS[Sharing.CONDITIONAL])
    exchange.requests.set_part(number, part.owner, due_on=later.isoformat(), extended=True, warned_at=None)
    told = {"number": number, "owner": part.owner, "due": later.isoformat()}
    position = exchange.note(actor, number, RequestStepKind.EXTENDED, told, reason)
    telling_of(exchange).person(Event.REQUEST_EXTENDED, request.asked_by, number, due=later)
    return exchange.request(number), position


def refuse(exchange: Exchange, actor: Actor, number: str, basis: str) -> tuple[Request, int]:
    """Refuse a request that waits, whoever agreed to it."""
    request = _before_officer(exchange, actor, number)
    if request.state not in (RequestState.SUBMITTED, RequestState.APPROVED):
        raise wrong_state(request)
    if not basis:
        raise HubError("BASIS_REQUIRED")
    position = exchange.note(actor, number, RequestStepKind.REFUSED, {"number": number})
    exchange.requests.set(number, RequestState.REFUSED, released_by=actor.person)
    _refused(exchange, request, basis)
    return exchange.request(number), position


def release(exchange: Exchange, actor: Actor, number: str) -> tuple[Request, tuple[Grant, ...], int]:
    """Let take effect what every owner agreed to: at once, in every worker. HubError where things have changed since."""
    request = _before_officer(exchange, actor, number)
    if request.state is not RequestState.APPROVED:
        raise wrong_state(request)
    changes = _still_right(exchange, request)
    grants = tuple(_put(exchange, actor, request, change) for change in changes)
    exchange.requests.set(number, RequestState.RELEASED, released_by=actor.person)
    told = {"number": number, "grants": " ".join(grant.id for grant in grants)}
    position = exchange.note(actor, number, RequestStepKind.RELEASED, told)
    telling = telling_of(exchange)
    for grant in grants:
        released, until = Event.REQUEST_RELEASED, grant.last_day
        telling.person(released, request.asked_by, number, grant=grant.id, until=until)
    return exchange.request(number), grants, position


def certified_until(today: date, ends: date) -> date:
    """The last day for which a grant that takes effect today is held to be needed: a year on at most."""
    return min(ends, years_after(today, 1))


def _put(exchange: Exchange, actor: Actor, request: Request, change: Change) -> Grant:
    grants, number, today = exchange.grants, request.number, exchange.today
    if change.kind is ChangeKind.END:
        return grants.end(grants.of(change.grant.id) or change.grant, change.last_day or today, actor.person, number)
    owners = exchange.owners.answering(change.grant)
    stewards = {part.answered_by for part in request.parts if part.owner in owners and part.answered_by}
    ends = change.grant.ends if change.kind is ChangeKind.ADD else change.last_day or today
    made = replace(
        change.grant,
        ends=ends,
        certified_until=certified_until(max(today, change.grant.starts), ends),
        asked_by=request.asked_by,
        approved_by=" ".join(sorted(stewards)),
        released_by=actor.person,
    )
    return grants.put(made, actor.person, number)


def _still_right(exchange: Exchange, request: Request) -> Sequence[Change]:
    """What is asked for, if it could be asked for today, of the same owners."""
    if request.changes is None:
        raise HubError("REQUEST_OUTDATED", detail="所申请的内容已不存在", detail_en="what it asks for is no more")
    check_bases(exchange, request.changes)
    try:
        checker_of(exchange).check(request.changes)
    except HubError as fault:
        detail, detail_en = fault.names.get("detail", fault.code), fault.names.get("detail_en", fault.code)
        raise HubError("REQUEST_OUTDATED", detail=detail, detail_en=detail_en) from None
    agreed = {part.owner: part.sharing for part in request.parts if part.state is PartState.APPROVED}
    if parts_of(exchange.owners, request.changes) != agreed:
        raise HubError("REQUEST_OUTDATED", detail="数源部门已变更", detail_en="its owners are others")
    return request.changes


def _asked(exchange: Exchange, actor: Actor, number: str, owner: str) -> tuple[Request, Part]:
    """A request of which something is asked of the department for which a steward acts."""
    request = exchange.request(number)
    part = request.part(owner)
    if part is None or actor.role is not Role.STEWARD or owner != actor.department:
        raise HubError("REQUEST_NOT_FOUND")
    if request.state is not RequestState.SUBMITTED:
        raise wrong_state(request)
    return request, part


def _before_officer(exchange: Exchange, actor: Actor, number: str) -> Request:
    request = exchange.request(number)
    if actor.role is not Role.SEC or request.state is RequestState.DRAFT:
        raise HubError("REQUEST_NOT_FOUND")
    if request.state not in (RequestState.SUBMITTED, RequestState.APPROVED):
        raise wrong_state(request)
    _check_hands(actor, request)
    return request


def _check_hands(actor: Actor, request: Request) -> None:
    """Nobody has two hands in one request, for themselves or for somebody they stand for."""
    if request.had_hands & actor.counts_as:
        raise HubError("SAME_PERSON")


def _refused(exchange: Exchange, request: Request, basis: str) -> None:
    exchange.requests.set(request.number, RequestState.REFUSED, basis=basis)
    telling_of(exchange).person(Event.REQUEST_REFUSED, request.asked_by, request.number)
