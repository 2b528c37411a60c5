"""Codes of honesty: looked for and listed, and applied for – at a counter, or by a merchant themselves."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import Role
from hub.code.lifecycle import COMMITMENT_TEXT, COMMITMENT_TEXT_EN
from hub.console.asking import RefusedError
from hub.console.code_one import routes_of_one
from hub.console.code_reports import routes_of_reports
from hub.console.code_streets import routes_of_streets
from hub.console.frame import Desk, Frame, Section
from hub.web.words_console_codes import CODES
from schema.coding_enums import CodeSort
from schema.enums import CodeIssuer, CodeStatus

_PAGE, _LAST = 25, 4_000
_LISTED = """query Codes($filter: CodeFilter, $sort: CodeSort!, $descending: Boolean!, $first: Int!, $skip: Int!) {
  honestyCodes(filter: $filter, sort: $sort, descending: $descending, first: $first, skip: $skip) { total codes {
    uscc token name issuer department status statusSince issuedOn displayedSince displayedDays scans } } }"""
_KNOWN = """query Known($uscc: USCC!) { honestyCode(uscc: $uscc) { token name status statusSince statusReason }
  codeLife(uscc: $uscc) { outcome at reason { text textEn remedy remedyEn } } }"""
_CHECK = """mutation Check($uscc: USCC!) { checkCode(uscc: $uscc) { name pending reason { code text textEn remedy remedyEn } } }"""
_MANDATES = "query Mandates { mandates { uscc endedAt } }"
_APPLY = """mutation Apply($uscc: USCC!, $application: CodeApplication!) {
  applyCode(uscc: $uscc, application: $application) { granted pending position code { token }
    reason { code text textEn remedy remedyEn } } }"""
_USUAL_SORT = CodeSort.STATUS_SINCE
_STATES = [(one.name, (one.zh, one.en)) for one in CodeStatus]
_ISSUERS = [(one.name, (one.zh, one.en)) for one in CodeIssuer]


async def _list(desk: Desk) -> Response:
    """Codes that fit, a page at a time, as the store sorts them."""
    if not desk.asker.may("honestyCodes"):
        return desk.go("/console/codes/reports")
    chosen = {name: desk.query.get(name, "") for name in ("status", "issuer", "department")}
    named = desk.query.get("sort", "").removeprefix("-")
    sort = named if named in CodeSort.__members__ else _USUAL_SORT.name
    descending = desk.query.get("sort", f"-{sort}").startswith("-")
    given = desk.query.get("page", "1")
    page = min(max(int(given), 1), _LAST) if given.isdecimal() and len(given) < 6 else 1
    sought = {name: value for name, value in {"text": desk.query.get("q", ""), **chosen}.items() if value}
    known = {"status": CodeStatus.__members__, "issuer": CodeIssuer.__members__}
    sought = {name: value for name, value in sought.items() if name not in known or value in known[name]}
    skip = (page - 1) * _PAGE
    found = await desk.asker.ask(_LISTED, filter=sought, sort=sort, descending=descending, first=_PAGE, skip=skip)
    listed = found["honestyCodes"]
    return desk.shown(
        "codes.html",
        codes=listed["codes"],
        total=listed["total"],
        skip=skip,
        sort=sort,
        descending=descending,
        before=desk.at(page=page - 1 if page > 2 else None) if page > 1 else None,
        following=desk.at(page=page + 1) if skip + len(listed["codes"]) < listed["total"] and page < _LAST else None,
        chosen=chosen,
        states=_STATES,
        issuers=_ISSUERS,
        departments=desk.frame.departments,
    )


async def _apply_page(desk: Desk, problem: Any = None, reason: Any = None, checked: Any = None) -> Response:
    """The form of an application, once it is known for whom."""
    uscc = (desk.fields.get("uscc") or desk.query.get("uscc", "")).strip().upper()
    clerk = desk.asker.client.role is Role.CLERK
    entities = await _held(desk) if not clerk else []
    known: Mapping[str, Any] = {}
    if uscc and problem is None:
        try:
            known = await desk.asker.ask(_KNOWN, uscc=uscc)
        except RefusedError as fault:
            problem = fault.problem("uscc")
    code = known.get("honestyCode")
    refused = next((one for one in known.get("codeLife", ())[:1] if one["reason"]), None)
    return desk.shown(
        "code_apply.html",
        status=200 if problem is None else 400,
        uscc=uscc,
        clerk=clerk,
        entities=entities,
        checked=checked,
        code=code if code is not None and code["status"] != CodeStatus.CANCELLED.name else None,
        refused=refused if reason is None else None,
        asked=bool(uscc) and (problem is None or (bool(desk.fields) and desk.fields.get("act") != "check")),
        reason=reason,
        commitment=(COMMITMENT_TEXT, COMMITMENT_TEXT_EN),
        problem=problem,
        given=desk.fields,
    )


async def _held(desk: Desk) -> list[str]:
    """Entities that a merchant acts for."""
    found = (await desk.asker.ask(_MANDATES))["mandates"]
    return sorted({one["uscc"] for one in found if one["endedAt"] is None})


async def _apply(desk: Desk) -> Response:
    """Apply; what is granted is shown on the page of its code, what is not stays with the form and its remedy."""
    given = desk.fields
    uscc = given.get("uscc", "").strip()
    if given.get("act") == "check":
        try:
            checked = (await desk.asker.act(_CHECK, desk.key(), uscc=uscc))["checkCode"]
        except RefusedError as fault:
            return await _apply_page(desk, fault.problem("uscc"))
        return await _apply_page(desk, checked=checked)
    application: dict[str, Any] = {"committed": given.get("committed") == "1"}
    for name in ("representative", "authorised", "code"):
        if given.get(name, "").strip():
            application[name] = given[name].strip()
    try:
        made = await desk.asker.act(_APPLY, desk.key(), uscc=uscc, application=application)
    except RefusedError as fault:
        return await _apply_page(desk, fault.problem(_PLACES_OF.get(fault.code, "uscc")))
    outcome = made["applyCode"]
    if outcome["code"] is None:
        return await _apply_page(desk, reason=outcome["reason"])
    return desk.go(f"/console/codes/{outcome['code']['token']}?done=APPLIED")


_PLACES_OF = {"REPRESENTATIVE_DIFFERS": "representative", "COMMITMENT_REQUIRED": "committed"}
"""Where on the form a refusal leads."""


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/codes", _list),
        frame.page("/console/codes/apply", _apply_page),
        frame.act("/console/codes/apply", _apply),
        *routes_of_streets(frame),
        *routes_of_reports(frame),
        *routes_of_one(frame),
    ]


SECTION = Section("codes", CODES, ("honestyCodes", "codeReports"), _routes)
