"""What a GraphQL service is asked, read and counted at the service: documents, variables, keys, pages, searches."""

import pytest
from graphql import Node, Visitor, parse, visit

from adapters import graphql, registry
from adapters.base import AS_OF, KEY, LOCAL, OrderKey, UnsupportedSearch
from schema.predicate import FALSE, AnyOf, Op, Test, both
from tests.adapters.graphql_source import API_KEY, camelled
from tests.adapters.graphql_styles import STYLES, opener, options, record, service
from tests.conformance.records import CODES, MAPPINGS
from tests.conformance.suite import lookup, search

ENTITY, LICENCE = MAPPINGS[0], MAPPINGS[1]
NODES = {"key": LOCAL, "field": "nodes", "on": "Company", "arguments": {"ids": "[ID!]!"}, "keys": "ids"}
HOSTILE = '"]) { id } x: companies(codes: ["'


@pytest.fixture
async def opened(catalogue):
    """Opens sources on services of their own."""
    async with opener(catalogue) as open_one:
        yield open_one


def kinds_in(text):
    """Every node of a document, by kind."""
    found: dict = {}

    class Collect(Visitor):
        def enter(self, node: Node, *_):
            found.setdefault(node.kind, []).append(node)

    visit(parse(text), Collect())
    return found


def leaves(text):
    """Names of the fields without a selection."""
    return {node.name.value for node in kinds_in(text)["field"] if node.selection_set is None}


def values(node):
    """Everything that is no object in nested variables."""
    if isinstance(node, dict):
        return [value for inner in node.values() for value in values(inner)]
    return [value for inner in node for value in values(inner)] if isinstance(node, list) else [node]


@pytest.mark.parametrize("style", STYLES)
async def test_only_needed_columns_are_selected(opened, style):
    """The document names the columns wanted, the key and what a predicate needs, and nothing else."""
    adapter, asked = await opened(style)
    where = Test("status", Op.EQ, "ACTIVE")
    await adapter.fetch(lookup("Entity", (KEY, "name", "legalRepresentative", AS_OF), CODES[:1], where=where))
    wanted = {"name", "state", "full_name", "updated_at"}
    wanted |= set() if style == "bare" else {"credit_code"}
    wanted |= {"id", "end_cursor", "has_next_page"} if "page" in STYLES[style] else set()
    spelt = {camelled(name) if asked.camel else name for name in wanted}
    assert [leaves(seen.text) for seen in asked.seen] == [spelt]


@pytest.mark.parametrize("style", STYLES)
async def test_values_stand_in_variables_alone(opened, style):
    """No document holds a value, neither a key nor a constant: whatever a value says, the text is the same."""
    adapter, asked = await opened(style)
    for code in CODES[3], CODES[4], HOSTILE:
        await adapter.fetch(lookup("Entity", (KEY,), (code,), key="regNo15" if code is HOSTILE else "uscc"))
    assert asked.seen[0].text == asked.seen[1].text
    assert HOSTILE in values(asked.seen[2].variables)
    await adapter.search(search("Entity", (LOCAL,), where=Test("name", Op.CONTAINS, HOSTILE), after=(HOSTILE,)))
    assert values(asked.seen[3].variables).count(HOSTILE) == 2
    for seen in asked.seen:
        assert not [kind for kind in kinds_in(seen.text) if kind.endswith("_value")]
        assert not [code for code in (*CODES, HOSTILE) if code in seen.text]
        assert seen.name == "HubEntity"


@pytest.mark.parametrize("style", STYLES)
async def test_nothing_to_ask_is_not_asked(opened, style):
    """Without keys, with keys no row can have, or with a predicate nothing satisfies, there is no request."""
    adapter, asked = await opened(style)
    assert not (await adapter.fetch(lookup("Entity", (KEY,), ()))).rows
    assert not (await adapter.fetch(lookup("Entity", (KEY,), ("", "..", "\ud800", "a-b")))).rows
    assert not (await adapter.fetch(lookup("Entity", (KEY,), CODES, where=FALSE))).rows
    assert not (await adapter.search(search("Entity", (LOCAL,), where=Test("divisionCode", Op.IN, ())))).rows
    assert not asked.seen


async def test_a_list_of_keys_is_one_request(opened):
    """All keys go in one variable."""
    adapter, asked = await opened("list")
    rows = await adapter.fetch(lookup("Entity", (KEY,), CODES))
    assert len({row[0] for row in rows.rows}) == 56
    assert [seen.variables for seen in asked.seen] == [{"creditCodes": sorted(CODES)}]


async def test_aliases_are_split_and_asked_side_by_side(opened):
    """The field stands once for each key, in no more than the agreed number, each with a variable of its own."""
    adapter, asked = await opened("aliased")
    rows = await adapter.fetch(lookup("Entity", (KEY,), CODES))
    assert len({row[0] for row in rows.rows}) == 56
    assert sorted(len(seen.variables) for seen in asked.seen) == [4, *[7] * 8]
    assert sorted(code for seen in asked.seen for code in seen.variables.values()) == sorted(CODES)
    assert [len(kinds_in(seen.text)["field"]) for seen in asked.seen] == [2 * len(s.variables) for s in asked.seen]
    assert asked.busiest <= 4


async def test_only_aliases_with_more_pages_are_asked_again(opened):
    """Each alias has a cursor of its own; those that are read to the end are not asked for again."""
    adapter, asked = await opened("pages")
    await adapter.fetch(lookup("Licence", (LOCAL,), CODES[:20]))
    wanted = [sum(name.endswith("_filter") for name in seen.variables) for seen in asked.seen]
    assert wanted[0] == 20
    assert wanted == sorted(wanted, reverse=True)
    assert wanted[-1] < 20
    assert all(f"{name.split('_')[0]}_after" in asked.seen[1].variables for name in asked.seen[1].variables)


async def test_rows_below_an_object_are_records_of_their_own(opened):
    """A list of lists is read as rows; the key stands on the object outside; arguments on the way are constants."""
    adapter, asked = await opened("below")
    rows = await adapter.fetch(lookup("Licence", (KEY, LOCAL), CODES[:30]))
    assert len(rows.rows) > 50
    seen = asked.seen[0]
    assert leaves(seen.text) == {"code", "id", "has_next_page"}
    assert seen.variables == {"codes": sorted(CODES[:30]), "scheme": "NATIONAL", "permits__first": 500}
    await adapter.fetch(lookup("Penalty", (KEY,), CODES[:3]))
    assert leaves(asked.seen[1].text) == {"code", "__typename"}


async def test_a_list_inside_that_was_cut_is_said(opened):
    """Where the service gives only the first of an inner list, the answer is not taken for whole."""
    found = record(LICENCE, "below")
    found["fields"]["permits"]["constants"] = {"first": 1}
    adapter, _ = await opened("below", record=[found])
    assert (await adapter.fetch(lookup("Licence", (LOCAL,), CODES[:30]))).truncated


async def test_rows_are_found_again_by_their_identifier(opened):
    """Objects of any type may be asked for by their identifier; null and objects of another type are no rows."""
    adapter, asked = await opened(record=[record(ENTITY, "list", batch=[NODES])])
    rows = await adapter.fetch(lookup("Entity", (KEY, "name"), ("E0007", "E0099", "L00001"), key=LOCAL))
    assert [row[0] for row in rows.rows] == ["E0007"]
    assert [node.type_condition.name.value for node in kinds_in(asked.seen[0].text)["inline_fragment"]] == ["Company"]


async def test_a_type_may_be_asked_for_on_the_way(opened):
    """What stands below a field may depend on its type, wherever it is."""
    found = record(ENTITY, "below", search=None, fields={"registrations": {"on": "Company"}})
    adapter, asked = await opened("below", record=[found])
    assert len((await adapter.fetch(lookup("Entity", (LOCAL,), CODES[:3]))).rows) == 3
    assert "registrations { ... on Company { credit_code id } }" in asked.seen[0].text


async def test_a_field_may_stand_under_another_name_with_arguments(opened):
    """Two columns may come from one field that is asked for twice, differently."""
    fields = {"old": {"field": "former_names", "arguments": {"since": "Int"}, "constants": {"since": 1990}}}
    columns = {"name": "name", "formerNames": "former_names.name", "businessScope": "old.0.name"}
    found = record(ENTITY, "aliased", columns=columns, keys={"uscc": "credit_code"}, search=None, fields=fields)
    found["aliased"] = found["aliased"][:1]
    adapter, asked = await opened("aliased", record=[found])
    rows = await adapter.fetch(lookup("Entity", ("formerNames", "businessScope"), CODES))
    assert {(row[0][0] if row[0] else None, row[1]) for row in rows.rows} == {
        ("旧名甲", "旧名甲"),
        ("旧名丙", "旧名丙"),
        (None, None),
    }
    assert "old: former_names(since: $old__since) { name }" in asked.seen[0].text
    assert asked.seen[0].variables["old__since"] == 1990


async def test_a_list_and_one_of_its_values_are_two_columns(opened):
    """A path and the same with a position are read side by side, from one field that is asked for once."""
    columns = {"formerNames": "former_names.name", "name": "former_names.1.name"}
    found = record(ENTITY, "aliased", columns=columns, keys={"uscc": "credit_code"}, search=None)
    adapter, asked = await opened("aliased", record=[{**found, "aliased": found["aliased"][0]}])
    rows = await adapter.fetch(lookup("Entity", ("formerNames", "name"), CODES[:5]))
    assert set(rows.rows) == {(("旧名甲", "旧名乙"), "旧名乙"), (("旧名丙",), None), (None, None)}
    assert asked.seen[0].text.count("former_names") == 5


async def test_a_row_of_two_keys_is_a_row_of_each(opened):
    """What hangs below two objects is given for both, also where pages are read."""
    found = record(LICENCE, "pages")
    way = {**found["aliased"][0], "echoes_key": False}
    adapter, asked = await opened("pages", record=[{**found, "aliased": {**way, "page": {**way["page"], "size": 50}}}])
    asked.stray = True
    rows = await adapter.fetch(lookup("Licence", (KEY, LOCAL), CODES[:2]))
    assert len(set(rows.rows)) == 240
    assert len(asked.seen) == 3


async def test_rows_nobody_asked_for_are_dropped(opened):
    """A service that sends more rows than it was asked for discloses nothing through the hub."""
    for style in "list", "aliased":
        adapter, asked = await opened(style)
        asked.stray = True
        rows = await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))
        assert sorted(row[0] for row in rows.rows) == sorted(CODES[:2])


async def test_the_purpose_is_told(opened):
    """Every request says who asks and for what, and that it is JSON."""
    adapter, asked = await opened()
    await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))
    headers = asked.seen[0].headers
    assert headers["User-Agent"] == "chengxin-hub"
    assert headers["Hub-Purpose"] == "%E6%B5%8B%E8%AF%95"
    assert headers["Content-Type"] == "application/json"


async def test_pages_beyond_the_cap_are_said(opened):
    """Pages are read up to the cap; what lies beyond is announced and not read."""
    found = record(LICENCE, "relay")
    for way in found["batch"]:
        way["page"] = {**way["page"], "size": 5, "most": 3}
    adapter, asked = await opened("relay", record=[found])
    rows = await adapter.fetch(lookup("Licence", (LOCAL,), CODES[:20]))
    assert rows.truncated
    assert len(rows.rows) == 15
    assert [seen.variables.get("after") for seen in asked.seen] == [None, "c5", "c10"]


async def test_a_search_asks_for_what_is_tested(opened):
    """Tests become nested arguments in the service's own terms; of an enumeration only what the service knows."""
    adapter, asked = await opened()
    where = both(Test("kind", Op.EQ, "LICENCE"), Test("decidedOn", Op.LT, "2024-01-01"), Test("longTerm", Op.EQ, True))
    order = (OrderKey("decidedOn", descending=True),)
    rows = await adapter.search(search("Licence", ("uscc", "kind"), 5, where=where, order=order))
    assert rows.rows
    assert asked.seen[0].variables == {
        "filter": {"kind": {"in": ["XK"]}, "decidedOn": {"lt": "2024-01-01"}, "permanent": {"eq": True}},
        "order": ["DECIDED_ON_DESC"],
        "first": 5,
    }
    other = Test("kind", Op.EQ, "REGISTRATION")
    assert not (await adapter.search(search("Licence", (LOCAL,), where=other))).rows
    assert len(asked.seen) == 1


async def test_a_search_reads_pages_until_it_has_enough(opened):
    """A window is read page by page inside one call, and no page more than it needs."""
    adapter, asked = await opened()
    rows = await adapter.search(search("Licence", (LOCAL,), 100))
    assert len(rows.rows) == 100
    few = await adapter.search(search("Licence", (LOCAL,), 60))
    assert (len(few.rows), few.truncated) == (60, False)
    pages = [(seen.variables["first"], seen.variables.get("after")) for seen in asked.seen]
    assert pages == [(70, None), (70, "c70"), (60, None)]


async def test_alternatives_are_asked_side_by_side(opened):
    """A disjunction is one request a branch; a row that satisfies both comes once; too many branches are refused."""
    adapter, asked = await opened()
    where = AnyOf((Test("divisionCode", Op.PREFIX, "33"), Test("name", Op.CONTAINS, "餐饮"), FALSE))
    rows = await adapter.search(search("Entity", (LOCAL,), where=where))
    assert len(asked.seen) == 2
    assert len(set(rows.rows)) == len(rows.rows)
    many = AnyOf(tuple(Test("name", Op.CONTAINS, str(number)) for number in range(17)))
    with pytest.raises(UnsupportedSearch):
        await adapter.search(search("Entity", (LOCAL,), where=many))


async def test_a_count_reads_no_rows(opened):
    """Where the service counts, its number alone is asked for."""
    adapter, asked = await opened()
    assert await adapter.count(search("Entity", (), where=Test("divisionCode", Op.PREFIX, "33"))) > 9
    assert [leaves(seen.text) for seen in asked.seen] == [{"totalCount"}]


async def test_a_source_that_gives_fewer_than_wanted_says_so(opened):
    """First rows without pages: up to the source's own cap, and beyond it the answer is cut."""
    found = record(MAPPINGS[3], "list")
    found["search"] |= {"most": 10}
    adapter, asked = await opened(record=[found])
    assert not (await adapter.search(search("Incentive", (LOCAL,), 10))).truncated
    rows = await adapter.search(search("Incentive", (LOCAL,), 11))
    assert (len(rows.rows), rows.truncated) == (10, True)
    assert asked.seen[-1].variables == {"first": 10}
    assert not adapter.abilities["Incentive"].counts


async def test_an_order_may_be_a_text(opened):
    """Where the service wants one text, the names of an order are joined."""
    found = record(ENTITY, "list")
    found["search"] |= {"order_join": "comma"}
    adapter, asked = await opened(record=[found])
    rows = await adapter.search(search("Entity", ("name",), 3, order=(OrderKey("name"),)))
    assert asked.seen[0].variables["order"] == "NAME_ASC"
    assert len(rows.rows) == 3


async def test_the_registry_opens_it(catalogue):
    """The kind is found by its name."""
    given = options(service("list"))
    assert registry.options_of("graphql") is graphql.OPTIONS
    adapter = registry.open_source(given, catalogue)
    assert adapter.abilities["Licence"].keys == {"uscc", "certificateNo"}
    await adapter.aclose()


async def test_nothing_shows_a_secret(catalogue):
    """Options and adapter can be printed."""
    given = options(service("aliased"), "aliased")
    adapter = graphql.open_source(given, catalogue)
    shown = repr(given) + str(given) + given.model_dump_json() + repr(adapter) + repr(vars(adapter))
    assert API_KEY not in shown
    await adapter.aclose()
