"""What a question would cost each source, estimated from its text and variables before anything is validated.

Counts rows: a page counts its size, a list of records its `first` or a usual length. Deliberately simple and upward.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql.language import (
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from hub.limits import too_complex
from hub.operation import Operation
from hub.plan.model import CERTIFICATE, ENTITY, Topology, Way
from schema.catalogue import Catalogue

USUAL_LENGTH = 10
DEFAULT_PAGE = 20
_LISTS = {Way.BATCH.value: "usccs", Way.NODES.value: "ids"}


@dataclass(frozen=True, slots=True)
class Factor:
    """A number known from the text, or the value or length of a variable, with what to assume without it."""

    number: int
    variable: str = ""

    def value(self, variables: Mapping[str, Any]) -> int:
        """The number under these variables, at least 1."""
        found = variables.get(self.variable) if self.variable else None
        if isinstance(found, list):
            return max(1, len(found))
        if isinstance(found, int) and not isinstance(found, bool):
            return max(1, found)
        return max(1, self.number)


@dataclass(frozen=True, slots=True)
class Term:
    """Rows of one record: the product of the factors."""

    record: str
    factors: tuple[Factor, ...]


def estimate(operation: Operation, catalogue: Catalogue) -> tuple[Term, ...]:
    """Terms of an operation, without its variables."""
    return tuple(_Walk(operation, catalogue).roots())


def rows_by_source(terms: tuple[Term, ...], variables: Mapping[str, Any], topology: Topology) -> dict[str, int]:
    """Estimated rows each source would have to give."""
    rows: dict[str, int] = {}
    for term in terms:
        product = 1
        for factor in term.factors:
            product = min(product * factor.value(variables), 10**9)
        for owned in topology.owned.get(term.record, ()):
            rows[owned.source] = rows.get(owned.source, 0) + product
    return rows


def check_cost(terms: tuple[Term, ...], variables: Mapping[str, Any], topology: Topology, limit: int) -> None:
    """Refuse a question that would ask one source for more rows than the limit."""
    worst = max(rows_by_source(terms, variables, topology).values(), default=0)
    if worst > limit:
        raise too_complex("预计读取的记录数", "estimated number of records", worst, limit)


class _Walk:
    def __init__(self, operation: Operation, catalogue: Catalogue) -> None:
        self._operation = operation
        self._catalogue = catalogue

    def roots(self) -> Iterator[Term]:
        for node in self._fields(self._operation.definition.selection_set, frozenset()):
            name = node.name.value
            if name == Way.CERTIFICATE:
                yield Term(CERTIFICATE, (Factor(1),))
            elif name == Way.SEARCH:
                yield from self._record(node, ENTITY, (_number(node, "first", DEFAULT_PAGE),))
            elif name in (Way.ENTITY, Way.NODE):
                yield from self._record(node, ENTITY, (Factor(1),))
            elif name in _LISTS:
                yield from self._record(node, ENTITY, (_length(node, _LISTS[name]),))

    def _record(self, node: FieldNode, record: str, factors: tuple[Factor, ...]) -> Iterator[Term]:
        yield Term(record, factors)
        yield from self._below(node, record, factors)

    def _below(self, node: FieldNode, record: str, factors: tuple[Factor, ...]) -> Iterator[Term]:
        relations = self._catalogue.records[record].relations
        for child in self._fields(node.selection_set, frozenset()):
            relation = relations.get(child.name.value)
            if relation is not None:
                many = _number(child, "first", USUAL_LENGTH) if relation.many else Factor(1)
                yield from self._record(child, relation.target, (*factors, many))
            elif child.name.value in ("edges", "node"):
                yield from self._below(child, record, factors)

    def _fields(self, selection_set: SelectionSetNode | None, inside: frozenset[str]) -> Iterator[FieldNode]:
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set, inside)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in inside:
                fragment = self._operation.fragments.get(node.name.value)
                if fragment is not None:
                    yield from self._fields(fragment.selection_set, inside | {node.name.value})


def _written(node: FieldNode, name: str) -> ValueNode | None:
    return next((a.value for a in node.arguments or () if a.name.value == name), None)


def _number(node: FieldNode, name: str, default: int) -> Factor:
    value = _written(node, name)
    if isinstance(value, IntValueNode):
        return Factor(int(value.value[:9]))
    return Factor(default, value.name.value if isinstance(value, VariableNode) else "")


def _length(node: FieldNode, name: str) -> Factor:
    value = _written(node, name)
    if isinstance(value, ListValueNode):
        return Factor(len(value.values))
    return Factor(1, value.name.value if isinstance(value, VariableNode) else "")
