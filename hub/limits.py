"""How large a question may be, measured before anything expensive looks at it.

Each pass is linear: over the text (length, tokens, brackets) before parsing; over the document (depth, selections,
aliases, repetitions, introspection, with fragments written out) before validating, whose overlap rule is quadratic;
over the variables before coercing. Knows no schema beyond introspection's own.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from graphql.language import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    StringValueNode,
    Visitor,
    visit,
)

from hub.errors import HubError


@dataclass(frozen=True, slots=True)
class Limits:
    """Upper bounds of one question; `rows` is the estimate for one source."""

    body_bytes: int = 131_072
    text_chars: int = 32_768
    tokens: int = 1_000
    nesting: int = 64
    values: int = 2_000
    definitions: int = 60
    depth: int = 18
    selections: int = 800
    breadth: int = 200
    aliases: int = 60
    repeats: int = 1_500
    roots: int = 30
    lists: int = 12
    rows: int = 50_000


# As graphql-core reads it, comments counted as tokens; the last alternative is what it refuses, and so ends the count.
_TOKEN = re.compile(
    r"[ \t\r\n,\ufeff]++|(?P<open>[{\[(])|(?P<close>[}\])])|(?P<other>\.\.\.|[!$&:=@|]|[A-Za-z_][A-Za-z0-9_]*+"
    r'|-?[0-9]++(?:\.[0-9]++)?(?:[eE][+-]?[0-9]++)?|"""(?:[^"\\]++|\\(?:""")?|"(?!""))*+"""'
    r'|"(?!"")(?:[^"\\\r\n]++|\\[^\r\n])*+"|\#[^\r\n]*+)|(?P<odd>.)',
    re.DOTALL,
)

_INTROSPECTION = frozenset({"__schema", "__type"})
_MEMBERS = frozenset({"fields", "inputFields", "interfaces", "possibleTypes"})
_LISTS = _MEMBERS | {"args", "directives", "enumValues", "types"}
_OWN_LISTS = {
    "catalogue": 3,
    "codeLife": 1,
    "codePhoto": 1,
    "codeReports": 3,
    "grantTemplates": 1,
    "grants": 3,
    "honestyCodes": 3,
    "mandates": 1,
    "purposes": 1,
    "sources": 1,
    "streetPreview": 3,
}
"""Lists the hub makes of itself, again for every alias, and how many of introspection's each is worth."""
_MAX_CHAIN = 3
_CHARS_A_FIELD, _CHARS_A_REPEAT = 50, 10


def check_text(text: str, limits: Limits) -> None:
    """Refuse a text that is too long, has too many tokens or is nested too deeply; reads no further than it must."""
    if len(text) > limits.text_chars:
        raise too_complex("语句长度（字符）", "length of the text in characters", len(text), limits.text_chars)
    nested = count = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "odd":
            return
        nested += (kind == "open") - (kind == "close")
        if nested > limits.nesting:
            raise too_complex("括号嵌套层数", "nesting of brackets", f"> {limits.nesting}", limits.nesting)
        count += kind is not None
        if count > limits.tokens:
            raise too_complex("词法单元数", "number of tokens", f"> {limits.tokens}", limits.tokens)


def check_document(document: DocumentNode, limits: Limits) -> None:
    """Refuse a document that is too deep, too wide, or repeats itself too often once its fragments are written out.

    Every operation counts, not only the one that is asked, and so does a fragment none of them uses: validation
    visits them all. A fragment that spreads itself is refused here, for it has no size.
    """
    found = len(document.definitions)
    if found > limits.definitions:
        raise too_complex("定义数", "number of definitions", found, limits.definitions)
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    sizes, expansion = _Sizes(fragments, limits), _Expansion(fragments, limits)
    for definition in document.definitions:
        if isinstance(definition, OperationDefinitionNode):
            sizes.add(definition.selection_set)
            expansion.walk(definition.selection_set, limits.roots)
    for fragment in document.definitions:
        if isinstance(fragment, FragmentDefinitionNode) and not sizes.knows(fragment):
            sizes.add(fragment.selection_set)
            expansion.walk(fragment.selection_set, limits.breadth)


_TEXTS = frozenset({str})
_NUL = "\0"


def check_written(text: str, document: DocumentNode) -> None:
    """Refuse a NUL in what is written as a value: not every store can be asked for one, and none is to hold it."""
    if _NUL in text or "\\u" in text:
        visit(document, _Written())


class _Written(Visitor):
    def enter_string_value(self, node: StringValueNode, *_: object) -> None:
        _refuse_nul(node.value)


def check_variables(variables: Mapping[str, Any], limits: Limits) -> None:
    """Refuse variables with too many values, too deeply nested ones, or a NUL in a text."""
    if all(map(_is_plain, variables.values())) and sum(map(_length, variables.values())) <= limits.values:
        for value in variables.values():
            _refuse_nul(value)
        return
    count, layer = 0, [variables]
    for _ in range(limits.nesting):
        layer = [inner for value in layer for inner in _inside(value)]
        if not layer:
            return
        count += len(layer)
        if count > limits.values:
            raise too_complex("变量中的值数", "number of values in the variables", f"> {limits.values}", limits.values)
        for value in layer:
            _refuse_nul(value)
    if layer:
        raise too_complex("变量嵌套层数", "nesting of the variables", f"> {limits.nesting}", limits.nesting)


def too_complex(what: str, what_en: str, found: object, limit: int) -> HubError:
    """The refusal of a question that is too large."""
    return HubError("QUERY_TOO_COMPLEX", what=what, what_en=what_en, found=found, limit=limit)


def _refuse_nul(value: Any) -> None:
    texts = value if isinstance(value, list) else (value,)
    if any(isinstance(text, str) and _NUL in text for text in texts):
        raise HubError("BAD_USER_INPUT", detail="文本中不得有 NUL 字符", detail_en="a text must not hold a NUL")


def _is_plain(value: Any) -> bool:
    """True for a value with nothing in it, and for a list of nothing but texts."""
    return not isinstance(value, (dict, list)) or (isinstance(value, list) and set(map(type, value)) <= _TEXTS)


def _length(value: Any) -> int:
    return 1 + len(value) if isinstance(value, list) else 1


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class _Sizes:
    """Selections and depth of selection sets with fragments written out; each fragment is measured once."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._known: dict[str, tuple[int, int]] = {}
        self._open: set[str] = set()
        self._total = 0

    def knows(self, fragment: FragmentDefinitionNode) -> bool:
        """True if this very definition has been measured; one that another shadows never is."""
        name = fragment.name.value
        return name in self._known and self._fragments[name] is fragment

    def add(self, selection_set: SelectionSetNode) -> None:
        """Count a set that stands for itself."""
        self._total += self._of_set(selection_set, 0)[0]
        self._bound(self._total)

    def _of_set(self, selection_set: SelectionSetNode, level: int) -> tuple[int, int]:
        size = height = 0
        self._reach(level + 1)
        for node in selection_set.selections:
            inner, below = self._of_node(node, level)
            size, height = size + inner, max(height, below)
            self._bound(size)
        return size, height

    def _of_node(self, node: object, level: int) -> tuple[int, int]:
        if isinstance(node, FragmentSpreadNode):
            size, height = self._of_fragment(node.name.value, level)
            return size + 1, height
        own = 1 + _written(node) // _CHARS_A_FIELD if isinstance(node, FieldNode) else 1
        if isinstance(node, (FieldNode, InlineFragmentNode)) and node.selection_set:
            size, height = self._of_set(node.selection_set, level + 1)
            return size + own, height + 1
        return own, 1

    def _of_fragment(self, name: str, level: int) -> tuple[int, int]:
        definition = self._fragments.get(name)
        if definition is None:
            return 0, 0
        if name in self._open:
            raise HubError("GRAPHQL_VALIDATION_FAILED", where="", detail_en="A fragment spreads itself.")
        if name not in self._known:
            self._open.add(name)
            self._known[name] = self._of_set(definition.selection_set, level)
            self._open.discard(name)
        self._reach(level + self._known[name][1])
        return self._known[name]

    def _bound(self, size: int) -> None:
        limit = self._limits.selections
        if size > limit:
            raise too_complex("展开后的字段数", "number of selections", f"> {limit}", limit)

    def _reach(self, level: int) -> None:
        limit = self._limits.depth
        if level > limit:
            raise too_complex("查询深度", "depth", f"> {limit}", limit)


class _Expansion:
    """Walks selection sets with fragments written out and fields merged by response name, and counts over all."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], limits: Limits) -> None:
        self._fragments = fragments
        self._limits = limits
        self._aliases = self._repeats = self._lists = 0

    def walk(self, selection_set: SelectionSetNode, allowed: int) -> None:
        """Count all that stands in a set, which may hold so many fields side by side."""
        self._below([selection_set], allowed, None)

    def _below(self, sets: list[SelectionSetNode], allowed: int, chain: tuple[str, ...] | None) -> None:
        merged: dict[str, list[FieldNode]] = {}
        for selection_set in sets:
            self._collect(selection_set, merged)
        if len(merged) > allowed:
            raise too_complex("同级字段数", "number of fields side by side", len(merged), allowed)
        for nodes in merged.values():
            self._count_repeats(nodes)
            longer = self._chained(nodes[0].name.value, chain)
            below = [node.selection_set for node in nodes if node.selection_set]
            if below:
                self._below(below, self._limits.breadth, longer)

    def _collect(self, selection_set: SelectionSetNode, merged: dict[str, list[FieldNode]]) -> None:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                self._count_alias(node)
                merged.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                self._collect(node.selection_set, merged)
            elif isinstance(node, FragmentSpreadNode) and node.name.value in self._fragments:
                self._collect(self._fragments[node.name.value].selection_set, merged)

    def _count_alias(self, node: FieldNode) -> None:
        limit = self._limits.aliases
        self._aliases += node.alias is not None
        if self._aliases > limit:
            raise too_complex("别名数", "number of aliases", f"> {limit}", limit)

    def _count_repeats(self, nodes: list[FieldNode]) -> None:
        """Every field of a name is compared with every other, arguments included."""
        others, limit = len(nodes) - 1, self._limits.repeats
        if others:
            self._repeats += others * (len(nodes) + 2 * sum(map(_written, nodes)) // _CHARS_A_REPEAT) // 2
        if self._repeats > limit:
            raise too_complex("重复字段", "repetition of fields", f"> {limit}", limit)

    def _chained(self, name: str, chain: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Lists of introspection that lead here, None outside it; each multiplies the answer by its length."""
        if chain is None:
            self._count_lists(_OWN_LISTS.get(name, 0))
            return () if name in _INTROSPECTION else None
        if name not in _LISTS:
            return chain
        self._count_lists(1)
        if name in _MEMBERS and not _MEMBERS.isdisjoint(chain):
            raise too_complex("内省中类型成员的嵌套", "nesting of members of types", 2, 1)
        if len(chain) == _MAX_CHAIN:
            raise too_complex("内省列表的嵌套", "nesting of introspection lists", len(chain) + 1, _MAX_CHAIN)
        return (*chain, name)

    def _count_lists(self, lists: int) -> None:
        self._lists += lists
        if self._lists > self._limits.lists:
            raise too_complex("内省列表数", "number of introspection lists", self._lists, self._limits.lists)


def _written(node: FieldNode) -> int:
    """Length of a field's arguments in characters."""
    written = node.arguments
    first, last = (written[0].loc, written[-1].loc) if written else (None, None)
    return last.end - first.start if first and last else 0
