"""Asking for access: drafts, submitting, withdrawing. What is asked goes to the owners; what only ends needs none of them.

Everything runs in one transaction of whoever calls, leaves its entry, its step and its notices.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from auth.classes import Sharing
from auth.grants import Grant
from auth.roles import Role
from hub.errors import HubError
from hub.events import Event
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.exchange import Actor, Exchange
from hub.exchange.faults import Checker, bad, basis_of, withheld_in
from hub.exchange.requests import Part, Request
from hub.exchange.told import Telling
from hub.owners import WORKING_DAYS, Owners, strictest
from schema.asking import ASKING
from schema.enums import PartState, RequestState, RequestStepKind

MOST_CHANGES = 50
MOST_DRAFTS = 50
"""Drafts that one person has at a time."""
_OPEN = 200
"""Requests of one department that wait at a time: owners have to read each."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How something is asked for: why; `draft`: kept by its author for now; `paper`: it came to a steward on paper."""

    reason: str = field(repr=False)
    draft: bool = False
    paper: bool = False


def ask(exchange: Exchange, actor: Actor, changes: Sequence[Change], wish: Wish) -> tuple[Request, int]:
    """Ask for changes of grants, for one department; the request, and the position of its entry in the record.

    A draft is its author's alone until it is submitted. Paper is what came to a steward: of any department, and refused
    at once if it asks for what is withheld. HubError where it cannot be asked.
    """
    department = _department(changes)
    _may_ask(exchange, actor, changes, department, paper=wish.paper)
    _check_number(exchange, actor, department, draft=wish.draft)
    if wish.paper and withheld_in(changes, exchange.owners):
        return _refused_at_once(exchange, actor, changes, wish)
    checker_of(exchange).check(changes)
    made = exchange.requests.add(_new(exchange, actor, changes, wish))
    if wish.draft:
        position = exchange.note(actor, made.number, RequestStepKind.DRAFTED, {"number": made.number})
        return exchange.request(made.number), position
    return _submitted(exchange, actor, made)


def submit(exchange: Exchange, actor: Actor, number: str) -> tuple[Request, int]:
    """Submit a draft of one's own, which is checked anew."""
    request = _own(exchange, actor, number)
    if request.state is not RequestState.DRAFT:
        raise wrong_state(request)
    if request.changes is None:
        raise HubError("REQUEST_OUTDATED", detail="所申请的内容已不存在", detail_en="what it asks for is no more")
    _may_ask(exchange, actor, request.changes, request.department, paper=request.paper)
    _check_number(exchange, actor, request.department, draft=False)
    check_bases(exchange, request.changes)
    checker_of(exchange).check(request.changes)
    return _submitted(exchange, actor, request)


def withdraw(exchange: Exchange, actor: Actor, number: str) -> tuple[Request, int]:
    """Take back a request of one's own that has not ended."""
    request = _own(exchange, actor, number)
    if request.state not in (RequestState.DRAFT, RequestState.SUBMITTED, RequestState.APPROVED):
        raise wrong_state(request)
    exchange.requests.set(number, RequestState.WITHDRAWN)
    position = exchange.note(actor, number, RequestStepKind.WITHDRAWN, {"number": number})
    telling = telling_of(exchange)
    for part in request.parts:
        telling.owner(Event.REQUEST_WITHDRAWN, part.owner, number)
    return exchange.request(number), position


def parts_of(owners: Owners, changes: Sequence[Change]) -> dict[str, Sharing]:
    """Departments that have to answer, each with the strictest attribute of what is asked of it; none for an end."""
    found: dict[str, Sharing] = {}
    for change in changes:
        if change.kind is not ChangeKind.END:
            for owner, sharing in owners.answering(change.grant).items():
                found[owner] = strictest(found.get(owner), sharing)
    return found


def check_bases(exchange: Exchange, changes: Sequence[Change]) -> None:
    """HubError if a grant that is to end otherwise is not any more what it was when that was asked."""
    for change in changes:
        if change.kind is not ChangeKind.ADD and not _is_same(exchange.grants.of(change.grant.id), change.grant):
            detail, detail_en = f"授权 {change.grant.id} 已变更", f"grant {change.grant.id} was changed"
            raise HubError("REQUEST_OUTDATED", detail=detail, detail_en=detail_en)


def _is_same(found: Grant | None, grant: Grant) -> bool:
    """True if nothing of it was changed; that its owners confirmed it meanwhile changes nothing of what it gives."""
    return found is not None and replace(found, certified_until=grant.certified_until) == grant


def may_ask(role: Role) -> bool:
    """True if people of this role ask for grants."""
    return role in ASKING


def checker_of(exchange: Exchange) -> Checker:
    """What changes are checked with, as things stand now."""
    return Checker(exchange.connection, exchange.owners, exchange.roster(), exchange.today)


def telling_of(exchange: Exchange) -> Telling:
    """Tells people, in this transaction."""
    return Telling(exchange.connection, exchange.sealing, exchange.now)


def wrong_state(request: Request) -> HubError:
    """The refusal of what can't be done with a request as it is."""
    return HubError("REQUEST_STATE", state=request.state.zh, state_en=request.state.en)


def _submitted(exchange: Exchange, actor: Actor, request: Request) -> tuple[Request, int]:
    """Hand a request to its owners; one that needs none of them waits for its release."""
    number, days, telling = request.number, exchange.days(), telling_of(exchange)
    parts = parts_of(exchange.owners, request.changes or ())
    state = RequestState.SUBMITTED if parts else RequestState.APPROVED
    exchange.requests.set(number, state, submitted_at=exchange.now)
    told = {"number": number, "owners": " ".join(sorted(parts)), "grants": str(len(request.changes or ()))}
    position = exchange.note(actor, number, RequestStepKind.SUBMITTED, told)
    for owner, sharing in sorted(parts.items()):
        due = days.add_working_days(exchange.today, WORKING_DAYS[sharing])
        exchange.requests.add_part(number, Part(owner, sharing, PartState.WAITING, due))
        telling.owner(Event.REQUEST_SUBMITTED, owner, number, due)
    if not parts:
        telling.officers(Event.REQUEST_TO_RELEASE, number)
    return exchange.request(number), position


def _refused_at_once(exchange: Exchange, actor: Actor, changes: Sequence[Change], wish: Wish) -> tuple[Request, int]:
    """Record what came on paper for something that is withheld, and refuse it with its basis."""
    rules = withheld_in(changes, exchange.owners)
    basis = "；".join(dict.fromkeys(basis_of(exchange.owners, rule) for rule in rules))
    made = exchange.requests.add(replace(_new(exchange, actor, changes, wish), basis=basis))
    number = made.number
    exchange.note(actor, number, RequestStepKind.SUBMITTED, {"number": number, "paper": "1"})
    exchange.requests.set(number, RequestState.REFUSED, submitted_at=exchange.now)
    told = {"number": number, "owner": actor.department, "why": "WITHHELD"}
    position = exchange.note(actor, number, RequestStepKind.REFUSED, told)
    for owner in sorted({owner for rule in rules for owner in exchange.owners.of(rule)}):
        part = Part(owner, Sharing.WITHHELD, PartState.REFUSED, None, answered_at=exchange.now, basis=basis)
        exchange.requests.add_part(number, part)
    telling_of(exchange).person(Event.REQUEST_REFUSED, actor.person, number)
    return exchange.request(number), position


def _new(exchange: Exchange, actor: Actor, changes: Sequence[Change], wish: Wish) -> Request:
    return Request(
        number="",
        state=RequestState.DRAFT,
        department=changes[0].grant.department,
        asked_by=actor.person,
        client=actor.client,
        paper=wish.paper,
        reason=wish.reason,
        changes=tuple(changes),
        made_at=exchange.now,
    )


def _department(changes: Sequence[Change]) -> str:
    """The one department that changes are for."""
    if not 1 <= len(changes) <= MOST_CHANGES:
        raise bad("grants", f"须为 1–{MOST_CHANGES} 项", f"takes 1 to {MOST_CHANGES}")
    departments = {change.grant.department for change in changes}
    named = [change.grant.id for change in changes if change.grant.id]
    if len(departments) > 1:
        raise bad("grants", "须为同一部门", "is for one department")
    if len(set(named)) < len(named):
        raise bad("grants", "同一授权不能变更两次", "changes one grant twice")
    return departments.pop()


def _may_ask(exchange: Exchange, actor: Actor, changes: Sequence[Change], department: str, *, paper: bool) -> None:
    """One's own department; a steward also for others, on paper or to end what was given of their own records."""
    if not may_ask(actor.role):
        raise bad("grants", "此角色不申请授权", "this role asks for no grants")
    steward = actor.role is Role.STEWARD
    if paper and not steward:
        raise bad("paper", "仅数源部门管理员可录入纸质申请", "only a steward enters what came on paper")
    if paper:
        if actor.department not in _concerned(exchange.owners, changes):
            raise bad("grants", "未涉及贵部门的数据", "asks for nothing of your department")
    elif department != actor.department:
        only_ends = all(change.kind is ChangeKind.END for change in changes)
        if not (steward and only_ends and all(_answers(exchange.owners, actor, change) for change in changes)):
            raise bad("grants", "只能为本部门申请", "can be asked for one's own department only")


def _answers(owners: Owners, actor: Actor, change: Change) -> bool:
    return actor.department in owners.answering(change.grant)


def _concerned(owners: Owners, changes: Sequence[Change]) -> set[str]:
    """Departments of whose records anything is asked, given out or withheld."""
    found = {owner for change in changes for owner in owners.answering(change.grant)}
    return found | {owner for rule in withheld_in(changes, owners) for owner in owners.of(rule)}


def _check_number(exchange: Exchange, actor: Actor, department: str, *, draft: bool) -> None:
    """Nobody fills the store, or the desks of the owners."""
    if draft and exchange.requests.count(RequestState.DRAFT, asked_by=actor.person) >= MOST_DRAFTS:
        raise bad("draft", f"草稿至多 {MOST_DRAFTS} 份", f"{MOST_DRAFTS} drafts at most")
    if not draft and exchange.requests.count(RequestState.SUBMITTED, department=department) >= _OPEN:
        raise bad("grants", f"本部门待答复的申请至多 {_OPEN} 件", f"{_OPEN} requests of a department wait at most")


def _own(exchange: Exchange, actor: Actor, number: str) -> Request:
    request = exchange.request(number)
    if request.asked_by not in actor.counts_as:
        raise HubError("REQUEST_NOT_FOUND")
    return request
