"""A denial carries the request that would end it: it can be sent as it is, and then the question is answered."""

import json

import pytest

from tests.acts.hall import GRAIN, Someone
from tests.exchange.bureau import OUTCOME

ENTITY = f'entity(uscc: "{GRAIN}")'


async def helped(bureau, who, fields, purpose=None):
    """The prefilled requests of a question by their fields."""
    headers = {"hub-purpose": purpose} if purpose else {}
    body = (await bureau.hall.ask(who, f"{{ {ENTITY} {{ name {fields} }} }}", None, headers=headers)).json()
    return {
        one["extensions"]["field"]: one["extensions"].get("help", {}).get("request") for one in body.get("errors", ())
    }


async def test_a_prefilled_request_can_be_sent(bureau):
    """With a legal basis and a reason in it: the owner agrees, it is released, and the denial is gone."""
    who = bureau.someone("clerk")
    request = (await helped(bureau, who, "contactPhone"))["Entity.contactPhone"]
    assert request == {
        "mutation": "requestAccess",
        "variables": {"grants": [{"role": "CLERK", "purposes": ["SERVICE"], "fields": ["Entity.contactPhone"]}]},
        "sharing": "CONDITIONAL",
        "workingDays": 10,
        "owners": ["registrar"],
        "renews": None,
    }
    grants = [{**one, "legalBasis": "行政许可法"} for one in request["variables"]["grants"]]
    query = f"mutation ($grants: [GrantInput!]!, $reason: String!) {{ requestAccess(grants: $grants, reason: $reason) {OUTCOME} }}"
    sent = await bureau.hall.act(who, query, variables={"grants": grants, "reason": "窗口核对联系人"})
    number = sent["requestAccess"]["request"]["number"]
    await bureau.agreed(number)
    await bureau.do("sec", f'releaseRequest(number: "{number}")')
    assert await helped(bureau, who, "contactPhone") == {}


async def test_what_has_expired_is_renewed(bureau):
    """The grant that gave it, of one's own department; sent, it leads there."""
    await bureau.released(ends='"2026-11-30"')
    bureau.at("2026-12-01T09:00:00")
    request = (await helped(bureau, bureau.someone("clerk"), "contactPhone"))["Entity.contactPhone"]
    assert (request["mutation"], request["variables"], request["renews"]) == ("renewGrant", {"id": "G-001"}, "G-001")
    done = await bureau.do("clerk", 'renewGrant(id: "G-001", until: "2027-05-31", reason: "仍需使用")')
    number = done["request"]["number"]
    await bureau.agreed(number)
    await bureau.do("sec", f'releaseRequest(number: "{number}")')
    assert await helped(bureau, bureau.someone("clerk"), "contactPhone") == {}


async def test_another_purpose_is_asked_for(small):
    """What is granted for one purpose is asked for under the one of the question, of every owner."""
    found = await helped(small, small.someone("clerk"), "licences { name: certificateName premises }", "SERVICE")
    request = found["Licence.premises"]
    assert request["variables"]["grants"][0]["purposes"] == ["SERVICE"]
    assert (request["owners"], request["workingDays"]) == (["market", "health"], 1)


async def test_what_a_field_is_computed_from_is_asked_for_with_it(small):
    """The one is of no use without the other."""
    found = await helped(small, Someone("school"), "licences { daysToExpiry }")
    (grant,) = found["Licence.daysToExpiry"]["variables"]["grants"]
    assert grant["fields"] == ["Licence.daysToExpiry", "Licence.validTo", "Licence.longTerm"]


@pytest.mark.parametrize(
    ("who", "fields"),
    [
        (None, "licences { premises }"),
        (None, "registeredCapital { amount } licences { premises }"),
        (Someone("merchant-unbound"), "name"),
        (Someone("bank"), "registeredCapital { amount }"),
        (Someone("bank"), "lists: creditStatus { lists { name } }"),
    ],
)
async def test_where_nothing_is_prefilled(small, who, fields):
    """For the public and merchants, and for what a denial takes away."""
    purpose = "FINANCE" if who == Someone("bank") else None
    assert not [one for one in (await helped(small, who, fields, purpose)).values() if one]


async def test_a_prefilled_request_tells_of_nobody_else(small):
    """Neither a value nor another department's grant stands in it."""
    found = await helped(small, Someone("bank"), "address creditStatus { ratings { grade } }", "FINANCE")
    text = json.dumps(found, ensure_ascii=False)
    ours = {grant.id for grant in small.hall.world.hub.roster.grants if grant.department == "bank"}
    others = {grant.id for grant in small.hall.world.hub.roster.grants} - ours
    assert not [name for name in others if f'"{name}"' in text]
    assert found["CreditRating.grade"]["renews"] == "bank-rating-until-yesterday"
