"""Cuts a schema: graphql-core's types once more, without what is not shown; those that no cut changes are shared by all.

What is shown is told by a rule, which is asked with what Strawberry knows of a field or an argument. Knows no caller.
"""

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from graphql import (
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    is_introspection_type,
)
from strawberry.schema.schema_converter import GraphQLCoreConverter
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

_DECLARED = GraphQLCoreConverter.DEFINITION_BACKREF
_FIELDED = (GraphQLObjectType, GraphQLInterfaceType, GraphQLInputObjectType)


class Rule(Protocol):
    """Says what is shown."""

    def shows(self, owner: str, declared: StrawberryField) -> bool:
        """True if the type's field is shown."""
        ...

    def shows_argument(self, declared: StrawberryField, argument: StrawberryArgument) -> bool:
        """True if an argument is shown of a field that is."""
        ...


def touched(schema: GraphQLSchema, may_be_cut: Callable[[StrawberryField], bool]) -> frozenset[str]:
    """Names of the types that may differ from cut to cut: those that lose fields, and whatever leads to them."""
    kinds = {name: kind for name, kind in schema.type_map.items() if not is_introspection_type(kind)}
    leads = {name: frozenset(_led_to(kind)) for name, kind in kinds.items()}
    found = {
        name
        for name, kind in kinds.items()
        if isinstance(kind, _FIELDED) and any(may_be_cut(one.extensions[_DECLARED]) for one in kind.fields.values())
    }
    while more := {name for name, others in leads.items() if name not in found and not found.isdisjoint(others)}:
        found |= more
    return frozenset(found)


class Cut:
    """One cut of a schema: every type it touches is made once, when it is first led to."""

    def __init__(self, names: frozenset[str], rule: Rule) -> None:
        self._names = names
        self._rule = rule
        self._made: dict[str, GraphQLNamedType] = {}

    def of(self, kind: Any) -> Any:
        """A type as it is in this cut: itself, where it is not touched."""
        name = get_named_type(kind).name
        if name not in self._names:
            return kind
        if isinstance(kind, GraphQLNonNull | GraphQLList):
            return type(kind)(self.of(kind.of_type))
        if name not in self._made:
            self._made[name] = self._cut(kind)
        return self._made[name]

    def _cut(self, kind: Any) -> GraphQLNamedType:
        changed: dict[str, Any] = {}
        if isinstance(kind, _FIELDED):
            changed["fields"] = lambda: dict(self._fields(kind))
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            changed["interfaces"] = lambda: [self.of(one) for one in kind.interfaces]
        if isinstance(kind, GraphQLUnionType):
            changed["types"] = lambda: [self.of(one) for one in kind.types]
        made: GraphQLNamedType = type(kind)(**{**kind.to_kwargs(), **changed})
        return made

    def _fields(self, kind: Any) -> Iterator[tuple[str, GraphQLField | GraphQLInputField]]:
        for name, one in kind.fields.items():
            if self._rule.shows(kind.name, one.extensions[_DECLARED]):
                yield name, self._input(one) if isinstance(one, GraphQLInputField) else self._field(one)

    def _field(self, one: GraphQLField) -> GraphQLField:
        declared = one.extensions[_DECLARED]
        args = {
            name: self._input(argument)
            for name, argument in one.args.items()
            if self._rule.shows_argument(declared, argument.extensions[_DECLARED])
        }
        kind = self.of(one.type)
        if kind is one.type and args == one.args:
            return one
        return GraphQLField(**{**one.to_kwargs(), "type_": kind, "args": args})

    def _input(self, one: Any) -> Any:
        kind = self.of(one.type)
        return one if kind is one.type else type(one)(**{**one.to_kwargs(), "type_": kind})


def _led_to(kind: GraphQLNamedType) -> Iterator[str]:
    if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
        yield from (one.name for one in kind.interfaces)
    if isinstance(kind, GraphQLUnionType):
        yield from (one.name for one in kind.types)
    for one in kind.fields.values() if isinstance(kind, _FIELDED) else ():
        yield get_named_type(one.type).name
        yield from (get_named_type(argument.type).name for argument in getattr(one, "args", {}).values())
