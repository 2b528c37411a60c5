"""A grant as a sentence that a person can read, in Chinese and in English.

Names departments, purposes and fields by their labels as they are today; knows neither the store nor a caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from auth.grants import ANY_DEPARTMENT, Binding, Condition, Effect, Grant, RowOp
from auth.purposes import Purpose
from auth.roles import ROLE_LABELS
from auth.scopes import SCOPE_LABELS, Scope
from schema.catalogue import Catalogue, FieldRule

_MOST = 6
"""Fields of one record that are named one by one."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What things are called: departments by their codes (Chinese, English), purposes by theirs, fields in the catalogue."""

    departments: Mapping[str, tuple[str, str]]
    purposes: Mapping[str, Purpose]
    catalogue: Catalogue

    def department(self, code: str) -> tuple[str, str]:
        """Labels of a department, its code where it is known no more."""
        if code == ANY_DEPARTMENT:
            return "所有部门", "Any department"
        return self.departments.get(code, (code, code))

    def purpose(self, code: str) -> tuple[str, str]:
        """Labels of a purpose, its code where it is known no more."""
        found = self.purposes.get(code)
        return (found.zh, found.en) if found is not None else (code, code)


def in_words(grant: Grant, labels: Labels) -> str:
    """The Chinese sentence."""
    allowed = grant.effect is Effect.ALLOW
    purposes = "、".join(labels.purpose(code)[0] for code in sorted(grant.purposes))
    parts = [
        f"{labels.department(grant.department)[0]}的{ROLE_LABELS[grant.role][0]}"
        + ("（仅限一人）" if grant.person else ""),
        f"为{purposes}" if purposes else "不论何种用途",
        ("可查" if allowed else "不得查") + "、".join(_covered(grant, labels, 0)),
        *(f"仅限{_condition_zh(one, labels)}的主体" for one in sorted(grant.rows, key=str)),
        *_masks_zh(grant, labels),
        *([f"每日至多{grant.records_a_day}条"] if grant.records_a_day else []),
        *([f"每人每日至多{grant.entities_a_day}个主体"] if grant.entities_a_day else []),
        f"自{_day_zh(grant.starts)}至{_day_zh(grant.ends)}",
        *([f"确认至{_day_zh(grant.certified_until)}"] if _cuts(grant) else []),
        f"依据：{grant.legal_basis}",
    ]
    return "，".join(parts).rstrip("。；;") + "。"


def in_words_en(grant: Grant, labels: Labels) -> str:
    """The English sentence."""
    allowed = grant.effect is Effect.ALLOW
    purposes = _and([labels.purpose(code)[1] for code in sorted(grant.purposes)])
    whom = f"{labels.department(grant.department)[1]}, in the role of {ROLE_LABELS[grant.role][1].lower()}"
    parts = [
        whom + (" (one person only)" if grant.person else ""),
        f"for {purposes}" if purposes else "whatever the purpose",
        ("may see " if allowed else "may not see ") + _and(_covered(grant, labels, 1)),
        *(f"only of entities whose {_condition_en(one, labels)}" for one in sorted(grant.rows, key=str)),
        *_masks_en(grant, labels),
        *([f"at most {grant.records_a_day} records a day"] if grant.records_a_day else []),
        *([f"at most {grant.entities_a_day} entities a person a day"] if grant.entities_a_day else []),
        f"from {_day_en(grant.starts)} to {_day_en(grant.ends)}",
        *([f"confirmed until {_day_en(grant.certified_until)}"] if _cuts(grant) else []),
        f"on the basis of {grant.legal_basis}",
    ]
    return ", ".join(parts).rstrip("。;.") + "."


def _cuts(grant: Grant) -> bool:
    return grant.certified_until is not None and grant.certified_until < grant.ends


def _covered(grant: Grant, labels: Labels, language: int) -> list[str]:
    """Scopes by their labels, then fields, those of a record together."""
    scopes = [SCOPE_LABELS[scope][language] for scope in sorted(grant.scopes)]
    return [*scopes, *_fields(_alone(grant, labels.catalogue), labels, language)]


def _alone(grant: Grant, catalogue: Catalogue) -> list[str]:
    """Fields that no scope of the grant holds already."""
    scoped: frozenset[Scope] = grant.scopes
    rules = catalogue.fields
    return sorted(name for name in grant.fields if name not in rules or rules[name].scope not in scoped)


def _fields(names: Iterable[str], labels: Labels, language: int) -> list[str]:
    found: dict[str, list[str]] = {}
    for name in names:
        rule = labels.catalogue.fields.get(name)
        record = name.partition(".")[0] if rule is None else _record(rule, labels.catalogue, language)
        found.setdefault(record, []).append(name if rule is None else (rule.zh, rule.en)[language])
    return [_of_record(record, fields, language) for record, fields in found.items()]


def _of_record(record: str, fields: Sequence[str], language: int) -> str:
    named = fields[:_MOST]
    if language == 0:
        more = f"等{len(fields)}项" if len(fields) > _MOST else ""
        return f"{record}的{'、'.join(named)}{more}"
    more = f" and {len(fields) - _MOST} more" if len(fields) > _MOST else ""
    return f"{record} ({', '.join(named)}{more})"


def _record(rule: FieldRule, catalogue: Catalogue, language: int) -> str:
    found = catalogue.records.get(rule.record, catalogue.records["Entity"]).declared
    return (found.zh, found.en)[language]


def _condition_zh(condition: Condition, labels: Labels) -> str:
    field = _entity_field(condition.field, labels, 0)
    begins = condition.op is RowOp.PREFIX
    if isinstance(condition.operand, Binding):
        own = f"调用方自己的“{condition.operand.name}”"
        return f"{field}以{own}开头" if begins else f"{field}属于{own}"
    values = "、".join(_values(condition, labels, 0)) or "（无）"
    return f"{field}以{values}开头" if begins else f"{field}为{values}"


def _condition_en(condition: Condition, labels: Labels) -> str:
    field = _entity_field(condition.field, labels, 1)
    verb = "begins with" if condition.op is RowOp.PREFIX else "is"
    if isinstance(condition.operand, Binding):
        return f'{field} {verb} the caller\'s own "{condition.operand.name}"'
    return f"{field} {verb} {' or '.join(_values(condition, labels, 1)) or '(nothing)'}"


def _entity_field(name: str, labels: Labels, language: int) -> str:
    rule = labels.catalogue.records["Entity"].fields.get(name)
    return name if rule is None else (rule.zh, rule.en)[language]


def _values(condition: Condition, labels: Labels, language: int) -> list[str]:
    """The operands; members of an enumeration by their labels."""
    values = sorted(condition.operand) if not isinstance(condition.operand, Binding) else []
    rule = labels.catalogue.records["Entity"].fields.get(condition.field)
    members = rule.enum.__members__ if rule is not None and rule.enum is not None else {}
    return [str(members[one].value[language]) if one in members else one for one in values]


def _masks_zh(grant: Grant, labels: Labels) -> list[str]:
    masked = _fields(sorted(grant.masked), labels, 0)
    shown = "其" if _all_masked(grant) else "、".join(masked)
    return [*([f"{shown}脱敏"] if masked else []), *(["个人信息一律脱敏"] if grant.mask_personal else [])]


def _masks_en(grant: Grant, labels: Labels) -> list[str]:
    masked = _fields(sorted(grant.masked), labels, 1)
    whole = ["everything personal masked"] if grant.mask_personal else []
    return [*([f"{'all of it' if _all_masked(grant) else _and(masked)} masked"] if masked else []), *whole]


def _all_masked(grant: Grant) -> bool:
    """True where everything the grant gives is masked, so that it need not be said twice."""
    return not grant.scopes and grant.masked == grant.fields


def _and(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}" if texts else ""


def _day_zh(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day is not None else ""


def _day_en(day: date | None) -> str:
    return f"{day.day} {day:%B} {day.year}" if day is not None else ""
