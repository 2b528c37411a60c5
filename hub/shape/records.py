"""Shaping of records: leaves, masks, computed values, and the records below them.

Every position that is null, masked, stale or cut leaves a note. What a clause hides is hidden here too, for a row
may be visible while a field of it is not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from adapters.base import LOCAL, Unreadable
from hub.errors import State
from hub.fetch import NOTHING, Replies, Reply
from hub.notes import NoteKey, Notes
from hub.plan.bind import Bound, Position
from hub.plan.masks import mask
from hub.plan.model import (
    ID_FIELDS,
    SUBJECT,
    Branch,
    Denied,
    Group,
    Leaf,
    Node,
    OpaqueId,
    Owned,
    ProvenanceNode,
    Topology,
    Typename,
)
from hub.shape.rows import Row, Spot
from schema.base import MaskKind


@dataclass(frozen=True, slots=True)
class Tools:
    """What shaping is given: who owns what, how ids and cursors are made, and the time."""

    topology: Topology
    identify: Callable[[Position], str]
    seal: Callable[[Sequence[Any], bytes], str]
    now: datetime


class AbsentError(Exception):
    """A value that may not be null is not to be had: its record becomes null."""


@dataclass
class RecordShaper:
    """Shapes records of one answer, collecting notes, entities and ids on the way."""

    bound: Bound
    replies: Replies
    tools: Tools
    notes: Notes = field(default_factory=Notes)
    entities: dict[str, None] = field(default_factory=dict)
    issued: dict[str, Position] = field(default_factory=dict)

    def record(self, items: Sequence[Node], row: Row, spot: Spot) -> dict[str, Any] | None:
        """One record; null where nothing that is asked of it is held."""
        if items and all(isinstance(item, Denied) or (isinstance(item, Branch) and item.starved) for item in items):
            return None
        if spot.entity is row:
            self._count(row, spot)
        if row.values is not None and row.freshness(self.tools.now) == "STALE":
            self._note(spot, State.STALE, source=row.source)
        try:
            return {item.key: self._item(item, row, spot) for item in items}
        except AbsentError:
            return None

    def gap(self, spot: Spot, reply: Reply) -> None:
        """Note that a source is silent, or that there is none."""
        if reply.failure is None:
            self._note(spot, State.NOT_COLLECTED)
        else:
            self._note(spot, State.SOURCE_DOWN, reply.failure.code, reply.silent)

    def cut(self, spot: Spot) -> None:
        """Note that more rows exist than are shown."""
        self._note(spot, State.TRUNCATED)

    def owned(self, record: str, call: int | None) -> Owned | None:
        """The offer behind a call, or the only one there could be."""
        offers = self.tools.topology.owned.get(record, ())
        if call is None:
            return offers[0] if offers else None
        source = self.bound.plan.calls[call].source
        return next(offer for offer in offers if offer.source == source)

    def count(self, row: Row) -> None:
        """Note whose record this is, where it says so."""
        subject = row.read(SUBJECT)
        if isinstance(subject, str):
            self.entities[subject] = None

    def _note(self, spot: Spot, state: State, code: str = "", source: str = "") -> None:
        key = NoteKey(spot.pattern, spot.coordinate, state, code, source)
        self.notes.add(key, spot.path)

    def _count(self, row: Row, spot: Spot) -> None:
        """Note whose record this is, the same way whatever was asked of it."""
        code = row.read(SUBJECT)
        subject = code if isinstance(code, str) else row.read(LOCAL)
        if subject is not None:
            self.entities[str(subject)] = None
        elif spot.asked is not None:
            self.entities[spot.asked.value] = None

    def _item(self, item: Node, row: Row, spot: Spot) -> Any:
        match item:
            case Leaf():
                return self._leaf(item, row, spot.at(item.key, item.rule.coordinate))
            case Branch():
                return self._branch(item, spot.at(item.key, item.rule.coordinate))
            case Typename():
                return item.name
            case ProvenanceNode():
                return row.provenance(item.parts, self.tools.now)
            case OpaqueId():
                return self._id(row, spot)
            case Denied():
                return None

    def _anchor(self, row: Row, spot: Spot) -> Position | None:
        """The identifier an entity's opaque id is made from; where its source is silent, the asked one."""
        for name in ID_FIELDS:
            value = row.read(name)
            if isinstance(value, str):
                return Position(name, value)
        return spot.asked if row.values is None else Position(LOCAL, row.read(LOCAL))

    def _id(self, row: Row, spot: Spot) -> str:
        anchor = self._anchor(row, spot)
        if anchor is None:
            self.gap(spot, row.reply)
            raise AbsentError
        made = self.tools.identify(anchor)
        self.issued[made] = anchor
        return made

    # leaves

    def _leaf(self, leaf: Leaf, row: Row, spot: Spot) -> Any:
        masked = self._passes(leaf.clauses, spot)
        if masked is None:
            self._blocked(spot)
            return None
        value = self._value(leaf, row, spot)
        if value is None:
            return None
        if masked:
            self._note(spot, State.MASKED)
            kind = leaf.rule.mask or MaskKind.WHOLE
            return [mask(kind, str(one)) for one in value] if leaf.rule.many else mask(kind, str(value))
        if leaf.parts:
            known = {**dict(zip(("amount", "currency", "original"), value, strict=True)), "__typename": "Money"}
            return {part.key: known[part.name] for part in leaf.parts}
        return list(value) if isinstance(value, tuple) else value

    def _passes(self, clauses: Group, spot: Spot) -> bool | None:
        """Whether the first clause that lets the entity through masks; None if none does."""
        for clause in clauses:
            if not clause.rows:
                return clause.masked
            entity = spot.entity
            if entity is not None and entity.values is not None and self.bound.guard.passes((clause,), entity.read):
                return clause.masked
        return None

    def _blocked(self, spot: Spot) -> None:
        """Note why no clause lets the entity through: it lies outside, or where it lies is not to be had."""
        entity = spot.entity
        if entity is not None and entity.values is None:
            self.gap(spot, entity.reply)
        else:
            self._note(spot, State.WITHHELD, "OUT_OF_JURISDICTION")

    def _value(self, leaf: Leaf, row: Row, spot: Spot) -> Any:
        rule, owned = leaf.rule, row.owned
        needed = rule.compute.needs if rule.compute else (rule.name,)
        if row.reply.failure is not None:
            self.gap(spot, row.reply)
            return None
        if owned is None or any(name not in owned.columns for name in needed):
            self._note(spot, State.NOT_COLLECTED, source=row.source)
            return None
        values = tuple(row.read(name) for name in needed)
        if any(value is Unreadable.VALUE for value in values):
            self._note(spot, State.SOURCE_DOWN, "SOURCE_BAD_DATA", row.source)
            return None
        value = rule.compute.apply(values, self.bound.day) if rule.compute else values[0]
        if isinstance(value, tuple) and Unreadable.VALUE in value:
            self._note(spot, State.SOURCE_DOWN, "SOURCE_BAD_DATA", row.source)
            return None
        if value is None:
            self._note(spot, State.NO_RECORD)
        return value

    # branches

    def _branch(self, branch: Branch, spot: Spot) -> Any:
        if branch.starved or branch.number in self.bound.refused_branches:
            return None
        groups = (branch.open, *self.bound.branch_gates.get(branch.number, ()))
        if any(self._passes(group, spot) is None for group in groups):
            self._blocked(spot)
            return None
        key = self._link(branch, spot)
        if branch.composite:
            return self._composite(branch, key, spot)
        if not self.tools.topology.owned.get(branch.rule.target):
            self._note(spot, State.NOT_COLLECTED)
            return None
        if key is None:
            self._unlinked(spot)
            return None
        rows = self._rows(branch, key, spot)
        if rows is None:
            return None
        return self._many(branch, rows, spot) if branch.rule.many else self._one(branch, rows, spot)

    def _link(self, branch: Branch, spot: Spot) -> tuple[str, str] | None:
        """Key of the records below: the entity's own value or, where its source is silent, the asked one."""
        declared, entity = branch.rule.declared, spot.entity
        if entity is None:
            return None
        value = entity.read(declared.parent_key)
        if entity.values is None and spot.asked is not None and spot.asked.field == declared.parent_key:
            value = spot.asked.value
        return (declared.child_key, value) if isinstance(value, str) else None

    def _unlinked(self, spot: Spot) -> None:
        entity = spot.entity
        if entity is not None and entity.values is None:
            self.gap(spot, entity.reply)
        else:
            self._note(spot, State.NOT_COLLECTED)

    def _rows(self, branch: Branch, key: tuple[str, str], spot: Spot) -> list[Row] | None:
        """Rows of all sources in their order; a silent one is noted, and if all are silent there is no list."""
        found: list[Row] = []
        silent = 0
        for number in branch.calls:
            reply, owned = self.replies.calls[number], self.owned(branch.rule.target, number)
            if reply.failure is not None:
                self.gap(spot, reply)
                silent += 1
                continue
            if reply.truncated:
                self._note(spot, State.TRUNCATED, source=owned.source if owned else "")
            found.extend(Row(reply, values, owned) for values in reply.by_key.get(key, ()))
        return None if silent == len(branch.calls) else found

    def _many(self, branch: Branch, rows: list[Row], spot: Spot) -> list[Any]:
        cap = branch.rule.declared.cap
        first = self.bound.firsts[branch.number]
        if len(rows) > cap and first == cap:
            self._note(spot, State.TRUNCATED)
        return [self.record(branch.items, row, spot.nth(place)) for place, row in enumerate(rows[:first])]

    def _one(self, branch: Branch, rows: list[Row], spot: Spot) -> Any:
        if not rows:
            self._note(spot, State.NO_RECORD)
            return None
        return self.record(branch.items, rows[0], spot)

    def _composite(self, branch: Branch, key: tuple[str, str] | None, spot: Spot) -> Any:
        """A record that is an object whether or not its own source has a row, for other records hang below it."""
        row = Row(NOTHING, None, None)
        for number in branch.calls:
            reply = self.replies.calls[number]
            values = reply.by_key.get(key, (None,))[0] if key else None
            if key is None:
                # Nobody was asked: there was no key, or the entity that has it is not to be had.
                unknown = spot.entity is not None and spot.entity.values is None
                reply = spot.entity.reply if unknown and spot.entity else NOTHING
            row = Row(reply, values, self.owned(branch.rule.target, number))
        return self.record(branch.items, row, spot)
