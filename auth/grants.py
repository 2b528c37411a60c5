"""What a grant is: department × role × scopes or fields × purposes × rows × mask × period.

Plain frozen values. Folding them is the business of access.py; where they come from is not known here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
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
    """Permission, or denial, of fields; dates are whole days in Asia/Shanghai, both ends included.

    approved_by: who answered for the source · released_by: who let it take effect · certified_until: last day for which
    somebody confirmed that it is still needed · records_a_day, entities_a_day: most records a day, and most different
    entities a person a day, None without a bound · person: the only one it is for · since, until: instants between
    which it holds, beside its days.
    """

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
    asked_by: str = ""
    released_by: str = ""
    certified_until: date | None = None
    records_a_day: int | None = None
    entities_a_day: int | None = None
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def concerns(self, department: str, role: Role, person: str | None = None) -> bool:
        """True if the grant speaks of this department in this role, and of this person where it is for one only."""
        if self.role is not role or self.department not in (ANY_DEPARTMENT, department):
            return False
        return self.person is None or self.person == person

    def covers(self, coordinate: str, scope: Scope) -> bool:
        """True if the grant names the field itself or the scope it belongs to."""
        return coordinate in self.fields or scope in self.scopes

    def active(self, day: date) -> bool:
        """True on every day of the grant's period for which it is certified."""
        return self.starts <= day <= self.last_day

    @property
    def metered(self) -> bool:
        """True if it has a quota."""
        return self.records_a_day is not None or self.entities_a_day is not None

    @property
    def last_day(self) -> date:
        """The last day on which it is honoured: the end of its period, or of what was certified."""
        return self.ends if self.certified_until is None else min(self.ends, self.certified_until)

    def at(self, instant: datetime) -> bool:
        """True at this instant, as far as instants bound it."""
        return (self.since is None or self.since <= instant) and (self.until is None or instant < self.until)


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
