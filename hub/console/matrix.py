"""The scope matrix: departments down, records and their fields across, for one role and purpose; why each cell is as it is."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response
from starlette.routing import Route

from auth.roles import ROLE_LABELS, Role
from hub.console import drafting
from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame, Section
from hub.web.words_console_matrix import LEGEND, SIGNS, TITLE
from schema.base import RECORDS

ANY = "*"
MOST_ROWS = 24
"""Departments that are drawn."""
_GIVEN = frozenset({"HELD", "HELD_FILTERED", "MASKED", "MASKED_FILTERED", "MIXED"})
_AT_A_TIME = 4
"""Departments that one question asks for: each is a long list, of which a question holds a dozen at the most."""
_ORDER = (
    "Entity",
    "Licence",
    "Penalty",
    "CreditStatus",
    "CreditRating",
    "ListEntry",
    "Honour",
    "Commitment",
    "Incentive",
)
"""Records that most questions ask for, which come first."""
_OTHER = {"EntityConnection": "经营主体列表"}
_FIELDS = "fields { field label state grants deniedBy lacking rows lastDay expiring }"
_GRANT = """{ id department inWords askedBy approvedBy releasedBy request lastDay state frozen purposes }"""


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the matrix is drawn for."""

    role: str
    purpose: str
    as_of: str = ""
    request: str = ""
    open: tuple[str, ...] = ("Entity",)

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Chosen":
        """As the address says; the purpose is still to be chosen where it says none."""
        role = query.get("role", "OFFICER")
        role = role if role in set(Role) else "OFFICER"
        purpose = query.get("purpose", "")
        opened = tuple(one for one in query.get("open", "Entity").split(",") if one.isalnum())
        return cls(role, purpose, query.get("asof", ""), query.get("request", ""), opened)


@dataclass(frozen=True, slots=True)
class Box:
    """One cell: a field, or a whole record folded into one; `was` is the sign before the request that is laid over it."""

    field: str
    sign: str
    expiring: bool = False
    unused: bool = False
    was: str = ""
    counts: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One department."""

    code: str
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A record with its label; coordinate and label of each of its fields."""

    record: str
    label: str
    is_open: bool
    fields: tuple[tuple[str, str], ...]


async def _matrix(desk: Desk) -> Response:
    purposes, chosen = _purposes(desk), Chosen.of(desk.query)
    problem, consent = None, False
    lines: list[Line] = []
    columns: tuple[Column, ...] = ()
    try:
        rows, usual = await _granted(desk, chosen)
        if chosen.purpose not in {code for code, _ in purposes}:
            chosen = replace(chosen, purpose=usual or purposes[0][0])
        now = await simulated(desk, chosen, rows)
        before = await simulated(desk, replace(chosen, request=""), rows) if chosen.request else {}
        unused = await _unused(desk) if not chosen.as_of else frozenset()
        columns = columns_of(next(iter(now.values()))["fields"], chosen.open)
        lines = [_line(code, now[code], columns, before.get(code), unused) for code in rows if code in now]
        consent = any(one["awaitsConsent"] for one in now.values())
    except RefusedError as fault:
        problem = fault.problem("asof" if "asOf" in fault.en else "")
    return desk.shown(
        "matrix.html",
        status=200 if problem is None else 400,
        chosen=chosen,
        purposes=purposes,
        roles_listed=roles(),
        lines=lines,
        columns=columns,
        legend=_legend(lines),
        consent=consent,
        problem=problem,
        any_department=ANY,
        may_draft=desk.asker.may("requestAccess"),
        cell=None,
    )


def _legend(lines: Sequence[Line]) -> list[str]:
    """The usual states, and whatever else stands in these lines, in one order."""
    met = {*LEGEND, *(box.sign for line in lines for box in line.boxes)}
    return [state for state in SIGNS if state in met]


def _purposes(desk: Desk) -> list[tuple[str, tuple[str, str]]]:
    known = desk.frame.gateway.admission.purposes.values()
    return [(one.code, (one.zh, one.en)) for one in known]


async def _granted(desk: Desk, chosen: Chosen) -> tuple[list[str], str]:
    """Departments that have to do with a role, whoever else last; and the purpose of most of its grants."""
    text = "query Rows($role: String!) { grants(role: $role, first: 200) { edges { node { department purposes } } } }"
    data = await desk.asker.ask(text, role=chosen.role)
    granted = [edge["node"] for edge in data["grants"]["edges"]]
    counted = Counter(purpose for one in granted for purpose in one["purposes"])
    usual = max(counted, key=lambda code: counted[code], default="")
    if chosen.role == Role.PUBLIC.value:
        return [""], usual
    named = {one["department"] for one in granted} - {ANY}
    own = desk.asker.client.department
    acting = {c.department for c in desk.frame.visiting.attendant.roster.clients.values() if c.role == chosen.role}
    extra = {own} if desk.asker.may("requestAccess") else set()
    known = desk.frame.visiting.attendant.roster.departments
    asked = desk.query.get("department", "") if desk.query.get("department", "") in known else ""
    return [*sorted(named | acting | extra | ({asked} if asked else set()))[:MOST_ROWS], ANY], usual


async def simulated(desk: Desk, chosen: Chosen, rows: Sequence[str]) -> dict[str, Any]:
    """What each department would see, by its code; as many at a time as one question may hold."""
    slices = [rows[start : start + _AT_A_TIME] for start in range(0, len(rows), _AT_A_TIME)]
    found: dict[str, Any] = {}
    for told in await asyncio.gather(*(_slice(desk, chosen, one) for one in slices)):
        found |= told
    return found


async def _slice(desk: Desk, chosen: Chosen, rows: Sequence[str]) -> dict[str, Any]:
    given = "role: $role, purpose: $purpose, asOf: $asOf, request: $request"
    names = {f"d{number}": code for number, code in enumerate(rows)}
    declared = "".join(f", ${name}: String!" for name in names)
    asked = " ".join(f"{name}: simulate(department: ${name}, {given}) {{ awaitsConsent {_FIELDS} }}" for name in names)
    text = f"query Matrix($role: String!, $purpose: String!, $asOf: Date, $request: ID{declared}) {{ {asked} }}"
    told: dict[str, Any] = {"role": chosen.role, "purpose": chosen.purpose}
    told |= {"asOf": chosen.as_of or None, "request": chosen.request or None}
    data = await desk.asker.ask(text, **told, **names)
    return {code: data[name] for name, code in names.items()}


async def _unused(desk: Desk) -> frozenset[tuple[str, str]]:
    """Pairs of grant and field that nobody asked for."""
    if not desk.asker.may("unusedGrants"):
        return frozenset()
    data = await desk.asker.ask("query Unused { unusedGrants(days: 90) { grants { grant fields } } }")
    return frozenset((one["grant"], name) for one in data["unusedGrants"]["grants"] for name in one["fields"])


def columns_of(fields: Iterable[Mapping[str, Any]], opened: Sequence[str]) -> tuple[Column, ...]:
    """Records in their order, each with its fields."""
    found: dict[str, list[tuple[str, str]]] = {}
    for one in fields:
        record = one["field"].partition(".")[0]
        found.setdefault(record, []).append((one["field"], one["label"] or one["field"].partition(".")[2]))
    places = {record: place for place, record in enumerate(_ORDER)}
    records = sorted(found, key=lambda record: (places.get(record, len(places)), record))
    return tuple(Column(record, _label(record), record in opened, tuple(found[record])) for record in records)


def _label(record: str) -> str:
    known = RECORDS.get(record)
    return known.zh if known is not None else _OTHER.get(record, record)


def _line(
    code: str,
    told: Mapping[str, Any],
    columns: Sequence[Column],
    before: Mapping[str, Any] | None,
    unused: frozenset[tuple[str, str]],
) -> Line:
    cells = {one["field"]: one for one in told["fields"]}
    earlier = {one["field"]: one["state"] for one in before["fields"]} if before else {}
    boxes: list[Box] = []
    for column in columns:
        named = [cells[name] for name, _ in column.fields if name in cells]
        changed = [earlier[one["field"]] for one in named if earlier.get(one["field"], one["state"]) != one["state"]]
        if column.is_open:
            boxes += [_box(one, earlier, unused) for one in named]
        else:
            counts: dict[str, int] = {}
            for one in named:
                kind = SIGNS[one["state"]].kind.partition("-")[0]
                counts[kind] = counts.get(kind, 0) + 1
            expiring = any(one["expiring"] for one in named)
            boxes.append(Box(column.record, "", expiring, was="+" if changed else "", counts=tuple(counts.items())))
    return Line(code, tuple(boxes))


def _box(one: Mapping[str, Any], earlier: Mapping[str, str], unused: frozenset[tuple[str, str]]) -> Box:
    held = one["state"] in _GIVEN and bool(one["grants"])
    idle = held and all((name, one["field"]) in unused for name in one["grants"])
    was = earlier.get(one["field"], one["state"])
    return Box(one["field"], one["state"], one["expiring"], idle, "" if was == one["state"] else was)


async def _why(desk: Desk) -> Response:
    """Why one cell is as it is."""
    chosen = Chosen.of(desk.query)
    code, field = desk.query.get("department", ""), desk.query.get("field", "")
    told = (await simulated(desk, chosen, [code]))[code]
    cell = next((one for one in told["fields"] if one["field"] == field), None)
    if cell is None:
        raise RefusedError("NOT_FOUND", "没有此字段。", "There is no such field.")
    named = [*cell["grants"], *cell["deniedBy"]]
    grants = await _grants(desk, chosen, field) if named else {}
    idle = await _unused(desk) if named and desk.asker.may("unusedGrants") else None
    return desk.shown(
        "why_body.html" if desk.is_part else "why.html",
        chosen=chosen,
        cell=cell,
        code=code,
        grants=[grants[name] for name in cell["grants"] if name in grants],
        denials=[grants[name] for name in cell["deniedBy"] if name in grants],
        used=None if idle is None else [name for name in cell["grants"] if (name, field) not in idle],
        last=await _last_use(desk, chosen, code, field) if not chosen.as_of else None,
        any_department=ANY,
        may_draft=desk.asker.may("requestAccess", "importGrants"),
    )


async def _last_use(desk: Desk, chosen: Chosen, code: str, field: str) -> dict[str, Any] | None:
    """Who asked for it last, for whoever may know."""
    if not desk.asker.may("lastUse"):
        return None
    text = """query Last($department: String!, $role: String!, $purpose: String!, $field: String!) {
      lastUse(department: $department, role: $role, purpose: $purpose, field: $field) {
        complete use { at department client held position } } }"""
    told = {"department": code, "role": chosen.role, "purpose": chosen.purpose, "field": field}
    found: dict[str, Any] = (await desk.asker.ask(text, **told))["lastUse"]
    return found


async def _grants(desk: Desk, chosen: Chosen, field: str) -> dict[str, Any]:
    text = f"""query Grants($role: String!, $field: String!) {{
      grants(role: $role, field: $field, first: 200) {{ edges {{ node {_GRANT} }} }} }}"""
    data = await desk.asker.ask(text, role=chosen.role, field=field)
    return {edge["node"]["id"]: edge["node"] for edge in data["grants"]["edges"]}


def roles() -> list[tuple[str, tuple[str, str]]]:
    """Roles to choose from: all but merchants, whose rows are their own."""
    return [(role.value, label) for role, label in ROLE_LABELS.items()]


def _routes(frame: Frame) -> list[Route]:
    return [
        frame.page("/console/matrix", _matrix),
        frame.page("/console/matrix/why", _why),
        *drafting.routes(frame),
    ]


SECTION = Section("matrix", TITLE, ("simulate",), _routes)
