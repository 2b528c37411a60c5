"""Random questions over a schema, drawn from a seed: any caller's, for it asks only what that schema shows."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

_DEPTH = 5
_SKIPPED = frozenset({"fetchedAt", "me", "catalogue", "purposes", "receipt", "sources"})


@dataclass(frozen=True)
class Pool:
    """Values to draw from: by argument or criterion name, and cursors and ids seen so far."""

    values: Mapping[str, Sequence[str]]
    cursors: list[str]
    ids: list[str]


class Generator:
    """Draws questions; the same seed and pool give the same questions."""

    def __init__(self, schema: GraphQLSchema, pool: Pool, seed: int) -> None:
        self._schema = schema
        self._pool = pool
        self._random = random.Random(seed)
        self._alias = 0

    def question(self) -> str:
        """Text of one question."""
        self._alias = 0
        query = self._schema.query_type
        assert query is not None
        names = [name for name in query.fields if name not in _SKIPPED]
        chosen = self._random.sample(names, self._random.choice((1, 1, 1, 2)))
        return "{ " + " ".join(self._field(query, name, 0) for name in chosen) + " }"

    def _field(self, owner: Any, name: str, depth: int) -> str:
        declared = owner.fields[name]
        alias = ""
        if self._random.random() < 0.15 or declared.args:
            self._alias += 1
            alias = f"a{self._alias}: "
        text = f"{alias}{name}{self._arguments(declared.args)}"
        inner = get_named_type(declared.type)
        if isinstance(inner, (GraphQLObjectType, GraphQLInterfaceType)):
            text += self._selection(inner, depth + 1)
        return text

    def _selection(self, owner: Any, depth: int) -> str:
        if isinstance(owner, GraphQLInterfaceType):
            return " { id __typename ... on Entity" + self._selection(self._schema.type_map["Entity"], depth) + " }"
        names = [name for name in owner.fields if name not in _SKIPPED and self._worth(owner, name, depth)]
        size = self._random.randint(1, min(7, len(names)))
        parts = [self._field(owner, name, depth) for name in self._random.sample(names, size)]
        if self._random.random() < 0.1:
            parts.append("__typename")
        if owner.name == "EntityConnection" and not any("edges" in part for part in parts):
            parts.append(self._field(owner, "edges", depth))
        if owner.name == "EntityEdge" and not any("node" in part for part in parts):
            parts.append(self._field(owner, "node", depth))
        if self._random.random() < 0.1 and owner.name == "Entity":
            return " { ... on Entity { " + " ".join(parts) + " } }"
        return " { " + " ".join(parts) + " }"

    def _worth(self, owner: Any, name: str, depth: int) -> bool:
        leads = isinstance(get_named_type(owner.fields[name].type), GraphQLObjectType)
        return depth < _DEPTH or not leads or name in ("edges", "node")

    def _arguments(self, arguments: Mapping[str, GraphQLArgument]) -> str:
        if "uscc" in arguments:
            return f'(uscc: "{self._draw("uscc")}")'
        given = [
            f"{name}: {self._value(name, argument.type)}"
            for name, argument in arguments.items()
            if isinstance(argument.type, GraphQLNonNull) or self._random.random() < 0.4
        ]
        return f"({', '.join(given)})" if given else ""

    def _value(self, name: str, kind: Any) -> str:
        if isinstance(kind, GraphQLNonNull):
            return self._value(name, kind.of_type)
        if isinstance(kind, GraphQLList):
            return f"[{', '.join(self._value(name, kind.of_type) for _ in range(self._random.randint(1, 3)))}]"
        if isinstance(kind, GraphQLEnumType):
            return self._random.choice(list(kind.values))
        if isinstance(kind, GraphQLInputObjectType):
            return self._input(kind)
        return self._scalar(name, kind.name)

    def _input(self, kind: GraphQLInputObjectType) -> str:
        most = 1 if kind.is_one_of else 2
        names = self._random.sample(list(kind.fields), min(len(kind.fields), self._random.randint(1, most)))
        return "{" + ", ".join(f"{name}: {self._value(name, kind.fields[name].type)}" for name in names) + "}"

    def _scalar(self, name: str, kind: str) -> str:
        if name == "first":
            return str(self._random.randint(1, 8))
        if kind == "Int":
            return str(self._random.choice((2025, 2026, 2026, 7)))
        if kind == "Boolean":
            return self._random.choice(("true", "false"))
        if name == "after" and self._pool.cursors:
            return f'"{self._random.choice(self._pool.cursors)}"'
        if kind == "ID" and self._pool.ids:
            return f'"{self._random.choice(self._pool.ids)}"'
        if kind == "Date":
            return f'"20{self._random.randint(10, 27)}-0{self._random.randint(1, 9)}-1{self._random.randint(0, 9)}"'
        return f'"{self._draw("uscc" if kind == "USCC" else name)}"'

    def _draw(self, name: str) -> str:
        return self._random.choice(self._pool.values.get(name, ("肇东",)))
