"""What the city answers through a real hub: every example, and the same to the public whichever city it asks."""

import json

import pytest

from hub.demo.clients import PUBLIC
from hub.demo.examples import city_examples
from schema.catalogue import Kind
from tests.demo.running import TODAY, running_demo

CLIENTS = {
    "公众 Public": None,
    "执法人员·市监局 Market officer": "market-enforcement-app",
    "执法人员·卫健局 Health officer": "health-inspection-app",
    "执法人员·药械监管 Device officer": "device-inspection-app",
    "执法监督·司法局 Justice bureau": "justice-desk",
    "大厅窗口 Counter clerk": "service-hall-counter",
    "审批人员 Approver": "approval-desk",
    "评优评先 Awards": "awards-screening",
    "市信用办 Credit office": "credit-office-desk",
    "数源部门管理员 Data steward": "market-steward",
    "金融机构 Bank": "finance-station",
    "学校 School": "campus-supervision",
    "经营主体 Business": "merchant-suihe",
    "部门开发者 Developer": "bigdata-sandbox",
}


@pytest.fixture(scope="module")
async def demos(tmp_path_factory, anyio_backend):
    """The city and its twin, each with a hub in front of it."""
    folder = tmp_path_factory.mktemp("answers")
    async with running_demo(folder / "here") as here, running_demo(folder / "there", twin=True) as there:
        yield here, there


@pytest.mark.parametrize("example", city_examples(TODAY), ids=lambda example: example.title_en)
async def test_every_example_is_answered(demos, example):
    """Each question gives data to the role it stands under; one about another's records, or for a purpose that waits for
    consents, gives none, and says so.
    """
    variables = json.loads(example.variables or "{}")
    answer = await demos[0].ask(example.query, CLIENTS[example.role], purpose=example.purpose, variables=variables)
    if example.purpose == "FINANCE":
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["CONSENT_REQUIRED"]
        return
    assert all(answer["data"].values()) is not example.title_en.startswith("Somebody")


async def test_a_bank_learns_what_its_purpose_waits_for(demos):
    """Who it is and what its purpose needs is told, and that no field is held; no record leaves."""
    query = "{ me { client purpose } purposes { code requiresConsent } catalogue { field } }"
    answer = await demos[0].ask(query, "finance-station")
    assert answer["data"] == {
        "me": {"client": "finance-station", "purpose": "FINANCE"},
        "purposes": [{"code": "FINANCE", "requiresConsent": True}],
        "catalogue": [],
    }
    bank = next(c for c in demos[0].city.credentials if c.client.id == "finance-station")
    assert bank.may_see == ()


async def test_an_approval_case_is_known_to_its_source(demos):
    """The number of a case of the office is found in its own records, another number is flagged."""
    listed = "{ entities(first: 100) { edges { node { approvalCases { caseNo } } } } }"
    edges = (await demos[0].ask(listed, "approval-desk"))["data"]["entities"]["edges"]
    number = next(case["caseNo"] for edge in edges for case in edge["node"]["approvalCases"])
    query = "{ me { case caseState } }"
    for case, state in ((number, "SOURCE"), ("不存在的编号", "UNVERIFIED")):
        answer = await demos[0].ask(query, "approval-desk", case=case)
        assert answer["data"]["me"] == {"case": case, "caseState": state}


async def test_first_question_is_answered_by_all_departments(demos):
    """Licences of two departments, and something in every list."""
    answer = await demos[0].ask(city_examples(TODAY)[0].query)
    entity = answer["data"]["entity"]
    departments = {licence["provenance"]["department"] for licence in entity["licences"]}
    assert departments == {"肇东市市场监督管理局", "肇东市卫生健康局"}
    assert all(entity[name] for name in ("penalties", "commitments", "incentives"))
    assert all(entity["creditStatus"][name] for name in ("headline", "ratings", "lists"))
    assert entity["legalRepresentative"] == "欧阳**"
    assert "errors" not in answer


async def test_every_public_value_of_every_entity_is_the_same(demos, city, catalogue):
    """All fields the public holds, page by page: the same answers, ids, cursors and states in both cities."""
    held = frozenset(next(c for c in city.credentials if c.client is PUBLIC).may_see)
    fields = _selection(catalogue, held, "Entity")
    query = (
        "query($after: String) { entities(first: 100, after: $after) {"
        f" edges {{ cursor node {{ id {fields} }} }} pageInfo {{ endCursor }} }} }}"
    )
    after, seen = None, 0
    while True:
        here, there = [await demo.ask(query, variables={"after": after}) for demo in demos]
        assert here == there
        found = here["data"]["entities"]
        seen += len(found["edges"])
        after = found["pageInfo"]["endCursor"]
        if len(found["edges"]) < 100:
            break
    assert seen == 2000


def _selection(catalogue, held, record):
    rule = catalogue.records[record]
    leaves = [
        f"{name} {{ amount currency original }}" if field.kind is Kind.MONEY else name
        for name, field in rule.fields.items()
        if field.coordinate in held
    ]
    below = [(name, _selection(catalogue, held, relation.target)) for name, relation in rule.relations.items()]
    leaves += [f"{name} {{ {text} }}" for name, text in below if text]
    return " ".join([*leaves, "provenance { source department asOf freshness disputed basis }"] if leaves else [])
