"""Predicates over a record → SQL that agrees with `schema.predicate.holds` on the canonical values.

What cannot be translated is handed back, to be applied to the rows read. Knows no statement and no session.
"""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from adapters.records import satisfies
from adapters.sql_column import Store, bind, storable
from adapters.sql_field import Column, Condition
from schema.catalogue import Kind
from schema.predicate import TRUE, AllOf, AnyOf, Op, Predicate, Test, ascii_fold, both

_RANGES: Mapping[Op, Callable[[Any, Any], Any]] = {
    Op.EQ: operator.eq,
    Op.GE: operator.ge,
    Op.LE: operator.le,
    Op.LT: operator.lt,
}
_LARGEST = 2**63


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
        if column.field.many:
            return None
        if test.op is Op.IS_NULL:
            return column.missing
        if test.op is Op.IN and column.field.kind in _SINGLY and isinstance(test.value, tuple):
            return self.translate(AnyOf(tuple(Test(test.field, Op.EQ, value) for value in test.value)))
        compare = _COMPARES.get(column.field.kind)
        return None if compare is None else compare(column, test.op, test.value)


def _text(column: Column, op: Op, value: Any) -> Condition | None:
    if op in (Op.EQ, Op.IN):
        wanted = value if op is Op.IN else (value,)
        # No canonical text is blank or has blanks around it.
        return column.stored.among([text for text in wanted if text and text == text.strip()], column.found)
    form = column.text_form()
    if op in (Op.PREFIX, Op.CONTAINS):
        return _part(column, op, value) if storable(value) else sa.false()
    bound = value if storable(value) else _next_storable(value)
    compare = operator.lt if op is Op.LE and bound != value else _RANGES[op]
    return sa.and_(form.readable, compare(form.found, bind(bound)))


def _next_storable(text: str) -> str:
    """The first text a database can hold that sorts after one it can't."""
    place = next(n for n, char in enumerate(text) if not storable(char))
    return text[:place] + ("\x01" if text[place] == "\0" else "\ue000")


def _part(column: Column, op: Op, value: str) -> Condition:
    if op is Op.CONTAINS:
        form = column.text_form()
        pattern = ascii_fold(value).replace("/", "//").replace("%", "/%").replace("_", "/_")
        return sa.and_(form.readable, sa.func.lower(form.found).like(bind(f"%{pattern}%"), escape="/"))
    begins = sa.func.substr(column.found, 1, len(value)) == bind(value)
    return sa.and_(column.present, begins, *_span(column, value))


def _span(column: Column, prefix: str) -> list[Condition]:
    # Among digits every collation agrees, so that an index on the column serves the range, which holds every match.
    if not (column.as_stored and column.stored.store is Store.TEXT and prefix.isascii() and prefix.isdigit()):
        return []
    shortened = prefix.rstrip("9")
    end = [column.found < bind(shortened[:-1] + str(int(shortened[-1]) + 1))] if shortened else []
    return [column.found >= bind(prefix), *end]


def _enum(column: Column, op: Op, value: Any) -> Condition | None:
    wanted = value if op is Op.IN else (value,)
    written = column.reader.write(Op.IN, wanted)
    codes = [code for code in written[1] if column.reader.read(code) in wanted] if written else []
    return column.stored.among(codes, column.found)


def _boolean(column: Column, op: Op, value: Any) -> Condition | None:
    if column.stored.store is Store.BOOLEAN:
        return _RANGES[op](column.stored.element, bind(value))  # type: ignore[no-any-return]
    yes = column.stored.among(column.field.options.truthy, column.found)
    return yes if value else sa.and_(column.text_form().readable, sa.not_(yes))


def _number(column: Column, op: Op, value: Any) -> Condition | None:
    form = column.number_form()
    if form is None or abs(value) >= _LARGEST:
        return None
    return sa.and_(form.readable, _RANGES[op](form.found, form.write(value)))


def _date(column: Column, op: Op, value: Any) -> Condition | None:
    form = column.date_form()
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
