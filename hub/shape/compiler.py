"""Room 4, shape: a plan compiled into one function that turns replies into the answer. No I/O; compiled once a plan.

The caller enters only through the bound row filters: which groups of clauses let an entity through is decided once an
entity, by functions made for the caller's bindings.
"""

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from types import CodeType, MappingProxyType
from typing import Any

import orjson

from adapters.base import LOCAL, Unreadable
from adapters.records import satisfies
from hub.errors import State
from hub.notes import NoteKey, positions_of
from hub.plan.bind import Bound, Position
from hub.plan.model import Call, Group, OwnRoot, Plan, Topology, all_rows
from hub.plan.rows import RowGuard
from hub.plan.search import BoundSearch
from hub.replies import NOTHING, Replies, Reply
from hub.shape.ledger import Ledger, Shaped, Tools, Written
from hub.shape.records import RecordWriter
from hub.shape.roots import RootWriter
from hub.shape.writer import Writer
from schema.predicate import AllOf, AnyOf, Op, Predicate, Test
from schema.scalars import DoubtfulCode
from schema.uscc import find_fault

Passes = Callable[[Any], bool | None]
"""Whether a group lets an entity's row through: masked, in clear, or None if not at all."""
_KEPT = 256
_EMPTY: Mapping[Any, Any] = MappingProxyType({})
_MOST_CODES = 256
_CODES: dict[bytes, CodeType] = {}


@dataclass(frozen=True, slots=True)
class Shaper:
    """The compiled function of one plan, the notes it may leave, the groups it must have decided, and the answer
    before anything is known.
    """

    plan: Plan
    code: Callable[..., None]
    slots: tuple[NoteKey, ...]
    passings: Mapping[str, tuple[Group, Mapping[str, int]]]
    blank: Mapping[str, str | None]
    _decided: dict[object, dict[str, Passes]] = field(default_factory=dict)

    def shape(self, bound: Bound, replies: Replies, tools: Tools) -> Shaped:
        """Data and notes of an answer."""
        ledger = Ledger(self.slots, [0] * len(self.slots), [()] * len(self.slots))
        data = dict(self.blank)
        # What is denied is counted in the answer as it stands; otherwise nobody looks into it any more.
        pack = _as_it_is if bound.denied else _packed
        self.code(data, _Run(bound, replies, tools, ledger, pack), self.passes(bound.guard))
        for placed in bound.denied:
            count, path = positions_of(placed.pattern, data)
            key = NoteKey(placed.pattern, placed.coordinate, State.DENIED, placed.refusal.value)
            ledger.odd.add(key, path, count)
        return Shaped(data, ledger.notes(), ledger.warnings, tuple(ledger.entities), ledger.issued)

    def passes(self, guard: RowGuard) -> Mapping[str, Passes]:
        """The decisions of all groups under a caller's bindings."""
        if not self.passings:
            return _EMPTY
        key = guard.bindings.key
        found = self._decided.get(key)
        if found is None:
            if len(self._decided) >= _KEPT:
                self._decided.clear()
            found = {f"{name}_passes": decide(group, guard, at) for name, (group, at) in self.passings.items()}
            self._decided[key] = found
        return found


class Shapers:
    """Shapers of the plans that are kept, each compiled once; the least recently used is forgotten first."""

    def __init__(self, topology: Topology, capacity: int = 512) -> None:
        self._topology = topology
        self._capacity = capacity
        self._known: OrderedDict[int, Shaper] = OrderedDict()

    def of(self, plan: Plan) -> Shaper:
        """The shaper of a plan."""
        # A shaper holds its plan, so that no other plan gets the same identity while it is known.
        known = self._known.get(id(plan))
        if known is None:
            known = self._known[id(plan)] = compile_shaper(plan, self._topology)
            if len(self._known) > self._capacity:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(id(plan))
        return known


def _compiled(source: str) -> CodeType:
    """The code of a text, which plans share that differ in nothing but their constants: those of roles often do."""
    digest = blake2b(source.encode(), digest_size=16).digest()
    known = _CODES.get(digest)
    if known is None:
        if len(_CODES) >= _MOST_CODES:
            _CODES.clear()
        known = _CODES[digest] = compile(source, "<shaper>", "exec")
    return known


def compile_shaper(plan: Plan, topology: Topology) -> Shaper:
    """The shaper of a plan."""
    writer = Writer()
    records = RecordWriter(writer, plan, topology)
    passings: dict[str, tuple[Group, Mapping[str, int]]] = {}
    sees_all = any(not clause.rows for clause in plan.visibility)
    roots = RootWriter(writer, records, passings, sees_all)
    for root in plan.roots:
        if not isinstance(root, OwnRoot):
            roots.write(root)
    slots = writer.finished_slots()
    head = [*_HEAD, *(line for call in plan.calls for line in _call_lines(call))]
    head += [f"    {name}_passes = passes['{name}_passes']" for name in passings]
    source = "\n".join([*head, *writer.lines, ""])
    names: dict[str, Any] = {**_GLOBALS, **writer.constants}
    exec(_compiled(source), names)  # noqa: S102 - our own code; what callers send enters as constants
    blank = {root.key: root.constant if isinstance(root, OwnRoot) else None for root in plan.roots}
    return Shaper(plan, names["shaper"], slots, passings, blank)


_HEAD = (
    "def shaper(data, run, passes):",
    "    counts, paths, gap, cuts = run.ledger.counts, run.ledger.paths, run.ledger.gap, {}",
    "    entities, issue, issue_known = run.ledger.entities, run.issue, run.issue_known",
    "    warn, not_found, page_info, cursor_of = run.warn, run.not_found, run.page_info, run.cursor",
    "    contest = run.ledger.contest",
    "    bound, now, calls = run.bound, run.tools.now.instant, run.replies.calls",
    "    day, firsts, searches = bound.day, bound.firsts, bound.searches",
    "    refused_roots, refused_branches = bound.refused_roots, bound.refused_branches",
    "    positions, gated, blocked = run.replies.positions, any(bound.branch_gates.values()), run.blocked",
    "    nothing, nothing_at, pack = NOTHING, None, run.pack",
)
_GLOBALS: Mapping[str, Any] = {
    "NOTHING": NOTHING,
    "NO_INDEX": _EMPTY,
    "NO_ROWS": (None,),
    "UNREADABLE": Unreadable.VALUE,
    "DOUBTFUL": DoubtfulCode,
}


def _call_lines(call: Call) -> tuple[str, ...]:
    name = f"r{call.number}"
    return (
        f"    {name} = calls.get({call.number}, NOTHING)",
        f"    {name}_at = {name}.fetched_at",
        f"    m{call.number} = {name}.by_key.get({call.key!r}, NO_INDEX)",
    )


@dataclass(frozen=True, slots=True)
class _Run:
    """What the compiled function calls back for what is rare."""

    bound: Bound
    replies: Replies
    tools: Tools
    ledger: Ledger
    pack: Callable[[Any], Any]

    def blocked(self, branch: int, row: tuple[Any, ...] | None, places: Mapping[str, int]) -> bool:
        """True if a field that the branch's arguments read is not held for this entity."""
        gates = self.bound.branch_gates.get(branch, ())
        if row is None:
            return not all(map(all_rows, gates))
        found = row

        def read(name: str) -> object:
            place = places.get(name)
            return None if place is None else found[place]

        return not all(self.bound.guard.passes(gate, read) for gate in gates)

    def issue(self, held: Sequence[tuple[str, Any]], local: str) -> str:
        """The opaque id of an entity, from the first identifier that has a value."""
        anchor = next((Position(name, value) for name, value in held if isinstance(value, str)), Position(LOCAL, local))
        return self.issue_known(anchor)

    def issue_known(self, anchor: Position) -> str:
        """The opaque id behind a position."""
        made, current = self.tools.identify(anchor)
        self.ledger.issued[made] = current
        return made

    def warn(self, asked: Position, path: tuple[str | int, ...]) -> None:
        """Say that a typed code has a wrong check digit, though the registry vouches for it."""
        suggestion = _suggestion(asked)
        if suggestion:
            self.ledger.warnings.append({"code": "USCC_CHECK_DIGIT", "path": list(path), "suggestion": suggestion})

    def not_found(self, asked: Position | None, pattern: tuple[str, ...], coordinate: str, path: Any) -> None:
        """Note that there is no such record, and the code that was probably meant."""
        suggestion = _suggestion(asked)
        key = NoteKey(pattern, coordinate, State.NO_RECORD, "USCC_CHECK_DIGIT" if suggestion else "ENTITY_NOT_FOUND")
        self.ledger.odd.add(key, path, suggestion=suggestion)

    def page_info(self, search: BoundSearch, reply: Reply, name: str) -> Any:
        """One thing a page says of itself."""
        if name in ("startCursor", "endCursor"):
            ends = reply.page[:1] if name == "startCursor" else reply.page[-1:]
            return next((self.cursor(search, reply, row) for row in ends), None)
        return {"hasNextPage": reply.more, "hasPreviousPage": search.after is not None, "__typename": "PageInfo"}[name]

    def cursor(self, search: BoundSearch, reply: Reply, row: tuple[Any, ...]) -> str:
        """Cursor of a row; what can't be read is sorted like what is missing."""
        found = [row[reply.places[key.column]] for key in search.order]
        position = [*(None if v is Unreadable.VALUE else v for v in found), row[reply.places[LOCAL]]]
        return self.tools.seal(position, search.context)


def _packed(made: Any) -> Written:
    """An entity of a list as JSON at once: a hundred of them, with all below them, would not fit where it is quick."""
    exact = orjson.dumps(made, option=orjson.OPT_SORT_KEYS)
    return Written(orjson.Fragment(orjson.dumps(made)), orjson.Fragment(exact))


def _as_it_is(made: Any) -> Any:
    return made


def decide(group: Group, guard: RowGuard, places: Mapping[str, int]) -> Passes:
    """Which clause of a group is the first to let a row through."""
    clauses = [
        (clause.masked, row_test(guard.predicate(clause.rows), places) if clause.rows else None) for clause in group
    ]

    def passes(row: Any) -> bool | None:
        for masked, test in clauses:
            if test is None or (row is not None and test(row)):
                return masked
        return None

    return passes


def row_test(predicate: Predicate, places: Mapping[str, int]) -> Callable[[Any], bool]:
    """The predicate as a test on rows; columns a row lacks are missing values."""
    if isinstance(predicate, AllOf | AnyOf):
        parts = [row_test(part, places) for part in predicate.parts]
        if isinstance(predicate, AllOf):
            return lambda row: all(part(row) for part in parts)
        return lambda row: any(part(row) for part in parts)
    return _comparison(predicate, places.get(predicate.field))


def _comparison(test: Test, place: int | None) -> Callable[[Any], bool]:
    value = test.value
    if place is None:
        return lambda row: satisfies(test, lambda _: None)
    if test.op is Op.IN and isinstance(value, tuple):
        wanted = frozenset(value)
        return lambda row: row[place] in wanted
    if test.op is Op.PREFIX and isinstance(value, str):
        return lambda row: row[place].__class__ is str and row[place].startswith(value)
    return lambda row: satisfies(test, lambda _: row[place])


def _suggestion(asked: Position | None) -> str | None:
    """The code with the right check digit, where a typed code has a wrong one."""
    fault = find_fault(asked.value) if asked is not None and asked.field == "uscc" else None
    return fault.suggestion if fault is not None else None
