"""Room 2, bind: a plan meets the values of one question – variables, bindings, the business day.

Here an argument that reads a field the caller may not read in clear turns the whole field that carries it into a
denial. Everything a call needs is known after this; fetch.py only asks.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from graphql import GraphQLError, GraphQLSchema
from graphql.execution.values import VariableValues
from graphql.language import FieldNode

from adapters.base import OrderKey
from auth.access import Access, Refusal
from hub.errors import HubError
from hub.plan.arguments import Arguments
from hub.plan.cursor import CursorSeal
from hub.plan.faults import input_fault
from hub.plan.model import ENTITY, Branch, Call, CallWay, Group, OwnRoot, Placed, Plan, Root, Way
from hub.plan.rows import RowGuard
from hub.plan.scopes import clear_groups, covers
from hub.plan.search import BoundSearch, Narrowing, Ordered, SearchBinder
from schema.base import Argument
from schema.filters import IDENTIFIER_FIELDS
from schema.predicate import TRUE, Predicate, both
from schema.scalars import ScalarFault, read_uscc

MAX_BATCH = 200
MAX_ID_CHARS = 64
_KEPT = 64
ID = "id"
"""Key field of a position that is given by the hub's own id."""


class Position(NamedTuple):
    """One asked key: the field it belongs to (or ID) and its value, a DoubtfulCode where a typed code has a fault."""

    field: str
    value: str


class Kept(NamedTuple):
    """What fetching works out once: stems of look-ups by purpose, call and key, courses by purpose and key."""

    stems: dict[tuple[str, int, str], Any]
    courses: dict[tuple[str, str], Any]


class Bound(NamedTuple):
    """A plan with the values of one question.

    positions: asked keys by root · searches: pages by root · wheres, gates: by call · firsts: by branch ·
    refused: denials by branch or (negative) root, which then is null and calls nothing · kept: for whoever fetches, what
    is the same for all questions with these `wheres` · redirected: root and place of asked keys that were replaced.
    """

    plan: Plan
    guard: RowGuard
    day: date
    positions: Mapping[int, tuple[Position, ...]]
    searches: Mapping[int, BoundSearch]
    wheres: Mapping[int, Predicate]
    gates: Mapping[int, tuple[Group, ...]]
    firsts: Mapping[int, int]
    refused_roots: Mapping[int, tuple[Placed, ...]]
    refused_branches: Mapping[int, tuple[Placed, ...]]
    branch_gates: Mapping[int, tuple[Group, ...]]
    kept: "Kept"
    redirected: tuple[tuple[int, int], ...] = ()

    @property
    def denied(self) -> tuple[Placed, ...]:
        """Every denial that is known before anything is fetched."""
        if not (self.refused_roots or self.refused_branches):
            return self.plan.denied
        bound = [*self.refused_roots.values(), *self.refused_branches.values()]
        return self.plan.denied + tuple(placed for many in bound for placed in many)

    def live(self, call: Call) -> bool:
        """True if the call is still wanted by a root and, for a child, by a branch that was not refused."""
        roots = any(number not in self.refused_roots for number in call.roots)
        branches = not call.branches or any(number not in self.refused_branches for number in call.branches)
        return roots and branches


def asks_only(bound: Bound, uscc: str) -> bool:
    """True if every root leads to the records of the one entity of this code, and nothing is asked of the hub itself."""
    roots = [root for root in bound.plan.roots if isinstance(root, Root)]
    others = [root for root in bound.plan.roots if isinstance(root, OwnRoot) and root.constant is None]
    one = (Position("uscc", uscc),)
    return (
        bool(roots)
        and not others
        and all(root.way is Way.ENTITY and tuple(bound.positions.get(root.number, ())) == one for root in roots)
    )


class Question(NamedTuple):
    """What binding needs beside the plan: coerced variables, who asks, the business day, how cursors are sealed."""

    variables: VariableValues
    access: Access
    day: date
    seal: CursorSeal


@dataclass(frozen=True, slots=True)
class _Standing:
    """What is the same for all questions of one caller on one day, unless variables stand below the roots."""

    guard: RowGuard
    wheres: Mapping[int, Predicate]
    gates: Mapping[int, tuple[Group, ...]]
    firsts: Mapping[int, int]
    refused_branches: Mapping[int, tuple[Placed, ...]]
    branch_gates: Mapping[int, tuple[Group, ...]]
    kept: "Kept" = field(default_factory=lambda: Kept({}, {}), compare=False)


class Binder:
    """Binds one plan; remembers what does not depend on the question."""

    def __init__(self, plan: Plan, schema: GraphQLSchema) -> None:
        self.plan = plan
        self._roots = [(root, Arguments(schema, "Query", root.syntax)) for root in plan.roots if isinstance(root, Root)]
        self._branches = [(branch, Arguments(schema, branch.rule.record, branch.syntax)) for branch in plan.branches]
        self._constant = all(arguments.constant for _, arguments in self._branches)
        self._standing: dict[tuple[Hashable, date], _Standing] = {}
        self._held: tuple[str, ...] | None = None

    def held(self, work_out: Callable[[], tuple[str, ...]]) -> tuple[str, ...]:
        """What is held of the plan where no argument refuses any of it, worked out once."""
        if self._held is None:
            self._held = work_out()
        return self._held

    def bind(self, question: Question) -> Bound:
        """The plan with the values of one question; HubError where an argument is not what the schema says."""
        standing = self._stand(question)
        return _RootBinder(self.plan, question, standing).bind(self._roots)

    def _stand(self, question: Question) -> _Standing:
        if not self._constant:
            return _BranchBinder(self.plan, question).bind(self._branches)
        key = (question.access.bindings.key, question.day)
        found = self._standing.get(key)
        if found is None:
            if len(self._standing) >= _KEPT:
                self._standing.clear()
            found = self._standing[key] = _BranchBinder(self.plan, question).bind(self._branches)
        return found


Written = Sequence[tuple[Root, Arguments]]


class _RootBinder:
    def __init__(self, plan: Plan, question: Question, standing: _Standing) -> None:
        self._plan = plan
        self._question = question
        self._access = question.access
        self._standing = standing
        self._guard = standing.guard
        self._positions: dict[int, tuple[Position, ...]] = {}
        self._searches: dict[int, BoundSearch] = {}
        self._refused_roots: dict[int, tuple[Placed, ...]] = {}

    def bind(self, roots: Written) -> Bound:
        """The plan with the values of its roots."""
        for root, arguments in roots:
            self._bind_root(root, _values(arguments, root.syntax, self._question.variables))
        standing = self._standing
        return Bound(
            plan=self._plan,
            guard=self._guard,
            day=self._question.day,
            positions=self._positions,
            searches=self._searches,
            wheres=standing.wheres,
            gates=standing.gates,
            firsts=standing.firsts,
            refused_roots=self._refused_roots,
            refused_branches=standing.refused_branches,
            branch_gates=standing.branch_gates,
            kept=standing.kept,
        )

    def _bind_root(self, root: Root, values: dict[str, Any]) -> None:
        if root.way is Way.SEARCH:
            self._bind_search(root, values)
            return
        self._positions[root.number] = asked = _positions(root, values)
        # The code is the key of every question; looking up by another identifier reads that field.
        read = f"{ENTITY}.{asked[0].field}" if root.way is Way.ENTITY and asked[0].field != "uscc" else None
        if read is not None and not self._clear_for_all(read):
            self._refused_roots[root.number] = (Placed((root.key,), read, _refusal(self._access, read)),)

    def _clear_for_all(self, coordinate: str) -> bool:
        (clear,) = clear_groups(self._access.policy, (coordinate,))
        return bool(clear) and covers(clear, self._plan.visibility)

    def _bind_search(self, root: Root, values: Mapping[str, Any]) -> None:
        binder = SearchBinder(self._access.policy, self._plan.visibility, self._question.day)
        narrowing = binder.narrow(values.get("filter") or {})
        order, unordered = binder.order(values.get("orderBy") or [])
        first = _bounded(values.get("first"), 20, 100, "first")
        refused = tuple(
            Placed((root.key,), name, _refusal(self._access, name))
            for name in dict.fromkeys((*narrowing.refused, *unordered))
        )
        if refused:
            self._refused_roots[root.number] = refused
            return
        self._searches[root.number] = self._search(values, first, narrowing, order)

    def _search(
        self, values: Mapping[str, Any], first: int, narrowing: Narrowing, order: tuple[OrderKey, ...]
    ) -> BoundSearch:
        clear = [self._guard.any_of(group) for group in narrowing.groups]
        where = both(narrowing.where, self._guard.any_of(self._plan.visibility), *clear)
        listed = Ordered(where, narrowing.key_sets, order, self._access.policy.fingerprint)
        sealed = values.get("after")
        after = self._question.seal.open(sealed, listed.context) if sealed is not None else None
        return BoundSearch(listed, first, after, (*narrowing.reads, *(f"{ENTITY}.{key.column}" for key in order)))


class _BranchBinder:
    def __init__(self, plan: Plan, question: Question) -> None:
        self._plan = plan
        self._question = question
        self._access = question.access
        self._guard = RowGuard(question.access.bindings)
        self._refused: dict[int, tuple[Placed, ...]] = {}
        self._firsts: dict[int, int] = {}
        self._where: dict[int, Predicate] = {}
        self._gates: dict[int, tuple[Group, ...]] = {}

    def bind(self, branches: Sequence[tuple[Branch, Arguments]]) -> _Standing:
        """What the branches are under the values of their arguments."""
        for branch, arguments in branches:
            self._bind_branch(branch, _values(arguments, branch.syntax, self._question.variables))
        return _Standing(
            guard=self._guard,
            wheres={call.number: self._where_of(call) for call in self._plan.calls},
            gates={call.number: self._gates_of(call) for call in self._plan.calls},
            firsts=self._firsts,
            refused_branches=self._refused,
            branch_gates=self._gates,
        )

    def _bind_branch(self, branch: Branch, values: Mapping[str, Any]) -> None:
        cap = branch.rule.declared.cap
        self._firsts[branch.number] = _bounded(values.get("first"), cap, None, "first")
        given = {name: spec for name, spec in branch.arguments.items() if values.get(name) is not None}
        reads = tuple(dict.fromkeys(f"{branch.rule.target}.{n}" for spec in given.values() for n in spec.reads))
        groups = clear_groups(self._access.policy, reads)
        refused = tuple(name for name, group in zip(reads, groups, strict=True) if not group)
        if refused:
            placed = tuple(Placed(branch.pattern, name, _refusal(self._access, name)) for name in refused)
            self._refused[branch.number] = placed
            return
        self._gates[branch.number] = tuple(g for g in groups if any(clause.rows for clause in g))
        self._where[branch.number] = self._argument_predicate(given, values)

    def _argument_predicate(self, given: Mapping[str, Argument], values: Mapping[str, Any]) -> Predicate:
        return both(*(spec.build(values[name], self._question.day) for name, spec in given.items()))

    def _where_of(self, call: Call) -> Predicate:
        if call.way is CallWay.LOOKUP and call.record == ENTITY:
            return self._guard.any_of(self._plan.visibility)
        for number in call.branches:
            return self._where.get(number, TRUE)
        return TRUE

    def _gates_of(self, call: Call) -> tuple[Group, ...]:
        extra = [group for number in call.branches[:1] for group in self._gates.get(number, ())]
        return (*call.gates, *extra)


def _values(arguments: Arguments, node: FieldNode, variables: VariableValues) -> dict[str, Any]:
    try:
        return arguments.read(variables)
    except GraphQLError as fault:
        raise input_fault(fault, node.name.value) from None


def _refusal(access: Access, coordinate: str) -> Refusal:
    return access.policy.requestable.get(coordinate, Refusal.FIELD_DENIED)


def _bounded(value: Any, default: int, most: int | None, name: str) -> int:
    if value is None:
        return default
    limit = most or default
    if not 1 <= value <= limit:
        raise HubError(
            "BAD_USER_INPUT",
            detail=f"{name} 须在 1 到 {limit} 之间",
            detail_en=f"{name} must lie between 1 and {limit}",
        )
    return int(value)


def _positions(root: Root, values: Mapping[str, Any]) -> tuple[Position, ...]:
    way = root.way
    if way is Way.ENTITY:
        return (_entity_position(values),)
    if root.keyed is not None:
        declared = root.keyed.declared
        return (Position(declared.key, _short(values[declared.argument], declared.argument)),)
    if way is Way.NODE:
        return (Position(ID, _short(values["id"], "id")),)
    listed: Sequence[str] = values["usccs"] if way is Way.BATCH else values["ids"]
    if len(listed) > MAX_BATCH:
        raise HubError("BAD_USER_INPUT", detail=f"一次至多 {MAX_BATCH} 个", detail_en=f"at most {MAX_BATCH} at a time")
    if way is Way.BATCH:
        return tuple([Position("uscc", code) for code in listed])
    return tuple([Position(ID, _short(value, "id")) for value in listed])


def _entity_position(values: Mapping[str, Any]) -> Position:
    uscc, identifier = values.get("uscc"), values.get("identifier")
    if (uscc is None) == (identifier is None):
        raise HubError(
            "BAD_USER_INPUT",
            detail="entity 须且只须给出 uscc 或 identifier 之一",
            detail_en="entity takes exactly one of uscc and identifier",
        )
    if identifier is None:
        return Position("uscc", values["uscc"])
    kind = identifier["kind"].name
    if kind == "USCC":
        return Position("uscc", _typed_code(identifier["value"]))
    return Position(IDENTIFIER_FIELDS[kind], _short(identifier["value"], "identifier"))


def _typed_code(text: str) -> str:
    try:
        return read_uscc(text)
    except ScalarFault as fault:
        raise input_fault(fault, "identifier") from None


def _short(value: str, name: str) -> str:
    text = value.strip()
    if not 1 <= len(text) <= MAX_ID_CHARS:
        raise HubError(
            "BAD_USER_INPUT",
            detail=f"{name} 须为 1 到 {MAX_ID_CHARS} 个字符",
            detail_en=f"{name} takes 1 to {MAX_ID_CHARS} characters",
        )
    return text
