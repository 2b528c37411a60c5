"""What a hub says of the awkward ones: two codes of one canteen, a silent source, licensees nobody may find."""

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

import orjson
import pytest

from adapters.base import Adapter, Rows, Search
from hub.demo.licences import DEVICES, HEALTH, MARKET
from hub.demo.outages import OUTAGE
from hub.demo.personas import code_of, personas
from hub.demo.strangers import CITIZEN_NUMBER, STRANGERS
from tests.demo.conftest import sheet_rows
from tests.demo.running import running_demo


@pytest.fixture(scope="module")
async def demo(tmp_path_factory, anyio_backend):
    """The city with a hub in front of it."""
    async with running_demo(tmp_path_factory.mktemp("personas")) as running:
        yield running


async def test_campus_lists_both_parties_of_a_canteen(demo):
    """By the campus's code the education bureau sees school and contractor; the public sees no contract."""
    question = '{ campus(code: "XY231282001") { uscc part facilityNo licenceNo contractNo } }'
    rows = (await demo.ask(question, "campus-supervision"))["data"]["campus"]
    assert [row["uscc"] for row in rows] == [code_of("private_school"), code_of("canteen_contractor")]
    assert [row["part"] for row in rows] == ["SCHOOL", "CONTRACTOR"]
    assert len({row["facilityNo"] for row in rows}) == 1
    assert rows[1]["contractNo"]
    public = await demo.ask('{ campus(code: "XY231282001") { uscc licenceNo } }')
    assert [row["uscc"] for row in public["data"]["campus"]] == [row["uscc"] for row in rows]
    hidden = await demo.ask('{ campus(code: "XY231282001") { contractNo } }')
    assert "contractNo" not in str(hidden.get("data"))


async def test_campus_nobody_knows_is_an_empty_list(demo):
    """There is nothing to say of it, and nothing to explain."""
    body = await demo.ask('{ campus(code: "XY999999999") { uscc } }')
    assert (body["data"], body.get("errors")) == ({"campus": []}, None)


async def test_whose_records_a_campus_shows_is_recorded(demo):
    """The entry names the entities whose rows were shown, asked for their codes or not, as if each had been asked for."""
    await demo.ask('{ campus(code: "XY231282001") { business } }')
    shown = _last_entities(demo.city.folder)
    known = []
    for key in ("private_school", "canteen_contractor"):
        await demo.ask(f'{{ entity(uscc: "{code_of(key)}") {{ name }} }}')
        known += _last_entities(demo.city.folder)
    assert sorted(shown) == sorted(known)
    assert len(set(known)) == 2


async def test_row_filters_let_no_campus_through(demo):
    """A business may see its own trade under its own entity, and no campus as a whole."""
    question = '{ campus(code: "XY231282001") { contractNo } }'
    body = await demo.ask(question, "merchant-suihe")
    assert body["data"] == {"campus": None}
    assert [error["extensions"]["code"] for error in body["errors"]] == ["FIELD_DENIED"]


async def test_item_says_which_papers_facts_replace(demo):
    """Fewer papers remain than the law asks for, and the promise is shorter than the limit."""
    question = '{ approvalItem(code: "231282131002") { materials materialsReplaced statutoryDays promisedDays } }'
    item = (await demo.ask(question))["data"]["approvalItem"]
    assert set(item["materialsReplaced"]) < set(item["materials"])
    assert (len(item["materials"]), len(item["materialsReplaced"])) == (9, 6)
    assert item["promisedDays"] < item["statutoryDays"]


@pytest.mark.parametrize(("number", "status"), [("08120000003", "EXPIRED"), ("08120000009", "SUSPENDED")])
async def test_certificate_of_an_officer_at_the_door(demo, number, status):
    """Whoever is visited sees whether the certificate is good and whose it is; the public only the former."""
    question = f'{{ certificate(number: "{number}") {{ status holderName }} }}'
    found = (await demo.ask(question, "merchant-suihe"))["data"]["certificate"]
    assert found["status"] == status
    assert "*" not in found["holderName"]
    assert (await demo.ask(question.replace("holderName", "")))["data"]["certificate"] == {"status": status}


async def test_silent_source_is_not_a_missing_licence(demo):
    """While the only source of a licence is held down the answer says so; afterwards the licence is there."""
    question = f'{{ entity(uscc: "{code_of(OUTAGE.persona)}") {{ name licences {{ certificateName }} }} }}'
    await demo.city.suffer(OUTAGE)
    during = await demo.ask(question)
    await demo.city.sources[OUTAGE.source].start()
    after = await demo.ask(question)
    assert during["data"]["entity"]["name"] == after["data"]["entity"]["name"]
    assert during["data"]["entity"]["licences"] == []
    assert [error["extensions"]["state"] for error in during["errors"]] == ["SOURCE_DOWN"]
    assert after["data"]["entity"]["licences"] == [{"certificateName": "医疗器械经营许可证"}]
    assert "errors" not in after


async def test_names_of_two_sources_stand_side_by_side(demo):
    """Register and credit office each say the name they have."""
    code = code_of("name_conflict")
    question = f'{{ entity(uscc: "{code}") {{ name formerNames creditStatus {{ subjectName }} code {{ issuedTo }} }} }}'
    entity = (await demo.ask(question))["data"]["entity"]
    assert entity["creditStatus"]["subjectName"] in entity["formerNames"]
    assert entity["code"]["issuedTo"] == entity["name"]


async def test_citizen_number_cannot_be_asked_for(demo):
    """Typed, it is refused as a person's and not repeated; the licence it stands at is not found by any way."""
    for typed in (CITIZEN_NUMBER, f"{CITIZEN_NUMBER[:6]}-{CITIZEN_NUMBER[6:]}"):
        body = await demo.ask(f'{{ entity(uscc: "{typed}") {{ licences {{ scope }} }} }}')
        assert [error["extensions"]["code"] for error in body["errors"]] == ["LOOKS_LIKE_CITIZEN_ID"]
        assert CITIZEN_NUMBER not in orjson.dumps(body).decode()


async def test_licensees_in_no_register_are_not_found(demo):
    """Filtering by licences neither shows them nor asks the register for the number; nothing of them is kept."""
    asked: list[object] = []
    source = demo.hub.sources["market"]
    question = (
        'query ($after: String) { entities(filter: {licence: {validToBefore: "2039-01-01"}}, first: 100, after: $after)'
        " { edges { node { uscc name licences { certificateNo } } } pageInfo { endCursor hasNextPage } } }"
    )
    demo.hub.sources["market"] = dataclasses.replace(source, adapter=_Listening(source.adapter, asked))
    told, after = "", None
    while after is not None or not told:
        body = await demo.ask(question, variables={"after": after})
        told += orjson.dumps(body).decode()
        page = body["data"]["entities"]["pageInfo"]
        after = page["endCursor"] if page["hasNextPage"] else None
    demo.hub.sources["market"] = source
    assert any(code_of("stall_one") in repr(one) for one in asked), "the filter asked the register for no codes"
    assert CITIZEN_NUMBER not in repr(asked)
    numbers = _numbers_of_strangers(demo.city.folder)
    assert len(numbers) == 2
    for secret in (CITIZEN_NUMBER, *numbers, *(person.name for person in STRANGERS.values())):
        assert secret not in told
        assert secret.encode() not in (demo.city.folder / "hub.db").read_bytes()


@dataclasses.dataclass(frozen=True)
class _Said:
    """What is asked of a persona, by whom (none: the public) for what, and what the answer must hold."""

    key: str
    fields: str
    expected: object
    client: str | None = None
    purpose: str | None = None


_FILED = [{"kind": "FILING"}]
_STALL = "肇东市朝阳区街道麦岚街128号二楼A12档口"
SAID = {
    1: _Said(
        "owner_in_name", "name legalRepresentative", {"name": "肇东市东升张广穗铁锅炖馆", "legalRepresentative": "张**"}
    ),
    2: _Said("filing_only", "licences { kind }", {"licences": _FILED}),
    4: _Said(
        "expiring_tomorrow",
        "licences { daysToExpiry renewalPending } approvalCases { status }",
        {"licences": [{"daysToExpiry": 1, "renewalPending": True}], "approvalCases": [{"status": "ACCEPTED"}]},
        "approval-desk",
    ),
    5: _Said("hearing_aid", "licences { kind authority }", {"licences": [{**_FILED[0], "authority": DEVICES}]}),
    6: _Said(
        "village_clinic",
        "licences { authority } clinics { name }",
        {"licences": [{"authority": HEALTH}], "clinics": [{"name": personas()["village_clinic"].name}]},
    ),
    7: _Said(
        "village_collective",
        "kind registrationAuthority",
        {"kind": "COLLECTIVE", "registrationAuthority": "肇东市农业农村局"},
    ),
    8: _Said("wrong_check_digit", "name", {"name": personas()["wrong_check_digit"].name}),
    10: _Said("endless_licence", "licences { validTo longTerm }", {"licences": [{"validTo": None, "longTerm": True}]}),
    11: _Said("publication_ended", "penalties(inPublication: true) { decisionNo }", {"penalties": []}),
    12: _Said("penalty_withdrawn", "penalties(inPublication: true) { decisionNo }", {"penalties": []}),
    15: _Said("moved_out", "status divisionCode", {"status": "MOVED_OUT", "divisionCode": "231281"}),
    16: _Said(
        "duplicated_feed",
        "licences { certificateName }",
        {"licences": [{"certificateName": name} for name in ("营业执照", "营业执照", "公司备案")]},
    ),
    19: _Said(
        "partial_commitment",
        "commitments { fulfilment }",
        {"commitments": [{"fulfilment": "PARTIAL"}]},
        "credit-office-desk",
        "CREDIT_SUPERVISION",
    ),
    20: _Said(
        "disputed",
        "provenance { disputed } penalties { provenance { disputed } }",
        {"provenance": {"disputed": True}, "penalties": [{"provenance": {"disputed": True}}]},
    ),
    21: _Said("stall_one", "licences { premises }", {"licences": [{"premises": _STALL}] * 2}, "market-enforcement-app"),
    22: _Said(
        "chain_branch",
        "name licences { holder: authority }",
        {"name": personas()["chain_branch"].name, "licences": [{"holder": MARKET}]},
    ),
    23: _Said(
        "abnormal_removed",
        "creditStatus { lists { list removedOn } }",
        {"creditStatus": {"lists": [{"list": "ABNORMAL_OPERATION", "removedOn": "2026-10-19"}]}},
    ),
    24: _Said(
        "court_debtor_hospital",
        "licences { status } creditStatus { lists { list removedOn } }",
        {
            "licences": [{"status": "VALID"}],
            "creditStatus": {"lists": [{"list": "COURT_DEBTOR", "removedOn": None}]},
        },
    ),
    25: _Said("code_revoked", "code { status }", {"code": {"status": "REVOKED"}}),
}
"""By the number of the awkward one; the others have tests of their own above."""


@pytest.mark.parametrize("number", SAID)
async def test_what_the_hub_says_of_an_awkward_one(demo, number):
    """Each fact comes through the hub from the system that keeps it, and nothing is missing."""
    said = SAID[number]
    question = f'{{ entity(uscc: "{code_of(said.key)}") {{ {said.fields} }} }}'
    body = await demo.ask(question, said.client, purpose=said.purpose)
    assert (body["data"]["entity"], body.get("errors")) == (said.expected, None)


async def test_a_wrong_check_digit_is_pointed_out(demo):
    """The entity is found by the code it was given, with the right one beside it."""
    body = await demo.ask(f'{{ entity(uscc: "{code_of("wrong_check_digit")}") {{ name }} }}')
    assert [warning["code"] for warning in body["extensions"]["warnings"]] == ["USCC_CHECK_DIGIT"]


async def test_an_old_registration_is_found_by_its_number(demo):
    """It has no credit code, and none is missed."""
    question = '{ entity(identifier: { kind: REG_NO_15, value: "232303100000127" }) { name uscc } }'
    assert (await demo.ask(question))["data"]["entity"] == {"name": personas()["old_registration"].name, "uscc": None}


@dataclasses.dataclass(frozen=True)
class _Listening:
    """The real adapter, with everything it is asked to search for written down."""

    adapter: Adapter
    asked: list[object]

    def __getattr__(self, name: str) -> object:
        return getattr(self.adapter, name)

    async def search(self, ask: Search) -> Rows:
        """Search, and remember."""
        self.asked.append(ask)
        return await self.adapter.search(ask)


def _last_entities(folder: Path) -> list[str]:
    """Digests of the entities in the last entry."""
    with closing(sqlite3.connect(folder / "hub.db")) as database:
        ((body,),) = database.execute("SELECT body FROM entries ORDER BY position DESC LIMIT 1")
    return list(orjson.loads(body)["entities"])


def _numbers_of_strangers(folder: Path) -> list[str]:
    """Certificate numbers of the licences that hang on no registered code."""
    (path,) = (folder / "exchange" / "approval").glob("xk_*.csv")
    strangers = {person.name for person in STRANGERS.values()}
    return [row["XK_XKBH"] for row in sheet_rows(path) if row["XK_XDR_MC"] in strangers]
