"""Break-glass: what it gives, to whom, for how long; who is told; that it is reviewed, and what follows if it is not."""

from datetime import timedelta

import pytest

from tests.acts.hall import GRAIN, freeze
from tests.acts.offices import FOR, INSPECTING, done, signed_in, turned_away

RATING = f'{{ entity(uscc: "{GRAIN}") {{ name contactPhone creditStatus {{ headline }} }} }}'
CALLS = f'{{ entity(uscc: "{GRAIN}") {{ creditStatus {{ headline }} }} }}'


def glass(fields='["CreditStatus.headline"]', more="", purpose="INSPECTION", reason="追查涉事食品的最终流向"):
    """A break-glass."""
    given = f'fields: {fields}, purpose: "{purpose}", case: "17", reason: "{reason}"{more}'
    return f"mutation {{ breakGlass(emergency: {{ {given} }}) {{ id until dueOn position }} }}"


def review(name, justified="true"):
    """A review."""
    text = f'reviewEmergency(id: "{name}", justified: {justified}, finding: "已核对调阅记录")'
    return f"mutation {{ {text} {{ changed }} }}"


def end(name):
    """An early end."""
    return f'mutation {{ endEmergency(id: "{name}") {{ changed }} }}'


async def headline(hall, name="officer", query=CALLS):
    """What somebody is answered, and the code of what was denied."""
    body = (await hall.ask(signed_in(hall, name), query, **INSPECTING)).json()
    codes = [error["extensions"]["code"] for error in body.get("errors", [])]
    return ((body["data"]["entity"] or {}).get("creditStatus") or {}).get("headline"), codes


async def test_it_gives_one_person_what_was_asked_for(offices):
    """At once, in plans that are cached, and to nobody else; every question says in the record that it was one."""
    assert (await headline(offices))[1] == ["FIELD_DENIED"]
    made = await done(offices, "officer", glass())
    found, codes = await headline(offices)
    assert (bool(found), codes) == (True, [])
    assert (await headline(offices, "officer-2"))[1] == ["FIELD_DENIED"]
    (grant,) = [one for one in offices.world.hub.gateway.admission.grants if one.person is not None]
    marked = [entry["states"] for entry in offices.entries() if "act" not in entry]
    assert [["Query", "EMERGENCY", grant.id, 1] in states for states in marked] == [False, True, False]
    assert made["dueOn"] == "2026-11-30"


async def test_it_is_over_after_an_hour(offices):
    """Exactly then, for cached plans as well, with a token that is still good; the denial is the usual one."""
    await done(offices, "officer", glass())
    world = offices.world
    for minutes, given in ((59, True), (1, False)):
        world.now += timedelta(minutes=minutes)
        assert bool((await headline(offices))[0]) is given


async def test_it_is_ended_before_its_time(offices):
    """By whoever opened it, or by the security administrator; by nobody else, and once."""
    made = await done(offices, "officer", glass())
    assert await turned_away(offices, "officer-2", end(made["id"])) == "BAD_USER_INPUT"
    assert (await done(offices, "security", end(made["id"])))["changed"] is True
    assert (await headline(offices))[1] == ["FIELD_DENIED"]
    assert (await done(offices, "officer", end(made["id"])))["changed"] is False
    assert [entry["outcome"] for entry in offices.acts("EMERGENCY_ENDED")] == ["GRANTED", "ALREADY"]


async def test_who_has_to_know_is_told_at_once(offices):
    """Stewards of whoever owns it, security and audit administrators; nothing of why, and no name."""
    await done(offices, "officer", glass('["CreditStatus.headline", "Penalty.facts"]'))
    found = [one["to"]["person"] for one in await offices.delivered() if one["kind"] == "EMERGENCY_USED"]
    names = ("audit", "audit-2", "credit-steward", "security", "security-2", "steward", "steward-2")
    assert sorted(found) == sorted(offices.accounts[name].id for name in names)
    assert "追查" not in str(await offices.delivered())
    assert "追查" not in str(offices.entries())
    (opened,) = offices.acts("EMERGENCY_OPENED")
    assert opened["told"]["fields"] == "CreditStatus.headline Penalty.facts"


async def test_rows_may_be_of_one_entity_only(offices):
    """Of another one it gives nothing."""
    await done(offices, "officer", glass(more=f', uscc: "{GRAIN}"'))
    assert (await headline(offices))[0]
    other = CALLS.replace(GRAIN, "92231282MA9X0B02XT")
    assert not (await headline(offices, query=other))[0]
    assert GRAIN not in str(offices.entries())


@pytest.mark.parametrize("name", ["clerk", "banker", "security", "admin", "audit"])
async def test_it_exists_for_some_roles_only(small_offices, name):
    """Not for banks, businesses, the public, counters, or officers of the hub."""
    code = await turned_away(small_offices, name, glass())
    assert code == "GRAPHQL_VALIDATION_FAILED"


async def test_it_takes_a_person_with_a_second_factor(small_offices):
    """Neither a system nor somebody without one."""
    system = {"headers": {"hub-case": "1"}}
    client = type(signed_in(small_offices, "officer"))("officer")
    assert await small_offices.refused(client, glass(), **system) == "PERSON_REQUIRED"
    small_offices.store(lambda ledger: ledger.people.forget_second_factor(small_offices.accounts["steward"].id))
    assert await turned_away(small_offices, "steward", glass(purpose="OPERATIONS")) == "EMERGENCY_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("query", "code"),
    [
        (glass("[]"), "BAD_USER_INPUT"),
        (glass('["Entity.nothing"]'), "BAD_USER_INPUT"),
        (glass(more=', scopes: ["nothing"]'), "BAD_USER_INPUT"),
        (glass(purpose="FINANCE"), "BAD_USER_INPUT"),
        (glass(reason="急"), "BAD_USER_INPUT"),
        (glass(reason="身份证 230102199003077735 的人"), "LOOKS_LIKE_CITIZEN_ID"),
        (glass().replace('case: "17", ', ""), "CASE_REQUIRED"),
    ],
)
async def test_what_cannot_be_opened(small_offices, query, code):
    """Nothing, what is not there, another's purpose, without a case or a reason."""
    assert await turned_away(small_offices, "officer", query) == code
    assert small_offices.rows("SELECT count(*) FROM emergencies") == [(0,)]


async def test_what_is_frozen_stays_frozen(offices):
    """An emergency is one more allowance, no key."""
    await done(offices, "officer", glass())
    await done(offices, "security", freeze("FIELD", "CreditStatus.headline"))
    assert await headline(offices) == (None, ["FIELD_FROZEN"])


async def test_there_are_three_in_thirty_days(small_offices):
    """The fourth is refused until the first is long enough ago."""
    for _ in range(3):
        await done(small_offices, "officer", glass())
    assert await turned_away(small_offices, "officer", glass()) == "EMERGENCY_NOT_ALLOWED"


async def test_it_is_reviewed_once_it_is_over(offices):
    """By an audit administrator; who opened it is told; what was found stands there for those who may read it."""
    made = await done(offices, "officer", glass())
    assert await turned_away(offices, "audit", review(made["id"])) == "BAD_USER_INPUT"
    await done(offices, "officer", end(made["id"]))
    assert (await done(offices, "audit", review(made["id"])))["changed"] is True
    asked = "{ emergencies { username reason justified finding overdue } }"
    shown = {
        "username": "officer",
        "reason": "追查涉事食品的最终流向",
        "justified": True,
        "finding": "已核对调阅记录",
        "overdue": False,
    }
    for name in ("audit", "security", "officer"):
        assert await done(offices, name, asked) == [shown]
    assert await done(offices, "officer-2", asked) == []
    told = [one for one in await offices.delivered() if one["kind"] == "EMERGENCY_REVIEWED"]
    assert [one["to"] for one in told] == [{"person": offices.accounts["officer"].id}]
    assert await turned_away(offices, "admin", asked) == "GRAPHQL_VALIDATION_FAILED"


async def test_one_that_was_not_justified_bars_the_next(offices):
    """Until the audit administrator finds otherwise."""
    made = await done(offices, "officer", glass())
    await done(offices, "officer", end(made["id"]))
    await done(offices, "audit", review(made["id"], "false"))
    assert await turned_away(offices, "officer", glass()) == "EMERGENCY_NOT_ALLOWED"
    await done(offices, "audit-2", review(made["id"]))
    assert await done(offices, "officer", glass())


async def test_a_review_is_reminded_of_and_escalated(offices):
    """Two days before its last day, and on the day after; each once; meanwhile the person can't break glass again."""
    await done(offices, "officer", glass())
    world, kinds = offices.world, {}
    for days in (4, 2, 3):
        world.now += timedelta(days=days)
        await world.hub.officers.look()
        await world.hub.officers.look()
        found = [one["kind"] for one in await offices.delivered()]
        kinds = {kind: found.count(kind) for kind in ("EMERGENCY_REVIEW_DUE", "EMERGENCY_REVIEW_OVERDUE")}
        assert kinds["EMERGENCY_REVIEW_DUE"] == (0 if days == 4 else 2)
    assert kinds == {"EMERGENCY_REVIEW_DUE": 2, "EMERGENCY_REVIEW_OVERDUE": 4}
    assert await turned_away(offices, "officer", glass()) == "EMERGENCY_NOT_ALLOWED"


async def test_a_calendar_moves_the_last_day(small_offices):
    """A weekday that is off does not count, a Saturday that is worked does."""

    def work(ledger):
        from hub.store.access_tables import working_days  # noqa: PLC0415 - here alone

        for day, working in (("2026-11-24", False), ("2026-11-28", True)):
            ledger.connection.execute(working_days.insert().values(day=day, working=working, name="test"))

    small_offices.store(work)
    assert (await done(small_offices, "officer", glass()))["dueOn"] == "2026-11-30"


async def test_it_is_for_its_purpose(small_offices):
    """A question for another one is not widened, nor marked."""
    await done(small_offices, "steward", glass('["Entity.contactPhone"]', purpose="OPERATIONS"))
    asked = f'{{ entity(uscc: "{GRAIN}") {{ contactPhone }} }}'
    here = (await small_offices.ask(signed_in(small_offices, "steward"), asked, **FOR)).json()
    there = (await small_offices.ask(signed_in(small_offices, "steward"), asked, **INSPECTING)).json()
    assert here["data"]["entity"]["contactPhone"]
    assert not there["data"]["entity"]
    marks = [
        bool(entry["states"] and entry["states"][0][1] == "EMERGENCY")
        for entry in small_offices.entries()
        if "act" not in entry
    ]
    assert marks == [True, False]
