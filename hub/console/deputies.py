"""Deputies: who acts for whom and until when; appointing, confirming and ending them."""

from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError
from hub.console.frame import ACTING_FOR, Desk, Frame, Section, as_oneself, person_id
from hub.web.words_console import DEPUTY_LIST

_ASKED = (
    "query Deputies { deputies { id principal deputy principalName deputyName startsOn endsOn confirmed endedAt } }"
)
_APPOINT = """mutation Appoint($deputy: String!, $from: Date!, $until: Date!, $reason: String!, $principal: String) {
  appointDeputy(deputy: $deputy, from: $from, until: $until, reason: $reason, principal: $principal) { id position } }"""


async def _deputies(desk: Desk, problem: Any = None) -> Response:
    found = (await desk.asker.ask(_ASKED))["deputies"]
    return desk.shown(
        "deputies.html",
        status=200 if problem is None else 400,
        deputies=sorted(found, key=lambda one: (one["endedAt"] is not None, one["endsOn"])),
        mine=desk.asker.visitor.person,
        problem=problem,
        given=desk.fields,
    )


async def _act(desk: Desk) -> Response:
    given, wanted = desk.fields, desk.fields.get("act", "")
    if wanted == "as_oneself":
        return as_oneself()
    if wanted == "act_for":
        response = desk.go("/console")
        desk.keep(response, ACTING_FOR, person_id(given.get("principal", "")))
        return response
    try:
        if wanted in {"confirmDeputy", "endDeputy"}:
            text = f"mutation Do($id: ID!) {{ {wanted}(id: $id) {{ position }} }}"
            await desk.asker.act(text, desk.key(), id=given.get("id", ""))
        else:
            names = ("deputy", "from", "until", "reason")
            told: dict[str, Any] = {name: given.get(name, "") for name in names}
            await desk.asker.act(_APPOINT, desk.key(), **told, principal=given.get("principal"))
    except RefusedError as fault:
        return await _deputies(desk, fault.problem("deputy"))
    return desk.go("/console/deputies")


def _routes(frame: Frame) -> list[Route]:
    return [frame.page("/console/deputies", _deputies), frame.act("/console/deputies", _act)]


SECTION = Section("deputies", DEPUTY_LIST, ("deputies",), _routes)
