"""Freezing and thawing, for the security administrator: felt by every worker, and by connections that are open."""

from auth.caller import Caller
from auth.scopes import Scope
from auth.standing import Stopped
from hub.acts.doing import Doing, bad_input, line_of
from hub.acts.officers_told import tell_of_stop
from hub.callers import stopping
from hub.events import Event
from schema.enums import StopKind
from schema.mutation import StopOutcome

_MAX_REASON, _MAX_NAME = 200, 128
_STOPPED = {
    StopKind.CLIENT: Stopped.CLIENT,
    StopKind.DEPARTMENT: Stopped.DEPARTMENT,
    StopKind.FIELD: Stopped.FIELD,
    StopKind.GRANT: Stopped.GRANT,
    StopKind.PERSON: Stopped.PERSON,
}


def freeze(doing: Doing, kind: StopKind, name: str, reason: str) -> StopOutcome:
    """Honour nothing of this until it is thawed; HubError if there is no such thing, or it is what the caller uses."""
    why, target = line_of(reason, _MAX_REASON, "reason"), _target(doing, kind, name)
    if not _is_known(doing, kind, target):
        raise bad_input(f"没有这个{kind.zh}", f"there is no such {kind.en.lower()}")
    if target in _own(kind, doing.access.caller):
        raise bad_input("不能冻结自己所用的客户端、部门或账号", "nobody can freeze what they use themselves")
    changed = stopping.freeze(doing.connection, _STOPPED[kind], target, doing.occasion.now, why)
    if changed:
        tell_of_stop(doing, Event.FROZEN, _STOPPED[kind], target)
    return _outcome(doing, "FROZEN", kind, target, changed=changed)


def thaw(doing: Doing, kind: StopKind, name: str, reason: str) -> StopOutcome:
    """Lift a freeze."""
    why, target = line_of(reason, _MAX_REASON, "reason"), _target(doing, kind, name)
    changed = stopping.thaw(doing.connection, _STOPPED[kind], target, doing.occasion.now, why)
    if changed:
        tell_of_stop(doing, Event.THAWED, _STOPPED[kind], target)
    return _outcome(doing, "THAWED", kind, target, changed=changed)


def _target(doing: Doing, kind: StopKind, name: str) -> str:
    text = line_of(name, _MAX_NAME, "name")
    if kind is not StopKind.PERSON:
        return text
    account = doing.people.named(text)
    return account.id if account is not None else text


def _is_known(doing: Doing, kind: StopKind, name: str) -> bool:
    if kind is StopKind.PERSON:
        return doing.people.of_id(name) is not None
    if kind is StopKind.FIELD:
        return name in doing.rules.known.catalogue.fields or name in set(Scope)
    roster = doing.roster()
    if kind is StopKind.GRANT:
        return any(grant.id == name for grant in roster.grants)
    return name in (roster.clients if kind is StopKind.CLIENT else roster.departments)


def _own(kind: StopKind, caller: Caller) -> set[str | None]:
    used: dict[StopKind, set[str | None]] = {
        StopKind.CLIENT: {caller.client.id},
        StopKind.DEPARTMENT: {caller.client.department},
        StopKind.PERSON: {*caller.persons},
    }
    return used.get(kind, set())


def _outcome(doing: Doing, act: str, kind: StopKind, target: str, *, changed: bool) -> StopOutcome:
    told = {"kind": kind.name, **({} if kind is StopKind.PERSON else {"name": target})}
    position = doing.record(act, "GRANTED" if changed else "ALREADY", doing.vault.short("subject", target), told)
    return StopOutcome(changed=changed, position=position)  # type: ignore[arg-type]
