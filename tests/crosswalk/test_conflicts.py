"""Two sources of one entity: both values are told with their dates, a rule says which leads, and nothing leaks by it."""

import pytest

from hub.app import wire
from hub.settings import load_settings
from hub.settings_mistakes import BadSettings
from tests.acts.hall import BAKERY, CARRIER, GRAIN, Someone
from tests.crosswalk.ledger import LEDGER, RULES, with_ledger
from tests.exchange.bureau import open_bureau
from tests.golden.world import open_world

LABELS = {"register": "登记系统", "ledger": "监管台账"}


@pytest.fixture
async def two(tmp_path):
    """The bureau with two sources of entities."""
    async with open_bureau(tmp_path, with_ledger) as bureau:
        yield bureau


async def answer(bureau, query, who=None, **more):
    """Body of an answer; the public's if nobody is named."""
    return (await bureau.hall.ask(who, query, None, **more)).json()


def states(body, field):
    """States of a field."""
    return [one for one in body["extensions"]["fields"] if one["field"] == field]


async def test_both_values_are_told_and_the_rule_says_which_leads(two):
    """The register leads for names, the ledger for the status; each says why, from when its value is, and that it may err."""
    body = await answer(two, f'{{ entity(uscc: "{GRAIN}") {{ name status }} }}')
    assert body["data"]["entity"] == {"name": "肇东市金穗食品有限公司", "status": "REVOKED"}
    (name,), (status,) = states(body, "Entity.name"), states(body, "Entity.status")
    assert (name["state"], name["source"], name["count"], name["why"]) == (
        "CONFLICT",
        "登记系统",
        1,
        "登记以登记机关为准",
    )
    assert name["conflicts"] == [
        {
            "path": ["entity", "name"],
            "values": [
                {"source": "登记系统", "value": "肇东市金穗食品有限公司", "asOf": None},
                {"source": "监管台账", "value": "肇东市金穗食品厂", "asOf": "2026-11-22T08:00:00+08:00"},
            ],
        }
    ]
    assert (status["source"], status["why"]) == ("监管台账", "现场状态以监管台账为准")
    errors = {one["extensions"]["field"]: one for one in body["errors"]}
    assert errors.keys() == {"Entity.name", "Entity.status"}
    assert errors["Entity.status"]["path"] == ["entity", "status"]
    assert errors["Entity.status"]["extensions"]["conflicts"] == status["conflicts"]
    assert "监管台账" in errors["Entity.status"]["message"]


async def test_the_date_of_the_register_is_told_where_it_was_asked(two):
    """Its data time is read with the provenance."""
    body = await answer(two, f'{{ entity(uscc: "{GRAIN}") {{ name provenance {{ asOf }} }} }}')
    (name,) = states(body, "Entity.name")
    assert name["conflicts"][0]["values"][0]["asOf"] == "2026-11-20T08:00:00+08:00"


async def test_what_is_only_written_otherwise_is_no_conflict(two):
    """Nor what one source says alone, nor an entity that only the register has."""
    body = await answer(two, f'{{ entity(uscc: "{BAKERY}") {{ name status establishedOn }} }}')
    assert body["extensions"]["fields"] == []
    assert "errors" not in body


async def test_a_page_counts_its_conflicts_and_shows_each(two):
    """One note a field, a place and both values for each entity."""
    body = await answer(two, "{ entities(first: 50) { edges { node { uscc name } } } }")
    (name,) = states(body, "Entity.name")
    assert name["count"] == len(name["conflicts"]) == 2
    edges = body["data"]["entities"]["edges"]
    for one in name["conflicts"]:
        found = edges
        for step in one["path"][2:]:
            found = found[step]
        assert found == one["values"][0]["value"]


async def test_what_is_masked_is_not_told(two):
    """Who sees a masked name learns that sources differ, and neither value; who sees none learns nothing."""
    query = f'{{ entity(uscc: "{GRAIN}") {{ legalRepresentative registeredCapital {{ amount }} }} }}'
    body = await answer(two, query)
    found = [one for one in states(body, "Entity.legalRepresentative") if one["state"] == "CONFLICT"]
    assert [one.get("conflicts") for one in found] == [None]
    assert "欧阳锦程" not in str(body)
    assert "别人" not in str(body)
    denied = await answer(two, f'{{ entity(uscc: "{GRAIN}") {{ contactPhone legalRepresentative }} }}', Someone("dev"))
    assert "CONFLICT" not in str(denied)
    assert "别人" not in str(denied)


async def test_what_lies_outside_ones_rows_is_not_told(two):
    """An officer of another division is told that the field is withheld, and not that sources differ in it."""
    query = f'{{ entity(uscc: "{CARRIER}") {{ name registeredCapital {{ amount }} legalRepresentative }} }}'
    body = await answer(two, query, Someone("officer"), headers={"hub-case": "17"})
    told = {(one["field"], one["state"]) for one in body["extensions"]["fields"]}
    assert ("Entity.registeredCapital", "WITHHELD") in told
    assert ("Entity.registeredCapital", "CONFLICT") not in told
    assert "770000" not in str(body)
    assert "外人" not in str(body)


async def test_money_is_compared_by_amount(two):
    """300 and 200, in the currency they are in; where it is equal, it is no conflict."""
    query = f'{{ a: entity(uscc: "{GRAIN}") {{ registeredCapital {{ amount }} }} b: entity(uscc: "{BAKERY}") {{ registeredCapital {{ amount }} }} }}'
    body = await answer(two, query)
    (found,) = states(body, "Entity.registeredCapital")
    assert found["path"] == "a.registeredCapital"
    assert body["data"]["a"]["registeredCapital"] == {"amount": "3000000"}
    assert [one["value"] for one in found["conflicts"][0]["values"]] == ["3000000 CNY", "2000000 CNY"]


async def test_a_second_source_that_is_down_takes_nothing_away(two):
    """The register answers, and a warning says with whom it was not compared."""
    world = two.hall.world
    world.down = {"ledger": "SOURCE_DOWN"}
    body = await answer(two, f'{{ entity(uscc: "{GRAIN}") {{ name status }} }}')
    assert body["data"]["entity"]["name"] == "肇东市金穗食品有限公司"
    assert "errors" not in body
    assert [(one["code"], one["source"]) for one in body["extensions"]["warnings"]] == [("NOT_COMPARED", "监管台账")]


async def test_only_shown_fields_are_asked_of_the_second_source(two):
    """And nothing where nothing of it is shown."""
    world = two.hall.world
    world.calls.clear()
    await answer(two, f'{{ entity(uscc: "{GRAIN}") {{ name licences {{ kind }} }} }}')
    asked = [call for call in world.calls if call["source"] == "ledger"]
    assert [call["columns"] for call in asked] == [["$key", "name", "$asOf"]]
    world.calls.clear()
    await answer(two, f'{{ entity(uscc: "{GRAIN}") {{ uscc }} }}')
    assert not [call for call in world.calls if call["source"] == "ledger"]


async def test_administrators_see_what_is_compared(two):
    """`explain` names the second source and its columns; `sources` says how it is."""
    query = f'{{ entity(uscc: "{GRAIN}") {{ name uscc }} sources {{ name records {{ record }} }} }}'
    body = (await two.hall.ask(Someone("admin"), query, None, headers={"hub-on-denied": "explain"})).json()
    found = [one for one in body["extensions"]["explain"]["calls"] if one["way"] == "COMPARE"]
    assert found == [{"source": "ledger", "record": "Entity", "way": "COMPARE", "columns": ["name"]}]
    listed = (await answer(two, "{ sources { name records { record } } }"))["data"]["sources"]
    assert {"name": "ledger", "records": [{"record": "Entity"}]} in listed


UNFIT = [
    ("", "a [[precedence]] says which of them leads"),
    (RULES.replace('"register", "ledger"', '"register", "elsewhere"'), "order names the sources that own Entity"),
    (RULES.replace("Entity.status", "Entity.nothing"), "there is no such field"),
    (RULES.replace("Entity.status", "Licence.status"), "only Entity and its fields"),
    (RULES.replace('field = "Entity"\n', 'field = "Entity.name"\n'), "a rule of Entity as a whole is missing"),
]


async def test_rules_that_do_not_fit_stop_the_start(tmp_path):
    """Each with its line."""
    async with open_world(tmp_path) as world:
        path = world.folder / "hub.toml"
        written = path.read_text(encoding="utf-8")
        for rules, sentence in UNFIT:
            path.write_text(written + LEDGER + rules, encoding="utf-8")
            with pytest.raises(BadSettings) as mistakes:
                wire(load_settings(path))
            assert sentence in str(mistakes.value)
            assert all(mistake.line for mistake in mistakes.value.mistakes)
