"""What a service is asked over SOAP, counted at the service: operations, columns, keys, pages, searches, credentials."""

import asyncio
import subprocess
import sys

import pytest

from adapters import registry, soap
from adapters.base import AS_OF, KEY, LOCAL, UnsupportedSearch
from schema.predicate import FALSE, AnyOf, Op, Test, both
from tests.adapters.soap_source import API_KEY, PASSWORD, WSDL
from tests.adapters.soap_styles import STYLES, opener, options, record, service
from tests.adapters.soap_xml import SOAP11, SOAP12, WSSE
from tests.conformance.records import CODES, MAPPINGS
from tests.conformance.suite import lookup, search

ENTITY, LICENCE, PENALTY, INCENTIVE = MAPPINGS


@pytest.fixture
async def opened(catalogue):
    """Opens sources on services of their own."""
    async with opener(catalogue) as open_one:
        yield open_one


async def test_the_plain_client_understands_the_service_too(opened):
    """What the tests ask is a real service: zeep's own client reads its WSDL and gets its rows, typed."""
    adapter, asked = await opened()
    code = (
        f"import zeep; client = zeep.Client({str(WSDL)!r})\n"
        f"one = client.create_service('{{http://register.example/ws}}Register12', '{asked.url}/ws/register')\n"
        f"found = one.queryLicence(lm='tyshxydm', tj={{'dm': [{CODES[1]!r}]}})\n"
        "print(found.resultCode, found.total, *(item.jdrq for item in found.resultList.item))"
    )
    command = [sys.executable, "-c", code]
    ran = await asyncio.to_thread(subprocess.run, command, capture_output=True, text=True, check=True)
    rows = await adapter.fetch(lookup("Licence", ("decidedOn",), CODES[1:2]))
    assert ran.stdout.split() == ["0000", str(len(rows.rows)), *(str(row[0]) for row in rows.rows)]


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
    """Without a place for columns everything comes, and only what was asked is kept."""
    adapter, asked = await opened(record=[record(ENTITY, "batch", fields_parameter=None)])
    rows = await adapter.fetch(lookup("Entity", ("name",), CODES[:2]))
    assert {seen.fields for seen in asked.seen} == {()}
    assert [len(row) for row in rows.rows] == [1, 1]


@pytest.mark.parametrize("style", STYLES)
async def test_nothing_to_ask_is_not_asked(opened, style):
    """Without keys, with keys no document can hold, or with a predicate nothing satisfies, there is no request."""
    adapter, asked = await opened(style)
    assert not (await adapter.fetch(lookup("Entity", (KEY,), ()))).rows
    assert not (await adapter.fetch(lookup("Entity", (KEY,), ("", "\ud800", "a-b", "A\0B", "A\x0bB")))).rows
    assert not (await adapter.fetch(lookup("Entity", (KEY,), CODES, where=FALSE))).rows
    assert not (await adapter.search(search("Entity", (LOCAL,), where=Test("divisionCode", Op.IN, ())))).rows
    assert not (await adapter.search(search("Entity", (LOCAL,), where=Test("name", Op.EQ, "\0")))).rows
    assert not asked.seen


async def test_keys_are_split_and_asked_side_by_side(opened):
    """No request holds more keys than the service takes, and no more requests are under way than it allows."""
    way = {"operation": "queryEntity", "place": "tj.dm", "size": 7, "parallel": 3, "constants": {"lm": "tyshxydm"}}
    adapter, asked = await opened(record=[record(ENTITY, "batch", batch=way)])
    rows = await adapter.fetch(lookup("Entity", (KEY,), CODES))
    assert sorted(len(seen.keys) for seen in asked.seen) == [4, *[7] * 8]
    assert sorted(key for seen in asked.seen for key in seen.keys) == sorted(CODES)
    assert len({row[0] for row in rows.rows}) == 56
    assert asked.busiest <= 3


async def test_one_by_one_is_bounded_too(opened):
    """Where keys are asked for one by one, no more requests are under way than the source allows."""
    adapter, asked = await opened("bare")
    await adapter.fetch(lookup("Entity", (KEY,), CODES))
    assert [len(seen.keys) for seen in asked.seen] == [1] * len(CODES)
    assert asked.busiest <= 8


async def test_rows_nobody_asked_for_are_dropped(opened):
    """A service that sends more rows than it was asked for discloses nothing through the hub."""
    way = {"operation": "queryEntity", "place": "tj.dm", "constants": {"lm": "stray"}}
    adapter, _ = await opened(record=[record(ENTITY, "batch", batch=way)])
    rows = await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))
    assert {row[0] for row in rows.rows} == set(CODES[:2])


@pytest.mark.parametrize(("style", "version"), [("batch", SOAP11), ("joined", SOAP12)])
async def test_an_envelope_is_as_its_version_wants_it(opened, style, version):
    """The action, the purpose and who asks stand in headers, each where the version puts it; keys in the body alone."""
    adapter, asked = await opened(style)
    await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))
    seen = asked.seen[0]
    assert (seen.asked.version, seen.keys) == (version, CODES[:2])
    assert seen.headers["User-Agent"] == "chengxin-hub"
    assert seen.headers["Hub-Purpose"] == "%E6%B5%8B%E8%AF%95"
    assert seen.headers["Content-Type"].startswith(f"{version.content_type}; charset=utf-8")
    assert ("SOAPAction" in seen.headers) is (version is SOAP11)
    assert "Cookie" not in seen.headers
    assert not [value for value in seen.headers.values() if CODES[0] in value]


async def test_addressing_is_said_where_the_wsdl_wants_it(opened):
    """An operation whose WSDL names an action for WS-Addressing is asked with one; the address is the configured one."""
    adapter, asked = await opened()
    await adapter.fetch(lookup("Penalty", (KEY,), CODES[:2]))
    await adapter.fetch(lookup("Entity", (KEY,), CODES[:2]))
    texts = ["" if seen.asked.header is None else " ".join(seen.asked.header.itertext()) for seen in asked.seen]
    assert "urn:register:queryPenalty" in texts[0]
    assert f"{asked.url}/ws/register" in texts[0]
    assert not texts[1]


async def test_a_token_is_made_for_each_envelope(opened):
    """A digest shows no password, and no nonce is used twice."""
    adapter, asked = await opened("signed")
    await adapter.fetch(lookup("Licence", (LOCAL,), CODES))
    assert len(set(asked.nonces)) == len(asked.seen) > 1
    for seen in asked.seen:
        password = seen.asked.header.findtext(f".//{{{WSSE}}}Password")
        assert password
        assert PASSWORD not in password


async def test_a_key_that_holds_the_separator_is_not_two_keys(opened):
    """Where a comma tells keys apart, a key that holds one is refused; elsewhere it is a key like any other."""
    adapter, asked = await opened("joined")
    with pytest.raises(UnsupportedSearch):
        await adapter.fetch(lookup("Entity", (KEY,), ("1,2",), key="regNo15"))
    assert not asked.seen
    other, repeated = await opened("batch")
    await other.fetch(lookup("Entity", (KEY,), ("1,2", "<a>&amp;]]>"), key="regNo15"))
    assert repeated.seen[0].keys == ("1,2", "<a>&amp;]]>")


async def test_pages_beyond_the_cap_are_said(opened):
    """Pages are read up to the cap; what lies beyond is announced and not read."""
    for style in "joined", "signed":
        page = {**STYLES[style]["page"], "size": 5, "most": 3}
        adapter, asked = await opened(style, record=[record(LICENCE, style, page=page)])
        rows = await adapter.fetch(lookup("Licence", (LOCAL,), CODES[:20]))
        assert rows.truncated
        assert len(rows.rows) == 15
        assert len(asked.seen) == 3


async def test_a_search_asks_for_what_is_tested(opened):
    """Tests become the declared parameters, in the service's own terms."""
    adapter, asked = await opened()
    where = both(Test("status", Op.EQ, "VALID"), Test("decidedOn", Op.LT, "2024-01-01"), Test("longTerm", Op.EQ, True))
    rows = await adapter.search(search("Licence", ("uscc", "status"), 5, where=where))
    assert rows.rows
    wanted = {"zt__EQ": ["1"], "jdrq__LT": ["2024-01-01"], "cqyx__EQ": ["true"], "ts": ["5"], "ym": ["1"]}
    assert wanted in [{name: seen.asked.values.get(name) for name in wanted} for seen in asked.seen]
    await adapter.search(search("Entity", (LOCAL,), where=Test("divisionCode", Op.IN, ("33", "99"))))
    assert asked.seen[-1].asked.values["xzqh__IN"] == ["33", "99"]


async def test_alternatives_are_asked_side_by_side(opened):
    """A disjunction is one request a branch; a row that satisfies both comes once."""
    adapter, asked = await opened()
    where = AnyOf((Test("divisionCode", Op.PREFIX, "33"), Test("name", Op.CONTAINS, "餐饮"), FALSE))
    rows = await adapter.search(search("Entity", (LOCAL,), where=where))
    assert len(asked.seen) == 2
    assert len(set(rows.rows)) == len(rows.rows)


async def test_a_count_reads_no_rows(opened):
    """Where the service counts, one page is asked for; what it is not asked exactly is counted row by row."""
    adapter, asked = await opened()
    assert await adapter.count(search("Entity", (), where=Test("divisionCode", Op.PREFIX, "33"))) > 9
    assert len(asked.seen) == 1
    where = both(Test("name", Op.CONTAINS, "餐饮"), Test("name", Op.CONTAINS, "ABC"))
    rows = await adapter.search(search("Entity", ("name",), where=where))
    assert {row[0] for row in rows.rows} == {"ABC 餐饮店", "abc 餐饮店"}
    assert await adapter.count(search("Entity", (), where=where)) == len(rows.rows)


async def test_a_source_that_gives_fewer_than_wanted_says_so(opened):
    """First rows without pages: up to the source's own cap, and beyond it the answer is cut."""
    found = record(INCENTIVE, "batch")
    found["search"] |= {"first": "limit", "most": 10}
    adapter, asked = await opened(record=[found])
    assert not (await adapter.search(search("Incentive", ("uscc",), 10))).truncated
    rows = await adapter.search(search("Incentive", ("uscc",), 11))
    assert (len(rows.rows), rows.truncated) == (10, True)
    assert asked.seen[-1].asked.one("limit") == "10"
    assert not adapter.abilities["Incentive"].counts


async def test_the_registry_opens_it(catalogue):
    """The kind is found by its name."""
    asked = service("joined")
    assert registry.options_of("soap") is soap.OPTIONS
    adapter = registry.open_source(options(asked, "joined"), catalogue)
    assert adapter.abilities["Licence"].keys == {"uscc", "certificateNo"}
    await adapter.aclose()


async def test_nothing_shows_a_secret(catalogue):
    """Options and adapter can be printed."""
    for style in STYLES:
        given = options(service(style), style)
        adapter = soap.open_source(given, catalogue)
        shown = repr(given) + str(given) + given.model_dump_json() + repr(adapter) + repr(vars(adapter))
        assert not [secret for secret in (API_KEY, PASSWORD) if secret in shown]
        await adapter.aclose()


def test_its_libraries_are_needed_only_where_it_is_opened():
    """Options are read without zeep; opening without it names what is missing and the command that brings it."""
    code = (
        "import sys; sys.modules['zeep'] = None\n"
        "from types import SimpleNamespace; from adapters.registry import options_of; from adapters import soap\n"
        "options_of('soap')\n"
        "try: soap.open_source(SimpleNamespace(name='penalty'), None)\n"
        "except ValueError as fault: print(fault)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.startswith("source penalty: zeep")
    assert "pip install 'chengxin-hub[soap]'" in ran.stdout
