"""What became of the city's own codes before anybody looked: their steps, and how often they were scanned.

Drawn from the seed; persons are of nobody, for the demo's accounts did none of it.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from hub.clock import SHANGHAI
from hub.demo.draw import chance, stream
from schema.coding_enums import CodeStepKind, CodeStepOutcome
from schema.enums import CodeStatus

COUNTER, _OFFICE = "service", "credit"
"""Departments: where shops applied, and which stops codes."""
_DAYS, _BUSY = 40, 0.45
"""Days of scans before today, and on how many of them a code is scanned at all."""
_ENDS = {
    CodeStatus.SUSPENDED.name: CodeStepKind.SUSPEND,
    CodeStatus.REVOKED.name: CodeStepKind.REVOKE,
    CodeStatus.CANCELLED.name: CodeStepKind.CANCEL,
}


def draw_steps(code: Mapping[str, Any], shown: Mapping[str, Any] | None) -> Iterator[dict[str, Any]]:
    """Rows of the steps of a code: applied for, displayed, stopped."""
    steps = [(code["issued_on"], CodeStepKind.APPLIED, None, (COUNTER, "CLERK"))]
    if shown is not None:
        steps.append((shown["since"], CodeStepKind.DISPLAY, shown["places"], (COUNTER, "CLERK")))
    if code["status"] in _ENDS:
        steps.append(
            (code["status_since"], _ENDS[code["status"]], code.get("status_reason"), (_OFFICE, "CREDIT_OFFICE"))
        )
    for number, (day, kind, said, (department, role)) in enumerate(steps, 1):
        yield {
            "entity": code["entity"],
            "number": number,
            "at": int(datetime.combine(date.fromisoformat(day), time(9, number), SHANGHAI).timestamp()),
            "kind": kind.name,
            "outcome": CodeStepOutcome.GRANTED.name,
            "said": said,
            "token": code["token"],
            "department": department,
            "role": role,
        }


def draw_scans(seed: str, today: date, code: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of the scans of a code: some days more than others, now and then at a place that a tag names."""
    rng = stream(seed, "scans", code["entity"])
    first, usual = date.fromisoformat(code["issued_on"]), rng.randint(1, 12)
    places = ["", "", *(code["places"] or "").split("\n")]
    for back in range(_DAYS):
        day = today - timedelta(days=back)
        if day >= first and chance(rng, _BUSY):
            place = rng.choice(places)
            yield {
                "code": code["id"],
                "day": day.isoformat(),
                "audience": "PUBLIC",
                "place": place,
                "scans": rng.randint(1, usual),
            }
