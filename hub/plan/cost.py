"""What a question would cost each source, estimated from its text and variables before anything is validated.

Counts rows: a page counts its size, a list of records its `first` or a usual length, a filter on another record the
most keys it may yield. Deliberately simple and upward.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql.language import (
    FieldNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    ObjectValueNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
)

from hub.limits import too_complex
from hub.operation import Operation
from hub.plan.model import ENTITY, Topology, Way
from schema.base import Argument
from schema.catalogue import Catalogue, declared_fields
from schema.filters import EntityFilter

USUAL_LENGTH = 10
DEFAULT_PAGE = 20
KEY_SET = 5_000
"""Most rows a filter on another record reads before the page itself."""
_MOST = 10**9
_KEY_SETS = {
    "licence": "Licence",
    **{
        name: spec.record
        for name, spec, _ in declared_fields(EntityFilter)
        if isinstance(spec, Argument) and spec.record
    },
}
"""Criteria that narrow by another record."""
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
        if isinstance(found, (int, float)) and not isinstance(found, bool):
            return max(1, int(found))
        return max(1, self.number)


@dataclass(frozen=True, slots=True)
class Term:
    """Rows of one record: the product of the factors."""

    record: str
    factors: tuple[Factor, ...]


def estimate(operation: Operation, catalogue: Catalogue) -> tuple[Term, ...]:
    """Terms of an operation, without its variables."""
    return tuple(_Walk(operation, catalogue).roots())


def is_fixed(terms: Iterable[Term]) -> bool:
    """True if no variable changes what the terms come to."""
    return not any(factor.variable for term in terms for factor in term.factors)


def rows_by_source(terms: tuple[Term, ...], variables: Mapping[str, Any], topology: Topology) -> dict[str, int]:
    """Estimated rows each source would have to give."""
    rows: dict[str, int] = {}
    for term in terms:
        product = 1
        for factor in term.factors:
            product = min(product * factor.value(variables), _MOST)
        for owned in topology.owned.get(term.record, ()):
            rows[owned.source] = rows.get(owned.source, 0) + product
    return rows


def check_cost(rows: Mapping[str, int], limit: int) -> None:
    """Refuse a question that would ask one source for more rows than the limit."""
    worst = max(rows.values(), default=0)
    if worst > limit:
        raise too_complex("预计读取的记录数", "estimated number of records", worst, limit)


class _Walk:
    def __init__(self, operation: Operation, catalogue: Catalogue) -> None:
        self._operation = operation
        self._catalogue = catalogue
        self._defaults = {
            declared.variable.name.value: declared.default_value
            for declared in operation.definition.variable_definitions or ()
        }

    def roots(self) -> Iterator[Term]:
        for node in self._fields(self._operation.definition.selection_set):
            name = node.name.value
            keyed = self._catalogue.keyed.get(name)
            if keyed is not None:
                yield Term(keyed.record, (Factor(USUAL_LENGTH if keyed.many else 1),))
            elif name == Way.SEARCH:
                yield from _key_sets(node)
                yield from self._record(node, ENTITY, (self._number(node, DEFAULT_PAGE),))
            elif name in (Way.ENTITY, Way.NODE):
                yield from self._record(node, ENTITY, (Factor(1),))
            elif name in _LISTS:
                yield from self._record(node, ENTITY, (self._length(node, _LISTS[name]),))

    def _record(self, node: FieldNode, record: str, factors: tuple[Factor, ...]) -> Iterator[Term]:
        yield Term(record, factors)
        yield from self._below(node, record, factors)

    def _below(self, node: FieldNode, record: str, factors: tuple[Factor, ...]) -> Iterator[Term]:
        relations = self._catalogue.records[record].relations
        for child in self._fields(node.selection_set):
            relation = relations.get(child.name.value)
            if relation is not None:
                many = self._number(child, USUAL_LENGTH) if relation.many else Factor(1)
                yield from self._record(child, relation.target, (*factors, many))
            elif child.name.value in ("edges", "node"):
                yield from self._below(child, record, factors)

    def _fields(self, selection_set: SelectionSetNode | None) -> Iterator[FieldNode]:
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._operation.fragments:
                yield from self._fields(self._operation.fragments[node.name.value].selection_set)

    def _number(self, node: FieldNode, usual: int) -> Factor:
        value, variable = self._written(node, "first")
        if not isinstance(value, IntValueNode):
            return Factor(usual, variable)
        number = int(value.value) if len(value.value) < 10 else _MOST
        # A variable may be given as null, and then the usual number is meant after all.
        return Factor(max(number, usual) if variable else number, variable)

    def _length(self, node: FieldNode, name: str) -> Factor:
        value, variable = self._written(node, name)
        return Factor(len(value.values) if isinstance(value, ListValueNode) else 1, variable)

    def _written(self, node: FieldNode, name: str) -> tuple[ValueNode | None, str]:
        """Literal of an argument, or the default and the name of the variable that stands there."""
        value = _argument(node, name)
        if isinstance(value, VariableNode):
            return self._defaults.get(value.name.value), value.name.value
        return value, ""


def _key_sets(node: FieldNode) -> Iterator[Term]:
    """Terms of a filter; one that is a variable may hold every criterion."""
    value = _argument(node, "filter")
    if isinstance(value, VariableNode):
        names = set(_KEY_SETS)
    else:
        names = {field.name.value for field in value.fields} if isinstance(value, ObjectValueNode) else set()
    for name in sorted(names & _KEY_SETS.keys()):
        yield Term(_KEY_SETS[name], (Factor(KEY_SET),))


def _argument(node: FieldNode, name: str) -> ValueNode | None:
    return next((a.value for a in node.arguments or () if a.name.value == name), None)
