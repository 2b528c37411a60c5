"""The list of grants: what ends, what is to be confirmed, what nobody uses; several at once are confirmed, renewed or ended.

Renewals and ends of one's own department are one draft, of which the page shows what it would change.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from hub.console.asking import RefusedError
from hub.console.drafting import ROW, row_of
from hub.console.frame import Desk, Frame, Section
from hub.console.listing import listed
from hub.web.words_console_grants import DAY_NEEDED, GRANTS, KINDS, NONE_CHOSEN
from schema.enums import GrantState

_SLICE, _MOST_SLICES, _MOST_ACTS = 200, 10, 10
_SOON = timedelta(days=60)
"""How long before a confirmation runs out it is asked for."""
_LISTED = f"""query Listed($after: String, $department: String, $role: String, $state: GrantState) {{
  grants(first: {_SLICE}, after: $after, department: $department, role: $role, state: $state) {{
    pageInfo {{ hasNextPage endCursor }} edges {{ node {{
      id department role inWords inWordsEn lastDay daysLeft state frozen certifiedUntil owners request }} }} }} }}"""
_WHOLE = f"query Whole($after: String) {{ grants(first: {_SLICE}, after: $after) {{ pageInfo {{ hasNextPage endCursor }} {ROW} }} }}"
_RECERTIFY = """mutation Confirm($ids: [String!]!) { recertifyGrants(ids: $ids) {
  position grants { id certifiedUntil waitingFor } } }"""
_IMPORT = """mutation Draft($rows: [GrantRow!]!, $reason: String!) {
  importGrants(rows: $rows, preview: false, reason: $reason) { request } }"""


async def _grants(desk: Desk) -> Response:
    return await _list(desk)


async def _list(desk: Desk, problem: Any = None, done: Any = None) -> Response:
    show = desk.query.get("show", "")
    show = show if show in KINDS else ""
    chosen = {name: desk.query.get(name, "") for name in ("department", "role")}
    told = {name: value for name, value in chosen.items() if value}
    found, more = await _all(desk, _LISTED, **told, state=show if show in GrantState.__members__ else None)
    unused = await _unused(desk)
    kept = [one for one in found if _fits(desk, one, show, unused)]
    page = listed(
        desk,
        kept,
        lambda one: f"{one['id']} {one['inWords']} {desk.frame.department(one['department'])}",
        ("lastDay", "department", "role", "certifiedUntil"),
    )
    return desk.shown(
        "grants.html",
        status=200 if problem is None else 400,
        page=page,
        show=show,
        kinds=[(name, text) for name, text in KINDS.items() if name != "unused" or desk.asker.may("unusedGrants")],
        chosen=chosen,
        departments=desk.frame.departments,
        unused=unused,
        ticked=set(desk.lists.get("grant", ())),
        most=_SLICE * _MOST_SLICES if more else None,
        problem=problem,
        done=done,
        given=desk.fields,
    )


async def _all(desk: Desk, text: str, **variables: Any) -> tuple[list[dict[str, Any]], bool]:
    """Grants by pages, and whether there are more than are listed here."""
    found: list[dict[str, Any]] = []
    after, more = None, True
    for _ in range(_MOST_SLICES):
        part = (await desk.asker.ask(text, after=after, **variables))["grants"]
        found += [edge["node"] for edge in part["edges"]]
        after, more = part["pageInfo"]["endCursor"], part["pageInfo"]["hasNextPage"]
        if not more:
            break
    return found, more


async def _unused(desk: Desk) -> dict[str, int]:
    """How many fields of each grant nobody asked for, for whoever may know."""
    if not desk.asker.may("unusedGrants"):
        return {}
    data = await desk.asker.ask("query Unused { unusedGrants(days: 90) { grants { grant fields } } }")
    return {one["grant"]: len(one["fields"]) for one in data["unusedGrants"]["grants"]}


def _fits(desk: Desk, grant: Mapping[str, Any], show: str, unused: Mapping[str, int]) -> bool:
    if show == "unused":
        return grant["id"] in unused
    if show == "confirm":
        until, client = grant["certifiedUntil"], desk.asker.client
        own = client.department in grant["owners"] or not desk.asker.may("answerRequest")
        soon = (date.fromisoformat(desk.today) + _SOON).isoformat()
        return own and grant["state"] != "ENDED" and until is not None and until <= soon
    return bool(show) or grant["state"] != "ENDED"


async def _act(desk: Desk) -> Response:
    """Confirm, renew or end what was ticked; what was filled in stands in the form again where it is refused."""
    ids, wanted = list(desk.lists.get("grant", ())), desk.fields.get("act", "")
    if not ids:
        return await _list(desk, _mistake(NONE_CHOSEN, "grants"))
    try:
        if wanted == "confirm":
            made = await desk.asker.act(_RECERTIFY, desk.key(), ids=ids)
            return await _list(desk, done=made["recertifyGrants"])
        day, reason = desk.fields.get("day", ""), desk.fields.get("reason", "")
        if not day:
            return await _list(desk, _mistake(DAY_NEEDED, "day"))
        return desk.go(await _draft(desk, ids, day, reason, renew=wanted == "renew"))
    except RefusedError as fault:
        return await _list(desk, fault.problem("day" if "ends" in fault.en or "day" in fault.en else "grants"))


async def _draft(desk: Desk, ids: Sequence[str], day: str, reason: str, *, renew: bool) -> str:
    """Address of the draft: one for one's own department, an end for each grant of another."""
    whole, _ = await _all(desk, _WHOLE)
    found = [one for one in whole if one["id"] in ids]
    if len(found) != len(set(ids)):
        raise RefusedError("NOT_FOUND", "所选授权中有已不存在的。", "One of these grants is no more.")
    wrong = [one["id"] for one in found if (day <= one["ends"]) is renew]
    if wrong:
        zh, en = ("须晚于", "later than") if renew else ("须早于", "earlier than")
        named = "、".join(wrong[:3])
        raise RefusedError(
            "BAD_USER_INPUT", f"新的最后一日{zh}现在的：{named}。", f"The day is to be {en} now: {named}."
        )
    if renew or all(one["department"] == desk.asker.client.department for one in found):
        rows = [row_of(one) | {"ends": day} for one in found]
        made = await desk.asker.act(_IMPORT, desk.key(), rows=rows, reason=reason)
        return f"/console/requests/{made['importGrants']['request']}"
    names = {f"g{place}": one["id"] for place, one in enumerate(found[:_MOST_ACTS])}
    declared = "".join(f", ${name}: ID!" for name in names)
    calls = " ".join(f"{name}: endGrant(id: ${name}, lastDay: $day, reason: $reason) {{ position }}" for name in names)
    text = f"mutation End($day: Date!, $reason: String!{declared}) {{ {calls} }}"
    await desk.asker.act(text, desk.key(), **names, day=day, reason=reason)
    return "/console/requests?mine=1"


def _mistake(words: tuple[str, str], place: str) -> dict[str, str]:
    return {"code": "BAD_USER_INPUT", "zh": words[0], "en": words[1], "at": place}


def _routes(frame: Frame) -> list[Route]:
    return [frame.page("/console/grants", _grants), frame.act("/console/grants", _act)]


SECTION = Section("grants", GRANTS, ("grants",), _routes)
