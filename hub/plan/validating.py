"""Validates questions by graphql-core's rules, of which each is asked about no node that it has nothing to say of.

What a rule knows is worked out once; graphql-core looks for it by name, for every rule and kind of node, in each question anew,
which is a third of what validating a short one takes.
"""

from graphql import ASTValidationRule, DocumentNode, GraphQLError, GraphQLSchema, specified_rules, validate
from graphql.language.visitor import EnterLeaveVisitor

_NOTHING = EnterLeaveVisitor(None, None)


def validated(schema: GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """The first fault of a question on a schema, without suggestions, which would name what is hidden; or none."""
    return validate(schema, document, RULES, max_errors=1, hide_suggestions=True, allow_empty_selection_sets=False)


def _knowing(rule: type[ASTValidationRule]) -> type[ASTValidationRule]:
    """The same rule, which knows what it knows."""
    if hasattr(rule, "enter") or hasattr(rule, "leave"):
        return rule
    kinds = frozenset(name.partition("_")[2] for name in dir(rule) if name.startswith(("enter_", "leave_")))

    class Knowing(rule):  # type: ignore[valid-type, misc]
        def get_enter_leave_for_kind(self, kind: str) -> EnterLeaveVisitor:
            return super().get_enter_leave_for_kind(kind) if kind in kinds else _NOTHING

    Knowing.__name__ = rule.__name__
    return Knowing


RULES = tuple(map(_knowing, specified_rules))
"""All rules of the specification."""
