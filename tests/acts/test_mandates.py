"""Mandates: vouched for at a counter, delegated for a time, ended; and what of it may be seen."""

import pytest

from auth.roles import Role
from auth.server.passwords import is_right
from tests.acts.hall import BAKER, BAKERY, CARRIER, CITIZEN, GRAIN, OWNER, SCHOOL, Someone, delegate, end, freeze, vouch

MANDATES = "{ mandates { id uscc kind origin person username startsAt endsAt endedAt } }"
DOWN = {"register": "kaputt"}


def standing(hall, name):
    """As whom an account acts now."""
    return hall.look(lambda ledger: ledger.people.acting(ledger.people.of_username(name))).standing


async def test_a_clerk_vouches_for_a_representative(hall):
    """The name is the register's: an account is made, acts for the entity, and both are told."""
    made = (await hall.act(hall.clerk, vouch()))["vouch"]
    assert (made["matched"], made["position"]) == (True, 1)
    assert made["mandate"] == {
        "id": made["mandate"]["id"],
        "uscc": GRAIN,
        "kind": "REPRESENTATIVE",
        "origin": "COUNTER",
        "username": "ouyang",
    }
    account = hall.look(lambda ledger: ledger.people.of_username("ouyang"))
    assert (account.role, account.department, account.label, account.must_change) == (
        Role.MERCHANT,
        "merchants",
        OWNER,
        True,
    )
    assert is_right(account.password, made["oneTimePassword"])
    assert standing(hall, "ouyang").bindings == {"entities": (GRAIN,)}
    told = await hall.delivered()
    assert [(one["kind"], one["to"], one["entity"]) for one in told] == [
        ("MANDATE_GRANTED", {"person": account.id}, GRAIN),
        ("MANDATE_GRANTED", {"entity": GRAIN}, GRAIN),
    ]
    assert OWNER not in str(told)


async def test_a_name_that_is_not_the_registers(hall):
    """The answer is no, and nothing is kept of either name: no account, no mandate, no notice."""
    assert (await hall.act(hall.clerk, vouch(representative="赵六")))["vouch"] == {
        "matched": False,
        "oneTimePassword": None,
        "position": 1,
        "mandate": None,
    }
    assert hall.acts("VOUCHED")[0]["outcome"] == "NOT_MATCHED"
    assert hall.rows("SELECT count(*) FROM mandates") == [(0,)]
    assert hall.look(lambda ledger: ledger.people.of_username("ouyang")) is None
    assert await hall.delivered() == []
    for word in ("赵六", OWNER):
        assert word.encode() not in hall.world.stored()


@pytest.mark.parametrize(
    "name", [" 欧阳 锦程 ", "欧阳・锦程", "欧·阳锦 程", "欧阳\u200b锦程", "欧阳\u3000锦程", "欧阳.锦程"]
)
async def test_names_are_compared_as_people_write_them(small, name):
    """Blanks, dots of all kinds and what can't be seen make no difference."""
    assert (await small.act(small.clerk, vouch(representative=name)))["vouch"]["matched"] is True


async def test_nobody_represents_what_has_no_representative(small):
    """An entity without one in the register, or one that is not in it at all."""
    for uscc in ("93231282MA9X0C0306", "91440300192203821X"):
        assert (await small.act(small.clerk, vouch(uscc, "nobody", "某人")))["vouch"]["matched"] is False


async def test_an_account_that_is_there(hall):
    """Vouched for again it gains a second entity; a password comes only until the first sign-in."""
    first = (await hall.act(hall.clerk, vouch()))["vouch"]
    again = (await hall.act(hall.clerk, vouch()))["vouch"]
    assert again["mandate"] == first["mandate"]
    assert again["oneTimePassword"] not in (None, first["oneTimePassword"])
    owner = hall.merchant("ouyang")
    hall.store(lambda ledger: ledger.people.change_password(owner.person, "scrypt$1$1$1$AA==$AA=="))
    assert (await hall.act(hall.clerk, vouch()))["vouch"]["oneTimePassword"] is None
    assert hall.rows("SELECT count(*) FROM mandates") == [(1,)]


@pytest.mark.parametrize(("username", "name"), [("agent", OWNER), ("clerk", "窗口甲"), ("second-clerk", OWNER)])
async def test_an_account_of_somebody_else(small, username, name):
    """One of another name, or not of a merchant, is refused before the register is asked."""
    small.world.calls.clear()
    assert await small.refused(small.clerk, vouch(GRAIN, username, name)) == "ACCOUNT_UNSUITABLE"
    assert small.world.calls == []


async def test_account_names_that_are_none(small):
    """Account names have a form of their own."""
    for username in ("Ouyang", "ou", "欧阳", "-ouyang", "ou yang", "o" * 65, ""):
        assert await small.refused(small.clerk, vouch(GRAIN, username)) == "BAD_USER_INPUT"


WRITTEN = [CITIZEN, f"张三{CITIZEN}", f"{CITIZEN[:6]} {CITIZEN[6:14]} {CITIZEN[14:]}", f"{CITIZEN[:17]}3"]
FULL_WIDTH = "".join(chr(ord(digit) + 0xFEE0) for digit in CITIZEN)


PLACES = ("uscc", "username", "representative", "variable", "id")


def numbered(place, written):
    """A request with a number in one of its arguments, and its variables."""
    if place == "variable":
        return vouch().replace("mutation", "mutation ($n: String!)").replace(f'"{OWNER}"', "$n"), {"n": written}
    return (end(written) if place == "id" else vouch(**{place: written})), {}


@pytest.mark.parametrize("written", [*WRITTEN, FULL_WIDTH])
async def test_a_citizen_number_is_refused_and_kept_nowhere(small, written):
    """Whatever argument it stands in, however it is written, also mistyped: refused, and not a byte of it is stored."""
    for place in PLACES:
        text, variables = numbered(place, written)
        code = await small.refused(small.clerk, text, variables=variables)
        assert code == "LOOKS_LIKE_CITIZEN_ID" or (place == "uscc" and "张" in written)
    assert small.entries() == []
    for trace in (CITIZEN[:17], CITIZEN[6:14], written):
        assert trace.encode() not in small.world.stored()


async def test_a_clerk_has_five_wrong_tries_an_hour(hall):
    """Names can't be guessed; another clerk, another entity and another hour are not held up."""
    for number in range(5):
        assert (await hall.act(hall.clerk, vouch(representative=f"赵{number}")))["vouch"]["matched"] is False
    hall.world.calls.clear()
    answer = await hall.ask(hall.clerk, vouch())
    assert answer.json()["errors"][0]["extensions"]["code"] == "TOO_MANY_TRIES"
    assert "60" in answer.json()["errors"][0]["message"]
    assert hall.world.calls == []
    assert (await hall.act(hall.clerk, vouch(BAKERY, "zhoubai", BAKER)))["vouch"]["matched"] is True
    assert (await hall.act(hall.someone("counter", "second-clerk"), vouch()))["vouch"]["matched"] is True
    hall.world.now = hall.world.now.replace(hour=11)
    assert (await hall.act(hall.clerk, vouch()))["vouch"]["matched"] is True


async def test_a_register_that_does_not_answer(hall):
    """It is said, with 503; nothing is kept but that it was asked, and the same key does it later."""
    hall.world.down = DOWN
    answer = await hall.ask(hall.clerk, vouch(), "k")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "REGISTER_UNAVAILABLE")
    assert "kaputt" not in answer.text
    assert [(entry["act"], entry["outcome"]) for entry in hall.entries()] == [("REGISTER_ASKED", "REFUSED")]
    hall.world.down = {}
    assert (await hall.act(hall.clerk, vouch(), "k"))["vouch"]["matched"] is True


async def test_the_register_is_asked_for_what_is_compared(small):
    """One entity, its representative and status, and only when everything else is well."""
    small.world.calls.clear()
    await small.act(small.clerk, vouch())
    assert [(c["record"], c["keys"], c["columns"]) for c in small.world.calls] == [
        ("Entity", [GRAIN], ["$key", "legalRepresentative", "status"])
    ]
    await small.act(small.clerk, vouch(), "k")
    small.world.calls.clear()
    await small.act(small.clerk, vouch(), "k")
    assert small.world.calls == []


async def test_a_representative_delegates(hall):
    """Another merchant's account acts for the entity until the end of a day; both are told."""
    await hall.act(hall.clerk, vouch())
    made = (await hall.act(hall.merchant("ouyang"), delegate()))["delegate"]
    assert made["granted"] is True
    assert made["mandate"]["endsAt"] == "2027-02-01T00:00:00+08:00"
    assert standing(hall, "agent").bindings == {"entities": (GRAIN,)}
    told = (await hall.delivered())[2:]
    assert [one["to"] for one in told] == [
        {"person": hall.accounts["agent"].id},
        {"entity": GRAIN},
    ]
    assert "2027年1月31日" in told[0]["text"]


async def test_a_delegation_is_renewed(hall):
    """A new period takes the place of the old one."""
    await hall.act(hall.clerk, vouch())
    owner = hall.merchant("ouyang")
    first = (await hall.act(owner, delegate()))["delegate"]["mandate"]["id"]
    second = (await hall.act(owner, delegate(until="2027-03-31")))["delegate"]["mandate"]["id"]
    held = (await hall.act(Someone("mine", hall.accounts["agent"].id), MANDATES))["mandates"]
    assert {one["id"]: one["endedAt"] is None for one in held} == {first: False, second: True}
    assert sum(one["kind"] == "MANDATE_ENDED" for one in await hall.delivered()) == 0


@pytest.mark.parametrize(
    ("until", "good"),
    [("2026-11-22", False), ("2026-11-23", True), ("2027-11-23", True), ("2027-11-24", False), ("9999-12-31", False)],
)
async def test_a_delegation_has_a_period(small, until, good):
    """From today to a year from now."""
    await small.act(small.clerk, vouch())
    owner = small.merchant("ouyang")
    if good:
        assert (await small.act(owner, delegate(until=until)))["delegate"]["granted"] is True
    else:
        assert await small.refused(owner, delegate(until=until)) == "BAD_USER_INPUT"


async def test_a_delegate_cannot_delegate(hall):
    """Nor can a representative of another entity, or one whose mandate has ended."""
    made = (await hall.act(hall.clerk, vouch()))["vouch"]["mandate"]["id"]
    hall.add("third", Role.MERCHANT, "merchants", "丁")
    owner, agent = hall.merchant("ouyang"), hall.merchant("agent")
    await hall.act(owner, delegate())
    assert await hall.refused(agent, delegate("third")) == "NOT_REPRESENTATIVE"
    assert await hall.refused(owner, delegate("third", uscc=BAKERY)) == "NOT_REPRESENTATIVE"
    await hall.act(owner, end(made))
    assert await hall.refused(owner, delegate("third")) == "NOT_REPRESENTATIVE"


@pytest.mark.parametrize("username", ["nobody", "clerk", "ouyang"])
async def test_accounts_that_cannot_be_delegates(small, username):
    """Nobody's, a clerk's, one's own: the answer is no, the same for all, and five of them an hour."""
    await small.act(small.clerk, vouch())
    owner = small.merchant("ouyang")
    for _ in range(5):
        made = (await small.act(owner, delegate(username)))["delegate"]
        assert (made["granted"], made["mandate"]) == (False, None)
    assert await small.refused(owner, delegate("agent")) == "TOO_MANY_TRIES"


async def test_a_delegate_is_named_by_their_id(small):
    """Who signs in elsewhere has no account name."""
    await small.act(small.clerk, vouch())
    made = await small.act(small.merchant("ouyang"), delegate(small.accounts["agent"].id))
    assert made["delegate"]["mandate"]["username"] == "agent"


async def test_what_a_representative_ends_ends_all_that_follows(hall):
    """A mandate ends with those given by it, in one act; everybody is told, and tokens from before are dead."""
    made = (await hall.act(hall.clerk, vouch()))["vouch"]["mandate"]["id"]
    owner, agent = hall.merchant("ouyang"), hall.merchant("agent")
    below = (await hall.act(owner, delegate()))["delegate"]["mandate"]["id"]
    before = {who: hall.headers(who) for who in (owner, agent)}
    over = (await hall.act(owner, end(made)))["endMandate"]
    assert over["ended"] == [made, below]
    assert not any(standing(hall, name).bindings.get("entities") for name in ("ouyang", "agent"))
    for headers in before.values():
        assert (await hall.world.client.post("/graphql", json={"query": MANDATES}, headers=headers)).status_code == 401
    told = [(one["kind"], one["to"].get("person"), one["reason"]) for one in (await hall.delivered())[4:]]
    assert told == [
        ("MANDATE_ENDED", owner.person, "BY_HOLDER"),
        ("MANDATE_ENDED", agent.person, "REPRESENTATIVE_ENDED"),
    ]


async def test_who_may_end_a_mandate(hall):
    """Its holder, who gave it, the entity's representative, the clerk who vouched; for all others it is not there."""
    made = (await hall.act(hall.clerk, vouch()))["vouch"]["mandate"]["id"]
    owner, agent = hall.merchant("ouyang"), hall.merchant("agent")
    await hall.act(hall.clerk, vouch(BAKERY, "zhoubai", BAKER))
    baker, other = hall.merchant("zhoubai"), hall.someone("counter", "second-clerk")
    below = (await hall.act(owner, delegate()))["delegate"]["mandate"]["id"]
    for who, mandate in ((baker, below), (agent, made), (other, made), (other, below), (owner, "nothing")):
        assert await hall.refused(who, end(mandate)) == "MANDATE_NOT_FOUND"
    assert (await hall.act(agent, end(below)))["endMandate"]["ended"] == [below]
    assert (await hall.act(owner, end(below)))["endMandate"]["ended"] == []
    again = (await hall.act(owner, delegate()))["delegate"]["mandate"]["id"]
    assert (await hall.act(hall.clerk, end(made)))["endMandate"]["ended"] == [made, again]


async def test_who_sees_which_mandates(hall):
    """One's own and those one gave or vouched for; of one entity, if one asks so; those that ended for 90 days."""
    first = (await hall.act(hall.clerk, vouch()))["vouch"]["mandate"]["id"]
    second = (await hall.act(hall.clerk, vouch(BAKERY, "zhoubai", BAKER)))["vouch"]["mandate"]["id"]
    owner, agent, baker = (hall.merchant(name) for name in ("ouyang", "agent", "zhoubai"))
    below = (await hall.act(owner, delegate()))["delegate"]["mandate"]["id"]

    async def seen(who, query=MANDATES):
        return {one["id"] for one in (await hall.act(who, query))["mandates"]}

    assert await seen(hall.clerk) == {first, second}
    assert await seen(hall.clerk, f'{{ mandates(uscc: "{BAKERY}") {{ id }} }}') == {second}
    assert await seen(owner) == {first, below}
    assert await seen(agent) == {below}
    assert await seen(baker) == {second}
    assert await seen(hall.someone("counter", "second-clerk")) == set()
    await hall.act(agent, end(below))
    assert await seen(owner) == {first, below}
    hall.world.now = hall.world.now.replace(year=2027, month=3)
    assert await seen(owner) == {first}


async def test_mandates_beside_records(hall):
    """A question may ask for mandates and records at once; it is recorded like any other."""
    await hall.act(hall.clerk, vouch())
    body = await hall.act(hall.merchant("ouyang"), "{ me { role } mine: mandates { uscc } again: mandates { kind } }")
    assert body == {"me": {"role": "MERCHANT"}, "mine": [{"uscc": GRAIN}], "again": [{"kind": "REPRESENTATIVE"}]}
    assert hall.entries()[-1]["outcome"] == "ANSWERED"


async def test_an_entity_of_another_kind(small):
    """A head of an institution is matched like any other; one whose licence was revoked still has a representative."""
    assert (await small.act(small.clerk, vouch(SCHOOL, "duanmu", "端木明远")))["vouch"]["matched"] is True
    assert (await small.act(small.clerk, vouch(CARRIER, "weichi", "尉迟敬东")))["vouch"]["matched"] is True


async def test_a_frozen_person_does_nothing(small):
    """Not even what they were vouched for."""
    await small.act(small.clerk, vouch())
    owner = small.merchant("ouyang")
    await small.act(Someone("security"), freeze("PERSON", "ouyang"))
    assert (await small.ask(owner, delegate())).status_code == 401
