"""Changes of grants as sentences, Chinese and English: one a change, for whoever has to answer for it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from auth.grants import ANY_DEPARTMENT, Condition, Grant, RowOp
from auth.roles import ROLE_LABELS
from auth.scopes import SCOPE_LABELS
from hub.exchange.changes import Change, ChangeKind
from hub.owners import Owners
from hub.settings_tables import DepartmentTable
from schema.catalogue import Catalogue

Item = TypeVar("Item")
_MOST = 12
"""Things that are listed at most; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Words:
    """Writes changes, with what it needs to name departments, fields and purposes."""

    owners: Owners
    departments: Mapping[str, DepartmentTable]

    def sentence(self, change: Change) -> tuple[str, str]:
        """The change in Chinese and in English."""
        if change.kind is ChangeKind.ADD:
            return self._added(change.grant)
        what, what_en = self._what(change.grant)
        day, before = change.last_day or change.grant.ends, change.grant.ends
        if change.kind is ChangeKind.RENEW:
            return (
                f"授权 {change.grant.id}（{what}）的最后一日由 {before} 改为 {day}。",
                f"Grant {change.grant.id} ({what_en}) shall hold until {day} instead of {before}.",
            )
        return (
            f"授权 {change.grant.id}（{what}）提前终止，最后一日为 {day}（原为 {before}）。",
            f"Grant {change.grant.id} ({what_en}) shall end with {day}, before its last day {before}.",
        )

    def department(self, code: str) -> tuple[str, str]:
        """Labels of a department; its code where it has none."""
        found = self.departments.get(code)
        return (found.label, found.label_en or found.label) if found else (code, code)

    def _added(self, grant: Grant) -> tuple[str, str]:
        what, what_en = self._what(grant)
        rows, rows_en = self._rows(grant.rows)
        masks, masks_en = self._masks(grant)
        bounds, bounds_en = _bounds(grant)
        zh = f"{what}；{rows}{masks}{bounds}自 {day_zh(grant.starts)} 至 {day_zh(grant.ends)}；依据：{grant.legal_basis}。"
        en = f"{what_en}; {rows_en}{masks_en}{bounds_en}from {grant.starts} until {grant.ends}; basis: {grant.legal_basis}."
        return zh, en

    def _what(self, grant: Grant) -> tuple[str, str]:
        """Who sees what, for what."""
        whose, whose_en = (
            ("各部门", "Any department") if grant.department == ANY_DEPARTMENT else self.department(grant.department)
        )
        role, role_en = ROLE_LABELS[grant.role]
        asked, asked_en = self._asked(grant)
        purposes, purposes_en = _listed(sorted(grant.purposes), self.purpose)
        return (
            f"{whose}以“{role}”身份，为{purposes}，查看{asked}",
            f"{whose_en} as {role_en.lower()}, for {purposes_en}, sees {asked_en}",
        )

    def _asked(self, grant: Grant) -> tuple[str, str]:
        scopes = [SCOPE_LABELS[scope] for scope in sorted(grant.scopes)]
        fields = [_label(self.owners.catalogue, name) for name in sorted(grant.fields)]
        return _listed([*scopes, *fields], lambda pair: pair)

    def purpose(self, code: str) -> tuple[str, str]:
        """A purpose by its labels, in quotation marks."""
        found = self.owners.purposes.get(code)
        return (f"“{found.zh}”", f'"{found.en}"') if found else (code, code)

    def _rows(self, rows: Iterable[Condition]) -> tuple[str, str]:
        told = [self._condition(condition) for condition in sorted(rows, key=str)]
        if not told:
            return "全部主体；", "of all entities; "
        return (
            f"仅限{'且'.join(zh for zh, _ in told)}的主体；",
            f"of entities with {' and '.join(en for _, en in told)}; ",
        )

    def _condition(self, condition: Condition) -> tuple[str, str]:
        zh, en = _label(self.owners.catalogue, f"Entity.{condition.field}")
        operand = condition.operand
        values = sorted(operand) if isinstance(operand, tuple) else [f"本人的 {operand}"]
        values_en = sorted(operand) if isinstance(operand, tuple) else [f"their own {operand}"]
        op, op_en = ("以", "beginning with") if condition.op is RowOp.PREFIX else ("为", "being")
        ending = "开头" if condition.op is RowOp.PREFIX else ""
        shown, shown_en = _listed(values, lambda one: (one, one))[0], _listed(values_en, lambda one: (one, one))[1]
        return f"{zh}{op} {shown} {ending}".rstrip(), f"{en} {op_en} {shown_en}"

    def _masks(self, grant: Grant) -> tuple[str, str]:
        masked, masked_en = _listed([_label(self.owners.catalogue, name) for name in sorted(grant.masked)], lambda p: p)
        zh = f"{masked}脱敏；" if grant.masked else ""
        en = f"{masked_en} masked; " if grant.masked else ""
        return zh + ("个人信息脱敏；" if grant.mask_personal else ""), en + (
            "personal values masked; " if grant.mask_personal else ""
        )


def _bounds(grant: Grant) -> tuple[str, str]:
    zh, en = "", ""
    if grant.records_a_day:
        zh, en = f"每日至多 {grant.records_a_day} 条记录；", f"{grant.records_a_day} records a day; "
    if grant.entities_a_day:
        zh += f"每人每日至多 {grant.entities_a_day} 个主体；"
        en += f"{grant.entities_a_day} entities a person a day; "
    return zh, en


def _label(catalogue: Catalogue, coordinate: str) -> tuple[str, str]:
    """Labels of a field, after those of its record where that is not the entity."""
    rule = catalogue.fields.get(coordinate)
    if rule is None:
        return coordinate, coordinate
    if rule.record not in catalogue.records or rule.record == "Entity":
        return rule.zh, rule.en
    declared = catalogue.records[rule.record].declared
    return f"{declared.zh}·{rule.zh}", f"{declared.en}: {rule.en}"


def _listed(items: Sequence[Item], labels: Callable[[Item], tuple[str, str]]) -> tuple[str, str]:
    pairs = [labels(one) for one in items[:_MOST]]
    more = len(items) - len(pairs)
    zh, en = "、".join(zh for zh, _ in pairs), ", ".join(en for _, en in pairs)
    return (f"{zh}等 {len(items)} 项", f"{en} and {more} more") if more else (zh, en)


def day_zh(day: date) -> str:
    """A day as people write it."""
    return f"{day.year}年{day.month}月{day.day}日"
