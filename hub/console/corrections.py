"""Corrections: what waits for one's department, with its clock, what one raised, and one page on which it is answered."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import Role
from hub.console.asking import RefusedError, known_act
from hub.console.entities import typed_entity
from hub.console.frame import Desk, Frame, Section
from hub.web import words_console_corrections as words
from schema.identity_enums import CorrectionState, CorrectionView

_HOME = "/console/corrections"
_PAGE = 20
_LIST = """query Corrections($state: CorrectionState, $view: CorrectionView!, $first: Int!, $after: ID) {
  corrections(state: $state, view: $view, first: $first, after: $after) {
    number state field label owner raisedAt dueOn workingDaysLeft entity { value } } }"""
_ONE = """query Correction($number: ID!) { correction(number: $number) {
  number state field label owner stated evidence raisedBy raisedAt dueOn workingDaysLeft answeredBy answeredAt answer
  entity { kind value } values { source department value asOf } } }"""
_RAISING = """mutation Raise($correction: CorrectionInput!) {
  raiseCorrection(correction: $correction) { correction { number } position } }"""
_ACTS: Mapping[str, str] = {
    "answer": """mutation Answer($number: ID!, $outcome: CorrectionState!, $note: String!) {
      answerCorrection(number: $number, outcome: $outcome, note: $note) { position } }""",
    "withdraw": "mutation Withdraw($number: ID!) { withdrawCorrection(number: $number) { position } }",
}


async def _list(desk: Desk, problem: Any = None) -> Response:
    views = _views(desk)
    state, wanted = desk.query.get("state", ""), desk.query.get("view", "")
    view = wanted if wanted in {name for name, _ in views} else views[0][0]
    asked = await desk.asker.ask(
        _LIST,
        state=state if state in CorrectionState.__members__ else None,
        view=view,
        first=_PAGE + 1,
        after=desk.query.get("after") or None,
    )
    found = asked["corrections"]
    shown = found[:_PAGE]
    return desk.shown(
        "corrections.html",
        status=200 if problem is None else 400,
        corrections=shown,
        following=desk.at(after=shown[-1]["number"]) if len(found) > _PAGE else None,
        views=views,
        view=view,
        states=[(one.name, (one.zh, one.en)) for one in CorrectionState],
        chosen=state,
        problem=problem,
        given={**desk.query, **desk.fields},
    )


def _views(desk: Desk) -> list[tuple[str, tuple[str, str]]]:
    """Views of the list that make sense for a role, the usual one first."""
    every = (CorrectionView.ALL.name, words.EVERY)
    raised = (CorrectionView.RAISED.name, words.RAISED)
    match desk.asker.client.role:
        case Role.STEWARD:
            return [(CorrectionView.TO_ANSWER.name, words.TO_ANSWER), raised, every]
        case Role.AUDIT | Role.CREDIT_OFFICE:
            return [every, raised] if desk.asker.may("raiseCorrection") else [every]
        case _:
            return [raised, every]


async def _raise(desk: Desk) -> Response:
    given = desk.fields
    correction = {
        "entity": typed_entity(given.get("entity", "")),
        "field": given.get("field", ""),
        "stated": given.get("stated", ""),
        "evidence": given.get("evidence", ""),
        "owner": given.get("owner") or None,
    }
    try:
        made = await desk.asker.act(_RAISING, desk.key(), correction=correction)
    except RefusedError as fault:
        return await _list(desk, fault.problem("entity"))
    return desk.go(f"{_HOME}/{made['raiseCorrection']['correction']['number']}")


async def _one(desk: Desk, problem: Any = None) -> Response:
    found: dict[str, Any] | None = (await desk.asker.ask(_ONE, number=desk.path["number"]))["correction"]
    if found is None:
        raise RefusedError("NOT_FOUND", *words.NONE_SUCH)
    waits = found["state"] == CorrectionState.OPEN.name
    own = found["raisedBy"] in desk.asker.caller.persons
    owned = desk.asker.may("answerCorrection") and found["owner"] == desk.asker.client.department
    return desk.shown(
        "correction.html",
        status=200 if problem is None else 400,
        correction=found,
        waits=waits,
        own=own,
        answers=waits and owned and not own,
        withdraws=waits and own,
        # Audit sees that it was, and not what it says.
        reads=desk.asker.client.role is not Role.AUDIT,
        persons=desk.asker.caller.persons,
        problem=problem,
        given=desk.fields,
    )


async def _act(desk: Desk) -> Response:
    wanted, given = desk.fields.get("act", ""), desk.fields
    text, told = known_act(_ACTS, wanted), {"number": desk.path["number"]}
    if wanted == "answer":
        told |= {"outcome": given.get("outcome", ""), "note": given.get("note", "")}
    try:
        await desk.asker.act(text, desk.key(), **told)
    except RefusedError as fault:
        return await _one(desk, fault.problem("note" if wanted == "answer" else ""))
    return desk.go(f"{_HOME}/{desk.path['number']}")


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page(_HOME, _list),
        frame.act(_HOME, _raise),
        frame.page(f"{_HOME}/{{number}}", _one),
        frame.act(f"{_HOME}/{{number}}", _act),
    ]


SECTION = Section("corrections", words.TITLE, ("corrections",), _routes)
