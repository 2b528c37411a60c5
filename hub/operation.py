"""Room 1, read: a text becomes an operation. Knows the grammar and the limits, but no caller and no schema.

An operation lists the variables that decide `@skip` and `@include`, for they decide which plan it gets.
"""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLSyntaxError, parse
from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
)

from hub.errors import HubError
from hub.limits import Limits, check_document, check_text, check_written


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a document; `digest` names text and operation, `switches` the deciding variables."""

    document: DocumentNode
    definition: OperationDefinitionNode
    fragments: Mapping[str, FragmentDefinitionNode]
    digest: str
    switches: tuple[str, ...]

    def decisions(self, variables: Mapping[str, Any]) -> tuple[bool | None, ...]:
        """Values of the deciding variables, None where one is not a boolean."""
        values = (variables.get(name) for name in self.switches)
        return tuple(value if isinstance(value, bool) else None for value in values)

    def roots(self) -> frozenset[str]:
        """Names of all root fields, whether they are skipped or not."""
        return frozenset(_roots_of(self.definition.selection_set, self.fragments))


def read_operation(text: str, name: str | None, limits: Limits) -> Operation:
    """Parse a text and pick its operation; HubError on bad syntax, a missing operation, or a size over a limit."""
    check_text(text, limits)
    try:
        document = parse(text, max_lexical_tokens=limits.tokens)
    except GraphQLSyntaxError as fault:
        place = fault.locations[0] if fault.locations else None
        line, column = (place.line, place.column) if place else (1, 1)
        raise HubError("GRAPHQL_PARSE_FAILED", line=line, column=column) from None
    definition = _pick(document, name)
    check_document(document, limits)
    check_written(text, document)
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    digest = hashlib.sha256(f"{name or ''}\n{text}".encode()).hexdigest()
    switches = tuple(sorted(set(_switches(document))))
    return Operation(document, definition, fragments, digest, switches)


def _pick(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    found = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is not None:
        found = [d for d in found if d.name is not None and d.name.value == name]
    if len(found) != 1:
        raise HubError("OPERATION_NOT_FOUND")
    return found[0]


def _roots_of(selection_set: SelectionSetNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
    for node in selection_set.selections:
        if isinstance(node, FieldNode):
            yield node.name.value
        elif isinstance(node, InlineFragmentNode):
            yield from _roots_of(node.selection_set, fragments)
        elif isinstance(node, FragmentSpreadNode) and node.name.value in fragments:
            yield from _roots_of(fragments[node.name.value].selection_set, fragments)


def _switches(document: DocumentNode) -> Iterator[str]:
    for definition in document.definitions:
        if isinstance(definition, (OperationDefinitionNode, FragmentDefinitionNode)):
            yield from _switches_of(definition.selection_set)


def _switches_of(selection_set: SelectionSetNode) -> Iterator[str]:
    for node in selection_set.selections:
        for directive in node.directives or ():
            if directive.name.value in ("skip", "include"):
                for argument in directive.arguments or ():
                    if isinstance(argument.value, VariableNode):
                        yield argument.value.name.value
        if isinstance(node, (FieldNode, InlineFragmentNode)) and node.selection_set:
            yield from _switches_of(node.selection_set)
        elif isinstance(node, FragmentSpreadNode):
            continue
