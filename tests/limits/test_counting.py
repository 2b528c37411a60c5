"""What is counted, against graphql-core's own reading; and that honest questions are far from every limit."""

import random
from dataclasses import fields, replace
from pathlib import Path

import pytest
from graphql import GraphQLSyntaxError, Lexer, Source, TokenKind, get_introspection_query, parse
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import HubError, error_json
from hub.limits import Limits, check_document, check_text, check_variables
from hub.operation import read_operation
from hub.settings_tables import LimitsTable
from schema.catalogue import fold_catalogue
from tests.edge.stand import CODE

LIMITS = Limits()
UNBOUNDED = Limits(**{field.name: 10**9 for field in fields(Limits)})
QUESTIONS = sorted((Path(__file__).parents[2] / "hub/demo/questions").glob("*.graphql"))
PIECES = (
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "...",
        "$a",
        "@b",
        "!",
        ":",
        "=",
        "|",
        "&",
        "name",
        "on",
        "_1",
        "a...b",
        "...F...G",
    ),
    *(
        "0",
        "-1",
        "1.5",
        "1e9",
        "-1.5E+3",
        "00",
        "1a",
        "1.",
        "1.e",
        ".5",
        "-",
        "+",
        "..",
        "?",
        "名",
        "é",
        "\x00",
        "\x7f",
    ),
    *('""', '"a b"', '"\\""', '"\\n"', '"\\u4e2d"', '"\\q"', '"', '"\n', '"\r', '"\\', '"""', '""""', '"""a"b""c"""'),
    *(
        '"""\\""""""',
        '"""\\\\"""',
        '"""\n\\"""x"""',
        '"""\\',
        "#",
        "# {}\n",
        "#\r",
        "\n",
        "\r\n",
        " ",
        "\t",
        ",",
        "\ufeff",
    ),
    *("\u00a0", "\u2028", "\x0b", "\x0c", "a" * 50, '"' + "{" * 9 + '"', "#" + "{" * 9 + "\n"),
)


def tokens_of(text):
    """Number of tokens and comments graphql-core reads before the end or the first mistake, and if it was the end."""
    lexer = Lexer(Source(text))
    try:
        while lexer.advance().kind is not TokenKind.EOF:
            pass
        whole = True
    except GraphQLSyntaxError:
        whole = False
    count, token = 0, lexer.token
    while token.prev:
        count += token.kind is not TokenKind.EOF
        token = token.prev
    return count, whole


def refusal_of(call, *arguments):
    """Names of the QUERY_TOO_COMPLEX or BAD_USER_INPUT a check raises, or None."""
    try:
        call(*arguments)
    except HubError as fault:
        return fault.names if fault.code in {"QUERY_TOO_COMPLEX", "BAD_USER_INPUT"} else None
    return None


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60))
def test_tokens_are_counted_as_the_parser_reads_them(text):
    """No text hides tokens from the count: it is the lexer's own for what it reads, and never below it."""
    count, whole = tokens_of(text)
    if count:
        assert refusal_of(check_text, text, replace(UNBOUNDED, tokens=count - 1))
    if whole:
        assert refusal_of(check_text, text, replace(UNBOUNDED, tokens=count)) is None


def test_brackets_in_texts_and_comments_do_not_nest():
    """Only brackets that are tokens count, and closing ones take back what opening ones gave."""
    innocent = '{ a(b: "' + "{" * 99 + '") #' + "[" * 99 + '\n c(d: """' + "(" * 99 + '""") ' + "e { f } " * 99 + "}"
    assert refusal_of(check_text, innocent, LIMITS) is None
    assert refusal_of(check_text, "{ a " * 65 + "}" * 65, LIMITS)
    assert refusal_of(check_text, "{ a(b: " + "[" * 64 + "]" * 64 + ") }", LIMITS)


@pytest.mark.parametrize("operations", [1, 3])
def test_the_standard_introspection_passes(operations):
    """What GraphiQL and every code generator ask first is counted as harmless, also beside other operations."""
    text = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )
    text += " query Mine { entity { name } }" * (operations - 1)
    assert refusal_of(check_text, text, LIMITS) is None
    check_document(parse(text), LIMITS)


def test_introspection_one_step_further_is_refused():
    """The members of the types of members would multiply the answer by itself."""
    for inside in ("fields { name }", "inputFields { name }", "interfaces { name }", "possibleTypes { name }"):
        text = f"{{ __schema {{ types {{ fields {{ type {{ ...T }} }} }} }} }} fragment T on __Type {{ {inside} }}"
        names = refusal_of(check_document, parse(text), LIMITS)
        assert names
        assert "introspection" in names["what_en"] or "members" in names["what_en"]


@pytest.mark.parametrize("path", QUESTIONS, ids=lambda path: path.stem)
def test_the_demo_questions_are_far_from_every_limit(path):
    """A third of every limit is enough for each example of the query desk."""
    third = Limits(**{field.name: getattr(LIMITS, field.name) // 3 for field in fields(Limits)})
    text = path.read_text(encoding="utf-8")
    assert refusal_of(check_text, text, third) is None
    check_document(parse(text), third)


def test_generous_honest_questions_pass(hub, request_of):
    """All records joined with all their fields, pages of a hundred with branches, and fragments used over and over."""
    records = fold_catalogue().records
    branches = {
        name: " ".join([leaf for leaf in records[relation.target].fields if leaf not in {"fine", "confiscated"}][:10])
        for name, relation in records["Entity"].relations.items()
    }
    joined = " ".join(f"{name} {{ {leaves} provenance {{ source asOf }} }}" for name, leaves in branches.items())
    own = "id name uscc kind status divisionCode industryCode provenance { source department asOf }"
    paged = "licences(first: 10) { kind validTo } penalties(first: 5) { decidedOn } creditStatus { headline }"
    parts = " ".join(f"...Part{number}" for number in range(12))
    fragments = " ".join(
        f"fragment Part{n} on Entity {{ name uscc status licences {{ kind validTo }} }}" for n in range(12)
    )
    codes = {"codes": [CODE] * 200}
    for text, variables in (
        (f'{{ entity(uscc: "{CODE}") {{ {own} {joined} }} }}', {}),
        (f"{{ entities(first: 100) {{ edges {{ cursor node {{ {own} {paged} }} }} pageInfo {{ endCursor }} }} }}", {}),
        (f"query($codes: [USCC!]!) {{ entitiesByUscc(usccs: $codes) {{ {own} {joined} }} }}", codes),
        (f'{{ entity(uscc: "{CODE}") {{ {parts} }} }} {fragments}', {}),
        (" ".join(["{", *(f'e{n}: entity(uscc: "{CODE}") {{ {own} {paged} }}' for n in range(15)), "}"]), {}),
    ):
        assert hub.gateway.plan(request_of(text, variables=variables))


@pytest.mark.parametrize("seed", range(20))
def test_counting_does_not_depend_on_order(seed):
    """However the definitions are shuffled, a document is refused or passes alike."""
    chance = random.Random(seed)
    names = [f"F{number}" for number in range(8)]
    spreads = [" ".join(f"...{name}" for name in names[at:] if chance.random() < 0.7) for at in range(1, 9)]
    definitions = [
        f"fragment {name} on Entity {{ name {spread} }}" for name, spread in zip(names, spreads, strict=True)
    ]
    definitions += ['query A { entity(uscc: "1") { ...F0 } }', "query B { __typename }"]
    limits = replace(LIMITS, selections=60, depth=4)
    outcomes = set()
    for _ in range(6):
        chance.shuffle(definitions)
        outcomes.add(str(refusal_of(check_document, parse(" ".join(definitions)), limits)))
    assert len(outcomes) == 1


@pytest.mark.parametrize(
    ("variables", "what"),
    [
        ({"a": [1] * 2_001}, "values"),
        ({"a": [[1] * 50] * 50}, "values"),
        ({f"a{number}": {} for number in range(2_001)}, "values"),
        ({"a": {"b": [{"c": [1] * 1_990}] * 2}}, "values"),
    ],
)
def test_variables_are_counted_before_they_are_coerced(variables, what):
    """The number of values decides, wherever they stand."""
    names = refusal_of(check_variables, variables, LIMITS)
    assert names
    assert what in names["what_en"]


def test_deep_variables_are_refused():
    """Nesting beyond what any input type has is refused without following it to the end."""
    deep: list[object] = []
    for _ in range(900):
        deep = [deep]
    assert "nesting" in refusal_of(check_variables, {"a": deep}, LIMITS)["what_en"]
    assert refusal_of(check_variables, {"a": [CODE] * 200, "b": {"c": {"d": [None, {}]}}}, LIMITS) is None


@pytest.mark.parametrize(
    "variables",
    [{"a": "x\0"}, {"a": [CODE, "\0"]}, {"a": {"b": "\0"}}, {"a": {"b": [{"c": ["\0"]}]}}],
)
def test_a_nul_in_variables_is_refused(variables):
    """Wherever it stands: not every store can be asked for a text that holds one."""
    assert "NUL" in refusal_of(check_variables, variables, LIMITS)["detail_en"]


@pytest.mark.parametrize("written", [r'"a\u0000"', r'"a\u{0}"', r'["b", "\u0000"]', r'{ c: "\u0000" }'])
def test_a_nul_that_is_written_is_refused(written):
    """However it is spelt; other escapes are read, and so is a backslash before it."""
    assert "NUL" in refusal_of(read_operation, f"{{ a(b: {written}) }}", None, LIMITS)["detail_en"]
    assert refusal_of(read_operation, r'{ a(b: "\u4e00 \\u0000") }', None, LIMITS) is None


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("{" + "a " * 1_100 + "}", 1_000),
        ("{" + "a { " * 20 + "b" + " }" * 20 + "}", 18),
        (" ".join(f"query A{number} {{ a }}" for number in range(70)), 60),
        ("{" + " ".join(f"a{number}" for number in range(40)) + "}", 30),
        ("{ e {" + " ".join(f"a{number}: b" for number in range(70)) + "} }", 60),
        ("{ e {" + "a " * 70 + "} }", 1_500),
    ],
)
def test_a_refusal_says_what_was_counted_and_how_much_is_allowed(text, limit):
    """QUERY_TOO_COMPLEX names the thing, what was found and the limit, in both languages."""

    def check(document_text):
        check_text(document_text, LIMITS)
        check_document(parse(document_text), LIMITS)

    names = refusal_of(check, text)
    assert names["limit"] == limit
    said = error_json("QUERY_TOO_COMPLEX", "0" * 16, **names)
    for sentence in (said["message"], said["extensions"]["messageEn"]):
        assert str(names["found"]) in sentence
        assert str(limit) in sentence
    assert names["what"] in said["message"]
    assert names["what_en"] in said["extensions"]["messageEn"]


def test_the_settings_table_begins_with_these_limits():
    """`[limits]` left out of the configuration means the defaults measured here."""
    assert LimitsTable().model_dump().items() <= {f.name: getattr(LIMITS, f.name) for f in fields(Limits)}.items()
