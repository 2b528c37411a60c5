"""Reads a row of a sheet of grants: texts in, a grant out, or what is wrong with which column and what may be meant.

Texts are as people type them: codes or labels, full width, days in several forms. Nothing here is stored or decided.
"""

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from adapters.tabular_cells import narrow
from auth.grants import ANY_DEPARTMENT, Binding, Condition, Effect, Grant, RowFilter, RowOp
from auth.roles import ROLE_LABELS, Role
from auth.scopes import SCOPE_LABELS, Scope
from hub.exchange.grant_columns import NO, YES
from hub.exchange.grant_words import Labels
from hub.guessing import guess, nearest
from hub.settings_grants import MOST_A_DAY

MAX_CELL = 20_000
_LISTS = re.compile(r"[;;,,、\n]")
_CONDITIONS = re.compile(r"[;;\n]")
_CONDITION = re.compile(r"(?P<field>\w+)\s+(?P<op>prefix|in|前缀|属于)\s+(?P<rest>.+)", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?(?:[T ]00:00(?::00)?)?")
_YES = frozenset({YES, "yes", "y", "true", "1", "是的", "√"})
_NO = frozenset({NO, "no", "n", "false", "0", "", "×"})
_DENY, _ALLOW = frozenset({"禁止", "deny"}), frozenset({"允许", "allow", ""})
_BINDING = re.compile(r"\$[A-Za-z][A-Za-z0-9_]{0,63}")
_LEAST_BASIS, _MOST_BASIS = 2, 1000


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a column of a row, in Chinese and English, and what may be meant."""

    column: str
    zh: str
    en: str
    suggestion: str | None = None


@dataclass
class RowReader:
    """Reads one row; `mistakes` are those that were found so far."""

    cells: Mapping[str, str]
    labels: Labels
    mistakes: list[Mistake] = field(default_factory=list)

    def grant(self) -> Grant | None:
        """The grant, without what only the hub says of it; None where there is a mistake."""
        wrong = [key for key, text in self.cells.items() if len(text) > MAX_CELL or "\0" in text]
        for key in wrong:
            self._wrong(
                key, f"单元格超过 {MAX_CELL} 字或含控制字符", f"the cell is longer than {MAX_CELL} or holds a NUL"
            )
        if wrong:
            return None
        department, role = self._department(), self._role()
        effect = self._effect()
        starts, ends = self._day("starts"), self._day("ends")
        basis = self._basis()
        parts: dict[str, Any] = {
            "purposes": frozenset(self._named("purposes", self._purposes())),
            "scopes": frozenset(map(Scope, self._named("scopes", _scopes()))),
            "fields": frozenset(self._named("fields", {name: name for name in self.labels.catalogue.fields})),
            "masked": frozenset(self._named("masked", {name: name for name in self.labels.catalogue.fields})),
            "rows": self._rows(),
            "mask_personal": self._choice("maskPersonal", _YES, _NO),
            "records_a_day": self._number("recordsADay"),
            "entities_a_day": self._number("entitiesADay"),
        }
        if self.mistakes or department is None or role is None or starts is None or ends is None:
            return None
        return Grant(
            id="",
            department=department,
            role=role,
            starts=starts,
            ends=ends,
            legal_basis=basis,
            approved_by="",
            effect=effect,
            **parts,
        )

    def _text(self, key: str) -> str:
        return unicodedata.normalize("NFC", self.cells.get(key, "")).strip()

    def _wrong(self, key: str, zh: str, en: str, suggestion: str | None = None) -> None:
        self.mistakes.append(Mistake(key, zh, en, suggestion))

    def _unknown(self, key: str, text: str, names: Collection[str]) -> None:
        near = nearest(text, names) or next((one for one in sorted(names) if one.casefold() == text.casefold()), None)
        shown, (zh, en) = text[:64], guess(near)
        self._wrong(key, f"没有“{shown}”{zh}", f'there is no "{shown}"{en}', near)

    def _one(self, key: str, names: Mapping[str, str]) -> str | None:
        text = self._text(key)
        if not text:
            self._wrong(key, "不能为空", "must not be empty")
            return None
        if text not in names:
            self._unknown(key, text, names)
            return None
        return names[text]

    def _department(self) -> str | None:
        names = {label[0]: code for code, label in self.labels.departments.items()}
        codes = {code: code for code in self.labels.departments}
        return self._one("department", {**names, **codes, ANY_DEPARTMENT: ANY_DEPARTMENT, "所有部门": ANY_DEPARTMENT})

    def _role(self) -> Role | None:
        names = {label[0]: role.value for role, label in ROLE_LABELS.items()}
        found = self._one("role", {**names, **{role.value: role.value for role in Role}})
        return Role(found) if found is not None else None

    def _purposes(self) -> dict[str, str]:
        known = self.labels.purposes
        return {**{one.zh: code for code, one in known.items()}, **{code: code for code in known}}

    def _named(self, key: str, names: Mapping[str, str]) -> Iterator[str]:
        for text in filter(None, (part.strip() for part in _LISTS.split(self._text(key)))):
            if text in names:
                yield names[text]
            else:
                self._unknown(key, text, names)

    def _effect(self) -> Effect:
        return Effect.DENY if self._choice("effect", _DENY, _ALLOW) else Effect.ALLOW

    def _choice(self, key: str, yes: frozenset[str], no: frozenset[str]) -> bool:
        text = narrow(self._text(key)).casefold()
        if text not in yes | no:
            listed = "、".join(sorted({*filter(None, yes | no)}))
            self._wrong(key, f"须为 {listed} 之一", f"is one of {listed}")
        return text in yes

    def _number(self, key: str) -> int | None:
        text = narrow(self._text(key)).replace(",", "")
        if not text:
            return None
        if not text.isascii() or not text.isdigit() or not 1 <= int(text[:12]) <= MOST_A_DAY:
            self._wrong(key, f"须为 1 到 {MOST_A_DAY} 的整数", f"is a whole number from 1 to {MOST_A_DAY}")
            return None
        return int(text)

    def _day(self, key: str) -> date | None:
        found = _DAY.fullmatch(narrow(self._text(key)))
        try:
            if found is not None:
                return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            pass
        self._wrong(key, "须为日期，如 2026-12-31", "is a day, for example 2026-12-31")
        return None

    def _basis(self) -> str:
        text = self._text("legalBasis")
        plain = all(char.isprintable() or char == "\n" for char in text)
        if not _LEAST_BASIS <= len(text) <= _MOST_BASIS or not plain:
            self._wrong("legalBasis", "须写明依据，2 到 1000 字", "names the legal basis, in 2 to 1000 characters")
        return text

    def _rows(self) -> RowFilter:
        text = self._text("rows")
        try:
            written = _from_json(text) if text.startswith("{") else _from_text(text)
        except (ValueError, RecursionError):
            self._wrong(
                "rows",
                "须写作 字段 prefix 值 或 字段 in 值，值，多项以分号分隔，如 divisionCode prefix $division",
                "is written FIELD prefix VALUE or FIELD in VALUE,VALUE, several separated by ;",
                "divisionCode prefix $division",
            )
            return frozenset()
        known = self.labels.catalogue.records["Entity"].fields
        for name in (one.field for one in written):
            if name not in known:
                self._unknown("rows", name, known)
        if len({one.field for one in written}) < len(written):
            self._wrong("rows", "一个字段只能写一个条件", "a field takes one condition")
        return frozenset(written)


def _scopes() -> dict[str, str]:
    return {**{label[0]: one.value for one, label in SCOPE_LABELS.items()}, **{one.value: one.value for one in Scope}}


def _from_text(text: str) -> list[Condition]:
    """ValueError for what is no condition."""
    found = []
    for part in filter(None, (one.strip() for one in _CONDITIONS.split(text))):
        matched = _CONDITION.fullmatch(part)
        if matched is None:
            raise ValueError
        op = RowOp.PREFIX if matched["op"].casefold() in {"prefix", "前缀"} else RowOp.IN
        rest = matched["rest"].strip()
        values = [one.strip() for one in _LISTS.split(rest) if one.strip()]
        found.append(_condition(matched["field"], op, rest if rest.startswith("$") else values))
    return found


def _from_json(text: str) -> list[Condition]:
    written = json.loads(text)
    found = []
    for name, said in written.items():
        if not isinstance(said, dict) or len(said) != 1:
            raise ValueError
        ((op, operand),) = said.items()
        if op not in {"prefix", "in"}:
            raise ValueError
        found.append(_condition(name, RowOp.PREFIX if op == "prefix" else RowOp.IN, operand))
    return found


def _condition(name: str, op: RowOp, operand: object) -> Condition:
    if isinstance(operand, str):
        if not _BINDING.fullmatch(operand):
            raise ValueError
        return Condition(name, op, Binding(operand[1:]))
    if not isinstance(operand, list) or not operand or not all(isinstance(one, str) for one in operand):
        raise ValueError
    return Condition(name, op, tuple(sorted(set(operand))))
