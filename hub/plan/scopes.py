"""What the policy says of one field, record or argument: pure questions, asked while a plan is built or bound."""

from collections.abc import Iterable

from auth.access import Clause, Policy
from hub.plan.model import ENTITY, Group
from schema.catalogue import Catalogue, RecordRule


def held_of(record: RecordRule, policy: Policy) -> Group:
    """Clauses under which anything of the record itself is held, masks forgotten."""
    return merge(policy.held.get(rule.coordinate, ()) for rule in record.fields.values())


def merge(groups: Iterable[Group]) -> Group:
    """All clauses of the groups, masks forgotten, without those a wider one contains; in a fixed order."""
    rows = {clause.rows for group in groups for clause in group}
    kept = [wide for wide in rows if not any(other < wide for other in rows)]
    return tuple(Clause(r, masked=False) for r in sorted(kept, key=lambda r: sorted(map(str, r))))


def visibility(catalogue: Catalogue, policy: Policy) -> Group:
    """Clauses of which one must let an entity through for the caller to learn that it exists."""
    return held_of(catalogue.records[ENTITY], policy)


def clear_groups(policy: Policy, coordinates: Iterable[str]) -> tuple[Group, ...]:
    """One group of clear clauses a field; an empty group means the field may not be read in clear at all."""
    return tuple(merge([tuple(c for c in policy.held.get(name, ()) if not c.masked)]) for name in coordinates)


def covers(clear: Group, visible: Group) -> bool:
    """True if every row that is visible is also clear: then an order or a number discloses nothing more."""
    return all(any(wide.rows <= narrow.rows for wide in clear) for narrow in visible)


def condition_fields(groups: Iterable[Group]) -> set[str]:
    """Names of the entity's fields that the row filters read."""
    return {condition.field for group in groups for clause in group for condition in clause.rows}
