"""Reports of forged and misused codes: the list with its clock, one of them, and its end."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame
from hub.web import words_console_codes as words
from schema.reporting_enums import ReportState

_PAGE, _LAST = 25, 4_000
_REPORT = (
    "number kind state uscc token place said receivedAt sameCode placesOfCode dueOn workingDaysLeft settledOn note"
)
_LIST = f"""query Reports($state: ReportState, $first: Int!, $skip: Int!) {{
  codeReports(state: $state, first: $first, skip: $skip) {{ {_REPORT} }} }}"""
_ONE = f"query Report($number: String!) {{ codeReports(number: $number, first: 1) {{ {_REPORT} }} }}"
_SETTLE = """mutation Settle($number: String!, $state: ReportState!, $note: String!) {
  settleCodeReport(number: $number, state: $state, note: $note) { changed position } }"""
_STATES = [(one.name, (one.zh, one.en)) for one in ReportState]
_ALL = "ALL"


async def _list(desk: Desk) -> Response:
    asked = desk.query.get("state", ReportState.OPEN.name)
    state = asked if asked in ReportState.__members__ or asked == _ALL else ReportState.OPEN.name
    given = desk.query.get("page", "1")
    page = min(max(int(given), 1), _LAST) if given.isdecimal() and len(given) < 6 else 1
    wanted = None if state == _ALL else state
    # One more than is shown says whether there is another page.
    found = await desk.asker.ask(_LIST, state=wanted, first=_PAGE + 1, skip=(page - 1) * _PAGE)
    reports = found["codeReports"]
    return desk.shown(
        "code_reports.html",
        reports=reports[:_PAGE],
        following=desk.at(page=page + 1) if len(reports) > _PAGE else None,
        states=[*_STATES, (_ALL, ("全部", "All"))],
        chosen=state,
    )


async def _one(desk: Desk, problem: Any = None) -> Response:
    found = (await desk.asker.ask(_ONE, number=desk.path["number"]))["codeReports"]
    if not found:
        raise RefusedError("NOT_FOUND", *words.NO_SUCH_REPORT)
    return desk.shown(
        "code_report.html",
        status=200 if problem is None else 400,
        report=found[0],
        states=[one for one in _STATES if one[0] != ReportState.OPEN.name],
        problem=problem,
        given=desk.fields,
    )


async def _settle(desk: Desk) -> Response:
    number, state = desk.path["number"], desk.fields.get("state", "")
    if state not in ReportState.__members__:
        zh, en = words.SETTLE_MISSING
        return await _one(desk, {"code": "BAD_USER_INPUT", "zh": zh, "en": en, "at": "state"})
    try:
        await desk.asker.act(_SETTLE, desk.key(), number=number, state=state, note=desk.fields.get("note", ""))
    except RefusedError as fault:
        return await _one(desk, fault.problem("note"))
    return desk.go(f"/console/codes/reports/{number}")


def routes_of_reports(frame: Frame) -> list[Route]:
    """Addresses of reports."""
    return [
        frame.page("/console/codes/reports", _list),
        frame.page("/console/codes/reports/{number}", _one),
        frame.act("/console/codes/reports/{number}", _settle),
    ]
