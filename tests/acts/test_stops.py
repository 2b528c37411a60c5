"""Freezing and thawing: what is named, who may not, what is felt."""

import pytest

from auth.standing import Stopped
from hub.callers.stopping import is_frozen
from tests.acts.hall import CITIZEN, SECURITY, Someone, freeze

ME = "{ me { client } }"


async def test_a_freeze_is_felt_and_lifted(hall):
    """A frozen client is nobody at once; thawed, its new tokens hold and those of before stay dead."""
    clerk = Someone("counter")
    old = hall.headers(clerk)
    assert (await hall.ask(clerk, ME)).status_code == 200
    await hall.act(SECURITY, freeze("CLIENT", "counter"))
    assert (await hall.world.client.post("/graphql", json={"query": ME}, headers=old)).status_code == 401
    assert (await hall.ask(clerk, ME)).status_code == 401
    await hall.act(SECURITY, freeze("CLIENT", "counter", "thaw"))
    assert (await hall.ask(clerk, ME)).status_code == 200
    assert (await hall.world.client.post("/graphql", json={"query": ME}, headers=old)).status_code == 401


async def test_what_changed_is_said(hall):
    """Freezing what is frozen, or thawing what is not, changes nothing, and is recorded all the same."""
    asked = [freeze("DEPARTMENT", "bank"), freeze("DEPARTMENT", "bank"), freeze("DEPARTMENT", "bank", "thaw")]
    asked.append(freeze("DEPARTMENT", "bank", "thaw"))
    told = [next(iter((await hall.act(SECURITY, text)).values())) for text in asked]
    assert [one["changed"] for one in told] == [True, False, True, False]
    assert [one["position"] for one in told] == [1, 2, 3, 4]
    assert [(e["act"], e["outcome"]) for e in hall.entries()] == [
        ("FROZEN", "GRANTED"),
        ("FROZEN", "ALREADY"),
        ("THAWED", "GRANTED"),
        ("THAWED", "ALREADY"),
    ]
    assert hall.entries()[0]["told"] == {
        "department": "operations",
        "kind": "DEPARTMENT",
        "name": "bank",
        "purpose": "OPERATIONS",
        "role": "SEC",
    }


async def test_a_person_is_frozen_by_name_or_id(hall):
    """Both name the same person, of whom the record holds a digest only."""
    agent = hall.accounts["agent"]
    assert (await hall.act(SECURITY, freeze("PERSON", "agent")))["freeze"]["changed"] is True
    assert (await hall.act(SECURITY, freeze("PERSON", agent.id)))["freeze"]["changed"] is False
    assert hall.look(lambda ledger: is_frozen(ledger.connection, [(Stopped.PERSON, agent.id)]))
    assert (await hall.ask(Someone("mine", agent.id), ME)).status_code == 401
    assert "agent" not in str(hall.entries())
    assert agent.id not in str(hall.entries())


async def test_a_grant_is_frozen(hall):
    """Its fields are held no more until it is thawed."""
    clerk = Someone("clerk")
    asked = {"headers": {"hub-purpose": "SERVICE"}}
    text = '{ entity(uscc: "91231282MA9X0A019P") { name } }'
    assert (await hall.act(clerk, text, **asked))["entity"]["name"]
    mine = [g.id for g in hall.world.hub.settings.grants if g.department == "hall" and "Entity.name" not in g.masked]
    for grant in mine:
        await hall.act(SECURITY, freeze("GRANT", grant))
    body = (await hall.ask(clerk, text, **asked)).json()
    assert not (body["data"]["entity"] or {}).get("name")
    for grant in mine:
        await hall.act(SECURITY, freeze("GRANT", grant, "thaw"))
    assert (await hall.act(clerk, text, **asked))["entity"]["name"]


@pytest.mark.parametrize("kind", ["CLIENT", "DEPARTMENT", "PERSON", "GRANT"])
async def test_what_is_not_there_is_not_frozen(small, kind):
    """A misspelled name is refused: whoever freezes must not believe that it is done."""
    assert await small.refused(SECURITY, freeze(kind, "nothing")) == "BAD_USER_INPUT"
    assert small.entries() == []


async def test_nobody_freezes_what_they_use(small):
    """One's own client, department and account: whoever could thaw them would be out."""
    agent = small.accounts["agent"]
    me = Someone("security", agent.id)
    for kind, name in (("CLIENT", "security"), ("DEPARTMENT", "operations"), ("PERSON", "agent")):
        assert await small.refused(me, freeze(kind, name)) == "BAD_USER_INPUT"
    assert small.rows("SELECT count(*) FROM stops") == [(0,)]


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201, "a\\nb", f"见 {CITIZEN}"])
async def test_reasons_that_are_none(small, reason):
    """Empty, too long, more than a line, or with a citizen number in it."""
    text = freeze("CLIENT", "bank").replace("演练", reason)
    expected = "LOOKS_LIKE_CITIZEN_ID" if CITIZEN in reason else "BAD_USER_INPUT"
    assert await small.refused(SECURITY, text) == expected
    assert small.rows("SELECT count(*) FROM stops") == [(0,)]


async def test_reasons_are_kept(small):
    """Why something was frozen, and why it was thawed, stands with the stops."""
    await small.act(SECURITY, freeze("CLIENT", "bank"))
    await small.act(SECURITY, freeze("CLIENT", "bank", "thaw"))
    assert small.rows("SELECT reason FROM stops ORDER BY number") == [("演练",), ("THAWED 演练",)]
