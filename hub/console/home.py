"""Home: what needs this visitor today, put together from what exists for them."""

from datetime import date, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.caller import Client
from auth.roles import Role
from hub.callers.visiting import own_page
from hub.console import again
from hub.console.frame import Desk, Frame, Section
from hub.web.words_console import HOME
from schema.disclosing_enums import ObjectionState

_REQUEST = """{ number state departmentLabel changes { sentence }
  parts { owner state dueOn workingDaysLeft overdue } }"""
_PARTS = {
    "requests": f"waiting: requests(state: SUBMITTED, first: 50) {_REQUEST} agreed: requests(state: APPROVED, first: 50) {_REQUEST}",
    "emergencies": "emergencies { username person department role fields dueOn overdue until reviewedAt }",
    "deputies": "deputies { id deputy deputyName principal principalName startsOn endsOn confirmed endedAt }",
    "grants": "grants(state: EXPIRING, first: 6) { totalCount edges { node { id department role inWords lastDay person } } }",
    "identityReviews": "reviews: identityReviews(waiting: true, order: OLDEST, first: 50)"
    " { number cause state department proposedBy }",
    "successions": "successions(state: PROPOSED, first: 50) { number kind proposedBy }",
    "corrections": "corrections(state: OPEN, first: 50) { number label owner dueOn workingDaysLeft }",
    "notices": "notices(unread: true, first: 20) { id title text page madeAt }",
    "codeReports": "reports: codeReports(state: OPEN, first: 50) { number kind place workingDaysLeft }",
    "objections": "objections(first: 50) { number department departmentLabel state reason workingDaysLeft }",
    "anomalies": "anomalies(firstDay: $week, lastDay: $today, unseen: true) { kind day department sentence }",
    "sources": "sources { name label department state since }",
}
_TROUBLED = frozenset({"TROUBLED", "OPEN"})
_YEAR = 365 * 24 * 3600
_SHOWN = {"text": ("hub_text", "large"), "words": ("hub_words", "zh")}
"""What a visitor chooses for their own eyes: its cookie, and the value that is not the usual one."""


async def _home(desk: Desk) -> Response:
    asked = " ".join(text for root, text in _PARTS.items() if desk.asker.may(root))
    week = {"week": _week_before(desk.today), "today": desk.today} if desk.asker.may("anomalies") else {}
    declared = "($week: Date!, $today: Date!)" if week else ""
    data = await desk.asker.ask(f"query Home{declared} {{ {asked} }}", **week)
    mine = desk.asker.client
    waiting = data.get("waiting", [])
    if mine.role is Role.STEWARD:
        waiting = [one for one in waiting if any(_is_open(part, mine.department) for part in one["parts"])]
    elif mine.role is Role.SEC:
        waiting = [one for one in waiting if any(part["overdue"] for part in one["parts"])]
    else:
        waiting = []
    requests = [*waiting, *(data.get("agreed", []) if mine.role is Role.SEC else [])]
    to_review = [one for one in data.get("emergencies", []) if one["reviewedAt"] is None and mine.role is Role.AUDIT]
    to_confirm = [one for one in data.get("deputies", []) if not one["confirmed"] and one["endedAt"] is None]
    deputies = to_confirm if desk.asker.may("confirmDeputy") else []
    ending = data.get("grants") or {"totalCount": 0, "edges": []}
    # What was opened in an emergency ends by design, and has a list of its own.
    expiring = [edge["node"] for edge in ending["edges"] if edge["node"]["person"] is None]
    sources = data.get("sources", [])
    troubled = [one for one in sources if one["state"] in _TROUBLED]
    notices = data.get("notices", [])
    reviews, proposed = (_for_another(data.get(name, []), desk) for name in ("reviews", "successions"))
    corrections = [one for one in data.get("corrections", []) if _is_mine(one, mine)]
    objections = [one for one in data.get("objections", []) if _waits_for(one, mine)]
    told = (data.get("reports", []), objections, data.get("anomalies", []))
    return desk.shown(
        "home.html",
        code_reports=told[0],
        objections=told[1],
        anomalies=told[2],
        requests=requests,
        emergencies=to_review,
        deputies=deputies,
        expiring=expiring,
        expiring_count=ending["totalCount"] - len(ending["edges"]) + len(expiring),
        troubled=troubled,
        source_count=len(sources),
        notices=notices,
        corrections=corrections,
        reviews=reviews,
        successions=proposed,
        quiet=not any(
            (requests, corrections, reviews, proposed, to_review, deputies, troubled, expiring, notices, *told)
        ),
    )


def _is_open(part: dict[str, object], department: str) -> bool:
    return part["owner"] == department and part["state"] == "WAITING"


def _for_another(proposed: list[dict[str, Any]], desk: Desk) -> list[dict[str, Any]]:
    """Those of what waits that this visitor may see to: not what they proposed themselves, and nothing for who only looks."""
    may = desk.asker.may("decideReview")
    return [one for one in proposed if may and one["proposedBy"] not in desk.asker.caller.persons]


def _is_mine(correction: dict[str, Any], client: Client) -> bool:
    """True for a correction that its department has to answer, or that an auditor has to know of: it is overdue."""
    if client.role is Role.STEWARD:
        return bool(correction["owner"] == client.department)
    return client.role is Role.AUDIT and (correction["workingDaysLeft"] or 0) < 0


def _waits_for(objection: dict[str, Any], client: Client) -> bool:
    """True for an objection that this department has to explain, or audit to decide."""
    if client.role is Role.AUDIT:
        return bool(objection["state"] == ObjectionState.EXPLAINED.name or (objection["workingDaysLeft"] or 0) < 0)
    return bool(objection["state"] == ObjectionState.OPEN.name and objection["department"] == client.department)


def _week_before(today: str) -> str:
    return (date.fromisoformat(today) - timedelta(days=6)).isoformat()


async def _read(desk: Desk) -> Response:
    """Mark the notices that were shown as read."""
    text = "mutation Read($ids: [ID!]!) { readNotice(ids: $ids) { position } }"
    await desk.asker.act(text, desk.key(), ids=list(desk.lists.get("field", ())))
    return desk.go("/console")


async def _view(desk: Desk) -> Response:
    """Keep how somebody wants to see the pages, in their browser."""
    response = desk.go(own_page(desk.fields.get("back", "")) or "/console")
    for name, (cookie, unusual) in _SHOWN.items():
        if name in desk.fields:
            value = unusual if desk.fields[name] == unusual else ""
            desk.keep(response, cookie, value, _YEAR)
    return response


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console", _home),
        frame.act("/console/read", _read),
        frame.act("/console/view", _view),
        frame.act(again.PATH, _home),
    ]


SECTION = Section("", HOME, (), _routes)
