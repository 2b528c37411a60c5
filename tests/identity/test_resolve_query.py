"""`resolve` as callers ask it: who may, within which rows, what they are told, and what goes on record."""

import json
from datetime import timedelta

import pytest

from hub.acts.name_copy import fill_unless_fresh
from hub.identity.anchors import Anchor
from hub.identity.crosswalk import Crosswalk, Link, Method
from tests.golden.folder import NOW, Step
from tests.golden.world import open_world
from tests.identity.city import quiet
from tests.identity.test_identifiers import citizen

ASK = """query ($c: [CandidateInput!]!) { resolve(candidates: $c) {
  key outcome probability uscc name link addressCompared asOf reasons { code text textEn weight }
  others { uscc name outcome link reasons { code } } } }"""
GRANT = """
[[grant]]
id = "{id}"
department = "{department}"
role = "{role}"
purposes = ["{purpose}"]
scopes = ["entity.match"]
{more}
starts = 2026-01-01
ends = 2099-12-31
legal_basis = "样例依据"
approved_by = "登记机关"
"""
OWN = 'rows = { divisionCode = { prefix = "$division" } }'
GRANTS = (
    GRANT.format(id="m-officer", department="market", role="OFFICER", purpose="INSPECTION", more="")
    + GRANT.format(id="m-county", department="county", role="OFFICER", purpose="INSPECTION", more=OWN)
    + GRANT.format(id="m-clerk", department="hall", role="CLERK", purpose="GREEN_CHANNEL", more="")
    + GRANT.format(id="m-rationed", department="hall", role="CLERK", purpose="RATIONED", more="records_a_day = 100")
)


async def fill(world) -> None:
    """Fill the world's name index from its register."""
    hub = world.hub
    table = hub.settings.name_index.model_copy(update={"basis": "样例依据"})
    await fill_unless_fresh(table, hub.registers, hub.attendant, quiet)


@pytest.fixture
async def world(tmp_path):
    """The golden world with a filled name index."""
    async with open_world(tmp_path, lambda text: text + GRANTS) as opened:
        await fill(opened)
        opened.calls.clear()
        yield opened


async def ask(world, client, purpose, *candidates, now=NOW, case="案2026-1"):
    """The body of the answer."""
    step = Step(client=client, purpose=purpose, case=case, text=ASK, variables={"c": list(candidates)}, now=now)
    return (await world.ask(step)).json()


async def test_an_officer_resolves_and_it_is_on_record(world):
    """In the order asked, without asking any source; whom they were told of stands in the entry of the question."""
    body = await ask(
        world,
        "officer",
        "INSPECTION",
        {"key": "a", "name": "肇东金穗食品有限公司", "address": "肇东市正阳街112号"},
        {"key": "b", "name": "没有这一家商贸有限公司"},
        {"key": "c", "uscc": "91231282MA9X0A019P"},
    )
    first, second, third = body["data"]["resolve"]
    assert [one["key"] for one in (first, second, third)] == ["a", "b", "c"]
    assert (first["outcome"], first["uscc"], first["addressCompared"]) == ("MATCH", "91231282MA9X0A019P", True)
    assert {"SAME_NAME_WRITTEN_OTHERWISE", "SAME_NAME"} & {one["code"] for one in first["reasons"]}
    assert all(one["text"] and one["textEn"] for one in first["reasons"])
    assert (second["outcome"], second["uscc"], second["others"]) == ("NEW", None, [])
    assert (third["outcome"], third["name"]) == ("MATCH", "肇东市金穗食品有限公司")
    assert first["asOf"].startswith("2026-11-20")
    assert world.calls == []
    digest = world.hub.attendant.vault.short("entity", "91231282MA9X0A019P")
    assert digest in world.entries()[-1]["entities"]


async def test_outside_of_ones_rows_nobody_is_found(world):
    """Neither as a match, nor as a rival, nor by number: the same answer as for an entity that is not there."""
    theirs = [{"name": "开发区远航物流有限公司"}, {"uscc": "91230199MA9X0E0513"}, {"regNo15": "230199600056789"}]
    nobodys = [{"name": "开发区没有物流有限公司"}, {"uscc": "91231282MA9X0E0517"}, {"regNo15": "231282600012361"}]
    own = await ask(world, "officer", "INSPECTION", *theirs)
    assert {one["outcome"] for one in own["data"]["resolve"]} == {"MATCH"}
    assert len(world.entries()[-1]["entities"]) == 1
    for client in ("county", "county-unbound"):
        outside, absent = [await ask(world, client, "INSPECTION", *asked) for asked in (theirs, nobodys)]
        assert {one["outcome"] for one in outside["data"]["resolve"]} == {"NEW"}
        assert [_plain(one) for one in outside["data"]["resolve"]] == [_plain(one) for one in absent["data"]["resolve"]]
        assert world.entries()[-2]["entities"] == []
    inside = await ask(world, "county", "INSPECTION", {"uscc": "91231282MA9X0A019P"})
    assert inside["data"]["resolve"][0]["outcome"] == "MATCH"


def _plain(answer):
    """An answer without what is said of the check digit of what was typed."""
    return {**answer, "reasons": [one for one in answer["reasons"] if one["code"] != "CODE_CHECK_DIGIT"]}


async def test_addresses_count_only_for_whoever_holds_them(world):
    """A clerk holds them masked: they are not compared, and the answer says so."""
    near = {"name": "金穗食品", "address": "黑龙江省肇东市正阳大街112号三单元501室"}
    far = {**near, "address": "黑龙江省肇东市正阳大街999号"}
    answers = [(await ask(world, "clerk", "GREEN_CHANNEL", one))["data"]["resolve"] for one in (near, far)]
    assert answers[0] == answers[1]
    assert answers[0][0]["addressCompared"] is False
    assert "ADDRESS_NOT_USED" in {one["code"] for one in answers[0][0]["reasons"]}


REFUSED = [
    (None, None, "GRAPHQL_VALIDATION_FAILED"),
    ("judge", "AWARDS", "FIELD_DENIED"),
    ("clerk", "SERVICE", "PURPOSE_NOT_ALLOWED"),
    ("rationed", "RATIONED", "FIELD_DENIED"),
]
BAD = [
    [],
    [{"name": "甲"}] * 51,
    [{"name": "甲" * 201}],
    [{"address": "肇东市"}],
    [{"name": "甲", "address": "乙" * 301}],
]


async def test_nobody_else_resolves(world):
    """Not the public, nor who has no grant, or one for another purpose, or one whose quota is not counted here."""
    for client, purpose, code in REFUSED:
        body = await ask(world, client, purpose, {"name": "鸿运超市"}, case=None)
        assert body["errors"][0]["extensions"]["code"] == code
        assert not (body.get("data") or {}).get("resolve")


async def test_a_denial_says_what_to_do_next(world):
    """How it is asked for, and the request that would end it, as on every denial; one without a department gets none."""
    body = await ask(world, "judge", "AWARDS", {"name": "鸿运超市"}, case=None)
    help_ = body["errors"][0]["extensions"]["help"]
    assert "entity.match" in help_["howToRequest"]
    assert help_["request"]["mutation"] == "requestAccess"
    (grant,) = help_["request"]["variables"]["grants"]
    assert grant["role"] == "JUDGE"
    assert grant["purposes"] == ["AWARDS"]
    assert "EntityMatch.outcome" in grant["fields"]
    late = await ask(world, "clerk", "SERVICE", {"name": "鸿运超市"}, case=None)
    (grant,) = late["errors"][0]["extensions"]["help"]["request"]["variables"]["grants"]
    assert grant["purposes"] == ["SERVICE"]


async def test_bad_input_is_answered_clearly(world):
    """Sizes are capped before anything is read."""
    for candidates in BAD:
        body = await ask(world, "officer", "INSPECTION", *candidates)
        assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    names = ", ".join(['{name: "甲"}'] * 20)
    many = "{ " + " ".join(f"a{n}: resolve(candidates: [{names}]) {{ outcome }}" for n in range(3)) + " }"
    body = (await world.ask(Step(client="officer", purpose="INSPECTION", case="案2026-1", text=many))).json()
    assert body["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_any_text_is_answered(world):
    """Lone surrogates, control characters and what grows when it is folded."""
    for text in ("\\ud800", "\\u0000", "\\ufdfa" * 100, "街" * 200, "(" * 200, "一" * 200, "第" * 200):
        variables = f'{{"c": [{{"name": "{text}", "key": "{text[:6]}"}}]}}'
        content = f'{{"query": {json.dumps(ASK)}, "variables": {variables}}}'
        headers = world._credentials(Step(client="officer", purpose="INSPECTION", case="案2026-1"))
        sent = {**headers, "content-type": "application/json"}
        answer = await world.client.post("/graphql", content=content.encode(), headers=sent)
        assert answer.status_code in (200, 400), answer.text


async def test_without_a_fresh_index_nothing_is_resolved(world):
    """It says who can help, and may be tried again."""
    body = await ask(world, "officer", "INSPECTION", {"name": "鸿运超市"}, now=NOW + timedelta(days=8))
    told = body["errors"][0]["extensions"]
    assert (told["code"], told["retryable"]) == ("NAME_INDEX_MISSING", True)


async def test_a_citizen_number_is_kept_nowhere(world):
    """Not in the answer, nor in the store, whatever field it was put in."""
    number = citizen("11010519491231002")
    body = await ask(world, "officer", "INSPECTION", {"name": "鸿运超市", "uscc": number, "orgCode": number})
    assert number not in str(body)
    assert number.encode() not in world.stored()
    assert "CODE_IS_PERSONAL" in {one["code"] for one in body["data"]["resolve"][0]["reasons"]}


def link(world, department, key, anchor):
    """Let a key of a department stand for an entity."""

    def work(ledger):
        found = Link(department, key, anchor, Method.REVIEWED, 990, "档案核对一致", "p", 1)
        Crosswalk(ledger.connection, ledger.vault).put(found)

    world.hub.attendant.perform(work)


async def test_a_key_of_ones_own_department_says_who_it_is(world):
    """As it was found to stand for: alone, over a name that is short, against a number of somebody else; never another's key."""
    link(world, "market", "SJ-0007", Anchor("uscc", "91231282MA9X0A019P"))
    link(world, "hall", "HA-1", Anchor("uscc", "91231282MA9X0A019P"))
    body = await ask(
        world,
        "officer",
        "INSPECTION",
        {"localKey": "SJ-0007"},
        {"localKey": "SJ-0007", "name": "金穗食品"},
        {"localKey": "SJ-0007", "name": "开发区远航物流有限公司"},
        {"localKey": "SJ-0007", "uscc": "91230199MA9X0E0513"},
        {"localKey": "HA-1"},
        {"localKey": "SJ-9", "uscc": "91231282MA9X0A019P"},
    )
    alone, short, named, numbered, others, unknown = body["data"]["resolve"]
    codes = [{reason["code"] for reason in one["reasons"]} for one in body["data"]["resolve"]]
    assert (alone["outcome"], alone["uscc"]) == ("MATCH", "91231282MA9X0A019P")
    assert "LOCAL_KEY" in codes[0]
    assert (short["outcome"], short["uscc"]) == ("MATCH", "91231282MA9X0A019P")
    assert (named["outcome"], named["uscc"]) == ("CONFLICT", "91231282MA9X0A019P")
    assert (numbered["outcome"], numbered["uscc"]) == ("CONFLICT", "91230199MA9X0E0513")
    assert [one["uscc"] for one in numbered["others"]] == ["91231282MA9X0A019P"]
    assert "LOCAL_KEY_OF_SOMEBODY_ELSE" in codes[3]
    assert (others["outcome"], codes[4]) == ("NEW", {"NOBODY_ALIKE", "LOCAL_KEY_UNKNOWN"})
    assert (unknown["outcome"], "LOCAL_KEY_UNKNOWN" in codes[5]) == ("MATCH", True)


async def test_a_key_of_an_entity_outside_of_ones_rows_is_as_one_of_nobody(world):
    """Not told apart."""
    link(world, "county", "C-1", Anchor("uscc", "91231282MA9X0A019P"))
    link(world, "county", "C-2", Anchor("uscc", "91230199MA9X0E0513"))
    body = await ask(world, "county", "INSPECTION", {"localKey": "C-1"}, {"localKey": "C-2"}, {"localKey": "C-3"})
    outcomes = [(one["outcome"], {reason["code"] for reason in one["reasons"]}) for one in body["data"]["resolve"]]
    assert ("NEW", {"NOBODY_ALIKE", "LOCAL_KEY_UNKNOWN"}) in outcomes[:2]
    assert outcomes[2] == ("NEW", {"NOBODY_ALIKE", "LOCAL_KEY_UNKNOWN"})


async def test_a_hidden_entity_of_a_key_is_not_told_from_the_one_whose_name_is_asked(world):
    """With the name of somebody who is seen beside it: answered as for a key that nobody has, to the letter."""
    link(world, "county", "C-2", Anchor("uscc", "91230199MA9X0E0513"))
    name = "肇东市金穗食品有限公司"
    body = await ask(
        world, "county", "INSPECTION", {"localKey": "C-2", "name": name}, {"localKey": "C-3", "name": name}
    )
    hidden, unknown = body["data"]["resolve"]
    assert hidden == unknown
    assert "LOCAL_KEY" not in {reason["code"] for reason in hidden["reasons"]}


async def test_a_key_stands_for_its_entity_in_the_next_month_as_well(world):
    """What it is found by does not change as the digests of the record do."""
    link(world, "market", "SJ-0007", Anchor("uscc", "91231282MA9X0A019P"))
    later = NOW + timedelta(days=45)
    world.now = later
    await fill(world)
    body = await ask(world, "officer", "INSPECTION", {"localKey": "SJ-0007"}, now=later)
    assert body["data"]["resolve"][0]["uscc"] == "91231282MA9X0A019P"
