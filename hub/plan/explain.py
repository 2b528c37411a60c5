"""A bound plan as text and JSON: what would be asked, and why the rest would not.

A caller sees the states of its own fields; sources, columns and filters are for administrators.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from hub.plan.bind import Bound
from hub.plan.model import Branch, Call, CallWay, Denied, Group, Leaf, Node, Part, Root, all_rows


def explain_fields(bound: Bound) -> list[dict[str, Any]]:
    """State of every asked field: path, coordinate, standing, how it is held or why not."""
    found: list[dict[str, Any]] = []
    for root in bound.plan.roots:
        if isinstance(root, Root):
            found.extend(_items(root.items, (root.key,)))
            found.extend(_page(root.page, (root.key,)))
    for placed in (*bound.refused_roots.values(), *bound.refused_branches.values()):
        found.extend(_denied(p.pattern, p.coordinate, p.refusal.value) for p in placed)
    return found


def explain_calls(bound: Bound) -> list[dict[str, Any]]:
    """Every call that would be made: source, record, columns, keys, row filters."""
    return [_call(bound, call) for call in bound.plan.calls if bound.live(call)]


def _items(items: Iterable[Node], pattern: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for item in items:
        below = (*pattern, item.key)
        if isinstance(item, Leaf):
            yield {
                "path": ".".join(below),
                "field": item.rule.coordinate,
                "standing": "HELD",
                "masked": any(clause.masked for clause in item.clauses),
                "filtered": not all_rows(item.clauses),
            }
        elif isinstance(item, Denied):
            yield _denied(below, item.coordinate, item.refusal.value)
        elif isinstance(item, Branch):
            yield from _items(item.items, below)


def _page(parts: Iterable[Part], pattern: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for part in parts:
        yield from _items(part.items, (*pattern, part.key))
        yield from _page(part.parts, (*pattern, part.key))


def _denied(pattern: tuple[str, ...], coordinate: str, code: str) -> dict[str, Any]:
    return {"path": ".".join(pattern), "field": coordinate, "standing": "DENIED", "code": code}


def _call(bound: Bound, call: Call) -> dict[str, Any]:
    made: dict[str, Any] = {
        "call": call.number,
        "source": call.source,
        "record": call.record,
        "way": call.way.value,
        "columns": list(call.columns),
        "after": _after(bound, call),
        "where": repr(bound.wheres[call.number]),
    }
    if call.way is CallWay.SEARCH and call.roots[0] in bound.searches:
        search = bound.searches[call.roots[0]]
        made["where"] = repr(search.where)
        made["order"] = [f"{key.column}{' desc' if key.descending else ''}" for key in search.order]
        made["first"] = search.first
    gates = bound.gates[call.number]
    if gates:
        made["rowFilters"] = [_group(group) for group in gates]
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
