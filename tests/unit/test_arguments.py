"""Arguments are read as graphql-core reads them, whatever is written and whatever the variables are."""

from itertools import product
from typing import Any

import pytest
from graphql import GraphQLError, OperationDefinitionNode, build_schema, parse
from graphql.execution.values import VariableValues, get_argument_values, get_variable_values
from graphql.language import FieldNode

from hub.plan.arguments import Arguments, Variables

SCHEMA = build_schema("""
  type Query {
    plain(a: String, b: Int = 3, c: [String!], d: Boolean!): String
    inner(filter: Filter, other: Strict, pick: Pick): String
  }
  input Filter { a: String, c: [String!], below: Below }
  input Below { n: Int, s: String }
  input Strict { a: String!, b: Int = 7 }
  input Pick @oneOf { a: String, b: Int }
""")
VARIABLES = "($a: String, $b: Int, $c: [String!], $d: Boolean = true, $s: String!)"
WRITTEN = (
    "plain(d: true)",
    "plain(d: $d)",
    "plain(a: $a, b: $b, c: $c, d: $d)",
    "plain(a: $s, c: [$s], d: false)",
    "plain(a: null, b: null, c: null, d: true)",
    'plain(a: "x", b: 4, c: "one", d: true)',
    "inner",
    "inner(filter: {})",
    "inner(filter: {a: $a, c: $c})",
    'inner(filter: {a: "x", below: {n: $b, s: $a}})',
    "inner(filter: {c: [$a, $s]})",
    "inner(filter: null, other: {a: $s})",
    "inner(other: {a: $s, b: $b})",
    "inner(pick: {a: $s})",
)
GIVEN = {"a": ("x", None), "b": (1, None), "c": (["y", "z"], [], None), "d": (False, None)}


def _outcome(read: Any, *given: Any, **said: Any) -> Any:
    try:
        return read(*given, **said)
    except GraphQLError as fault:
        return fault.message


def _asked(written: str) -> tuple[OperationDefinitionNode, FieldNode]:
    operation = parse(f"query {VARIABLES} {{ {written} }}").definitions[0]
    assert isinstance(operation, OperationDefinitionNode)
    field = operation.selection_set.selections[0]
    assert isinstance(field, FieldNode)
    return operation, field


@pytest.mark.parametrize("written", WRITTEN)
def test_arguments_are_read_as_graphql_core_reads_them(written):
    """Every variable is given, given as null and left out, in all combinations."""
    operation, field = _asked(written)
    definitions, root = operation.variable_definitions or (), SCHEMA.query_type
    assert root is not None
    reader, declared = Variables(SCHEMA, definitions), root.fields[field.name.value]
    arguments = Arguments(SCHEMA, "Query", field)
    for chosen in product(*((*values, ...) for values in GIVEN.values())):
        given = {name: value for name, value in zip(GIVEN, chosen, strict=True) if value is not ...} | {"s": "t"}
        expected = get_variable_values(SCHEMA, definitions, given, hide_suggestions=True)
        if not isinstance(expected, VariableValues):
            with pytest.raises(GraphQLError):
                reader.coerce(given)
            continue
        found = _outcome(arguments.read, reader.coerce(given))
        assert found == _outcome(get_argument_values, declared, field, expected, hide_suggestions=True)


def test_what_no_variable_changes_is_constant():
    """Values that are the same for every question are told apart, defaults included."""
    constant = [Arguments(SCHEMA, "Query", _asked(written)[1]).constant for written in WRITTEN]
    assert constant == [("$" not in written) for written in WRITTEN]
