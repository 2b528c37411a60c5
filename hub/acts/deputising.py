"""Deputies: somebody acts for somebody else of their department, for 90 days at most, and for nobody's two offices.

The deputy of an officer would have that office: one of another office has to confirm it.
"""

from datetime import date, datetime, time, timedelta

import strawberry

from auth.roles import Role
from hub.acts.doing import Doing, bad_input, line_of
from hub.acts.officers_told import tell_of_deputy, tell_of_deputy_ended
from hub.callers.deputies import NEVER, Appointed, Deputed
from hub.callers.offices import OFFICES, deputised_offices
from hub.callers.people import Account
from hub.clock import SHANGHAI, rfc3339_of
from hub.errors import HubError
from schema.standing_in import DeputyItem, DeputyOutcome

MOST_DAYS = 90
_MAX_REASON, _MAX_NAME = 200, 128


def appoint_deputy(
    doing: Doing, principal: str | None, deputy: str, period: tuple[str, str], reason: str
) -> DeputyOutcome:
    """Let somebody act for the caller, or, as system administrator, for somebody who holds no office."""
    me, why = doing.in_person(), line_of(reason, _MAX_REASON, "reason")
    whom = _account(doing, me if principal is None else principal)
    who = _account(doing, deputy)
    if whom.id != me and doing.access.caller.client.role is not Role.ADMIN:
        raise _not_allowed("只能为本人设置代理", "one appoints a deputy for oneself only")
    if whom.id != me and whom.role in OFFICES:
        raise _not_allowed("三员的代理须由其本人设置", "an officer appoints their deputy themselves")
    _check_pair(doing, whom, who)
    starts, ends = _period(period, doing.occasion.now)
    _check_others(doing, (whom, who), (starts, ends))
    waits = whom.role in OFFICES
    confirmed = None if waits else doing.occasion.now
    made = _deputed(doing).add(Appointed("", whom.id, who.id, starts, ends, me, confirmed), why)
    if not waits:
        tell_of_deputy(doing, made)
    return _outcome(doing, "DEPUTY_APPOINTED", "WAITING" if waits else "GRANTED", made)


def confirm_deputy(doing: Doing, name: str) -> DeputyOutcome:
    """Let the deputy of an officer of another office act from now on."""
    doing.in_person()
    found = _found(doing, name)
    principal, deputy = (doing.people.of_id(one) for one in (found.principal, found.deputy))
    holds = found.ended is None and found.ends > doing.occasion.now
    if not holds or principal is None or deputy is None or principal.role not in OFFICES:
        raise HubError("NOTHING_TO_CONFIRM")
    own = doing.access.caller.client.role
    if found.confirmed is not None:
        return _outcome(doing, "DEPUTY_CONFIRMED", "ALREADY", found)
    if own is principal.role or {found.principal, found.deputy, found.made_by} & doing.persons():
        raise _not_allowed("须由另一岗位的三员确认", "an officer of another office has to confirm it")
    _check_pair(doing, principal, deputy)
    _deputed(doing).confirm(found, doing.person())
    tell_of_deputy(doing, found)
    return _outcome(doing, "DEPUTY_CONFIRMED", "GRANTED", found)


def end_deputy(doing: Doing, name: str) -> DeputyOutcome:
    """End a deputy's time: either of the two, or the system administrator."""
    me, found = doing.person(), _found(doing, name)
    theirs = {found.principal, found.deputy, found.made_by}
    if me not in theirs and doing.access.caller.client.role is not Role.ADMIN:
        raise bad_input("没有可由您结束的此代理", "there is no such deputy that you may end")
    if found.ended is not None or found.ends <= doing.occasion.now:
        return _outcome(doing, "DEPUTY_ENDED", "ALREADY", found)
    _deputed(doing).end(found, me)
    tell_of_deputy_ended(doing, found)
    return _outcome(doing, "DEPUTY_ENDED", "GRANTED", found)


def shown_deputies(doing: Doing) -> list[DeputyItem]:
    """Deputies that concern the caller, or all of them for whoever looks after them."""
    caller, kept = doing.access.caller, _deputed(doing)
    if caller.client.role in {Role.ADMIN, Role.AUDIT}:
        found = kept.all()
    else:
        found = kept.of_person(caller.person) if caller.person is not None else []
    names = {one.id: one.username for one in doing.people.all()} if found else {}
    return [_shown(one, names.get(one.principal), names.get(one.deputy)) for one in reversed(found)]


def _deputed(doing: Doing) -> Deputed:
    return Deputed(doing.connection, doing.vault, doing.occasion.now)


def _account(doing: Doing, name: str) -> Account:
    account = doing.people.named(line_of(name, _MAX_NAME, "username"))
    if account is None:
        raise bad_input("没有这个账号", "there is no such account")
    return account


def _found(doing: Doing, name: str) -> Appointed:
    found = _deputed(doing).of_id(name) if name.isascii() and name.isprintable() else None
    if found is None:
        raise bad_input("没有这个代理", "there is no such deputy")
    return found


def _check_pair(doing: Doing, principal: Account, deputy: Account) -> None:
    """HubError unless the one may act for the other, whatever the period."""
    if principal.id == deputy.id:
        raise _not_allowed("不能代理自己", "nobody is their own deputy")
    if {principal.role, deputy.role} & NEVER:
        raise _not_allowed("经营主体、金融机构和公众没有代理", "businesses, banks and the public have no deputies")
    if principal.department != deputy.department:
        raise _not_allowed("代理人须为同部门人员", "a deputy is of the same department")
    if deputy.role in OFFICES and deputy.role is not principal.role:
        raise _not_allowed("三员不得代理其他岗位", "who holds an office is no deputy of anybody else")
    if principal.role is Role.OFFICER and deputy.role is not Role.OFFICER:
        raise _not_allowed("执法人员的代理人须为执法人员", "the deputy of an enforcement officer is one")
    offices = {principal.role} & OFFICES
    others = deputised_offices(doing.connection, deputy.id, doing.occasion.now)
    if offices and others - offices:
        raise _not_allowed("一人不得代理三员中的两个岗位", "nobody is the deputy of two offices")


def _check_others(doing: Doing, pair: tuple[Account, Account], period: tuple[int, int]) -> None:
    """HubError where the pair would be part of a chain, or stands there already."""
    principal, deputy = (one.id for one in pair)
    for other in _deputed(doing).overlapping(*period):
        if (other.principal, other.deputy) == (principal, deputy):
            raise _not_allowed("此期间已有该代理", "there is this deputy for that time already")
        if other.deputy == principal or other.principal == deputy:
            raise _not_allowed("代理不得转代理", "a deputy has no deputy")


def _period(period: tuple[str, str], now: int) -> tuple[int, int]:
    """The instants of a first and a last day; HubError if they are no period from today on, of 90 days at most."""
    first, last = (date.fromisoformat(day) for day in period)
    today = datetime.fromtimestamp(now, SHANGHAI).date()
    if not today <= first <= last or (last - first).days >= MOST_DAYS or (first - today).days > MOST_DAYS:
        raise bad_input(
            f"期限须自今日或以后起，至多 {MOST_DAYS} 日",
            f"the period begins today or later and has {MOST_DAYS} days at most",
        )
    return _midnight(first), _midnight(last + timedelta(days=1))


def _midnight(day: date) -> int:
    return int(datetime.combine(day, time(), SHANGHAI).timestamp())


def _not_allowed(zh: str, en: str) -> HubError:
    return HubError("DEPUTY_NOT_ALLOWED", detail=zh, detail_en=en)


def _shown(one: Appointed, principal: str | None, deputy: str | None) -> DeputyItem:
    first, last = days_of(one)
    return DeputyItem(
        id=strawberry.ID(one.id),
        principal=strawberry.ID(one.principal),
        deputy=strawberry.ID(one.deputy),
        principal_name=principal,
        deputy_name=deputy,
        starts_on=first.isoformat(),  # type: ignore[arg-type]
        ends_on=last.isoformat(),  # type: ignore[arg-type]
        confirmed=one.confirmed is not None,
        ended_at=rfc3339_of(one.ended) if one.ended is not None else None,  # type: ignore[arg-type]
    )


def days_of(one: Appointed) -> tuple[date, date]:
    """First and last day of a deputy's time."""
    return tuple(datetime.fromtimestamp(at, SHANGHAI).date() for at in (one.starts, one.ends - 1))  # type: ignore[return-value]


def _outcome(doing: Doing, act: str, outcome: str, one: Appointed) -> DeputyOutcome:
    first, last = days_of(one)
    told = {
        "deputyship": one.id,
        "deputy": doing.vault.short("person", one.deputy),
        "from": first.isoformat(),
        "until": last.isoformat(),
    }
    position = doing.record(act, outcome, doing.vault.short("person", one.principal), told)
    return DeputyOutcome(
        id=strawberry.ID(one.id),
        waiting=outcome == "WAITING",
        changed=outcome != "ALREADY",
        position=position,  # type: ignore[arg-type]
    )
