"""The conversion of one field: `read` turns a source's value into canonical form, `write` a comparison into the source's.

`read` raises what `tolerant` turns into Unreadable; `write` is None where the source cannot be asked exactly that.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.column_options import ColumnOptions
from adapters.convert_dates import read_date, read_instant
from adapters.convert_money import money_reader
from adapters.convert_text import Read, read_code, read_int, read_text
from schema.catalogue import FieldRule, Kind
from schema.predicate import Op, Scalar

Writer = Callable[[Op, Any], tuple[Op, Any] | None]
_UNITS = {"yuan": Decimal(1), "wan": Decimal(10_000)}


def conversion(field: FieldRule, column: ColumnOptions) -> tuple[Read, Writer]:
    """How one value of the field is read, and how a comparison with one is written."""
    match field.kind:
        case Kind.CODE:
            return read_code, write_same
        case Kind.INT:
            return read_int, write_same
        case Kind.BOOLEAN:
            return boolean_reader(column), _boolean_writer(column)
        case Kind.DATE:
            return read_date, _date_writer(column)
        case Kind.DATETIME:
            return read_instant, write_never
        case Kind.ENUM:
            return _enum_reader(field, column), _enum_writer(column)
        case Kind.MONEY:
            return money_reader(_UNITS[column.unit], column.currency), write_never
        case Kind.TEXT:
            return read_text, write_same


def boolean_reader(column: ColumnOptions) -> Read:
    """Reads truth from a native value or a text."""

    def read(raw: Any) -> bool | None:
        if isinstance(raw, bool):
            return raw
        text = read_text(raw)
        return None if text is None else text in column.truthy

    return read


def _boolean_writer(column: ColumnOptions) -> Writer:
    def write(op: Op, value: Any) -> tuple[Op, Any] | None:
        return (op, value) if column.type == "native" and op is Op.EQ else None

    return write


def _date_writer(column: ColumnOptions) -> Writer:
    def write(op: Op, value: Any) -> tuple[Op, Any] | None:
        if op not in (Op.EQ, Op.GE, Op.LE, Op.LT):
            return None
        if column.type == "compact":
            return op, str(value).replace("-", "")
        if column.type == "date":
            return op, date.fromisoformat(str(value))
        return (op, value) if column.type == "text" else None

    return write


def _enum_reader(field: FieldRule, column: ColumnOptions) -> Read:
    names = frozenset(field.enum.__members__) if field.enum else frozenset()

    def read(raw: Any) -> str | None:
        text = str(raw).strip()
        name = column.codes.get(text, text)
        if name in names:
            return name
        if not text:
            return None
        raise ValueError("not a value of the enumeration")

    return read


def _enum_writer(column: ColumnOptions) -> Writer:
    def write(op: Op, value: Any) -> tuple[Op, Any] | None:
        wanted = (value,) if op is Op.EQ else value if op is Op.IN else ()
        if not wanted:
            return None
        stored = [code for code, name in column.codes.items() if name in wanted]
        stored += [name for name in wanted if name not in column.codes]
        return Op.IN, tuple(stored)

    return write


def write_same(op: Op, value: Scalar | tuple[Scalar, ...]) -> tuple[Op, Any] | None:
    """The comparison as it is: the source stores canonical values."""
    return op, value


def write_never(op: Op, value: Any) -> tuple[Op, Any] | None:
    """Nothing but whether there is a value."""
    return (op, value) if op is Op.IS_NULL else None
