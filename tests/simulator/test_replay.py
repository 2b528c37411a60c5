"""Recorded questions against a draft: exactly those that asked what it takes away or gives; stopped, killed, gone on."""

from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from hub.exchange import replaying
from hub.exchange.changes import Change, ChangeKind
from hub.exchange.differences import Shift, draft_of
from hub.exchange.reading import changes_of, days_before, now_in_force
from hub.exchange.recorded import end_of_record, first_since, read_questions
from hub.exchange.replaying import Outcome, Replayer, Tally, advance, digest_of, find_job, keep_job, new_job
from tests.acts.hall import SECURITY, Someone
from tests.simulator.city import AUDITOR, CLERK, ask_many, at, grant, put, request

ENTITY = 'entity(uscc: "91231282MA9X0A019P")'
OFFICER, JUDGE = Someone("officer"), Someone("judge")
ASKED = [
    (CLERK, "SERVICE", f"{{ {ENTITY} {{ name }} }}"),
    (CLERK, "SERVICE", f"{{ {ENTITY} {{ uscc }} }}"),
    (CLERK, "GREEN_CHANNEL", f"{{ {ENTITY} {{ name }} }}"),
    (CLERK, "SERVICE", f"{{ {ENTITY} {{ name legalRepresentative }} }}"),
    (CLERK, "SERVICE", f"{{ {ENTITY} {{ contactPhone }} }}"),
    (OFFICER, "INSPECTION", f"{{ {ENTITY} {{ name penalties {{ facts }} }} }}"),
    (JUDGE, "AWARDS", f"{{ {ENTITY} {{ name }} }}"),
    (None, "PUBLIC_QUERY", f"{{ {ENTITY} {{ name }} }}"),
]
REPLAY = """query($request: ID!, $days: Int!, $after: Position) { replay(request: $request, days: $days, after: $after) {
  since until stoppedAt questions less perhaps more same
  clients { client purpose less perhaps more same fields { field shift questions } } } }"""


async def replayed(hall, number, days=30, **more):
    """The answer to a replay."""
    variables = {"request": number, "days": days, **more}
    return (await hall.act(SECURITY, REPLAY, None, variables=variables))["replay"]


def ending(hall, name="clerk-open"):
    """A draft that ends a grant with yesterday."""
    return Change(ChangeKind.END, grant(hall, name), date(2026, 11, 22))


def adding(hall, name, **changed):
    """A draft that adds another grant like one that there is."""
    return Change(ChangeKind.ADD, replace(grant(hall, name), **{"id": "", **changed}))


async def test_exactly_the_questions_that_asked_it_are_found(hall):
    """A draft takes the clerk's open fields away: four questions of the clerk lose, nobody else's."""
    await ask_many(hall, ASKED)
    number = request(hall, "R-2026-00001", ending(hall))
    found = await replayed(hall, number)
    assert (found["less"], found["perhaps"], found["more"]) == (4, 0, 0)
    assert found["questions"] == len(ASKED)
    assert found["stoppedAt"] is None
    losing = {(one["client"], one["purpose"]): one for one in found["clients"] if one["less"]}
    assert losing.keys() == {("clerk", "SERVICE"), ("clerk", "GREEN_CHANNEL")}
    service = losing["clerk", "SERVICE"]
    assert (service["less"], service["same"]) == (3, 1)
    assert service["fields"] == [
        {"field": "Entity.name", "shift": "LOST", "questions": 2},
        {"field": "Entity.uscc", "shift": "LOST", "questions": 1},
    ]


async def test_what_was_denied_is_found_when_it_is_given(hall):
    """A question that was refused a field would answer more under a draft that grants it."""
    await ask_many(hall, ASKED)
    phone = frozenset({"Entity.contactPhone"})
    given = adding(hall, "clerk-open", fields=phone, scopes=frozenset(), purposes=frozenset({"SERVICE"}))
    found = await replayed(hall, request(hall, "R-2026-00002", given))
    assert (found["less"], found["more"]) == (0, 1)
    (one,) = [one for one in found["clients"] if one["more"]]
    assert one["fields"] == [{"field": "Entity.contactPhone", "shift": "GAINED", "questions": 1}]


async def test_fewer_rows_are_perhaps_less(small):
    """Which entity was asked for is not on record: narrower rows may matter or not."""
    await ask_many(small, ASKED)
    narrow = adding(small, "officer-own-division", scopes=grant(small, "officer-open").scopes)
    found = await replayed(small, request(small, "R-2026-00003", ending(small, "officer-open"), narrow))
    assert (found["less"], found["perhaps"], found["more"]) == (0, 1, 0)


async def test_the_days_before_are_left_out(small):
    """Only the last days count, of which today is one."""
    at(small, "2026-11-20T10:00:00+08:00")
    await ask_many(small, ASKED[:1])
    at(small, "2026-11-22T23:59:59+08:00")
    await ask_many(small, ASKED[:2])
    at(small, "2026-11-23T10:00:00+08:00")
    number = request(small, "R-2026-00004", ending(small))
    assert [(await replayed(small, number, days))["less"] for days in (1, 2, 3, 4, 30)] == [0, 2, 2, 3, 3]


async def test_an_answer_says_where_it_stopped(small, monkeypatch):
    """Beyond the entries that one question reads, the next one goes on from there; together they count everything."""
    monkeypatch.setattr("hub.acts.simulating.MOST_ENTRIES", 3)
    await ask_many(small, ASKED)
    number, less, after, rounds = request(small, "R-2026-00005", ending(small)), 0, None, 0
    while rounds == 0 or after is not None:
        found = await replayed(small, number, after=after)
        less, after, rounds = less + found["less"], found["stoppedAt"], rounds + 1
        assert found["questions"] <= 3
        assert rounds < 20
    assert less == 4
    assert rounds > 2


def begun(hall, number, days=30):
    """A job for a stored request, and what replays it."""

    def work(connection):
        moment = hall.world.hub.gateway.clock.moment()
        views = hall.world.hub.gateway.wording.catalogue.fields.values()
        changes = changes_of(connection, number)
        draft = draft_of(now_in_force(connection, views, moment.day, moment.second).situation, changes)
        digest = digest_of(draft, changes)
        found = find_job(connection, number, digest, days)
        return found or new_job(connection, number, digest, days, days_before(moment.day, days)), Replayer(draft)

    return hall.world.hub.database.reading(work)


async def test_a_job_goes_on_after_a_kill(hall, monkeypatch):
    """What was kept is whole: a job that ends between two slices counts every question once."""
    monkeypatch.setattr(replaying, "SLICE", 3)
    await ask_many(hall, ASKED)
    number, database = request(hall, "R-2026-00006", ending(hall)), hall.world.hub.database
    job, replayer = begun(hall, number)
    slices = 0
    while not job.done:
        job = database.reading(partial(advance, job=job, replayer=replayer))
        if slices % 2 == 0:
            database.acting(partial(keep_job, job=job, now=0))
        # Killed: what was not kept is lost, and whoever begins again reads what was.
        job, replayer = begun(hall, number)
        slices += 1
    assert slices > len(ASKED) / 3
    assert job.tally.total(Outcome.LESS) == 4
    assert sum(job.tally.total(outcome) for outcome in Outcome) == len(ASKED)
    assert job.tally.fields["clerk", "hall", "CLERK", "GREEN_CHANNEL"] == {("Entity.name", Shift.LOST): 1}


async def test_a_job_of_other_grants_begins_anew(small):
    """When grants, the draft or the days are others, what was counted says nothing."""
    await ask_many(small, ASKED)
    number = request(small, "R-2026-00007", ending(small))
    job, replayer = begun(small, number)
    job = small.world.hub.database.reading(lambda connection: advance(connection, job, replayer))
    small.world.hub.database.acting(lambda connection: keep_job(connection, job, 0))
    assert begun(small, number)[0].done
    assert not begun(small, number, 29)[0].done
    put(small, replace(grant(small, "judge-open"), ends=date(2026, 12, 31)))
    assert not begun(small, number)[0].done


async def test_a_tally_is_read_as_it_was_written(small):
    """Stored and read, nothing is lost."""
    await ask_many(small, ASKED)
    job, replayer = begun(small, request(small, "R-2026-00008", ending(small)))
    job = small.world.hub.database.reading(lambda connection: advance(connection, job, replayer))
    assert Tally.read(job.tally.body()).body() == job.tally.body()
    assert job.tally.body()


async def test_the_first_entry_of_a_time_is_found(hall):
    """By halving, at every edge; acts stand between the questions."""
    moments = [f"2026-11-{day}T{hour:02}:00:00+08:00" for day in (24, 25, 26) for hour in (3, 9, 15)]
    for moment in moments:
        at(hall, moment)
        await ask_many(hall, ASKED[:1])
    recorded = [row[0] for row in hall.rows("SELECT recorded_at FROM entries")]
    for since in [*moments, "2026-11-01T00:00:00+08:00", "2026-11-25T09:00:01+08:00", "2026-12-01T00:00:00+08:00"]:
        found = hall.world.hub.database.reading(partial(first_since, at=since))
        assert found == sum(one < since for one in recorded)


async def test_what_is_read_of_an_entry(hall):
    """Who asked, for what, and which fields were answered or refused; acts are passed over."""
    await ask_many(hall, [ASKED[4], ASKED[5]])

    def work(connection):
        return list(read_questions(connection, 0, end_of_record(connection)))

    phone, facts = hall.world.hub.database.reading(work)
    assert (phone.client, phone.department, phone.role, phone.purpose) == ("clerk", "hall", "CLERK", "SERVICE")
    assert phone.fields == {"Entity.contactPhone"}
    assert facts.fields >= {"Entity.name", "Penalty.facts"}


@pytest.mark.parametrize(("number", "days"), [("R-0", 30), ("R-2026-00009", 0), ("R-2026-00009", 731)])
async def test_what_cannot_be_replayed(small, number, days):
    """No such request, or days that are none."""
    request(small, "R-2026-00009", ending(small))
    code = await small.refused(AUDITOR, REPLAY, None, variables={"request": number, "days": days})
    assert code == "BAD_USER_INPUT"
