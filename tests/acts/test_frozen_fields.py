"""A field or scope that is frozen: for everybody, at once, explained, and never the failure of a question."""

import asyncio

import pytest

from tests.acts.hall import GRAIN, SECURITY, Someone, freeze

ASKED = f'{{ entity(uscc: "{GRAIN}") {{ name legalRepresentative contactPhone }} }}'
OFFICER = Someone("officer")
CASE = {"headers": {"hub-case": "17"}}


async def asked(hall, who, query=ASKED, **more):
    """The entity of an answer, and what was denied of it by code."""
    body = (await hall.ask(who, query, **more)).json()
    denied = {e["extensions"]["field"]: e["extensions"]["code"] for e in body.get("errors", [])}
    return body["data"]["entity"], denied


async def test_it_is_answered_with_one_explained_denial(hall):
    """For whoever held it; the rest of the answer is there; the denial says whom to ask, and that it may pass."""
    assert (await asked(hall, OFFICER, **CASE))[0]["contactPhone"]
    await hall.act(SECURITY, freeze("FIELD", "Entity.contactPhone"))
    body = (await hall.ask(OFFICER, ASKED, **CASE)).json()
    assert body["data"]["entity"]["name"]
    assert body["data"]["entity"]["contactPhone"] is None
    (error,) = body["errors"]
    assert (error["extensions"]["code"], error["extensions"]["retryable"]) == ("FIELD_FROZEN", True)
    assert error["extensions"]["help"]["owner"] == "登记机关"
    await hall.act(SECURITY, freeze("FIELD", "Entity.contactPhone", "thaw"))
    assert (await asked(hall, OFFICER, **CASE))[0]["contactPhone"]


async def test_no_source_is_asked_for_it(hall):
    """Not as a column, and not for what is computed from it."""
    await hall.act(SECURITY, freeze("FIELD", "Entity.contactPhone"))
    hall.world.calls.clear()
    await asked(hall, OFFICER, **CASE)
    assert "contactPhone" not in str(hall.world.calls)


async def test_the_public_is_told_too(small):
    """Whose station is below it: a field they hold masked does not turn into a misspelling."""
    assert (await asked(small, None))[0]["contactPhone"]
    await small.act(SECURITY, freeze("FIELD", "entity.contact"))
    entity, denied = await asked(small, None)
    assert (entity["contactPhone"], denied) == (None, {"Entity.contactPhone": "FIELD_FROZEN"})


async def test_who_never_held_it_learns_nothing(small):
    """For them it is denied as before, or hidden as before."""
    query = f'{{ entity(uscc: "{GRAIN}") {{ name address }} }}'
    before = (await small.ask(None, query)).json()
    await small.act(SECURITY, freeze("FIELD", "Entity.address"))
    after = (await small.ask(None, query)).json()
    for body in (before, after):
        body["extensions"].pop("requestId", None)
        for error in body.get("errors", []):
            error["extensions"].pop("requestId", None)
    assert before == after


async def test_what_is_computed_from_it_is_frozen_with_it(small):
    """Days to expiry tell the day of expiry."""
    query = f'{{ entity(uscc: "{GRAIN}") {{ licences {{ status validTo daysToExpiry }} }} }}'
    await small.act(SECURITY, freeze("FIELD", "Licence.validTo"))
    entity, denied = await asked(small, OFFICER, query, **CASE)
    assert set(denied.values()) == {"FIELD_FROZEN"}
    assert set(denied) == {"Licence.validTo", "Licence.daysToExpiry"}
    assert all(row["status"] for row in entity["licences"])


async def test_nobody_filters_by_it(small):
    """The whole field that carries the argument is denied."""
    query = '{ entities(filter: { name: "金穗" }) { edges { node { uscc } } } }'
    assert (await small.ask(OFFICER, query, **CASE)).json()["data"]["entities"]["edges"]
    await small.act(SECURITY, freeze("FIELD", "Entity.name"))
    body = (await small.ask(OFFICER, query, **CASE)).json()
    assert body["data"]["entities"] is None
    assert body["errors"][0]["extensions"]["code"] == "FIELD_FROZEN"


async def test_it_is_felt_under_load(hall):
    """Questions that come while it is frozen: none that was asked after the act has the value, all have the rest."""
    done = asyncio.Event()
    late = []

    async def ask_on():
        for _ in range(12):
            frozen = done.is_set()
            entity, denied = await asked(hall, OFFICER, **CASE)
            assert entity["name"]
            if frozen:
                late.append((entity["contactPhone"], denied))

    async def freeze_it():
        await asyncio.sleep(0)
        await hall.act(SECURITY, freeze("FIELD", "Entity.contactPhone"))
        done.set()

    await asyncio.gather(*(ask_on() for _ in range(8)), freeze_it())
    assert late
    assert set(map(str, late)) == {str((None, {"Entity.contactPhone": "FIELD_FROZEN"}))}


@pytest.mark.parametrize("name", ["Entity.nothing", "entity.nothing", "Entity"])
async def test_what_is_no_field_is_not_frozen(small, name):
    """A misspelled one is refused: whoever freezes must not believe that it is done."""
    assert await small.refused(SECURITY, freeze("FIELD", name)) == "BAD_USER_INPUT"
