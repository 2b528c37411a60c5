"""What a caller may see now: grants folded against a catalogue that is passed in.

Order of grants never matters; a denial beats every allowance; nothing is allowed by default. The result has
two halves: the policy (shared by all callers to whom the same grants apply) and the bindings (their own values).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol

from auth.caller import Caller
from auth.classes import Sensitivity, Sharing
from auth.grants import Bindings, Effect, Grant, RowFilter
from auth.roles import Role, station
from auth.scopes import Scope


class FieldView(Protocol):
    """What folding needs to know of a field; the schema's catalogue provides it."""

    @property
    def coordinate(self) -> str: ...
    @property
    def scope(self) -> Scope: ...
    @property
    def sensitivity(self) -> Sensitivity: ...
    @property
    def sharing(self) -> Sharing: ...
    @property
    def needs(self) -> tuple[str, ...]: ...


class Refusal(StrEnum):
    """Why a requestable field is not held."""

    FIELD_DENIED = "FIELD_DENIED"
    FIELD_FROZEN = "FIELD_FROZEN"
    GRANT_EXPIRED = "GRANT_EXPIRED"
    PURPOSE_NOT_ALLOWED = "PURPOSE_NOT_ALLOWED"
    QUOTA_EXCEEDED = "QUOTA_EXCEEDED"


@dataclass(frozen=True, slots=True)
class Clause:
    """One way in which a field is held: for these rows, in clear or masked."""

    rows: RowFilter
    masked: bool

    def __str__(self) -> str:
        shown = " & ".join(sorted(map(str, self.rows))) or "*"
        return f"{shown} masked" if self.masked else shown


@dataclass(frozen=True, slots=True)
class Policy:
    """Which fields are held and how, which can be requested and why they are not held; all others are hidden.

    `visible` are the coordinates valid to ask: held or requestable. `metered` names, by coordinate and by record, the
    grants with a quota without which it would be held less, or fewer of its rows be known of; it is empty for most.
    """

    held: Mapping[str, tuple[Clause, ...]]
    requestable: Mapping[str, Refusal]
    fingerprint: str
    metered: Mapping[str, frozenset[str]] = field(default_factory=dict)
    visible: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "visible", frozenset(self.held) | frozenset(self.requestable))


@dataclass(frozen=True, slots=True)
class Access:
    """What one caller may see for one purpose, until when; the policy epoch says which set of grants it was.

    personal: ids of the grants in it that are for this one person, between two instants.
    """

    caller: Caller
    purpose: str
    case: str | None
    policy: Policy
    bindings: Bindings
    valid_until: datetime | None
    epoch: int
    personal: tuple[str, ...] = ()


def fold_policy(
    caller: Caller, purpose: str, grants: Sequence[Grant], fields: Iterable[FieldView], day: date
) -> Policy:
    """Fold the grants that concern the caller into one policy for this purpose and business day."""
    client = caller.client
    mine = [g for g in grants if g.concerns(client.department, client.role, caller.person)]
    views = {view.coordinate: view for view in fields}
    folding = _Folding(views, purpose, day, caller.scopes)
    held = folding.held(mine)
    requestable = {
        name: _refusal(view, mine, purpose, day)
        for name, view in views.items()
        if name not in held and _requestable(view, client.role)
    }
    return _policy(held, requestable, folding.metered(mine, held))


def used_up(whole: Policy, left: Policy) -> Policy:
    """The policy that is left when the quotas of some grants are used up: what only they give is refused for that."""
    lost = {name: Refusal.QUOTA_EXCEEDED for name in whole.held if name not in left.held}
    return _policy(left.held, {**left.requestable, **lost}, left.metered)


def nothing_held() -> Policy:
    """The policy of a purpose for which nothing may be asked yet: no field is held, and none can be requested."""
    return _policy({}, {}, {})


@dataclass(frozen=True, slots=True)
class _Folding:
    """What grants are folded for."""

    views: Mapping[str, FieldView]
    purpose: str
    day: date
    scopes: frozenset[Scope] | None

    def held(self, grants: Sequence[Grant]) -> dict[str, tuple[Clause, ...]]:
        """The fields that grants of the caller give, and how."""
        views = self.views
        own = {name: _own_clauses(view, grants, self.purpose, self.day, self.scopes) for name, view in views.items()}
        held: dict[str, tuple[Clause, ...]] = {}
        for name, view in views.items():
            clauses = _with_needs(own[name], [own.get(need, ()) for need in view.needs])
            if clauses:
                held[name] = clauses
        return held

    def metered(self, grants: Sequence[Grant], held: Mapping[str, tuple[Clause, ...]]) -> Mapping[str, frozenset[str]]:
        """Grants with a quota by what would be less without all of them: fields, and rows of records."""
        counted = [g for g in grants if g.metered and g.active(self.day) and self.purpose in g.purposes]
        if not counted:
            return {}
        free = self.held([g for g in grants if not g.metered])
        found = {name: self._giving(name, counted) for name, clauses in held.items() if free.get(name) != clauses}
        for record in {_record(name) for name in found}:
            if _rows_of(record, held) != _rows_of(record, free):
                found[record] = frozenset().union(*(ids for name, ids in found.items() if _record(name) == record))
        return found

    def _giving(self, name: str, counted: Sequence[Grant]) -> frozenset[str]:
        """Those that name a field, or one that it is computed from: which of them a row needs is not known before."""
        read = [self.views[one] for one in (name, *self.views[name].needs) if one in self.views]
        return frozenset(g.id for g in counted if any(g.covers(v.coordinate, v.scope) for v in read))


def _record(coordinate: str) -> str:
    return coordinate.partition(".")[0]


def _rows_of(record: str, held: Mapping[str, tuple[Clause, ...]]) -> tuple[Clause, ...]:
    """Clauses of which one lets a row of the record be known of."""
    every = (clause for name, clauses in held.items() if _record(name) == record for clause in clauses)
    return _simplify(Clause(clause.rows, masked=False) for clause in every)


def freeze_policy(policy: Policy, fields: Iterable[FieldView], frozen: frozenset[str]) -> Policy:
    """The policy without what is frozen, by coordinate or scope, and without what is computed from that.

    Whoever held it may ask for it as before and is told that it is frozen, whatever their station is.
    """
    if not frozen:
        return policy
    views = {view.coordinate: view for view in fields}
    cold = {name for name, view in views.items() if name in frozen or view.scope in frozen}
    lost = {name for name in policy.held if name in cold or cold.intersection(views[name].needs)}
    held = {name: clauses for name, clauses in policy.held.items() if name not in lost}
    requestable = {**policy.requestable, **dict.fromkeys(lost, Refusal.FIELD_FROZEN)}
    return _policy(held, requestable, {name: ids for name, ids in policy.metered.items() if name not in lost})


def next_change(grants: Iterable[Grant], department: str, role: Role, day: date) -> date | None:
    """First later day on which a grant of this department and role begins or has just ended."""
    days = {
        edge
        for grant in grants
        if grant.concerns(department, role)
        for edge in (grant.starts, _day_after(grant.last_day))
        if edge > day
    }
    return min(days, default=None)


def _day_after(day: date) -> date:
    return date.max if day == date.max else date.fromordinal(day.toordinal() + 1)


def _own_clauses(
    view: FieldView, grants: Sequence[Grant], purpose: str, day: date, scopes: frozenset[Scope] | None
) -> tuple[Clause, ...]:
    if view.sharing is Sharing.WITHHELD or (scopes is not None and view.scope not in scopes):
        return ()
    naming = [g for g in grants if g.active(day) and g.covers(view.coordinate, view.scope)]
    if any(g.effect is Effect.DENY and (not g.purposes or purpose in g.purposes) for g in naming):
        return ()
    return _simplify(
        Clause(g.rows, _masks(g, view)) for g in naming if g.effect is Effect.ALLOW and purpose in g.purposes
    )


def _masks(grant: Grant, view: FieldView) -> bool:
    personal = grant.mask_personal and view.sensitivity >= Sensitivity.PERSONAL
    return personal or view.coordinate in grant.masked


def _simplify(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    """Drop clauses that a wider, at least as clear clause already contains; clear ones first, then by text."""
    unique = set(clauses)
    kept = [c for c in unique if not any(_wider(other, c) for other in unique if other != c)]
    return tuple(sorted(kept, key=lambda c: (c.masked, str(c))))


def _wider(wide: Clause, narrow: Clause) -> bool:
    return wide.rows <= narrow.rows and (narrow.masked or not wide.masked)


def _with_needs(own: tuple[Clause, ...], needs: Sequence[tuple[Clause, ...]]) -> tuple[Clause, ...]:
    """A computed field is held where all it is computed from is held in clear."""
    result = own
    for clauses in needs:
        clear = [c.rows for c in clauses if not c.masked]
        result = _simplify(Clause(c.rows | rows, c.masked) for c in result for rows in clear)
    return result


def _requestable(view: FieldView, role: Role) -> bool:
    return view.sharing is not Sharing.WITHHELD and view.sensitivity <= station(role)


def _refusal(view: FieldView, grants: Sequence[Grant], purpose: str, day: date) -> Refusal:
    naming = [g for g in grants if g.effect is Effect.ALLOW and g.covers(view.coordinate, view.scope)]
    if any(purpose in g.purposes and g.last_day < day for g in naming):
        return Refusal.GRANT_EXPIRED
    if any(g.active(day) and purpose not in g.purposes for g in naming):
        return Refusal.PURPOSE_NOT_ALLOWED
    return Refusal.FIELD_DENIED


def _policy(
    held: Mapping[str, tuple[Clause, ...]], requestable: Mapping[str, Refusal], metered: Mapping[str, frozenset[str]]
) -> Policy:
    return Policy(held, requestable, _fingerprint(held, requestable, metered), metered)


def _fingerprint(
    held: Mapping[str, tuple[Clause, ...]], requestable: Mapping[str, Refusal], metered: Mapping[str, frozenset[str]]
) -> str:
    lines = [f"+{name} {'; '.join(map(str, clauses))}" for name, clauses in held.items()]
    lines += [f"?{name} {refusal}" for name, refusal in requestable.items()]
    lines += [f"#{name} {', '.join(sorted(ids))}" for name, ids in metered.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
