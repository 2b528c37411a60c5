"""What a bound question costs grants with a quota: for each of them the keys that are asked, and the rows of pages.

Pure, and asked only of callers who have such grants. A root costs a grant where something would be answered less
without it: a field below, one that an argument reads, or that the entity is there at all.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from adapters.base import LOCAL
from auth.access import Policy
from hub.plan.bind import ID, Bound, Position
from hub.plan.model import ENTITY, ID_FIELDS, Branch, Leaf, Node, Part, ProvenanceNode, Root, Typename
from hub.replies import Replies
from schema.catalogue import Catalogue

_COUNT = "EntityConnection.totalCount"
Metered = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Cost:
    """What one grant is charged: asked keys, each once, and the most rows that pages bring; `pages` are their roots."""

    keys: frozenset[str]
    rows: int = 0
    pages: tuple[int, ...] = ()


Charge = Mapping[str, Cost]
"""Costs by the ids of the grants."""


def charge_of(bound: Bound, policy: Policy, catalogue: Catalogue, known: Mapping[str, Position]) -> Charge:
    """The charge of a question that is about to be asked; `known` are the positions of the ids it asks for."""
    keys: dict[str, set[str]] = {}
    pages: dict[str, list[int]] = {}
    live = {number for call in bound.plan.calls if bound.live(call) for number in call.roots}
    for root in bound.plan.roots:
        if not isinstance(root, Root) or root.number not in live or root.number in bound.refused_roots:
            continue
        for grant in _Walk(bound, policy.metered, catalogue).of(root):
            asked = keys.setdefault(grant, set())
            asked.update(_name(root, known.get(one.value, one)) for one in bound.positions.get(root.number, ()))
            if root.number in bound.searches:
                pages.setdefault(grant, []).append(root.number)
    return {grant: _cost(bound, asked, pages.get(grant, [])) for grant, asked in keys.items()}


def asked_ids(bound: Bound) -> list[str]:
    """The opaque ids among the asked keys."""
    return sorted({one.value for many in bound.positions.values() for one in many if one.field == ID})


def rows_given(cost: Cost, bound: Bound, replies: Replies) -> tuple[int, frozenset[str]]:
    """What the pages of a cost came to: rows, and the names of the entities among them."""
    rows = 0
    names: set[str] = set()
    calls = {root.number: root.call for root in bound.plan.roots if isinstance(root, Root)}
    for number in cost.pages:
        call = calls[number]
        reply = replies.calls.get(call) if call is not None else None
        if reply is not None:
            rows += len(reply.page)
            names.update(_of_row(reply.places, row) for row in reply.page)
    return rows, frozenset(names)


def _cost(bound: Bound, keys: set[str], pages: list[int]) -> Cost:
    return Cost(frozenset(keys), sum(bound.searches[number].first for number in pages), tuple(pages))


def _name(root: Root, asked: Position) -> str:
    """What an asked key is counted by: an entity is one, however often it is asked for by the same key."""
    return f"{root.record}.{asked.field}:{asked.value}"


def _of_row(places: Mapping[str, int], row: tuple[object, ...]) -> str:
    for name in (*ID_FIELDS, LOCAL):
        value = row[places[name]] if name in places else None
        if isinstance(value, str):
            return f"{ENTITY}.{name}:{value}"
    return f"{ENTITY}:"


class _Walk:
    """Goes through what is asked below a root."""

    def __init__(self, bound: Bound, metered: Metered, catalogue: Catalogue) -> None:
        self._bound = bound
        self._metered = metered
        self._records = catalogue.records

    def of(self, root: Root) -> frozenset[str]:
        """Grants that a root costs."""
        names = [root.record, *self._items(root.items), *self._parts(root.page)]
        search = self._bound.searches.get(root.number)
        asked = self._bound.positions.get(root.number, ())
        names += search.reads if search is not None else [f"{root.record}.{one.field}" for one in asked]
        return frozenset().union(*(self._metered.get(name, frozenset()) for name in names))

    def _items(self, items: Iterable[Node]) -> Iterator[str]:
        for item in items:
            if isinstance(item, Leaf):
                yield item.rule.coordinate
            elif isinstance(item, Branch) and item.number not in self._bound.refused_branches:
                yield from self._branch(item)

    def _branch(self, branch: Branch) -> Iterator[str]:
        target = branch.rule.target
        written = [argument.name.value for argument in branch.syntax.arguments or ()]
        specs = [branch.arguments[name] for name in written if name in branch.arguments]
        yield from (f"{target}.{name}" for spec in specs for name in spec.reads)
        if not branch.items or any(isinstance(item, (Typename, ProvenanceNode)) for item in branch.items):
            # That there is such a record at all, or what hangs below it.
            yield target
            yield from (relation.target for relation in self._records[target].relations.values())
        yield from self._items(branch.items)

    def _parts(self, parts: Iterable[Part]) -> Iterator[str]:
        for part in parts:
            if part.name == "totalCount":
                yield _COUNT
            yield from self._items(part.items)
            yield from self._parts(part.parts)
