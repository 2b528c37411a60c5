"""Variables and arguments, read as graphql-core reads them, with what never changes worked out once.

Plain scalars and lists of them are read here; whatever is out of the ordinary – a default, an input object, a value
that is refused – goes to graphql-core, which alone decides what is wrong with it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLField,
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

Read = Callable[[Any], Any]


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
        raise found[0]

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
        self._variables: list[tuple[str, str, bool]] = []
        self._plain = self._work_out()

    @property
    def constant(self) -> bool:
        """True if no variable can change the values."""
        return self._plain and not self._variables

    def read(self, variables: VariableValues) -> dict[str, Any]:
        """Values by argument; GraphQLError where one is not what the schema says."""
        values = dict(self._constants) if self._plain else None
        coerced = variables.coerced
        if values is not None:
            for name, variable, required in self._variables:
                value = coerced.get(variable, Undefined)
                if value is Undefined or (value is None and required):
                    if required:
                        values = None
                        break
                else:
                    values[name] = value
        if values is None:
            return get_argument_values(self._field, self._node, variables, hide_suggestions=True)
        return values

    def _work_out(self) -> bool:
        written = {argument.name.value: argument.value for argument in self._node.arguments or ()}
        for name, declared in self._field.args.items():
            value = written.get(name)
            out = declared.out_name or name
            if value is None:
                if declared.default is not None or declared.default_value is not Undefined:
                    return False
            elif isinstance(value, VariableNode):
                if declared.default is not None or declared.default_value is not Undefined:
                    return False
                self._variables.append((out, value.name.value, isinstance(declared.type, GraphQLNonNull)))
            elif _has_variable(value):
                return False
            else:
                found = coerce_input_literal(value, declared.type)
                if found is Undefined:
                    return False
                self._constants[out] = found
        return True


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
    read = one.coerce_input_value

    def read_list(value: Any) -> Any:
        if not isinstance(value, list) or None in value:
            raise NotPlainError
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
