"""What a plan is: plain frozen data that says what to fetch and how the answer is put together.

A plan belongs to an operation and a policy, never to a caller: values of variables and bindings enter in bind.py.
Calls say what a source is asked; nodes say what stands in the answer; they name each other by number.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from graphql.language import FieldNode, OperationDefinitionNode

from auth.access import Clause, Refusal
from schema.base import Argument
from schema.catalogue import FieldRule, KeyedRule, RelationRule

ENTITY = "Entity"
SUBJECT = "uscc"
"""Field that says whose record a row is."""
ID_FIELDS = ("uscc", "regNo15")
"""Fields an entity's opaque id is made from: the first that has a value, else the source's own row identifier."""

Group = tuple[Clause, ...]
"""Clauses of which one must let the entity through."""


@dataclass(frozen=True, slots=True)
class Owned:
    """A record as one source offers it: who answers for it, the fields it has, how old it may be.

    keeps: its last known values may stand in while it is silent.
    """

    source: str
    source_label: str
    department: str
    columns: frozenset[str]
    fresh_days: int | None = None
    basis: str | None = None
    keeps: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Which source leads where several have a field: their names in order, and why, in Chinese and English."""

    order: tuple[str, ...]
    why: str
    why_en: str


@dataclass(frozen=True, slots=True)
class Rivalry:
    """A record that several sources own. The first of them is whose row it is; the others are compared with it.

    `whole` is the rule of the record, `fields` those of single fields by name.
    """

    others: tuple["Owned", ...]
    whole: Rule
    fields: Mapping[str, Rule]

    def rule(self, field: str) -> Rule:
        """The rule of a field."""
        return self.fields.get(field, self.whole)


@dataclass(frozen=True, slots=True)
class Owner:
    """Who is responsible for a record: the connected department, else the competent authority."""

    label: str
    label_en: str
    how_to_request: str | None
    legal_basis: str | None
    connected: bool


@dataclass(frozen=True, slots=True)
class Topology:
    """Which sources own which record, in the order their rows are merged, and who answers for it.

    `rivals`: of records of which an entity has one, what else owns them and is compared; `owned` has the first only.
    """

    owned: Mapping[str, tuple[Owned, ...]]
    owners: Mapping[str, Owner]
    rivals: Mapping[str, Rivalry] = field(default_factory=dict)

    def others(self, record: str) -> tuple[Owned, ...]:
        """What is compared with the row of a record."""
        found = self.rivals.get(record)
        return found.others if found is not None else ()


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Denied:
    """A field the caller may ask for but not have: null, with its reason."""

    key: str
    coordinate: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class OpaqueId:
    """The hub's own id of the entity."""

    key: str


@dataclass(frozen=True, slots=True)
class Part:
    """A field of a value object (money, provenance, page …): response key, name, and what is asked below it.

    `items` is what is asked of the entity, where the part is a connection's `node`.
    """

    key: str
    name: str
    parts: tuple["Part", ...] = ()
    items: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class ProvenanceNode:
    """Where the record came from."""

    key: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A held field, the clauses under which it is held, and for money the parts asked for."""

    key: str
    rule: FieldRule
    clauses: Group
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Branch:
    """A field that leads to records: one call a source, their rows merged in the order of the sources.

    `pattern` are the response keys that lead here; `open` are the clauses of what is asked below, of which one must let the entity through. Without `calls`, no
    source is connected or nothing below is held (`starved`).
    """

    number: int
    pattern: tuple[str, ...]
    rule: RelationRule
    items: tuple["Node", ...]
    calls: tuple[int, ...]
    open: Group
    composite: bool
    starved: bool
    syntax: FieldNode

    @property
    def key(self) -> str:
        """Response key."""
        return self.pattern[-1]

    @property
    def arguments(self) -> Mapping[str, Argument]:
        """Declared arguments by name, `first` not among them."""
        return self.rule.declared.arguments or {}


Node = Typename | Denied | OpaqueId | ProvenanceNode | Leaf | Branch


class Way(StrEnum):
    """How the keys of a root are given; the value is the name of the root field, but of KEYED, which has many."""

    ENTITY = "entity"
    BATCH = "entitiesByUscc"
    SEARCH = "entities"
    NODE = "node"
    NODES = "nodes"
    KEYED = "keyed"


@dataclass(frozen=True, slots=True)
class Root:
    """A root field that leads to records: how its keys come, its own call, and what is asked of each record.

    `keyed` is the declaration of a root that names records by a key of their own. `page` says what is asked of a connection (its entities stand in the parts named `node`), `counts` whether its
    number is. Without `call`, no source owns the record or nothing below is held (`starved`).
    """

    number: int
    key: str
    way: Way
    record: str
    items: tuple[Node, ...]
    call: int | None
    starved: bool
    syntax: FieldNode
    page: tuple[Part, ...] = ()
    counts: bool = False
    keyed: KeyedRule | None = None

    @property
    def coordinate(self) -> str:
        """Coordinate of the root field."""
        return f"Query.{self.keyed.name if self.keyed else self.way.value}"


@dataclass(frozen=True, slots=True)
class OwnRoot:
    """A root field the hub answers itself: introspection, me, purposes, catalogue; `__typename` is a constant."""

    key: str
    constant: str | None = None


class CallWay(StrEnum):
    """How a call gets its keys."""

    LOOKUP = "LOOKUP"
    SEARCH = "SEARCH"
    CHILD = "CHILD"


@dataclass(frozen=True, slots=True)
class Call:
    """One batched question to one source: a record, its columns, and where the keys come from.

    LOOKUP: keys are arguments of the roots. SEARCH: a page, with the predicate, order and cursor of its root.
    CHILD: keys are the value of `parent_key` in the roots' entities that pass every group of `gates`; where
    there is no gate and the keys are arguments, it starts together with the entities.
    """

    number: int
    source: str
    record: str
    way: CallWay
    columns: tuple[str, ...]
    roots: tuple[int, ...]
    key: str = ""
    parent_key: str = ""
    gates: tuple[Group, ...] = ()
    branches: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Placed:
    """A denial and the response keys that lead to it."""

    pattern: tuple[str, ...]
    coordinate: str
    refusal: Refusal


@dataclass(frozen=True, slots=True)
class Plan:
    """The whole plan: root fields in response order, calls, branches by number, what planning denied.

    `visibility` are the clauses of which one must let an entity through for it to exist at all; `own` is the part
    of the operation the hub answers itself.
    """

    roots: tuple[Root | OwnRoot, ...]
    calls: tuple[Call, ...]
    branches: tuple[Branch, ...]
    denied: tuple[Placed, ...]
    visibility: Group
    own: OperationDefinitionNode | None


def all_rows(group: Group) -> bool:
    """True if one clause lets every row through."""
    return any(not clause.rows for clause in group)
