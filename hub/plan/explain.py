"""A bound plan as plain lists: what would be asked, and why the rest would not.

A caller sees the standing of its own fields; sources, columns and filters are for administrators.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from hub.plan.bind import Bound
from hub.plan.model import Branch, Call, CallWay, Denied, Group, Leaf, Node, Part, Placed, Root, Topology, all_rows
from hub.plan.search import BoundSearch
from hub.plan.shown import shown_fields
from schema.predicate import TRUE, AllOf, Predicate, Test

COUNT = "EntityConnection.totalCount"


def explain_fields(bound: Bound) -> list[dict[str, Any]]:
    """Standing of every asked field: path, coordinate, how it is held or why not; nothing below a refused field."""
    found: list[dict[str, Any]] = []
    for root in bound.plan.roots:
        if isinstance(root, Root):
            refused = bound.refused_roots.get(root.number)
            found.extend(_refused(refused) if refused else _root(bound, root))
    return found


def explain_calls(bound: Bound, topology: Topology) -> list[dict[str, Any]]:
    """Every call that would be made: source, record, columns, keys, row filters; key sets before their search."""
    made: list[dict[str, Any]] = []
    for call in bound.plan.calls:
        if bound.live(call):
            search = bound.searches.get(call.roots[0]) if call.way is CallWay.SEARCH else None
            made.extend(_key_sets(search, topology) if search else ())
            made.append(_call(bound, call, search))
            made.extend(_compared(bound, call, topology))
    return made


def _compared(bound: Bound, call: Call, topology: Topology) -> Iterator[dict[str, Any]]:
    """What other sources of the same entities are asked for, once the register has answered."""
    for offer in topology.others(call.record):
        columns = [name for name in call.columns if name in shown_fields(bound.plan) and name in offer.columns]
        if columns:
            yield {"source": offer.source, "record": call.record, "way": "COMPARE", "columns": columns}


def held_fields(bound: Bound) -> tuple[str, ...]:
    """Coordinates of the asked fields that are held, each once, sorted."""
    return tuple(sorted({field["field"] for field in explain_fields(bound) if field["standing"] == "HELD"}))


def _root(bound: Bound, root: Root) -> Iterator[dict[str, Any]]:
    yield from _items(bound, root.items, (root.key,))
    yield from _page(bound, root.page, (root.key,))


def _items(bound: Bound, items: Iterable[Node], pattern: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for item in items:
        below = (*pattern, item.key)
        if isinstance(item, Leaf):
            masked = any(clause.masked for clause in item.clauses)
            yield _held(below, item.rule.coordinate, masked=masked, filtered=not all_rows(item.clauses))
        elif isinstance(item, Denied):
            yield _denied(below, item.coordinate, item.refusal.value)
        elif isinstance(item, Branch):
            refused = bound.refused_branches.get(item.number)
            yield from _refused(refused) if refused else _items(bound, item.items, below)


def _page(bound: Bound, parts: Iterable[Part], pattern: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for part in parts:
        below = (*pattern, part.key)
        if part.name == "totalCount":
            yield _held(below, COUNT, masked=False, filtered=False)
        elif part.name == "denied":
            yield from _refused(placed for placed in bound.plan.denied if placed.pattern == below)
        yield from _items(bound, part.items, below)
        yield from _page(bound, part.parts, below)


def _held(pattern: tuple[str, ...], coordinate: str, *, masked: bool, filtered: bool) -> dict[str, Any]:
    told = {"path": ".".join(pattern), "field": coordinate, "standing": "HELD"}
    return {**told, "masked": masked, "filtered": filtered}


def _refused(placed: Iterable[Placed]) -> Iterator[dict[str, Any]]:
    return (_denied(one.pattern, one.coordinate, one.refusal.value) for one in placed)


def _denied(pattern: tuple[str, ...], coordinate: str, code: str) -> dict[str, Any]:
    return {"path": ".".join(pattern), "field": coordinate, "standing": "DENIED", "code": code}


def _key_sets(search: BoundSearch, topology: Topology) -> Iterator[dict[str, Any]]:
    for key_set in search.key_sets:
        for offer in topology.owned.get(key_set.record, ()):
            told = {"source": offer.source, "record": key_set.record, "way": "KEYS", "columns": ["uscc"]}
            yield {**told, "where": predicate_text(key_set.where)}


def _call(bound: Bound, call: Call, search: BoundSearch | None) -> dict[str, Any]:
    made: dict[str, Any] = {
        "call": call.number,
        "source": call.source,
        "record": call.record,
        "way": call.way.value,
        "columns": list(call.columns),
    }
    after = _after(bound, call)
    where = search.where if search else bound.wheres[call.number]
    filters = list(dict.fromkeys(_group(group) for group in bound.gates[call.number]))
    if after:
        made["after"] = after
    if where != TRUE:
        made["where"] = predicate_text(where)
    if filters:
        made["rowFilters"] = filters
    if search:
        made["order"] = [f"{key.column}{' desc' if key.descending else ''}" for key in search.order]
        made["first"] = search.first
    return made


def _after(bound: Bound, call: Call) -> list[int]:
    """Calls whose rows give this one its keys."""
    if call.way is not CallWay.CHILD:
        return []
    roots = [root for root in bound.plan.roots if isinstance(root, Root) and root.number in call.roots]
    waits = [root for root in roots if bound.gates[call.number] or not _immediate(bound, call, root)]
    return sorted({root.call for root in waits if root.call is not None})


def _immediate(bound: Bound, call: Call, root: Root) -> bool:
    asked = bound.positions.get(root.number)
    return asked is not None and all(position.field == call.parent_key for position in asked)


def _group(group: Group) -> str:
    return " or ".join(str(clause) for clause in group)


def predicate_text(predicate: Predicate) -> str:
    """A predicate as a person reads it."""
    if isinstance(predicate, Test):
        return f"{predicate.field} {predicate.op} {predicate.value!r}".removesuffix(" ''")
    word = " and " if isinstance(predicate, AllOf) else " or "
    joined = word.join(predicate_text(part) for part in predicate.parts)
    return f"({joined})" if joined else "everything" if isinstance(predicate, AllOf) else "nothing"
