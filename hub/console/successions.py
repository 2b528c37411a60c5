"""What became of entities: proposed by one, confirmed by another, undone by two."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError, known_act
from hub.console.entities import typed_entities, typed_entity
from hub.console.frame import Desk, Frame
from hub.web import words_console_identities as words
from schema.identity_enums import SuccessionKind, SuccessionState

_HOME = "/console/identities/successions"
_PAGE, _PARTS = 20, 3
_MARK = "{ kind value id }"
_LIST = f"""query Successions($state: SuccessionState, $first: Int!, $after: ID) {{
  successions(state: $state, first: $first, after: $after) {{
    number kind state effectiveOn proposedAt before {_MARK} after {_MARK} }} }}"""
_ONE = f"""query Succession($number: ID!) {{ succession(number: $number) {{
  number kind state was became movedKeys effectiveOn reason proposedBy proposedAt decidedBy decidedAt
  undoBy undoReason undoneBy undoneAt before {_MARK} after {_MARK} }} }}"""
_PROPOSING = """mutation Propose($succession: SuccessionInput!) {
  proposeSuccession(succession: $succession) { succession { number } position } }"""
_ACTS: Mapping[str, str] = {
    "confirm": "mutation Confirm($number: ID!) { confirmSuccession(number: $number) { position } }",
    "refuse": "mutation Refuse($number: ID!) { refuseSuccession(number: $number) { position } }",
    "undo": """mutation Undo($number: ID!, $reason: String!) {
      undoSuccession(number: $number, reason: $reason) { position } }""",
}


async def _list(desk: Desk, problem: Any = None) -> Response:
    state = desk.query.get("state", "")
    asked = await desk.asker.ask(
        _LIST,
        state=state if state in SuccessionState.__members__ else None,
        first=_PAGE + 1,
        after=desk.query.get("after") or None,
    )
    found = asked["successions"]
    shown = found[:_PAGE]
    return desk.shown(
        "successions.html",
        status=200 if problem is None else 400,
        successions=shown,
        following=desk.at(after=shown[-1]["number"]) if len(found) > _PAGE else None,
        states=[(one.name, (one.zh, one.en)) for one in SuccessionState],
        kinds=[(one.name, (one.zh, one.en)) for one in SuccessionKind],
        chosen=state,
        problem=problem,
        given=desk.fields,
    )


async def _propose(desk: Desk) -> Response:
    given = desk.fields
    try:
        succession = {
            "kind": given.get("kind", ""),
            "before": typed_entities(given.get("before", "")),
            "after": typed_entities(given.get("after", "")),
            "effectiveOn": given.get("effectiveOn", ""),
            "reason": given.get("reason", ""),
            "was": given.get("was") or None,
            "became": given.get("became") or None,
            "moves": [_move(line) for line in given.get("moves", "").splitlines() if line.strip()],
        }
        made = await desk.asker.act(_PROPOSING, desk.key(), succession=succession)
    except RefusedError as fault:
        return await _list(desk, fault.problem("before"))
    return desk.go(f"{_HOME}/{made['proposeSuccession']['succession']['number']}")


def _move(line: str) -> dict[str, Any]:
    parts = line.split()
    if len(parts) != _PARTS:
        zh, en = words.MOVES_WRONG
        raise RefusedError("BAD_USER_INPUT", zh.format(line=line.strip()), en.format(line=line.strip()))
    return {"department": parts[0], "key": parts[1], "to": typed_entity(parts[2])}


async def _one(desk: Desk, problem: Any = None) -> Response:
    found: dict[str, Any] | None = (await desk.asker.ask(_ONE, number=desk.path["number"]))["succession"]
    if found is None:
        raise RefusedError("NOT_FOUND", *words.NONE_SUCH)
    return desk.shown(
        "succession.html",
        status=200 if problem is None else 400,
        succession=found,
        acts=_possible(desk, found),
        persons=desk.asker.caller.persons,
        problem=problem,
        given=desk.fields,
    )


def _possible(desk: Desk, succession: Mapping[str, Any]) -> list[str]:
    """Acts that make sense now; whether they are allowed is the gateway's to say."""
    if not desk.asker.may("confirmSuccession"):
        return []
    persons, state = desk.asker.caller.persons, succession["state"]
    if state == SuccessionState.PROPOSED.name:
        return ["take-back"] if succession["proposedBy"] in persons else ["confirm", "refuse"]
    if state == SuccessionState.CONFIRMED.name:
        return ["undo"]
    if state == SuccessionState.UNDOING.name and succession["undoBy"] not in persons:
        return ["undo-second"]
    return []


async def _act(desk: Desk) -> Response:
    number, text = desk.path["number"], known_act(_ACTS, desk.fields.get("act", ""))
    told = {"reason": desk.fields.get("reason", "")} if "$reason" in text else {}
    try:
        await desk.asker.act(text, desk.key(), number=number, **told)
    except RefusedError as fault:
        return await _one(desk, fault.problem("reason" if told else ""))
    return desk.go(f"{_HOME}/{number}")


def routes(frame: Frame) -> list[Route]:
    """Addresses of these pages."""
    return [
        frame.page(_HOME, _list),
        frame.act(_HOME, _propose),
        frame.page(f"{_HOME}/{{number}}", _one),
        frame.act(f"{_HOME}/{{number}}", _act),
    ]
