"""Purposes that wait for consents: nothing of anybody is answered, in whatever way it is asked; what the hub is may be."""

import pytest

from tests.acts.hall import GRAIN, Someone, open_hall

BANK = Someone("bank")
CONSENT = '\ncode = "FINANCE"\nrequires_consent = true\n'


@pytest.fixture
async def bound(tmp_path):
    """The hall with a bank's first purpose bound to consents; its second one is not."""
    async with open_hall(tmp_path, lambda written: written.replace('\ncode = "FINANCE"\n', CONSENT)) as hall:
        yield hall


async def asked(hall, text, purpose="FINANCE", **more):
    """The response under a purpose."""
    return await hall.ask(BANK, text, None, headers={"hub-purpose": purpose, **more})


RECORDS = [
    f'{{ entity(uscc: "{GRAIN}") {{ name }} }}',
    f'{{ me {{ client }} entity(uscc: "{GRAIN}") {{ __typename }} }}',
    f'{{ entitiesByUscc(usccs: ["{GRAIN}"]) {{ name }} }}',
    "{ entities { totalCount } }",
    '{ node(id: "x") { id } }',
    '{ nodes(ids: ["x"]) { id } }',
    '{ certificate(number: "1") { status } }',
    f'query {{ ...more }} fragment more on Query {{ entity(uscc: "{GRAIN}") {{ name }} }}',
    f'{{ ... on Query {{ entity(uscc: "{GRAIN}") {{ name }} }} }}',
    f'query($no: Boolean = false) {{ entity(uscc: "{GRAIN}") @include(if: $no) {{ name }} }}',
]


@pytest.mark.parametrize("text", RECORDS)
@pytest.mark.parametrize("denied", ["partial", "quiet", "reject", "explain"])
async def test_no_record_is_answered(bound, text, denied):
    """Each way to records is refused before a source is asked, with what to do; existing or not."""
    response = await asked(bound, text, **{"hub-on-denied": denied})
    body = response.json()
    (error,) = body["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (403, "CONSENT_REQUIRED")
    assert "data" not in body
    assert bound.world.calls == []


async def test_the_same_is_answered_for_another_purpose(bound):
    """The client's other purpose needs none."""
    body = (await asked(bound, RECORDS[0], "CREDIT_CHECK")).json()
    assert body["data"]["entity"]["name"]


async def test_what_the_hub_is_may_be_asked(bound):
    """Who asks, what the purposes need, and a schema without any record."""
    text = "{ me { purpose } purposes { code requiresConsent } catalogue { field } __schema { queryType { fields { name } } } }"
    data = (await asked(bound, text)).json()["data"]
    assert data["me"] == {"purpose": "FINANCE"}
    assert data["purposes"] == [
        {"code": "FINANCE", "requiresConsent": True},
        {"code": "CREDIT_CHECK", "requiresConsent": False},
    ]
    assert data["catalogue"] == []
    names = {field["name"] for field in data["__schema"]["queryType"]["fields"]}
    assert {"me", "purposes"} <= names
    assert names.isdisjoint({"entity", "entities", "entitiesByUscc", "node", "nodes", "certificate"})
    headers = {**bound.headers(BANK), "hub-purpose": "FINANCE"}
    sdl = (await bound.world.client.get("/graphql/schema", headers=headers)).text
    assert "type Entity " not in sdl
