"""A lost authenticator is recovered by two administrators, one after the other, and by nobody for themselves."""

import pytest

from auth.roles import Role
from auth.server import second_factor
from tests.acts.hall import Hall, Someone, recover


def staffed(hall: Hall) -> None:
    """Two security administrators and an officer, each with an authenticator."""
    for name in ("first", "second", "officer"):
        account = hall.add(name, Role.OFFICER if name == "officer" else Role.SEC, "operations", f"测试{name}")
        enrol(hall, account.id)


def enrol(hall: Hall, person: str) -> None:
    """Give a person an authenticator."""
    hall.store(lambda ledger: ledger.people.enrol(person, second_factor.fresh_key(), 0))


def factor(hall: Hall, name: str) -> bytes | None:
    """The authenticator of an account."""
    account = hall.look(lambda ledger: ledger.people.of_username(name))
    assert account is not None
    return account.second_factor


def administrator(hall: Hall, name: str) -> Someone:
    """An administrator."""
    return hall.someone("security", name)


async def test_two_administrators_recover_an_authenticator(hall):
    """The first waits, however often they ask; the second one does it; the person is signed out and told."""
    staffed(hall)
    for _ in range(2):
        told = (await hall.act(administrator(hall, "first"), recover("officer")))["recover"]
        assert (told["recovered"], told["waiting"]) == (False, True)
        assert factor(hall, "officer") is not None
    before = hall.look(lambda ledger: ledger.pulse())
    told = (await hall.act(administrator(hall, "second"), recover("officer")))["recover"]
    assert (told["recovered"], told["waiting"]) == (True, False)
    assert factor(hall, "officer") is None
    assert hall.look(lambda ledger: ledger.pulse()) > before
    (notice,) = await hall.delivered()
    assert (notice["kind"], notice["to"]) == ("SECOND_FACTOR_RECOVERED", {"person": hall.accounts["officer"].id})
    done = [(entry["act"], entry["outcome"]) for entry in hall.entries() if "RECOVER" in entry.get("act", "")]
    assert done == [("RECOVERY_ASKED", "WAITING")] * 2 + [("SECOND_FACTOR_RECOVERED", "GRANTED")]


async def test_nobody_recovers_their_own(small):
    """Neither as the first nor as the second of the two."""
    staffed(small)
    assert await small.refused(administrator(small, "first"), recover("first")) == "OWN_ACCOUNT"
    await small.act(administrator(small, "second"), recover("first"))
    assert await small.refused(administrator(small, "first"), recover("first")) == "OWN_ACCOUNT"
    assert factor(small, "first") is not None


async def test_what_was_asked_for_an_hour_ago_is_asked_anew(small):
    """The second administrator's word then begins another recovery."""
    staffed(small)
    await small.act(administrator(small, "first"), recover("officer"))
    small.world.now = small.world.now.replace(hour=small.world.now.hour + 2)
    told = (await small.act(administrator(small, "second"), recover("officer")))["recover"]
    assert (told["recovered"], told["waiting"]) == (False, True)
    assert factor(small, "officer") is not None


@pytest.mark.parametrize("name", ["nobody", "clerk"])
async def test_what_cannot_be_recovered_is_said(small, name):
    """An account that is not there, or has no authenticator."""
    staffed(small)
    assert await small.refused(administrator(small, "first"), recover(name)) == "BAD_USER_INPUT"


async def test_a_system_recovers_nothing(small):
    """It takes a person to speak for a person."""
    staffed(small)
    assert await small.refused(Someone("security"), recover("officer")) == "PERSON_REQUIRED"
