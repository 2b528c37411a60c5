"""Deputies: who may appoint whom, what a deputy then is, and that all of it ends everywhere at once."""

from datetime import timedelta

import pytest

from auth.roles import Role
from hub.callers.people import Account
from tests.acts.hall import freeze, recover
from tests.acts.offices import INSPECTING, as_deputy, done, signed_in, turned_away

PHONE = '{ entity(uscc: "91231282MA9X0A019P") { contactPhone } }'


def deputy(who, principal=None, start="2026-11-23", until="2026-11-30"):
    """An appointment."""
    whom = f', principal: "{principal}"' if principal else ""
    given = f'deputy: "{who}", from: "{start}", until: "{until}", reason: "休假"{whom}'
    return f"mutation {{ appointDeputy({given}) {{ id waiting changed position }} }}"


def of(act, name):
    """Another act on a deputyship."""
    return f'mutation {{ {act}(id: "{name}") {{ changed waiting }} }}'


def me(hall, who, principal):
    """Who somebody is who says that they act for somebody."""
    return hall.ask(signed_in(hall, who), "{ me { department role person actingFor } }", **as_deputy(hall, principal))


async def test_a_deputy_acts_in_the_role_of_another(offices):
    """By header or in the request; the record says for whom, in questions and in acts."""
    await done(offices, "steward", deputy("officer"))
    told = (await me(offices, "officer", "steward")).json()["data"]["me"]
    assert told == {
        "department": "market",
        "role": "STEWARD",
        "person": offices.accounts["officer"].id,
        "actingFor": offices.accounts["steward"].id,
    }
    body = {"extensions": {"hub": {"actingFor": offices.accounts["steward"].id, "purpose": "OPERATIONS"}}}
    told = (await offices.ask(signed_in(offices, "officer"), "{ me { role } }", **body)).json()
    assert told["data"]["me"]["role"] == "STEWARD"
    (principal, *_) = offices.look(lambda ledger: ledger.vault.every("person", offices.accounts["steward"].id))
    questions = [entry for entry in offices.entries() if "act" not in entry]
    assert [entry["states"][0] for entry in questions] == [["Query", "ACTING_FOR", principal, 1]] * 2
    (name,) = [one["id"] for one in await done(offices, "officer", "{ deputies { id } }")]
    await offices.act(signed_in(offices, "officer"), of("endDeputy", name), **as_deputy(offices, "steward"))
    (ended,) = offices.acts("DEPUTY_ENDED")
    principal = offices.look(lambda ledger: ledger.vault.short("person", offices.accounts["steward"].id))
    assert ended["told"]["for"] == principal


async def test_it_ends_with_its_period(offices):
    """In the middle of a session, at midnight; both are told, once."""
    await done(offices, "steward", deputy("officer", until="2026-11-23"))
    world = offices.world
    asker = signed_in(offices, "officer")
    world.now = world.now.replace(hour=23, minute=55)
    headers = offices.headers(asker) | as_deputy(offices, "steward")["headers"]

    async def status():
        return (await world.client.post("/graphql", json={"query": "{ me { role } }"}, headers=headers)).status_code

    assert await status() == 200
    world.now += timedelta(minutes=4, seconds=59)
    assert await status() == 200
    world.now += timedelta(seconds=1)
    assert await status() == 403
    assert await world.hub.officers.look() == 1
    assert await world.hub.officers.look() == 0
    kinds = [one["kind"] for one in await offices.delivered()]
    assert (kinds.count("DEPUTY_APPOINTED"), kinds.count("DEPUTY_ENDED")) == (2, 2)


@pytest.mark.parametrize("how", ["ended", "frozen", "department", "principal left", "deputy in office"])
async def test_it_ends_at_once_where_anything_is_amiss(offices, how):
    """Ended by either, an account that is frozen or was ended, a department that is frozen, an office of the deputy's."""
    made = await done(offices, "steward", deputy("steward-2"))
    assert (await me(offices, "steward-2", "steward")).status_code == 200
    if how == "ended":
        await done(offices, "steward", of("endDeputy", made["id"]))
    elif how in {"frozen", "department"}:
        kind, name = ("PERSON", "steward") if how == "frozen" else ("DEPARTMENT", "market")
        await done(offices, "security", freeze(kind, name))
    elif how == "principal left":
        await done(offices, "admin", 'mutation { endPerson(username: "steward") { changed } }')
    else:
        fields = {name: getattr(offices.accounts["steward-2"], name) for name in Account.__dataclass_fields__}
        offices.store(lambda ledger: ledger.people.change(Account(**{**fields, "role": Role.SEC}), "test"))
        await offices.world.hub.attendant.refresh()
    assert (await me(offices, "steward-2", "steward")).status_code in {401, 403}


async def test_a_stranger_who_says_so_is_refused_and_counted(offices):
    """Five times it is recorded, then there is a wait, and the record does not grow; nobody is told whether there is such a person."""
    codes = [(await me(offices, "officer", "steward")).json()["errors"][0]["extensions"]["code"] for _ in range(7)]
    assert codes == ["NOT_DEPUTY"] * 5 + ["TOO_MANY_TRIES"] * 2
    assert len(offices.acts("DEPUTY_REFUSED")) == 5
    nobody = {"headers": {"hub-acting-for": "nobody", "hub-purpose": "OPERATIONS"}}
    assert await offices.refused(signed_in(offices, "officer-2"), "{ me { role } }", **nobody) == "NOT_DEPUTY"
    assert offices.accounts["steward"].id not in str(offices.entries())


@pytest.mark.parametrize(
    ("by", "query"),
    [
        ("steward", deputy("steward")),
        ("steward", deputy("credit-steward")),
        ("steward", deputy("security")),
        ("steward", deputy("steward-2", "officer")),
        ("officer", deputy("steward")),
        ("admin", deputy("dev", "audit")),
        ("admin", deputy("admin", "dev")),
        ("security", deputy("audit")),
    ],
)
async def test_who_is_no_deputy(small_offices, by, query):
    """Oneself, another department, who holds an office, for somebody else, an officer's who is none, an officer's by an administrator."""
    assert await turned_away(small_offices, by, query) == "DEPUTY_NOT_ALLOWED"
    assert small_offices.rows("SELECT count(*) FROM deputies") == [(0,)]


@pytest.mark.parametrize(
    ("start", "until"),
    [
        ("2026-11-22", "2026-11-30"),
        ("2026-11-23", "2027-02-21"),
        ("2026-11-30", "2026-11-23"),
        ("2027-06-01", "2027-06-02"),
    ],
)
async def test_what_is_no_period(small_offices, start, until):
    """Before today, over 90 days, backwards, far away."""
    assert await turned_away(small_offices, "steward", deputy("steward-2", None, start, until)) == "BAD_USER_INPUT"


async def test_there_is_no_chain_of_deputies(small_offices):
    """Neither a deputy of a deputy, nor the deputy of whom one is one; a bank has none."""
    await done(small_offices, "steward", deputy("steward-2"))
    for by, query in (
        ("steward-2", deputy("officer")),
        ("officer", deputy("steward")),
        ("steward-2", deputy("steward")),
        ("steward", deputy("steward-2")),
    ):
        assert await turned_away(small_offices, by, query) == "DEPUTY_NOT_ALLOWED"
    assert await turned_away(small_offices, "banker", deputy("steward")) == "GRAPHQL_VALIDATION_FAILED"


async def test_the_deputy_of_an_officer_is_confirmed_by_another_office(offices):
    """Till then nobody acts by it; neither the principal's own office nor the two of them confirm it."""
    made = await done(offices, "audit", deputy("dev"))
    assert made["waiting"] is True
    assert (await me(offices, "dev", "audit")).status_code == 403
    assert await turned_away(offices, "audit-2", of("confirmDeputy", made["id"])) == "DEPUTY_NOT_ALLOWED"
    assert (await done(offices, "security", of("confirmDeputy", made["id"])))["changed"] is True
    assert (await me(offices, "dev", "audit")).json()["data"]["me"]["role"] == "AUDIT"


async def test_nobody_is_the_deputy_of_two_offices(small_offices):
    """Not even of one that waits; and a deputy of one office is not appointed to another one."""
    await done(small_offices, "audit", deputy("dev"))
    assert await turned_away(small_offices, "security", deputy("dev")) == "DEPUTY_NOT_ALLOWED"
    appoint = 'mutation { appoint(username: "dev", office: SEC) { waiting } }'
    assert await turned_away(small_offices, "admin", appoint) == "OFFICE_HELD"


async def test_both_count_as_one_where_two_are_needed(offices):
    """A deputy who asked first for somebody, and that person, are not two; neither are they the other way round."""
    made = await done(offices, "security", deputy("dev"))
    await done(offices, "admin", of("confirmDeputy", made["id"]))
    asked = await offices.act(signed_in(offices, "dev"), recover("officer"), **as_deputy(offices, "security"))
    assert asked["recover"]["waiting"] is True
    assert (await done(offices, "security", recover("officer")))["waiting"] is True
    assert (await done(offices, "security-2", recover("officer")))["recovered"] is True
    assert await offices.refused(signed_in(offices, "dev"), recover("security"), **as_deputy(offices, "security")) == (
        "OWN_ACCOUNT"
    )


async def test_what_takes_oneself_no_deputy_does(offices):
    """Appoint another deputy, break glass, confirm."""
    await done(offices, "officer", deputy("officer-2"))
    glass = 'mutation { breakGlass(emergency: { fields: ["Entity.address"], purpose: "INSPECTION", reason: "追查涉事食品的最终流向" }) { id } }'
    for query in (deputy("steward"), glass):
        code = await offices.refused(signed_in(offices, "officer-2"), query, **as_deputy(offices, "officer"))
        assert code == "IN_PERSON_ONLY"


async def test_a_deputy_has_the_rows_of_whom_they_act_for(offices):
    """And no longer those of their own."""
    asker = signed_in(offices, "officer-2")
    own = (await offices.ask(asker, PHONE, **INSPECTING)).json()["data"]["entity"]["contactPhone"]
    await done(offices, "officer", deputy("officer-2"))
    headers = {**INSPECTING["headers"], "hub-acting-for": offices.accounts["officer"].id}
    theirs = (await offices.ask(asker, PHONE, headers=headers)).json()["data"]["entity"]["contactPhone"]
    assert (own, bool(theirs)) == (None, True)


async def test_a_key_of_a_deputy_is_not_that_of_themselves(small_offices):
    """The same request under the same key, once for oneself and once for another, is two."""
    await done(small_offices, "steward", deputy("steward-2"))
    query = deputy("officer", None, "2026-12-01", "2026-12-02")
    asker = signed_in(small_offices, "steward-2")
    assert await small_offices.refused(asker, query, "k", **as_deputy(small_offices, "steward")) == "IN_PERSON_ONLY"
    assert (await small_offices.ask(asker, query, "k", headers={"hub-purpose": "OPERATIONS"})).json()["data"]
