"""A question and the asked paths → the text of one operation and its variables. Knows no answer.

Only checked names stand in the text: every value, constants included, is a variable.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from adapters.graphql_options import FieldOptions, Question
from adapters.paths import Path, place, read_path

TYPE_NAME: Path = ("__typename",)
"""What every object has: asked where nothing else is."""

_Tree = dict[str, "_Tree"]
Values = tuple[tuple[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Slot:
    """One use of the asked field in an operation: its alias, none if it stands there once, and what it is given."""

    alias: str = ""
    values: Values = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Operation:
    """What is sent."""

    name: str
    text: str
    variables: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Form:
    """How the operations of one question are written: their name, and the fields that are more than a name."""

    name: str
    question: Question
    fields: Mapping[str, FieldOptions]

    def write(self, slots: Sequence[Slot], paths: Iterable[Path]) -> Operation:
        """The operation that asks for the paths, which start at the asked field, once for each slot."""
        variables = _Variables()
        *outer, asked = read_path(self.question.field)
        heads = [self._use(asked, slot, variables) for slot in slots]
        below = self._selection(_tree(paths), variables)
        below = f"{{ ... on {self.question.on} {below} }}" if self.question.on else below
        uses = " ".join(f"{head} {below}" for head in heads)
        for step in reversed(outer):
            uses = f"{self._field(step, variables)} {{ {uses} }}"
        declared = ", ".join(f"${name}: {kind}" for name, kind in variables.types.items())
        head = f"query {self.name}({declared})" if declared else f"query {self.name}"
        return Operation(self.name, f"{head} {{ {uses} }}", variables.values)

    def _use(self, asked: str, slot: Slot, variables: "_Variables") -> str:
        prefix = f"{slot.alias}_" if slot.alias else ""
        question = self.question
        given = variables.give(prefix, question.arguments, (*question.constants.items(), *slot.values))
        return f"{slot.alias}: {asked}{given}" if slot.alias else f"{asked}{given}"

    def _selection(self, tree: _Tree, variables: "_Variables") -> str:
        return "{ " + " ".join(self._branch(name, tree[name], variables) for name in sorted(tree)) + " }"

    def _branch(self, name: str, below: _Tree, variables: "_Variables") -> str:
        said = self._field(name, variables)
        if not below:
            return said
        options = self.fields.get(name)
        selection = self._selection(below, variables)
        return f"{said} {{ ... on {options.on} {selection} }}" if options and options.on else f"{said} {selection}"

    def _field(self, name: str, variables: "_Variables") -> str:
        options = self.fields.get(name)
        if options is None:
            return name
        given = variables.give(f"{name}__", options.arguments, options.constants.items())
        return f"{name}: {options.field}{given}" if options.field else f"{name}{given}"


@dataclass(frozen=True, slots=True)
class _Variables:
    types: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def give(self, prefix: str, types: Mapping[str, str], values: Iterable[tuple[str, Any]]) -> str:
        """The arguments of a field; one variable each, which holds everything that is nested in it."""
        body: dict[str, Any] = {}
        for where, value in values:
            place(body, read_path(where), deepcopy(value))
        for name, value in body.items():
            self.types[prefix + name] = types[name]
            self.values[prefix + name] = value
        return "(" + ", ".join(f"{name}: ${prefix}{name}" for name in body) + ")" if body else ""


def own_variables(fields: Mapping[str, FieldOptions]) -> set[str]:
    """Variables that fields inside the answer take, wherever they stand."""
    return {f"{name}__{argument}" for name, options in fields.items() for argument in options.arguments}


def _tree(paths: Iterable[Path]) -> _Tree:
    tree: _Tree = {}
    for path in paths:
        node = tree
        for step in path:
            node = node if step.isdecimal() else node.setdefault(step, {})
    return tree
