"""Whoever wants to grant themselves something: by themselves, in two roles, for another department, twice, or at the same time."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from auth.roles import Role
from auth.scopes import Scope
from auth.tokens import Terms
from hub.acts.doing import Doing
from tests.acts.hall import Someone, freeze
from tests.exchange.bureau import OUTCOME, answering, asking


def release(number):
    """A release."""
    return f'releaseRequest(number: "{number}")'


@pytest.mark.parametrize("client", ["steward-registrar", "steward-market"])
async def test_nobody_answers_what_they_asked(bureau, client):
    """Not through a client of the owner's stewards, and even less for another owner."""
    number = await bureau.asked()
    code = await bureau.refused(f"clerk@{client}", answering(number, "registrar"))
    assert code == ("SAME_PERSON" if client == "steward-registrar" else "REQUEST_NOT_FOUND")


async def test_nobody_releases_what_they_asked_or_answered(bureau):
    """Through the client of security, whatever role they had before."""
    number = await bureau.asked()
    assert await bureau.refused("clerk@security", f'refuseRequest(number: "{number}", basis: "无")') == "SAME_PERSON"
    await bureau.agreed(number)
    for name in ("clerk", "steward-registrar"):
        assert await bureau.refused(f"{name}@security", release(number)) == "SAME_PERSON"
    assert (await bureau.do("second-clerk@security", release(number)))["request"]["state"] == "RELEASED"


async def test_nobody_answers_for_two_owners(bureau):
    """A steward of one department who also acts for another."""
    number = await bureau.asked(fields=("Licence.premises",))
    await bureau.do("steward-market", answering(number, "market"))
    assert await bureau.refused("steward-market@steward-health", answering(number, "health")) == "SAME_PERSON"
    await bureau.do("steward-health", answering(number, "health"))


async def test_a_deputy_counts_as_both(bureau, monkeypatch):
    """Whoever asked for somebody else has that other one's hand in it, and the other way round."""
    clerk, steward = (bureau.hall.accounts[name].id for name in ("clerk", "steward-registrar"))

    def persons(self):
        return frozenset({self.person(), *({steward} if self.person() == clerk else ())})

    monkeypatch.setattr(Doing, "persons", persons)
    number = await bureau.asked()
    assert await bureau.refused("steward-registrar", answering(number, "registrar")) == "SAME_PERSON"
    other = await bureau.asked("second-clerk")
    await bureau.agreed(other)
    assert await bureau.refused("clerk@security", release(other)) == "SAME_PERSON"


@pytest.mark.parametrize("name", ["clerk", "second-clerk", "dev", "auditor", "admin"])
async def test_other_roles_have_neither_answers_nor_releases(bureau, name):
    """To them these do not exist."""
    number = await bureau.asked()
    for field in (
        answering(number, "registrar"),
        release(number),
        f'extendRequest(number: "{number}", reason: "演练")',
    ):
        assert await bureau.refused(name, field) == "GRAPHQL_VALIDATION_FAILED"


async def test_another_departments_steward(bureau):
    """Neither for themselves nor in the name of the owner; a request that is not theirs looks like none."""
    number = await bureau.asked()
    for owner in ("registrar", "market", "nobody"):
        assert await bureau.refused("steward-market", answering(number, owner)) == "REQUEST_NOT_FOUND"
    for wrong in ("R-2026-99999", "", "R-2026-00001' OR 1=1", "\u202e", "x" * 10_000):
        assert await bureau.refused("steward-registrar", answering(wrong, "registrar")) == "REQUEST_NOT_FOUND"


async def test_a_narrowed_token_carries_no_request(bureau):
    """One for scopes of fields does nothing else."""
    who, hall = bureau.someone("clerk"), bureau.hall
    issuer, now = hall.world.hub.issuer, hall.world.hub.gateway.clock.now()
    narrow = Terms(person=who.person, scopes=[Scope.ENTITY_IDENTITY])
    token = issuer.issue(who.client, now, timedelta(minutes=5), narrow)
    body = {"query": f"mutation {{ {asking()} {OUTCOME} }}"}
    headers = {"authorization": f"Bearer {token}", "idempotency-key": "narrow"}
    answer = (await hall.world.client.post("/graphql", json=body, headers=headers)).json()
    assert answer["errors"][0]["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"


async def test_a_stale_session(bureau):
    """A steward who was frozen, or has left, answers nothing with a token from before; nor does what they said count."""
    number = await bureau.asked()
    await bureau.agreed(number)
    headers = bureau.hall.headers(bureau.someone("steward-registrar"))
    other = await bureau.asked()
    await bureau.hall.act(bureau.someone("sec"), freeze("PERSON", "steward-registrar"))
    body = {"query": f"mutation {{ {answering(other, 'registrar')} {OUTCOME} }}"}
    answer = await bureau.hall.world.client.post("/graphql", json=body, headers={**headers, "idempotency-key": "stale"})
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert await bureau.refused("sec", release(number)) == "REQUEST_OUTDATED"
    assert bureau.hall.rows("SELECT count(*) FROM grants WHERE request <> ''") == [(0,)]


async def test_whoever_was_made_somebody_else_is_that_from_then_on(bureau):
    """Nobody keeps a part they had under another role: the person is the same."""
    number = await bureau.asked()
    clerk = bureau.hall.accounts["clerk"]

    def promote(ledger):
        ledger.people.change(replace(clerk, department="registrar", role=Role.STEWARD), "演练")

    bureau.hall.store(promote)
    assert await bureau.refused("clerk@steward-registrar", answering(number, "registrar")) == "SAME_PERSON"


async def test_a_replay_does_nothing_again(bureau):
    """The same release with the same key: its result, and one grant."""
    number = await bureau.asked()
    await bureau.agreed(number)
    first = await bureau.do("sec", release(number), key="once")
    assert await bureau.do("sec", release(number), key="once") == first
    assert bureau.hall.rows("SELECT count(*) FROM grants WHERE request <> ''") == [(1,)]
    assert len(bureau.hall.acts("REQUEST_RELEASED")) == 1


async def test_two_officers_release_at_once(bureau):
    """Twenty releases of two security administrators: one grant, one entry, the others are told that it is done."""
    number = await bureau.asked()
    await bureau.agreed(number)
    query = f"mutation {{ {release(number)} {OUTCOME} }}"
    who = [bureau.someone(name) for name in ("sec", "sec-two")] * 10
    bodies = [one.json() for one in await asyncio.gather(*(bureau.hall.ask(one, query) for one in who))]
    codes = [one["errors"][0]["extensions"]["code"] for one in bodies if "errors" in one]
    assert codes == ["REQUEST_STATE"] * 19
    assert bureau.hall.rows("SELECT count(*) FROM grants WHERE request <> ''") == [(1,)]
    assert len(bureau.hall.acts("REQUEST_RELEASED")) == 1


async def test_an_answer_and_a_withdrawal_at_once(bureau):
    """Ten times: whatever came first, the request has one end, and its steps are in order."""
    for _ in range(10):
        number = await bureau.asked()
        asked = [
            bureau.hall.ask(
                bureau.someone("steward-registrar"), f"mutation {{ {answering(number, 'registrar')} {OUTCOME} }}"
            ),
            bureau.hall.ask(bureau.someone("clerk"), f'mutation {{ withdrawRequest(number: "{number}") {OUTCOME} }}'),
        ]
        answered, withdrawn = [one.json() for one in await asyncio.gather(*asked)]
        assert "errors" not in withdrawn
        found = await bureau.seen("clerk", number)
        kinds = [one["kind"] for one in found["steps"]]
        assert found["state"] == "WITHDRAWN"
        assert kinds == ["SUBMITTED", *([] if "errors" in answered else ["APPROVED"]), "WITHDRAWN"]


async def test_twenty_ask_at_once(bureau):
    """Each gets a number of its own, without a gap."""
    query = f"mutation {{ {asking()} {OUTCOME} }}"
    bodies = await asyncio.gather(*(bureau.hall.ask(bureau.someone("clerk"), query) for _ in range(20)))
    numbers = sorted(one.json()["data"]["requestAccess"]["request"]["number"] for one in bodies)
    assert numbers == [f"R-2026-{n:05d}" for n in range(1, 21)]


async def test_nobody_fills_the_desks(small):
    """Requests of a department that wait, and drafts of a person, have a bound."""

    def fill(connection):
        values = ", ".join(
            f"('R-2025-{n:05d}', 'SUBMITTED', 'hall', 'x', 'counter', 0, x'00', '[]', 1, 1, '')" for n in range(200)
        )
        names = "number, state, department, asked_by, client, paper, reason, changes, made_at, submitted_at, basis"
        connection.exec_driver_sql(f"INSERT INTO access_requests ({names}) VALUES {values}")  # noqa: S608 - numbers

    small.hall.world.hub.database.acting(fill)
    assert await small.refused("clerk", asking()) == "BAD_USER_INPUT"
    for _ in range(50):
        await small.do("clerk", asking(more=", draft: true"))
    assert await small.refused("clerk", asking(more=", draft: true")) == "BAD_USER_INPUT"


async def test_a_grant_of_another_department_looks_like_none(small):
    """To renew or to end it; ids of all kinds."""
    for name in ("bank-open", "public-open", "nothing", "x" * 5000, "\u0000"):
        for field in (
            f'renewGrant(id: "{name}", until: "2027-12-31", reason: "演练")',
            f'endGrant(id: "{name}", lastDay: "2026-12-31", reason: "演练")',
        ):
            who = Someone("counter", small.hall.accounts["clerk"].id)
            body = (await small.hall.ask(who, f"mutation {{ {field} {{ position }} }}")).json()
            assert body["errors"][0]["extensions"]["code"] in ("BAD_USER_INPUT", "GRAPHQL_PARSE_FAILED")
            assert "没有这项授权" in body["errors"][0]["message"] or name == "\u0000"


async def test_all_of_a_mutation_or_nothing(bureau):
    """A release beside something that fails releases nothing."""
    number = await bureau.asked()
    await bureau.agreed(number)
    query = f"mutation {{ a: {release(number)} {{ position }} b: {release('R-2026-99999')} {{ position }} }}"
    assert await bureau.hall.refused(bureau.someone("sec"), query) == "REQUEST_NOT_FOUND"
    assert (await bureau.seen("clerk", number))["state"] == "APPROVED"
    assert bureau.hall.rows("SELECT count(*) FROM grants WHERE request <> ''") == [(0,)]
