"""What is drafted in the matrix: a grant of chosen fields, or a sheet of grants; either becomes a request, or is only tried."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from anyio.to_thread import run_sync
from starlette.responses import Response
from starlette.routing import Route

from adapters.tabular_fault import FileFault
from auth.roles import Role
from hub.callers.uploads import Upload
from hub.console.asking import RefusedError
from hub.console.frame import Desk, Frame
from hub.console.sources import field_labels
from hub.exchange.grant_columns import COLUMNS, READ
from hub.exchange.grant_sheets import csv_bytes, read_bytes, workbook_bytes

_MOST = 40
MAX_UPLOAD = 2_097_152
"""Bytes of a form with a workbook: 500 rows take a tenth of it."""
_MUTATION = """mutation Draft($grants: [GrantInput!]!, $reason: String!, $paper: Boolean!) {
  requestAccess(grants: $grants, reason: $reason, draft: true, paper: $paper) { request { number } } }"""
_TRIAL = """mutation Try($rows: [GrantRow!]!, $preview: Boolean!) { importGrants(rows: $rows, preview: $preview) {
  request absent rows { row id becomes inWords inWordsEn differences { column before after }
    mistakes { column message messageEn suggestion } } } }"""
ROW = """edges { node { id department role purposes scopes fields masked maskPersonal effect recordsADay entitiesADay
  starts ends legalBasis certifiedUntil state request askedBy approvedBy releasedBy inWords
  rows { field op values binding } } }"""
"""A grant with everything that stands in a row of a sheet."""
_EXPORTED = f"query Export($after: String) {{ grants(first: 200, after: $after) {{ pageInfo {{ hasNextPage endCursor }} {ROW} }} }}"
_HEADS = {name.casefold(): column.key for column in COLUMNS for name in (column.zh, column.en, column.key)}
_PLACES = {
    "legalBasis": "basis",
    "recordsADay": "records",
    "entitiesADay": "entities",
    "starts": "starts",
    "ends": "ends",
    "reason": "reason",
    "purposes": "purpose",
    "rows": "prefixes",
}
"""Fields of the form, by the arguments that a refusal names."""
_SHOWN = {column.key: (column.zh, column.en) for column in COLUMNS}


async def _form(desk: Desk) -> Response:
    """The form for the fields of an address."""
    names = [one for one in desk.query.get("fields", "").split(",") if one][:_MOST]
    return _shown(desk, names, desk.query)


def _shown(
    desk: Desk, names: Sequence[str], given: Mapping[str, str], problem: Any = None, trial: Any = None
) -> Response:
    purposes = [(one.code, (one.zh, one.en)) for one in desk.frame.gateway.admission.purposes.values()]
    return desk.shown(
        "draft.html",
        status=200 if problem is None else 400,
        names=names,
        labels={name: field_labels(desk, name)[0] for name in names},
        given=given,
        chosen_purpose=given.get("purpose", ""),
        masked=set(desk.lists.get("masked", ())),
        purposes=purposes,
        department=given.get("department", ""),
        department_label=desk.frame.department(given.get("department", "")),
        trial_only=desk.asker.client.role is Role.SEC,
        trial=trial,
        problem=problem,
    )


async def _draft(desk: Desk) -> Response:
    """Draft it, or try it; what was filled in stands in the form again where it is refused."""
    given, names = desk.fields, list(desk.lists.get("field", ()))
    try:
        if desk.asker.client.role is Role.SEC:
            data = await desk.asker.act(_TRIAL, desk.key(), rows=[_row(desk, names)], preview=True)
            return _shown(desk, names, given, trial=data["importGrants"]["rows"])
        department, own = given.get("department", ""), desk.asker.client.department
        data = await desk.asker.act(
            _MUTATION,
            desk.key(),
            grants=[_grant(desk, names, None if department == own else department)],
            reason=given.get("reason", ""),
            paper=department != own,
        )
    except RefusedError as fault:
        return _shown(desk, names, given, problem=fault.problem(_place(fault)))
    return desk.go(f"/console/requests/{data['requestAccess']['request']['number']}")


def _place(fault: RefusedError) -> str:
    """The field of the form that a refusal is about."""
    return next((place for name, place in _PLACES.items() if name in fault.zh), "")


def _grant(desk: Desk, names: Sequence[str], department: str | None) -> dict[str, Any]:
    given = desk.fields
    rows: list[dict[str, Any]] = []
    if given.get("filter") == "own":
        rows = [{"field": "divisionCode", "test": "PREFIX", "binding": "division"}]
    elif given.get("filter") == "prefix":
        values = [one for one in given.get("prefixes", "").replace("，", ",").replace(" ", ",").split(",") if one]
        rows = [{"field": "divisionCode", "test": "PREFIX", "values": values}]
    found = {
        "role": given.get("role", ""),
        "purposes": [given.get("purpose", "")],
        "legalBasis": given.get("basis", ""),
        "fields": list(names),
        "masked": [one for one in desk.lists.get("masked", ()) if one in names],
        "rows": rows or None,
        "recordsADay": _number(given.get("records")),
        "entitiesADay": _number(given.get("entities")),
        "starts": given.get("starts"),
        "ends": given.get("ends"),
        "department": department,
    }
    return {name: value for name, value in found.items() if value is not None}


def _number(text: str | None) -> int | None:
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise RefusedError("BAD_USER_INPUT", "每日条数须为整数。", "A number a day is a whole number.")
    return int(text)


def _row(desk: Desk, names: Sequence[str]) -> dict[str, str]:
    given = desk.fields
    rows = {"own": "divisionCode prefix $division", "prefix": f"divisionCode prefix {given.get('prefixes', '')}"}
    found = {
        "department": given.get("department", ""),
        "role": given.get("role", ""),
        "purposes": given.get("purpose", ""),
        "fields": "; ".join(names),
        "rows": rows.get(given.get("filter", ""), ""),
        "masked": "; ".join(desk.lists.get("masked", ())),
        "recordsADay": given.get("records", ""),
        "entitiesADay": given.get("entities", ""),
        "starts": given.get("starts", desk.today),
        "ends": given.get("ends", ""),
        "legalBasis": given.get("basis", ""),
    }
    return {name: value for name, value in found.items() if value}


async def _sheet(desk: Desk) -> Response:
    return _sheet_shown(desk, "")


def _sheet_shown(desk: Desk, text: str, outcome: Any = None, problem: Any = None) -> Response:
    status = 200 if problem is None else 400
    return desk.shown("sheet.html", status, text=text, outcome=outcome, problem=problem, columns=_SHOWN)


async def _take(desk: Desk) -> Response:
    """Say what would become of the rows that were pasted, or draft their request."""
    text, draft = desk.fields.get("sheet", ""), desk.fields.get("act") == "draft"
    try:
        text = await _sent(desk.files["file"]) if "file" in desk.files else text
        rows = read_pasted(text)
        data = await desk.asker.act(_TRIAL, desk.key(), rows=rows, preview=not draft)
    except RefusedError as fault:
        return _sheet_shown(desk, text, problem=fault.problem("sheet"))
    outcome = data["importGrants"]
    if outcome["request"] is not None:
        return desk.go(f"/console/requests/{outcome['request']}")
    return _sheet_shown(desk, text, outcome)


async def _sent(file: Upload) -> str:
    """A file that was sent, as it would be pasted: so it stands in the form again."""
    try:
        rows = await run_sync(read_bytes, file.name, file.data)
    except FileFault as fault:
        raise RefusedError("BAD_USER_INPUT", f"{fault.zh}。", f"{fault.en}.") from None
    lines = [[column.zh for column in COLUMNS if column.key in READ]]
    lines += [[_safe(row.cells.get(column.key, "")) for column in COLUMNS if column.key in READ] for row in rows]
    return csv_bytes(lines).decode("utf-8-sig")


def read_pasted(text: str) -> list[dict[str, str]]:
    """Rows that were pasted from a spreadsheet, or are CSV, by their heads; RefusedError for a head that is not known."""
    lines = text.lstrip("\ufeff").strip("\r\n")
    separator = "\t" if "\t" in lines.partition("\n")[0] else ","
    try:
        read = [row for row in csv.reader(io.StringIO(lines), delimiter=separator) if any(cell.strip() for cell in row)]
    except csv.Error:
        raise RefusedError(
            "BAD_USER_INPUT",
            "表无法按行读取：某个单元格过长，或含有回车符。请从电子表格重新复制。",
            "The rows cannot be read: a cell is too long, or holds a carriage return. Copy them from the spreadsheet again.",
        ) from None
    if len(read) < 2:
        raise RefusedError("BAD_USER_INPUT", "表中没有数据行。", "There are no rows below the heads.")
    heads = [_HEADS.get(head.strip().casefold()) for head in read[0]]
    for head, key in zip(read[0], heads, strict=True):
        if key is None and head.strip():
            shown = head.strip()[:32]
            raise RefusedError("BAD_USER_INPUT", f"没有列“{shown}”。", f'There is no column "{shown}".')
    return [
        {key: _cell(cell) for key, cell in zip(heads, row, strict=False) if key in READ and cell.strip()}
        for row in read[1:]
    ]


def _cell(text: str) -> str:
    return text[1:].strip() if text[:2] in {"'=", "'+", "'-", "'@"} else text.strip()


async def _csv(desk: Desk) -> Response:
    return _attached(desk, csv_bytes(await _exported(desk)), "csv", "text/csv; charset=utf-8")


async def _xlsx(desk: Desk) -> Response:
    try:
        held = await run_sync(workbook_bytes, await _exported(desk))
    except FileFault as fault:
        raise RefusedError("BAD_USER_INPUT", f"{fault.zh}。", f"{fault.en}.") from None
    return _attached(desk, held, "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")


async def _exported(desk: Desk) -> list[list[str]]:
    """Every grant the visitor sees, as lines that are read the same again."""
    lines, after = [[column.zh for column in COLUMNS]], None
    while True:
        found = (await desk.asker.ask(_EXPORTED, after=after))["grants"]
        lines += [_line(edge["node"]) for edge in found["edges"]]
        if not found["pageInfo"]["hasNextPage"]:
            break
        after = found["pageInfo"]["endCursor"]
    return lines


def _attached(desk: Desk, held: bytes, kind: str, media_type: str) -> Response:
    headers = {
        "content-disposition": f'attachment; filename="grants-{desk.today}.{kind}"',
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
    }
    return Response(held, headers=headers, media_type=media_type)


def _line(grant: Mapping[str, Any]) -> list[str]:
    told = _told(grant)
    return [_safe(told[column.key]) for column in COLUMNS]


def row_of(grant: Mapping[str, Any]) -> dict[str, str]:
    """The row of a sheet that this grant is, as it is read."""
    told = _told(grant)
    return {key: told[key] for key in READ if told[key]}


def _told(grant: Mapping[str, Any]) -> dict[str, str]:
    shown = {**grant, "effect": "禁止" if grant["effect"] == "deny" else "允许", "rows": _conditions(grant["rows"])}
    return {column.key: _text(shown.get(column.key)) for column in COLUMNS}


def _conditions(rows: Sequence[Mapping[str, Any]]) -> str:
    told = [f"{one['field']} {one['op'].lower()} {_operand(one)}" for one in rows]
    return "; ".join(told)


def _operand(condition: Mapping[str, Any]) -> str:
    return f"${condition['binding'].lstrip('$')}" if condition["binding"] else ",".join(condition["values"])


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "是" if value else "否"
    return "; ".join(value) if isinstance(value, list) else "" if value is None else str(value)


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "'")) else text


def routes(frame: Frame) -> list[Route]:
    """Addresses of drafting."""
    return [
        frame.page("/console/matrix/draft", _form),
        frame.act("/console/matrix/draft", _draft),
        frame.page("/console/matrix/sheet", _sheet),
        frame.upload("/console/matrix/sheet", _take, MAX_UPLOAD),
        frame.page("/console/matrix/grants.csv", _csv),
        frame.page("/console/matrix/grants.xlsx", _xlsx),
    ]
