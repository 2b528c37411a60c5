"""Grants as policies of Cedar, and what its engine says of a field of a row.

Written from what a grant means. Knows nothing of how grants are folded, and cannot: the engine decides.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

import cedarpy

from auth.access import FieldView
from auth.caller import Caller
from auth.classes import Sensitivity
from auth.grants import ANY_DEPARTMENT, Binding, Condition, Effect, Grant, RowOp

READ, READ_CLEAR = "read", "readClear"
"""Seeing something of a value, and seeing all of it: Cedar knows no masks and is asked twice."""
_ALWAYS = """
forbid(principal, action, resource) when { resource.sharing == "WITHHELD" };
forbid(principal, action, resource) when { principal.narrowed } unless { principal.scopes.contains(resource.scope) };
"""
"""What no grant changes: a withheld field is nobody's, and the scopes of a token take all others away."""

Row = tuple[tuple[str, str], ...]
"""Columns of an entity with their values; one that has none is left out."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field of one entity, for one purpose on one day."""

    coordinate: str
    purpose: str
    day: date
    row: Row


@dataclass(frozen=True)
class Engine:
    """Cedar with the policies of some grants, for one caller."""

    grants: Sequence[Grant]
    caller: Caller
    fields: Sequence[FieldView]
    _policies: cedarpy.PolicySet = field(init=False)
    _entities: cedarpy.Entities = field(init=False)

    def __post_init__(self) -> None:
        policies = "\n".join([_ALWAYS, *map(_policy, self.grants)])
        entities = [self._principal(), *map(_resource, self.fields)]
        object.__setattr__(self, "_policies", cedarpy.PolicySet.from_str(policies))
        object.__setattr__(self, "_entities", cedarpy.Entities.from_json_str(json.dumps(entities)))

    def decide(self, action: str, asked: Iterable[Asked]) -> list[bool]:
        """Whether the caller may do that with each; an error in a policy is a mistake of the translation."""
        requests = [
            {
                "principal": {"type": "Caller", "id": "c"},
                "action": {"type": "Action", "id": action},
                "resource": {"type": "Field", "id": one.coordinate},
                "context": _context(one),
            }
            for one in asked
        ]
        found = cedarpy.is_authorized_batch(requests, self._policies, self._entities)
        assert not [error for result in found for error in result.diagnostics.errors]
        return [result.allowed for result in found]

    def _principal(self) -> dict[str, object]:
        client, scopes = self.caller.client, self.caller.scopes
        attributes = {
            "department": client.department,
            "role": client.role.value,
            "narrowed": scopes is not None,
            "scopes": sorted(scopes or ()),
            "bound": {name: list(values) for name, values in client.bindings.items()},
        }
        return {"uid": {"type": "Caller", "id": "c"}, "attrs": attributes, "parents": []}


def _resource(view: FieldView) -> dict[str, object]:
    attributes = {
        "coordinate": view.coordinate,
        "scope": view.scope.value,
        "sensitivity": int(view.sensitivity),
        "sharing": view.sharing.value,
    }
    return {"uid": {"type": "Field", "id": view.coordinate}, "attrs": attributes, "parents": []}


def _context(asked: Asked) -> dict[str, object]:
    starts = {name: [value[:end] for end in range(1, len(value) + 1)] for name, value in asked.row}
    return {"purpose": asked.purpose, "day": asked.day.toordinal(), "row": dict(asked.row), "starts": starts}


def _policy(grant: Grant) -> str:
    """A denial speaks of fields whatever the row; an allowance that masks is none for reading in clear."""
    wanted = " && ".join(_conditions(grant))
    if grant.effect is Effect.DENY:
        return f"forbid(principal, action, resource) when {{ {wanted} }};"
    masks = f"{_names(grant.masked)}.contains(resource.coordinate)"
    if grant.mask_personal:
        masks += f" || resource.sensitivity >= {int(Sensitivity.PERSONAL)}"
    rows = "".join(f" && {_row(condition)}" for condition in sorted(grant.rows, key=str))
    head = f"permit(principal, action == Action::{{}}, resource) when {{{{ {wanted}{rows} }}}}"
    return f"{head.format(_text(READ))};\n{head.format(_text(READ_CLEAR))} unless {{ {masks} }};"


def _conditions(grant: Grant) -> Iterable[str]:
    yield f"principal.role == {_text(grant.role.value)}"
    if grant.department != ANY_DEPARTMENT:
        yield f"principal.department == {_text(grant.department)}"
    yield f"context.day >= {grant.starts.toordinal()} && context.day <= {grant.ends.toordinal()}"
    if grant.purposes or grant.effect is Effect.ALLOW:
        yield f"{_names(grant.purposes)}.contains(context.purpose)"
    named = f"{_names(grant.fields)}.contains(resource.coordinate)"
    yield f"({named} || {_names(scope.value for scope in grant.scopes)}.contains(resource.scope))"


def _row(condition: Condition) -> str:
    column, operand = condition.field, condition.operand
    place = "row" if condition.op is RowOp.IN else "starts"
    if isinstance(operand, Binding):
        values = f"principal.bound.{operand.name}"
    else:
        values = _names(operand)
    met = f"{values}.contains(context.row.{column})"
    if condition.op is RowOp.PREFIX:
        met = f"{values}.containsAny(context.{place}.{column})"
    return f"(context.row has {column} && {met})"


def _names(names: Iterable[str]) -> str:
    return f"[{', '.join(map(_text, sorted(names)))}]"


def _text(value: str) -> str:
    return json.dumps(value, ensure_ascii=False)
