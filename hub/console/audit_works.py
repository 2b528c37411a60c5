"""Verifying the record and packing a year in the background: begun here, left and found again, stopped, gone on with, fetched."""

import base64
from typing import Any

from starlette.responses import Response

from hub.console.asking import RefusedError, known_act
from hub.console.audit_frame import shown
from hub.console.audit_search import download
from hub.console.frame import Desk

_YEARS = 5
_WORK = """{ number kind year state madeAt beganAt seenAt endedAt done total secondsLeft step since entries signed signedAt
  checkpointsInside checkpointsOutside witnesses differences { kind first last sentence sentenceEn } moreDifferences fault
  packBytes packHash }"""
_LIST = f"query Works {{ recordWorks(first: 20) {_WORK} }}"
_ONE = f"query Work($number: ID!) {{ recordWork(number: $number) {_WORK} }}"
_BEGIN = {
    "verify": ("mutation Verify { begun: verifyRecord { work { number } } }", False),
    "pack": ("mutation Pack($year: Int!) { begun: packRecord(year: $year) { work { number } } }", True),
}
"""What can be begun: its mutation, and whether that is of a year."""
_STEP = {
    "stop": "mutation Stop($number: ID!) { stopRecordWork(number: $number) { position } }",
    "resume": "mutation Resume($number: ID!) { resumeRecordWork(number: $number) { position } }",
}
ALIVE = frozenset({"WAITING", "RUNNING"})


async def works(desk: Desk, problem: Any = None) -> Response:
    """Works, the newest first, and what can be begun."""
    found = (await desk.asker.ask(_LIST))["recordWorks"]
    year = int(desk.today[:4])
    return shown(
        desk,
        "audit_works.html",
        "works",
        status=200 if problem is None else 400,
        works=found,
        years=[str(year - back) for back in range(_YEARS)],
        problem=problem,
    )


async def begin(desk: Desk) -> Response:
    """Begin one, or go to the one that is not over."""
    try:
        text, of_year = known_act(_BEGIN, desk.fields.get("act", ""))
        year = desk.fields.get("year", "")
        more = {"year": int(year) if year.isdecimal() and len(year) == 4 else 0} if of_year else {}
        made = await desk.asker.act(text, desk.key(), **more)
    except RefusedError as fault:
        return await works(desk, fault.problem("year"))
    return desk.go(f"/console/audit/works/{made['begun']['work']['number']}")


async def work(desk: Desk, problem: Any = None) -> Response:
    """One work: how far it is, or what it found."""
    found = await _found(desk)
    return shown(
        desk,
        "audit_work_body.html" if desk.is_part else "audit_work.html",
        "works",
        status=200 if problem is None else 400,
        work=found,
        alive=found["state"] in ALIVE,
        problem=problem,
    )


async def step(desk: Desk) -> Response:
    """Stop it, or go on with it."""
    number = desk.path["number"]
    try:
        await desk.asker.act(known_act(_STEP, desk.fields.get("act", "")), desk.key(), number=number)
    except RefusedError as fault:
        return await work(desk, fault.problem())
    return desk.go(f"/console/audit/works/{number}")


async def pack(desk: Desk) -> Response:
    """The pack of a work as a file."""
    found, made = await _found(desk), (await desk.asker.ask(_PACK, number=desk.path["number"]))["recordPack"]
    if made is None:
        raise RefusedError(
            "NOT_FOUND", "没有年度材料，或已由较新的替换。", "There is no pack, or a newer one took its place."
        )
    return download(base64.b64decode(made), f"audit-{found['year']}.zip", "application/zip")


_PACK = "query Pack($number: ID!) { recordPack(number: $number) }"


async def _found(desk: Desk) -> dict[str, Any]:
    found: dict[str, Any] | None = (await desk.asker.ask(_ONE, number=desk.path["number"]))["recordWork"]
    if found is None:
        raise RefusedError("NOT_FOUND", "没有此编号的处理。", "There is no work of this number.")
    return found
