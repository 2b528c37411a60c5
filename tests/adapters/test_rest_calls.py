"""What a service is asked over HTTP, counted at the service: columns, keys, pages, searches."""

import pytest

from adapters import registry, rest
from adapters.base import AS_OF, KEY, LOCAL, UnsupportedSearch
from schema.predicate import FALSE, AnyOf, Op, Test, both
from tests.adapters.rest_source import API_KEY, CLIENT
from tests.adapters.rest_styles import STYLES, opener, options, record, service
from tests.conformance.records import CODES, MAPPINGS
from tests.conformance.suite import lookup, search

ENTITY, LICENCE = MAPPINGS[0], MAPPINGS[1]


@pytest.fixture
async def opened(catalogue):
    """Opens sources on services of their own."""
    async with opener(catalogue) as open_one:
        yield open_one


@pytest.mark.parametrize("style", STYLES)
async def test_only_needed_columns_are_requested(opened, style):
    """The service is asked for the columns wanted, the key and what a predicate needs, and for nothing else."""
    adapter, asked = await opened(style)
    where = Test("status", Op.EQ, "ACTIVE")
    await adapter.fetch(lookup("Entity", (KEY, "name", "legalRepresentative", AS_OF), CODES[:1], where=where))
    key = set() if style == "bare" else {"tyshxydm"}
    paged = {"id"} if "page" in STYLES[style] else set()
    assert {seen.fields for seen in asked.seen} == {tuple(sorted({"mc", "ry.fddbr", "meta.gxsj", "zt"} | key | paged))}


async def test_a_service_that_cannot_choose_sends_all_and_it_is_dropped(opened):
    """Without a parameter for columns everything comes, and only what was asked is kept."""
    adapter, asked = await opened(record=[record(ENTITY, "post", fields_parameter=None)])
    rows = await adapter.fetch(lookup("Entity", ("name",), CODES[:2]))
    assert {seen.fields for seen in asked.seen} == {None}
    assert [len(row) for row in rows.rows] == [1, 1]


@pytest.mark.parametrize("style", STYLES)
async def test_nothing_to_ask_is_not_asked(opened, style):
    """Without keys, with keys no row can have, or with a predicate nothing satisfies, there is no request."""
    adapter, asked = await opened(style)
    assert not (await adapter.fetch(lookup("Entity", (KEY,), ()))).rows
    assert not (await adapter.fetch(lookup("Entity", (KEY,), ("", "..", "\ud800", "a-b")))).rows
    assert not (await adapter.fetch(lookup("Entity", (KEY,), CODES, where=FALSE))).rows
    assert not (await adapter.search(search("Entity", (LOCAL,), where=Test("divisionCode", Op.IN, ())))).rows
    assert not asked.seen
    assert not asked.tokens


async def test_keys_are_split_and_asked_side_by_side(opened):
    """No request holds more keys than the service takes, and no more requests are under way than it allows."""
    way = {"path": "/keys/Entity/tyshxydm", "body_keys": "tj.dm", "size": 7, "parallel": 3}
    adapter, asked = await opened(record=[record(ENTITY, "post", batch=way)])
    rows = await adapter.fetch(lookup("Entity", (KEY,), CODES))
    assert sorted(len(seen.keys) for seen in asked.seen) == [4, *[7] * 8]
    assert sorted(key for seen in asked.seen for key in seen.keys) == sorted(CODES)
    assert len({row[0] for row in rows.rows}) == 56
    assert asked.busiest <= 3


async def test_rows_are_found_again_by_their_identifier(opened):
    """A source may be asked by its own row identifier, where it declares how."""
    way = {"key": LOCAL, "path": "/keys/Entity/id", "body_keys": "tj.dm"}
    adapter, _ = await opened(
        record=[record(ENTITY, "post", batch=[way], single={"path": "/one/Entity/tyshxydm/{key}"})]
    )
    assert adapter.abilities["Entity"].keys == {LOCAL, "uscc"}
    rows = await adapter.fetch(lookup("Entity", (KEY, LOCAL), ("E0007", "E0099"), key=LOCAL))
    assert rows.rows == [("E0007", "E0007")]
    assert len((await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))).rows) == 2


async def test_one_by_one_is_bounded_too(opened):
    """Where keys are asked for one by one, no more requests are under way than the source allows."""
    adapter, asked = await opened("single")
    await adapter.fetch(lookup("Entity", (KEY,), CODES))
    assert len(asked.seen) == len(CODES)
    assert asked.busiest <= 8


async def test_rows_nobody_asked_for_are_dropped(opened):
    """A service that sends more rows than it was asked for discloses nothing through the hub."""
    adapter, asked = await opened(record=[record(ENTITY, "post", constants={"stray": True})])
    rows = await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))
    assert {row[0] for row in rows.rows} == set(CODES[:2])
    assert asked.seen[0].asked["stray"] is True


async def test_the_purpose_is_told_and_keys_stay_out_of_addresses(opened):
    """Every request says who asks and for what; keys of a POST stand in its body alone."""
    adapter, asked = await opened()
    await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))
    seen = asked.seen[0]
    assert (seen.method, seen.path) == ("POST", "/keys/Entity/tyshxydm")
    assert seen.headers["User-Agent"] == "chengxin-hub"
    assert seen.headers["Hub-Purpose"] == "%E6%B5%8B%E8%AF%95"
    assert "Cookie" not in seen.headers


@pytest.mark.parametrize("key", ["a/b", "a?b=c", "a%2Fb", "a#b", "../token", "a b", "沪", "a&b", "a;b"])
async def test_a_key_in_a_path_stays_one_segment(opened, key):
    """Whatever a key holds, it asks for that key and for nothing else."""
    adapter, asked = await opened("bare", record=[record(ENTITY, "bare")])
    assert not (await adapter.fetch(lookup("Entity", (KEY,), (key,), key="regNo15"))).rows
    assert [seen.keys for seen in asked.seen] == [(key,)]


async def test_a_key_with_a_comma_is_not_two_keys(opened):
    """Where a comma tells keys apart, a key that holds one is refused."""
    adapter, asked = await opened("comma")
    with pytest.raises(UnsupportedSearch):
        await adapter.fetch(lookup("Entity", (KEY,), ("1,2",), key="regNo15"))
    assert not asked.seen


async def test_a_window_is_filled_whatever_comes_beside(opened):
    """Of a service that sends rows which do not satisfy the search, more are read until the window is full."""
    declared = record(ENTITY, "post")["search"]
    adapter, asked = await opened(
        record=[record(ENTITY, "post", search={**declared, "parameters": {"name:PREFIX": "unheeded"}})]
    )
    found = await adapter.search(search("Entity", (LOCAL,), where=Test("name", Op.PREFIX, "青禾"), first=4))
    assert found.rows == [("E0025",), ("E0026",), ("E0027",), ("E0028",)]
    assert not found.truncated
    assert [seen.asked["size"] for seen in asked.seen] == [4, 16, 64]


async def test_pages_beyond_the_cap_are_said(opened):
    """Pages are read up to the cap; what lies beyond is announced and not read."""
    for style in "get", "comma", "cursor":
        page = {**STYLES[style]["page"], "size": 5, "most": 3}
        adapter, asked = await opened(style, record=[record(LICENCE, style, page=page)])
        rows = await adapter.fetch(lookup("Licence", (LOCAL,), CODES[:20]))
        assert rows.truncated
        assert len(rows.rows) == 15
        assert len(asked.seen) == 3


async def test_a_search_asks_for_what_is_tested(opened):
    """Tests become the declared parameters, in the service's own terms; side by side where there are two for a value."""
    adapter, asked = await opened()
    where = both(Test("status", Op.EQ, "VALID"), Test("decidedOn", Op.LT, "2024-01-01"), Test("longTerm", Op.EQ, True))
    rows = await adapter.search(search("Licence", ("uscc", "status"), 5, where=where))
    assert rows.rows
    wanted = {"jdrq__LT": "2024-01-01", "cqyx__EQ": True, "size": 5, "page": 1}
    assert [{name: seen.asked[name] for name in wanted} for seen in asked.seen] == [wanted, wanted]
    assert {seen.asked["zt__EQ"] for seen in asked.seen} == {"1", "VALID"}


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


async def test_two_values_of_one_parameter_are_both_honoured(opened):
    """What cannot be said twice in one request is checked on the rows, and such rows are counted one by one."""
    adapter, _ = await opened()
    where = both(Test("name", Op.CONTAINS, "餐饮"), Test("name", Op.CONTAINS, "ABC"))
    rows = await adapter.search(search("Entity", ("name",), where=where))
    assert {row[0] for row in rows.rows} == {"ABC 餐饮店", "abc 餐饮店"}
    assert await adapter.count(search("Entity", (), where=where)) == len(rows.rows)


async def test_a_count_reads_no_rows(opened):
    """Where the service counts, one small page is asked for."""
    adapter, asked = await opened()
    assert await adapter.count(search("Entity", (), where=Test("divisionCode", Op.PREFIX, "33"))) > 9
    assert len(asked.seen) == 1


async def test_a_source_that_gives_fewer_than_wanted_says_so(opened):
    """First rows without pages: up to the source's own cap, and beyond it the answer is cut."""
    found = record(ENTITY, "post")
    found["search"] |= {"page": None, "first": "limit", "most": 10}
    adapter, asked = await opened(record=[found])
    assert not (await adapter.search(search("Entity", ("uscc",), 10))).truncated
    rows = await adapter.search(search("Entity", ("uscc",), 11))
    assert (len(rows.rows), rows.truncated) == (10, True)
    assert asked.seen[-1].asked["limit"] == 10
    few = await adapter.search(search("Entity", ("uscc",), 11, where=Test("name", Op.EQ, "NULL")))
    assert (len(few.rows), few.truncated) == (1, False)
    assert not adapter.abilities["Entity"].counts


async def test_the_registry_opens_it(catalogue):
    """The kind is found by its name."""
    asked = service("get")
    given = options(asked, "get")
    assert registry.options_of("rest") is rest.OPTIONS
    adapter = registry.open_source(given, catalogue)
    assert adapter.abilities["Licence"].keys == {"uscc", "certificateNo"}
    await adapter.aclose()


async def test_nothing_shows_a_secret(catalogue):
    """Options and adapter can be printed."""
    for style in STYLES:
        given = options(service(style), style)
        adapter = rest.open_source(given, catalogue)
        shown = repr(given) + str(given) + given.model_dump_json() + repr(adapter) + repr(vars(adapter))
        assert not [secret for secret in (API_KEY, CLIENT[1]) if secret in shown]
        await adapter.aclose()
