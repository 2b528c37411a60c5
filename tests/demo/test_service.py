"""The health department's web service, and sources that are stopped and started again."""

import asyncio

import aiohttp
import pytest

from adapters.base import Lookup, SourceDown
from adapters.registry import open_source
from hub.demo.departments.health import API_KEY_HEADER, LICENCES, PING, SEARCH, batch_path
from hub.demo.personas import README_USCC, code_of
from hub.settings import load_settings


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


@pytest.mark.parametrize("name", ["market", "health", "credit"])
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
    found = await adapter.fetch(Lookup(record, ("$local", "$asOf"), "uscc", (README_USCC,), deadline, "TEST"))
    assert found.rows
    return found.rows
