"""What one caller may see of each field, read from the raw grants: the oracle's own reading, without any folding."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auth.classes import Sensitivity, Sharing
from auth.grants import Binding, Condition, Effect, Grant, RowFilter, RowOp
from auth.roles import Role, station
from auth.scopes import Scope
from schema.catalogue import Catalogue, FieldRule
from tests.oracle.rows import Row


@dataclass(frozen=True, slots=True)
class Clause:
    """One way in which a field is held: for the rows that pass the filter, in clear or masked."""

    rows: RowFilter
    masked: bool = False


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks, as far as grants look at it."""

    department: str
    role: Role
    purpose: str
    day: date
    scopes: frozenset[Scope] | None
    bindings: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Standing:
    """Fields held, with their clauses; fields that can be requested, with the code that says why they are not held."""

    person: Person
    held: Mapping[str, tuple[Clause, ...]]
    requestable: Mapping[str, str]

    @property
    def visible(self) -> frozenset[str]:
        """Fields that exist for the caller."""
        return frozenset(self.held) | frozenset(self.requestable)

    def clear(self, coordinate: str) -> tuple[Clause, ...]:
        """Clauses under which the field is held unmasked."""
        return tuple(clause for clause in self.held.get(coordinate, ()) if not clause.masked)

    def refusal(self, coordinate: str) -> str:
        """Why a field, or what an argument does with it, is refused."""
        return self.requestable.get(coordinate, "FIELD_DENIED")

    def passes(self, clause: Clause, row: Row) -> bool:
        """True if the entity passes the clause's filter."""
        return all(self._meets(condition, row) for condition in clause.rows)

    def hopeless(self, clauses: Iterable[Clause]) -> bool:
        """True if no entity there could be would pass any of the clauses."""
        return all(any(not self._operands(condition) for condition in clause.rows) for clause in clauses)

    def _operands(self, condition: Condition) -> tuple[str, ...]:
        operand = condition.operand
        values = self.person.bindings.get(operand.name, ()) if isinstance(operand, Binding) else operand
        return tuple(value for value in values if value)

    def _meets(self, condition: Condition, row: Row) -> bool:
        found = row.cell(condition.field)
        if not isinstance(found, str):
            return False
        operands = self._operands(condition)
        return found in operands if condition.op is RowOp.IN else found.startswith(operands)


def stand(person: Person, grants: Sequence[Grant], catalogue: Catalogue) -> Standing:
    """Standing of a caller under the grants, field by field."""
    mine = [grant for grant in grants if grant.concerns(person.department, person.role)]
    held: dict[str, tuple[Clause, ...]] = {}
    requestable: dict[str, str] = {}
    for coordinate, rule in catalogue.fields.items():
        if rule.sharing is Sharing.WITHHELD:
            continue
        clauses = _with_needs(rule, person, mine, catalogue)
        if clauses:
            held[coordinate] = clauses
        elif rule.sensitivity <= station(person.role):
            requestable[coordinate] = _refusal(rule, person, mine)
    return Standing(person, held, requestable)


def _with_needs(rule: FieldRule, person: Person, mine: Sequence[Grant], catalogue: Catalogue) -> tuple[Clause, ...]:
    clauses = _own(rule, person, mine)
    for need in rule.needs:
        clear = [clause for clause in _own(catalogue.rule(need), person, mine) if not clause.masked]
        clauses = tuple(Clause(one.rows | other.rows, one.masked) for one in clauses for other in clear)
    return clauses


def _own(rule: FieldRule, person: Person, mine: Sequence[Grant]) -> tuple[Clause, ...]:
    if rule.sharing is Sharing.WITHHELD or (person.scopes is not None and rule.scope not in person.scopes):
        return ()
    naming = [grant for grant in mine if grant.active(person.day) and grant.covers(rule.coordinate, rule.scope)]
    for grant in naming:
        if grant.effect is Effect.DENY and (not grant.purposes or person.purpose in grant.purposes):
            return ()
    allowing = [grant for grant in naming if grant.effect is Effect.ALLOW and person.purpose in grant.purposes]
    return tuple(Clause(grant.rows, _masks(grant, rule)) for grant in allowing)


def _masks(grant: Grant, rule: FieldRule) -> bool:
    return rule.coordinate in grant.masked or (grant.mask_personal and rule.sensitivity >= Sensitivity.PERSONAL)


def _refusal(rule: FieldRule, person: Person, mine: Sequence[Grant]) -> str:
    naming = [g for g in mine if g.effect is Effect.ALLOW and g.covers(rule.coordinate, rule.scope)]
    if any(person.purpose in grant.purposes and grant.ends < person.day for grant in naming):
        return "GRANT_EXPIRED"
    if any(person.purpose not in grant.purposes and grant.active(person.day) for grant in naming):
        return "PURPOSE_NOT_ALLOWED"
    return "FIELD_DENIED"
