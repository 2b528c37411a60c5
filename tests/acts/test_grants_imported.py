"""Rows of a sheet of grants: what a preview says of each, what is drafted, and that a round trip changes nothing."""

from datetime import date

import pytest

from hub.exchange.grant_columns import READ, cells_of
from tests.acts.desk import change, grants, on, open_desk, person, take

SPRING = {"starts": "2027-02-01", "ends": "2027-12-31"}
NEW = {
    "department": "hall",
    "role": "CLERK",
    "purposes": "SERVICE; GREEN_CHANNEL",
    "scopes": "credit.rating",
    "starts": "2026-12-01",
    "ends": "2027-11-30",
    "legalBasis": "优化营商环境条例",
}


@pytest.fixture
async def desk(stored, tmp_path):
    """A desk on a store of each kind."""
    async with open_desk(tmp_path, stored) as made:
        yield made


def held(desk, name):
    """A grant as the row that an export writes."""
    found = next(one for one in desk.world.hub.attendant.roster.grants if one.id == name)
    return {key: cells_of(found)[key] for key in READ}


def mistakes(outcome):
    """Row, column and suggestion of every mistake."""
    return [(row["row"], bad["column"], bad["suggestion"]) for row in outcome["rows"] for bad in row["mistakes"]]


async def test_what_was_exported_changes_nothing(desk):
    """Every grant there is, taken again as it was written: no difference, and no draft."""
    rows = [{key: cells_of(one)[key] for key in READ} for one in desk.world.hub.attendant.roster.grants]
    seen = await take(desk, "sec", rows)
    assert {row["becomes"] for row in seen["rows"]} == {"SAME"}
    assert [row["differences"] for row in seen["rows"]] == [[]] * len(rows)
    assert seen["absent"] == []
    mine = [row for row in rows if row["department"] == "hall"]
    done = await take(desk, "window", mine, preview=False)
    assert (done["request"], done["position"]) == (None, None)
    assert desk.rows("SELECT count(*) FROM access_requests") == [(0,)]


async def test_a_preview_says_what_would_become_of_each_row(desk):
    """New, later, earlier, other, the same – with what differs – and does nothing."""
    change(desk, "clerk-open", ends=date(2027, 6, 30))
    await desk.world.hub.attendant.refresh()
    rows = [
        NEW,
        {**held(desk, "clerk-open"), "ends": "2027年12月31日"},
        {**held(desk, "clerk-masked"), "ends": "2027/1/31"},
        {**held(desk, "clerk-green-channel"), "masked": "Entity.legalRepresentative", **SPRING},
        {**held(desk, "clerk-masked"), "id": ""},
    ]
    seen = await take(desk, "window", rows)
    assert [row["becomes"] for row in seen["rows"]] == ["ADDED", "RENEWED", "ENDED", "CHANGED", "FAULTY"]
    differences = [[tuple(one.values()) for one in row["differences"]] for row in seen["rows"]]
    assert differences[1] == [("ends", "2027-06-30", "2027-12-31")]
    assert differences[2] == [("ends", "2099-12-31", "2027-01-31")]
    assert ("masked", "", "Entity.legalRepresentative") in differences[3]
    assert ("starts", "2026-01-01", "2027-02-01") in differences[3]
    assert mistakes(seen) == [(5, "starts", "2026-11-23")]
    assert seen["rows"][0]["inWords"].startswith("政务大厅的大厅窗口，为绿色通道、窗口受理，可查信用评价，")
    assert seen["rows"][4]["inWords"] is None
    absent = ["public-masked", "public-open", "rationed-elsewhere", "rationed-own", "rationed-person"]
    assert seen["absent"] == absent
    assert (seen["request"], seen["position"]) == (None, None)
    assert desk.rows("SELECT count(*) FROM access_requests") == [(0,)]


async def test_an_import_is_one_draft_that_does_nothing_by_itself(desk):
    """Its changes take effect together, once it was submitted, answered and released."""
    rows = [
        NEW,
        {**held(desk, "clerk-masked"), "masked": "Entity.address", "fields": "Entity.address", "ends": "2027-12-31"},
    ]
    done = await take(desk, "window", rows, preview=False)
    number = done["request"]
    assert desk.rows("SELECT number, state FROM access_requests") == [(number, "DRAFT")]
    before = await grants(desk, "window", fields="id ends")
    await desk.act(person(desk, "window"), f'mutation {{ submitRequest(number: "{number}") {{ position }} }}')
    assert await grants(desk, "window", fields="id ends") == before
    for owner in ("registrar", "credit"):
        answer = f'mutation {{ answerRequest(number: "{number}", owner: "{owner}", approve: true) {{ position }} }}'
        await desk.act(person(desk, owner), answer)
    await desk.act(person(desk, "sec"), f'mutation {{ releaseRequest(number: "{number}") {{ position }} }}')
    found = {
        one["id"]: one for one in await grants(desk, "window", fields="id starts ends fields scopes askedBy request")
    }
    made = sorted(set(found) - {one["id"] for one in before})
    assert len(made) == 2
    assert {found[name]["request"] for name in made} == {number}
    assert {found[name]["askedBy"] for name in made} == {desk.accounts["p-window"].id}
    assert found["clerk-masked"]["ends"] == "2026-12-22", "the old one holds until the new one begins, a month on"
    (narrowed,) = [found[name] for name in made if found[name]["fields"]]
    assert (narrowed["starts"], narrowed["fields"]) == ("2026-12-23", ["Entity.address"])


@pytest.mark.parametrize(
    ("changed", "column", "suggestion"),
    [
        ({"department": "hal"}, "department", "hall"),
        ({"department": "market"}, "department", "hall"),
        ({"department": ""}, "department", None),
        ({"role": "CLERC"}, "role", "CLERK"),
        ({"purposes": "SERVIC"}, "purposes", "SERVICE"),
        ({"purposes": ""}, "purposes", None),
        ({"scopes": "credit.ratings"}, "scopes", "credit.rating"),
        ({"scopes": "信用平价"}, "scopes", "信用评价"),
        ({"scopes": ""}, "scopes", None),
        ({"fields": "Entity.contactPhon"}, "fields", "Entity.contactPhone"),
        ({"masked": "Entity.name"}, "masked", None),
        ({"rows": "divisionCode like 23"}, "rows", "divisionCode prefix $division"),
        ({"rows": "divisioncode prefix 23"}, "rows", "divisionCode"),
        ({"rows": "formerNames in a"}, "rows", None),
        ({"rows": "divisionCode prefix $nobody"}, "rows", None),
        ({"rows": "{" + "[" * 5000}, "rows", "divisionCode prefix $division"),
        ({"maskPersonal": "perhaps"}, "maskPersonal", None),
        ({"effect": "禁止"}, "fields", None),
        ({"recordsADay": "0"}, "recordsADay", None),
        ({"entitiesADay": "many"}, "entitiesADay", None),
        ({"starts": "2026-02-30"}, "starts", None),
        ({"starts": "2026-11-22"}, "starts", "2026-11-23"),
        ({"ends": "2026-11-30"}, "ends", "2026-12-01"),
        ({"legalBasis": " "}, "legalBasis", None),
        ({"legalBasis": "x" * 20_001}, "legalBasis", None),
        ({"id": "clerk-opn"}, "id", "clerk-open"),
        ({"scopes": "approval.case"}, "fields", None),
    ],
    ids=lambda value: str(value)[:30],
)
async def test_a_mistake_names_row_column_and_what_may_be_meant(tmp_path, changed, column, suggestion):
    """Each is found in the preview; and the import of such a row is refused as a whole."""
    async with open_desk(tmp_path) as desk:
        seen = await take(desk, "window", [NEW, {**NEW, **changed}])
        assert [row["becomes"] for row in seen["rows"]] == ["ADDED", "FAULTY"]
        assert (2, column, suggestion) in mistakes(seen)
        for bad in seen["rows"][1]["mistakes"]:
            assert bad["message"] != bad["messageEn"]
        query = "mutation ($rows: [GrantRow!]!) { importGrants(rows: $rows, preview: false) { request } }"
        variables = {"rows": [NEW, {**NEW, **changed}]}
        assert await desk.refused(person(desk, "window"), query, variables=variables) == "BAD_USER_INPUT"
        assert desk.rows("SELECT count(*) FROM access_requests") == [(0,)]


async def test_more_rows_or_changes_than_a_request_holds(desk):
    """Five hundred rows are looked at, fifty changes drafted; an id stands there once; nobody sends none."""
    query = "mutation ($rows: [GrantRow!]!) { importGrants(rows: $rows, preview: true) { request } }"
    for rows in ([], [{"id": "x"}] * 501):
        assert await desk.refused(person(desk, "window"), query, variables={"rows": rows}) == "BAD_USER_INPUT"
    many = await take(desk, "window", [{**NEW, "ends": f"2027-{n // 28 + 1:02}-{n % 28 + 1:02}"} for n in range(51)])
    assert [row["becomes"] for row in many["rows"]] == ["ADDED"] * 50 + ["FAULTY"]
    twice = await take(desk, "window", [held(desk, "clerk-open")] * 2)
    assert mistakes(twice) == [(2, "id", None)]


async def test_a_citizen_number_is_not_taken(desk):
    """In whatever column it stands."""
    query = "mutation ($rows: [GrantRow!]!) { importGrants(rows: $rows, preview: true) { request } }"
    rows = [{**NEW, "legalBasis": "张三 230102199003077735"}]
    assert await desk.refused(person(desk, "window"), query, variables={"rows": rows}) == "LOOKS_LIKE_CITIZEN_ID"


async def test_officers_draft_nothing(desk):
    """Security looks at what would be; audit and system administrators have no such act."""
    assert (await take(desk, "sec", [NEW]))["rows"][0]["becomes"] == "ADDED"
    query = "mutation ($rows: [GrantRow!]!) { importGrants(rows: $rows, preview: false) { request } }"
    assert await desk.refused(person(desk, "sec"), query, variables={"rows": [NEW]}) == "BAD_USER_INPUT"
    for name in ("auditor", "system"):
        code = await desk.refused(person(desk, name), query, variables={"rows": [NEW]})
        assert code == "GRAPHQL_VALIDATION_FAILED"


async def test_a_template_is_drafted_for_what_the_department_has(desk):
    """Its roles, and what somebody delivers; the rest is named. Nothing takes effect."""
    query = """mutation ($scenario: Scenario!, $department: String!) { draftFromTemplate(scenario: $scenario,
      department: $department, from: "2027-01-01", until: "2027-12-31") { request changes leftOut position } }"""
    given = {"scenario": "CREDIT_SUPERVISION", "department": "market"}
    done = (await desk.act(person(desk, "inspector"), query, variables=given))["draftFromTemplate"]
    assert done["changes"] == 2
    assert {"CREDIT_OFFICE", "code.register", "campus.trade", "inspection.record"} <= set(done["leftOut"])
    asked = await desk.act(
        person(desk, "inspector"),
        f'{{ request(number: "{done["request"]}") {{ state changes {{ scopes purposes }} }} }}',
        None,
    )
    assert asked["request"]["state"] == "DRAFT"
    assert asked["request"]["changes"][0]["purposes"] == ["INSPECTION"]
    assert "entity.identity" in asked["request"]["changes"][0]["scopes"]
    for scenario, department in (("CREDIT_SUPERVISION", "hall"), ("AWARDS", "market"), ("PACKAGING", "market")):
        variables = {"scenario": scenario, "department": department}
        assert await desk.refused(person(desk, "inspector"), query, variables=variables) == "BAD_USER_INPUT"


async def test_templates_are_shown_with_the_purposes_of_this_hub(desk):
    """All ten; a scenario without a purpose of its own says none, or those of the one it belongs to."""
    query = "{ grantTemplates { scenario label note noteEn grants { role purposes scopes rows { field binding } } } }"
    found = {one["scenario"]: one for one in (await desk.act(person(desk, "window"), query, None))["grantTemplates"]}
    assert len(found) == 10
    assert found["CATERING"]["grants"][0]["purposes"] == ["INSPECTION"]
    assert found["PACKAGING"]["grants"][0]["purposes"] == []
    one = await desk.act(person(desk, "window"), "{ grantTemplates(scenario: AWARDS) { label } }", None)
    assert one["grantTemplates"] == [{"label": "评优评先"}]
    on(desk, "2027-01-01")
