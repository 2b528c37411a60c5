"""Room 4, shape: a bound plan and its replies become the answer. No I/O; the caller enters only as bound filters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from adapters.base import LOCAL, Unreadable
from hub.errors import State
from hub.fetch import NOTHING, Replies, Reply
from hub.notes import NoteKey, Notes, positions_of
from hub.plan.bind import Bound, Position
from hub.plan.model import ENTITY, OwnRoot, Part, Root, Way
from hub.shape.records import RecordShaper, Tools
from hub.shape.rows import Row, Spot
from schema.uscc import find_fault


@dataclass(frozen=True, slots=True)
class Shaped:
    """The answer's data by response key (hub-owned roots still null), its notes, warnings and entities.

    `entities` are the anchors (field:value) of all entities in it; `issued` those whose opaque id it shows, by id.
    """

    data: dict[str, Any]
    notes: Notes
    warnings: list[dict[str, Any]]
    entities: tuple[str, ...]
    issued: Mapping[str, Position]


def shape(bound: Bound, replies: Replies, tools: Tools) -> Shaped:
    """Data and notes of an answer."""
    return _RootShaper(bound, replies, tools).shape()


_TYPED = frozenset({Way.ENTITY, Way.BATCH})
"""Roots whose keys the caller wrote: what is wrong with one may be told without telling more than was sent."""


class _RootShaper:
    def __init__(self, bound: Bound, replies: Replies, tools: Tools) -> None:
        self._bound = bound
        self._replies = replies
        self._tools = tools
        self._records = RecordShaper(bound, replies, tools)
        self._warnings: list[dict[str, Any]] = []

    def shape(self) -> Shaped:
        data: dict[str, Any] = {}
        for root in self._bound.plan.roots:
            data[root.key] = None if isinstance(root, OwnRoot) else self._root(root)
        for placed in self._bound.denied:
            count, path = positions_of(placed.pattern, data)
            key = NoteKey(placed.pattern, placed.coordinate, State.DENIED, placed.refusal.value)
            self._records.notes.add(key, path, count)
        records = self._records
        return Shaped(data, records.notes, self._warnings, tuple(records.entities), records.issued)

    def _root(self, root: Root) -> Any:
        spot = Spot((root.key,), (root.key,), root.coordinate)
        closed = root.starved or root.number in self._bound.refused_roots
        if root.way is Way.SEARCH:
            return None if closed else self._connection(root, spot)
        asked = self._replies.positions[root.number]
        if root.keyed is not None and root.keyed.many:
            return None if closed else self._listed(root, asked[0], root.keyed.declared.cap, spot)
        if root.way in (Way.BATCH, Way.NODES):
            return [None if closed else self._keyed(root, one, spot.nth(n)) for n, one in enumerate(asked)]
        return None if closed else self._keyed(root, asked[0], spot)

    def _reply(self, root: Root) -> Reply:
        return self._replies.calls.get(root.call, NOTHING) if root.call is not None else NOTHING

    def _keyed(self, root: Root, asked: Position | None, spot: Spot) -> Any:
        """Record of one asked key; an entity whose source is silent is still an object, each field explained."""
        reply, owned = self._reply(root), self._records.owned(root.record, root.call)
        rows = reply.by_key.get((asked.field, asked.value), ()) if asked else ()
        silent = reply.failure is not None or (asked is not None and root.call is None)
        if not rows and silent and (asked is None or not self._sees_all(root)):
            self._records.gap(spot, reply)
            return None
        if not rows and not silent:
            self._not_found(asked if root.way in _TYPED else None, spot)
            return None
        row = Row(reply, rows[0] if rows else None, owned)
        if root.keyed is not None:
            self._records.count(row)
        if rows and root.way in _TYPED:
            self._warn(asked, spot)
        # Another identifier says which entity was asked for, not which id it has.
        known = asked if asked is not None and (root.way not in _TYPED or asked.field == "uscc") else None
        return self._records.record(root.items, row, spot.of(row if root.record == ENTITY else None, known))

    def _listed(self, root: Root, asked: Position | None, cap: int, spot: Spot) -> Any:
        """Records of one asked key; a source that knows none answers with an empty list."""
        reply, owned = self._reply(root), self._records.owned(root.record, root.call)
        if asked is None or root.call is None or reply.failure is not None:
            self._records.gap(spot, reply)
            return None
        rows = [Row(reply, values, owned) for values in reply.by_key.get((asked.field, asked.value), ())]
        if reply.truncated or len(rows) > cap:
            self._records.cut(spot)
        for row in rows[:cap]:
            self._records.count(row)
        return [self._records.record(root.items, row, spot.nth(place)) for place, row in enumerate(rows[:cap])]

    def _sees_all(self, root: Root) -> bool:
        """True if the caller may know of every entity: then one whose source is silent can still be answered."""
        return root.record == ENTITY and any(not clause.rows for clause in self._bound.plan.visibility)

    def _not_found(self, asked: Position | None, spot: Spot) -> None:
        suggestion = _suggestion(asked)
        code = "USCC_CHECK_DIGIT" if suggestion else "ENTITY_NOT_FOUND"
        key = NoteKey(spot.pattern, spot.coordinate, State.NO_RECORD, code)
        self._records.notes.add(key, spot.path, suggestion=suggestion)

    def _warn(self, asked: Position | None, spot: Spot) -> None:
        suggestion = _suggestion(asked)
        if suggestion:
            self._warnings.append({"code": "USCC_CHECK_DIGIT", "path": list(spot.path), "suggestion": suggestion})

    # pages

    def _connection(self, root: Root, spot: Spot) -> Any:
        reply = self._reply(root)
        if reply.failure is not None or root.call is None:
            self._records.gap(spot, reply)
            return None
        if reply.truncated:
            self._records.cut(spot)
        made: dict[str, Any] = {}
        for part in root.page:
            if part.name == "edges":
                made[part.key] = self._edges(root, part, reply, spot.at(part.key, spot.coordinate))
            elif part.name == "pageInfo":
                made[part.key] = {below.key: self._page_info(root, below.name, reply) for below in part.parts}
            else:
                made[part.key] = {"totalCount": reply.count, "__typename": "EntityConnection"}.get(part.name)
        return made

    def _edges(self, root: Root, edges: Part, reply: Reply, spot: Spot) -> list[dict[str, Any]]:
        owned = self._records.owned(root.record, root.call)
        rows = [Row(reply, values, owned) for values in reply.page]
        return [
            {part.key: self._edge_part(root, part, row, spot.nth(place)) for part in edges.parts}
            for place, row in enumerate(rows)
        ]

    def _edge_part(self, root: Root, part: Part, row: Row, spot: Spot) -> Any:
        if part.name == "node":
            return self._records.record(part.items, row, spot.at(part.key, spot.coordinate).of(row))
        return self._cursor(root, row) if part.name == "cursor" else "EntityEdge"

    def _page_info(self, root: Root, name: str, reply: Reply) -> Any:
        search = self._bound.searches[root.number]
        if name in ("startCursor", "endCursor"):
            ends: Sequence[tuple[Any, ...]] = reply.page[:1] if name == "startCursor" else reply.page[-1:]
            return next((self._cursor(root, Row(reply, values, None)) for values in ends), None)
        known = {"hasNextPage": reply.more, "hasPreviousPage": search.after is not None, "__typename": "PageInfo"}
        return known[name]

    def _cursor(self, root: Root, row: Row) -> str:
        search = self._bound.searches[root.number]
        found = [row.read(key.column) for key in search.order]
        # What can't be read is sorted like what is missing.
        position = [*(None if value is Unreadable.VALUE else value for value in found), row.read(LOCAL)]
        return self._tools.seal(position, search.context)


def _suggestion(asked: Position | None) -> str | None:
    """The code with the right check digit, where a typed code has a wrong one."""
    fault = find_fault(asked.value) if asked is not None and asked.field == "uscc" else None
    return fault.suggestion if fault is not None else None
