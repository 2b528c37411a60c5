"""What the schema of a GraphQL service says of one field of its query: places in its arguments, rows, their columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import graphql

_DEPTH = 3
_USUAL = ("pageInfo.endCursor", "pageInfo.hasNextPage")


@dataclass(frozen=True, slots=True)
class Form:
    """One field; empty where the service does not tell its schema."""

    arguments: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, bool] = field(default_factory=dict)
    answer: Any = None

    @property
    def likely(self) -> str | None:
        """The first place that takes a list of texts, else the first that takes a text."""
        return next((place for place, many in self.places.items() if many), next(iter(self.places), None))

    @property
    def rows(self) -> str:
        """Where its rows stand, if it is written as most are."""
        inner = graphql.get_named_type(self.answer) if self.answer is not None else None
        return "edges.node" if isinstance(inner, graphql.GraphQLObjectType) and "edges" in inner.fields else "$"

    def is_list(self, place: str) -> bool:
        """True for a place that takes a list."""
        return self.places.get(place, False)

    def page(self, rows: str) -> dict[str, str] | None:
        """How it is read page by page, if it is a connection in the manner of Relay; null if it is none."""
        if not rows.startswith("edges.") or not {"after", "first"} <= self.arguments.keys():
            return None
        for name, one in graphql.get_named_type(self.answer).fields.items():
            inner = graphql.get_named_type(one.type)
            parts = {part.replace("_", "").casefold(): part for part in getattr(inner, "fields", {})}
            if {"endcursor", "hasnextpage"} <= parts.keys():
                found = {"next": f"{name}.{parts['endcursor']}", "more": f"{name}.{parts['hasnextpage']}"}
                return {key: path for key, path in found.items() if path not in _USUAL}
        return None

    def types(self, place: str) -> dict[str, str]:
        """The arguments that are set, with their types."""
        names = [place.partition(".")[0], *(("after", "first") if self.rows == "edges.node" else ())]
        return {name: self.arguments[name] for name in dict.fromkeys(names) if name in self.arguments}

    def columns(self, rows: str) -> list[str]:
        """Paths of the values below the rows."""
        kind = self.answer
        for name in () if rows == "$" else rows.split("."):
            inner = graphql.get_named_type(kind) if kind is not None else None
            kind = inner.fields[name].type if isinstance(inner, _FIELDED) and name in inner.fields else None
        return list(_leaves(kind)) if kind is not None else []


_FIELDED = (graphql.GraphQLObjectType, graphql.GraphQLInterfaceType)


def form_of(asked: graphql.GraphQLField) -> Form:
    """The form of a field of the query."""
    places = {place: many for name, one in asked.args.items() for place, many in _places(name, one.type)}
    return Form({name: str(one.type) for name, one in asked.args.items()}, places, asked.type)


def _places(name: str, kind: Any, depth: int = 1) -> Iterator[tuple[str, bool]]:
    """Places below an argument that take texts, each with whether it takes a list."""
    bare = graphql.get_nullable_type(kind)
    named = graphql.get_named_type(kind)
    if isinstance(named, graphql.GraphQLInputObjectType):
        if depth < _DEPTH and not isinstance(bare, graphql.GraphQLList):
            for inner, one in named.fields.items():
                yield from _places(f"{name}.{inner}", one.type, depth + 1)
    elif named.name not in ("Int", "Float", "Boolean") and not isinstance(named, graphql.GraphQLEnumType):
        yield name, isinstance(bare, graphql.GraphQLList)


def _leaves(kind: Any, above: str = "", depth: int = 1) -> Iterator[str]:
    named = graphql.get_named_type(kind)
    if not isinstance(named, _FIELDED):
        return
    for name, one in named.fields.items():
        if any(graphql.is_required_argument(argument) for argument in one.args.values()):
            continue
        if graphql.is_leaf_type(graphql.get_named_type(one.type)):
            yield f"{above}{name}"
        elif depth < _DEPTH and not isinstance(graphql.get_nullable_type(one.type), graphql.GraphQLList):
            yield from _leaves(one.type, f"{above}{name}.", depth + 1)
