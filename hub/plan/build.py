"""Room 2, plan: an operation under a policy becomes a plan. Scopes are compiled in; nothing is fetched.

A denied field becomes a `Denied` node and no column; a branch or root below which nothing is held makes no call.
Equal questions to one source merge into one call. Which rows a caller may see stays symbolic until bind.py.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from graphql.language import FieldNode, OperationDefinitionNode, SelectionSetNode, print_ast

from adapters.base import AS_OF, DISPUTED, LOCAL
from auth.access import Policy, Refusal
from hub.operation import Operation
from hub.plan.collect import Collector, variables_of
from hub.plan.model import (
    ENTITY,
    ID_FIELDS,
    SUBJECT,
    Branch,
    Call,
    CallWay,
    Denied,
    Group,
    Leaf,
    Node,
    OpaqueId,
    Owned,
    OwnRoot,
    Part,
    Placed,
    Plan,
    ProvenanceNode,
    Root,
    Topology,
    Typename,
    Way,
    all_rows,
)
from hub.plan.scopes import clear_groups, condition_fields, covers, held_of, merge, visibility
from schema.catalogue import Catalogue, FieldRule, KeyedRule, Kind, RecordRule, RelationRule

_ENTITY_WAYS = {way.value: way for way in Way if way is not Way.KEYED}
_PROVENANCE = "provenance"
_COUNT = "EntityConnection.totalCount"
_PAGE_TYPES = {"edges": "EntityEdge", "pageInfo": "PageInfo"}


def build_plan(
    operation: Operation, policy: Policy, catalogue: Catalogue, topology: Topology, decisions: Mapping[str, bool]
) -> Plan:
    """Plan of a validated operation for a policy, with the deciding variables given."""
    return _Builder(operation, policy, catalogue, topology, decisions).build()


@dataclass
class _DraftCall:
    source: str
    record: str
    way: CallWay
    key: str = ""
    parent_key: str = ""
    gates: tuple[Group, ...] = ()
    columns: dict[str, None] = field(default_factory=dict)
    roots: dict[int, None] = field(default_factory=dict)
    branches: dict[int, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the builder is: the root it is under, the response keys that led here, the record asked of.

    `apart`: no entity stands above the record, so that a row filter, being of entities, never lets it through.
    """

    root: int
    pattern: tuple[str, ...]
    record: RecordRule
    apart: bool = False


class _Builder:
    def __init__(
        self,
        operation: Operation,
        policy: Policy,
        catalogue: Catalogue,
        topology: Topology,
        decisions: Mapping[str, bool],
    ) -> None:
        self._operation = operation
        self._policy = policy
        self._catalogue = catalogue
        self._topology = topology
        self._collector = Collector(operation.fragments, decisions)
        self._visible = visibility(catalogue, policy)
        self._calls: dict[object, _DraftCall] = {}
        self._branches: list[Branch | None] = []
        self._denied: list[Placed] = []
        self._support: dict[int, set[str]] = {}

    def build(self) -> Plan:
        roots: list[Root | OwnRoot] = []
        own: list[FieldNode] = []
        collected = self._collector.collect([self._operation.definition.selection_set], "Query")
        for number, (key, nodes) in enumerate(collected.items()):
            name = nodes[0].name.value
            if name in _ENTITY_WAYS:
                roots.append(self._root(number, key, nodes, _ENTITY_WAYS[name]))
            elif name in self._catalogue.keyed:
                roots.append(self._keyed_root(number, key, nodes, self._catalogue.keyed[name]))
            elif name == "__typename":
                roots.append(OwnRoot(key, "Query"))
            else:
                roots.append(OwnRoot(key))
                own.extend(nodes)
        calls = tuple(self._finish(number, draft) for number, draft in enumerate(self._calls.values()))
        return Plan(
            tuple(roots),
            calls,
            tuple(b for b in self._branches if b),
            tuple(self._denied),
            self._visible,
            self._own_part(own),
        )

    def _own_part(self, nodes: Sequence[FieldNode]) -> OperationDefinitionNode | None:
        if not nodes:
            return None
        whole = self._operation.definition
        used = variables_of(nodes, self._operation.fragments)
        return OperationDefinitionNode(
            operation=whole.operation,
            name=whole.name,
            variable_definitions=tuple(d for d in whole.variable_definitions or () if d.variable.name.value in used),
            directives=(),
            selection_set=SelectionSetNode(selections=tuple(nodes)),
        )

    def _root(self, number: int, key: str, nodes: list[FieldNode], way: Way) -> Root:
        record = self._catalogue.records[ENTITY]
        self._support[number] = set()
        place = _Place(number, (key,), record)
        page: tuple[Part, ...] = ()
        if way is Way.SEARCH:
            page = self._page(place, nodes, "EntityConnection")
            items = tuple(item for part in _walk(page) for item in part.items)
        else:
            items = self._items(place, nodes, record.name)
        fed = _page_fed(page) if way is Way.SEARCH else _fed(items)
        call = self._root_call(number, way, items) if fed else None
        counts = any(part.name == "totalCount" for part in page)
        return Root(number, key, way, record.name, () if page else items, call, not fed, nodes[0], page, counts)

    def _keyed_root(self, number: int, key: str, nodes: list[FieldNode], rule: KeyedRule) -> Root:
        self._support[number] = set()
        place = _Place(number, (key,), self._catalogue.records[rule.record], apart=True)
        items = self._items(place, nodes, rule.record)
        fed = _fed(items)
        if fed and not any(isinstance(item, Leaf) for item in items):
            fed = self._exists_apart(key, rule)
        call = self._keyed_call(number, rule, items) if fed else None
        return Root(number, key, Way.KEYED, rule.record, items, call, not fed, nodes[0], keyed=rule)

    def _exists_apart(self, key: str, rule: KeyedRule) -> bool:
        """A record exists apart from any entity for those who hold a field of it for every row."""
        groups = [self._policy.held.get(f.coordinate, ()) for f in self._catalogue.records[rule.record].fields.values()]
        if any(all_rows(group) for group in groups):
            return True
        self._deny(key, f"Query.{rule.name}", (key,))
        return False

    def _root_call(self, number: int, way: Way, items: Sequence[Node]) -> int | None:
        owned = self._topology.owned.get(ENTITY, ())
        if not owned:
            return None
        searching = way is Way.SEARCH
        signature = ("search", number) if searching else ("lookup", ENTITY)
        call_way = CallWay.SEARCH if searching else CallWay.LOOKUP
        draft = self._calls.setdefault(signature, _DraftCall(owned[0].source, ENTITY, call_way))
        draft.roots[number] = None
        groups = [self._visible, *(item.clauses for item in items if isinstance(item, Leaf))]
        wanted = condition_fields(groups) | self._support[number] | {SUBJECT}
        columns = [*_columns(items, owned[0]), LOCAL, *sorted(wanted & owned[0].columns)]
        if any(isinstance(item, OpaqueId) for item in items):
            columns += [name for name in ID_FIELDS if name in owned[0].columns]
        draft.columns.update(dict.fromkeys(columns))
        return list(self._calls).index(signature)

    def _keyed_call(self, number: int, rule: KeyedRule, items: Sequence[Node]) -> int | None:
        owned = self._topology.owned.get(rule.record, ())
        if not owned:
            return None
        signature = ("lookup", rule.record)
        draft = self._calls.setdefault(signature, _DraftCall(owned[0].source, rule.record, CallWay.LOOKUP))
        draft.roots[number] = None
        # Whose record it is stands in the audit entry, whether or not it was asked for.
        columns = [*_columns(items, owned[0]), *({SUBJECT} & owned[0].columns)]
        draft.columns.update(dict.fromkeys(columns))
        return list(self._calls).index(signature)

    def _items(self, place: _Place, parents: list[FieldNode], typename: str) -> tuple[Node, ...]:
        sets = [node.selection_set for node in parents if node.selection_set]
        items: list[Node] = []
        for key, nodes in self._collector.collect(sets, typename).items():
            items.append(self._item(place, key, nodes))
        return tuple(items)

    def _item(self, place: _Place, key: str, nodes: list[FieldNode]) -> Node:
        name, record = nodes[0].name.value, place.record
        if name == "__typename":
            return Typename(key, record.name)
        if name == "id" and record.name == ENTITY:
            return OpaqueId(key)
        if name == _PROVENANCE:
            return ProvenanceNode(key, self._parts(nodes, "Provenance"))
        if name in record.fields:
            return self._leaf(place, key, nodes, record.fields[name])
        return self._branch(place, key, nodes, record.relations[name])

    def _leaf(self, place: _Place, key: str, nodes: list[FieldNode], rule: FieldRule) -> Node:
        clauses = self._policy.held.get(rule.coordinate, ())
        if place.apart:
            clauses = tuple(c for c in clauses if not c.rows)
        if not clauses:
            return self._deny(key, rule.coordinate, (*place.pattern, key))
        self._support[place.root] |= condition_fields([clauses])
        return Leaf(key, rule, clauses, self._parts(nodes, "Money") if rule.kind is Kind.MONEY else ())

    def _deny(self, key: str, coordinate: str, pattern: tuple[str, ...]) -> Denied:
        refusal = self._policy.requestable.get(coordinate, Refusal.FIELD_DENIED)
        self._denied.append(Placed(pattern, coordinate, refusal))
        return Denied(key, coordinate, refusal)

    def _parts(self, nodes: list[FieldNode], typename: str) -> tuple[Part, ...]:
        sets = [node.selection_set for node in nodes if node.selection_set]
        return tuple(Part(key, found[0].name.value) for key, found in self._collector.collect(sets, typename).items())

    def _branch(self, place: _Place, key: str, nodes: list[FieldNode], rule: RelationRule) -> Branch:
        number = len(self._branches)
        record = self._catalogue.records[rule.target]
        self._branches.append(None)
        pattern = (*place.pattern, key)
        items = self._items(_Place(place.root, pattern, record), nodes, record.name)
        open_ = self._open(items, record)
        self._support[place.root] |= condition_fields([open_, *self._read_groups(rule, nodes[0])])
        composite = record.declared.composite
        starved = not _fed(items) or not open_
        if starved and _fed(items):
            self._deny(key, rule.coordinate, pattern)
        branch = Branch(number, pattern, rule, items, (), open_, composite, starved, nodes[0])
        if not starved and _needs_own_row(items, composite) and held_of(record, self._policy):
            branch = replace(branch, calls=self._child_calls(place, branch, record))
        self._branches[number] = branch
        return branch

    def _read_groups(self, rule: RelationRule, node: FieldNode) -> list[Group]:
        """Clauses of the fields that the written arguments read: whether one is given a value is known later."""
        declared = rule.declared.arguments or {}
        written = [declared[a.name.value] for a in node.arguments or () if a.name.value in declared]
        reads = [f"{rule.target}.{name}" for argument in written for name in argument.reads]
        return [group for group in clear_groups(self._policy, reads) if group]

    def _open(self, items: Sequence[Node], record: RecordRule, *, below: bool = True) -> Group:
        groups = [item.clauses for item in items if isinstance(item, Leaf)]
        groups += [item.open for item in items if isinstance(item, Branch)]
        if not items or any(isinstance(item, (Typename, ProvenanceNode)) for item in items):
            groups.append(held_of(record, self._policy))
            if below:
                groups += [held_of(self._catalogue.records[r.target], self._policy) for r in record.relations.values()]
        return merge(groups)

    def _child_calls(self, place: _Place, branch: Branch, record: RecordRule) -> tuple[int, ...]:
        declared = branch.rule.declared
        # The record's own row is for those who may have something of it, not of what hangs below.
        own = self._open([item for item in branch.items if not isinstance(item, Branch)], record, below=False)
        gates = tuple(g for g in (self._visible, own) if not all_rows(g))
        written = ", ".join(sorted(print_ast(argument) for argument in branch.syntax.arguments or ()))
        self._support[place.root] |= {declared.parent_key}
        numbers = []
        for owned in self._topology.owned.get(record.name, ()):
            signature = (owned.source, record.name, declared.parent_key, gates, written)
            draft = self._calls.setdefault(
                signature,
                _DraftCall(owned.source, record.name, CallWay.CHILD, declared.child_key, declared.parent_key, gates),
            )
            draft.roots[place.root] = None
            draft.branches[branch.number] = None
            draft.columns.update(dict.fromkeys(_columns(branch.items, owned)))
            numbers.append(list(self._calls).index(signature))
        return tuple(numbers)

    def _page(self, place: _Place, nodes: list[FieldNode], typename: str) -> tuple[Part, ...]:
        """What is asked of a connection, an edge or a page's information."""
        sets = [node.selection_set for node in nodes if node.selection_set]
        parts = []
        for key, found in self._collector.collect(sets, typename).items():
            name, below = found[0].name.value, replace(place, pattern=(*place.pattern, key))
            if name == "totalCount" and not self._counts():
                self._deny(key, _COUNT, below.pattern)
                parts.append(Part(key, "denied"))
            elif name == "node":
                parts.append(Part(key, name, (), self._items(below, found, ENTITY)))
            elif name in _PAGE_TYPES:
                parts.append(Part(key, name, self._page(below, found, _PAGE_TYPES[name])))
            else:
                parts.append(Part(key, name))
        return tuple(parts)

    def _counts(self) -> bool:
        """A number may be given only where it counts nothing but what the caller may count."""
        held = self._policy.held.get(_COUNT, ())
        return bool(held) and covers(held, self._visible)

    def _finish(self, number: int, draft: _DraftCall) -> Call:
        return Call(
            number=number,
            source=draft.source,
            record=draft.record,
            way=draft.way,
            columns=tuple(draft.columns),
            roots=tuple(draft.roots),
            key=draft.key,
            parent_key=draft.parent_key,
            gates=draft.gates,
            branches=tuple(draft.branches),
        )


def _fed(items: Iterable[Node]) -> bool:
    """True if anything among the items needs a row: all but denied fields and branches that are starved.

    Where every field was skipped, there is still an object to show.
    """
    asked = list(items)
    starved = [isinstance(item, Denied) or (isinstance(item, Branch) and item.starved) for item in asked]
    return not asked or not all(starved)


def _columns(items: Sequence[Node], owned: Owned) -> list[str]:
    """Columns of an offer that the items are made of, with what their provenance and age need."""
    names: list[str] = []
    for item in items:
        if isinstance(item, Leaf):
            names += item.rule.compute.needs if item.rule.compute else (item.rule.name,)
    columns = [name for name in names if name in owned.columns]
    told = any(isinstance(item, ProvenanceNode) for item in items)
    if told or owned.fresh_days is not None:
        columns.append(AS_OF)
    return [*columns, DISPUTED] if told else columns


def _page_fed(page: Sequence[Part]) -> bool:
    """True if anything of a page needs its rows: an entity of which something is held, a cursor, a number …"""
    asked = [part for part in _walk(page) if part.name != "edges" or not part.parts]
    return not asked or any(_fed(part.items) if part.name == "node" else part.name != "denied" for part in asked)


def _needs_own_row(items: Iterable[Node], composite: bool) -> bool:
    """True if something asked for stands in the record's own row; a composite's type name does not."""
    bare = (Denied, Branch, Typename) if composite else (Denied, Branch)
    return any(not isinstance(item, bare) for item in items) or (not items and not composite)


def _walk(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _walk(part.parts)
