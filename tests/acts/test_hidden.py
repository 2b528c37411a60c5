"""What a role may do exists for that role alone: for all others it reads like a misspelling."""

import re

import pytest

from auth.scopes import Scope
from tests.acts.hall import SECURITY, Someone, claiming, delegate, end, freeze, recover, vouch
from tests.golden.folder import Step

ROLES = {
    "SEC": {"freeze", "recover", "thaw"},
    "CLERK": {"vouch", "endMandate"},
    "MERCHANT": {"claim", "delegate", "endMandate"},
    "ADMIN": {"recover"},
    "OFFICER": set(),
    "PUBLIC": set(),
}
ASKED = {
    "freeze": freeze("CLIENT", "bank"),
    "thaw": freeze("CLIENT", "bank", "thaw"),
    "vouch": vouch(),
    "delegate": delegate(),
    "endMandate": end("x"),
    "claim": claiming(),
    "recover": recover("x"),
}
CLIENTS = {"SEC": "security", "CLERK": "counter", "MERCHANT": "mine", "ADMIN": "admin", "OFFICER": "officer"}
CASE = {"headers": {"hub-case": "17"}}


def somebody(role):
    """A caller of a role."""
    return Someone(CLIENTS[role], "p") if role in CLIENTS else None


@pytest.mark.parametrize("role", ROLES)
async def test_a_schema_shows_what_its_role_may_do(small, role):
    """SDL and introspection have exactly the role's mutations, or no mutations at all, and no type of the others."""
    headers = {**small.headers(somebody(role)), "hub-case": "17"}
    sdl = (await small.world.client.get("/graphql/schema", headers=headers)).text
    block = re.search(r"^type Mutation \{\n(.*?)^\}", sdl, re.MULTILINE | re.DOTALL)
    shown = set(re.findall(r"^  (\w+)\(", block[1], re.MULTILINE)) if block else set()
    assert shown == ROLES[role]
    query = "{ __schema { mutationType { fields { name } } } }"
    told = (await small.ask(somebody(role), query, **CASE)).json()["data"]["__schema"]["mutationType"]
    assert {field["name"] for field in (told or {"fields": []})["fields"]} == ROLES[role]
    assert ("VouchOutcome" in sdl, "StopKind" in sdl) == (role == "CLERK", role == "SEC")
    assert ("type Mandate " in sdl) == (role in {"CLERK", "MERCHANT"})


@pytest.mark.parametrize("role", ROLES)
async def test_what_a_role_may_not_do_is_misspelled(small, role):
    """A hidden mutation is answered like one that nobody has, with a key or without; nothing is done or recorded."""
    who = somebody(role)
    for name in set(ASKED) - ROLES[role]:
        for key in ("", None):
            hidden = (await small.ask(who, ASKED[name], key, **CASE)).json()["errors"][0]
            wrong = ASKED[name].replace(name, "nothing" + name[:1], 1)
            known = (await small.ask(who, wrong, key, **CASE)).json()["errors"][0]
            assert hidden["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
            said = [re.sub(r"'\w+'", "'…'", one["extensions"]["messageEn"]) for one in (hidden, known)]
            assert said[0] == said[1]
    assert small.entries() == []


@pytest.mark.parametrize("role", ROLES)
async def test_mandates_exist_for_clerks_and_merchants(small, role):
    """For all others there is no such root field."""
    body = (await small.ask(somebody(role), "{ mandates { id } }", **CASE)).json()
    if role in {"CLERK", "MERCHANT"}:
        assert body["data"] == {"mandates": []}
    else:
        assert body["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_equal_policies_of_different_roles_share_no_validation(small):
    """A question that one role was answered is still refused to another whose fields are the same."""
    step = Step(client="security", text=freeze("CLIENT", "bank"))
    assert (await small.act(SECURITY, step.text))["freeze"]["changed"] is True
    assert await small.refused(Someone("admin"), step.text) == "GRAPHQL_VALIDATION_FAILED"
    assert (await small.act(Someone("mine", "p"), "{ mandates { id } }")) == {"mandates": []}
    assert await small.refused(Someone("admin"), "{ mandates { id } }") == "GRAPHQL_VALIDATION_FAILED"


async def test_a_token_narrowed_to_scopes_carries_no_acts(small):
    """Scopes are groups of fields: a token for some of them is for reading these."""
    hub = small.world.hub
    step = Step(client="security", scopes=(Scope.ENTITY_IDENTITY.value,), text=freeze("CLIENT", "bank"))
    headers = {"authorization": f"Bearer {small.world._token(step)}", "idempotency-key": "k"}
    answer = await small.world.client.post("/graphql", json={"query": step.text}, headers=headers)
    assert answer.json()["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert hub.database.reading(lambda c: c.exec_driver_sql("SELECT count(*) FROM stops").scalar()) == 0


@pytest.mark.parametrize("name", ["vouch", "delegate", "endMandate"])
async def test_a_client_by_itself_is_nobody(small, name):
    """What a person answers for, a client's own token does not do."""
    client = "counter" if name == "vouch" else "mine"
    answer = await small.ask(Someone(client), ASKED[name])
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "PERSON_REQUIRED")
    assert (await small.act(Someone(client), "{ mandates { id } }")) == {"mandates": []}
