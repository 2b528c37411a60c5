"""Collecting the fields of a selection as GraphQL says: fragments applied, `@skip`/`@include` decided, keys merged.

Follows "CollectFields" of the GraphQL specification (§6.3.2). Knows two abstract facts only: an Entity is a Node.
"""

from collections.abc import Iterable, Mapping

from graphql.language import (
    BooleanValueNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    NamedTypeNode,
    SelectionNode,
    SelectionSetNode,
    VariableNode,
    Visitor,
    visit,
)

_ABSTRACT = {"Node": frozenset({"Entity"})}


class Collector:
    """Collects fields for one operation whose deciding variables are known."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], decisions: Mapping[str, bool]) -> None:
        self._fragments = fragments
        self._decisions = decisions

    def collect(self, sets: Iterable[SelectionSetNode], typename: str) -> dict[str, list[FieldNode]]:
        """Field nodes by response key, in response order, for an object of the type."""
        found: dict[str, list[FieldNode]] = {}
        seen: set[str] = set()
        for selection_set in sets:
            self._into(selection_set, typename, found, seen)
        return found

    def _into(
        self, selection_set: SelectionSetNode, typename: str, found: dict[str, list[FieldNode]], seen: set[str]
    ) -> None:
        for node in selection_set.selections:
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                found.setdefault((node.alias or node.name).value, []).append(node)
            elif isinstance(node, InlineFragmentNode):
                if _applies(node.type_condition, typename):
                    self._into(node.selection_set, typename, found, seen)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in seen:
                seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                if _applies(fragment.type_condition, typename):
                    self._into(fragment.selection_set, typename, found, seen)

    def _included(self, node: SelectionNode) -> bool:
        for directive in node.directives or ():
            if directive.name.value in ("skip", "include") and directive.arguments:
                value = directive.arguments[0].value
                if isinstance(value, BooleanValueNode):
                    decided = value.value
                else:
                    decided = isinstance(value, VariableNode) and self._decisions[value.name.value]
                if decided is (directive.name.value == "skip"):
                    return False
        return True


def variables_of(nodes: Iterable[FieldNode], fragments: Mapping[str, FragmentDefinitionNode]) -> set[str]:
    """Names of the variables that the nodes, and what they spread, use."""
    finder = _Variables(fragments)
    for node in nodes:
        visit(node, finder)
    return finder.found


class _Variables(Visitor):
    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode]) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._fragments = fragments
        self._seen: set[str] = set()

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.found.add(node.name.value)

    def enter_fragment_spread(self, node: FragmentSpreadNode, *_: object) -> None:
        name = node.name.value
        if name not in self._seen:
            self._seen.add(name)
            visit(self._fragments[name], self)


def _applies(condition: NamedTypeNode | None, typename: str) -> bool:
    return condition is None or condition.name.value == typename or typename in _ABSTRACT.get(condition.name.value, ())
