"""Rules that know what they know are the rules of graphql-core."""

import pytest
from graphql import GraphQLError, TypeInfo, ValidationContext, build_schema, parse, specified_rules, validate
from graphql.language.ast import QUERY_DOCUMENT_KEYS

from hub.plan.validating import RULES, validated

SCHEMA = build_schema(
    "type Query { shop(code: String!): Shop } type Shop { name: String near(within: Int = 1): [Shop!] }"
)


def asked_of(rule):
    """What a rule does at each kind of node, by the functions behind its methods."""
    context = ValidationContext(SCHEMA, parse("{ shop }"), TypeInfo(SCHEMA), lambda _: None)
    made = rule(context)
    found = {kind: made.get_enter_leave_for_kind(kind) for kind in QUERY_DOCUMENT_KEYS}
    return {kind: tuple(getattr(one, "__func__", None) for one in pair) for kind, pair in found.items()}


@pytest.mark.parametrize("number", range(len(specified_rules)), ids=[rule.__name__ for rule in specified_rules])
def test_a_rule_is_asked_wherever_it_has_something_to_say(number):
    """At no node less, and at none that it does not know."""
    assert asked_of(RULES[number]) == asked_of(specified_rules[number])


@pytest.mark.parametrize(
    "text",
    [
        "{ shop { name } }",
        '{ shop(code: "1") { nam } }',
        '{ shop(code: "1") }',
        "{ shop(code: 1) { name } }",
        '{ shop(code: "1", code: "2") { name } }',
        '{ shop(code: "1") { name @skip } }',
        '{ shop(code: "1") { name @skip(if: true) @skip(if: true) } }',
        '{ shop(code: "1") { ...Gone } }',
        'fragment F on Shop { near { ...F } } { shop(code: "1") { ...F } }',
        'query ($n: Int, $n: Int) { shop(code: "1") { near(within: $n) { name } } }',
        'query ($n: Boolean) { shop(code: "1") { near(within: $n) { name } } }',
        '{ shop(code: "1") { name: near { name } name } }',
        "{ a: __typename } { b: __typename }",
    ],
)
def test_the_first_fault_is_the_same(text):
    """Or there is none."""
    document = parse(text)
    plain = validate(SCHEMA, document, max_errors=1, hide_suggestions=True, allow_empty_selection_sets=False)
    assert list(map(GraphQLError.__str__, validated(SCHEMA, document))) == list(map(str, plain))
    assert plain


def test_a_right_question_has_no_fault():
    """Nothing is found where nothing is wrong."""
    assert validated(SCHEMA, parse('{ shop(code: "1") { name near { name } } }')) == []
