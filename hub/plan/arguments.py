"""Variables and arguments, read as graphql-core reads them, with what never changes worked out once.

Plain scalars and lists of them are read here; whatever is out of the ordinary – a default, an input object, a value
that is refused – goes to graphql-core, which alone decides what is wrong with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    Undefined,
    coerce_input_literal,
)
from graphql.execution.get_variable_signature import GraphQLVariableSignature, get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_argument_values, get_variable_values
from graphql.language import FieldNode, ListValueNode, ObjectValueNode, ValueNode, VariableDefinitionNode, VariableNode

from schema.scalars import AT_ONCE

Read = Callable[[Any], Any]
Template = Callable[[Mapping[str, Any]], Any]
"""A written value as a function of the coerced variables; Undefined where its variable was left out."""


class NotPlainError(Exception):
    """The value is for graphql-core to judge."""


@dataclass(frozen=True, slots=True)
class _Variable:
    name: str
    signature: GraphQLVariableSignature
    read: Read
    required: bool


class Variables:
    """Coercion of the variables of one operation on one schema."""

    def __init__(self, schema: GraphQLSchema, definitions: Sequence[VariableDefinitionNode]) -> None:
        self._schema = schema
        self._definitions = definitions
        plain = [_plain_variable(schema, one) for one in definitions]
        self._plain = [one for one in plain if one is not None] if None not in plain else None

    def coerce(self, given: Mapping[str, Any]) -> VariableValues:
        """Coerced variables; raises what graphql-core found wrong, the first of it."""
        try:
            return self._quickly(given)
        except NotPlainError:
            found = get_variable_values(
                self._schema, self._definitions, dict(given), max_errors=1, hide_suggestions=True
            )
        if isinstance(found, VariableValues):
            return found
        # Popped: the list, which the traceback of what is raised holds, would hold it in turn.
        raise found.pop()

    def _quickly(self, given: Mapping[str, Any]) -> VariableValues:
        if self._plain is None:
            raise NotPlainError
        sources: dict[str, VariableValueSource] = {}
        coerced: dict[str, Any] = {}
        for one in self._plain:
            value = given.get(one.name, Undefined)
            sources[one.name] = VariableValueSource(one.signature, value)
            if value is Undefined or value is None:
                if one.required:
                    raise NotPlainError
                if value is None:
                    coerced[one.name] = None
            else:
                coerced[one.name] = _accepted(one.read, value)
        return VariableValues(sources, coerced)


class Arguments:
    """Coercion of the arguments of one field as they are written in one operation."""

    def __init__(self, schema: GraphQLSchema, parent: str, node: FieldNode) -> None:
        owner = schema.get_type(parent)
        if not isinstance(owner, GraphQLObjectType):
            raise TypeError(f"{parent} is not an object type")
        self._field: GraphQLField = owner.fields[node.name.value]
        self._node = node
        self._constants: dict[str, Any] = {}
        self._read: list[tuple[str, Template]] = []
        self._plain = self._work_out()

    @property
    def constant(self) -> bool:
        """True if no variable can change the values."""
        return self._plain and not self._read

    def read(self, variables: VariableValues) -> dict[str, Any]:
        """Values by argument; GraphQLError where one is not what the schema says."""
        try:
            return self._quickly(variables.coerced)
        except NotPlainError:
            return get_argument_values(self._field, self._node, variables, hide_suggestions=True)

    def _quickly(self, coerced: Mapping[str, Any]) -> dict[str, Any]:
        if not self._plain:
            raise NotPlainError
        values = dict(self._constants)
        for name, template in self._read:
            value = template(coerced)
            if value is not Undefined:
                values[name] = value
        return values

    def _work_out(self) -> bool:
        """Everything that no variable changes, the defaults of those it may leave out included."""
        written = {argument.name.value: argument for argument in self._node.arguments or ()}
        varying = [name for name, argument in written.items() if _has_variable(argument.value)]
        for name in varying:
            declared = self._field.args[name]
            template = _template(written[name].value, declared.type)
            if template is None:
                return False
            self._read.append((declared.out_name or name, template))
        required = {name for name in varying if isinstance(self._field.args[name].type, GraphQLNonNull)}
        rest = GraphQLField(self._field.type, {n: arg for n, arg in self._field.args.items() if n not in required})
        node = FieldNode(
            name=self._node.name, arguments=tuple(arg for name, arg in written.items() if name not in varying)
        )
        try:
            self._constants = get_argument_values(rest, node)
        except GraphQLError:
            return False
        return True


def _template(value: ValueNode, kind: GraphQLInputType) -> Template | None:
    """What reads a written value in which there are variables; None where only graphql-core knows how."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(value, VariableNode):
        return _variable(value.name.value, required=inner is not kind)
    if not _has_variable(value):
        found = coerce_input_literal(value, kind)
        return None if found is Undefined else lambda _: found
    if not isinstance(value, ObjectValueNode) or not isinstance(inner, GraphQLInputObjectType) or inner.is_one_of:
        return None
    return None if inner.out_type is not GraphQLInputObjectType.out_type else _object(value, inner)


def _variable(name: str, *, required: bool) -> Template:
    def read(coerced: Mapping[str, Any]) -> Any:
        value = coerced.get(name, Undefined)
        if required and (value is None or value is Undefined):
            raise NotPlainError
        return value

    return read


def _object(value: ObjectValueNode, kind: GraphQLInputObjectType) -> Template | None:
    written = {field.name.value: field.value for field in value.fields}
    parts: list[tuple[str, Template]] = []
    for name, declared in kind.fields.items():
        if declared.default is not None or declared.default_value is not Undefined:
            return None
        if name in written:
            template = _template(written[name], declared.type)
            if template is None:
                return None
            parts.append((declared.out_name or name, template))
        elif isinstance(declared.type, GraphQLNonNull):
            return None

    def read(coerced: Mapping[str, Any]) -> Any:
        pairs = ((name, template(coerced)) for name, template in parts)
        return {name: found for name, found in pairs if found is not Undefined}

    return read


def _plain_variable(schema: GraphQLSchema, definition: VariableDefinitionNode) -> _Variable | None:
    signature = get_variable_signature(schema, definition)
    if not isinstance(signature, GraphQLVariableSignature) or definition.default_value is not None:
        return None
    read = _reader(signature.type)
    required = isinstance(signature.type, GraphQLNonNull)
    return None if read is None else _Variable(signature.name, signature, read, required)


def _reader(kind: GraphQLInputType) -> Read | None:
    """What reads a value of a scalar type or a list of one; None for any other type."""
    inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
    if isinstance(inner, GraphQLScalarType):
        return inner.coerce_input_value
    if not isinstance(inner, GraphQLList) or not isinstance(inner.of_type, GraphQLNonNull):
        return None
    one = inner.of_type.of_type
    if not isinstance(one, GraphQLScalarType):
        return None
    read, are_canonical = one.coerce_input_value, AT_ONCE.get(one.name)

    def read_list(value: Any) -> Any:
        if not isinstance(value, list) or None in value:
            raise NotPlainError
        if are_canonical is not None and set(map(type, value)) == {str} and are_canonical(value):
            return value
        return [read(item) for item in value]

    return read_list


def _accepted(read: Read, value: Any) -> Any:
    try:
        found = read(value)
    except Exception:  # noqa: BLE001 - whatever a scalar raises, graphql-core reads the value again and says what it was
        raise NotPlainError from None
    if found is Undefined:
        raise NotPlainError
    return found


def _has_variable(value: ValueNode) -> bool:
    if isinstance(value, ListValueNode):
        return any(map(_has_variable, value.values))
    if isinstance(value, ObjectValueNode):
        return any(_has_variable(field.value) for field in value.fields)
    return isinstance(value, VariableNode)
