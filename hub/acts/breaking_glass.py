"""Break-glass: a named person sees fields at once, for a while, visibly; everything of it is reviewed afterwards.

What the law withholds, what is frozen and what a grant denies stays so: an emergency is one more allowance, no key.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import strawberry

from auth.classes import Sharing
from auth.grants import ALL_ROWS, Condition, Grant, RowFilter, RowOp
from auth.roles import Role
from auth.scopes import Scope
from hub.acts.doing import Doing, bad_input, line_of
from hub.acts.officers_told import tell_of_emergency, tell_of_review
from hub.clock import SHANGHAI, rfc3339_of
from hub.errors import HubError
from hub.exchange.emergencies import MOST, WITHIN_DAYS, Bar, Emergencies, Emergency, Wanted
from schema.standing_in import EmergencyInput, EmergencyItem, EmergencyOutcome

_MOST_FIELDS = 30
_SHORTEST_REASON, _MAX_REASON, _MAX_FINDING, _MAX_CASE = 10, 200, 500, 64
_BARS: dict[Bar, tuple[str, str]] = {
    Bar.OVERDUE: ("此前的应急调阅复核已逾期", "the review of an earlier one is overdue"),
    Bar.TOO_MANY: (f"{WITHIN_DAYS} 日内已有 {MOST} 次", f"there were {MOST} within {WITHIN_DAYS} days"),
    Bar.UNJUSTIFIED: ("此前的应急调阅经复核认为不当", "an earlier one was found not to be justified"),
}


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is opened, checked: fields and scopes that there are, and the rows."""

    fields: frozenset[str]
    scopes: frozenset[Scope]
    rows: RowFilter


def break_glass(doing: Doing, given: EmergencyInput) -> EmergencyOutcome:
    """Give the caller these fields for this purpose, until an hour from now at most."""
    me, rules = doing.in_person(), doing.rules.emergency
    client = doing.access.caller.client
    if client.role not in rules.roles:
        raise _not_allowed("您的角色不能应急调阅", "your role may not break glass")
    account = doing.people.of_id(me)
    if account is None or account.second_factor is None:
        raise _not_allowed("须先绑定验证器", "an authenticator is needed")
    kept, today = _kept(doing), _day(doing.occasion.now)
    bar = kept.bar(me, today)
    if bar is not None:
        raise _not_allowed(*_BARS[bar])
    reason = line_of(given.reason, _MAX_REASON, "reason")
    if len(reason) < _SHORTEST_REASON:
        raise bad_input(f"reason 至少 {_SHORTEST_REASON} 字", f"reason takes {_SHORTEST_REASON} characters at least")
    case = line_of(given.case, _MAX_CASE, "case") if given.case else None
    purpose, asked = _purpose(doing, given.purpose, case), _asked(doing, given)
    since = datetime.fromtimestamp(doing.occasion.now, SHANGHAI)
    until = since + timedelta(minutes=rules.minutes)
    grant = Grant(
        id="",
        department=client.department,
        role=client.role,
        purposes=frozenset({purpose}),
        starts=since.date(),
        ends=until.date(),
        legal_basis="应急调阅",
        approved_by="应急调阅，事后复核 / emergency, reviewed afterwards",
        scopes=asked.scopes,
        fields=asked.fields,
        rows=asked.rows,
        asked_by=me,
        person=me,
        since=since,
        until=until,
    )
    made = kept.open(Wanted(grant, reason, case, rules.review_days), me)
    tell_of_emergency(doing, made, _records(doing, asked))
    subject = doing.entity(str(given.uscc)) if given.uscc is not None else ""
    told = {"emergency": made.id, "grant": made.grant, "fields": " ".join(made.fields), "for_purpose": purpose}
    return _outcome(doing, "EMERGENCY_OPENED", "GRANTED", made, (subject, told))


def end_emergency(doing: Doing, name: str) -> EmergencyOutcome:
    """End one before its time: whoever opened it, or the security administrator."""
    me, found = doing.person(), _found(doing, name)
    if doing.access.caller.client.role is not Role.SEC and found.person != me:
        raise bad_input("没有这个应急调阅", "there is no such emergency")
    over = found.is_over(doing.occasion.now)
    if not over:
        _kept(doing).end(found, me)
    told = {"emergency": found.id, "grant": found.grant}
    return _outcome(doing, "EMERGENCY_ENDED", "ALREADY" if over else "GRANTED", found, ("", told))


def review_emergency(doing: Doing, name: str, finding: str, *, justified: bool) -> EmergencyOutcome:
    """Say whether one was justified, once it is over; a later review takes the place of an earlier one."""
    me, found = doing.person(), _found(doing, name)
    if found.person in doing.persons():
        raise HubError("OWN_ACCOUNT")
    if not found.is_over(doing.occasion.now):
        raise bad_input("应急调阅结束后方可复核", "it can be reviewed once it is over")
    text = line_of(finding, _MAX_FINDING, "finding")
    _kept(doing).review(found, me, text, justified=justified)
    tell_of_review(doing, found)
    told = {"emergency": found.id}
    subject = doing.vault.short("person", found.person)
    outcome = "JUSTIFIED" if justified else "NOT_JUSTIFIED"
    return _outcome(doing, "EMERGENCY_REVIEWED", outcome, found, (subject, told))


def shown_emergencies(doing: Doing) -> list[EmergencyItem]:
    """The caller's own, or all of them for whoever watches them."""
    caller, kept = doing.access.caller, _kept(doing)
    if caller.client.role in {Role.AUDIT, Role.SEC}:
        found = kept.all()
    else:
        found = kept.of_person(caller.person) if caller.person is not None else []
    names = {one.id: one.username for one in doing.people.all()} if found else {}
    today = _day(doing.occasion.now)
    return [_shown(one, names.get(one.person), today) for one in found]


def _kept(doing: Doing) -> Emergencies:
    return Emergencies(doing.connection, doing.vault, doing.occasion.now)


def _found(doing: Doing, name: str) -> Emergency:
    found = _kept(doing).of_id(name) if name.isascii() and name.isprintable() else None
    if found is None:
        raise bad_input("没有这个应急调阅", "there is no such emergency")
    return found


def _purpose(doing: Doing, code: str, case: str | None) -> str:
    """A purpose that the caller may ask for; HubError for another one, or without the case that it needs."""
    purpose = doing.rules.known.purposes.get(code)
    if purpose is None or code not in doing.access.caller.allowed_purposes():
        raise bad_input("purpose 不是您可用的用途", "purpose is none that you may use")
    if purpose.requires_case and case is None:
        raise HubError("CASE_REQUIRED", purpose=purpose.zh, purpose_en=purpose.en)
    return code


def _asked(doing: Doing, given: EmergencyInput) -> _Asked:
    catalogue = doing.rules.known.catalogue
    if not 0 < len(given.fields) + len(given.scopes) <= _MOST_FIELDS:
        raise bad_input(f"须给出 1 到 {_MOST_FIELDS} 个字段或范围", f"1 to {_MOST_FIELDS} fields or scopes are needed")
    for name in given.fields:
        if name not in catalogue.fields:
            raise bad_input("fields 中有不存在的字段", "fields names one that does not exist")
        if catalogue.fields[name].sharing is Sharing.WITHHELD:
            raise _not_allowed("依法不予共享的字段不能调阅", "what the law withholds stays withheld")
    try:
        scopes = frozenset(map(Scope, given.scopes))
    except ValueError:
        raise bad_input("scopes 中有不存在的范围", "scopes names one that does not exist") from None
    uscc = str(given.uscc) if given.uscc is not None else None
    rows = frozenset({Condition("uscc", RowOp.IN, (uscc,))}) if uscc is not None else ALL_ROWS
    return _Asked(frozenset(given.fields), scopes, rows)


def _records(doing: Doing, asked: _Asked) -> set[str]:
    """Records that the asked fields belong to."""
    named = {field.partition(".")[0] for field in asked.fields}
    rules = doing.rules.known.catalogue.fields.values()
    return named | {rule.record for rule in rules if rule.scope in asked.scopes}


def _day(now: int) -> date:
    return datetime.fromtimestamp(now, SHANGHAI).date()


def _not_allowed(zh: str, en: str) -> HubError:
    return HubError("EMERGENCY_NOT_ALLOWED", detail=zh, detail_en=en)


def _shown(one: Emergency, username: str | None, today: date) -> EmergencyItem:
    return EmergencyItem(
        id=strawberry.ID(one.id),
        person=strawberry.ID(one.person),
        username=username,
        department=one.department,
        role=one.role,
        fields=list(one.fields),
        purpose=one.purpose,
        reason=one.reason,
        began_at=rfc3339_of(one.began),  # type: ignore[arg-type]
        until=rfc3339_of(one.until),  # type: ignore[arg-type]
        ended_at=_instant(one.ended),  # type: ignore[arg-type]
        due_on=one.due_on.isoformat(),  # type: ignore[arg-type]
        overdue=one.reviewed is None and one.due_on < today,
        reviewed_at=_instant(one.reviewed),  # type: ignore[arg-type]
        justified=one.justified,
        finding=one.finding,
    )


def _instant(second: int | None) -> str | None:
    return rfc3339_of(second) if second is not None else None


def _outcome(
    doing: Doing, act: str, outcome: str, one: Emergency, what: tuple[str, dict[str, str]]
) -> EmergencyOutcome:
    subject, told = what
    return EmergencyOutcome(
        id=strawberry.ID(one.id),
        until=rfc3339_of(one.until),  # type: ignore[arg-type]
        due_on=one.due_on.isoformat(),  # type: ignore[arg-type]
        changed=outcome != "ALREADY",
        position=doing.record(act, outcome, subject, told),  # type: ignore[arg-type]
    )
