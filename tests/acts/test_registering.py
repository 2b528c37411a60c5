"""Clients and departments, as a system administrator puts and ends them: felt at once, with every version kept."""

import json

import pytest

from hub.callers.client_secrets import add_secret, list_credentials
from tests.acts.hall import Someone
from tests.acts.offices import done, signed_in, turned_away

ME = "{ me { client label } }"


def client(name="canteen", **changed):
    """A client that is put."""
    said = {"id": name, "label": "食堂系统", "department": "hall", "role": "CLERK", "purposes": ["SERVICE"], **changed}
    given = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items())
    return f"mutation {{ putClient(client: {{ {given} }}) {{ changed position }} }}"


def department(code="canteens", **changed):
    """A department that is put."""
    said = {"code": code, "label": "食堂办", **changed}
    given = ", ".join(f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in said.items())
    return f"mutation {{ putDepartment(department: {{ {given} }}) {{ changed }} }}"


def end(act, name):
    """The end of one."""
    given = f'id: "{name}"' if act == "endClient" else f'code: "{name}"'
    return f"mutation {{ {act}({given}) {{ changed }} }}"


async def test_a_client_is_put_changed_and_ended(offices):
    """Its tokens hold at once and say what it is now; ended, they, its sign-ins and its secrets are dead at once."""
    assert (await done(offices, "admin", client()))["changed"] is True
    asker = Someone("canteen")
    assert (await offices.act(asker, ME))["me"] == {"client": "canteen", "label": "食堂系统"}
    assert (await done(offices, "admin", client()))["changed"] is False
    assert (await done(offices, "admin", client(label="食堂新系统")))["changed"] is True
    assert (await offices.act(asker, ME))["me"]["label"] == "食堂新系统"
    offices.store(lambda ledger: add_secret(ledger.connection, "canteen", ledger.now, 90))
    headers = offices.headers(asker)
    assert (await done(offices, "admin", end("endClient", "canteen")))["changed"] is True
    response = await offices.world.client.post("/graphql", json={"query": ME}, headers=headers)
    assert response.status_code == 401
    kept = offices.look(lambda ledger: list_credentials(ledger.connection, "canteen"))
    assert [one.holds(10**9) for one in kept] == [False]
    versions = offices.rows("SELECT version, replaced_at IS NULL FROM clients WHERE id = 'canteen' ORDER BY version")
    assert [(number, bool(holds)) for number, holds in versions] == [(1, False), (2, False)]
    assert [entry["outcome"] for entry in offices.acts("CLIENT_PUT")] == ["GRANTED", "ALREADY", "GRANTED"]


async def test_tokens_of_a_client_that_comes_again_stay_dead(offices):
    """Whoever held one before it was ended gets nothing by it afterwards."""
    await done(offices, "admin", client())
    before = offices.headers(Someone("canteen"))
    await done(offices, "admin", end("endClient", "canteen"))
    await done(offices, "admin", client())
    assert (await offices.world.client.post("/graphql", json={"query": ME}, headers=before)).status_code == 401
    assert await offices.act(Someone("canteen"), ME)


@pytest.mark.parametrize(
    "query",
    [
        client(department="nowhere"),
        client(role="PUBLIC"),
        client(role="NONE"),
        client(purposes=["NONE"]),
        client(purposes=[]),
        client("Bad Id"),
        client(signIn=True),
        client(redirectUris=["https://x.example/back"]),
        client(authentication="none", machine=True),
        client(authentication="magic"),
        client(signIn=True, redirectUris=["http://elsewhere.example/"]),
        client(label=""),
        end("endClient", "nothing"),
        end("endClient", "portal"),
        department("Bad Code"),
        department(label=" "),
        end("endDepartment", "nothing"),
        end("endDepartment", "hall"),
        end("endDepartment", "registrar"),
    ],
)
async def test_what_cannot_be_is_refused(small_offices, query):
    """What the configuration would refuse, what is not there, what one uses, what is used: with a code, and nothing changed."""
    before = small_offices.rows("SELECT count(*) FROM clients")
    assert await turned_away(small_offices, "admin", query) == "BAD_USER_INPUT"
    assert small_offices.rows("SELECT count(*) FROM clients") == before


async def test_nobody_locks_everybody_out(small_offices):
    """The client one uses keeps its way in and its purposes; it may get more."""
    said = {"label": "工作台", "department": "operations", "role": "DEV", "signIn": True, "portal": True}
    uris = {"redirectUris": ["https://portal.example/back"]}
    purposes = ["OPERATIONS", "INSPECTION", "SERVICE", "PUBLIC_QUERY"]
    for changed in ({"portal": False}, {"purposes": ["SERVICE"]}, {"role": "CLERK"}):
        query = client("portal", **{**said, **uris, "purposes": purposes, **changed})
        assert await turned_away(small_offices, "admin", query) == "BAD_USER_INPUT"
    more = client("portal", **{**said, **uris, "purposes": [*purposes, "FINANCE"]})
    assert (await done(small_offices, "admin", more))["changed"] is True


async def test_a_department_is_put_and_ended(offices):
    """It is there for clients and people, until it is ended, which needs it to be empty."""
    assert (await done(offices, "admin", department()))["changed"] is True
    await done(offices, "admin", client(department="canteens"))
    assert await turned_away(offices, "admin", end("endDepartment", "canteens")) == "BAD_USER_INPUT"
    await done(offices, "admin", end("endClient", "canteen"))
    assert (await done(offices, "admin", end("endDepartment", "canteens")))["changed"] is True
    assert "canteens" not in offices.world.hub.roster.departments


async def test_the_lists_say_what_there_is(small_offices):
    """For system and audit administrators; never a secret."""
    await done(small_offices, "admin", client(bindings=[]))
    small_offices.store(lambda ledger: add_secret(ledger.connection, "canteen", ledger.now, 90))
    asked = "{ clients { id department role purposes secrets frozen machine } departments { code label } }"
    for name in ("admin", "audit"):
        told = await small_offices.act(signed_in(small_offices, name), asked, headers={"hub-purpose": "OPERATIONS"})
        found = next(one for one in told["clients"] if one["id"] == "canteen")
        assert found == {
            "id": "canteen",
            "department": "hall",
            "role": "CLERK",
            "purposes": ["SERVICE"],
            "secrets": 1,
            "frozen": False,
            "machine": True,
        }
        assert {"code": "hall", "label": "政务大厅"} in told["departments"]
    assert await turned_away(small_offices, "security", asked) == "GRAPHQL_VALIDATION_FAILED"
