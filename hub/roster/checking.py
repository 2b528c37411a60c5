"""What a grant says that the schema cannot honour: fields that do not exist, masks that are not there, what the law withholds."""

from collections.abc import Iterator

from auth.classes import Sensitivity, Sharing
from auth.grants import Effect, Grant, RowOp
from auth.roles import Role
from schema.catalogue import Catalogue, FieldRule, Kind

ENTITY = "Entity"
_COMPARED = {
    RowOp.PREFIX: frozenset({Kind.CODE, Kind.TEXT}),
    RowOp.IN: frozenset({Kind.CODE, Kind.TEXT, Kind.ENUM}),
}


def grant_faults(grant: Grant, catalogue: Catalogue) -> Iterator[str]:
    """What does not fit the schema, a sentence each."""
    for coordinate in sorted(grant.fields | grant.masked):
        if coordinate not in catalogue.fields:
            yield f"{coordinate} is not a field"
    for condition in grant.rows:
        if condition.field not in catalogue.records[ENTITY].fields:
            yield f"rows.{condition.field} is not a field of {ENTITY}"
    if grant.effect is Effect.ALLOW:
        for rule in catalogue.fields.values():
            if grant.covers(rule.coordinate, rule.scope):
                yield from _allowance_faults(grant, rule)


def row_faults(grant: Grant, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """Row filters on a field that cannot be compared so, each with its field: they would let nobody through."""
    for condition in sorted(grant.rows, key=str):
        rule = catalogue.records[ENTITY].fields.get(condition.field)
        if rule is not None and (rule.many or rule.kind not in _COMPARED[condition.op]):
            yield condition.field, f"rows.{condition.field} can't be compared by {condition.op.lower()}"


def _allowance_faults(grant: Grant, rule: FieldRule) -> Iterator[str]:
    masked = rule.coordinate in grant.masked or (grant.mask_personal and rule.sensitivity >= Sensitivity.PERSONAL)
    if masked and rule.mask is None:
        yield f"{rule.coordinate} has no mask"
    if rule.sharing is Sharing.WITHHELD and rule.coordinate in grant.fields:
        yield f"{rule.coordinate} is withheld by law and can't be granted"
    if grant.role is Role.PUBLIC and rule.sensitivity > Sensitivity.PUBLIC and not masked:
        yield f"{rule.coordinate} is not public: give it masked or not at all"
