"""What is conspicuous in the record, why, and where to look; and that somebody looked, with what they found."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from starlette.responses import Response

from hub.console.asking import RefusedError
from hub.console.audit_frame import period, shown
from hub.console.frame import Desk
from schema.disclosing_enums import AnomalyKind

_WEEK = 7
_ASKED = """query Anomalies($first: Date!, $last: Date!, $unseen: Boolean!) {
  anomalies(firstDay: $first, lastDay: $last, unseen: $unseen) { kind day firstDay client department person entity count bound sentence sentenceEn
    looked { finding madeBy madeAt } } }"""
_NOTE = """mutation Note($anomaly: AnomalyInput!, $finding: String!) {
  noteAnomaly(anomaly: $anomaly, finding: $finding) { position } }"""
_SEEN_BY: Mapping[str, Mapping[str, str]] = {
    "NIGHT": {"night": "1"},
    "GLASS": {"emergency": "1"},
    "CASES": {"unverifiedCase": "1"},
    "QUOTA": {"act": "QUOTA_REACHED"},
}
"""What a search is narrowed by, to show what an anomaly of a kind is of."""


async def anomalies(desk: Desk, problem: Any = None) -> Response:
    """What is conspicuous in a period; by default in the last week, and what nobody looked at."""
    first, last = period(desk, _WEEK)
    variables = {"first": first, "last": last, "unseen": desk.query.get("seen") != "1"}
    found: list[dict[str, Any]] = []
    try:
        found = (await desk.asker.ask(_ASKED, **variables))["anomalies"]
    except RefusedError as fault:
        problem = problem or fault.problem("first")
    return shown(
        desk,
        "audit_anomalies.html",
        "anomalies",
        status=200 if problem is None else 400,
        anomalies=[{**one, "search": _search(one)} for one in found],
        chosen={"first": first, "last": last, "seen": desk.query.get("seen", "")},
        problem=problem,
    )


async def note(desk: Desk) -> Response:
    """Note what was found of one."""
    given = desk.fields
    anomaly = {name: given.get(name, "") for name in ("kind", "day", "client", "department")}
    if anomaly["kind"] not in AnomalyKind.__members__:
        return await anomalies(
            desk, {"code": "BAD_USER_INPUT", "zh": "没有这种异常。", "en": "No such kind.", "at": ""}
        )
    told = {**anomaly, "person": given.get("person") or None, "entity": given.get("entity") or None}
    try:
        await desk.asker.act(_NOTE, desk.key(), anomaly=told, finding=given.get("finding", ""))
    except RefusedError as fault:
        return await anomalies(desk, fault.problem(given.get("place", "")))
    return desk.go(desk.at())


def _search(one: Mapping[str, Any]) -> str:
    """Address of the search that shows what it is of; of what waits for review, that page."""
    if one["kind"] == AnomalyKind.REVIEW.name:
        return "/console/emergencies"
    told = {
        "first": one["firstDay"],
        "last": one["day"],
        "client": one["client"],
        "act": "-",
        **_SEEN_BY.get(one["kind"], {}),
    }
    if one["person"]:
        told["personDigest"] = one["person"]
    if one["entity"]:
        told["entityDigest"] = one["entity"]
    return f"/console/audit?{urlencode({name: value for name, value in told.items() if value})}"
