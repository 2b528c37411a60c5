"""What the quality of a row is measured by: pure rules over one row, as data where records differ.

Reads no source and keeps no value: what is found says which field, what is wrong with it, and what to do.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from adapters.base import Unreadable
from hub.clock import SHANGHAI
from hub.exchange.calendar import WorkingDays
from hub.identity.identifiers import Kind as Number
from hub.identity.identifiers import read_identifier, recognise
from hub.plan.model import ENTITY, SUBJECT
from schema.catalogue import Kind, RecordRule
from schema.identity_enums import QualityRule

REPORT_DAYS, WITHDRAW_DAYS = 7, 3
"""Working days in which a decision is reported (双公示), and in which an annulled one is withdrawn."""
EARLIEST = date(1900, 1, 1)
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Entity": (
        *("uscc", "name", "kind", "status", "legalRepresentative"),
        *("establishedOn", "address", "divisionCode", "registrationAuthority"),
    ),
    "Licence": ("kind", "decisionNo", "category", "scope", "decidedOn", "validFrom", "validTo", "status", "authority"),
    "Penalty": ("decisionNo", "violationType", "facts", "legalBasis", "kinds", "content", "decidedOn", "authority"),
    "Commitment": ("number", "kind", "content", "madeOn", "acceptedBy"),
    "ListEntry": ("list", "name", "authority", "listedOn"),
    "CreditRating": ("scheme", "grade", "issuer", "assessedOn"),
    "Honour": ("name", "issuer", "grantedOn"),
    "Incentive": ("measure", "department", "grantedOn", "status"),
    "HonestyCode": ("token", "status", "issuedOn"),
    "Certificate": ("number", "department", "status", "validTo"),
    "Division": ("code", "name"),
    "Industry": ("code", "name"),
}
"""Fields that every row has to have, by record: those the national templates require."""
UNLESS: Mapping[str, tuple[str, object]] = {"Licence.validTo": ("longTerm", True)}
"""Fields that may be missing where another one says so."""
NATURAL_KEYS: Mapping[str, tuple[str, ...]] = {
    "Entity": ("uscc",),
    "Licence": ("uscc", "decisionNo", "certificateNo", "authority"),
    "Penalty": ("uscc", "decisionNo", "authority"),
    "Commitment": ("number",),
    "ListEntry": ("uscc", "list", "decisionNo", "listedOn"),
    "CreditRating": ("uscc", "scheme", "issuer", "assessedOn"),
    "HonestyCode": ("token",),
    "Certificate": ("number",),
    "Division": ("code",),
    "Industry": ("code",),
}
"""What may stand once in a source, by record."""
_PAST = frozenset(
    {
        *("establishedOn", "decidedOn", "madeOn", "listedOn", "removedOn", "grantedOn", "assessedOn", "issuedOn"),
        *("approvedOn", "acceptedOn", "annulledOn", "withdrawnOn", "displayedSince", "printedOn", "publishedOn"),
    }
)
"""Days on which something has happened: none of them lies ahead."""
_ORDERED = (
    *(
        ("validFrom", "validTo"),
        ("decidedOn", "publicUntil"),
        ("decidedOn", "annulledOn"),
        ("annulledOn", "withdrawnOn"),
    ),
    *(("listedOn", "removedOn"), ("contractFrom", "contractTo"), ("acceptedOn", "decidedOn"), ("madeOn", "validTo")),
    *(("grantedOn", "validTo"), ("assessedOn", "validTo"), ("verifiedOn", "verificationDue")),
)
"""Days of which the first is not after the second."""
_CODES = {
    "divisionCode": (re.compile(r"\d{6}(\d{3}|\d{6})?"), "GB/T 2260"),
    "industryCode": (re.compile(r"[A-T]?\d{2,4}"), "GB/T 4754"),
}
_NUMBERS = {"regNo15": Number.REG_NO_15, "orgCode": Number.ORG_CODE}
_RECOGNISED = frozenset({"certificateNo", "licenceNo"})
_REPORTED = frozenset({"Licence", "Penalty"})
"""Decisions that have to be reported."""
_WHOLE = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with a row: rule, field (empty for the row), what, and what to do; Chinese and English."""

    rule: QualityRule
    field: str
    zh: str
    en: str
    fix_zh: str
    fix_en: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was checked of a row, by rule and field, and what was wrong with it."""

    checked: tuple[tuple[QualityRule, str], ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Judge:
    """Judges rows of one record, of which a source has these columns; the day and the calendar are of the run."""

    record: RecordRule
    columns: frozenset[str]
    today: date
    days: WorkingDays

    @property
    def wanted(self) -> tuple[str, ...]:
        """Columns that are read: those that a rule looks at, and no other."""
        rules = self.record.fields
        looked = {
            name for name in self.columns if name in rules and _looks_at(self.record.name, rules[name].kind, name)
        }
        natural = {name for name in NATURAL_KEYS.get(self.record.name, ()) if name in self.columns}
        needed = {other for field, (other, _) in UNLESS.items() if field.startswith(f"{self.record.name}.")}
        subject = {SUBJECT} & self.columns
        return tuple(sorted(looked | natural | (needed & self.columns) | subject))

    @property
    def unmapped(self) -> tuple[str, ...]:
        """Required fields that the source does not deliver at all."""
        return tuple(name for name in REQUIRED.get(self.record.name, ()) if name not in self.columns)

    def judge(self, row: Mapping[str, Any]) -> Verdict:
        """What is wrong with one row; `row` holds the wanted columns."""
        checked: list[tuple[QualityRule, str]] = []
        faults: list[Fault] = []
        for rule, field, fault in (
            *self._complete(row),
            *self._readable(row),
            *self._digits(row),
            *self._dates(row),
            *self._codes(row),
            *self._timely(row),
        ):
            checked.append((rule, field))
            if fault is not None:
                zh, en, fix_zh, fix_en = fault
                faults.append(Fault(rule, field, zh, en, fix_zh, fix_en))
        return Verdict(tuple(dict.fromkeys(checked)), tuple(faults))

    def natural_key(self, row: Mapping[str, Any]) -> str | None:
        """What may stand once, as one text; None where the record has none, or part of it is missing."""
        names = NATURAL_KEYS.get(self.record.name, ())
        known = [name for name in names if name in self.columns]
        values = [row.get(name) for name in known]
        telling = [value for name, value in zip(known, values, strict=True) if name != SUBJECT or len(names) == 1]
        if not telling or not any(isinstance(value, str) and value for value in telling):
            return None
        return "\n".join("" if value is None or value is Unreadable.VALUE else str(value) for value in values)

    def _complete(self, row: Mapping[str, Any]) -> "Iterator[_Found]":
        for name in REQUIRED.get(self.record.name, ()):
            if name not in self.columns:
                continue
            other = UNLESS.get(f"{self.record.name}.{name}")
            if other is not None and row.get(other[0]) == other[1]:
                continue
            value = row.get(name)
            missing = value is None or value in ("", ())
            yield QualityRule.COMPLETE, name, _MISSING if missing else None

    def _readable(self, row: Mapping[str, Any]) -> "Iterator[_Found]":
        """A value that can't be read as what it should be: a date that is none, a code that nobody knows."""
        for name in self.wanted:
            rule = self.record.fields.get(name)
            if rule is None:
                continue
            kind = _UNREADABLE.get(rule.kind)
            if kind is None:
                continue
            value = row.get(name)
            bad = value is Unreadable.VALUE or (isinstance(value, tuple | list) and Unreadable.VALUE in value)
            yield kind, name, _UNREAD[kind] if bad else None

    def _digits(self, row: Mapping[str, Any]) -> "Iterator[_Found]":
        for name in self.wanted:
            value = row.get(name)
            if not isinstance(value, str) or not value:
                continue
            if name == SUBJECT:
                found = read_identifier(Number.USCC, value, vouched=self.record.name == ENTITY)
            elif name in _NUMBERS:
                found = read_identifier(_NUMBERS[name], value)
            elif name in _RECOGNISED:
                known = recognise(value)
                if known is None:
                    continue
                found = known
            else:
                continue
            said = found.sentences()
            # An odd division is no fault of the number: development zones have codes of their own.
            wrong = found.fault is not None or "CHECK_DIGIT" in found.warnings or "ORGANISATION_DIGIT" in found.warnings
            if not wrong:
                yield QualityRule.CHECK_DIGIT, name, None
                continue
            zh, en = "；".join(zh for zh, _ in said), "; ".join(en for _, en in said)
            yield QualityRule.CHECK_DIGIT, name, (zh, en, *_FIX_DIGIT)

    def _dates(self, row: Mapping[str, Any]) -> "Iterator[_Found]":
        days = {name: _day(row.get(name)) for name in self.wanted if self._is_date(name)}
        for name, day in days.items():
            if day is None:
                continue
            fault = None
            if day < EARLIEST:
                fault = ("早于 1900 年", "lies before 1900", *_FIX_DATE)
            elif name in _PAST and day > self.today:
                fault = ("在未来", "lies ahead", *_FIX_DATE)
            yield QualityRule.DATE, name, fault
        for first, second in _ORDERED:
            early, late = days.get(first), days.get(second)
            if early is not None and late is not None:
                wrong = early > late
                label = self.record.fields[first]
                said = (f"早于{label.zh}", f"lies before {label.en.lower()}", *_FIX_DATE)
                yield QualityRule.DATE, second, said if wrong else None

    def _codes(self, row: Mapping[str, Any]) -> "Iterator[_Found]":
        for name, (form, standard) in _CODES.items():
            value = row.get(name)
            if name in self.wanted and isinstance(value, str) and value:
                said = (
                    f"不是 {standard} 的代码",
                    f"is no code of {standard}",
                    f"按 {standard} 更正",
                    f"use {standard}",
                )
                yield QualityRule.CODE, name, None if form.fullmatch(value) else said

    def _timely(self, row: Mapping[str, Any]) -> "Iterator[_Found]":
        annulled, withdrawn = _day(row.get("annulledOn")), _day(row.get("withdrawnOn"))
        if annulled is not None:
            due = self._after(annulled, WITHDRAW_DAYS)
            late = (withdrawn or self.today) > due
            said = (
                f"决定撤销后 {WITHDRAW_DAYS} 个工作日内（{due.isoformat()}）未撤回公示",
                f"not withdrawn within {WITHDRAW_DAYS} working days of its annulment ({due.isoformat()})",
                "撤回公示" if withdrawn is None else "核查撤回为何迟延",
                "withdraw it" if withdrawn is None else "see why it was withdrawn late",
            )
            yield QualityRule.TIMELY, "withdrawnOn", said if late else None

    @property
    def is_timed(self) -> bool:
        """True if it can be told when a row of this record ought to have been there."""
        return self.record.name in _REPORTED and "decidedOn" in self.columns

    def late(self, row: Mapping[str, Any], before: date) -> Fault | None:
        """What is wrong with a row that is new, if it ought to have been there on a day on which it was not."""
        decided = _day(row.get("decidedOn"))
        due = self._after(decided, REPORT_DAYS) if decided is not None else before
        if due >= before:
            return None
        return Fault(
            QualityRule.TIMELY,
            _WHOLE,
            f"应于决定后 {REPORT_DAYS} 个工作日内（{due.isoformat()}）报送，{before.isoformat()} 检查时尚无此记录",
            f"was due within {REPORT_DAYS} working days ({due.isoformat()}), and was not there on {before.isoformat()}",
            "核查报送为何迟延",
            "see why it was reported late",
        )

    def _after(self, day: date, count: int) -> date:
        """So many working days on; before the calendar that the hub knows, weekdays count."""
        if day < EARLIEST:
            return day + timedelta(days=count)
        return self.days.add_working_days(day, count)

    def _is_date(self, name: str) -> bool:
        rule = self.record.fields.get(name)
        return rule is not None and rule.kind in (Kind.DATE, Kind.DATETIME)


_Said = tuple[str, str, str, str]
_Found = tuple[QualityRule, str, _Said | None]
_FIX_DIGIT = ("核对证照原件后更正", "compare it with the original and correct it")
_FIX_DATE = ("核对原件后更正日期", "compare it with the original and correct the date")
_MISSING: _Said = ("必填项缺失", "a required value is missing", "补录", "enter it")
_UNREADABLE = {
    Kind.DATE: QualityRule.DATE,
    Kind.DATETIME: QualityRule.DATE,
    Kind.ENUM: QualityRule.CODE,
    Kind.CODE: QualityRule.CHECK_DIGIT,
    Kind.MONEY: QualityRule.CODE,
    Kind.INT: QualityRule.CODE,
    Kind.BOOLEAN: QualityRule.CODE,
}
_UNREAD: Mapping[QualityRule, _Said] = {
    QualityRule.DATE: ("不是日期", "is no date", *_FIX_DATE),
    QualityRule.CODE: (
        "不在代码表中，或无法识读",
        "is in no code table, or cannot be read",
        "更正代码，或在映射中补充（values）",
        "correct the code, or add it to the mapping (values)",
    ),
    QualityRule.CHECK_DIGIT: (
        "不是统一社会信用代码，或疑似居民身份证号",
        "is no unified social credit code, or looks like a citizen number",
        *_FIX_DIGIT,
    ),
}


def _looks_at(record: str, kind: Kind, name: str) -> bool:
    if name in REQUIRED.get(record, ()) or name in _CODES or name in _NUMBERS or name in _RECOGNISED:
        return True
    return kind in (Kind.DATE, Kind.DATETIME, Kind.ENUM, Kind.CODE)


def _day(value: Any) -> date | None:
    """The day of a canonical date or instant."""
    if not isinstance(value, str) or not value:
        return None
    try:
        if len(value) > 10:
            return datetime.fromisoformat(value).astimezone(SHANGHAI).date()
        return date.fromisoformat(value)
    except ValueError:
        return None
