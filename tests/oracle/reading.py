"""A question read for one caller: valid or refused with a code, its variables coerced, its fields as a tree."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLIncludeDirective,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLSkipDirective,
    get_named_type,
    parse,
    validate,
)
from graphql.execution.values import VariableValues, get_argument_values, get_directive_values, get_variable_values
from graphql.language import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)

from schema.scalars import ScalarFault

Pattern = tuple[str, ...]


class Refused(Exception):
    """The question gets no data at all; the text is the code."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One field that is asked: where, of which type, with which arguments, and what is asked below it."""

    pattern: Pattern
    parent: str
    name: str
    arguments: Mapping[str, Any]
    returns: str
    below: tuple["Asked", ...]

    def walk(self) -> Iterator["Asked"]:
        """This field and all below it, in the order asked."""
        yield self
        for one in self.below:
            yield from one.walk()


@dataclass(frozen=True, slots=True)
class Reading:
    """A valid question: its document, coerced variables, and its fields by pattern."""

    document: DocumentNode
    roots: tuple[Asked, ...]
    by_pattern: Mapping[Pattern, Asked] = field(default_factory=dict)


def read_document(text: str, schema: GraphQLSchema) -> DocumentNode | str:
    """The document of a text, or the code it is refused with on this schema."""
    document = parse(text)
    faults = validate(schema, document)
    return _code(faults[0], "GRAPHQL_VALIDATION_FAILED") if faults else document


def read_question(document: DocumentNode, variables: Mapping[str, Any], schema: GraphQLSchema) -> Reading:
    """Read a valid document with its variables on the schema of its caller; Refused where they do not fit."""
    operation = next(node for node in document.definitions if isinstance(node, OperationDefinitionNode))
    coerced = get_variable_values(schema, operation.variable_definitions or (), dict(variables))
    if not isinstance(coerced, VariableValues):
        raise Refused(_code(coerced[0], "BAD_USER_INPUT"))
    deciding = _Deciding()
    visit(document, deciding)
    if any(coerced.coerced.get(name) is None for name in deciding.found):
        raise Refused("BAD_USER_INPUT")
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    query = schema.query_type
    assert query is not None
    roots = _Tree(schema, fragments, coerced).below([operation.selection_set], query, ())
    return Reading(document, roots, {asked.pattern: asked for root in roots for asked in root.walk()})


@dataclass(frozen=True, slots=True)
class _Tree:
    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: VariableValues

    def below(self, sets: Iterable[SelectionSetNode], of: GraphQLObjectType, at: Pattern) -> tuple[Asked, ...]:
        """Fields asked of an object, each once, with everything that is asked below it anywhere."""
        merged: dict[str, list[FieldNode]] = {}
        for one in sets:
            for node in self._fields(one, of, set()):
                merged.setdefault((node.alias or node.name).value, []).append(node)
        return tuple(self._asked(nodes, of, (*at, key)) for key, nodes in merged.items())

    def _asked(self, nodes: list[FieldNode], of: GraphQLObjectType, pattern: Pattern) -> Asked:
        name = nodes[0].name.value
        if name == "__typename":
            return Asked(pattern, of.name, name, {}, "String", ())
        declared = self.schema.get_field(of, name)
        assert declared is not None
        try:
            arguments = get_argument_values(declared, nodes[0], self.variables)
        except GraphQLError as fault:
            raise Refused(_code(fault, "BAD_USER_INPUT")) from None
        returned = get_named_type(declared.type)
        if isinstance(returned, GraphQLInterfaceType):
            returned = self.schema.type_map["Entity"]
        sets = [node.selection_set for node in nodes if node.selection_set]
        below = self.below(sets, returned, pattern) if isinstance(returned, GraphQLObjectType) else ()
        return Asked(pattern, of.name, name, arguments, returned.name, below)

    def _fields(self, selections: SelectionSetNode, of: GraphQLObjectType, seen: set[str]) -> Iterator[FieldNode]:
        for node in selections.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
                continue
            if isinstance(node, FragmentSpreadNode):
                if node.name.value in seen:
                    continue
                seen.add(node.name.value)
            fragment = self.fragments[node.name.value] if isinstance(node, FragmentSpreadNode) else node
            assert isinstance(fragment, (FragmentDefinitionNode, InlineFragmentNode))
            condition = fragment.type_condition
            if condition is None or condition.name.value in (of.name, *(one.name for one in of.interfaces)):
                yield from self._fields(fragment.selection_set, of, seen)

    def _included(self, node: SelectionNode) -> bool:
        skip = get_directive_values(GraphQLSkipDirective, node, self.variables)
        include = get_directive_values(GraphQLIncludeDirective, node, self.variables)
        return not (skip and skip["if"]) and not (include and not include["if"])


class _Deciding(Visitor):
    """Finds the variables that decide what is skipped."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        """Note the variables of its arguments."""
        self.found |= {one.value.name.value for one in node.arguments or () if isinstance(one.value, VariableNode)}


def _code(fault: BaseException, otherwise: str) -> str:
    cause: BaseException | None = fault
    while cause is not None:
        if isinstance(cause, ScalarFault):
            code = str((cause.extensions or {})["code"])
            return otherwise if code == "BAD_USER_INPUT" else code
        cause = getattr(cause, "original_error", None) or cause.__cause__
    return otherwise
