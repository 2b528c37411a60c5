"""Breaking a source in any way costs its own fields, each explained once, and heals without a restart."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.base import SourceBadData
from adapters.options import SourceOptions
from hub.demo.city import City, build_city
from hub.demo.offices import OFFICES, Dropping
from hub.demo.personas import code_of
from schema.enums import SourceState
from tests.demo.conftest import kept_records
from tests.demo.running import TODAY, Demo, hub_before, running_demo

QUESTION = """
query ($approved: USCC!, $archived: USCC!, $rated: USCC!, $registered: USCC!) {
  home: entity(uscc: "91231282MA9X0A019P") {
    id uscc name kind establishedOn
    licences { certificateName validTo }
    clinics { registrationNo }
    penalties { decisionNo }
    inspections { field }
    creditStatus { headline assessedOn ratings { scheme } lists { name } honours { name } }
    commitments { subject }
    incentives { measureName }
    code { token }
    industry { name }
  }
  licensed: entity(uscc: "%s") { licences { certificateNo } }
  filed: entity(uscc: "%s") { licences { certificateNo } }
  debtor: entity(uscc: "%s") { creditStatus { lists { name } } }
  approved: entity(uscc: $approved) { licences { certificateNo } }
  archived: entity(uscc: $archived) { licences { decisionNo } }
  rated: entity(uscc: $rated) { creditStatus { ratings { scheme } } }
  registered: entity(uscc: $registered) { financialInstitution { licenceNo } }
  approvalItem(code: "231282131002") { name }
  certificate(number: "08120000003") { status }
  campus(code: "XY231282001") { facilityNo }
}
""" % (code_of("only_at_source"), code_of("hearing_aid"), code_of("court_debtor_hospital"))  # noqa: UP031 - braces
LICENCES = {f"{who}.licences" for who in ("home", "licensed", "filed", "approved", "archived")}
RATINGS = {f"{who}.creditStatus.ratings" for who in ("home", "rated")}
LISTS = {f"{who}.creditStatus.lists" for who in ("home", "debtor")}
LOST: dict[str, set[str]] = {
    # Where several own a record, what the others have stays.
    "market": {f"home.{name}" for name in ("uscc", "name", "kind", "establishedOn", "industry")} | LICENCES,
    "health": {"home.clinics"} | LICENCES,
    "credit": {f"home.{name}" for name in ("creditStatus.headline", "creditStatus.assessedOn", "commitments")}
    | {"home.creditStatus.honours"}
    | RATINGS
    | LISTS,
    "incentives": {"home.incentives"},
    "device": LICENCES,
    "penalty": {"home.penalties"},
    "food": {"home.inspections"} | RATINGS,
    "justice": {"home.inspections", "certificate"},
    "province": {"home.code"},
    "court": LISTS,
}
"""What each source costs; files that were taken and tables held in memory are served on, whatever becomes of them."""
CODES = {
    "stop": {"SOURCE_DOWN"},
    "hang": {"SOURCE_TIMEOUT"},
    "corrupt": {"SOURCE_BAD_DATA"},
}


@pytest.fixture(scope="module")
async def city(tmp_path_factory: pytest.TempPathFactory, anyio_backend: Any) -> AsyncIterator[City]:
    """One city for all that breaks."""
    built = await build_city(tmp_path_factory.mktemp("broken"), twin=False, today=TODAY, seed="zhaodong")
    yield built
    await built.aclose()


@pytest.fixture(scope="module", params=[*OFFICES])
async def broken(request: pytest.FixtureRequest, city: City) -> AsyncIterator[tuple[str, Demo]]:
    """A source of which something will be wrong, and a hub that does not wait for it long."""
    async with hub_before(city, impatient=request.param) as demo:
        yield request.param, demo


@pytest.fixture(scope="module")
def variables(city: City) -> dict[str, str]:
    """Entities that are known to one source alone."""
    kept = {(one.source, one.record): one for one in kept_records(city)}

    def somebody(source: str, record: str) -> str:
        found = kept[source, record]
        return next(row[found.columns["uscc"]] for row in found.rows.values())

    return {
        "approved": somebody("approval", "Licence"),
        "archived": somebody("archive", "Licence"),
        "rated": somebody("tax", "CreditRating"),
        "registered": somebody("regulator", "FinancialInstitution"),
    }


@pytest.mark.parametrize("way", CODES)
async def test_a_broken_source_costs_only_its_own_fields(
    way: str, broken: tuple[str, Demo], variables: dict[str, str]
) -> None:
    """Every other field is answered as before, every lost one has exactly one explained gap, and all comes back."""
    name, demo = broken
    before, errors = await _answer(demo, variables)
    assert not errors
    assert not [path for path in _leaves(before) if _at(before, path) in (None, [])]
    source = demo.city.sources[name]
    await getattr(source, way)()
    try:
        during, errors = await _answer(demo, variables)
        if isinstance(OFFICES[name], Dropping):
            await _look_at_files(demo, name, damaged=way == "corrupt")
    finally:
        await source.start()
    after, healed = await _answer(demo, variables)
    gaps = [".".join(str(part) for part in error["path"]) for error in errors]
    assert sorted(gaps) == sorted(LOST.get(name, ()))
    assert {error["extensions"]["code"] for error in errors} <= CODES[way]
    for path in _leaves(before):
        if not any(path == lost or path.startswith(f"{lost}.") for lost in LOST.get(name, ())):
            assert _at(during, path) == _at(before, path), path
    assert (after, healed) == (before, [])


async def _look_at_files(demo: Demo, name: str, *, damaged: bool) -> None:
    """Damaged files are told of when they are looked at, and by nobody asking; missing and unfinished ones are none."""
    adapter = demo.hub.sources[name].adapter
    if not damaged:
        await adapter.check()
        return
    with pytest.raises(SourceBadData, match="the rows taken before are served"):
        await adapter.check()
    reports = (demo.city.folder / "exchange").glob("*/reports/*.report.json")
    assert any('"未采用"' in report.read_text(encoding="utf-8") for report in reports)


async def _answer(demo: Demo, variables: dict[str, str]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    body = await demo.ask(QUESTION, variables=variables)
    return body["data"], body.get("errors", [])


@pytest.mark.parametrize("checked", [True, False], ids=["checked", "waited"])
async def test_an_opened_breaker_heals_with_the_next_question(checked: bool, tmp_path: Path) -> None:
    """A source that failed until it was let rest is answered whole after a check, or once it has rested."""
    question = '{ entity(uscc: "91231282MA9X0A019P") { name commitments { subject } } }'
    async with running_demo(tmp_path) as demo:
        before = (await demo.ask(question))["data"]
        await demo.city.sources["market"].stop()
        market = demo.hub.sources["market"]
        while market.health.state is not SourceState.OPEN:
            assert {error["extensions"]["state"] for error in (await demo.ask(question))["errors"]} == {"SOURCE_DOWN"}
        assert (await demo.ask(question))["data"]["entity"]["commitments"] == before["entity"]["commitments"]
        await demo.city.sources["market"].start()
        if checked:
            await market.adapter.check()
        else:
            await asyncio.sleep(SourceOptions.model_fields["breaker_seconds"].default)
        body = await demo.ask(question)
        assert (body["data"], body.get("errors")) == (before, None)


async def test_what_two_sources_own_keeps_the_half_that_answers(tmp_path: Path) -> None:
    """Licences of the market remain when the health commission is silent, and the gap says whose are missing."""
    question = '{ entity(uscc: "91231282MA9X0A019P") { licences { certificateName } } }'
    async with running_demo(tmp_path) as demo:
        before = (await demo.ask(question))["data"]["entity"]["licences"]
        await demo.city.sources["health"].stop()
        body = await demo.ask(question)
    during = body["data"]["entity"]["licences"]
    assert during
    assert during == [one for one in before if one in during]
    assert len(during) < len(before)
    assert body["errors"][0]["extensions"]["source"]


async def test_a_list_of_entities_needs_the_register_alone(tmp_path: Path) -> None:
    """A page of entities with licences survives the credit office and the health commission being down."""
    question = "{ entities(first: 5) { edges { node { name creditStatus { headline } } } } }"
    async with running_demo(tmp_path) as demo:
        await demo.city.sources["credit"].stop()
        await demo.city.sources["health"].stop()
        body = await demo.ask(question)
    nodes = [edge["node"] for edge in body["data"]["entities"]["edges"]]
    assert len(nodes) == 5
    assert all(node["name"] and node["creditStatus"] == {"headline": None} for node in nodes)
    assert [(e["path"], e["extensions"]["count"]) for e in body["errors"]] == [
        (["entities", "edges", 0, "node", "creditStatus", "headline"], 5)
    ]


def _at(data: Any, path: str) -> Any:
    for key in path.split("."):
        data = data[key]
    return data


def _leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, f"{path}.{key}".lstrip("."))]
    return [path]
