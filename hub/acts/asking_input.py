"""Grants that are asked for, as they are typed: every text checked, and nothing of it told again."""

from datetime import date

from auth.grants import ALL_ROWS, Binding, Condition, Grant, RowFilter, RowOp
from auth.roles import Role
from auth.scopes import Scope
from hub.acts.doing import line_of
from hub.clock import years_after
from hub.exchange.faults import bad
from hub.settings_grants import MOST_A_DAY
from schema.asking import GrantInput, RowInput

MAX_BASIS = 500
_MOST_NAMES, _MOST_VALUES, _MOST_ROWS, _MAX_VALUE = 200, 200, 8, 100


def read_grant(given: GrantInput, place: str, today: date, department: str, *, paper: bool) -> Grant:
    """The grant that is meant; HubError where it cannot be read. What it says of others is checked where they are known."""
    starts = date.fromisoformat(given.starts) if given.starts else today
    ends = date.fromisoformat(given.ends) if given.ends else years_after(starts, 1)
    if paper and not given.department:
        raise bad(f"{place}.department", "纸质申请须写明申请部门", "is needed for what came on paper")
    whose = line_of(given.department, 32, "department") if given.department else department
    basis = line_of(given.legal_basis, MAX_BASIS, "legalBasis")
    if len(basis) < 2:
        raise bad(f"{place}.legalBasis", "须为 2 字以上", "takes 2 characters at least")
    return Grant(
        id="",
        department=whose,
        role=_role(given.role, place),
        purposes=_names(given.purposes, f"{place}.purposes"),
        starts=starts,
        ends=ends,
        legal_basis=basis,
        approved_by="",
        scopes=_scopes(given.scopes or [], place),
        fields=_names(given.fields or [], f"{place}.fields"),
        rows=_rows(given.rows or [], place),
        masked=_names(given.masked or [], f"{place}.masked"),
        mask_personal=given.mask_personal,
        records_a_day=_bound(given.records_a_day, f"{place}.recordsADay"),
        entities_a_day=_bound(given.entities_a_day, f"{place}.entitiesADay"),
    )


def _role(text: str, place: str) -> Role:
    if text not in Role.__members__:
        raise bad(f"{place}.role", "没有这个角色", "there is no such role")
    return Role[text]


def _scopes(names: list[str], place: str) -> frozenset[Scope]:
    known = {scope.value: scope for scope in Scope}
    if not known.keys() >= set(names):
        raise bad(f"{place}.scopes", "有不存在的范围", "names a scope that does not exist")
    return frozenset(known[name] for name in names)


def _names(names: list[str], place: str) -> frozenset[str]:
    if len(names) > _MOST_NAMES:
        raise bad(place, f"至多 {_MOST_NAMES} 项", f"takes {_MOST_NAMES} at most")
    return frozenset(names)


def _rows(rows: list[RowInput], place: str) -> RowFilter:
    if len(rows) > _MOST_ROWS or len({row.field for row in rows}) < len(rows):
        raise bad(f"{place}.rows", f"至多 {_MOST_ROWS} 个不同字段", f"takes {_MOST_ROWS} different fields at most")
    return frozenset(_condition(row, f"{place}.rows") for row in rows) or ALL_ROWS


def _condition(row: RowInput, place: str) -> Condition:
    if (row.values is None) == (row.binding is None):
        raise bad(place, "取值与绑定名称二者填其一", "takes either values or a binding")
    field, op = line_of(row.field, _MAX_VALUE, "field"), RowOp[row.test.name]
    if row.binding is not None:
        return Condition(field, op, Binding(line_of(row.binding, 64, "binding")))
    values = row.values or []
    if not 1 <= len(values) <= _MOST_VALUES:
        raise bad(place, f"取值须为 1–{_MOST_VALUES} 个", f"takes 1 to {_MOST_VALUES} values")
    return Condition(field, op, tuple(sorted({line_of(one, _MAX_VALUE, "values") for one in values})))


def _bound(number: int | None, place: str) -> int | None:
    if number is not None and not 1 <= number <= MOST_A_DAY:
        raise bad(place, f"须为 1–{MOST_A_DAY}", f"takes 1 to {MOST_A_DAY}")
    return number
