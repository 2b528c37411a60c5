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
    GRANT_EXPIRED = "GRANT_EXPIRED"
    PURPOSE_NOT_ALLOWED = "PURPOSE_NOT_ALLOWED"


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

    `visible` are the coordinates valid to ask: held or requestable.
    """

    held: Mapping[str, tuple[Clause, ...]]
    requestable: Mapping[str, Refusal]
    fingerprint: str
    visible: frozenset[str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "visible", frozenset(self.held) | frozenset(self.requestable))


@dataclass(frozen=True, slots=True)
class Access:
    """What one caller may see for one purpose, until when; the policy epoch says which set of grants it was."""

    caller: Caller
    purpose: str
    case: str | None
    policy: Policy
    bindings: Bindings
    valid_until: datetime | None
    epoch: int


def fold_policy(
    caller: Caller, purpose: str, grants: Sequence[Grant], fields: Iterable[FieldView], day: date
) -> Policy:
    """Fold the grants that concern the caller into one policy for this purpose and business day."""
    mine = [g for g in grants if g.concerns(caller.client.department, caller.client.role)]
    views = {view.coordinate: view for view in fields}
    own = {name: _own_clauses(view, mine, purpose, day, caller.scopes) for name, view in views.items()}
    held: dict[str, tuple[Clause, ...]] = {}
    requestable: dict[str, Refusal] = {}
    for name, view in views.items():
        clauses = _with_needs(own[name], [own.get(need, ()) for need in view.needs])
        if clauses and view.sharing is not Sharing.WITHHELD:
            held[name] = clauses
        elif _requestable(view, caller.client.role):
            requestable[name] = _refusal(view, mine, purpose, day)
    return Policy(held, requestable, _fingerprint(held, requestable))


def next_change(grants: Iterable[Grant], department: str, role: Role, day: date) -> date | None:
    """First later day on which a grant of this department and role begins or has just ended."""
    days = {
        edge
        for grant in grants
        if grant.concerns(department, role)
        for edge in (grant.starts, _day_after(grant.ends))
        if edge > day
    }
    return min(days, default=None)


def _day_after(day: date) -> date:
    return date.max if day == date.max else date.fromordinal(day.toordinal() + 1)


def _own_clauses(
    view: FieldView, grants: Sequence[Grant], purpose: str, day: date, scopes: frozenset[Scope] | None
) -> tuple[Clause, ...]:
    if scopes is not None and view.scope not in scopes:
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
    if any(purpose in g.purposes and g.ends < day for g in naming):
        return Refusal.GRANT_EXPIRED
    if any(g.active(day) and purpose not in g.purposes for g in naming):
        return Refusal.PURPOSE_NOT_ALLOWED
    return Refusal.FIELD_DENIED


def _fingerprint(held: Mapping[str, tuple[Clause, ...]], requestable: Mapping[str, Refusal]) -> str:
    lines = [f"+{name} {'; '.join(map(str, clauses))}" for name, clauses in held.items()]
    lines += [f"?{name} {refusal}" for name, refusal in requestable.items()]
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()
