"""Code for records and the records below them.

What a clause hides is hidden here too, for a row may be visible while a field of it is not. Records below hang on
the entity: by its own key or, where its source is silent, by the asked one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from adapters.base import KEY
from hub.errors import State
from hub.plan.model import (
    Branch,
    Call,
    CallWay,
    Denied,
    Leaf,
    Node,
    OpaqueId,
    Plan,
    ProvenanceNode,
    Topology,
    Typename,
)
from hub.shape.items import (
    Origin,
    Under,
    is_plain,
    write_age,
    write_blocked,
    write_leaf,
    write_plain,
    write_provenance,
)
from hub.shape.writer import Spot, Writer, literal, path_of


@dataclass(frozen=True, slots=True)
class Parent:
    """The entity that branches hang on: what it is for clauses, its origin, and the asked code where it is absent."""

    under: Under
    origin: Origin
    asked: str = "None"


@dataclass(frozen=True, slots=True)
class RecordWriter:
    """Writes the code of the records of one plan."""

    writer: Writer
    plan: Plan
    topology: Topology

    def dead(self, items: Sequence[Node]) -> bool:
        """True if nothing that is asked of a record is held: it is null."""
        starved = (isinstance(item, Denied) or (isinstance(item, Branch) and item.starved) for item in items)
        return bool(items) and all(starved)

    def origin(self, record: str, number: int | None, row: str) -> Origin:
        """Where a row of a record comes from that this call brings."""
        offers = self.topology.owned.get(record, ())
        if number is None:
            return Origin(row, {}, offers[0] if offers else None, "nothing")
        call = self.plan.calls[number]
        owned = next(offer for offer in offers if offer.source == call.source)
        width = 0 if call.way is CallWay.SEARCH else len(call.columns) + 1
        compared = record in self.topology.rivals
        return Origin(row, places_of(call), owned, f"r{number}", width, compared=compared)

    def write_row(
        self, items: Sequence[Node], origin: Origin, spot: Spot, parent: Parent, identify: Callable[[Spot], str]
    ) -> str:
        """Expression of a record that is not dead; its branches are filled in by the caller, in order, after it."""
        writer = self.writer
        if origin.row:
            write_age(writer, origin, spot)
        plain = [item for item in items if isinstance(item, Leaf) and is_plain(item, origin)]
        made = write_plain(writer, plain, origin, spot) if plain else {}
        pairs = [
            (writer.text(item.key), made.get(item.key) or self._item(item, origin, spot, parent, identify))
            for item in items
        ]
        return literal(pairs)

    def write_branches(self, items: Sequence[Node], made: str, spot: Spot, parent: Parent) -> None:
        """Fill in the branches of a record in the variable."""
        for item in items:
            if isinstance(item, Branch) and not item.starved:
                below = self.writer.at(spot, item.key, item.rule.coordinate)
                with self.writer.block(f"if {item.number} not in refused_branches:"):
                    self._branch(item, f"{made}[{self.writer.text(item.key)}]", below, parent)

    def _item(self, item: Node, origin: Origin, spot: Spot, parent: Parent, identify: Callable[[Spot], str]) -> str:
        match item:
            case Leaf():
                below = self.writer.at(spot, item.key, item.rule.coordinate)
                return write_leaf(self.writer, item, origin, below, parent.under)
            case Typename():
                return self.writer.constant(item.name)
            case ProvenanceNode():
                return write_provenance(self.writer, item, origin)
            case OpaqueId():
                return identify(spot)
            case Denied() | Branch():
                return "None"

    def _branch(self, branch: Branch, target: str, spot: Spot, parent: Parent) -> None:
        """A branch into the target, which is null already."""
        writer = self.writer
        row, places = parent.under.row or "None", writer.constant(parent.origin.places)
        blocked = [f"(gated and blocked({branch.number}, {row}, {places}))"]
        if branch.open and not any(not clause.rows for clause in branch.open):
            blocked.insert(0, f"{writer.passing(branch.open)} is None")
        with writer.block(f"if {' or '.join(blocked)}:"):
            write_blocked(writer, spot, parent.under)
        with writer.block("else:"):
            self._open_branch(branch, target, spot, parent)

    def _open_branch(self, branch: Branch, target: str, spot: Spot, parent: Parent) -> None:
        writer = self.writer
        owned = self.topology.owned.get(branch.rule.target)
        if not owned and not branch.composite:
            writer.note(spot, State.NOT_COLLECTED)
            return
        key = writer.fresh("key")
        writer.line(f"{key} = {self._link(branch, parent)}")
        if branch.composite:
            self._composite(branch, key, (target, spot), parent)
            return
        with writer.block(f"if {key}.__class__ is not str:"):
            self._unlinked(spot, parent)
        with writer.block("else:"):
            self._rows(branch, key, (target, spot), parent)

    def _link(self, branch: Branch, parent: Parent) -> str:
        """Expression of the key of the records below: the entity's own value or, where its row is absent, the asked."""
        declared = branch.rule.declared
        own = parent.origin.read(declared.parent_key)
        if not parent.under.row:
            return "None"
        if parent.under.sure:
            return own
        asked = parent.asked if declared.parent_key == "uscc" else "None"
        return f"{own} if {parent.under.row} is not None else {asked}"

    def _unlinked(self, spot: Spot, parent: Parent) -> None:
        writer = self.writer
        if parent.under.row and not parent.under.sure:
            with writer.block(f"if {parent.under.row} is None:"):
                writer.gap(spot, parent.under.reply)
            with writer.block("else:"):
                writer.note(spot, State.NOT_COLLECTED)
        else:
            writer.note(spot, State.NOT_COLLECTED)

    def _rows(self, branch: Branch, key: str, place: tuple[str, Spot], parent: Parent) -> None:
        """Rows of all sources in their order; a silent one is noted, and if all are silent there is no list."""
        writer, (_, spot) = self.writer, place
        made = writer.fresh("rows")
        writer.line(f"{made} = None")
        for number in branch.calls:
            self._rows_of(branch, (key, made), number, spot)
        with writer.block(f"if {made} is not None:"):
            if branch.rule.many:
                self._many(branch, made, place, parent)
            else:
                self._one(branch, made, place, parent)

    def _rows_of(self, branch: Branch, names: tuple[str, str], number: int, spot: Spot) -> None:
        writer, (key, made) = self.writer, names
        with writer.block(f"if r{number}.failure is not None:"):
            writer.gap(spot, f"r{number}")
        with writer.block("else:"):
            with writer.block(f"if r{number}.truncated:"):
                source = self.origin(branch.rule.target, number, "").source
                writer.note(spot, State.TRUNCATED, source=source)
            found = f"m{number}.get({key}, ())"
            tagged = found if len(branch.calls) == 1 else f"[({number}, row) for row in {found}]"
            writer.line(f"{made} = {tagged}" if len(branch.calls) == 1 else f"{made} = [*({made} or ()), *{tagged}]")

    def _many(self, branch: Branch, made: str, place: tuple[str, Spot], parent: Parent) -> None:
        writer, (target, spot) = self.writer, place
        cap, first, index = branch.rule.declared.cap, writer.fresh("first"), writer.fresh("i")
        writer.line(f"{first} = firsts[{branch.number}]")
        with writer.block(f"if len({made}) > {first}:"):
            with writer.block(f"if {first} == {cap}:"):
                writer.note(spot, State.TRUNCATED)
            writer.line(f"{made} = {made}[:{first}]")
        listed = writer.fresh("list")
        writer.line(f"{target} = {listed} = []")
        row = writer.fresh("row")
        below = replace(spot, path=(*spot.path, index))
        each = self.origin(branch.rule.target, branch.calls[0], row).cells if len(branch.calls) == 1 else row
        with writer.block(f"for {index}, {each} in enumerate({made}):"):
            self._each(branch, row, below, parent, f"{listed}.append")

    def _one(self, branch: Branch, made: str, place: tuple[str, Spot], parent: Parent) -> None:
        writer, (target, spot) = self.writer, place
        row = writer.fresh("row")
        with writer.block(f"if not {made}:"):
            writer.note(spot, State.NO_RECORD)
        with writer.block("else:"):
            each = self.origin(branch.rule.target, branch.calls[0], row).cells if len(branch.calls) == 1 else row
            writer.line(f"{each} = {made}[0]")
            self._each(branch, row, spot, parent, f"{target} = ")

    def _each(self, branch: Branch, row: str, spot: Spot, parent: Parent, put: str) -> None:
        """Code for one row of a branch, by the source it comes from."""
        if len(branch.calls) == 1:
            taken = replace(self.origin(branch.rule.target, branch.calls[0], row), taken=True)
            self._put(branch, taken, put, spot, parent)
            return
        number, inner = self.writer.fresh("of"), self.writer.fresh("row")
        self.writer.line(f"{number}, {inner} = {row}")
        for place, call in enumerate(branch.calls):
            with self.writer.block(f"{'if' if place == 0 else 'elif'} {number} == {call}:"):
                self._record(branch, call, (inner, put), spot, parent)

    def _record(self, branch: Branch, call: int | None, names: tuple[str, str], spot: Spot, parent: Parent) -> None:
        row, put = names
        origin = Origin("", {}, None, "nothing") if call is None else self.origin(branch.rule.target, call, row)
        self._put(branch, origin, put, spot, parent)

    def _put(self, branch: Branch, origin: Origin, put: str, spot: Spot, parent: Parent) -> None:
        made = self.writer.fresh("d")
        record = self.write_row(branch.items, origin, spot, parent, _no_id)
        self.writer.line(f"{made} = {record}")
        self.writer.line(f"{put}{made}" if put.endswith("= ") else f"{put}({made})")
        self.write_branches(branch.items, made, spot, parent)

    def _composite(self, branch: Branch, key: str, place: tuple[str, Spot], parent: Parent) -> None:
        """A record that is an object whether or not its own source has a row, for other records hang below it."""
        writer, (target, spot) = self.writer, place
        row = writer.fresh("row")
        if not branch.calls:
            self._record(branch, None, ("", f"{target} = "), spot, parent)
            return
        number, reply = branch.calls[-1], writer.fresh("reply")
        origin = replace(self.origin(branch.rule.target, number, row), reply=reply)
        absent = f"{parent.under.reply} if {parent.under.row} is None else nothing" if parent.under.row else "nothing"
        if parent.under.sure:
            absent = "nothing"
        writer.line(f"{reply} = r{number} if {key}.__class__ is str else {absent}")
        writer.line(f"{row} = m{number}.get({key}, NO_ROWS)[0] if {key}.__class__ is str else None")
        writer.line(f"{reply}_at = r{number}_at if {key}.__class__ is str else None")
        with writer.block(f"if {reply}.failure is not None:"):
            self._silent(branch, origin.without_row(), place, parent)
        with writer.block(f"elif {row} is None:"):
            self._put(branch, origin.without_row(), f"{target} = ", spot, parent)
        with writer.block("else:"):
            self._put(branch, origin, f"{target} = ", spot, parent)

    def _silent(self, branch: Branch, origin: Origin, place: tuple[str, Spot], parent: Parent) -> None:
        """A composite whose own source is silent: its leaves are gaps, what hangs below is answered."""
        writer, (target, spot) = self.writer, place
        made = writer.fresh("d")
        pairs = [(writer.text(item.key), self._silent_item(item, origin, spot, parent)) for item in branch.items]
        writer.line(f"{target} = {made} = {literal(pairs)}")
        self.write_branches(branch.items, made, spot, parent)

    def _silent_item(self, item: Node, origin: Origin, spot: Spot, parent: Parent) -> str:
        if isinstance(item, Leaf):
            write_gap(
                self.writer, item, origin.reply, self.writer.at(spot, item.key, item.rule.coordinate), parent.under
            )
        elif isinstance(item, Typename):
            return self.writer.constant(item.name)
        elif isinstance(item, ProvenanceNode):
            return write_provenance(self.writer, item, origin)
        return "None"


def write_gap(writer: Writer, leaf: Leaf, reply: str, spot: Spot, under: Under) -> None:
    """A leaf whose source is silent; where its clauses let the entity through, that is why it is null."""
    if not leaf.clauses[0].rows:
        writer.gap(spot, reply)
        return
    with writer.block(f"if {writer.passing(leaf.clauses)} is None:"):
        write_blocked(writer, spot, under)
    with writer.block("else:"):
        writer.gap(spot, reply)


def places_of(call: Call) -> dict[str, int]:
    """Place of each column in the rows a call brings."""
    columns = call.columns if call.way is CallWay.SEARCH else (KEY, *call.columns)
    return {name: place for place, name in reversed(list(enumerate(columns)))}


def _no_id(spot: Spot) -> str:
    raise TypeError(f"no id below {path_of(spot)}")
