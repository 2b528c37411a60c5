"""Asked entities that have become others: the question goes on with what they became, and whoever sees it is told."""

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any

from hub.plan.bind import ID, Bound, Position
from hub.plan.model import Root, Way

Follow = Callable[[str, str], tuple[str, str] | None]
"""What an entity became, by field and value of its anchor; None if it is still itself."""


def redirected(bound: Bound, follow: Follow) -> Bound:
    """The question with every asked code that is no more replaced. Ids are followed where they are located."""
    positions: dict[int, tuple[Position, ...]] = {}
    places: list[tuple[int, int]] = []
    for root in bound.plan.roots:
        if not isinstance(root, Root) or root.way is Way.KEYED:
            continue
        asked = bound.positions.get(root.number, ())
        found = [None if one.field == ID else follow(one.field, str(one.value)) for one in asked]
        if any(found):
            pairs = zip(asked, found, strict=True)
            positions[root.number] = tuple(one if new is None else Position(*new) for one, new in pairs)
            places += [(root.number, place) for place, new in enumerate(found) if new is not None]
    if not places:
        return bound
    return bound._replace(positions={**bound.positions, **positions}, redirected=tuple(places))


def keeping_own_side(follow: Follow, bindings: Mapping[str, Collection[str]]) -> Follow:
    """Who acts for what is no more, and not for what it became, goes on being answered what they act for."""
    own = frozenset(bindings.get("entities", ()))
    if not own:
        return follow

    def followed(field: str, value: str) -> tuple[str, str] | None:
        found = follow(field, value)
        return None if found is not None and value in own and found[1] not in own else found

    return followed


def redirect_warnings(bound: Bound, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """A warning for each redirected position at which something is shown: one that isn't must not be known to exist."""
    roots = {root.number: root for root in bound.plan.roots if isinstance(root, Root)}
    for number, place in bound.redirected:
        root = roots[number]
        shown = data.get(root.key)
        many = root.way in (Way.BATCH, Way.NODES)
        if many:
            shown = shown[place] if isinstance(shown, list) and place < len(shown) else None
        if shown is not None:
            yield {"code": "REDIRECTED", "path": [root.key, place] if many else [root.key]}
