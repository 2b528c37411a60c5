"""The columns of a sheet of grants: what they are called in two languages, and a grant as texts in them.

What is written here is read by grant_rows.py again, so that export and import are a round trip.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from auth.grants import Binding, Condition, Effect, Grant, RowFilter, RowOp

SEPARATOR = "; "
_UNSAFE = re.compile(r"[;;,,、\s\"\[\]{}]")
"""What would be read as something else within a list."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key, as it stands in the schema too, and its heads. `told`: it is shown, and not read."""

    key: str
    zh: str
    en: str
    told: bool = False


COLUMNS = (
    Column("id", "编号", "ID"),
    Column("department", "部门", "Department"),
    Column("role", "角色", "Role"),
    Column("purposes", "用途", "Purposes"),
    Column("scopes", "授权范围", "Scopes"),
    Column("fields", "字段", "Fields"),
    Column("rows", "行过滤", "Rows"),
    Column("masked", "脱敏字段", "Masked fields"),
    Column("maskPersonal", "个人信息脱敏", "Mask personal"),
    Column("effect", "效力", "Effect"),
    Column("recordsADay", "每日至多条数", "Records a day"),
    Column("entitiesADay", "每人每日至多主体数", "Entities a day"),
    Column("starts", "起始日", "First day"),
    Column("ends", "截止日", "Last day"),
    Column("legalBasis", "依据", "Legal basis"),
    Column("certifiedUntil", "确认至", "Certified until", told=True),
    Column("state", "状态", "State", told=True),
    Column("request", "申请编号", "Request", told=True),
    Column("askedBy", "申请人", "Asked by", told=True),
    Column("approvedBy", "批准人", "Approved by", told=True),
    Column("releasedBy", "核准人", "Released by", told=True),
    Column("inWords", "说明", "In words", told=True),
)
READ = tuple(column.key for column in COLUMNS if not column.told)
YES, NO = "是", "否"


def cells_of(grant: Grant) -> dict[str, str]:
    """A grant as the texts of its columns, empty where it says nothing; equal grants are equal texts."""
    return {
        "id": grant.id,
        "department": grant.department,
        "role": grant.role.value,
        "purposes": _listed(grant.purposes),
        "scopes": _listed(grant.scopes),
        "fields": _listed(grant.fields),
        "rows": rows_text(grant.rows),
        "masked": _listed(grant.masked),
        "maskPersonal": YES if grant.mask_personal else NO,
        "effect": "禁止" if grant.effect is Effect.DENY else "允许",
        "recordsADay": _number(grant.records_a_day),
        "entitiesADay": _number(grant.entities_a_day),
        "starts": grant.starts.isoformat(),
        "ends": grant.ends.isoformat(),
        "legalBasis": grant.legal_basis,
    }


def rows_text(rows: RowFilter) -> str:
    """A row filter as `divisionCode prefix $division; kind in INDIVIDUAL,ENTERPRISE`, or as JSON where that would not do."""
    listed = sorted(rows, key=str)
    values = [one for condition in listed if not isinstance(condition.operand, Binding) for one in condition.operand]
    if any(not one or one.startswith("$") or _UNSAFE.search(one) for one in values):
        return json.dumps({one.field: {_op(one): _operand(one)} for one in listed}, ensure_ascii=False)
    return SEPARATOR.join(f"{one.field} {_op(one)} {_shown(one)}" for one in listed)


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[tuple[str, str, str]]:
    """Columns whose texts differ, each with both."""
    return [(key, before.get(key, ""), after.get(key, "")) for key in READ if before.get(key, "") != after.get(key, "")]


def _listed(values: Iterable[str]) -> str:
    return SEPARATOR.join(sorted(str(one) for one in values))


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _op(condition: Condition) -> str:
    return "prefix" if condition.op is RowOp.PREFIX else "in"


def _operand(condition: Condition) -> str | list[str]:
    return str(condition.operand) if isinstance(condition.operand, Binding) else sorted(condition.operand)


def _shown(condition: Condition) -> str:
    operand = _operand(condition)
    return operand if isinstance(operand, str) else ",".join(operand)
