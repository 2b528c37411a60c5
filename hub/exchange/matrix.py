"""What can a department, in a role, for a purpose, see? One state a field, folded by the code that answers questions.

Pure: grants, vocabulary and day are given. The policy is the gateway's own; the grants only explain it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from auth.access import Clause, FieldView, Policy, Refusal, fold_policy
from auth.caller import Caller, Client
from auth.classes import Sharing
from auth.grants import Effect, Grant
from auth.roles import Role
from hub.roster.vocabulary import Vocabulary

SOON = timedelta(days=30)


class CellState(StrEnum):
    """How a field stands for whoever asks."""

    HELD = "HELD"
    HELD_FILTERED = "HELD_FILTERED"
    MASKED = "MASKED"
    MASKED_FILTERED = "MASKED_FILTERED"
    MIXED = "MIXED"
    REQUESTABLE = "REQUESTABLE"
    EXPIRED = "EXPIRED"
    OTHER_PURPOSE = "OTHER_PURPOSE"
    DENIED = "DENIED"
    LACKING = "LACKING"
    FROZEN = "FROZEN"
    WITHHELD = "WITHHELD"
    HIDDEN = "HIDDEN"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who would ask, and for what; the department of the public is empty, that of all others not named is `*`."""

    department: str
    role: Role
    purpose: str

    @property
    def caller(self) -> Caller:
        """A caller of this department and role, without a person behind it."""
        return Caller(Client("", "", self.department, self.role, (self.purpose,)))


@dataclass(frozen=True, slots=True)
class Situation:
    """What is in force: all grants that are recorded, which of them are frozen, what the words mean, on which day.

    cold: coordinates and scopes that are frozen, of which nobody is given anything.
    """

    grants: tuple[Grant, ...]
    frozen: frozenset[str]
    vocabulary: Vocabulary
    day: date
    cold: frozenset[str] = frozenset()

    @property
    def honoured(self) -> tuple[Grant, ...]:
        """The grants that are not frozen."""
        return tuple(grant for grant in self.grants if grant.id not in self.frozen)

    def policy(self, asker: Asker, day: date | None = None) -> Policy:
        """What the gateway folds for whoever asks so."""
        fields = self.vocabulary.fields
        policy = fold_policy(asker.caller, asker.purpose, self.honoured, fields.values(), day or self.day)
        if not self.cold:
            return policy
        held = {name: clauses for name, clauses in policy.held.items() if not self.is_cold(fields[name])}
        return Policy(held, policy.requestable, policy.fingerprint)

    def is_cold(self, view: FieldView) -> bool:
        """True if a field, or one that it is computed from, is frozen."""
        parts = [view, *(self.vocabulary.fields[need] for need in view.needs)]
        return any(one.coordinate in self.cold or one.scope in self.cold for one in parts)


@dataclass(frozen=True, slots=True)
class Cell:
    """One field: its state, the grants that give it, that deny it or would give it, and what is still lacking.

    rows: row filters, each as text, none of them for all rows · last_day: last day on which the grants that give it now
    do so, those of what it is computed from included.
    """

    field: str
    state: CellState
    grants: tuple[str, ...] = ()
    denied_by: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()
    last_day: date | None = None
    expiring: bool = False


def matrix(situation: Situation, asker: Asker) -> dict[str, Cell]:
    """Every field with its state, by coordinate."""
    policy = situation.policy(asker)
    return {name: _Teller(situation, asker, policy, view).cell() for name, view in situation.vocabulary.fields.items()}


@dataclass(frozen=True, slots=True)
class _Teller:
    situation: Situation
    asker: Asker
    policy: Policy
    view: FieldView

    def cell(self) -> Cell:
        clauses = self.policy.held.get(self.view.coordinate, ())
        return self._held(clauses) if clauses else self._not_held()

    def _held(self, clauses: Sequence[Clause]) -> Cell:
        parts = [self.view, *self._needs()]
        giving = [self._giving(part, self.situation.honoured) for part in parts]
        last = min(max(grant.last_day for grant in each) for each in giving)
        return Cell(
            field=self.view.coordinate,
            state=_held_state(clauses),
            grants=_ids(grant for each in giving for grant in each),
            rows=tuple(sorted({_rows_text(clause) for clause in clauses if clause.rows})),
            last_day=last,
            expiring=last <= _later(self.situation.day),
        )

    def _not_held(self) -> Cell:
        name, view = self.view.coordinate, self.view
        if view.sharing is Sharing.WITHHELD:
            return Cell(name, CellState.WITHHELD)
        if self.situation.is_cold(view) and not self._denials():
            giving = self._giving(view, self.situation.honoured)
            if giving:
                return Cell(name, CellState.FROZEN, _ids(giving))
        if view.sensitivity > self.situation.vocabulary.stations[self.asker.role]:
            return Cell(name, CellState.HIDDEN)
        frozen = [g for g in self._giving(view, self.situation.grants) if g.id in self.situation.frozen]
        if frozen and not self._denials():
            return Cell(name, CellState.FROZEN, _ids(frozen))
        refusal = self.policy.requestable.get(name, Refusal.FIELD_DENIED)
        if refusal is Refusal.GRANT_EXPIRED:
            return self._expired()
        if refusal is Refusal.PURPOSE_NOT_ALLOWED:
            return Cell(name, CellState.OTHER_PURPOSE, _ids(self._naming(view, Effect.ALLOW)), self._denials())
        return self._denied()

    def _expired(self) -> Cell:
        naming = self._naming(self.view, Effect.ALLOW)
        over = [g for g in naming if self.asker.purpose in g.purposes and g.last_day < self.situation.day]
        last = max(grant.last_day for grant in over)
        return Cell(self.view.coordinate, CellState.EXPIRED, _ids(over), self._denials(), last_day=last)

    def _denied(self) -> Cell:
        name, denials = self.view.coordinate, self._denials()
        if denials:
            return Cell(name, CellState.DENIED, _ids(self._giving(self.view, self.situation.honoured)), denials)
        lacking = tuple(need.coordinate for need in self._needs() if not self._clear(need))
        giving = self._giving(self.view, self.situation.honoured)
        if giving and lacking:
            return Cell(name, CellState.LACKING, _ids(giving), lacking=lacking)
        return Cell(name, CellState.REQUESTABLE)

    def _needs(self) -> list[FieldView]:
        return [self.situation.vocabulary.fields[need] for need in self.view.needs]

    def _clear(self, view: FieldView) -> bool:
        return any(not clause.masked for clause in self.policy.held.get(view.coordinate, ()))

    def _giving(self, view: FieldView, grants: Iterable[Grant]) -> list[Grant]:
        purpose, day = self.asker.purpose, self.situation.day
        naming = self._naming(view, Effect.ALLOW, grants)
        return [grant for grant in naming if purpose in grant.purposes and grant.active(day)]

    def _denials(self) -> tuple[str, ...]:
        naming = self._naming(self.view, Effect.DENY)
        purpose, day = self.asker.purpose, self.situation.day
        return _ids(g for g in naming if g.active(day) and (not g.purposes or purpose in g.purposes))

    def _naming(self, view: FieldView, effect: Effect, grants: Iterable[Grant] | None = None) -> list[Grant]:
        given = self.situation.honoured if grants is None else grants
        mine = (grant for grant in given if grant.concerns(self.asker.department, self.asker.role))
        return [grant for grant in mine if grant.effect is effect and grant.covers(view.coordinate, view.scope)]


def _held_state(clauses: Sequence[Clause]) -> CellState:
    if len({clause.masked for clause in clauses}) > 1:
        return CellState.MIXED
    filtered = all(clause.rows for clause in clauses)
    if clauses[0].masked:
        return CellState.MASKED_FILTERED if filtered else CellState.MASKED
    return CellState.HELD_FILTERED if filtered else CellState.HELD


def _rows_text(clause: Clause) -> str:
    return " & ".join(sorted(map(str, clause.rows)))


def _ids(grants: Iterable[Grant]) -> tuple[str, ...]:
    return tuple(sorted({grant.id for grant in grants}))


def _later(day: date) -> date:
    return date.max if day > date.max - SOON else day + SOON
