"""Who received what of an entity; recalls, objections and holds; and a receipt, opened by what came with its answer."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from hub.console.asking import RefusedError
from hub.console.audit_frame import fields_known, period, seal, shown, unseal
from hub.console.frame import Desk
from schema.disclosing_enums import RecallKind

_MONTHS = 90
_MOST = 100
_RECEIVERS = """query Receivers($uscc: USCC!, $first: Date!, $last: Date!, $field: String) {
  receivers(uscc: $uscc, firstDay: $first, lastDay: $last, field: $field) { client department role purpose questions firstAt lastAt
    firstPosition lastPosition fields } }"""
_RECALLS = f"""query Recalls {{ recalls(first: {_MOST}) {{ number uscc field label kind reason since department madeAt clientsTold entries
  recipients {{ client department questions firstPosition lastPosition }} }} }}"""
_RECALL = """mutation Recall($uscc: USCC!, $field: String!, $kind: RecallKind!, $reason: String!, $since: Date!) {
  recallFact(uscc: $uscc, field: $field, kind: $kind, reason: $reason, since: $since) { position } }"""
_OBJECTIONS = f"""query Objections {{ objections(first: {_MOST}) {{ number line uscc department departmentLabel state reason filedAt dueOn
  workingDaysLeft explanation finding decidedAt }} }}"""
_EXPLAIN = "mutation Explain($number: ID!, $text: String!) { explainLookup(number: $number, text: $text) { position } }"
_DECIDE = """mutation Decide($number: ID!, $justified: Boolean!, $text: String!) {
  decideObjection(number: $number, justified: $justified, finding: $text) { position } }"""
_HOLDS = "query Holds { recordHolds { number firstDay reason madeBy madeAt liftedBy liftedAt liftedReason } }"
_HOLD = "mutation Hold($day: Date!, $reason: String!) { holdRecord(firstDay: $day, reason: $reason) { position } }"
_LIFT = "mutation Lift($number: Int!, $reason: String!) { liftHold(number: $number, reason: $reason) { position } }"
_RECEIPT = """query Receipt($index: Position, $request: String, $hash: String) {
  receipt(index: $index, requestId: $request, hash: $hash) { index state hash recordedAt readyBy document } }"""


async def receivers(desk: Desk, problem: Any = None) -> Response:
    """Who received what of the entity that an address seals."""
    first, last = period(desk, _MONTHS)
    chosen = {"first": first, "last": last, **desk.query, **unseal(desk, desk.query.get("s", "")), **desk.fields}
    found = None
    if chosen.get("uscc") and problem is None:
        told = {"uscc": chosen["uscc"], "first": chosen["first"], "last": chosen["last"], "field": chosen.get("field")}
        try:
            found = (await desk.asker.ask(_RECEIVERS, **{**told, "field": told["field"] or None}))["receivers"]
        except RefusedError as fault:
            problem = fault.problem("uscc")
    return shown(
        desk,
        "audit_receivers.html",
        "receivers",
        status=200 if problem is None else 400,
        found=found,
        chosen=chosen,
        fields=fields_known(desk),
        labels=dict(fields_known(desk)),
        problem=problem,
    )


async def receivers_of(desk: Desk) -> Response:
    """Make an address of an entity and a period; the entity is sealed in it."""
    given = {name: value.strip() for name, value in desk.fields.items()}
    if not given.get("uscc"):
        zh, en = "请填写统一社会信用代码。", "Give a unified social credit code."
        return await receivers(desk, {"code": "BAD_USER_INPUT", "zh": zh, "en": en, "at": "uscc"})
    plain = {name: given.get(name) for name in ("first", "last", "field")}
    return desk.go(desk.at(**plain, s=seal(desk, {"uscc": given["uscc"]})))


async def recalls(desk: Desk, problem: Any = None) -> Response:
    """Recalls, the newest first; with a form for whoever may recall."""
    found = (await desk.asker.ask(_RECALLS))["recalls"]
    return shown(
        desk,
        "audit_recalls.html",
        "recalls",
        status=200 if problem is None else 400,
        recalls=found,
        kinds=[(one.name, (one.zh, one.en)) for one in RecallKind],
        fields=fields_known(desk),
        problem=problem,
    )


async def recall(desk: Desk) -> Response:
    """Recall a fact."""
    told = {name: desk.fields.get(name, "").strip() for name in ("uscc", "field", "kind", "reason", "since")}
    try:
        await desk.asker.act(_RECALL, desk.key(), **told)
    except RefusedError as fault:
        return await recalls(desk, fault.problem("uscc"))
    return desk.go("/console/audit/recalls")


async def objections(desk: Desk, problem: Any = None) -> Response:
    """Objections, those that wait for whoever looks first."""
    found = (await desk.asker.ask(_OBJECTIONS))["objections"]
    return shown(
        desk,
        "audit_objections.html",
        "objections",
        status=200 if problem is None else 400,
        objections=sorted(found, key=lambda one: (one["decidedAt"] is not None, one["dueOn"])),
        problem=problem,
    )


async def objected(desk: Desk) -> Response:
    """Explain a look-up, or decide the objection to it."""
    given, number = desk.fields, desk.fields.get("number", "")
    told: dict[str, Any] = {"number": number, "text": given.get("text", "")}
    try:
        if given.get("act") == "explain":
            await desk.asker.act(_EXPLAIN, desk.key(), **told)
        else:
            await desk.asker.act(_DECIDE, desk.key(), **told, justified=given.get("act") == "justified")
    except RefusedError as fault:
        return await objections(desk, fault.problem(f"text-{number}"))
    return desk.go("/console/audit/objections")


async def holds(desk: Desk, problem: Any = None) -> Response:
    """Holds of the record."""
    found = (await desk.asker.ask(_HOLDS))["recordHolds"]
    status = 200 if problem is None else 400
    return shown(desk, "audit_holds.html", "holds", status, holds=found, problem=problem)


async def held(desk: Desk) -> Response:
    """Hold the record, or lift a hold."""
    given = desk.fields
    number = given.get("number", "")
    try:
        if given.get("act") == "lift":
            told = {"number": int(number) if number.isdecimal() and len(number) < 9 else 0}
            await desk.asker.act(_LIFT, desk.key(), **told, reason=given.get("reason", ""))
        else:
            await desk.asker.act(_HOLD, desk.key(), day=given.get("day", ""), reason=given.get("reason", ""))
    except RefusedError as fault:
        return await holds(desk, fault.problem(f"reason-{number}" if number else "day"))
    return desk.go("/console/audit/holds")


async def receipts(desk: Desk) -> Response:
    """An empty form; an auditor may name a position in the address."""
    index = desk.query.get("index", "")
    return await _receipt(desk, {"index": index} if index else {})


async def receipt(desk: Desk) -> Response:
    """Open a receipt by what was filled in: it stands in no address, for number and hash open it to whoever has them."""
    return await _receipt(desk, {name: value.strip() for name, value in desk.fields.items()})


async def _receipt(desk: Desk, given: Mapping[str, str]) -> Response:
    found, problem = None, None
    index = given.get("index", "")
    if any(given.get(name) for name in ("index", "request", "hash")):
        try:
            told = {name: given.get(name) or None for name in ("request", "hash")}
            asked = await desk.asker.ask(_RECEIPT, index=_number(index), **told)
            found = asked["receipt"]
        except RefusedError as fault:
            problem = fault.problem("index" if index else "request")
    return shown(
        desk,
        "audit_receipts.html",
        "receipts",
        status=200 if problem is None else 400,
        found=found,
        chosen=given,
        problem=problem,
    )


def _number(text: str) -> int | None:
    """A position, None for an empty text; RefusedError for what is none."""
    if text and not (text.isascii() and text.isdecimal() and len(text) <= 18):
        raise RefusedError("BAD_USER_INPUT", "位置须为数字。", "A position is a number.")
    return int(text) if text else None
