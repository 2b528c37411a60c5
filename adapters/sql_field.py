"""A field and the column that holds it: the expression that is compared, where it is missing, how dates are written.

Texts and dates are taken without blanks around them and dates in any form the mapping reads, so that SQL agrees with
the canonical values; a tidy field is taken as it is stored, so that an index serves. Codes are always taken so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import NullType

from adapters.convert_dates import SHANGHAI
from adapters.mapping import Reader
from adapters.records import HeldField
from adapters.sql_column import CODE_BLANKS, Condition, Found, Store, Stored, bind
from adapters.sql_person import personal
from schema.catalogue import Kind
from schema.predicate import Op

# No look-ahead: Oracle and 达梦 know the patterns of POSIX only.
_YEAR = "(?:[1-9][0-9]{{3}}|0[1-9][0-9]{{2}}|00[1-9][0-9]|000[1-9])"
_DAYS = (
    "(?:(?:0[13578]|1[02]){0}(?:0[1-9]|[12][0-9]|3[01])"
    "|(?:0[469]|11){0}(?:0[1-9]|[12][0-9]|30)|02{0}(?:0[1-9]|1[0-9]|2[0-8]))"
)
_LEAP_YEAR = "(?:[0-9]{{2}}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1


def _date_pattern(between: str, end: str) -> str:
    return f"^(?:{_YEAR}{{0}}{_DAYS}|{_LEAP_YEAR}{{0}}02{{0}}29){{1}}".format(between, end)


_ANY_DATE = _date_pattern("[-/]?", r"(?:[T ]|\Z)")
_TIDY_DATES = {
    "compact": _date_pattern("", r"\Z"),
    "text": _date_pattern("-", r"\Z"),
    "date": _date_pattern("-", r"\Z"),
}


@dataclass(frozen=True, slots=True)
class Form:
    """A comparable form of a column: the expression, where it has a readable value or none, how a value is written."""

    found: Found
    readable: Condition
    unreadable: Condition
    write: Callable[[Any], Found]


@dataclass(frozen=True)
class Column:
    """A field, its conversion and its column; what is made of them is made once.

    tidy: every cell is written exactly as the mapping declares · vouched: a register vouches for its codes.
    """

    field: HeldField
    reader: Reader
    stored: Stored
    tidy: bool
    vouched: bool = False

    @cached_property
    def text(self) -> Found:
        """Its text: as it is stored, or without blanks around it."""
        return self.stored.text if self.as_stored else self.stored.trimmed

    @cached_property
    def found(self) -> Found:
        """Its text, as it is compared."""
        return self.stored.flavour.exact(self.text)

    @property
    def as_stored(self) -> bool:
        """True if the text is compared without being trimmed."""
        return self.tidy or self.field.kind is Kind.CODE

    @cached_property
    def absent(self) -> frozenset[str]:
        """Texts that stand for a missing value."""
        return self.field.options.absent_texts(self.field.kind)

    @cached_property
    def missing(self) -> Condition:
        """True where the canonical value is null."""
        null = self.stored.element.is_(None)
        blank = null if self._never_blank else sa.or_(null, self._blank)
        return sa.or_(blank, *self._stand_ins)

    @cached_property
    def present(self) -> Condition:
        """True where the canonical value is not null, be it readable or not."""
        held = self.stored.element.is_not(None)
        filled = held if self._never_blank else sa.and_(held, sa.not_(self._blank))
        return sa.and_(filled, *(sa.not_(each) for each in self._stand_ins))

    @cached_property
    def legible(self) -> Condition:
        """True where there is a text that can be read: SQLite lets bytes stand in any column, and no code is a person's."""
        conditions, text = [self.present], self.stored.exact
        if not self.stored.flavour.typed:
            whole = sa.func.typeof(self.stored.element) != bind("blob")
            conditions.append(whole)
            text = sa.case((whole, text))
        if self.field.kind is Kind.CODE:
            conditions.append(sa.not_(personal(text, self.stored.flavour, vouched=self.vouched)))
        return sa.and_(*conditions)

    def among(self, texts: Sequence[str]) -> Condition:
        """True where its text is one of these."""
        return self.stored.among(texts, self.found, as_stored=self.as_stored)

    def takes(self, text: str) -> bool:
        """True if the column can be compared with any such text by one and the same condition, that of `equal`."""
        plain = self.stored.store is Store.TEXT and self.stored.flavour.storable(text)
        # No canonical text is blank, has blanks around it or only stands for none.
        written = text != "" and text == text.strip() and text not in self.absent
        return plain and written and not self.stored.flavour.near(self.stored, (text,))

    def equal(self, name: str) -> Condition:
        """True where its text is what the named parameter gets."""
        return self.found == sa.bindparam(name, None, NullType())

    @property
    def form(self) -> Form | None:
        """Its value, in the order of its kind; None if it is not stored as what can be ordered."""
        if self.stored.store is Store.OPAQUE:
            return None
        if self.field.kind is Kind.DATE:
            return self.date_form
        if self.field.kind is Kind.INT:
            return self.number_form
        return self.code_form if self.field.kind is Kind.CODE else self.text_form

    @cached_property
    def text_form(self) -> Form:
        """Its text, ordered by code point."""
        return self._form(self.stored.flavour.by_code_point(self.text), self.legible, bind)

    @cached_property
    def code_form(self) -> Form:
        """Its code, ordered as an index on it is: among digits and capitals every collation agrees."""
        return self._form(self.stored.indexed, self.legible, self.stored.bound)

    @cached_property
    def number_form(self) -> Form | None:
        """Its number, None if it is not stored as one."""
        element = self.stored.element
        if self.stored.store is not Store.INTEGER:
            return None
        whole: Condition = element.between(_SMALLEST, _LARGEST)
        if not self.stored.flavour.typed:
            whole = sa.and_(sa.func.typeof(element) == bind("integer"), whole)
        return self._form(element, self._meant(whole), lambda value: sa.bindparam(None, value, sa.BigInteger()))

    @cached_property
    def date_form(self) -> Form:
        """Its day."""
        form = self._day_form
        return self._form(form.found, self._meant(form.readable), form.write)

    @cached_property
    def _day_form(self) -> Form:
        if self.stored.temporal:
            day = self.stored.flavour.day(self.stored)
            real = self.stored.flavour.real_day(self.stored.element)
            return self._form(day, sa.and_(day.between(_literal(date.min), _literal(date.max)), *real), _write_day)
        pattern = _TIDY_DATES.get(self.field.options.type) if self.tidy else None
        readable = self.stored.flavour.matches(self.text, pattern or _ANY_DATE)
        if pattern is None:
            digits = sa.func.replace(sa.func.replace(self.text, bind("-"), bind("")), bind("/"), bind(""))
            return self._form(sa.func.substr(digits, 1, 8), readable, lambda day: bind(_compact(day)))
        # Among digits every collation agrees, so that an index on the column serves.
        compact = self.field.options.type == "compact"
        return self._form(
            self.stored.indexed, readable, lambda day: self.stored.bound(_compact(day) if compact else day)
        )

    def on_day(self, op: Op, value: str) -> Condition:
        """Comparison of a moment's day with a day, as a range of moments, which an index serves."""
        moment, day = self.stored.element, date.fromisoformat(value)
        start = self._midnight(day)
        end = sa.true() if day == date.max else moment < self._midnight(day + timedelta(days=1))
        conditions = {Op.EQ: sa.and_(moment >= start, end), Op.GE: moment >= start, Op.LE: end, Op.LT: moment < start}
        return conditions[op]

    def _midnight(self, day: date) -> Found:
        zone = SHANGHAI if self.stored.store is Store.INSTANT and self.stored.flavour.zoned else None
        return bind(datetime.combine(day, time(), zone))

    def _form(self, found: Found, readable: Condition, write: Callable[[Any], Found]) -> Form:
        return Form(found, readable, self.stored.flavour.fails(readable), write)

    def _meant(self, readable: Condition) -> Condition:
        """True where a readable value does not only stand for a missing one."""
        return sa.and_(readable, *(sa.not_(each) for each in self._stand_ins))

    @cached_property
    def _stand_ins(self) -> Sequence[Condition]:
        """Conditions under which a text or day stands for a missing value."""
        words = sorted(self.absent.union(self.field.options.endless))
        if not words or self.stored.store in (Store.BOOLEAN, Store.NATIVE):
            return []
        said: Condition = self.stored.flavour.exact(self.stored.trimmed).in_([bind(word) for word in words])
        if not self.stored.flavour.typed:
            said = sa.and_(said, sa.func.typeof(self.stored.element).in_([bind("text"), bind("integer")]))
        days = [word for word in sorted(self.field.options.endless) if _is_day(word)]
        if self.field.kind is not Kind.DATE or not days:
            return [said]
        form = self._day_form
        return [said, sa.and_(form.readable, form.found.in_([form.write(day) for day in days]))]

    @property
    def _never_blank(self) -> bool:
        return self.stored.never_blank or (self.field.kind is Kind.ENUM and "" in self.field.options.codes)

    @property
    def _blank(self) -> Condition:
        return self.stored.flavour.blank(self._without_blanks())

    def _without_blanks(self) -> Found:
        if self.field.kind is Kind.CODE:
            return self.stored.flavour.trimmed(self.stored.text, CODE_BLANKS)
        if self.field.kind is Kind.MONEY:
            return sa.func.replace(self.stored.trimmed, bind(","), bind(""))
        return self.text


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _compact(day: str) -> str:
    return day.replace("-", "")


def _write_day(text: str) -> Found:
    day = date.fromisoformat(text)
    # asyncpg takes the first and the last day of Python's calendar for minus and plus infinity.
    return _literal(day) if day in (date.min, date.max) else bind(day)


def _literal(day: date) -> Found:
    return sa.literal_column(f"DATE '{day.isoformat()}'")
