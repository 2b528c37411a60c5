"""How large a question may be, measured before anything expensive looks at it.

Two passes, both linear: over the text (tokens, nesting) before parsing, over the document (depth, selections,
aliases, repetitions, fragments expanded) before validating, whose overlap rule is quadratic. Knows no schema.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from hub.errors import HubError

_TOKEN = re.compile(r'"""(?:[^"\\]|\\.|"(?!""))*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*|\.\.\.|[\w.+-]+|[^\s,]')


_WITH_SET = (FieldNode, InlineFragmentNode)


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one question; rows is the estimate for one source."""

    body_bytes: int = 131_072
    tokens: int = 2_000
    nesting: int = 64
    depth: int = 12
    selections: int = 800
    breadth: int = 200
    aliases: int = 60
    repeats: int = 400
    fragments: int = 60
    roots: int = 30
    rows: int = 50_000
    variables_bytes: int = 65_536


def check_text(text: str, limits: Limits) -> None:
    """Refuse a text with too many tokens or too deeply nested; reads at most the limit plus one token."""
    open_, deepest, count = 0, 0, 0
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token[0] == "#":
            continue
        count += 1
        if count > limits.tokens:
            raise too_complex("词法单元数", "number of tokens", f"> {limits.tokens}", limits.tokens)
        if token in "{[(":
            open_ += 1
            deepest = max(deepest, open_)
        elif token in "}])":
            open_ -= 1
        if deepest > limits.nesting:
            raise too_complex("括号嵌套层数", "nesting of brackets", f"> {limits.nesting}", limits.nesting)


def check_document(document: DocumentNode, operation: OperationDefinitionNode, limits: Limits) -> None:
    """Refuse an operation that is too deep, too wide, or repeats itself too often once fragments are expanded."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    if len(document.definitions) > limits.fragments:
        raise too_complex("片段数", "number of fragments", len(document.definitions), limits.fragments)
    sizes = _Sizes(fragments, limits.selections)
    for name in fragments:
        sizes.of_fragment(name)
    size, depth = sizes.of_set(operation.selection_set)
    if size > limits.selections:
        raise too_complex("展开后的字段数", "number of selections", f"> {limits.selections}", limits.selections)
    if depth > limits.depth:
        raise too_complex("查询深度", "depth", depth, limits.depth)
    _Expansion(fragments, limits).walk([operation.selection_set], 0)


def too_complex(what: str, what_en: str, found: object, limit: int) -> HubError:
    """The refusal of a question that is too large."""
    return HubError("QUERY_TOO_COMPLEX", what=what, what_en=what_en, found=found, limit=limit)


class _Sizes:
    """Selections and depth of every selection set with fragments expanded; each fragment is measured once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], cap: int) -> None:
        self._fragments = fragments
        self._known: dict[str, tuple[int, int]] = {}
        self._open: set[str] = set()
        self._cap = cap + 1

    def of_fragment(self, name: str) -> tuple[int, int]:
        if name in self._known:
            return self._known[name]
        definition = self._fragments.get(name)
        if definition is None or name in self._open:
            return 0, 0
        self._open.add(name)
        self._known[name] = self.of_set(definition.selection_set)
        self._open.discard(name)
        return self._known[name]

    def of_set(self, selection_set: SelectionSetNode | None) -> tuple[int, int]:
        size = depth = 0
        for node in selection_set.selections if selection_set else ():
            if isinstance(node, FragmentSpreadNode):
                inner, below = self.of_fragment(node.name.value)
            else:
                inner, below = self.of_set(node.selection_set if isinstance(node, _WITH_SET) else None)
            below += isinstance(node, FieldNode)
            size, depth = min(size + inner + 1, self._cap), max(depth, below)
        return size, depth


class _Expansion:
    """Walks the expanded selections once, merged by response name, counting aliases and repetitions."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._aliases = 0
        self._pairs = 0

    def walk(self, sets: list[SelectionSetNode], level: int) -> None:
        merged: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(selection_set, merged, frozenset())
        allowed = self._limits.breadth if level else self._limits.roots
        if len(merged) > allowed:
            raise too_complex("同级字段数", "number of fields side by side", len(merged), allowed)
        for nodes in merged.values():
            self._pairs += len(nodes) * (len(nodes) - 1) // 2
            if self._pairs > self._limits.repeats:
                raise too_complex("重复字段", "repetition of fields", f"> {self._limits.repeats}", self._limits.repeats)
            below = [node.selection_set for node in nodes if node.selection_set]
            if below:
                self.walk(below, level + 1)

    def _collect(
        self, selection_set: SelectionSetNode, merged: dict[str, list[FieldNode]], inside: frozenset[str]
    ) -> None:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                self._count_alias(node)
                merged.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                self._collect(node.selection_set, merged, inside)
            elif isinstance(node, FragmentSpreadNode):
                name = node.name.value
                definition = self._fragments.get(name)
                if definition is not None and name not in inside:
                    self._collect(definition.selection_set, merged, inside | {name})

    def _count_alias(self, node: FieldNode) -> None:
        if node.alias is not None:
            self._aliases += 1
            if self._aliases > self._limits.aliases:
                raise too_complex("别名数", "number of aliases", f"> {self._limits.aliases}", self._limits.aliases)
