"""The register says who represents an entity: people who claim it, and what happens when it says otherwise."""

import asyncio
from typing import Any

import pytest

from auth.roles import Role
from hub.callers.mandates import Mandates
from schema.enums import MandateOrigin
from tests.acts.hall import BAKER, BAKERY, CITIZEN, GRAIN, OWNER, Hall, Someone, claiming, delegate, vouch

DOWN = {"register": "kaputt"}


async def claim(hall: Hall, person: str, uscc: str = GRAIN) -> dict[str, Any]:
    """What became of a claim."""
    found: dict[str, Any] = (await hall.act(Someone("mine", person), claiming(uscc)))["claim"]
    return found


async def code_of(hall: Hall, person: str, uscc: str = GRAIN) -> str:
    """The code with which a claim is refused."""
    return await hall.refused(Someone("mine", person), claiming(uscc))


def held(hall: Hall, name: str) -> tuple[str, ...]:
    """Entities that an account acts for."""

    def work(ledger):
        return ledger.people.acting(ledger.people.of_username(name)).standing.bindings.get("entities", ())

    return hall.look(work)


async def peopled(hall: Hall) -> None:
    """Have two representatives, one with a delegate."""
    await hall.act(hall.clerk, vouch())
    await hall.act(hall.clerk, vouch(BAKERY, "zhoubai", BAKER))
    await hall.act(hall.merchant("ouyang"), delegate())
    await hall.delivered()


# ---------------------------------------------------------------- claims


async def test_a_name_that_matches_is_a_mandate(hall):
    """Yes: the person represents the entity, and both are told; again it is the same mandate."""
    agent = hall.real(OWNER)
    found = await claim(hall, agent)
    assert found["matched"]
    acting = hall.look(lambda ledger: ledger.people.acting(ledger.people.of_id(agent)))
    assert acting.standing.bindings == {"entities": (GRAIN,)}
    (mandate,) = hall.look(
        lambda ledger: Mandates(ledger.connection, hall.world.hub.attendant.vault, ledger.now).shown_to(agent)
    )
    known = (mandate.id, mandate.origin, mandate.granted_by)
    assert known == (found["mandate"]["id"], MandateOrigin.REAL_NAME, "city-id")
    assert (await claim(hall, agent))["mandate"] == found["mandate"]
    assert [entry["outcome"] for entry in hall.acts("ENTITY_CLAIMED")] == ["MATCHED", "MATCHED"]
    assert len(await hall.delivered()) == 2


async def test_a_name_that_does_not_match_leaves_its_outcome_alone(hall):
    """No: nothing is kept but that it was asked, and neither name in clear."""
    found = await claim(hall, hall.real("赵六六"))
    assert (found["matched"], found["mandate"]) == (False, None)
    (entry,) = hall.acts("ENTITY_CLAIMED")
    assert (entry["outcome"], entry["told"]["provider"]) == ("NOT_MATCHED", "city-id")
    assert hall.rows("SELECT count(*) FROM mandates") == [(0,)]
    assert await hall.delivered() == []
    for word in ("赵六六", OWNER):
        assert word.encode() not in hall.world.stored()


async def test_a_namesake_is_sent_to_the_counter(hall):
    """Where somebody of the same name represents the entity already, the register's yes is not enough."""
    assert (await claim(hall, hall.real(OWNER)))["mandate"]
    found = await claim(hall, hall.real(OWNER, subject="another"))
    assert (found["matched"], found["mandate"]) == (True, None)
    assert [entry["outcome"] for entry in hall.acts("ENTITY_CLAIMED")] == ["MATCHED", "TAKEN"]


async def test_five_claims_an_hour(hall):
    """A sixth is refused without asking the register; an hour later there are five more, and others have their own."""
    agent, other = hall.real("赵甲"), hall.real(OWNER)
    for _ in range(5):
        assert not (await claim(hall, agent))["matched"]
    hall.world.calls.clear()
    assert await code_of(hall, agent) == "TOO_MANY_TRIES"
    assert hall.world.calls == []
    assert (await claim(hall, other))["matched"]
    hall.world.now = hall.world.now.replace(hour=11)
    hall.register(GRAIN, FRXM="赵甲")
    assert (await claim(hall, agent))["matched"]


async def test_parallel_claims(hall):
    """However they come, no more than five in an hour are told whether the name is right."""
    who = Someone("mine", hall.real("赵甲"))
    told = await asyncio.gather(*(hall.ask(who, claiming(GRAIN)) for _ in range(20)))
    assert sum("errors" not in one.json() for one in told) == 5
    assert len(hall.acts("ENTITY_CLAIMED")) == 5


async def test_claims_that_are_none(small):
    """Codes that are none, numbers of people, accounts whose name nobody vouches for: the register is not asked."""
    owner, agent = small.real(OWNER), small.accounts["agent"].id
    small.world.calls.clear()
    assert await code_of(small, owner, "123") == "USCC_FORMAT"
    assert await code_of(small, owner, CITIZEN) == "LOOKS_LIKE_CITIZEN_ID"
    assert await code_of(small, agent) == "ACCOUNT_UNSUITABLE"
    assert await code_of(small, "nobody") == "ACCOUNT_UNSUITABLE"
    assert (small.world.calls, small.entries()) == ([], [])
    assert CITIZEN.encode() not in small.world.stored()


async def test_a_claim_that_the_register_does_not_answer(small):
    """It is said, and recorded that it was asked."""
    small.world.down = DOWN
    assert await code_of(small, small.real(OWNER)) == "REGISTER_UNAVAILABLE"
    assert [entry["outcome"] for entry in small.acts("REGISTER_ASKED")] == ["REFUSED"]


@pytest.mark.parametrize("changed", [{"ZT": "DEREGISTERED"}, {"ZT": "ANNULLED"}, {"FRXM": None}, {"FRXM": "欧阳**"}])
async def test_what_the_register_does_not_say(small, changed):
    """Nobody represents what is gone; a name that is missing or masked is nobody's."""
    small.register(GRAIN, **changed)
    assert not (await claim(small, small.real(OWNER)))["matched"]
    assert not (await claim(small, small.real("欧阳**")))["matched"]


# ---------------------------------------------------------------- the register says otherwise


async def test_a_change_of_representative_ends_authority_and_tells_both(hall):
    """The mandate and all delegates it gave end, their tokens die, the old and the new one are told; others stay."""
    await peopled(hall)
    owner, agent, baker = (hall.merchant(name) for name in ("ouyang", "agent", "zhoubai"))
    before = {who: hall.headers(who) for who in (owner, agent, baker)}
    keeper = hall.world.hub.keeper
    assert await keeper.look() == 0
    hall.register(GRAIN, FRXM="司徒新任")
    assert await keeper.look() == 2
    assert [held(hall, name) for name in ("ouyang", "agent", "zhoubai")] == [(), (), (BAKERY,)]
    await hall.world.hub.attendant.refresh()
    for who, status in ((owner, 401), (agent, 401), (baker, 200)):
        answer = await hall.world.client.post("/graphql", json={"query": "{ me { role } }"}, headers=before[who])
        assert answer.status_code == status
    told = (await hall.delivered())[6:]
    assert [(one["kind"], one["to"]) for one in told] == [
        ("REPRESENTATIVE_CHANGED", {"person": owner.person}),
        ("MANDATE_ENDED", {"person": agent.person}),
        ("REPRESENTATIVE_CHANGED", {"entity": GRAIN}),
    ]
    for word in (OWNER, "司徒新任"):
        assert word not in str(told)
        assert word.encode() not in hall.world.stored()
    assert await keeper.look() == 0
    assert (await hall.act(hall.clerk, vouch(GRAIN, "situ", "司徒新任")))["vouch"]["matched"] is True


async def test_what_a_change_leaves_in_the_record(hall):
    """Each look that asked the register, and each mandate that ended, at positions without a gap."""
    await peopled(hall)
    hall.register(GRAIN, FRXM="司徒新任")
    await hall.world.hub.keeper.look()
    looked, *over = hall.entries()[-3:]
    assert (looked["act"], looked["outcome"]) == ("REPRESENTATIVES_COMPARED", "COMPARED")
    assert looked["told"] == {"asked": "2", "answered": "2"}
    assert [(entry["act"], entry["told"]["kind"]) for entry in over] == [
        ("MANDATE_ENDED", "REPRESENTATIVE"),
        ("MANDATE_ENDED", "DELEGATE"),
    ]


async def test_a_deregistered_entity_is_represented_by_nobody(hall):
    """Whoever acted for it is told why; a name written otherwise changes nothing."""
    await peopled(hall)
    hall.register(BAKERY, FRXM=" 周·白 ")
    assert await hall.world.hub.keeper.look() == 0
    hall.register(GRAIN, ZT="DEREGISTERED")
    assert await hall.world.hub.keeper.look() == 2
    told = (await hall.delivered())[6:]
    assert [(one["kind"], one["reason"]) for one in told] == [
        ("MANDATE_ENDED", "ENTITY_ENDED"),
        ("MANDATE_ENDED", "REPRESENTATIVE_ENDED"),
    ]


@pytest.mark.parametrize("changed", [{"FRXM": None}, {"FRXM": "欧阳**"}, {"FRXM": " "}, {"TYSHXYDM": "X"}])
async def test_a_register_that_says_nothing_ends_nothing(small, changed):
    """No name, a masked one, a row that is missing."""
    await peopled(small)
    small.register(GRAIN, **changed)
    assert await small.world.hub.keeper.look() == 0
    assert held(small, "agent") == (GRAIN,)


async def test_a_register_that_is_down_ends_nothing(hall):
    """It is recorded that it was asked, and asked again the next time."""
    await peopled(hall)
    hall.register(GRAIN, FRXM="司徒新任")
    hall.world.down = DOWN
    assert await hall.world.hub.keeper.look() == 0
    assert held(hall, "agent") == (GRAIN,)
    assert hall.entries()[-1]["outcome"] == "UNANSWERED"
    hall.world.down = {}
    assert await hall.world.hub.keeper.look() == 2


async def test_the_register_is_asked_in_batches(small):
    """Five hundred entities at a time, each once however many represent it, and none without a representative."""

    def work(ledger):
        people = ledger.people
        for number in range(1_001):
            ledger.connection.exec_driver_sql(
                "INSERT INTO mandates VALUES (?, ?, ?, 'REPRESENTATIVE', 'COUNTER', 'x', ?, 0, NULL, NULL, 'x')",
                (f"m{number}", "p", f"E{number // 2:04}" if number < 200 else f"F{number:04}", b"digest"),
            )
        return people

    small.store(work)
    small.world.calls.clear()
    assert await small.world.hub.keeper.look() == 0
    assert [len(call["keys"]) for call in small.world.calls] == [500, 401]
    assert len({key for call in small.world.calls for key in call["keys"]}) == 901


async def test_a_period_that_is_over(hall):
    """A delegate's mandate ends with its last day, and the tokens issued by it."""
    await peopled(hall)
    agent = hall.merchant("agent")
    hall.world.now = hall.world.now.replace(year=2027, month=1, day=31, hour=23, minute=59)
    before = hall.headers(agent)
    assert await hall.world.hub.keeper.end_periods() == 0
    assert held(hall, "agent") == (GRAIN,)
    hall.world.now = hall.world.now.replace(month=2, day=1, hour=0, minute=0)
    assert held(hall, "agent") == ()
    assert await hall.world.hub.keeper.end_periods() == 1
    assert await hall.world.hub.keeper.end_periods() == 0
    await hall.world.hub.attendant.refresh()
    assert (
        await hall.world.client.post("/graphql", json={"query": "{ me { role } }"}, headers=before)
    ).status_code == 401
    assert [one["reason"] for one in (await hall.delivered())[6:]] == ["PERIOD_OVER"]


async def test_one_who_is_matched_anew_keeps_their_delegates(small):
    """Somebody whose name changed, and the register's with it, represents the entity by the new name."""
    agent, third = small.real(OWNER), small.add("third", Role.MERCHANT, "merchants", "丁")
    await claim(small, agent)
    await small.act(Someone("mine", agent), delegate("third"))
    small.register(GRAIN, FRXM="欧阳改名")
    assert small.real("欧阳改名", subject=OWNER) == agent
    assert (await claim(small, agent))["matched"]
    assert await small.world.hub.keeper.look() == 0
    assert held(small, third.username) == (GRAIN,)


async def test_whoever_is_matched_while_the_register_is_asked_stays(small):
    """An answer from before a mandate says nothing of it."""
    await peopled(small)
    keeper = small.world.hub.keeper
    stale = await keeper.register.ask([GRAIN])
    small.register(GRAIN, FRXM="司徒新任")
    occasion = keeper._occasion()
    small.world.now = small.world.now.replace(minute=1)
    situ = small.real("司徒新任")
    assert (await claim(small, situ))["matched"]

    def end(connection):
        return keeper._end_contradicted(connection, occasion=occasion, code=GRAIN, registered=stale[GRAIN])

    assert small.world.hub.database.acting(end) == 0
    acting = small.look(lambda ledger: ledger.people.acting(ledger.people.of_id(situ)))
    assert acting.standing.bindings == {"entities": (GRAIN,)}
