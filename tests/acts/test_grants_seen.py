"""Grants as people look at them: who sees which, in which state, as of when, and in words."""

import pytest

from tests.acts.desk import grants, ids, later, on, open_desk, person
from tests.acts.hall import SECURITY, Someone, freeze

HALL = {
    *("clerk-open", "clerk-masked", "clerk-green-channel"),
    *("rationed-own", "rationed-elsewhere", "rationed-person"),
}
"""Grants of the hall."""


@pytest.fixture
async def desk(stored, tmp_path):
    """A desk on a store of each kind."""
    async with open_desk(tmp_path, stored) as made:
        yield made


async def test_everybody_sees_what_concerns_them(desk):
    """Security and audit see all, stewards what touches their records, the rest their department's and what is for all."""
    every = await ids(desk, "sec")
    assert every == await ids(desk, "auditor")
    assert {"public-open", "officer-open", "bank-never", "merchant-own", "admin-open"} <= every
    for_all = {"public-open", "public-masked"}
    assert await ids(desk, "window") == for_all | HALL
    assert await ids(desk, "system") == for_all | {"admin-open"}
    justice = await ids(desk, "justice")
    assert justice == for_all | {"officer-open"}, "the certificates of officers are theirs, and nothing else"
    credit = await ids(desk, "credit")
    assert {"bank-open", "clerk-open", "judge-own-city"} <= credit
    assert not credit & {"bank-licence-for-lending", "officer-masked-elsewhere"}


@pytest.mark.parametrize("client", [None, "mine", "merchant"])
async def test_public_and_merchants_know_of_no_grants(desk, client):
    """For them there is no such question."""
    who = Someone(client) if client else None
    assert await desk.refused(who, "{ grants { totalCount } }", None) == "GRAPHQL_VALIDATION_FAILED"


async def test_grants_are_found_by_their_parts(desk):
    """By department, role, scope, field – also where only its scope is named – and state."""
    assert await ids(desk, "sec", 'department: "hall"') == HALL
    assert await ids(desk, "sec", 'role: "JUDGE"') == {"judge-open", "judge-own-city"}
    assert await ids(desk, "sec", 'scope: "credit.rating"') == {
        *("officer-own-division", "judge-own-city", "merchant-own", "bank-rating-until-yesterday")
    }
    phone = await ids(desk, "sec", 'field: "Entity.contactPhone"')
    assert phone == {"public-masked", "officer-own-division", "merchant-own", "rationed-person"}
    assert await ids(desk, "sec", "state: ENDED") == {"bank-rating-until-yesterday"}
    assert await ids(desk, "sec", "state: EXPIRING") == {"bank-penalty-until-today"}


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        ('scope: "credit.ratings"', "credit.rating"),
        ('field: "Entity.contactPhones"', "Entity.contactPhone"),
        ('role: "OFICER"', "OFFICER"),
        ("first: 0", "1"),
        ("first: 201", "200"),
        ('asOf: "2026-11-01"', "offset"),
        ('after: "é"', "cursor"),
    ],
)
async def test_what_is_misspelled_is_refused_with_what_may_be_meant(desk, arguments, suggestion):
    """A name that is none, a page that is too long, a day instead of an instant."""
    answer = await desk.ask(person(desk, "sec"), f"{{ grants({arguments}) {{ totalCount }} }}", None)
    (error,) = answer.json()["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT"
    assert suggestion in error["extensions"]["messageEn"]


async def test_pages_follow_each_other_without_gaps(desk):
    """By id, as often as there are more."""
    query = "query ($after: String) { grants(first: 4, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node { id } } } }"
    found, after = [], None
    while True:
        page = (await desk.act(person(desk, "sec"), query, None, variables={"after": after}))["grants"]
        found += [edge["node"]["id"] for edge in page["edges"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(found) == page["totalCount"] == len(set(found))
    assert set(found) == await ids(desk, "sec")


async def test_a_grant_is_told_with_all_its_parts(desk):
    """Rows, masks, owners, days left, until when it is confirmed – and two sentences."""
    fields = "id role purposes scopes rows { field op values binding } owners daysLeft certifiedUntil state inWords inWordsEn"
    found = {one["id"]: one for one in await grants(desk, "sec", fields=fields)}
    officer = found["officer-own-division"]
    assert officer["rows"] == [{"field": "divisionCode", "op": "PREFIX", "values": [], "binding": "division"}]
    assert officer["owners"] == ["credit", "health", "market", "registrar"]
    assert officer["certifiedUntil"] == "2027-11-22", "a grant of the configuration is confirmed for a year"
    assert officer["daysLeft"] == 364
    assert officer["state"] == "IN_FORCE"
    assert officer["inWords"].startswith("市场监管局的执法人员，为现场检查，可查承诺全文、承诺概要、")
    assert "仅限行政区划代码以调用方自己的“division”开头的主体" in officer["inWords"]
    assert officer["inWords"].endswith("自2026年1月1日至2099年12月31日，确认至2027年11月22日，依据：行政处罚法。")
    assert officer["inWordsEn"].startswith(
        "Market supervision, in the role of enforcement officer, for Inspection, may see "
    )
    never = found["bank-never"]
    assert never["certifiedUntil"] is None, "a denial does not lapse"
    assert "不论何种用途，不得查名单信息" in never["inWords"]
    assert "whatever the purpose, may not see" in never["inWordsEn"]
    assert "可查经营主体的住所、法定代表人/经营者，其脱敏" in found["clerk-masked"]["inWords"]


async def test_a_frozen_grant_says_so(desk):
    """While it is frozen, and as of then."""
    await desk.act(SECURITY, freeze("GRANT", "clerk-open"))
    assert {one["id"]: one["frozen"] for one in await grants(desk, "window")}["clerk-open"] is True
    frozen = desk.world.now.isoformat()
    later(desk, hours=1)
    await desk.act(SECURITY, freeze("GRANT", "clerk-open", "thaw"))
    later(desk, hours=1)
    assert {one["id"]: one["frozen"] for one in await grants(desk, "window")}["clerk-open"] is False
    then = await grants(desk, "window", f'asOf: "{frozen}"')
    assert {one["id"]: one["frozen"] for one in then}["clerk-open"] is True


async def test_grants_are_told_as_of_an_instant(desk):
    """What was recorded then, in the state of that day, with the versions of then."""
    before = desk.world.now.isoformat()
    on(desk, "2027-01-05")
    ended = 'mutation { endGrant(id: "clerk-open", lastDay: "2027-01-05", reason: "不再需要") { request { number } } }'
    number = (await desk.act(person(desk, "window"), ended))["endGrant"]["request"]["number"]
    released = f'mutation {{ releaseRequest(number: "{number}") {{ request {{ state }} }} }}'
    await desk.act(person(desk, "sec"), released)
    on(desk, "2027-02-01")
    fields = "id state ends version request history { number recordedBy changed }"
    now = {one["id"]: one for one in await grants(desk, "window", fields=fields)}["clerk-open"]
    assert (now["state"], now["ends"], now["version"], now["request"]) == ("ENDED", "2027-01-05", 3, number)
    assert [(one["number"], one["changed"]) for one in now["history"]] == [
        *((1, []), (2, ["certified_until"]), (3, ["ends"]))
    ]
    assert now["history"][0]["recordedBy"] == "configuration"
    assert now["history"][2]["recordedBy"] == desk.accounts["p-sec"].id
    then = {one["id"]: one for one in await grants(desk, "window", f'asOf: "{before}"', fields)}["clerk-open"]
    assert (then["state"], then["ends"], then["version"], then["request"]) == ("IN_FORCE", "2099-12-31", 2, None)
    assert await grants(desk, "sec", 'asOf: "2020-01-01T00:00:00+08:00"') == []
