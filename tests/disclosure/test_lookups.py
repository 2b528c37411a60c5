"""谁查过我: an entity is told who looked, in plain sentences, and nothing of anybody else; what it objects to is decided."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import insert

from hub.acts.doing import Doing
from hub.disclosure.looked import askers
from hub.disclosure.objections import Objections, Said
from hub.exchange.recorded import end_of_record
from hub.store.tables import entries
from tests.acts.hall import BAKERY, CITIZEN, GRAIN, Someone, delegate
from tests.disclosure.registry import (
    CLERK,
    NAME,
    OBJECTION,
    SERVING,
    clerk_looks,
    done,
    inspector_looks,
    lookups,
    objecting,
    owner,
    signed_in,
    turned_away,
)
from tests.unit.appending import ENTRY

BOTH = f'{{ entitiesByUscc(usccs: ["{GRAIN}", "{BAKERY}"]) {{ name status }} }}'


async def test_an_entity_is_told_in_a_sentence(hall):
    """When, which department, for what, which fields in Chinese; other entities, clients, people and cases are not told."""
    me = await owner(hall)
    await clerk_looks(hall, BOTH)
    told = await lookups(hall, me)
    (line,) = told["nodes"]
    assert line["department"] == "政务大厅"
    assert line["fields"] == ["名称", "登记状态"]
    assert line["sentence"].startswith(f"{hall.world.now.astimezone().year}年")
    assert "政务大厅为“" in line["sentence"]
    assert "名称" in line["sentence"]
    assert line["sentenceEn"].endswith(".")
    said = json.dumps(told, ensure_ascii=False)
    assert BAKERY not in said
    assert '"clerk"' not in said
    assert told["publicScans"] == 0


async def test_what_the_law_tells_later_is_counted(hall):
    """A question under a case for such a purpose is a count until its days are over, then a line without the case."""
    me = await owner(hall)
    await inspector_looks(hall)
    told = await lookups(hall, me)
    assert (told["nodes"], told["later"]) == ([], [{"count": 1, "basis": "个人信息保护法第三十五条"}])
    hall.world.now += timedelta(days=31)
    told = await lookups(hall, me)
    assert (len(told["nodes"]), told["later"]) == (1, [])
    assert "17" not in told["nodes"][0]["sentence"].partition(",")[2]


async def test_the_public_and_merchants_are_counted(small):
    """Whoever asked without an identity is a number, and so are merchants, who ask about themselves."""
    me = await owner(small)
    for _ in range(3):
        await small.act(None, NAME, None)
    await small.act(Someone("merchant"), NAME, None)
    told = await lookups(small, me)
    assert (told["nodes"], told["publicScans"], told["own"]) == ([], 3, 1)


async def test_pages_do_not_change_while_the_record_grows(hall):
    """The second page follows the first one, though somebody looked meanwhile; each look is on one page."""
    me = await owner(hall)
    for _ in range(5):
        await clerk_looks(hall)
    first = await lookups(hall, me, ", first: 2")
    await clerk_looks(hall)
    second = await lookups(hall, me, f', first: 2, after: "{first["pageInfo"]["endCursor"]}"')
    lines = [one["line"] for one in (*first["nodes"], *second["nodes"])]
    assert lines == sorted(lines, reverse=True)
    assert len(set(lines)) == 4
    assert first["pageInfo"]["hasNextPage"]
    query = f'{{ lookups(uscc: "{GRAIN}", after: "x") {{ own }} }}'
    assert await hall.refused(me, query, None) == "BAD_CURSOR"


async def test_only_whoever_may_act_for_an_entity_is_told(small):
    """A delegate is, until the mandate ends; another merchant, or a client by itself, is not, whatever entity they name."""
    me = await owner(small)
    agent = small.merchant("agent")
    query = f'{{ lookups(uscc: "{GRAIN}") {{ own }} }}'
    assert await small.refused(agent, query, None) == "NOT_ACTED_FOR"
    assert await small.refused(me, query.replace(GRAIN, BAKERY), None) == "NOT_ACTED_FOR"
    assert await small.refused(Someone("mine"), query, None) == "NOT_ACTED_FOR"
    given = (await small.act(me, delegate()))["delegate"]["mandate"]["id"]
    await small.act(agent, query, None)
    await small.act(me, f'mutation {{ endMandate(id: "{given}") {{ position }} }}')
    assert await small.refused(agent, query, None) in {"NOT_ACTED_FOR", "UNAUTHENTICATED"}


async def test_a_question_that_disclosed_nothing_is_no_line(small):
    """What was rejected or only explained did not tell anything of the entity."""
    me = await owner(small)
    for mode in ("explain", "reject"):
        headers = {**SERVING["headers"], "hub-on-denied": mode}
        await small.ask(CLERK, f'{{ entity(uscc: "{GRAIN}") {{ name contactPhone }} }}', None, headers=headers)
    assert (await lookups(small, me))["nodes"] == []


async def test_a_digest_of_last_month_is_found(small):
    """Keys of digests change every month; an entity is told of all of them."""
    me = await owner(small)
    await clerk_looks(small)
    small.world.now += timedelta(days=40)
    await clerk_looks(small)
    first, second = (await lookups(small, me))["nodes"]
    assert first["at"][:7] != second["at"][:7]


# ---------------------------------------------------------------- objections


async def filed(hall, me, **more):
    """An objection to the newest look."""
    line = (await lookups(hall, me))["nodes"][0]["line"]
    return (await hall.act(me, objecting(line, **more)))["objectToLookup"]["objection"]


def explaining(number, text="窗口办理年报"):
    """A department's word."""
    return f'mutation {{ explainLookup(number: "{number}", text: "{text}") {{ objection {{ {OBJECTION} }} }} }}'


def deciding(number, justified="false", finding="未见办件记录"):
    """A decision of audit."""
    given = f'number: "{number}", justified: {justified}, finding: "{finding}"'
    return f"mutation {{ decideObjection({given}) {{ objection {{ {OBJECTION} }} position }} }}"


async def test_an_objection_goes_its_way(hall):
    """Filed, told to the department and to audit, explained to audit, decided, told to the merchant; each step on record."""
    me = await owner(hall)
    await inspector_looks(hall)
    hall.world.now += timedelta(days=31)
    one = await filed(hall, me)
    assert (one["state"], one["department"], one["workingDaysLeft"]) == ("OPEN", "market", 3)
    told = [n for n in await hall.delivered() if n["kind"] == "OBJECTION_FILED"]
    accounts = {hall.accounts[name].id for name in ("steward", "steward-2", "audit", "audit-2")}
    assert {n["to"].get("person") for n in told} == accounts
    said = (await done(hall, "steward", explaining(one["number"])))["objection"]
    assert (said["state"], said["explanation"]) == ("EXPLAINED", "窗口办理年报")
    listed = (await hall.act(me, f"{{ objections {{ {OBJECTION} }} }}", None))["objections"]
    assert [(n["state"], n["explanation"]) for n in listed] == [("EXPLAINED", None)]
    assert len(await done(hall, "audit", "{ objections { number } }")) == 1
    await done(hall, "audit", deciding(one["number"]))
    (line,) = (await lookups(hall, me))["nodes"]
    assert line["objection"] == {"number": one["number"], "state": "UNJUSTIFIED"}
    (listed,) = (await hall.act(me, f"{{ objections {{ {OBJECTION} }} }}", None))["objections"]
    assert listed["finding"] == "未见办件记录"
    told = [n for n in await hall.delivered() if n["kind"] == "OBJECTION_DECIDED"]
    assert me.person in {n["to"].get("person") for n in told}
    acts = [entry["act"] for entry in hall.entries() if entry.get("act", "").startswith("OBJECTION")]
    assert acts == ["OBJECTION_FILED", "OBJECTION_EXPLAINED", "OBJECTION_DECIDED"]
    assert await turned_away(hall, "audit", deciding(one["number"])) == "OBJECTION_DECIDED"


async def test_an_objection_is_for_whom_it_concerns(small):
    """Another department, another merchant and whoever looked have no say in it; a line has one objection."""
    me = await owner(small)
    await small.act(signed_in(small, "officer"), NAME, None, headers={"hub-purpose": "INSPECTION", "hub-case": "17"})
    small.world.now += timedelta(days=31)
    one = await filed(small, me)
    assert await turned_away(small, "credit-steward", explaining(one["number"])) == "OBJECTION_NOT_FOUND"
    assert await done(small, "credit-steward", "{ objections { number } }") == []
    assert await turned_away(small, "officer", explaining(one["number"])) == "OWN_LOOKUP"
    await done(small, "officer-2", explaining(one["number"]))
    assert await small.refused(me, objecting(one["line"])) == "OBJECTION_ALREADY"
    assert await small.refused(me, objecting(one["line"] + 1)) == "LOOKUP_NOT_FOUND"
    assert await small.refused(me, objecting(2**40)) == "LOOKUP_NOT_FOUND"
    assert await small.refused(small.merchant("agent"), objecting(one["line"])) == "NOT_ACTED_FOR"
    assert await turned_away(small, "audit", deciding("Y-2026-99999")) == "OBJECTION_NOT_FOUND"


async def test_nobody_decides_of_what_their_deputy_said(small):
    """Who explained it for somebody spoke for them: neither decides the objection, and another auditor does."""
    me = await owner(small)
    await clerk_looks(small)
    one = await filed(small, me)
    principal = small.accounts["audit"].id
    now = int(small.world.now.timestamp())
    said = Said("somebody", principal, "窗口办理年报")
    small.store(lambda ledger: Objections(ledger.connection, ledger.vault, now).explain(one["number"], said))
    assert await turned_away(small, "audit", deciding(one["number"])) == "SECOND_PERSON_REQUIRED"
    assert (await done(small, "audit-2", deciding(one["number"])))["objection"]["state"] == "UNJUSTIFIED"


async def test_whoever_looked_is_also_whom_a_deputy_acted_for(small):
    """Neither of the two speaks for the department about it."""
    made = replace(
        ENTRY, person="aa" * 16, states=(("Query", "ACTING_FOR", "bb" * 16, 1), ("Entity.name", "DENIED", "", 1))
    )

    def work(ledger):
        position = end_of_record(ledger.connection)
        row = {"position": position, "recorded_at": made.at, "request_id": "deputy", "body": made.canonical()}
        ledger.connection.execute(insert(entries).values(row))
        return askers(ledger.connection, position)

    assert small.store(work) == {"aa" * 16, "bb" * 16}


@pytest.mark.parametrize("name", ["officer", "officer-2"])
async def test_nobody_decides_of_their_own_look(small, monkeypatch, name):
    """Neither for whoever looked nor for whoever explained it does an auditor decide who counts as one of them."""
    me = await owner(small)
    await small.act(signed_in(small, "officer"), NAME, None, headers={"hub-purpose": "INSPECTION", "hub-case": "17"})
    small.world.now += timedelta(days=31)
    one = await filed(small, me)
    await done(small, "officer-2", explaining(one["number"]))
    auditor, other = (small.accounts[who].id for who in ("audit", name))

    def persons(self):
        return frozenset({self.person(), *({other} if self.person() == auditor else ())})

    monkeypatch.setattr(Doing, "persons", persons)
    assert await turned_away(small, "audit", deciding(one["number"])) == "SECOND_PERSON_REQUIRED"
    await done(small, "audit-2", deciding(one["number"]))


async def test_a_look_told_later_cannot_be_objected_to(small):
    """Nobody learns by objecting at which position it is."""
    me = await owner(small)
    await inspector_looks(small)
    await small.world.hub.indexer.look()
    lines = [n for n, entry in enumerate(small.entries())]
    codes = {await small.refused(me, objecting(line)) for line in range(len(lines) + 30)}
    assert codes == {"LOOKUP_NOT_FOUND"}


async def test_reasons_hold_no_citizen_number(small):
    """A number of a person is refused, and in the store what people wrote is sealed."""
    me = await owner(small)
    await clerk_looks(small)
    line = (await lookups(small, me))["nodes"][0]["line"]
    assert await small.refused(me, objecting(line, f"我的号码{CITIZEN}")) == "LOOKS_LIKE_CITIZEN_ID"
    await small.act(me, objecting(line, "此前从未授权K771"))
    assert b"K771" not in small.world.stored()


async def test_objections_have_a_clock(small):
    """Whoever has to deal with one is warned the working day before, and again when it is overdue, each once."""
    me, keeper = await owner(small), small.world.hub.record
    await clerk_looks(small)
    one = await filed(small, me)
    await keeper.look()
    assert small.acts("OBJECTION_DUE_SOON") == []
    small.world.now += timedelta(days=5)
    for _ in range(2):
        await keeper.look()
    (overdue,) = small.acts("OBJECTION_OVERDUE")
    assert overdue["told"]["number"] == one["number"]
    await done(small, "audit", deciding(one["number"], "true", "依法查询"))
    small.world.now += timedelta(days=5)
    await keeper.look()
    assert len(small.acts("OBJECTION_OVERDUE")) == 1


async def test_offices_do_not_ask_who_looked(small):
    """The question is the entity's own: for everybody else it does not exist."""
    query = f'{{ lookups(uscc: "{GRAIN}") {{ own }} }}'
    for who in ("officer", "banker"):
        code = await small.refused(signed_in(small, who), query, None, headers={"hub-purpose": "PUBLIC_QUERY"})
        assert code == "GRAPHQL_VALIDATION_FAILED"
