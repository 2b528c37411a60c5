"""The quality board: the last run of each source with its trend, and one page a source with its rules and the rows that failed."""

from collections.abc import Mapping, Sequence
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import Role
from hub.console.asking import RefusedError, known_act
from hub.console.frame import Desk, Frame, Section
from hub.console.listing import Row, listed
from hub.console.sources import (
    EVERYBODY,
    Told,
    department_of,
    departments_of,
    field_labels,
    number_of,
    record_label,
    source_of,
)
from hub.web.words_console_sources import QUALITY
from schema.identity_enums import QualityRule

_MARKS = "marks { record rule field checked failed failedBefore }"
_RUN = f"number source startedAt endedAt rows unread unmapped {_MARKS}"
_LIST = "query Board { sources { name label department departmentCode } qualityRuns(first: 50, each: 1) { RUN } }"
_WORKS = """query Works($source: String!) { qualityWorks(source: $source, first: 1) {
  number state madeAt rows found fault } }"""
_ACTS = {
    "start": ("mutation Start($source: String!) { startQualityRun(source: $source) { position } }", True),
    "stop": ("mutation Stop($number: ID!) { stopQualityRun(number: $number) { position } }", False),
    "resume": ("mutation Resume($number: ID!) { resumeQualityRun(number: $number) { position } }", False),
}
"""What can be done about a run: its mutation, and whether that names the source."""
_HISTORY = 12
_RUNS = 24
_ROWS = 25
_FINDING = "{ number record rule field key digest problem problemEn fix fixEn }"
_WIDTH, _HEIGHT, _EDGE = 96, 24, 3


async def _board(desk: Desk) -> Response:
    found = await desk.asker.ask(_LIST.replace("RUN", _RUN))
    latest = {one["source"]: one for one in found["qualityRuns"]}
    rows = [_board_row(one, latest.get(one["name"])) for one in found["sources"]]
    department = department_of(desk)
    kept = [one for one in rows if department in {EVERYBODY, one["departmentCode"]}]
    page = listed(
        desk,
        kept,
        lambda one: f"{one['name']} {one['label']} {one['department']}",
        ("order", "label", "department", "ended", "rows", "failed"),
    )
    return desk.shown(
        "quality.html",
        page=page,
        department=department,
        departments=departments_of(rows),
        trends=await _trends(desk, page.rows),
    )


def _board_row(source: Mapping[str, Any], run: Mapping[str, Any] | None) -> Told:
    """A source with what its last run came to; the worst are the first in the usual order."""
    told: Told = {**source, "run": run, "ended": None, "rows": None, "failed": None, "change": None, "order": 1}
    if run is not None:
        failed = failed_of(run)
        told |= {
            "ended": run["endedAt"],
            "rows": run["rows"],
            "failed": failed,
            "change": change_of(run),
            "order": -failed,
        }
    return told


def failed_of(run: Mapping[str, Any]) -> int:
    """How many findings a run came to."""
    return sum(mark["failed"] for mark in run["marks"])


def change_of(run: Mapping[str, Any]) -> int | None:
    """How many more findings than in the run before; None for the first."""
    before = [mark["failedBefore"] for mark in run["marks"] if mark["failedBefore"] is not None]
    return failed_of(run) - sum(before) if before else None


async def _trends(desk: Desk, rows: Sequence[Row]) -> dict[str, Told]:
    """The trend of each source that was run over, in one question."""
    names = [one["name"] for one in rows if one["run"] is not None]
    if not names:
        return {}
    declared = ", ".join(f"$s{place}: String!" for place in range(len(names)))
    asked = " ".join(
        f"s{place}: qualityRuns(source: $s{place}, first: {_HISTORY}) {{ ...Run }}" for place in range(len(names))
    )
    text = f"query Trends({declared}) {{ {asked} }} fragment Run on QualityRun {{ endedAt marks {{ failed }} }}"
    found = await desk.asker.ask(text, **{f"s{place}": name for place, name in enumerate(names)})
    return {name: trend_of(found[f"s{place}"]) for place, name in enumerate(names)}


def trend_of(runs: Sequence[Mapping[str, Any]]) -> Told:
    """A line of the findings of runs that ended, the oldest first: numbers, and points of a small picture."""
    numbers = [failed_of(one) for one in reversed(runs) if one["endedAt"] is not None]
    most, steps = max(numbers, default=0) or 1, max(len(numbers) - 1, 1)
    places = [
        (
            round(_EDGE + place * (_WIDTH - 2 * _EDGE) / steps, 1),
            round(_HEIGHT - _EDGE - number * (_HEIGHT - 2 * _EDGE) / most, 1),
        )
        for place, number in enumerate(numbers)
    ]
    return {"numbers": numbers, "points": places, "width": _WIDTH, "height": _HEIGHT}


async def _one(desk: Desk, problem: Any = None) -> Response:
    source = await source_of(desk)
    works = await _work(desk, source)
    text = f"query Runs($source: String!) {{ qualityRuns(source: $source, first: {_RUNS}) {{ {_RUN} }} }}"
    runs = (await desk.asker.ask(text, source=source["name"]))["qualityRuns"]
    running = next((one for one in runs if one["endedAt"] is None), None)
    ended = [one for one in runs if one["endedAt"] is not None]
    run = _chosen(desk, runs) or next(iter(ended), running)
    told: Told = {"rows": [], "following": None, "rule": "", "record": ""}
    if run is not None:
        told = await _rows(desk, run)
    return desk.shown(
        "source_quality.html",
        status=200 if problem is None else 400,
        problem=problem,
        work=works,
        starts=_starts(desk, source),
        source=source,
        run=run,
        running=running,
        runs=ended,
        trend=trend_of(runs),
        failed_of=failed_of,
        marks=sorted(run["marks"], key=lambda mark: (mark["failed"] == 0, -mark["failed"])) if run is not None else [],
        rules=[(one.name, (one.zh, one.en)) for one in QualityRule],
        record_label=record_label,
        field_label=lambda coordinate: field_labels(desk, coordinate),
        **told,
    )


async def _work(desk: Desk, source: Told) -> Told | None:
    """The newest run that somebody began here, for whoever may begin one."""
    if not _starts(desk, source):
        return None
    found = (await desk.asker.ask(_WORKS, source=source["name"]))["qualityWorks"]
    return next(iter(found), None)


def _starts(desk: Desk, source: Told) -> bool:
    """True if whoever looks may have the source run over: its own steward, or a system administrator."""
    client = desk.asker.client
    own = client.role is not Role.STEWARD or source["departmentCode"] == client.department
    return own and desk.asker.may("startQualityRun")


async def _act(desk: Desk) -> Response:
    """Begin, stop or go on with a run, and come back."""
    try:
        text, of_source = known_act(_ACTS, desk.fields.get("act", ""))
        named = {"source": desk.path["name"]} if of_source else {"number": desk.fields.get("number", "")}
        await desk.asker.act(text, desk.key(), **named)
    except RefusedError as fault:
        return await _one(desk, fault.problem("source"))
    return desk.go(f"/console/sources/{desk.path['name']}/quality")


def _chosen(desk: Desk, runs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    wanted = desk.query.get("run", "")
    found = next((one for one in runs if one["number"] == wanted), None)
    if wanted and found is None:
        raise RefusedError("NOT_FOUND", "没有这次质量检查。", "There is no such run.")
    return found


async def _rows(desk: Desk, run: Mapping[str, Any]) -> Told:
    """The rows of a run that the address asks for."""
    rule, record = desk.query.get("rule", ""), desk.query.get("record", "")
    rule = rule if rule in QualityRule.__members__ else ""
    after = int(number_of(desk, "after") or 0)
    text = f"""query Findings($run: ID!, $rule: QualityRule, $record: String, $after: Int!) {{
      qualityFindings(run: $run, rule: $rule, record: $record, first: {_ROWS + 1}, after: $after) {_FINDING} }}"""
    wanted = {"rule": rule or None, "record": record or None, "after": after}
    found = (await desk.asker.ask(text, run=run["number"], **wanted))["qualityFindings"]
    rows = found[:_ROWS]
    following = desk.at(after=rows[-1]["number"]) if len(found) > _ROWS else None
    return {"rows": rows, "following": following, "rule": rule, "record": record}


def _routes(frame: Frame) -> list[Route]:
    one = "/console/sources/{name}/quality"
    return [frame.page("/console/quality", _board), frame.page(one, _one), frame.act(one, _act)]


SECTION = Section("quality", QUALITY, ("qualityRuns",), _routes)
