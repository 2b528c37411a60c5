"""Seeing as somebody whose purpose demands a case: it is asked for and looked up as theirs would be, and noted nowhere."""

import json

from tests.acts.hall import GRAIN, SECURITY
from tests.cases.cabinet import KNOWN, NOWHERE, OFFICER, asked, closing, opening

NAME = f'{{ entity(uscc: "{GRAIN}") {{ name }} }}'
ABOUT_ITSELF = "{ me { role } }"


async def seen(hall, case, text=NAME, purpose="STRICT"):
    """What seeing as an officer of the market authority under a case says; None for no case."""
    named = "" if case is None else f', case: "{case}"'
    given = f'department: "market", role: "OFFICER", purpose: "{purpose}", question: {json.dumps(text)}{named}'
    return (await hall.act(SECURITY, f"mutation {{ seeAs({given}) {{ refused message fields {{ field }} }} }}"))[
        "seeAs"
    ]


async def test_a_case_is_asked_for_where_the_purpose_demands_one(small):
    """Without one nothing is said of any field."""
    found = await seen(small, None)
    assert (found["refused"], found["fields"]) == ("CASE_REQUIRED", [])


async def test_a_case_stands_as_it_does_for_them(small):
    """Known to its source, or to nobody, or for now to nobody who answers; and what is refused is refused as it is to them."""
    small.world.calls.clear()
    assert (await seen(small, KNOWN))["refused"] is None
    assert [(call["record"], call["columns"]) for call in small.world.calls] == [("Penalty", ["decisionNo"])]
    theirs = (await asked(small, small.someone("strict", "officer"), NAME, NOWHERE))["errors"][0]
    found = await seen(small, NOWHERE)
    assert (found["refused"], found["message"]) == (theirs["extensions"]["code"], theirs["message"])
    assert found["refused"] == "CASE_UNKNOWN"
    small.world.down = {"market": "gone"}
    assert (await seen(small, KNOWN))["refused"] == "CASE_UNCHECKED"


async def test_a_task_is_a_case(small):
    """As long as it is open."""
    officer, under = small.someone("strict", "officer"), {"headers": {"hub-case": "17"}}
    done = (await small.act(officer, opening(NOWHERE), **under))["openTask"]
    assert (await seen(small, NOWHERE))["refused"] is None
    await small.act(officer, closing(done["task"]["id"]), **under)
    assert (await seen(small, NOWHERE))["refused"] == "CASE_UNKNOWN"


async def test_nothing_is_looked_up_that_theirs_would_not(small):
    """For a purpose that demands no known case, and for a question that leads to no records, nobody is asked."""
    small.world.calls.clear()
    assert (await seen(small, NOWHERE, purpose="INSPECTION"))["refused"] is None
    assert (await seen(small, NOWHERE, ABOUT_ITSELF))["refused"] is None
    assert small.world.calls == []


async def test_what_was_looked_at_is_nobodys_case(small):
    """Audit finds no case that the department named, for it named none; which one was tried, the entry says by its digest."""
    await seen(small, NOWHERE)
    assert small.acts("CASE_CHECKED") == []
    assert [act["outcome"] for act in small.acts("SEEN_AS")] == ["CASE_UNKNOWN"]
    assert NOWHERE not in str(small.entries())
    vault = small.world.hub.attendant.vault
    assert [act["told"]["named"] for act in small.acts("SEEN_AS")] == [vault.short("case", NOWHERE)]
    await asked(small, OFFICER, NAME, NOWHERE)
    assert len(small.acts("CASE_CHECKED")) == 1
