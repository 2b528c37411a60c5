"""Sources: how each is, in words, and one page a source with its failures, figures, records and the files it took."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import Role
from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame, Section
from hub.console.listing import listed
from hub.plan.model import ENTITY
from hub.settings_code import OWN_CODES
from hub.web.words_console_sources import SOURCES
from schema.base import RECORDS
from schema.enums import SourceState

_OPERATIONS = """operations { resting failuresInARow lastFailedAt lastFailureCode lastFailure lastFailureMeans
  lastFailureMeansEn toDo toDoEn calls failures turnedAway medianMs p95Ms limitMs }"""
SOURCE = f"""{{ name label department departmentCode takesFiles state since lastAnsweredAt asOf lagDays
  records {{ record asOf lagDays }} {_OPERATIONS} }}"""
_LATEST = "qualityRuns(first: 50, each: 1) { source endedAt rows marks { failed } }"
_RUNS = "importRuns(source: $source, first: 21, before: $before)"
_FILE = "{ number record file state endedAt asOf rows rejected doubtful withdrawn readAs fault faultEn }"
_FILES = 20
_ROWS = 25
_ROW = "{ number row column rejected reason advice cells { column text } }"
EVERYBODY = "*"
"""All departments, where the usual choice is one's own."""
_WORST = {"OPEN": 0, "TROUBLED": 1, "SLOW": 2, "UNKNOWN": 3, "ANSWERING": 4}
_MOST_DIGITS = 9
Told = dict[str, Any]


async def _sources(desk: Desk) -> Response:
    found = await desk.asker.ask(f"query Sources {{ sources {SOURCE} {_LATEST} }}")
    latest = {one["source"]: one for one in found["qualityRuns"]}
    rows = [listed_source(one, latest.get(one["name"])) for one in found["sources"]]
    department, state = department_of(desk), desk.query.get("state", "")
    kept = [one for one in rows if department in {EVERYBODY, one["departmentCode"]} and state in {"", one["shown"]}]
    page = listed(
        desk,
        kept,
        lambda one: f"{one['name']} {one['label']} {one['department']}",
        ("worst", "label", "department", "lagDays", "rows"),
    )
    return desk.shown(
        "sources.html",
        page=page,
        department=department,
        departments=departments_of(rows),
        state=state,
        states=[*((one.name, (one.zh, one.en)) for one in SourceState)],
    )


def listed_source(one: Mapping[str, Any], run: Mapping[str, Any] | None) -> Told:
    """A source as lists have it: `shown` is its state, SLOW where it answers slowly; `rows` as its last run read them."""
    shown = shown_state(one)
    return {**one, "shown": shown, "worst": _WORST[shown], "rows": run["rows"] if run is not None else None}


def shown_state(one: Mapping[str, Any]) -> str:
    """The state of a source as pages show it."""
    runs = one["operations"] or {}
    slow = bool(runs.get("medianMs")) and runs["medianMs"] * 2 > runs["limitMs"]
    return "SLOW" if slow and one["state"] == "ANSWERING" else str(one["state"])


def department_of(desk: Desk) -> str:
    """Code of the department whose sources are wanted: a steward's own, unless others are."""
    client = desk.asker.client
    usual = client.department if client.role is Role.STEWARD else EVERYBODY
    return desk.query.get("department") or usual


def departments_of(rows: list[Told]) -> list[tuple[str, tuple[str, str]]]:
    """Departments that answer for sources, by their codes."""
    return sorted({one["departmentCode"]: (one["department"], "") for one in rows}.items())


async def source_of(desk: Desk) -> Told:
    """The source of the address; RefusedError where there is none."""
    sources = (await desk.asker.ask(f"query Source {{ sources {SOURCE} }}"))["sources"]
    found = next((one for one in sources if one["name"] == desk.path["name"]), None)
    if found is None:
        raise RefusedError("NOT_FOUND", "没有此数据源。", "There is no such source.")
    # The hub's own register of codes is mapped by the hub.
    mapped = found["name"] != OWN_CODES and desk.asker.may("sourceMappings") and _looks_after(desk, found)
    return {**found, "shown": shown_state(found), "mapped": mapped}


def record_label(name: str) -> tuple[str, str]:
    """What a record is called."""
    found = RECORDS.get(name)
    return (found.zh, found.en) if found is not None else (name, "")


def field_labels(desk: Desk, coordinate: str) -> tuple[str, str]:
    """What a field is called, by its coordinate; the name itself for a key that the catalogue does not have."""
    fields, name = desk.frame.gateway.wording.catalogue.fields, coordinate.partition(".")[2]
    # Of whom a row is stands in no field of most records: it is the code of an entity.
    rule = fields.get(coordinate) or fields.get(f"{ENTITY}.{name}")
    return (rule.zh, rule.en) if rule is not None else (name, "")


async def _one(desk: Desk) -> Response:
    source = await source_of(desk)
    told: Told = {"files": None, "older": None, "run": None}
    asked = ["qualityRuns(source: $source, first: 1) { number endedAt rows marks { failed failedBefore } }"]
    takes = source["takesFiles"] and desk.asker.may("importRuns") and _looks_after(desk, source)
    if takes:
        asked.append(f"{_RUNS} {_FILE}")
    declared = "$source: String!, $before: ID" if takes else "$source: String!"
    before = {"before": number_of(desk, "before")} if takes else {}
    found = await desk.asker.ask(f"query One({declared}) {{ {' '.join(asked)} }}", source=source["name"], **before)
    told["run"] = next(iter(found["qualityRuns"]), None)
    if takes:
        files = found["importRuns"]
        told["files"] = files[:_FILES]
        last = next((one["number"] for one in reversed(files[:_FILES]) if one["number"]), None)
        told["older"] = desk.at(before=last) if len(files) > _FILES else None
    return desk.shown("source.html", source=source, record_label=record_label, **told)


def _looks_after(desk: Desk, source: Told) -> bool:
    client = desk.asker.client
    return client.role is not Role.STEWARD or client.department == source["departmentCode"]


def number_of(desk: Desk, name: str) -> str | None:
    """A number of the address; None where there is none."""
    given = desk.query.get(name, "")
    return given if given.isascii() and given.isdecimal() and len(given) <= _MOST_DIGITS else None


async def _file(desk: Desk) -> Response:
    source, number = await source_of(desk), desk.path["number"]
    reads = desk.asker.may("importRows")
    told = {"source": source["name"], "number": number}
    file = (
        await desk.asker.ask(
            f"query File($source: String!, $number: ID!) {{ importRun(source: $source, number: $number) {_FILE} }}",
            **told,
        )
    )["importRun"]
    if file is None:
        raise RefusedError(
            "NOT_FOUND", "没有这份文件的收取结果，或已过保留期限。", "There is no report on such a file, or no longer."
        )
    kind, column = desk.query.get("kind", ""), desk.query.get("column", "")
    rows: list[Told] = []
    if reads and file["state"] == "TAKEN":
        wanted = {"rejected": {"rejected": True, "doubtful": False}.get(kind), "column": column or None}
        after = int(number_of(desk, "after") or 0)
        rows = (
            await desk.asker.ask(
                f"""query Rows($source: String!, $number: ID!, $rejected: Boolean, $column: String, $after: Int!) {{
                  importRows(source: $source, run: $number, rejected: $rejected, column: $column, first: {_ROWS + 1},
                    after: $after) {_ROW} }}""",
                **told,
                **wanted,
                after=after,
            )
        )["importRows"]
    shown = rows[:_ROWS]
    return desk.shown(
        "import.html",
        source=source,
        file=file,
        reads=reads,
        own=desk.asker.client.role is Role.STEWARD,
        rows=shown,
        kind=kind,
        column=column,
        following=desk.at(after=shown[-1]["number"]) if len(rows) > _ROWS else None,
        record_label=record_label,
    )


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/sources", _sources),
        frame.page("/console/sources/{name}", _one),
        frame.page("/console/sources/{name}/imports/{number}", _file),
    ]


SECTION = Section("sources", SOURCES, ("qualityRuns",), _routes)
