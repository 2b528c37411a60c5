"""Search of the record, and one entry with all that is kept: proven, with its receipt as a file and on paper."""

import base64
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from auth.roles import ROLE_LABELS
from hub.console.asking import RefusedError
from hub.console.audit_frame import fields_known, period, seal, shown, unseal
from hub.console.frame import Desk
from hub.disclosure.act_words import ACTS
from hub.web import words_audit as words
from hub.web.console import said_day

PAGE = 25
_WEEK = 7
_HIDDEN = ("uscc", "case", "person")
"""What is sealed in an address."""
_PLAIN = (
    "department",
    "client",
    "role",
    "purpose",
    "outcome",
    "field",
    "act",
    "requestId",
    "personDigest",
    "entityDigest",
)
_FLAGS = tuple(words.FLAGS)
_NARROW = (
    "purpose",
    "person",
    "client",
    "role",
    "case",
    "field",
    "outcome",
    "requestId",
    "personDigest",
    "entityDigest",
)
"""What stands behind a fold of the form, unless something is looked for by it."""
_QUESTIONS = "-"
"""Stands in an address for questions only."""
_ENTRY = """position at act outcome client department role purpose person caseDigest fields entities denied emergency
  sentence sentenceEn"""
_SEARCH = f"""query Search($filter: RecordFilter!, $after: String) {{ recordEntries(filter: $filter, first: {PAGE}, after: $after) {{
  nodes {{ {_ENTRY} }} pageInfo {{ hasNextPage endCursor }} indexedUpTo complete }} }}"""
_WHOLE = f"""query Entry($position: Position!) {{ recordEntry(position: $position) {{ position hash proof readyBy checkpointSize
  pathLength recalls body entry {{ {_ENTRY} }} }} }}"""
_RECEIPT = "query Receipt($index: Position!) {{ receipt(index: $index) {{ {0} }} }}"
_TYPES = {"json": "application/json", "pdf": "application/pdf"}


async def search(desk: Desk) -> Response:
    """The search that an address asks for, or an empty one; who cannot search is shown the first view there is for them."""
    if not desk.asker.may("recordEntries"):
        return await _elsewhere(desk)
    return await _page(desk)


async def _elsewhere(desk: Desk) -> Response:
    return desk.go("/console/audit/objections" if desk.asker.may("objections") else "/console/audit/receipts")


async def _page(desk: Desk, problem: Any = None, given: Mapping[str, str] | None = None) -> Response:
    hidden = unseal(desk, desk.query.get("s", ""))
    first, last = period(desk, _WEEK)
    chosen = {"first": first, "last": last, **desk.query, **hidden, **(given or {})}
    found = None
    if "first" in desk.query and problem is None:
        try:
            found = await _found(desk, chosen)
        except RefusedError as fault:
            problem = fault.problem("first")
    following = found["pageInfo"] if found else None
    return shown(
        desk,
        "audit.html",
        "",
        status=200 if problem is None else 400,
        chosen=chosen,
        found=found,
        problem=problem,
        following=desk.at(after=following["endCursor"]) if following and following["hasNextPage"] else None,
        acts=sorted((name, said) for name, said in ACTS.items()),
        departments=desk.frame.departments,
        purposes=[(one.code, (one.zh, one.en)) for one in desk.frame.gateway.admission.purposes.values()],
        roles_listed=[(role.value, label) for role, label in ROLE_LABELS.items()],
        fields=fields_known(desk),
        conditions=_said(desk, chosen),
        is_narrow=any(chosen.get(name) for name in _NARROW),
    )


def _said(desk: Desk, chosen: Mapping[str, str]) -> list[str]:
    """What is looked for, in words."""
    said = [" – ".join(_day(chosen[name]) for name in ("first", "last"))]
    if chosen.get("department"):
        said.append(desk.frame.department(chosen["department"]))
    act = chosen.get("act", "")
    if act:
        said.append(words.ONLY_QUESTIONS[0] if act == _QUESTIONS else ACTS.get(act, (act, act))[0])
    told = {**chosen, "purpose": desk.frame.purpose_label(chosen.get("purpose", ""))}
    said += [told[name] for name in ("uscc", *_NARROW) if told.get(name)]
    return said + [zh for name, (zh, _) in words.FLAGS.items() if chosen.get(name) == "1"]


def _day(text: str) -> str:
    """A day in words, or what was filled in if it is none."""
    try:
        return said_day(text)
    except ValueError:
        return text


async def _found(desk: Desk, chosen: Mapping[str, str]) -> dict[str, Any]:
    sought: dict[str, Any] = {name: chosen[name] for name in (*_PLAIN, *_HIDDEN) if chosen.get(name)}
    if sought.get("act") == _QUESTIONS:
        sought["act"] = ""
    sought |= {name: True for name in _FLAGS if chosen.get(name) == "1"}
    sought |= {"firstDay": chosen["first"], "lastDay": chosen["last"]}
    found = await desk.asker.ask(_SEARCH, filter=sought, after=chosen.get("after") or None)
    told: dict[str, Any] = found["recordEntries"]
    return told


async def sought(desk: Desk) -> Response:
    """Make an address of what was filled in: what nobody else is to read is sealed in it."""
    given = {name: value.strip() for name, value in desk.fields.items()}
    if not (given.get("first") and given.get("last")):
        return await _page(desk, problem=_no_period(), given=given)
    hidden = {name: given[name] for name in _HIDDEN if given.get(name)}
    plain = {name: given.get(name) for name in ("first", "last", *_PLAIN, *_FLAGS)}
    address = desk.at(**plain, s=seal(desk, hidden), after=None, **dict.fromkeys(_HIDDEN))
    return desk.go(address)


def _no_period() -> dict[str, str]:
    return {"code": "BAD_USER_INPUT", "zh": "请填写首日和末日。", "en": "Give a first and a last day.", "at": "first"}


async def entry(desk: Desk) -> Response:
    """One entry with all that is kept."""
    position = _position(desk)
    found = (await desk.asker.ask(_WHOLE, position=position))["recordEntry"]
    if found is None:
        raise RefusedError("NOT_FOUND", "没有这条记录。", "There is no such entry.")
    body = found["body"]
    return shown(
        desk,
        "audit_entry.html",
        "",
        found=found,
        body=body,
        one=found["entry"],
        day=body["at"][:10],
        text=orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS).decode(),
    )


async def receipt_file(desk: Desk) -> Response:
    """The receipt of an entry as a file or on paper; while it is pending, the page of the entry, which says until when."""
    form, position = desk.path["form"], _position(desk)
    if form not in _TYPES:
        raise RefusedError("NOT_FOUND", "没有这种格式的回执。", "There is no receipt of this form.")
    asked = "document" if form == "json" else "pdf"
    found = (await desk.asker.ask(_RECEIPT.format(f"state {asked}"), index=position))["receipt"]
    if found["state"] != "READY":
        return desk.go(f"/console/audit/entries/{position}")
    made = orjson.dumps(found["document"]) if form == "json" else base64.b64decode(found["pdf"])
    return download(made, f"receipt-{position}.{form}", _TYPES[form])


def download(content: bytes, name: str, kind: str) -> Response:
    """A file that is kept by whoever asked for it, and by nobody on the way."""
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(content, headers=headers, media_type=kind)


def _position(desk: Desk) -> int:
    text = desk.path["position"]
    if not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise RefusedError("NOT_FOUND", "没有这条记录。", "There is no such entry.")
    return int(text)
