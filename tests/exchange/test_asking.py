"""What can be asked for: one's own department's, of owners that are there, within the bounds of a grant."""

import json
from dataclasses import replace

import pytest

from auth.classes import Sharing
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas
from tests.acts.hall import CITIZEN, Someone
from tests.exchange.bureau import ADDRESS, PHONE, PREMISES, asking, grant, open_bureau
from tests.golden import world

LONG = "长" * 501
WRONG = [
    ("role", '"NOBODY"'),
    ("role", '"JUDGE"'),
    ("role", '"PUBLIC"'),
    ("role", '"MERCHANT"'),
    ("purposes", "[]"),
    ("purposes", '["NOWHERE"]'),
    ("fields", "[]"),
    ("fields", '["Entity.nothing"]'),
    ("fields", '["nothing"]'),
    ("scopes", '["entity.nothing"]'),
    ("masked", '["Entity.name"]'),
    ("masked", '["Entity.nothing"]'),
    ("legalBasis", '"法"'),
    ("legalBasis", f'"{LONG}"'),
    ("starts", '"2026-12-31", ends: "2026-12-30"'),
    ("ends", '"2026-11-22"'),
    ("ends", '"2029-11-23"'),
    ("recordsADay", "0"),
    ("entitiesADay", "10000001"),
    ("rows", '[{ field: "nothing", values: ["1"] }]'),
    ("rows", '[{ field: "registeredCapital", values: ["1"] }]'),
    ("rows", '[{ field: "divisionCode" }]'),
    ("rows", '[{ field: "divisionCode", values: [] }]'),
    ("rows", '[{ field: "divisionCode", values: ["1"], binding: "own" }]'),
    ("rows", '[{ field: "divisionCode", binding: "nobodys" }]'),
    ("rows", '[{ field: "kind", test: PREFIX, values: ["E"] }]'),
    ("rows", '[{ field: "divisionCode", values: ["1"] }, { field: "divisionCode", values: ["2"] }]'),
    ("department", '"bank"'),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
async def test_what_cannot_be_asked_for(small, name, value):
    """Each is refused by its place; nothing is stored, and nothing that was sent is told again."""
    body = (
        await small.hall.ask(small.someone("clerk"), f"mutation {{ {asking(**{name: value})} {{ position }} }}")
    ).json()
    (error,) = body["errors"]
    assert error["extensions"]["code"] == "BAD_USER_INPUT", body
    assert not [
        word
        for word in ("nothing", "NOWHERE", "NOBODY", "nobodys", LONG)
        if word in json.dumps(body, ensure_ascii=False)
    ]
    assert small.hall.rows("SELECT count(*) FROM access_requests") == [(0,)]


@pytest.mark.parametrize(
    "many",
    [
        ", ".join([grant()] * 51),
        "",
        grant(fields=(PHONE,) * 201),
        grant(rows='[{ field: "divisionCode", values: [' + ", ".join(f'"{n}"' for n in range(201)) + "] }]"),
    ],
    ids=["grants", "none", "fields", "values"],
)
async def test_giant_input(small, many):
    """Bounds of grants, names and values."""
    code = await small.refused("clerk", f'requestAccess(grants: [{many}], reason: "演练")')
    assert code in ("BAD_USER_INPUT", "QUERY_TOO_COMPLEX")
    body = {"grants": [{"role": "CLERK", "purposes": ["SERVICE"], "legalBasis": "法律", "fields": ["x" * 3_000_000]}]}
    query = 'mutation ($grants: [GrantInput!]!) { requestAccess(grants: $grants, reason: "演练") { position } }'
    response = await small.hall.ask(small.someone("clerk"), query, variables=body)
    assert response.json()["errors"][0]["extensions"]["code"] in ("BAD_USER_INPUT", "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("place", ["reason", "legalBasis", "values"])
async def test_no_citizen_number_is_taken(small, place):
    """Wherever it stands; nothing of it is kept."""
    rows = f'[{{ field: "divisionCode", values: ["{CITIZEN}"] }}]'
    asked = {
        "reason": asking(reason=f"核对 {CITIZEN}"),
        "legalBasis": asking(legalBasis=f'"依{CITIZEN}"'),
        "values": asking(rows=rows),
    }
    assert await small.refused("clerk", asked[place]) == "LOOKS_LIKE_CITIZEN_ID"
    assert CITIZEN.encode() not in small.hall.world.stored()


async def test_reasons_are_sealed(small):
    """People write names into them; what steward and asker wrote can't be read in the store."""
    number = await small.asked(reason="请找李四核对")
    await small.do("steward-registrar", f'extendRequest(number: "{number}", reason: "待王五回复")')
    stored = small.hall.world.stored()
    assert not [word for word in ("李四", "王五") if word.encode() in stored]
    assert (await small.seen("clerk", number))["reason"] == "请找李四核对"


async def test_a_role_must_not_learn_of_what_is_above_it(small):
    """For a bank, a personal field does not exist: neither by its name nor by its scope."""
    for given in ({"fields": (PHONE,)}, {"fields": None, "scopes": '["entity.contact"]'}):
        asked = (
            asking(role='"BANK"', purposes='["FINANCE"]', **given)
            if given["fields"]
            else asking(
                grant(role='"BANK"', purposes='["FINANCE"]', scopes=given["scopes"]).replace(
                    f'fields: ["{PHONE}"], ', ""
                )
            )
        )
        assert await small.refused("dev", asked) == "BAD_USER_INPUT"
    assert await small.asked("dev", role='"BANK"', purposes='["FINANCE"]', fields=(ADDRESS,))


async def test_nobody_answers_for_what_nobody_delivers(small):
    """A record without a source, and a scope of which one record has none: it would be given once it is delivered."""
    for given in ('fields: ["Industry.name"]', 'scopes: ["reference.table"]'):
        asked = asking(grant().replace(f'fields: ["{PHONE}"]', given))
        assert await small.refused("clerk", asked) == "FIELD_NOT_REQUESTABLE"


async def test_a_standing_denial_comes_first(small):
    """What a denial takes away would be granted for nothing."""
    assert (
        await small.refused("dev", asking(role='"BANK"', purposes='["FINANCE"]', fields=("Licence.validTo",)))
        == "BAD_USER_INPUT"
    )


async def test_whoever_asks_is_a_person_of_the_department(small):
    """No client by itself; and nobody who has left."""
    assert (
        await small.hall.refused(Someone("counter"), f"mutation {{ {asking()} {{ position }} }}") == "PERSON_REQUIRED"
    )
    gone = Someone("counter", "0" * 24)
    assert await small.hall.refused(gone, f"mutation {{ {asking()} {{ position }} }}") == "UNAUTHENTICATED"


async def test_paper_goes_the_same_way(bureau):
    """A steward enters it for another department; another steward answers."""
    asked = asking(department='"hall"', more=", paper: true")
    assert await bureau.refused("clerk", asked) == "BAD_USER_INPUT"
    assert await bureau.refused("steward-market", asked) == "BAD_USER_INPUT"
    number = await bureau.asked("steward-registrar", department='"hall"', more=", paper: true")
    found = await bureau.seen("clerk", number)
    assert (found["department"], found["paper"], found["state"]) == ("hall", True, "SUBMITTED")
    answer = f'answerRequest(number: "{number}", owner: "registrar", approve: true)'
    assert await bureau.refused("steward-registrar", answer) == "SAME_PERSON"
    await bureau.do("steward-registrar-two", answer)
    done = (await bureau.do("sec", f'releaseRequest(number: "{number}")'))["request"]
    assert done["grants"] == ["G-001"]


@pytest.fixture
async def withholding(stored, tmp_path, monkeypatch):
    """A bureau in whose catalogue the registered address is not shared at all."""

    def folded():
        catalogue = fold_catalogue()
        rule = replace(catalogue.fields[ADDRESS], sharing=Sharing.WITHHELD)
        entity = catalogue.records["Entity"]
        record = replace(entity, fields={**entity.fields, "address": rule})
        return replace(
            catalogue, records={**catalogue.records, "Entity": record}, fields={**catalogue.fields, ADDRESS: rule}
        )

    monkeypatch.setattr(world, "CUTS", ShapedSchemas(folded()))

    def edit(written):
        masked = '["Entity.legalRepresentative", "Entity.address"]'
        return stored(written.replace(masked, '["Entity.legalRepresentative"]'))

    async with open_bureau(tmp_path, edit) as made:
        yield made


async def test_what_is_withheld_is_not_requestable(withholding):
    """It says on which basis; by its name and by its scope alike."""
    for given in (f'fields: ["{ADDRESS}"]', 'scopes: ["entity.address"]'):
        asked = asking(grant().replace(f'fields: ["{PHONE}"]', given))
        who = withholding.someone("clerk")
        body = (await withholding.hall.ask(who, f"mutation {{ {asked} {{ position }} }}")).json()
        (error,) = body["errors"]
        assert error["extensions"]["code"] == "FIELD_WITHHELD"
        assert "企业信息公示暂行条例" in error["message"]
    assert withholding.hall.rows("SELECT count(*) FROM access_requests") == [(0,)]


async def test_paper_for_what_is_withheld_is_refused_at_once(withholding):
    """Recorded, with its basis; it never waits, and nobody can release it."""
    asked = asking(department='"hall"', fields=(ADDRESS, PHONE), more=", paper: true")
    done = (await withholding.do("steward-registrar", asked))["request"]
    assert (done["state"], done["basis"]) == ("REFUSED", "企业信息公示暂行条例")
    assert [(one["owner"], one["sharing"], one["state"], one["dueOn"]) for one in done["parts"]] == [
        ("registrar", "WITHHELD", "REFUSED", None)
    ]
    assert [one["kind"] for one in done["steps"]] == ["SUBMITTED", "REFUSED"]
    assert withholding.hall.acts("REQUEST_REFUSED")[0]["told"]["why"] == "WITHHELD"
    assert await withholding.refused("sec", f'releaseRequest(number: "{done["number"]}")') == "REQUEST_STATE"


async def test_a_changed_owner_outdates_a_request(bureau):
    """Nothing is released that somebody else would have to agree to by now."""
    number = await bureau.asked(fields=(PREMISES,))
    await bureau.agreed(number, "market", "health")

    def forget(connection):
        connection.exec_driver_sql("DELETE FROM request_parts WHERE owner = 'health'")

    bureau.hall.world.hub.database.acting(forget)
    assert await bureau.refused("sec", f'releaseRequest(number: "{number}")') == "REQUEST_OUTDATED"
