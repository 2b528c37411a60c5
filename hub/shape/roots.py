"""Code for root fields: one record by key, many by key, a page; and the entity that everything else hangs on.

An entity whose source is silent is still an object, each field explained, for callers who may know of every entity.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from adapters.base import LOCAL
from hub.errors import State
from hub.plan.model import (
    ENTITY,
    ID_FIELDS,
    SUBJECT,
    Branch,
    Group,
    Leaf,
    Node,
    OpaqueId,
    Part,
    ProvenanceNode,
    Root,
    Typename,
    Way,
)
from hub.shape.items import Origin, Under, write_provenance
from hub.shape.records import Parent, RecordWriter, write_gap
from hub.shape.writer import Spot, Writer, literal, path_of

_TYPED = frozenset({Way.ENTITY, Way.BATCH})
"""Roots whose keys the caller wrote: what is wrong with one may be told without telling more than was sent."""
_LISTED = frozenset({Way.BATCH, Way.NODES})


@dataclass(frozen=True, slots=True)
class RootWriter:
    """Writes the code of the roots; `passings` collects the groups to be decided for each entity."""

    writer: Writer
    records: RecordWriter
    passings: dict[str, tuple[Group, Mapping[str, int]]]
    sees_all: bool

    def write(self, root: Root) -> None:
        """Code that leaves the root's value in `data`, which holds null for it already."""
        writer = self.writer
        target = f"data[{writer.text(root.key)}]"
        spot = Spot((root.key,), root.coordinate, (writer.text(root.key),))
        if root.way in _LISTED:
            self._listed(root, target, spot)
        elif not root.starved:
            with writer.block(f"if {root.number} not in refused_roots:"):
                if root.way is Way.SEARCH:
                    self._connection(root, target, spot)
                elif root.keyed is not None and root.keyed.many:
                    self._keyed_list(root, target, spot, root.keyed.declared.cap)
                else:
                    writer.line(f"asked = positions[{root.number}][0]")
                    self._keyed(root, (target, " = "), spot)

    def _listed(self, root: Root, target: str, spot: Spot) -> None:
        writer = self.writer
        listed, index = writer.fresh("list"), writer.fresh("i")
        closed = "True" if root.starved else f"{root.number} in refused_roots"
        with writer.block(f"if {closed}:"):
            writer.line(f"{target} = [None] * len(positions[{root.number}])")
        with writer.block("else:"):
            writer.line(f"{target} = {listed} = []")
            with writer.block(f"for {index}, asked in enumerate(positions[{root.number}]):"):
                if root.starved:
                    return
                self._keyed(root, (f"{listed}.append", ""), replace(spot, path=(*spot.path, index)))

    def _keyed_list(self, root: Root, target: str, spot: Spot, cap: int) -> None:
        """Records of one asked key; a source that knows none answers with an empty list."""
        writer = self.writer
        if root.call is None:
            writer.gap(spot, "nothing")
            return
        listed, index = writer.fresh("list"), writer.fresh("i")
        writer.line(f"reply, asked = r{root.call}, positions[{root.number}][0]")
        with writer.block("if asked is None or reply.failure is not None:"):
            writer.gap(spot, "reply")
        with writer.block("else:"):
            writer.line("rows = reply.by_key.get(asked.field, NO_INDEX).get(asked.value, ())")
            with writer.block(f"if reply.truncated or len(rows) > {cap}:"):
                writer.note(spot, State.TRUNCATED)
            writer.line(f"{target} = {listed} = []")
            with writer.block(f"for {index}, e in enumerate(rows[:{cap}]):"):
                self._record(root, (f"{listed}.append", ""), replace(spot, path=(*spot.path, index)), present=True)

    def _keyed(self, root: Root, put: tuple[str, str], spot: Spot) -> None:
        """Record of one asked key."""
        writer = self.writer
        if root.call is None:
            # Without a source of its own an entity may still have records of others.
            writer.line("rows, reply, silent = (), nothing, asked is not None")
        else:
            writer.line(f"reply = r{root.call}")
            writer.line(
                "rows = reply.by_key.get(asked.field, NO_INDEX).get(asked.value, ()) if asked is not None else ()"
            )
            writer.line("silent = reply.failure is not None")
        seen = "asked is None" if root.record == ENTITY and self.sees_all else "True"
        with writer.block("if rows:"):
            writer.line("e = rows[0]")
            if root.way in _TYPED:
                with writer.block("if asked.value.__class__ is DOUBTFUL:"):
                    writer.line(f"warn(asked, {path_of(spot)})")
            self._record(root, put, spot, present=True)
        with writer.block(f"elif silent and {seen}:"):
            writer.gap(spot, "reply")
            self._nothing(put)
        with writer.block("elif not silent:"):
            pattern, coordinate = writer.constant(spot.pattern), writer.constant(spot.coordinate)
            typed = "asked" if root.way in _TYPED else "None"
            writer.line(f"not_found({typed}, {pattern}, {coordinate}, {path_of(spot)})")
            self._nothing(put)
        if seen != "True":
            with writer.block("else:"):
                writer.line("e = None")
                self._record(root, put, spot, present=False)

    def _put(self, put: tuple[str, str], made: str) -> None:
        """A record that is complete: into its place, or packed to the end of its list."""
        self.writer.line(f"{put[0]}{put[1]}{made}" if put[1] else f"{put[0]}(pack({made}))")

    def _nothing(self, put: tuple[str, str]) -> None:
        if not put[1]:
            self.writer.line(f"{put[0]}(None)")

    def _record(self, root: Root, put: tuple[str, str], spot: Spot, *, present: bool) -> None:
        """The record of a root; an entity's row decides what passes of all that hangs on it."""
        writer, records = self.writer, self.records
        origin = replace(records.origin(root.record, root.call, "e"), reply=f"r{root.call}")
        if records.dead(root.items):
            self._nothing(put)
            return
        if root.record != ENTITY:
            # Whose record it is stands in the audit entry, where the record says so.
            subject = origin.read(SUBJECT)
            with writer.block(f"if {subject}.__class__ is str:"):
                writer.line(f"entities[{subject}] = None")
            self._put(put, records.write_row(root.items, origin, spot, Parent(Under(), origin), self._no_id))
            return
        if present:
            parent = Parent(Under("e", "reply", sure=True), origin)
            self._decided(origin, lambda: self._entity(root.items, origin, put, spot, parent))
        else:
            parent = Parent(Under("e", "reply"), origin, "known")
            # Another identifier says which entity was asked for, not which id it has.
            anchor = "asked if asked.field == 'uscc' else None" if root.way in _TYPED else "asked"
            writer.line(f"anchor = {anchor}")
            # As a plain text: keys of records below are told from what is none by their class.
            writer.line("known = str(asked.value) if asked.field == 'uscc' else None")
            self._decided(origin, lambda: self._absent(root.items, put, spot, parent))

    def _decided(self, origin: Origin, write: Callable[[], None]) -> None:
        """What is written, after the decisions of all groups it needs."""
        writer = self.writer
        outer, writer.groups = writer.groups, {}
        place, start = len(writer.lines), writer.margin
        write()
        for group, name in writer.groups.items():
            self.passings[name] = (group, origin.places)
        writer.lines[place:place] = [f"{start}{name} = {name}_passes(e)" for name in writer.groups.values()]
        writer.groups = outer

    def _entity(
        self, items: tuple[Node, ...], origin: Origin, put: tuple[str, str], spot: Spot, parent: Parent
    ) -> None:
        writer = self.writer
        made = writer.fresh("d")
        code, local = origin.read("uscc"), origin.read(LOCAL)
        writer.line(f"entities[{code} if {code}.__class__ is str else {local}] = None")
        row = self.records.write_row(items, origin, spot, parent, lambda _: self._id(origin))
        writer.line(f"{made} = {row}")
        self.records.write_branches(items, made, spot, parent)
        self._put(put, made)

    def _id(self, origin: Origin) -> str:
        """The opaque id, made from the first identifier that has a value."""
        held = [name for name in ID_FIELDS if name in origin.places]
        pairs = ", ".join(f"('{name}', {origin.read(name)})" for name in held)
        return f"issue(({pairs}{',' if held else ''}), {origin.read(LOCAL)})"

    def _absent(self, items: tuple[Node, ...], put: tuple[str, str], spot: Spot, parent: Parent) -> None:
        """An entity whose source is silent."""
        writer = self.writer
        with writer.block("if anchor is not None:"):
            writer.line("entities[anchor.value] = None")
        identified = next((place for place, item in enumerate(items) if isinstance(item, OpaqueId)), None)
        if identified is not None:
            with writer.block("if anchor is None:"):
                self._unidentified(items, identified, spot, parent)
                self._nothing(put)
            with writer.block("else:"):
                self._silent(items, put, spot, parent)
        else:
            self._silent(items, put, spot, parent)

    def _silent(self, items: tuple[Node, ...], put: tuple[str, str], spot: Spot, parent: Parent) -> None:
        writer, made = self.writer, self.writer.fresh("d")
        pairs = [(writer.text(item.key), self._silent_item(item, spot, parent)) for item in items]
        writer.line(f"{made} = {literal(pairs)}")
        self.records.write_branches(items, made, spot, parent)
        self._put(put, made)

    def _silent_item(self, item: Node, spot: Spot, parent: Parent) -> str:
        if isinstance(item, OpaqueId):
            return "issue_known(anchor)"
        if isinstance(item, ProvenanceNode):
            return write_provenance(self.writer, item, replace(parent.origin.without_row(), reply="nothing"))
        if isinstance(item, Leaf):
            below = self.writer.at(spot, item.key, item.rule.coordinate)
            write_gap(self.writer, item, "reply", below, parent.under)
            return "None"
        return self.writer.constant(item.name) if isinstance(item, Typename) else "None"

    def _unidentified(self, items: tuple[Node, ...], place: int, spot: Spot, parent: Parent) -> None:
        """Nobody knows which entity it is: what stands before the id is told, and the record is null."""
        for item in items[:place]:
            below = self.writer.at(spot, item.key, item.rule.coordinate) if isinstance(item, Leaf | Branch) else spot
            if isinstance(item, Leaf):
                write_gap(self.writer, item, "reply", below, parent.under)
        lost = self.writer.fresh("d")
        before = tuple(item for item in items[:place] if isinstance(item, Branch))
        self.writer.line(f"{lost} = {{}}")
        self.records.write_branches(before, lost, spot, parent)
        self.writer.gap(spot, "reply")

    # pages

    def _connection(self, root: Root, target: str, spot: Spot) -> None:
        writer = self.writer
        if root.call is None:
            writer.gap(spot, "nothing")
            return
        writer.line(f"reply = r{root.call}")
        with writer.block("if reply.failure is not None:"):
            writer.gap(spot, "reply")
        with writer.block("else:"):
            with writer.block("if reply.truncated:"):
                writer.note(spot, State.TRUNCATED)
            writer.line(f"search = searches[{root.number}]")
            made = writer.fresh("d")
            known = {"totalCount": "reply.total", "__typename": "'EntityConnection'"}
            pairs = []
            for part in root.page:
                if part.name == "pageInfo":
                    written = literal(
                        [(writer.text(b.key), f"page_info(search, reply, {b.name!r})") for b in part.parts]
                    )
                else:
                    written = known.get(part.name, "None")
                pairs.append((writer.text(part.key), written))
            writer.line(f"{target} = {made} = {literal(pairs)}")
            for part in root.page:
                if part.name == "edges":
                    self._edges(
                        root, part, f"{made}[{writer.text(part.key)}]", writer.at(spot, part.key, spot.coordinate)
                    )

    def _edges(self, root: Root, edges: Part, target: str, spot: Spot) -> None:
        writer = self.writer
        listed, index, edge = writer.fresh("list"), writer.fresh("i"), writer.fresh("edge")
        writer.line(f"{target} = {listed} = []")
        below = replace(spot, path=(*spot.path, index))
        known = {"cursor": "cursor_of(search, reply, e)", "__typename": "'EntityEdge'"}
        with writer.block(f"for {index}, e in enumerate(reply.page):"):
            pairs = [(writer.text(part.key), known.get(part.name, "None")) for part in edges.parts]
            writer.line(f"{edge} = {literal(pairs)}")
            for part in edges.parts:
                if part.name == "node" and not self.records.dead(part.items):
                    self._node(root, part, f"{edge}[{writer.text(part.key)}]", below)
            writer.line(f"{listed}.append(pack({edge}))")

    def _node(self, root: Root, part: Part, target: str, spot: Spot) -> None:
        origin = self.records.origin(root.record, root.call, "e")
        parent = Parent(Under("e", "reply", sure=True), origin)
        below = self.writer.at(spot, part.key, spot.coordinate)
        self._decided(origin, lambda: self._entity(part.items, origin, (target, " = "), below, parent))

    def _no_id(self, spot: Spot) -> str:
        raise TypeError(f"no id at {path_of(spot)}")
