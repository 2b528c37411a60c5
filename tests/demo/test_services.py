"""The web services of the departments as their other callers know them, and sources stopped and started again."""

import asyncio
from typing import Any

import aiohttp
import orjson
import pytest

from adapters.base import Lookup, SourceDown
from adapters.registry import open_source
from hub.demo.departments.health import API_KEY_HEADER, LICENCES, PING, SEARCH, batch_path
from hub.demo.personas import README_USCC, code_of
from hub.demo.services.penalty import WSDL
from hub.settings import load_settings

DESCRIBED = WSDL.read_bytes()


@pytest.fixture
async def client(city):
    """A caller of the service that has its key."""
    key = (city.folder / "secrets" / "health-api-key").read_text(encoding="ascii")
    headers = {API_KEY_HEADER: key}
    async with aiohttp.ClientSession(city.sources["health"].address, headers=headers) as session:
        yield session


async def _answer(response):
    async with response as found:
        assert found.status == 200
        return await found.json()


async def test_a_batch_holds_the_asked_codes_and_fields(client):
    """Rows of the codes asked, in the fields asked, and of no others."""
    body = {"tyshxydm": [README_USCC, code_of("town_hospital"), "unknown"], "fields": "jlbh,tyshxydm,zsmc"}
    answer = await _answer(client.post(batch_path(LICENCES), json=body))
    rows = answer["data"]["list"]
    assert {row["tyshxydm"] for row in rows} == {README_USCC, code_of("town_hospital")}
    assert all(set(row) == {"jlbh", "tyshxydm", "zsmc"} for row in rows)


async def test_a_search_goes_on_after_an_identifier(client):
    """Windows follow one another in the order of the identifiers, without gap or overlap."""
    first = (await _answer(client.get(SEARCH, params={"ts": "5", "zt": "有效,过期"})))["data"]["list"]
    last = first[-1]["jlbh"]
    second = (await _answer(client.get(SEARCH, params={"ts": "1000", "zt": "有效,过期", "zh": last})))["data"]["list"]
    every = (await _answer(client.get(SEARCH, params={"zt": "有效,过期"})))["data"]["list"]
    assert first + second == every
    assert all(row["zt"] in ("有效", "过期") for row in every)


async def test_a_search_leaves_out_what_has_no_end(client):
    """A licence without end expires before no day."""
    rows = (await _answer(client.get(SEARCH, params={"yxqz_zq": "2099-01-01"})))["data"]["list"]
    assert rows
    assert all(row["yxqz"] < "2099-01-01" for row in rows)


@pytest.mark.parametrize("body", [{}, {"tyshxydm": "x"}, {"tyshxydm": ["x"] * 501}])
async def test_a_question_that_makes_no_sense_is_refused_inside_200(client, body):
    """Such services say their failures in the body."""
    assert (await _answer(client.post(batch_path(LICENCES), json=body)))["code"] == 400


async def test_without_the_key_nothing_answers(city):
    """Not even whether the service is up."""
    async with aiohttp.ClientSession(city.sources["health"].address) as session:
        for headers in ({}, {API_KEY_HEADER: "wrong"}):
            async with session.get(PING, headers=headers) as response:
                assert response.status == 401


@pytest.fixture
async def ask(city):
    """Sends a request to a service of the city; gives status and body."""

    async def send(name, method, path, **said):
        async with (
            aiohttp.ClientSession(city.sources[name].address) as session,
            session.request(method, path, **said) as response,
        ):
            return response.status, await response.read()

    return send


def _secret(city, name):
    return (city.folder / "secrets" / name).read_text(encoding="ascii")


async def test_credit_platform_answers_in_connections(city, ask):
    """A page has as many subjects as were asked for, and a cursor that leads to the others."""
    headers = {"X-Platform-Key": _secret(city, "credit-key")}
    codes = [README_USCC, code_of("chain_head"), code_of("owner_in_name")]
    query = (
        "query($in: [String!]!, $after: String) { subjects(filter: {credit_code: {in: $in}}, first: 2, after: $after)"
        " { edges { node { credit_code } } page_info { end_cursor has_next_page } total_count } }"
    )
    seen, after = [], None
    for more in (True, False):
        said = {"query": query, "variables": {"in": codes, "after": after}}
        status, body = await ask("credit", "POST", "/api/graphql", json=said, headers=headers)
        found = orjson.loads(body)["data"]["subjects"]
        assert (status, found["page_info"]["has_next_page"], found["total_count"]) == (200, more, 3)
        seen += [edge["node"]["credit_code"] for edge in found["edges"]]
        after = found["page_info"]["end_cursor"]
    assert seen == sorted(codes)


@pytest.mark.parametrize("query", ["{ nonsense }", "{", "", "{ subjects { total_count } }"])
async def test_credit_platform_refuses_what_its_schema_does_not_have(city, ask, query):
    """Nothing is executed, and HTTP 400 says so."""
    headers = {"X-Platform-Key": _secret(city, "credit-key")}
    status, body = await ask("credit", "POST", "/api/graphql", json={"query": query}, headers=headers)
    assert (status, list(orjson.loads(body))) == (400, ["errors"])


async def test_penalty_platform_shows_its_wsdl_and_refuses_strangers(ask):
    """The description is for everybody, rows only for who signs; what is no envelope is a fault."""
    status, wsdl = await ask("penalty", "GET", "/services/PenaltyPlatform?wsdl")
    assert (status, wsdl) == (200, DESCRIBED)
    for sent in (b"<a/>", b"cut <", b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>"):
        status, body = await ask("penalty", "POST", "/services/PenaltyPlatform", data=sent)
        assert status == 500
        assert b"faultcode" in body
        assert b"resultList" not in body


async def test_provincial_register_gives_tokens_to_its_client_alone(city, ask):
    """A wrong secret, another grant or another scope gets none; without one there is no answer."""
    right = aiohttp.encode_basic_auth("chengxin-hub-zhaodong", _secret(city, "province-client"))
    form = {"grant_type": "client_credentials", "scope": "codes.read"}
    wrong = aiohttp.encode_basic_auth("chengxin-hub-zhaodong", "x")
    for sent, signed in ((form, wrong), ({**form, "grant_type": "password"}, right), ({**form, "scope": "all"}, right)):
        status, _ = await ask("province", "POST", "/oauth2/token", data=sent, headers={"Authorization": signed})
        assert status in (400, 401)
    status, body = await ask("province", "POST", "/oauth2/token", data=form, headers={"Authorization": right})
    assert status == 200
    asked = {"filter": {"creditCodes": [README_USCC]}, "page": {"offset": 0, "limit": 10}}
    for token, expected in ((orjson.loads(body)["access_token"], 200), ("guessed", 401)):
        headers = {"Authorization": f"Bearer {token}"}
        status, body = await ask("province", "POST", "/registry/codes/query", json=asked, headers=headers)
        assert status == expected
    assert "items" not in orjson.loads(body)


async def test_provincial_register_is_asked_by_holder_or_by_what_a_code_says(city, ask):
    """Either finds the same row; by anything else, or by both, nothing is found."""
    right = aiohttp.encode_basic_auth("chengxin-hub-zhaodong", _secret(city, "province-client"))
    form = {"grant_type": "client_credentials", "scope": "codes.read"}
    _, told = await ask("province", "POST", "/oauth2/token", data=form, headers={"Authorization": right})
    headers = {"Authorization": f"Bearer {orjson.loads(told)['access_token']}"}

    async def found(**wanted: object) -> Any:
        asked = {"filter": wanted, "page": {"offset": 0, "limit": 10}}
        status, body = await ask("province", "POST", "/registry/codes/query", json=asked, headers=headers)
        return orjson.loads(body)["items"] if status == 200 else status

    (held,) = await found(creditCodes=[README_USCC])
    assert await found(contents=[held["code"]["content"]]) == [held]
    assert await found(contents=["HL230000000000000000"]) == []
    assert await found(holderNames=["x"]) == 400
    assert await found(contents="x") == 400
    assert await found(creditCodes=[], contents=[]) == 400
    assert await found() == 400


async def test_court_answers_in_pages(city, ask):
    """Pages follow one another without gap or overlap, and say how many rows there are."""
    headers = {"Authorization": aiohttp.encode_basic_auth("hub", _secret(city, "court-password"))}
    answers = [
        await ask("court", "GET", f"/openapi/sxmd?pageNo={page}&pageSize=5", headers=headers) for page in range(1, 5)
    ]
    pages = [orjson.loads(body)["page"] for _, body in answers]
    numbers = [row["xh"] for page in pages for row in page["records"]]
    assert {status for status, _ in answers} == {200}
    assert numbers == sorted(set(numbers))
    assert {page["total"] for page in pages} == {len(numbers)}
    assert (await ask("court", "GET", "/openapi/sxmd"))[0] == 401


async def test_device_office_answers_for_one_holder(city, ask):
    """A holder's permits without what has no value; an unknown holder is not found."""
    headers = {"Authorization": f"Bearer {_secret(city, 'device-key')}"}
    holder = code_of("only_at_source")
    status, body = await ask("device", "GET", f"/api/v2/holders/{holder}/permits", headers=headers)
    (permit,) = orjson.loads(body)["permits"]
    assert (status, permit["holder_code"], None in permit.values()) == (200, holder, False)
    assert (await ask("device", "GET", "/api/v2/holders/unknown/permits", headers=headers))[0] == 404
    assert (await ask("device", "GET", f"/api/v2/holders/{holder}/permits"))[0] == 401


@pytest.mark.parametrize("name", ["market", "health", "credit", "device", "penalty", "province", "court"])
async def test_a_source_is_stopped_and_started_again(city, catalogue, name):
    """A stopped source is down to the adapter that has used it; started again it answers as before."""
    options = next(source for source in load_settings(city.configuration).sources if source.name == name)
    adapter = open_source(options, catalogue)
    record = options.record[-1].record
    try:
        before = await _rows(adapter, record)
        await city.sources[name].stop()
        await city.sources[name].stop()
        with pytest.raises(SourceDown):
            await _rows(adapter, record)
        await city.sources[name].start()
        await city.sources[name].start()
        assert await _rows(adapter, record) == before
    finally:
        await city.sources[name].start()
        await adapter.aclose()


async def _rows(adapter, record):
    deadline = asyncio.get_running_loop().time() + 5
    keys = tuple(map(code_of, ("elder_home", "only_at_source", "court_debtor_hospital")))
    found = await adapter.fetch(Lookup(record, ("$local", "$asOf"), "uscc", keys, deadline, "TEST"))
    assert found.rows
    return found.rows
