"""Requests: the inbox, and one page on which a request is understood and decided, with the form that is printed of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import Role
from hub.console.asking import RefusedError, known_act
from hub.console.frame import Desk, Frame, Section
from hub.console.naming import names_of
from hub.web.approval_form import approval_form
from hub.web.console import printed_headers
from hub.web.words_console import NOT_CONFIRMED, REQUESTS
from schema.enums import RequestState

_PAGE, _MOST_ACTS = 20, 10
_LISTED = """{ number state departmentLabel paper madeAt submittedAt changes { kind sentence }
  parts { owner ownerLabel state dueOn workingDaysLeft overdue } }"""
_WHOLE = """{ number state department departmentLabel askedBy paper reason madeAt submittedAt endedAt releasedBy basis grants
  changes { kind grant sentence sentenceEn role purposes scopes fields starts ends }
  parts { owner ownerLabel sharing state dueOn workingDaysLeft overdue extended answeredBy answeredAt basis }
  steps { kind at person owner note position } }"""
_DIFFERENCE = "{ department role purpose since until people clients text textEn fields { field label shifts } }"
_REPLAY = """{ days entries read done changedAt counted { questions less perhaps more same
  clients { client department role purpose less perhaps more same fields { field shift questions } } } }"""
_DAYS = (7, 30, 90)
"""Of how many days the questions may be replayed here."""
_ACTS = {
    "submit": ("submitRequest", "submitRequest(number: $number)"),
    "withdraw": ("withdrawRequest", "withdrawRequest(number: $number)"),
    "release": ("releaseRequest", "releaseRequest(number: $number)"),
    "refuse": ("refuseRequest", "refuseRequest(number: $number, basis: $basis)"),
    "extend": ("extendRequest", "extendRequest(number: $number, reason: $basis)"),
    "approve": ("answerRequest", "answerRequest(number: $number, owner: $owner, approve: true, basis: $basis)"),
    "reject": ("answerRequest", "answerRequest(number: $number, owner: $owner, approve: false, basis: $basis)"),
}
"""What can be done with a request: the mutation's name, and its call."""
_TYPES = {"number": "ID!", "owner": "String!", "basis": "String"}


async def _inbox(desk: Desk) -> Response:
    state = desk.query.get("state", "")
    variables: dict[str, Any] = {
        "state": state if state in RequestState.__members__ else None,
        "mine": desk.query.get("mine") == "1",
        "after": desk.query.get("after") or None,
    }
    text = f"""query Inbox($state: RequestState, $mine: Boolean!, $after: ID) {{
      requests(state: $state, mine: $mine, first: {_PAGE + 1}, after: $after) {_LISTED} }}"""
    found = (await desk.asker.ask(text, **variables))["requests"]
    shown = found[:_PAGE]
    following = desk.at(after=shown[-1]["number"]) if len(found) > _PAGE else None
    return desk.shown("requests.html", requests=shown, following=following, states=list(RequestState), chosen=state)


async def _one(desk: Desk, problem: Mapping[str, str] | None = None) -> Response:
    number = desk.path["number"]
    parts = ["request(number: $number) " + _WHOLE]
    request = await _request(desk, number)
    live = request["state"] in {"DRAFT", "SUBMITTED", "APPROVED"}
    if desk.asker.may("grantDiff") and live:
        parts = ["grantDiff(request: $number) " + _DIFFERENCE]
        differences = (await _tried(desk, f"query Diff($number: ID!) {{ {parts[0]} }}", number))["grantDiff"]
    else:
        differences = None
    replay = await _replay(desk, number) if desk.asker.may("keptReplay") and live else None
    return desk.shown(
        "request.html",
        status=200 if problem is None else 400,
        request=request,
        names=await names_of(desk),
        persons=desk.asker.caller.persons,
        differences=differences,
        numbers=_numbers(differences or ()),
        replay=replay,
        running=False,
        number=number,
        days_listed=_DAYS,
        back=_back(request),
        acts=_possible(desk, request),
        own_part=_own_part(desk, request),
        problem=problem,
        given=desk.fields,
        live=live,
    )


async def _tried(desk: Desk, text: str, number: str) -> dict[str, Any]:
    """A question that may be refused for a request that is out of date: nothing then."""
    try:
        return await desk.asker.ask(text, number=number)
    except RefusedError:
        return {"grantDiff": []}


async def _request(desk: Desk, number: str) -> dict[str, Any]:
    found: dict[str, Any] | None = (
        await desk.asker.ask(f"query One($number: ID!) {{ request(number: $number) {_WHOLE} }}", number=number)
    )["request"]
    if found is None:
        raise RefusedError("REQUEST_NOT_FOUND", "没有此编号的申请，或您无权查看。", "There is no such request for you.")
    return found


async def _replay(desk: Desk, number: str) -> dict[str, Any] | None:
    """The replay as far as it came; nothing for a request that is out of date."""
    try:
        found = await desk.asker.ask(
            f"query Kept($number: ID!) {{ keptReplay(request: $number) {_REPLAY} }}", number=number
        )
    except RefusedError:
        return None
    replay: dict[str, Any] | None = found["keptReplay"]
    return replay


async def _go_on(desk: Desk) -> Response:
    """The replay a step further: a part of the page, which asks for the next step by itself, or the page again."""
    number, given = desk.path["number"], desk.fields
    text = f"""mutation GoOn($number: ID!, $days: Int!, $anew: Boolean!) {{
      goOnWithReplay(request: $number, days: $days, anew: $anew) {{ replay {_REPLAY} }} }}"""
    days = int(given["days"]) if given.get("days", "") in map(str, _DAYS) else 30
    try:
        made = await desk.asker.act(text, desk.key(), number=number, days=days, anew=given.get("anew") == "1")
    except RefusedError as fault:
        return await _one(desk, fault.problem("replay"))
    if not desk.is_part:
        return desk.go(f"/console/requests/{number}#replay")
    replay = made["goOnWithReplay"]["replay"]
    return desk.shown("replay.html", number=number, replay=replay, running=True, days_listed=_DAYS)


def _numbers(differences: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """How many of what a request concerns; the same people are counted once for each department and role."""
    groups = {(one["department"], one["role"]): one for one in differences}
    return {
        "groups": len(groups),
        "people": sum(one["people"] for one in groups.values()),
        "clients": sum(one["clients"] for one in groups.values()),
        "fields": len({field["field"] for one in differences for field in one["fields"]}),
    }


def _back(request: Mapping[str, Any]) -> dict[str, int]:
    """What would be taken back, by kind."""
    kinds = [one["kind"] for one in request["changes"]]
    return {"given": kinds.count("ADD"), "renewed": kinds.count("RENEW"), "ended": kinds.count("END")}


def _own_part(desk: Desk, request: Mapping[str, Any]) -> Mapping[str, Any] | None:
    department = desk.asker.client.department
    waiting = (one for one in request["parts"] if one["owner"] == department and one["state"] == "WAITING")
    found: Mapping[str, Any] | None = next(waiting, None)
    return found


def _possible(desk: Desk, request: Mapping[str, Any]) -> list[str]:
    """Acts that make sense now; whether they are allowed is the gateway's to say."""
    state, role = request["state"], desk.asker.client.role
    own = request["askedBy"] in desk.asker.caller.persons
    found: list[str] = []
    if own and state == "DRAFT":
        found.append("submit")
    if own and state in {"DRAFT", "SUBMITTED", "APPROVED"}:
        found.append("withdraw")
    if role is Role.STEWARD and state == "SUBMITTED" and not own and _own_part(desk, request):
        found += ["approve", "reject", "extend"]
    if role is Role.SEC and state == "APPROVED":
        found.append("release")
    if role is Role.SEC and state in {"SUBMITTED", "APPROVED"}:
        found.append("refuse")
    if state == "RELEASED" and request["grants"] and desk.asker.may("freeze"):
        found.append("stop")
    if state == "RELEASED" and desk.asker.may("undoRequest"):
        found.append("undo")
    return found


async def _act(desk: Desk) -> Response:
    """Do one thing with a request, and show it again."""
    number, wanted = desk.path["number"], desk.fields.get("act", "")
    if wanted == "release" and desk.fields.get("checked") != "1":
        zh, en = NOT_CONFIRMED
        return await _one(desk, {"code": "NOT_CONFIRMED", "zh": zh, "en": en, "at": "checked"})
    try:
        if wanted in _OTHERS:
            return await _OTHERS[wanted](desk, number)
        name, call = known_act(_ACTS, wanted)
        used = {one: kind for one, kind in _TYPES.items() if f"${one}" in call}
        declared = ", ".join(f"${one}: {_type(name, one, kind)}" for one, kind in used.items())
        values = {
            "number": number,
            "owner": desk.asker.client.department,
            "basis": desk.fields.get("basis"),
        }
        text = f"mutation Do({declared}) {{ {call} {{ position }} }}"
        await desk.asker.act(text, desk.key(), **{one: values[one] or ("" if one != "basis" else None) for one in used})
    except RefusedError as fault:
        return await _one(desk, fault.problem())
    return desk.go(f"/console/requests/{number}")


def _type(mutation: str, name: str, kind: str) -> str:
    """Type of a variable: what one mutation may leave out another one asks for."""
    return "String!" if name == "basis" and mutation != "answerRequest" else kind


async def _stop(desk: Desk, number: str) -> Response:
    """Freeze what came of a request."""
    grants = (await _request(desk, number))["grants"][:_MOST_ACTS]
    names = {f"g{place}": name for place, name in enumerate(grants)}
    declared = "".join(f", ${name}: String!" for name in names)
    calls = " ".join(f"{name}: freeze(kind: GRANT, name: ${name}, reason: $reason) {{ changed }}" for name in names)
    text = f"mutation Stop($reason: String!{declared}) {{ {calls} }}"
    await desk.asker.act(text, desk.key(), **names, reason=desk.fields.get("basis", ""))
    return desk.go(f"/console/requests/{number}")


async def _undo(desk: Desk, number: str) -> Response:
    """Draft the changes back, and show that draft with what it would do."""
    text = """mutation Undo($number: ID!, $reason: String!) {
      undoRequest(number: $number, reason: $reason) { request { number } } }"""
    made = await desk.asker.act(text, desk.key(), number=number, reason=desk.fields.get("basis", ""))
    return desk.go(f"/console/requests/{made['undoRequest']['request']['number']}")


async def _printed(desk: Desk) -> Response:
    html = approval_form(await _request(desk, desk.path["number"]), await names_of(desk))
    return Response(html, headers=printed_headers(html), media_type="text/html; charset=utf-8")


_OTHERS = {"undo": _undo, "stop": _stop}


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/requests", _inbox),
        frame.page("/console/requests/{number}", _one),
        frame.act("/console/requests/{number}", _act),
        frame.act("/console/requests/{number}/replay", _go_on),
        frame.page("/console/requests/{number}/form", _printed),
    ]


SECTION = Section("requests", REQUESTS, ("requests",), _routes)
