"""Break-glass: what was opened in an emergency, its review, and its end before its time."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame, Section
from hub.web.words_console import EMERGENCY_LIST

_ASKED = """query Emergencies { emergencies { id person username department role fields purpose reason beganAt until endedAt
  dueOn overdue reviewedAt justified finding } }"""
_REVIEW = """mutation Review($id: ID!, $justified: Boolean!, $finding: String!) {
  reviewEmergency(id: $id, justified: $justified, finding: $finding) { position } }"""
_END = "mutation End($id: ID!) { endEmergency(id: $id) { position } }"


async def _page(desk: Desk, problem: Any = None) -> Response:
    found = (await desk.asker.ask(_ASKED))["emergencies"]
    now = desk.frame.clock.moment().text
    return desk.shown(
        "emergencies.html",
        status=200 if problem is None else 400,
        emergencies=sorted(found, key=lambda one: (one["reviewedAt"] is not None, one["dueOn"])),
        open={one["id"] for one in found if one["endedAt"] is None and one["until"] > now},
        problem=problem,
        given=desk.fields,
    )


async def _act(desk: Desk) -> Response:
    given = desk.fields
    try:
        if given.get("act") == "end":
            await desk.asker.act(_END, desk.key(), id=given.get("id", ""))
        else:
            justified = given.get("act") == "justified"
            told = {"id": given.get("id", ""), "finding": given.get("finding", "")}
            await desk.asker.act(_REVIEW, desk.key(), **told, justified=justified)
    except RefusedError as fault:
        return await _page(desk, fault.problem())
    return desk.go("/console/emergencies")


def _routes(frame: Frame) -> list[Route]:
    return [frame.page("/console/emergencies", _page), frame.act("/console/emergencies", _act)]


SECTION = Section("emergencies", EMERGENCY_LIST, ("emergencies",), _routes)
