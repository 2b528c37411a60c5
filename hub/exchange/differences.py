"""What changes if a draft takes effect: per department, role and purpose, from which day to which, field by field.

Pure. Every day is looked at on which a grant of theirs begins or has ended, so that a renewal shows on the day on which
it matters. A gain or a loss is that of the policies that the gateway would fold, before and after.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from auth.access import Clause
from auth.admission import PUBLIC_DEPARTMENT
from auth.grants import ANY_DEPARTMENT, Grant
from auth.roles import Role
from hub.exchange.changes import Change, apply_changes
from hub.exchange.matrix import Asker, Situation


class Shift(StrEnum):
    """What becomes of a field."""

    GAINED = "GAINED"
    LOST = "LOST"
    CLEARER = "CLEARER"
    MASKED_MORE = "MASKED_MORE"
    WIDENED = "WIDENED"
    NARROWED = "NARROWED"
    OTHER_ROWS = "OTHER_ROWS"


Shifts = Mapping[str, tuple[Shift, ...]]
"""What becomes of each field of which something does."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A situation without and with the changes, and the grants that they touch, as they were and as they would be."""

    before: Situation
    after: Situation
    touched: tuple[Grant, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """What changes for one asker between two days; `until` None: from then on."""

    asker: Asker
    since: date
    until: date | None
    shifts: Shifts


def draft_of(situation: Situation, changes: Sequence[Change]) -> Draft:
    """The draft of these changes."""
    after = replace(situation, grants=tuple(apply_changes(situation.grants, changes)))
    old, new = ({grant.id: grant for grant in one.grants} for one in (situation, after))
    touched = [found for name in old | new if old.get(name) != new.get(name) for found in _both(old, new, name)]
    return Draft(situation, after, tuple(touched))


def affected(draft: Draft, acting: Collection[tuple[str, Role]], purposes: Sequence[str]) -> list[Asker]:
    """Whom the touched grants concern, in a lasting order; `acting` are the departments and roles that there are."""
    found: set[Asker] = set()
    for grant in draft.touched:
        meant = sorted(grant.purposes) if grant.purposes else purposes
        departments = _departments(grant, acting)
        found |= {Asker(department, grant.role, purpose) for department in departments for purpose in meant}
    return sorted(found, key=lambda one: (one.department, one.role, one.purpose))


def differences(draft: Draft, asker: Asker) -> list[Difference]:
    """What changes for somebody, the earliest first; nothing if nothing does."""
    days = _days(draft, asker)
    found: list[Difference] = []
    for day, following in zip(days, [*days[1:], None], strict=True):
        shifts = shifts_between(draft, asker, day)
        until = following - timedelta(days=1) if following else None
        if found and found[-1].shifts == shifts:
            found[-1] = replace(found[-1], until=until)
        else:
            found.append(Difference(asker, day, until, shifts))
    return [one for one in found if one.shifts]


def shifts_between(draft: Draft, asker: Asker, day: date) -> Shifts:
    """What becomes of each field on one day."""
    before, after = draft.before.policy(asker, day).held, draft.after.policy(asker, day).held
    both = {name: _shifts(before.get(name, ()), after.get(name, ())) for name in sorted(before.keys() | after.keys())}
    return {name: found for name, found in both.items() if found}


_ROWS = {(True, False): (Shift.WIDENED,), (False, True): (Shift.NARROWED,), (False, False): (Shift.OTHER_ROWS,)}
_CLEAR = {
    (True, False): (Shift.CLEARER,),
    (False, True): (Shift.MASKED_MORE,),
    # Clear for other rows than before: some lose, some gain.
    (False, False): (Shift.CLEARER, Shift.MASKED_MORE),
}


def _shifts(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[Shift, ...]:
    if not before or not after:
        return (Shift.LOST,) if before else (Shift.GAINED,) if after else ()
    rows = _ROWS.get(_compared(before, after), ())
    if not any(clause.masked for clause in (*before, *after)):
        return rows
    old, new = ([clause for clause in one if not clause.masked] for one in (before, after))
    return (*rows, *_CLEAR.get(_compared(old, new), ()))


def _compared(before: Sequence[Clause], after: Sequence[Clause]) -> tuple[bool, bool]:
    """Whether the rows of before are all still there, and whether all that are there were before."""
    return _covers(after, before), _covers(before, after)


def _covers(wide: Sequence[Clause], narrow: Sequence[Clause]) -> bool:
    return all(any(one.rows <= other.rows for one in wide) for other in narrow)


def _days(draft: Draft, asker: Asker) -> list[date]:
    """Today, and every later day on which one of their grants begins or has ended, as far as the touched ones reach."""
    edges = {edge for grant in draft.touched for edge in _edges(grant)}
    last = max(edges, default=draft.before.day)
    both = (*draft.before.grants, *draft.after.grants)
    theirs = {edge for g in both if g.concerns(asker.department, asker.role) for edge in _edges(g)}
    return sorted({draft.before.day, *(edge for edge in theirs if draft.before.day < edge <= last)})


def _edges(grant: Grant) -> Iterable[date]:
    yield grant.starts
    if grant.last_day < date.max:
        yield grant.last_day + timedelta(days=1)


def _departments(grant: Grant, acting: Collection[tuple[str, Role]]) -> set[str]:
    if grant.role is Role.PUBLIC:
        return {PUBLIC_DEPARTMENT}
    if grant.department != ANY_DEPARTMENT:
        return {grant.department}
    return {ANY_DEPARTMENT, *(department for department, role in acting if role is grant.role)}


def _both(old: Mapping[str, Grant], new: Mapping[str, Grant], name: str) -> list[Grant]:
    return [one[name] for one in (old, new) if name in one]
