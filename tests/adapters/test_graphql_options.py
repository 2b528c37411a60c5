"""Options of a GraphQL source that are refused, typing mistakes its schema finds, and answers read without a service."""

import tomllib

import pytest
from graphql import parse, print_ast
from pydantic import ValidationError

from adapters import graphql
from adapters.base import SourceBadData, SourceDown
from adapters.graphql_answer import gather, read_reply
from adapters.graphql_document import Slot
from adapters.graphql_mapping import build_record
from adapters.graphql_options import GraphqlOptions
from adapters.paths import ABSENT, read_path
from adapters.records import hold_records
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from hub.sources import open_sources
from tests.adapters.graphql_source import office_text
from tests.adapters.graphql_styles import STYLES, options, record, service
from tests.conformance.records import MAPPINGS
from tests.docs_pages import ROOT, Page

ENTITY, LICENCE = MAPPINGS[0], MAPPINGS[1]
WAY = {"field": "companies", "arguments": {"codes": "[String!]"}, "keys": "codes"}
ALIASED = {"field": "company", "arguments": {"code": "String"}, "argument": "code"}
INJECTED = (
    "companies { id } x: y",
    "a b",
    "a(b: 1)",
    "a\n",
    "",
    "é",
    "1a",
    "a..b",
    ".a",
    "a-b",
    "$a",
    "...a",
    "^a",
    "a #",
)


PLACES = {
    "field": lambda name: {"batch": {**WAY, "field": name}},
    "rows": lambda name: {"batch": {**WAY, "rows": name}},
    "on": lambda name: {"batch": {**WAY, "on": name}},
    "cut": lambda name: {"batch": {**WAY, "cut": [name]}},
    "argument": lambda name: {"batch": {**WAY, "arguments": {name: "[String!]"}, "keys": name}},
    "type": lambda name: {"batch": {**WAY, "arguments": {"codes": name}}},
    "constant": lambda name: {"batch": {**WAY, "arguments": {"codes": "I", name: "I"}, "constants": {name: 1}}},
    "cursor": lambda name: {
        "batch": {**WAY, "arguments": {"codes": "I", "first": "I", "after": "I"}, "page": {"next": name}}
    },
    "name of a field": lambda name: {"fields": {name: {}}},
    "field inside": lambda name: {"fields": {"meta": {"field": name}}},
    "local": lambda name: {"local": name},
    "column": lambda name: {"columns": {"name": name}},
    "key": lambda name: {"keys": {"uscc": name}},
}


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_only_names_can_stand_in_a_document(place):
    """Whatever is written where a name or a type should be, it is one or the source does not start."""
    assert options(service("list"), record=[record(ENTITY, "list", **place("plain_1"))]).record
    for name in INJECTED:
        with pytest.raises(ValidationError):
            options(service("list"), record=[record(ENTITY, "list", **place(name))])


REFUSED = {
    "health with values": {"health": "query A($a: Int) { a(b: $a) }"},
    "health that writes": {"health": "mutation { a }"},
    "two healths": {"health": "{ a } query B { b }"},
    "no health": {"health": "ping"},
    "code": {"codes": {"ODD": "ignore"}},
    "path": {"path": "graphql?x=1"},
    "plain": {"base_url": "http://credit.example"},
    "unknown": {"retries": 3},
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED)
def test_sources_that_are_not_meant_are_refused(change):
    """What could not be asked, or would show keys, does not start."""
    with pytest.raises(ValidationError):
        options(service("list"), **change)


TWICE = {"field": "f", "arguments": {"filter": "F"}}
RECORDS = {
    "no way": {"batch": (), "search": None},
    "same key": {"aliased": ALIASED},
    "no type": {"batch": {**WAY, "arguments": {}}},
    "no type of a constant": {"batch": {**WAY, "constants": {"first": 1}}},
    "no type of a page": {"batch": {**WAY, "page": {}}},
    "no type inside": {"fields": {"meta": {"constants": {"first": 1}}}},
    "a day": {"batch": {**WAY, "constants": {"codes.day": {"a": 1}}}},
    "constant in the way": {"batch": {**TWICE, "keys": "filter.code.in", "constants": {"filter.code": "x"}}},
    "constant twice": {"batch": {**TWICE, "keys": "filter.code", "constants": {"filter.code": "x"}}},
    "two ends": {
        "search": {**TWICE, "first": "filter.n", "most": 5, "page": {"after": "filter.a", "first": "filter.b"}}
    },
    "comparison": {"search": {**TWICE, "parameters": {"name:LIKE": "filter.name"}}},
    "order without tie": {"search": {**TWICE, "after": {"name": "filter.name"}}},
    "ascending": {"search": {**TWICE, "ascending": "up"}},
}


@pytest.mark.parametrize("change", RECORDS.values(), ids=RECORDS)
def test_records_that_cannot_be_asked_are_refused(change):
    """A record whose options contradict themselves does not start."""
    with pytest.raises(ValidationError):
        options(service("list"), record=[record(ENTITY, "list", **change)])


COLUMNS = {"name": "name", "businessScope": "scope"}
FAULTS = {
    "key": ({"batch": {**WAY, "key": "kind"}}, "batch: kind is no key"),
    "outside": ({"batch": {**WAY, "rows": "a.b"}, "search": None, "local": "^^^.id"}, r"batch: \^\^\^.id leads out"),
    "value and object": (
        {"columns": {"name": "meta", "businessScope": "meta.scope"}, "as_of": None},
        "batch: meta is a value, and an object that holds meta.scope",
    ),
    "unused field": ({"fields": {"metas": {"field": "meta"}}}, "fields.metas: no path leads through it"),
    "one variable": (
        {
            "batch": (),
            "search": None,
            "aliased": {**ALIASED, "arguments": {"code": "String", "_a": "Int"}, "constants": {"_a": 1}},
            "columns": {"name": "k1.name"},
            "fields": {"k1": {"field": "x", "arguments": {"a": "Int"}}},
        },
        "aliased: the variable k1__a would stand for two arguments",
    ),
    "field": ({"search": {**TWICE, "parameters": {"nope:EQ": "filter.x"}}}, "search.parameters.nope:EQ"),
    "enumeration": ({"search": {**TWICE, "enumerations": ["name"]}}, "search.enumerations: name is no enumeration"),
}


@pytest.mark.parametrize(("change", "said"), FAULTS.values(), ids=FAULTS)
def test_records_that_do_not_fit_are_refused(catalogue, change, said):
    """What the mapping does not hold cannot be asked for; the fault names source, record and place."""
    given = options(service("list"), record=[record(ENTITY, "list", **change)])
    with pytest.raises(ValueError, match=rf"source credit, record 0 \(Entity\): .*{said}"):
        graphql.open_source(given, catalogue)


@pytest.fixture
def published(tmp_path):
    """The schemas of the department, as files beside the configuration."""
    for camel in False, True:
        (tmp_path / f"{camel}.graphql").write_text(office_text(camel), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("style", STYLES)
async def test_everything_that_may_be_asked_fits_the_schema(catalogue, published, style):
    """Options without a mistake are accepted: every column, argument, order, page and total is in the schema."""
    asked = service(style)
    file = published / f"{asked.camel}.graphql"
    await graphql.open_source(options(asked, style, schema_file=str(file)), catalogue).aclose()


def mistaken(found):
    """The options of entities with one typing mistake in each part."""
    search = found["search"]
    return found | {
        "local": "idd",
        "batch": {
            "field": "nodes",
            "on": "Compny",
            "arguments": {"ids": "[Int!]!"},
            "keys": "ids",
            "key": "$local",
        },
        "aliased": {"field": "company", "arguments": {"creditcode": "String"}, "argument": "creditcode"},
        "search": search
        | {
            "parameters": {"name:EQ": "filter.name.equals", "divisionCode:EQ": "filtr.division.eq"},
            "arguments": {**search["arguments"], "filtr": "CompanyFilter"},
            "orders": {"name": "NAM"},
            "after": {"$local": "position.id", "name": "position.nam"},
            "total": "totl",
        },
    }


def test_typing_mistakes_are_named_at_start(catalogue, published):
    """With the schema at hand, each name, type and nested argument that does not exist is told, with its record."""
    found = mistaken(record(ENTITY, "aliased"))
    given = options(service("aliased"), "aliased", record=[found], schema_file=str(published / "False.graphql"))
    with pytest.raises(ValueError, match="source credit") as raised:
        graphql.open_source(given, catalogue)
    lines = str(raised.value).splitlines()
    assert {line.split(": ")[0] for line in lines} == {"source credit, record 0 (Entity)"}
    for said in (
        "batch: Unknown type 'Compny'",
        "batch: Variable '$ids' of type '[Int!]!' used in position expecting type '[ID!]!'",
        "aliased: Unknown argument 'creditcode' on field 'Query.company'. Did you mean 'credit_code'?",
        "aliased: Cannot query field 'idd' on type 'Company'.",
        "search: Unknown argument 'filtr'",
        "search: Cannot query field 'totl'",
    ):
        assert [line for line in lines if said in line], said


def test_typing_mistakes_in_nested_arguments_are_named(catalogue, published):
    """What stands inside a variable is checked too: input fields and values of enumerations."""
    found = record(ENTITY, "aliased")
    found["search"] = mistaken(found)["search"] | {"total": "total_count"}
    found["search"]["parameters"].pop("divisionCode:EQ")
    given = options(service("aliased"), "aliased", record=[found], schema_file=str(published / "False.graphql"))
    with pytest.raises(ValueError, match="source credit") as raised:
        graphql.open_source(given, catalogue)
    for said in "'equals'", "'NAM_ASC'", "'nam'":
        assert said in str(raised.value)


@pytest.mark.parametrize(
    ("text", "said"), [("type Query {", "Syntax Error"), ("type A { a: B }", "Unknown type"), (None, "No such file")]
)
def test_a_schema_that_is_none_is_refused(catalogue, tmp_path, text, said):
    """A file that is missing or holds something else is a mistake of the configuration."""
    file = tmp_path / "office.graphql"
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=f"source credit, schema_file: .*{said}"):
        graphql.open_source(options(service("list"), schema_file=str(file)), catalogue)


def test_paths_lead_through_lists():
    """A path gives what it leads to: through lists a list, with a position one element, ABSENT where an error was."""
    answer: dict = {
        "a": [{"b": 1, "c": [{"d": 2}, {"d": 3}]}, None, {"b": None, "c": []}],
        "n": None,
        "t": ["x", ABSENT],
    }
    ends = {"a.b": [1, None, None], "a.0.b": 1, "a.9.b": None, "a.c.d": [2, 3, None], "a.0.c.d": [2, 3], "n.x": None}
    assert {path: gather(answer, read_path(path)) for path in ends} == ends
    assert all(gather(answer, read_path(path)) is ABSENT for path in ("t", "t.0", "x", "a.x", "a.b.c", "a.0.b.c"))


def test_an_error_is_found_where_it_has_risen_to():
    """The path of an error ends at the null it has left, which may be above the field that failed."""
    for path in ["a", 0, "b"], ["a", 0, "b", "c", 3]:
        reply = read_reply({"data": {"a": [{"b": None}]}, "errors": [{"message": "x", "path": path}]}, {})
        assert reply.values == {"a": [{"b": ABSENT}]}
        assert isinstance(reply.fault, SourceDown)


@pytest.mark.parametrize(
    "path", [[], None, "a", ["b"], ["a", 1], ["a", True], ["a", "0"], ["a", -1], [0], ["a", 0, "c"]]
)
def test_an_error_that_cannot_be_placed_costs_the_answer(path):
    """What is missing cannot be told, so that nothing of it can be believed."""
    with pytest.raises(SourceDown):
        read_reply({"data": {"a": [{"b": None}]}, "errors": [{"path": path}]}, {})


def test_objects_of_no_concern_are_no_rows():
    """Empty objects are skipped where a type was asked for, and only there."""
    reply = read_reply({"data": {"a": [{}, {"b": 1}]}}, {})
    assert list(reply.rows(reply.asked(("a",)), (), [True])) == [({"b": 1},)]
    assert list(reply.rows(reply.asked(("a",)), (), [False])) == [({},), ({"b": 1},)]
    for odd in 1, [[{"b": 1}]], ["x"]:
        with pytest.raises(SourceBadData):
            list(reply.rows(odd, (), [True]))


def test_the_documented_operation_is_what_is_asked(catalogue):
    """The example of the documentation asks what the documentation says."""
    page = Page(ROOT / "docs/configuration.md")
    example = next(tables for tables in map(tomllib.loads, page.blocks("toml")) if "creditCode" in str(tables))
    given = GraphqlOptions.model_validate(example["source"][0])
    made = build_record(given, given.record[0], hold_records(given, catalogue)["CreditRating"])
    layout = made.layout(given.record[0].batch[0])
    asked = layout.operation(
        [layout.turn(Slot(values=(("filter.creditCode.in", []),)), None, 100)],
        [read_path(path) for path in given.record[0].paths],
    )
    said = next(block for block in page.blocks("text") if "query Hub" in block)
    assert print_ast(parse(asked.text)) == print_ast(parse(said))


async def test_typing_mistakes_are_told_with_their_line(catalogue, published, monkeypatch):
    """The command that checks the configuration names the line of what the schema does not have."""
    monkeypatch.setenv("MARKET_DATABASE", "sqlite:///market.db")
    monkeypatch.setenv("HEALTH_API_KEY", "secret")
    text = (ROOT / "deploy/hub.example.toml").read_text(encoding="utf-8")
    file = published / "hub.toml"
    file.write_text(text.replace('# schema_file = "credit.graphql"', 'schema_file = "False.graphql"'), encoding="utf-8")
    with pytest.raises(BadSettings) as raised:
        open_sources(load_settings(file), catalogue)
    line = text[: text.index("[source.record.batch]")].count("\n") + 1
    told = [(mistake.line, mistake.sentence) for mistake in raised.value.mistakes]
    assert (line, "Unknown argument 'filter' on field 'Query.companies'.") in told
    assert {number for number, _ in told} == {line}
