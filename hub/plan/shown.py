"""Which fields of an entity a plan shows: those that are compared where several sources own entities."""

from collections.abc import Iterable

from hub.plan.model import ENTITY, ID_FIELDS, Leaf, Node, Part, Plan, Root


def shown_fields(plan: Plan) -> frozenset[str]:
    """Names of the entity's own fields that are shown as they stand in their column, but for those it is known by."""
    found: set[str] = set()
    for root in plan.roots:
        if isinstance(root, Root) and root.record == ENTITY:
            found.update(_names(root.items))
            found.update(name for part in _parts(root.page) for name in _names(part.items))
    return frozenset(found.difference(ID_FIELDS))


def _names(items: Iterable[Node]) -> Iterable[str]:
    return (item.rule.name for item in items if isinstance(item, Leaf) and not item.rule.compute)


def _parts(parts: Iterable[Part]) -> Iterable[Part]:
    for part in parts:
        yield part
        yield from _parts(part.parts)
