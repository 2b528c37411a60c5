"""Killing a source costs its own fields, each explained once, and heals without a restart."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from adapters.options import SourceOptions
from schema.enums import SourceState
from tests.demo.running import Demo, running_demo

QUESTION = """
{ entity(uscc: "91231282MA9X0A019P") {
    id uscc name kind establishedOn
    licences { certificateName validTo }
    penalties { decisionNo }
    creditStatus { headline assessedOn ratings { scheme } lists { name } }
    commitments { subject }
    incentives { measureName }
    industry { name }
} }
"""
CREDIT = {"creditStatus.headline", "creditStatus.assessedOn", "creditStatus.lists", "commitments", "incentives"}
LOST: dict[str, set[str]] = {
    # Both market and credit own ratings, both market and health licences: what the other has stays.
    "market": {"uscc", "name", "kind", "establishedOn", "penalties", "licences", "creditStatus.ratings", "industry"},
    "health": {"licences"},
    "credit": CREDIT | {"creditStatus.ratings"},
}


def _at(data: dict[str, Any], path: str) -> Any:
    for key in path.split("."):
        data = data[key]
    return data


async def _entity(demo: Demo) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    body = await demo.ask(QUESTION)
    return body["data"]["entity"], body.get("errors", [])


@pytest.mark.parametrize("name", sorted(LOST))
async def test_a_dead_source_costs_only_its_own_fields(name: str, tmp_path: Path) -> None:
    """Every other field is answered as before, and every lost one has exactly one explained gap."""
    async with running_demo(tmp_path) as demo:
        before, errors = await _entity(demo)
        assert not errors
        await demo.city.sources[name].stop()
        during, errors = await _entity(demo)
        await demo.city.sources[name].start()
        after, healed = await _entity(demo)
    gaps = [".".join(str(part) for part in error["path"][1:]) for error in errors]
    assert sorted(gaps) == sorted(LOST[name])
    assert {error["extensions"]["state"] for error in errors} == {"SOURCE_DOWN"}
    assert all(error["extensions"]["retryable"] for error in errors)
    for path in _leaves(before):
        if not any(path == lost or path.startswith(f"{lost}.") for lost in LOST[name]):
            assert _at(during, path) == _at(before, path), path
    assert (after, healed) == (before, [])


@pytest.mark.parametrize("checked", [True, False], ids=["checked", "waited"])
async def test_an_opened_breaker_heals_with_the_next_question(checked: bool, tmp_path: Path) -> None:
    """A source that failed until it was let rest is answered whole after a check, or once it has rested."""
    async with running_demo(tmp_path) as demo:
        before, _ = await _entity(demo)
        await demo.city.sources["market"].stop()
        market = demo.hub.sources["market"]
        while market.health.state is not SourceState.OPEN:
            _, errors = await _entity(demo)
            assert {error["extensions"]["state"] for error in errors} == {"SOURCE_DOWN"}
        during, _ = await _entity(demo)
        assert during["commitments"] == before["commitments"]
        await demo.city.sources["market"].start()
        if checked:
            await market.adapter.check()
        else:
            await asyncio.sleep(SourceOptions.model_fields["breaker_seconds"].default)
        assert await _entity(demo) == (before, [])


async def test_what_two_sources_own_keeps_the_half_that_answers(tmp_path: Path) -> None:
    """Licences of the market remain when the health commission is silent, and the gap says whose are missing."""
    async with running_demo(tmp_path) as demo:
        before, _ = await _entity(demo)
        await demo.city.sources["health"].stop()
        during, errors = await _entity(demo)
    assert during["licences"]
    assert during["licences"] == [one for one in before["licences"] if one in during["licences"]]
    assert len(during["licences"]) < len(before["licences"])
    assert errors[0]["extensions"]["source"]


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


def _leaves(value: Any, path: str = "") -> list[str]:
    if isinstance(value, dict):
        return [leaf for key, inner in value.items() for leaf in _leaves(inner, f"{path}.{key}".lstrip("."))]
    return [path]
