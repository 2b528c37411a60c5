"""Predicates over a record → SQL that agrees with `schema.predicate.holds` on the canonical values.

What cannot be translated is handed back, to be applied to the rows read. Knows no statement and no session.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from adapters.convert_text import is_plain_code
from adapters.records import satisfies
from adapters.sql_column import Condition, Store, bind
from adapters.sql_field import Column
from schema.catalogue import Kind
from schema.predicate import TRUE, AllOf, AnyOf, Op, Predicate, Test, ascii_fold, both, tests

_RANGES: Mapping[Op, Callable[[Any, Any], Any]] = {
    Op.EQ: operator.eq,
    Op.GE: operator.ge,
    Op.LE: operator.le,
    Op.LT: operator.lt,
}
_LARGEST = 2**63
_MOST_VALUES = 16
_LONGEST_CODE = 12


class Named(str):
    """Stands in a predicate for a text that a parameter of this name gets."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Pushdown:
    """Translates the predicates of one record; a constant field is decided here and never asked of the source."""

    columns: Mapping[str, Column]
    constants: Mapping[str, Any]

    def split(self, where: Predicate) -> tuple[list[Condition], Predicate]:
        """Conditions for the statement, and the rest of the conjunction."""
        conditions: list[Condition] = []
        rest: list[Predicate] = []
        for part in where.parts if isinstance(where, AllOf) else (where,):
            condition = self.translate(part)
            if condition is None:
                rest.append(part)
            else:
                conditions.append(condition)
        return conditions, both(*rest) if rest else TRUE

    def named(self, where: Predicate) -> tuple[Predicate, dict[str, str]]:
        """The predicate with names for texts that change nothing but a bound value, and those texts by name."""
        given: dict[str, str] = {}
        return self._named(where, given), given

    def keeps(self, where: Predicate) -> bool:
        """True if statements for a predicate with names are worth keeping: nothing long in it, and nobody's words."""
        return all(self._is_common(test) for test in tests(where))

    def _is_common(self, test: Test) -> bool:
        if test.op is Op.IS_NULL or isinstance(test.value, Named):
            return True
        values = test.value if isinstance(test.value, tuple) else (test.value,)
        if len(values) > _MOST_VALUES or test.op is Op.CONTAINS:
            return False
        texts = [value for value in values if isinstance(value, str)]
        column = self.columns.get(test.field)
        worded = column is not None and column.field.kind in (Kind.TEXT, Kind.CODE)
        # Divisions and industries are what rows are filtered by; their codes are digits and capitals.
        return not worded or all(is_plain_code(text) and len(text) <= _LONGEST_CODE for text in texts)

    def _named(self, where: Predicate, given: dict[str, str]) -> Predicate:
        if not isinstance(where, Test):
            return type(where)(tuple(self._named(part, given) for part in where.parts))
        column = self.columns.get(where.field)
        if where.op is not Op.EQ or column is None or not isinstance(where.value, str) or not _bindable(column):
            return where
        if not column.takes(where.value):
            return where
        name = Named(f"hub_text_{len(given)}")
        given[name] = where.value
        return Test(where.field, where.op, name)

    def translate(self, where: Predicate) -> Condition | None:
        """The predicate as a condition, None if any of it cannot be translated."""
        if isinstance(where, Test):
            return self._compare(where)
        parts = [self.translate(part) for part in where.parts]
        pushed = [part for part in parts if part is not None]
        if len(pushed) < len(parts):
            return None
        return sa.or_(sa.false(), *pushed) if isinstance(where, AnyOf) else sa.and_(sa.true(), *pushed)

    def _compare(self, test: Test) -> Condition | None:
        if test.field in self.constants:
            return sa.true() if satisfies(test, self.constants.__getitem__) else sa.false()
        column = self.columns[test.field]
        if column.field.many or column.stored.store is Store.OPAQUE or not column.field.compared_as_stored:
            return None
        if test.op is Op.IS_NULL:
            return column.missing
        if test.op is Op.IN and column.field.kind in _SINGLY and isinstance(test.value, tuple):
            return self.translate(AnyOf(tuple(Test(test.field, Op.EQ, value) for value in test.value)))
        compare = _COMPARES.get(column.field.kind)
        return None if compare is None else compare(column, test.op, test.value)


def _bindable(column: Column) -> bool:
    return column.field.kind in (Kind.TEXT, Kind.CODE) and not column.field.many and column.field.compared_as_stored


def _text(column: Column, op: Op, value: Any) -> Condition | None:
    if isinstance(value, Named):
        return column.equal(value)
    if op in (Op.EQ, Op.IN):
        wanted = value if op is Op.IN else (value,)
        # No canonical text is blank, has blanks around it or only stands for none.
        return column.among([t for t in wanted if t and t == t.strip() and t not in column.absent])
    form = column.text_form
    if op in (Op.PREFIX, Op.CONTAINS):
        return _part(column, op, value) if column.stored.flavour.storable(value) else sa.false()
    bound = value if column.stored.flavour.storable(value) else _next_storable(column, value)
    compare = operator.lt if op is Op.LE and bound != value else _RANGES[op]
    return sa.and_(form.readable, compare(form.found, bind(bound)))


def _next_storable(column: Column, text: str) -> str:
    """The first text the database can hold that sorts after one it can't."""
    place = next(n for n, char in enumerate(text) if not column.stored.flavour.storable(char))
    return text[:place] + ("\x01" if text[place] == "\0" else "\ue000")


def _part(column: Column, op: Op, value: str) -> Condition:
    if not value:
        return column.present
    if op is Op.CONTAINS:
        return sa.and_(column.text_form.readable, column.stored.flavour.contains(column.text, ascii_fold(value)))
    begins = column.stored.flavour.exact(sa.func.substr(column.text, 1, len(value))) == bind(value)
    return sa.and_(column.legible, begins, *(column.stored.begins(value) if column.as_stored else ()))


def _enum(column: Column, op: Op, value: Any) -> Condition | None:
    wanted = value if op is Op.IN else (value,)
    written = column.reader.write(Op.IN, wanted)
    codes = [code for code in written[1] if column.reader.read(code) in wanted] if written else []
    return column.among(codes)


def _boolean(column: Column, op: Op, value: Any) -> Condition | None:
    if column.stored.store is Store.BOOLEAN:
        return _RANGES[op](column.stored.element, bind(value))  # type: ignore[no-any-return]
    yes = column.among(column.field.options.truthy)
    if not value and column.field.options.falsy:
        return sa.and_(column.among(column.field.options.falsy), sa.not_(yes))
    return yes if value else sa.and_(column.text_form.readable, sa.not_(yes))


def _number(column: Column, op: Op, value: Any) -> Condition | None:
    form = column.number_form
    if form is None or abs(value) >= _LARGEST:
        return None
    return sa.and_(form.readable, _RANGES[op](form.found, form.write(value)))


def _date(column: Column, op: Op, value: Any) -> Condition | None:
    form = column.date_form
    if column.stored.store in (Store.TIMESTAMP, Store.INSTANT):
        return sa.and_(form.readable, column.on_day(op, value))
    return sa.and_(form.readable, _RANGES[op](form.found, form.write(value)))


_SINGLY = frozenset({Kind.BOOLEAN, Kind.DATE, Kind.INT})
"""Kinds for which IN is several comparisons."""
_COMPARES: Mapping[Kind, Callable[[Column, Op, Any], Condition | None]] = {
    Kind.TEXT: _text,
    Kind.CODE: _text,
    Kind.ENUM: _enum,
    Kind.BOOLEAN: _boolean,
    Kind.INT: _number,
    Kind.DATE: _date,
}
