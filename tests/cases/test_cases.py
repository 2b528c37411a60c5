"""Cases: matched with open tasks and case sources, flagged where nobody knows them, refused where somebody has to."""

import json
from datetime import timedelta

import pytest

from hub.cases.sampling import draw, unknown_cases
from tests.acts.hall import CITIZEN, GRAIN, Someone
from tests.cases.cabinet import (
    AUDIT,
    COUNTY,
    KNOWN,
    NOWHERE,
    OFFICER,
    STATE,
    STRICT,
    asked,
    closing,
    opening,
    state_of,
)

NAME = f'{{ entity(uscc: "{GRAIN}") {{ name }} }}'
CASE = {"headers": {"hub-case": "17"}}


def code_of(body):
    """The code with which a question was refused."""
    return body["errors"][0]["extensions"]["code"]


async def test_a_case_its_source_knows(hall):
    """It is found by its number, asked for with nothing else, once for many questions."""
    assert await state_of(hall, OFFICER) == "SOURCE"
    hall.world.calls.clear()
    assert await state_of(hall, OFFICER) == "SOURCE"
    assert (await asked(hall, OFFICER, NAME))["data"]["entity"]["name"]
    assert [call["record"] for call in hall.world.calls] == ["Entity"]
    hall.world.now += timedelta(minutes=10)
    assert await state_of(hall, OFFICER) == "SOURCE"
    columns = [call["columns"] for call in hall.world.calls if call["record"] == "Penalty"]
    assert columns == [["decisionNo"]]


async def test_a_case_nobody_knows_is_flagged_and_answered(hall):
    """Where the purpose demands a case and no more, the question is answered, and the record says what was found."""
    body = await asked(hall, OFFICER, NAME, NOWHERE)
    assert body["data"]["entity"]["name"]
    assert await state_of(hall, OFFICER, NOWHERE) == "UNVERIFIED"
    (act,) = hall.acts("CASE_CHECKED")
    question = next(entry for entry in hall.entries() if entry.get("kind") is None)
    assert (act["outcome"], act["told"]["case"]) == ("UNVERIFIED", question["case"])
    assert NOWHERE not in str(hall.entries())
    hall.world.now += timedelta(minutes=10)
    await state_of(hall, OFFICER, NOWHERE)
    assert len(hall.acts("CASE_CHECKED")) == 1
    hall.world.now += timedelta(days=1)
    await state_of(hall, OFFICER, NOWHERE)
    assert len(hall.acts("CASE_CHECKED")) == 2


async def test_a_case_of_another_department(hall):
    """What one department's source knows is no case of another's."""
    assert await state_of(hall, COUNTY) == "UNVERIFIED"


async def test_a_case_that_must_be_known(hall):
    """A purpose whose cases have to be known answers nothing for any other; a task makes it one."""
    assert (await asked(hall, STRICT, STATE, KNOWN))["data"]["me"]["caseState"] == "SOURCE"
    hall.world.calls.clear()
    assert code_of(await asked(hall, STRICT, NAME, NOWHERE)) == "CASE_UNKNOWN"
    assert [call["record"] for call in hall.world.calls] == ["Penalty"]
    assert await state_of(hall, STRICT, NOWHERE) == "UNVERIFIED"
    officer = hall.someone("strict", "officer")
    done = (await hall.act(officer, opening(NOWHERE), **CASE))["openTask"]
    assert done["opened"] is True
    assert await state_of(hall, STRICT, NOWHERE) == "TASK"
    await hall.act(officer, closing(done["task"]["id"]), **CASE)
    assert code_of(await asked(hall, STRICT, NAME, NOWHERE)) == "CASE_UNKNOWN"


async def test_a_source_that_is_silent(small):
    """Nothing is known then: flagged where that will do, refused for now where it will not."""
    small.world.down = {"market": "gone"}
    assert await state_of(small, OFFICER) == "UNCHECKED"
    body = await asked(small, STRICT, NAME)
    assert code_of(body) == "CASE_UNCHECKED"
    assert body["errors"][0]["extensions"]["retryable"] is True
    small.world.down = {}
    small.world.now += timedelta(minutes=1)
    assert await state_of(small, OFFICER) == "SOURCE"


async def test_a_task_ends_with_its_last_day(hall):
    """It counts to midnight in Shanghai, however often it was asked for before."""
    officer = hall.someone("strict", "officer")
    await hall.act(officer, opening(NOWHERE, until="2026-11-23"), **CASE)
    hall.world.now = hall.world.now.replace(hour=23, minute=59, second=59)
    assert await state_of(hall, STRICT, NOWHERE) == "TASK"
    hall.world.now += timedelta(seconds=1)
    assert code_of(await asked(hall, STRICT, NAME, NOWHERE)) == "CASE_UNKNOWN"


async def test_a_task_is_of_its_department_and_purpose(hall):
    """Another department's people neither see nor close it, and it is no case for another purpose."""
    officer = hall.someone("strict", "officer")
    done = (await hall.act(officer, opening(NOWHERE, more=f', uscc: "{GRAIN}"'), **CASE))["openTask"]
    again = (await hall.act(officer, opening(NOWHERE), **CASE))["openTask"]
    assert (again["opened"], again["task"]["id"]) == (False, done["task"]["id"])
    assert await state_of(hall, OFFICER, NOWHERE) == "UNVERIFIED"
    assert await hall.refused(hall.clerk, closing(done["task"]["id"])) == "TASK_NOT_FOUND"
    listed = "{ tasks { id case purpose uscc until } }"
    assert (await hall.act(officer, listed, **CASE))["tasks"] == [
        {"id": done["task"]["id"], "case": NOWHERE, "purpose": "STRICT", "uscc": GRAIN, "until": "2026-12-31"}
    ]
    assert (await hall.act(hall.clerk, listed))["tasks"] == []
    closed = [(await hall.act(officer, closing(done["task"]["id"]), **CASE))["closeTask"]["closed"] for _ in range(2)]
    assert closed == [True, False]
    assert (await hall.act(officer, listed, **CASE))["tasks"] == []
    late = "{ tasks(closed: true) { closedAt } }"
    assert (await hall.act(officer, late, **CASE))["tasks"][0]["closedAt"]
    assert [(act["act"], act["outcome"]) for act in hall.entries() if act.get("act", "").startswith("TASK")] == [
        ("TASK_OPENED", "GRANTED"),
        ("TASK_OPENED", "ALREADY"),
        ("TASK_CLOSED", "GRANTED"),
        ("TASK_CLOSED", "ALREADY"),
    ]
    stored = hall.rows("SELECT case_number, entity FROM tasks")[0]
    assert NOWHERE.encode() not in bytes(stored[0])
    assert GRAIN.encode() not in bytes(stored[1])


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (opening(""), "BAD_USER_INPUT"),
        (opening("长" * 65), "BAD_USER_INPUT"),
        (opening(f"见 {CITIZEN}"), "LOOKS_LIKE_CITIZEN_ID"),
        (opening("1", purpose="SERVICE"), "BAD_USER_INPUT"),
        (opening("1", until="2026-11-22"), "BAD_USER_INPUT"),
        (opening("1", until="2028-01-01"), "BAD_USER_INPUT"),
        (closing("nothing"), "TASK_NOT_FOUND"),
    ],
)
async def test_tasks_that_are_none(small, text, code):
    """A number that is none, a purpose that is not theirs, a period that is over or too long: nothing is stored."""
    assert await small.refused(small.someone("strict", "officer"), text, **CASE) == code
    assert small.rows("SELECT count(*) FROM tasks") == [(0,)]
    assert small.acts("TASK_OPENED") == small.acts("TASK_CLOSED") == []


async def test_a_client_by_itself_opens_no_task(small):
    """Somebody answers for a task."""
    assert await small.refused(Someone("strict"), opening("1"), **CASE) == "PERSON_REQUIRED"


async def test_audit_sees_which_cases_nobody_knows(hall):
    """By their digests, those named most first, with how many questions; a known one is not among them."""
    for case, times in ((KNOWN, 2), (NOWHERE, 3), ("另一编号", 1)):
        for _ in range(times):
            await asked(hall, OFFICER, NAME, case)
    text = "{ unverifiedCases { digest department purpose state questions firstOn lastOn } }"
    found = (await hall.act(AUDIT, text))["unverifiedCases"]
    assert [(one["questions"], one["state"], one["department"]) for one in found] == [
        (3, "UNVERIFIED", "market"),
        (1, "UNVERIFIED", "market"),
    ]
    assert {one["firstOn"] for one in found} == {"2026-11-23"}
    hall.world.now += timedelta(days=3)
    assert (await hall.act(AUDIT, "{ unverifiedCases(days: 2) { digest } }"))["unverifiedCases"] == []
    for wrong in ("days: 0", "days: 367", "first: 0", "first: 201"):
        assert await hall.refused(AUDIT, f"{{ unverifiedCases({wrong}) {{ digest }} }}") == "BAD_USER_INPUT"
    assert code_of(await asked(hall, OFFICER, text)) == "GRAPHQL_VALIDATION_FAILED"


async def test_a_sample_can_be_drawn_again(hall):
    """The same seed draws the same questions, of those alone that named a case nobody knew."""
    for number in range(40):
        await asked(hall, OFFICER, NAME, NOWHERE if number % 2 else KNOWN)
    cases = hall.world.hub.database.reading(lambda connection: unknown_cases(connection, "2026-11-23"))
    (case,) = cases
    assert len(case.positions) == 20
    drawn = draw(cases, 25, "2026-11-23")
    assert drawn == draw(cases, 25, "2026-11-23")
    assert (len(drawn), set(drawn) <= set(case.positions)) == (5, True)
    assert any(draw(cases, 25, f"seed {number}") != drawn for number in range(5))
    stored = dict(hall.rows("SELECT position, body FROM entries"))
    assert {json.loads(stored[position])["case"] for position in drawn} == {case.digest}
    assert draw([], 5, "x") == []
    assert len(draw(cases, 0.1, "x")) == 1
