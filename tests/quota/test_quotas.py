"""Quotas: what is charged to whom, how many answers there are in a day, and what is said when it is used up."""

import asyncio
from datetime import timedelta

import pytest

from tests.acts.hall import BAKERY, CARRIER, GRAIN, Someone
from tests.quota.rationed import BESIDE, CODES, EACH, RATIONED, WIDER, asked, codes_of, one, used
from tests.receipts import dropped

DEPARTMENT = "department:hall"


async def test_a_race_for_ten_is_won_by_ten(hall):
    """Sixty-four questions at the same time against ten records a day: exactly ten are answered."""
    bodies = await asyncio.gather(*(asked(hall, RATIONED, one()) for _ in range(64)))
    named = [body for body in bodies if (body["data"]["entity"] or {}).get("name")]
    assert len(named) == 10
    assert all(codes_of(body) == {"QUOTA_EXCEEDED"} for body in bodies if body not in named)
    assert used(hall, "ten-records") == {DEPARTMENT: 10}


async def test_what_is_free_is_answered_beside(hall):
    """A field by a grant without room is null with its reason, and the rest of the question is answered."""
    for _ in range(5):
        assert codes_of(await asked(hall, BESIDE, one(fields="name contactPhone"))) == set()
    response = await hall.ask(BESIDE, one(fields="name contactPhone"), None)
    body = response.json()
    assert body["data"]["entity"] == {"name": "肇东市金穗食品有限公司", "contactPhone": None}
    (error,) = body["errors"]
    assert (error["path"], error["extensions"]["code"]) == (["entity", "contactPhone"], "QUOTA_EXCEEDED")
    # 10:00 in Shanghai: fourteen hours to midnight.
    assert error["extensions"]["help"]["retryAfter"] == 14 * 3600
    assert response.headers["retry-after"] == str(14 * 3600)
    (warning,) = body["extensions"]["warnings"]
    assert (warning["code"], warning["grants"]) == ("QUOTA_EXCEEDED", ["five-records"])
    assert used(hall, "five-records") == {DEPARTMENT: 5}


async def test_what_is_free_costs_nothing(small):
    """A question without a metered field reserves nothing, before and after the quota is used up."""
    for _ in range(7):
        assert codes_of(await asked(small, BESIDE, one())) == set()
    assert small.rows("SELECT count(*) FROM quota_use") == [(0,)]


async def test_misses_count(hall):
    """Codes of nobody are charged like those of somebody: else a quota would not bound how many are tried."""
    wanted = ["91231282MA9X0H083Y", *CODES]
    text = "query($c: [USCC!]!) { entitiesByUscc(usccs: $c) { name } }"
    body = await asked(hall, RATIONED, text, variables={"c": wanted})
    assert body["data"]["entitiesByUscc"][0] is None
    assert used(hall, "ten-records") == {DEPARTMENT: 5}


async def test_a_batch_that_does_not_fit_gets_nothing_of_it(hall):
    """What would exceed the quota is refused as a whole, and leaves what is there for smaller questions."""
    text = "query($c: [USCC!]!) { entitiesByUscc(usccs: $c) { name } }"
    for _ in range(2):
        assert codes_of(await asked(hall, RATIONED, text, variables={"c": CODES})) == set()
    body = await asked(hall, RATIONED, text, variables={"c": CODES})
    assert codes_of(body) == {"QUOTA_EXCEEDED"}
    assert used(hall, "ten-records") == {DEPARTMENT: 8}
    assert codes_of(await asked(hall, RATIONED, one())) == set()


async def test_one_entity_by_many_names_counts_once(hall):
    """Aliases of one code, and its node beside it, are one record of a question."""
    shown = (await asked(hall, RATIONED, one(fields="id")))["data"]["entity"]["id"]
    text = (
        f'{{ a: entity(uscc: "{GRAIN}") {{ name }} b: entity(uscc: "{GRAIN}") {{ kind }}'
        f' c: node(id: "{shown}") {{ ... on Entity {{ name }} }} d: entitiesByUscc(usccs: ["{GRAIN}"]) {{ name }} }}'
    )
    body = await asked(hall, RATIONED, text)
    assert codes_of(body) == set()
    assert body["data"]["c"]["name"] == body["data"]["a"]["name"]
    assert used(hall, "ten-records") == {DEPARTMENT: 2}


async def test_unknown_node_ids_count(small):
    """Ids that were never given out are charged like any others."""
    body = await asked(small, RATIONED, '{ nodes(ids: ["a", "b", "b"]) { ... on Entity { name } } }')
    assert body["data"]["nodes"] == [None, None, None]
    assert used(small, "ten-records") == {DEPARTMENT: 2}


async def test_a_page_costs_the_rows_it_gave(hall):
    """A page reserves its size and gives back what it did not need; a page that does not fit is refused."""
    text = '{ entities(filter: {name: "金穗"}, first: 8) { edges { node { name } } } }'
    body = await asked(hall, RATIONED, text)
    assert len(body["data"]["entities"]["edges"]) == 1
    assert used(hall, "ten-records") == {DEPARTMENT: 1}
    for _ in range(2):
        await asked(hall, RATIONED, text)
    body = await asked(hall, RATIONED, text)
    assert body["data"]["entities"] is None
    assert codes_of(body) == {"QUOTA_EXCEEDED"}
    assert used(hall, "ten-records") == {DEPARTMENT: 3}


async def test_the_next_page_is_for_tomorrow(hall):
    """A cursor from before the quota was used up is not called foreign: the question is refused until midnight."""
    text = "query($a: String) { entities(first: 5, after: $a) { edges { node { name } } pageInfo { endCursor } } }"
    cursor = (await asked(hall, WIDER, text.replace("5", "3", 1)))["data"]["entities"]["pageInfo"]["endCursor"]
    response = await hall.ask(WIDER, text, None, variables={"a": cursor})
    assert codes_of(response.json()) == {"QUOTA_EXCEEDED"}
    assert response.headers["retry-after"] == str(14 * 3600)
    hall.world.now += timedelta(days=1)
    text = text.replace("5", "4", 1)
    assert codes_of(await asked(hall, WIDER, text, variables={"a": cursor})) == set()


async def test_different_entities_count_once_a_day(hall):
    """Two entities a day may be asked as often as one likes; a third may not."""
    for _ in range(3):
        for code in (GRAIN, BAKERY):
            assert codes_of(await asked(hall, EACH, one(code))) == set()
    assert codes_of(await asked(hall, EACH, one(CARRIER))) == {"QUOTA_EXCEEDED"}
    assert codes_of(await asked(hall, EACH, one(GRAIN))) == set()
    assert used(hall, "two-entities") == {DEPARTMENT: 7, "client:each": 2}


async def test_entities_are_counted_for_each_person(hall):
    """Two people behind one client have two entities each, and a client by itself has its own."""
    people = [Someone("each", "p1"), Someone("each", "p2"), EACH]
    for who in people:
        for code in (GRAIN, BAKERY):
            assert codes_of(await asked(hall, who, one(code))) == set()
        assert codes_of(await asked(hall, who, one(CARRIER))) == {"QUOTA_EXCEEDED"}
    holders = used(hall, "two-entities")
    assert sorted(holders.values()) == [2, 2, 2, 6]
    assert not any("p1" in holder for holder in holders)


async def test_pages_count_different_entities(hall):
    """Rows of a page are entities like those asked by code: seen before they cost nothing, too many are refused."""
    text = "{ entities(first: 2, orderBy: [{name: ASC}]) { edges { node { uscc } } } }"
    shown = [edge["node"]["uscc"] for edge in (await asked(hall, EACH, text))["data"]["entities"]["edges"]]
    assert codes_of(await asked(hall, EACH, one(shown[0]))) == set()
    assert used(hall, "two-entities")["client:each"] == 2
    others = [code for code in CODES if code not in shown]
    assert codes_of(await asked(hall, EACH, one(others[0]))) == {"QUOTA_EXCEEDED"}


async def test_rows_by_a_quota_are_charged_and_end(hall):
    """Where a quota gives rows beyond those that are free, whoever used it up sees the free ones only."""
    for _ in range(4):
        assert (await asked(hall, WIDER, one(CARRIER)))["data"]["entity"]["name"]
    hidden = dropped(await asked(hall, WIDER, one(CARRIER)))
    nobody = dropped(await asked(hall, WIDER, one("91231282MA9X0H083Y")))
    assert hidden["data"] == nobody["data"] == {"entity": None}
    hidden["extensions"].pop("requestId"), nobody["extensions"].pop("requestId")
    assert hidden == nobody
    assert (await asked(hall, WIDER, one(GRAIN)))["data"]["entity"]["name"]


async def test_a_new_day_begins_at_midnight_in_shanghai(hall):
    """One second before midnight nothing is left, one second after all of it."""
    hall.world.now = hall.world.now.replace(hour=23, minute=59, second=59)
    for _ in range(10):
        await asked(hall, RATIONED, one())
    body = await asked(hall, RATIONED, one())
    assert [error["extensions"]["help"]["retryAfter"] for error in body["errors"]] == [1]
    hall.world.now += timedelta(seconds=1)
    assert codes_of(await asked(hall, RATIONED, one())) == set()


async def test_the_department_is_told_once_a_day(hall):
    """The first refusal of a day tells the department of the grant, and leaves an entry; the others do not."""
    for _ in range(14):
        await asked(hall, RATIONED, one())
    told = [row for row in hall.rows("SELECT event FROM notices") if row == ("QUOTA_REACHED",)]
    assert len(told) == 1
    (act,) = hall.acts("QUOTA_REACHED")
    assert act["told"]["grant"] == "ten-records"
    hall.world.now += timedelta(days=1)
    for _ in range(11):
        await asked(hall, RATIONED, one())
    assert len(hall.acts("QUOTA_REACHED")) == 2


async def test_a_question_larger_than_a_quota_tells_nobody(small):
    """It could never be answered, and nothing is used up."""
    text = "{ entities(first: 50) { edges { node { name } } } }"
    assert codes_of(await asked(small, RATIONED, text)) == {"QUOTA_EXCEEDED"}
    assert small.acts("QUOTA_REACHED") == []


async def test_rejected_and_explained_questions_cost_nothing(small):
    """Nothing is fetched for them; a question that is rejected for its quota is told when to come again."""
    explain = {"headers": {"hub-on-denied": "explain"}}
    assert (await asked(small, RATIONED, one(), **explain))["extensions"]["explain"]
    assert small.rows("SELECT count(*) FROM quota_use") == [(0,)]
    for _ in range(10):
        await asked(small, RATIONED, one())
    response = await small.ask(RATIONED, one(), None, headers={"hub-on-denied": "reject"})
    assert codes_of(response.json()) == {"QUOTA_EXCEEDED"}
    assert "data" not in response.json()
    assert response.headers["retry-after"] == str(14 * 3600)


async def test_quotas_are_shown(hall):
    """`quotas` says what is left of the grants that a purpose uses, to whoever has some."""
    await asked(hall, EACH, one())
    text = "{ quotas { grant kind limit used resetsAt } }"
    assert (await asked(hall, EACH, text))["data"]["quotas"] == [
        {
            "grant": "two-entities",
            "kind": "ENTITIES",
            "limit": 2,
            "used": 1,
            "resetsAt": "2026-11-24T00:00:00+08:00",
        }
    ]
    assert (await asked(hall, Someone("judge"), text))["data"] == {"quotas": []}


@pytest.mark.parametrize("grant", ["five-records", "ten-records"])
async def test_a_grant_that_ends_is_refused_for_that(small, grant):
    """Once its period is over, what it gave is refused as expired, whatever is left of its quota."""
    who = BESIDE if grant == "five-records" else RATIONED
    await asked(small, who, one(fields="contactPhone name"))
    small.world.now = small.world.now.replace(year=2100)
    body = await asked(small, who, one(fields="contactPhone name"))
    assert "QUOTA_EXCEEDED" not in codes_of(body)
    assert "GRANT_EXPIRED" in codes_of(body)
