"""What a grant is: department × role × scopes or fields × purposes × rows × mask × period.

Plain frozen values. Folding them is the business of access.py; where they come from is not known here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from auth.roles import Role
from auth.scopes import Scope

ANY_DEPARTMENT = "*"


class RowOp(StrEnum):
    """How a row filter compares a column of the entity with its operand."""

    IN = "IN"
    PREFIX = "PREFIX"


@dataclass(frozen=True, slots=True)
class Binding:
    """A value that is the caller's own, known only when a question is executed."""

    name: str

    def __str__(self) -> str:
        return f"${self.name}"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition on a field of the entity; any of the operands satisfies it, none matches nothing."""

    field: str
    op: RowOp
    operand: tuple[str, ...] | Binding

    def __str__(self) -> str:
        shown = str(self.operand) if isinstance(self.operand, Binding) else repr(sorted(self.operand))
        return f"{self.field} {self.op} {shown}"


RowFilter = frozenset[Condition]
"""Conditions that must all hold; the empty filter lets every row through."""

ALL_ROWS: RowFilter = frozenset()


class Effect(StrEnum):
    """What a grant does; a denial beats every allowance, whatever the order."""

    ALLOW = "allow"
    DENY = "deny"


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission, or denial, of fields; dates are whole days in Asia/Shanghai, both ends included."""

    id: str
    department: str
    role: Role
    purposes: frozenset[str]
    starts: date
    ends: date
    legal_basis: str
    approved_by: str
    scopes: frozenset[Scope] = frozenset()
    fields: frozenset[str] = frozenset()
    rows: RowFilter = ALL_ROWS
    masked: frozenset[str] = frozenset()
    mask_personal: bool = False
    effect: Effect = Effect.ALLOW

    def concerns(self, department: str, role: Role) -> bool:
        """True if the grant speaks of this department in this role."""
        return self.role is role and self.department in (ANY_DEPARTMENT, department)

    def covers(self, coordinate: str, scope: Scope) -> bool:
        """True if the grant names the field itself or the scope it belongs to."""
        return coordinate in self.fields or scope in self.scopes

    def active(self, day: date) -> bool:
        """True on every day of the grant's period."""
        return self.starts <= day <= self.ends


@dataclass(frozen=True, slots=True)
class Bindings:
    """The values behind the names a row filter uses; a missing name binds to no value and matches no row."""

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def key(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The values as something that can be compared and remembered by."""
        return tuple(sorted(self.values.items()))

    def of(self, binding: Binding) -> tuple[str, ...]:
        """Values bound to the name, empty if there are none."""
        return self.values.get(binding.name, ())
