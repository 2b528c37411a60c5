"""The grants that were in force on a past day, as they were meant then, for printing: with who asked, approved, released.

Read from the versions as they lie there, so that also a grant of a role or scope that is no more can be printed.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from auth.access import FieldView
from auth.grants import ANY_DEPARTMENT
from auth.roles import ROLE_LABELS, Role
from auth.scopes import SCOPE_LABELS, Scope
from hub.cells import inert
from hub.clock import rfc3339_of
from hub.exchange.reading import end_of, frozen_grants
from hub.roster.versions import Version, Versions
from hub.roster.vocabulary import Vocabulary, running_vocabulary, vocabulary_at
from hub.store.access_tables import departments, grants
from hub.store.caller_tables import people

COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("id", "授权编号", "Grant"),
    ("version", "版本", "Version"),
    ("department", "部门", "Department"),
    ("role", "角色", "Role"),
    ("effect", "效力", "Effect"),
    ("purposes", "用途", "Purposes"),
    ("scopes", "授权范围（含当时字段）", "Scopes, with their fields then"),
    ("fields", "单列字段", "Single fields"),
    ("rows", "行级条件", "Rows"),
    ("masks", "脱敏", "Masks"),
    ("quota", "每日限额", "Quota a day"),
    ("period", "期限", "Period"),
    ("certified", "确认有效至", "Certified until"),
    ("basis", "法律依据", "Legal basis"),
    ("asked_by", "申请人", "Asked by"),
    ("approved_by", "批准", "Approved by"),
    ("released_by", "放行", "Released by"),
    ("request", "申请编号", "Request"),
    ("recorded", "登记时间与经手", "Recorded"),
    ("state", "状态", "State"),
)
"""What is printed of a grant: key, Chinese, English."""


@dataclass(frozen=True, slots=True)
class PastGrants:
    """The grants in force on a day, each as texts by the keys of COLUMNS; the vocabulary they are read by."""

    day: date
    department: str | None
    vocabulary: int
    grants: Sequence[Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class _Names:
    """What names mean: departments by code, people by id, scopes by the vocabulary of the day."""

    departments: Mapping[str, str]
    people: Mapping[str, str]
    vocabulary: Vocabulary
    frozen: frozenset[str]
    requests: Mapping[str, str]


def past_grants(
    connection: Connection, views: Iterable[FieldView], day: date, department: str | None = None
) -> PastGrants:
    """The grants in force on a day, at its end, of one department or of all; those for every department always."""
    instant = end_of(day)
    versions = [one for one in Versions(connection, grants, instant).as_of(instant) if _in_force(one.body, day)]
    wanted = (None, ANY_DEPARTMENT, department)
    kept = [one for one in versions if department is None or one.body.get("department") in wanted]
    vocabulary = vocabulary_at(connection, instant) or running_vocabulary(views)
    names = _Names(
        departments=_departments(connection, instant),
        people={
            row.id: row.username for row in connection.execute(select(people.c.id, people.c.username)) if row.username
        },
        vocabulary=vocabulary,
        frozen=frozenset(frozen_grants(connection, instant)),
        requests=_requests(connection),
    )
    return PastGrants(day, department, vocabulary.number, [_told(one, names) for one in kept])


def departments_at(connection: Connection, day: date) -> Mapping[str, str]:
    """Labels of the departments of a day, by code."""
    return _departments(connection, end_of(day))


def as_csv(past: PastGrants) -> str:
    """The grants as CSV (RFC 4180), with a heading; a cell that a spreadsheet would take for a formula is quoted off."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow([f"{zh} / {en}" for _, zh, en in COLUMNS])
    writer.writerows([inert(one[key]) for key, _, _ in COLUMNS] for one in past.grants)
    return written.getvalue()


def as_text(past: PastGrants) -> str:
    """The grants as a page of text, a paragraph each."""
    head = [heading(past), ""]
    return "\n".join(head + [line for one in past.grants for line in _paragraph(one)]).rstrip() + "\n"


def heading(past: PastGrants) -> str:
    """What the page is, in one line."""
    whose = past.department or "全部部门 / all departments"
    count = len(past.grants)
    return f"{past.day.isoformat()} 有效的授权（{whose}）：{count} 项 / grants in force that day: {count}"


def _paragraph(one: Mapping[str, str]) -> list[str]:
    return [f"{zh} / {en}: {one[key]}" for key, zh, en in COLUMNS if one[key]] + [""]


def _in_force(body: Mapping[str, Any], day: date) -> bool:
    last = min(str(body["ends"]), str(body.get("certified_until") or body["ends"]))
    return str(body["starts"]) <= day.isoformat() <= last


def _told(version: Version, names: _Names) -> dict[str, str]:
    body = version.body
    department = str(body["department"])
    label = "全部部门 / all" if department == ANY_DEPARTMENT else names.departments.get(department, "")
    scopes = [f"{_scope(name)}: {', '.join(names.vocabulary.scoped(name)) or '?'}" for name in body.get("scopes", ())]
    return {
        "id": version.id,
        "version": str(version.number),
        "department": f"{department} {label}".strip(),
        "role": _role(str(body["role"])),
        "effect": "拒绝 / denies" if body.get("effect") == "deny" else "允许 / allows",
        "purposes": ", ".join(body.get("purposes", ())) or "全部 / all",
        "scopes": "; ".join(scopes),
        "fields": ", ".join(body.get("fields", ())),
        "rows": _rows(body.get("rows", {})) or "全部 / all",
        "masks": _masks(body),
        "quota": _quota(body),
        "period": f"{body['starts']} – {body['ends']}" + _instants(body),
        "certified": str(body.get("certified_until", "")),
        "basis": str(body["legal_basis"]),
        **{key: _person(str(body.get(key, "")), names) for key in ("asked_by", "approved_by", "released_by")},
        "request": names.requests.get(version.id, ""),
        "recorded": f"{rfc3339_of(version.recorded_at)} {_person(version.recorded_by, names)}",
        "state": "冻结 / frozen" if version.id in names.frozen else "有效 / in force",
    }


def _person(name: str, names: _Names) -> str:
    return f"{names.people[name]} ({name})" if name in names.people else name


def _role(name: str) -> str:
    labels = ROLE_LABELS[Role(name)] if name in set(Role) else ()
    return " / ".join((name, *labels))


def _scope(name: str) -> str:
    return f"{name} {SCOPE_LABELS[Scope(name)][0]}" if name in set(Scope) else name


def _rows(rows: Mapping[str, Any]) -> str:
    told = [
        f"{name} {op} {operand if isinstance(operand, str) else ', '.join(operand)}"
        for name, one in rows.items()
        for op, operand in one.items()
    ]
    return " & ".join(told)


def _masks(body: Mapping[str, Any]) -> str:
    personal = ["个人及敏感信息 / whatever is personal"] if body.get("mask_personal") else []
    return ", ".join([*personal, *body.get("masked", ())])


def _quota(body: Mapping[str, Any]) -> str:
    told = (("records_a_day", "条记录 / records"), ("entities_a_day", "个主体（每人） / entities a person"))
    return ", ".join(f"{body[key]} {label}" for key, label in told if body.get(key))


def _instants(body: Mapping[str, Any]) -> str:
    told = [str(body[key]) for key in ("since", "until") if body.get(key)]
    person = f" 仅限人员 / for {body['person']} only" if body.get("person") else ""
    return (f" ({' – '.join(told)})" if told else "") + person


def _departments(connection: Connection, instant: int) -> dict[str, str]:
    found = Versions(connection, departments, instant).as_of(instant)
    return {one.id: str(one.body.get("label", "")) for one in found}


def _requests(connection: Connection) -> dict[str, str]:
    query = select(grants.c.id, grants.c.request).where(grants.c.request != "").order_by(grants.c.version)
    return {row.id: row.request for row in connection.execute(query)}
