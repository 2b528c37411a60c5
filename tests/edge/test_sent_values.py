"""What a caller sent does not come back in a refusal: values may be personal, and a log may keep the refusal."""

import pytest

from hub.http_question import GRAPHQL_JSON
from tests.edge.stand import INSPECTION, OFFICER

NUMBER = "1101051949123100219"
LITERALS = (
    f"{{ entity(uscc: {NUMBER}) {{ name }} }}",
    f'{{ entity(uscc: "{NUMBER}") {{ name }} }}',
    f"{{ entity(uscc: N{NUMBER}) {{ name }} }}",
    f'{{ entity(uscc: ["{NUMBER}"]) {{ name }} }}',
    f'{{ entity(uscc: {{value: "{NUMBER}"}}) {{ name }} }}',
    f'{{ entity(uscc: """{NUMBER}""") {{ name }} }}',
    f'{{ entity(identifier: "{NUMBER}") {{ name }} }}',
    f'{{ entity(identifier: {{kind: "{NUMBER}", value: "x"}}) {{ name }} }}',
    f'{{ entity(identifier: {{kind: N{NUMBER}, value: "x"}}) {{ name }} }}',
    f"{{ entity(identifier: {{kind: USCC, value: {NUMBER}}}) {{ name }} }}",
    f'{{ entity(identifier: {{kind: USCC, value: "{NUMBER}"}}) {{ name }} }}',
    f'{{ entity(identifier: {{kind: REG_NO_15, value: "{NUMBER * 9}"}}) {{ name }} }}',
    f'{{ entities(first: "{NUMBER}") {{ totalCount }} }}',
    f"{{ entities(first: {NUMBER}) {{ totalCount }} }}",
    f"{{ entities(first: {NUMBER}.5) {{ totalCount }} }}",
    f'{{ entities(after: "{NUMBER}") {{ totalCount }} }}',
    f'{{ entities(filter: {{kind: "{NUMBER}"}}) {{ totalCount }} }}',
    f"{{ entities(filter: {{name: {NUMBER}}}) {{ totalCount }} }}",
    f'{{ entities(filter: {{name: "{NUMBER * 9}"}}) {{ totalCount }} }}',
    f'{{ entities(filter: {{establishedFrom: "{NUMBER}"}}) {{ totalCount }} }}',
    f'{{ entities(orderBy: "{NUMBER}") {{ totalCount }} }}',
    f'{{ entities(orderBy: {{name: "{NUMBER}"}}) {{ totalCount }} }}',
    f'{{ me @skip(if: "{NUMBER}") {{ role }} }}',
    f'query($a: Int = "{NUMBER}") {{ entities(first: $a) {{ totalCount }} }}',
    f'{{ me {{ role }} }} "{NUMBER}"',
    f'{{ me(a: "{NUMBER}") {{ role }} }}',
    f'{{ node(id: {{a: "{NUMBER}"}}) {{ id }} }}',
    f'{{ certificate(number: ["{NUMBER}"]) {{ status }} }}',
)
VARIABLES = (
    ("query($v: USCC!) { entity(uscc: $v) { name } }", (NUMBER, int(NUMBER), [NUMBER], {"a": NUMBER}, {NUMBER: 1})),
    ("query($v: Int) { entities(first: $v) { totalCount } }", (NUMBER, int(NUMBER), float(NUMBER), [NUMBER])),
    ("query($v: EntityFilter) { entities(filter: $v) { totalCount } }", (NUMBER, {"kind": NUMBER}, {NUMBER: 1})),
    ("query($v: [EntityOrder!]) { entities(orderBy: $v) { totalCount } }", (NUMBER, [{"name": NUMBER}], [NUMBER])),
    ("query($v: Boolean!) { me @skip(if: $v) { role } }", (NUMBER, [NUMBER])),
    ("query($v: ID!) { node(id: $v) { id } }", ({"a": NUMBER}, [NUMBER], NUMBER * 9)),
    ("query($v: String!) { certificate(number: $v) { status } }", (int(NUMBER), [NUMBER], NUMBER * 9)),
)


def refusal_of(client, stand, **parameters):
    """The text of a response that gives no data."""
    officer = {"authorization": f"Bearer {stand.token(OFFICER)}", "hub-purpose": INSPECTION, "hub-case": "1"}
    response = client.post("/graphql", json=parameters, headers={"accept": GRAPHQL_JSON, **officer})
    assert response.status_code == 400, response.text
    return response.text


@pytest.mark.parametrize("text", LITERALS)
def test_a_value_in_the_text_is_not_repeated(client, stand, text):
    """Wherever in a text a value is wrong, the refusal names the place and not the value."""
    assert NUMBER not in refusal_of(client, stand, query=text)


@pytest.mark.parametrize(("text", "value"), [(text, value) for text, values in VARIABLES for value in values])
def test_a_value_of_a_variable_is_not_repeated(client, stand, text, value):
    """A variable that does not fit is named, its value is not."""
    assert NUMBER not in refusal_of(client, stand, query=text, variables={"v": value})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{ entity(value: 5) { name } }", "Unknown argument 'value'"),
        ('{ entity(identifier: {kind: USCC, value: "x", more: 1}) { name } }', "value"),
        ("{ nothing }", "Cannot query field 'nothing' on type 'Query'."),
        ("{ me }", "must have a selection of subfields"),
        ("{ entity { ...F } }", "Unknown fragment 'F'."),
    ],
)
def test_a_name_is_repeated_so_that_the_mistake_is_found(client, stand, text, said):
    """Names are the caller's own words of the schema's language; they are needed to find the place."""
    refused = refusal_of(client, stand, query=text)
    assert said in refused
    assert "第 1 行" in refused
