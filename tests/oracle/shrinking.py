"""Makes a question on which hub and oracle differ as small as it gets, by leaving out one part after the other."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from typing import Any

from graphql import GraphQLSyntaxError, parse, print_ast
from graphql.language import (
    REMOVE,
    ArgumentNode,
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    SelectionSetNode,
    VariableDefinitionNode,
    Visitor,
    visit,
)

from tests.oracle.agreement import Contest
from tests.oracle.askers import Asker
from tests.oracle.question import Question

_PARTS = (
    FieldNode,
    InlineFragmentNode,
    FragmentSpreadNode,
    ArgumentNode,
    DirectiveNode,
    ObjectFieldNode,
    FragmentDefinitionNode,
    VariableDefinitionNode,
)


class _LeaveOut(Visitor):
    """Leaves out the part of that number."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.left = number

    def enter(self, node: Node, *_: Any) -> Any:
        """Count parts down."""
        if not isinstance(node, _PARTS):
            return None
        self.left -= 1
        return REMOVE if self.left == -1 else None


class _Unwrap(Visitor):
    """Puts the content of inline fragments without directives in their place."""

    def leave_selection_set(self, node: SelectionSetNode, *_: Any) -> Any:
        """The same selections, unwrapped."""
        flat: list[Any] = []
        for one in node.selections:
            plain = isinstance(one, InlineFragmentNode) and not one.directives and one.type_condition is None
            flat.extend(one.selection_set.selections if plain and isinstance(one, InlineFragmentNode) else [one])
        return SelectionSetNode(selections=tuple(flat))


async def shrink(contest: Contest, asker: Asker, question: Question) -> Question:
    """The smallest question found on which they still differ."""
    while True:
        async for smaller in _differing(contest, asker, question):
            question = smaller
            break
        else:
            return question


async def _differing(contest: Contest, asker: Asker, question: Question) -> AsyncIterator[Question]:
    for smaller in _smaller(question):
        if await contest.differ(asker, smaller):
            yield smaller


def _smaller(question: Question) -> Iterator[Question]:
    document = parse(question.text, no_location=True)
    if question.on_denied != "partial":
        yield replace(question, on_denied="partial")
    number = 0
    while True:
        leave_out = _LeaveOut(number)
        left = visit(document, leave_out)
        if leave_out.left >= 0:
            return
        text = _printed(visit(left, _Unwrap()))
        if text is not None:
            yield replace(question, text=text)
        number += 1


def _printed(document: DocumentNode) -> str | None:
    try:
        text = " ".join(print_ast(document).split())
        parse(text)
    except (GraphQLSyntaxError, AttributeError, TypeError):
        return None
    return None if "{}" in text else text
