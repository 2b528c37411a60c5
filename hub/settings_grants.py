"""A grant as it is written: in `hub.toml`, in the store, in a request. What it says of others is checked where they are known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from auth.grants import ALL_ROWS, Binding, Condition, Effect, Grant, RowOp
from auth.roles import Role
from auth.scopes import Scope

MOST_A_DAY = 10_000_000


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RowsTable(_Table):
    """Condition on a field of the entity: `prefix` or `in`, a list of values or `"$binding"`."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    prefix: tuple[str, ...] | str | None = None
    in_: tuple[str, ...] | str | None = Field(default=None, alias="in")


class GrantTable(_Table):
    """`[[grant]]`: who may see what, for which purpose, of which rows, how clear, how much, from when to when."""

    id: str = Field(min_length=1, max_length=64)
    department: str
    role: Role
    purposes: tuple[str, ...] = ()
    scopes: tuple[Scope, ...] = ()
    fields: tuple[str, ...] = ()
    rows: dict[str, RowsTable] = Field(default_factory=dict)
    masked: tuple[str, ...] = ()
    mask_personal: bool = False
    effect: Literal["allow", "deny"] = "allow"
    records_a_day: int | None = Field(default=None, ge=1, le=MOST_A_DAY)
    entities_a_day: int | None = Field(default=None, ge=1, le=MOST_A_DAY)
    starts: date
    ends: date
    certified_until: date | None = None
    legal_basis: str = Field(min_length=2, max_length=1000)
    asked_by: str = Field(default="", max_length=200)
    approved_by: str = Field(min_length=1, max_length=200)
    released_by: str = Field(default="", max_length=200)

    def grant(self) -> Grant:
        """The grant it stands for."""
        return Grant(
            id=self.id,
            department=self.department,
            role=self.role,
            purposes=frozenset(self.purposes),
            starts=self.starts,
            ends=self.ends,
            legal_basis=self.legal_basis,
            approved_by=self.approved_by,
            scopes=frozenset(self.scopes),
            fields=frozenset(self.fields),
            rows=frozenset(_condition(name, rows) for name, rows in self.rows.items()) or ALL_ROWS,
            masked=frozenset(self.masked),
            mask_personal=self.mask_personal,
            effect=Effect(self.effect),
            asked_by=self.asked_by,
            released_by=self.released_by,
            certified_until=self.certified_until,
            records_a_day=self.records_a_day,
            entities_a_day=self.entities_a_day,
        )

    def faults(self) -> Iterator[str]:
        """What is wrong with it by itself, a sentence each."""
        if not self.scopes and not self.fields:
            yield "names no scope and no field"
        if self.ends < self.starts:
            yield "ends before it starts"
        if self.effect == "deny" and self.rows:
            yield "a denial is for all rows; narrow the allowances instead"
        if self.effect == "deny" and (self.records_a_day or self.entities_a_day):
            yield "a denial has no quota"
        if self.effect == "deny" and self.certified_until:
            yield "a denial is not confirmed: it holds until its last day"
        if self.effect == "allow" and not self.purposes:
            yield "an allowance names its purposes"
        for name, rows in self.rows.items():
            if (rows.prefix is None) == (rows.in_ is None):
                yield f"rows.{name} takes either prefix or in"
            if isinstance(rows.prefix or rows.in_, str) and not str(rows.prefix or rows.in_).startswith("$"):
                yield f"rows.{name}: a single text names a binding and starts with $"


class StoredGrant(GrantTable):
    """A grant in the store: also one that is for one person, between two instants."""

    approved_by: str = Field(min_length=1, max_length=4000)
    person: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def grant(self) -> Grant:
        """The grant it stands for."""
        return replace(GrantTable.grant(self), person=self.person, since=self.since, until=self.until)


def written(grant: Grant) -> dict[str, Any]:
    """A grant as `StoredGrant` reads it: what is nothing is left out, and lists are sorted, so that equal ones are alike."""
    told: dict[str, Any] = {
        "id": grant.id,
        "department": grant.department,
        "role": grant.role.value,
        "purposes": sorted(grant.purposes),
        "scopes": sorted(grant.scopes),
        "fields": sorted(grant.fields),
        "rows": {one.field: _rows(one) for one in sorted(grant.rows, key=str)},
        "masked": sorted(grant.masked),
        "mask_personal": grant.mask_personal,
        "effect": "" if grant.effect is Effect.ALLOW else grant.effect.value,
        "records_a_day": grant.records_a_day,
        "entities_a_day": grant.entities_a_day,
        "starts": grant.starts.isoformat(),
        "ends": grant.ends.isoformat(),
        "certified_until": grant.certified_until.isoformat() if grant.certified_until else None,
        "legal_basis": grant.legal_basis,
        "asked_by": grant.asked_by,
        "approved_by": grant.approved_by,
        "released_by": grant.released_by,
        "person": grant.person,
        "since": grant.since.isoformat() if grant.since else None,
        "until": grant.until.isoformat() if grant.until else None,
    }
    return {name: value for name, value in told.items() if value}


def _condition(name: str, rows: RowsTable) -> Condition:
    op, operand = (RowOp.PREFIX, rows.prefix) if rows.prefix is not None else (RowOp.IN, rows.in_ or ())
    return Condition(name, op, Binding(operand[1:]) if isinstance(operand, str) else operand)


def _rows(condition: Condition) -> dict[str, Any]:
    operand = condition.operand
    value = str(operand) if isinstance(operand, Binding) else sorted(operand)
    return {"prefix" if condition.op is RowOp.PREFIX else "in": value}
