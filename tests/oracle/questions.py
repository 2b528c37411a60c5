"""Questions drawn from a seed: mostly valid, of every shape the schema allows, some asking for what they may not have.

A field with arguments always has an alias of its own, so that equal response keys always mean the same field.
"""

import json
import random
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from tests.oracle.denials import READS
from tests.oracle.question import Question
from tests.oracle.standing import Standing
from tests.oracle.values import ONE_OF, Values

_ROOTS = (
    *("entity",) * 5,
    *("entities",) * 5,
    *("entitiesByUscc",) * 3,
    "node",
    "node",
    "nodes",
    "certificate",
    "approvalItem",
    "campus",
    "campus",
    "__typename",
    "me",
    "purposes",
    "catalogue",
    "sources",
)
_OWN = frozenset({"me", "purposes", "catalogue", "sources", "__typename"})
_NEVER = frozenset({"validUntil", "masked", "filtered", "connected", "owner", "howToRequest", "scenario", "after"})
_SMALL = frozenset(
    {
        "Money",
        "Provenance",
        "PageInfo",
        "Me",
        "Purpose",
        "CatalogueItem",
        "SourceHealth",
        "SourceOperations",
        "RecordAge",
    }
)
_ODD: tuple[Any, ...] = (
    None,
    1,
    0,
    -1,
    1.5,
    2.0,
    2**31,
    True,
    "",
    "x",
    "LICENCE",
    "2026-02-30",
    [],
    ["x"],
    [None],
    {},
    {"name": 1},
    {"x": 1},
)
"""Values that few types take."""
_LASTING = {
    "SourceHealth": frozenset({"name", "label", "department", "departmentCode", "takesFiles", "records", "operations"}),
    "SourceOperations": frozenset({"resting", "limitMs"}),
    "RecordAge": frozenset({"record"}),
}
"""Of types whose fields depend on the questions before: those that do not."""


@dataclass
class Writer:
    """Writes one question for a caller who knows of `schema` and has `standing`; `whole` is the schema of all fields."""

    rng: random.Random
    schema: GraphQLSchema
    standing: Standing
    whole: GraphQLSchema
    values: Values
    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: dict[str, tuple[str, str]] = field(default_factory=dict)
    said: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    numbered: int = 0
    curious: bool = False
    prying: bool = False
    clumsy: bool = False

    def write(self) -> Question:
        """A question."""
        mood = self.rng.random()
        self.curious, self.prying, self.clumsy = mood < 0.1, mood > 0.95, 0.1 < mood < 0.15
        self.values.wanted = self._is_wanted
        parts = [self._root(name) for name in self.rng.choices(_ROOTS, k=self.rng.choice((1, 1, 1, 1, 2, 3)))]
        roots = [part for part in parts if part] or ["__typename"]
        query = self.schema.query_type
        assert query is not None
        body = self._wrapped(" ".join(roots), query)
        head = f"query Q({', '.join(self.declared)})" if self.declared else "query Q"
        fragments = [f"fragment {name} on {on} {{ {text} }}" for name, (on, text) in self.fragments.items()]
        on_denied = self.rng.choice(("partial",) * 7 + ("quiet", "quiet", "reject"))
        if self.clumsy:
            self._spoil()
        return Question("\n".join([f"{head} {{ {body} }}", *fragments]), self.variables, on_denied)

    def _spoil(self) -> None:
        """Give a variable a value of another type, or none at all."""
        if not self.variables:
            return
        name = self.rng.choice([*self.variables])
        if self.rng.random() < 0.25:
            del self.variables[name]
        else:
            self.variables[name] = self.rng.choice(_ODD)

    def _root(self, name: str) -> str | None:
        query = self.schema.query_type
        assert query is not None
        if name == "__typename":
            return self._aliased(name)
        if name not in query.fields:
            return None
        return self._field(query, name, 0)

    # selections

    def _selection(self, of: GraphQLObjectType | GraphQLInterfaceType, level: int) -> str:
        if of.name in _SMALL:
            parts = [self._field(of, name, level) for name in self.rng.sample(_names(of), min(2, len(_names(of))))]
            return " ".join([*parts, *(["__typename"] if self.rng.random() < 0.1 else [])])
        parts = [self._part(of, level) for _ in range(self.rng.choice((1, 2, 3, 4) if level else (1, 2, 4, 6)))]
        if self.prying and self.rng.random() < 0.3:
            parts.append(self._hidden(of))
        if self.rng.random() < 0.15:
            parts.append(self.rng.choice(parts))
        if self.rng.random() < 0.15:
            parts.append("__typename")
        return self._wrapped(" ".join(parts), of)

    def _part(self, of: GraphQLObjectType | GraphQLInterfaceType, level: int) -> str:
        chance = self.rng.random()
        if isinstance(of, GraphQLInterfaceType):
            return self._of_node(level, chance)
        if chance < 0.01 and of.name == "Entity":
            self.fragments["OfNode"] = ("Node", "id ... on Entity { name } __typename")
            return "...OfNode"
        if chance < 0.06 and level < 5 and of.name != "Query":
            return self._spread(of, level)
        if chance < 0.10 and level < 6:
            return self._inline(of, level)
        text = self._field(of, self._pick(of, level), level)
        return self._switched(text) if self.rng.random() < 0.06 else text

    def _of_node(self, level: int, chance: float) -> str:
        entity = self.schema.type_map["Entity"]
        assert isinstance(entity, GraphQLObjectType)
        if chance < 0.2:
            return "id"
        if chance < 0.3:
            return self.rng.choice(("... on Node { id }", "__typename", "... { id __typename }"))
        return f"... on Entity {{ {self._selection(entity, level + 1)} }}"

    def _inline(self, of: GraphQLObjectType, level: int) -> str:
        condition = self.rng.choice(("", f"on {of.name} ", "on Node " if of.name == "Entity" else ""))
        body = "id" if condition == "on Node " else self._selection(of, level + 1)
        return f"... {condition}{self._switch() if self.rng.random() < 0.4 else ''} {{ {body} }}"

    def _spread(self, of: GraphQLObjectType, level: int) -> str:
        known = [name for name, (on, _) in self.fragments.items() if on == of.name]
        if not known or self.rng.random() < 0.5:
            body = self._selection(of, level + 1)
            name = f"F{len(self.fragments)}"
            self.fragments[name] = (of.name, body)
            known = [name]
        switch = f" {self._switch()}" if self.rng.random() < 0.15 else ""
        return f"...{self.rng.choice(known)}{switch}"

    def _pick(self, of: GraphQLObjectType, level: int) -> str:
        """A field of a type: one that is held, if not curious; records mostly while there is depth left."""
        names = _names(of)
        relations = [name for name in names if self._leads_on(of, name)]
        if (
            relations
            and level < 4
            and self.rng.random() < (0.75 if of.name in ("EntityConnection", "EntityEdge") else 0.3)
        ):
            return self.rng.choice([name for name in relations if self._is_usual(of, name)] or relations)
        leaves = [name for name in names if not self._leads_on(of, name)] or names
        held = [name for name in leaves if f"{of.name}.{name}" in self.standing.held or self._is_free(of, name)]
        if "provenance" in leaves and (not held or self.rng.random() < 0.06):
            return "provenance" if not self.curious else self.rng.choice(leaves)
        eager = 0.6 if self.curious else 0.02
        return self.rng.choice(leaves if self.rng.random() < eager or not held else held)

    def _is_usual(self, of: GraphQLObjectType, name: str) -> bool:
        """True for what leads to something the caller holds – or for anything, if curious."""
        if name in ("edges", "node", "pageInfo") or self.curious:
            return True
        target = get_named_type(of.fields[name].type).name
        held = any(coordinate.startswith(f"{target}.") for coordinate in self.standing.held)
        return held or target == "CreditStatus" or self.rng.random() < 0.05

    def _is_wanted(self, kind: str, name: str) -> bool:
        """True for a criterion or order whose field the caller may read, mostly."""
        reads = READS.get((kind, name), ())
        return self.curious or self.rng.random() < 0.1 or all(self.standing.clear(read) for read in reads)

    def _is_free(self, of: GraphQLObjectType, name: str) -> bool:
        return (
            of.name in ("Money", "Provenance", "PageInfo", "EntityEdge", "Me", "Purpose", "CatalogueItem")
            or name == "id"
        )

    def _leads_on(self, of: GraphQLObjectType, name: str) -> bool:
        kind = get_named_type(of.fields[name].type)
        return isinstance(kind, GraphQLObjectType) and kind.name not in ("Money", "Provenance")

    def _hidden(self, of: GraphQLObjectType | GraphQLInterfaceType) -> str:
        """A field that is not in the caller's schema: one that is hidden, or a misspelling."""
        every = self.whole.type_map.get(of.name)
        hidden = [n for n in getattr(every, "fields", {}) if n not in of.fields and not self._leads_below(every, n)]
        return self.rng.choice([*hidden, "nonesuch"])

    def _leads_below(self, of: Any, name: str) -> bool:
        return isinstance(get_named_type(of.fields[name].type), (GraphQLObjectType, GraphQLInterfaceType))

    # fields

    def _field(self, of: GraphQLObjectType | GraphQLInterfaceType, name: str, level: int) -> str:
        declared = of.fields[name]
        kind = get_named_type(declared.type)
        head = self._head(of, name)
        below = (
            f" {{ {self._selection(kind, level + 1)} }}"
            if isinstance(kind, (GraphQLObjectType, GraphQLInterfaceType))
            else ""
        )
        return f"{head}{below}"

    def _head(self, of: GraphQLObjectType | GraphQLInterfaceType, name: str) -> str:
        """Alias, name and arguments: new ones, or such as stand somewhere already, so that selections merge."""
        known = self.said.setdefault((of.name, name), [])
        if known and self.rng.random() < 0.2:
            return self.rng.choice(known)
        arguments = self._arguments(of.fields[name].args)
        alias = f"a{self._number()}: " if arguments or self.rng.random() < 0.08 else ""
        known.append(f"{alias}{name}{arguments}")
        return known[-1]

    def _aliased(self, text: str) -> str:
        return f"a{self._number()}: {text}" if self.rng.random() < 0.5 else text

    def _number(self) -> int:
        self.numbered += 1
        return self.numbered

    def _arguments(self, declared: dict[str, Any]) -> str:
        chosen = {
            name: one for name, one in declared.items() if name not in _NEVER and self._wanted(declared, name, one)
        }
        if "identifier" in chosen:
            chosen.pop("uscc", None)
        elif "uscc" in declared:
            chosen["uscc"] = declared["uscc"]
        texts = [f"{name}: {self._argument(one.type, name)}" for name, one in chosen.items()]
        return f"({', '.join(texts)})" if texts else ""

    def _wanted(self, declared: dict[str, Any], name: str, one: Any) -> bool:
        if isinstance(one.type, GraphQLNonNull):
            return True
        if name in ("kind", "status", "inPublication", "scenario") and not self._is_readable(name) and not self.curious:
            return False
        return self.rng.random() < {"identifier": 0.25, "filter": 0.5, "orderBy": 0.35, "first": 0.35}.get(name, 0.3)

    def _is_readable(self, name: str) -> bool:
        fields = {"inPublication": "Penalty.withdrawn", "scenario": "Incentive.scenario"}
        return bool(self.standing.clear(fields.get(name, f"Licence.{name}")))

    def _argument(self, kind: Any, name: str) -> str:
        value = self.values.of(kind, name)
        if name in ("uscc", "identifier") or isinstance(kind, GraphQLNonNull):
            return self._variable(kind, value) if self.rng.random() < 0.25 else self._literal(kind, value)
        chance = self.rng.random()
        if chance < 0.06:
            return "null"
        return self._nullable_variable(kind, value) if chance < 0.3 else self._literal(kind, value)

    # variables

    def _variable(self, kind: Any, value: Any) -> str:
        name = f"v{self._number()}"
        default = self._plain(kind, value) if self.rng.random() < 0.3 else None
        self.declared.append(f"${name}: {kind}" + (f" = {default}" if default else ""))
        if default is None or self.rng.random() < 0.5:
            self.variables[name] = value
        return f"${name}"

    def _nullable_variable(self, kind: Any, value: Any) -> str:
        name = f"v{self._number()}"
        chance = self.rng.random()
        default = f" = {self._plain(kind, value)}" if chance < 0.4 else ""
        self.declared.append(f"${name}: {kind}{default}")
        if chance > 0.2:
            self.variables[name] = None if chance > 0.9 else value
        return f"${name}"

    def _literal(self, kind: Any, value: Any, level: int = 0) -> str:
        """A value as text; within lists and inputs some parts become variables."""
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if value is None:
            return "null"
        if level and self.rng.random() < 0.15:
            return self._variable(kind, value) if inner is not kind else self._nullable_variable(kind, value)
        if isinstance(inner, GraphQLList):
            return "[" + ", ".join(self._literal(inner.of_type, one, level + 1) for one in value) + "]"
        if isinstance(inner, GraphQLInputObjectType):
            strict = inner.name == ONE_OF
            parts = [
                f"{n}: {self._literal(inner.fields[n].type, one, 0 if strict else level + 1)}"
                for n, one in value.items()
            ]
            return "{" + ", ".join(parts) + "}"
        return self._plain(inner, value)

    def _plain(self, kind: Any, value: Any) -> str:
        inner = kind.of_type if isinstance(kind, GraphQLNonNull) else kind
        if value is None:
            return "null"
        if isinstance(inner, GraphQLList):
            return "[" + ", ".join(self._plain(inner.of_type, one) for one in value) + "]"
        if isinstance(inner, GraphQLInputObjectType):
            return "{" + ", ".join(f"{n}: {self._plain(inner.fields[n].type, one)}" for n, one in value.items()) + "}"
        return str(value) if isinstance(inner, GraphQLEnumType) else json.dumps(value, ensure_ascii=False)

    # switches

    def _switched(self, text: str) -> str:
        head, brace, rest = text.partition("{") if "(" not in text else ("", "", "")
        if "(" in text:
            return f"... {self._switch()} {{ {text} }}"
        return f"{head.rstrip()} {self._switch()} {brace}{rest}"

    def _switch(self) -> str:
        """One directive, sometimes both."""
        if self.rng.random() < 0.1:
            return f"{self._directive('include')} {self._directive('skip')}"
        return self._directive(self.rng.choice(("skip", "include")))

    def _directive(self, directive: str) -> str:
        if self.rng.random() < 0.4:
            return f"@{directive}(if: {self.rng.choice(('true', 'false'))})"
        name = f"b{self._number()}"
        value = self.rng.random() < 0.6
        if self.rng.random() < 0.4:
            self.declared.append(f"${name}: Boolean{self.rng.choice('!!? ').strip('? ')} = {json.dumps(value)}")
            if self.rng.random() < 0.5:
                self.variables[name] = not value
        else:
            self.declared.append(f"${name}: Boolean!")
            self.variables[name] = value
        return f"@{directive}(if: ${name})"

    def _wrapped(self, text: str, of: GraphQLObjectType | GraphQLInterfaceType) -> str:
        return f"... on {of.name} {{ {text} }}" if self.rng.random() < 0.03 else text


def _names(of: GraphQLObjectType | GraphQLInterfaceType) -> list[str]:
    return [name for name in of.fields if name not in _NEVER and name in _LASTING.get(of.name, of.fields)]
