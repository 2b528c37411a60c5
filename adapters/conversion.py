"""The conversion of one field: `read` turns a source's value into canonical form, `write` a comparison into the source's.

`read` raises what `tolerant` turns into Unreadable; `write` is None where the source cannot be asked exactly that.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from adapters.column_options import ColumnOptions
from adapters.convert_dates import (
    endless_date_reader,
    endlessness_reader,
    loose_date_reader,
    loose_instant_reader,
    read_date,
    read_instant,
)
from adapters.convert_money import loose_money_reader, money_reader
from adapters.convert_text import (
    Read,
    folded_text,
    list_reader,
    plain_text,
    read_code,
    read_int,
    read_loose_code,
    read_loose_int,
    read_loose_text,
    read_text,
    unless_absent,
    unvouched,
)
from schema.catalogue import FieldRule, Kind
from schema.predicate import Op
from schema.uscc import normalise_uscc

Writer = Callable[[Op, Any], tuple[Op, Any] | None]
_UNITS = {"yuan": Decimal(1), "wan": Decimal(10_000)}
_NO_NAMES: frozenset[str] = frozenset()
REGISTERED = "Entity.uscc"
"""The code whose owner, the register, vouches for it where a citizen number passes every check of a code."""


def conversion(field: FieldRule, column: ColumnOptions) -> tuple[Read, Writer]:
    """How the field is read, all its values if it has many, and how a comparison with it is written."""
    one = value_reader(field.kind, column, frozenset(field.enum.__members__) if field.enum else _NO_NAMES)
    if field.kind is Kind.CODE and field.coordinate != REGISTERED:
        one = unvouched(one)
    if not field.many:
        return one, value_writer(field.kind, column)
    every = list_reader(one, column.separators, folded_text if column.loose else str)
    if column.loose and field.enum:
        every = _each_once(every)
    return _unless_absent(every, field.kind, column), write_never


def value_reader(kind: Kind, column: ColumnOptions, names: frozenset[str] = _NO_NAMES) -> Read:
    """How one value of a kind is read; `names` are those of an enumeration."""
    return _unless_absent(_reader(kind, column, names), kind, column)


def value_writer(kind: Kind, column: ColumnOptions) -> Writer:
    """How a comparison with a value of a kind is written."""
    if not column.compared_as_stored(kind):
        return write_never
    write = _writer(kind, column)
    never = column.absent_texts(kind).union(column.endless)
    if not never:
        return write

    def write_some(op: Op, value: Any) -> tuple[Op, Any] | None:
        # Whatever else is compared would let through rows whose value only stands for none.
        written = write(op, value) if op in (Op.EQ, Op.IN) else None
        if written is None:
            return None
        if written[0] is Op.EQ:
            return written if never.isdisjoint((value, written[1])) else None
        stored = tuple(each for each in written[1] if each not in never)
        return (Op.IN, stored) if stored or not written[1] else None

    return write_some


def write_never(op: Op, value: Any) -> tuple[Op, Any] | None:
    """Nothing but whether there is a value."""
    return (op, value) if op is Op.IS_NULL else None


def _unless_absent(read: Read, kind: Kind, column: ColumnOptions) -> Read:
    code = column.type == "code" or (kind is Kind.CODE and column.loose)
    text_of = _code_of if code else _text_of(column)
    return unless_absent(read, frozenset(map(text_of, column.absent_texts(kind))), text_of)


def _text_of(column: ColumnOptions) -> Callable[[Any], str]:
    return folded_text if column.loose else plain_text


def _code_of(raw: Any) -> str:
    return normalise_uscc(folded_text(raw))


def _reader(kind: Kind, column: ColumnOptions, names: frozenset[str]) -> Read:
    match kind:
        case Kind.CODE:
            return read_loose_code if column.loose else read_code
        case Kind.INT:
            return read_loose_int if column.loose else read_int
        case Kind.BOOLEAN:
            return _boolean_reader(column)
        case Kind.DATE:
            days = _day_reader(column)
            return endless_date_reader(days, _endless(column), _text_of(column)) if column.endless else days
        case Kind.DATETIME:
            return loose_instant_reader(column.type) if column.loose or column.counted else read_instant
        case Kind.ENUM:
            return _enum_reader(column, names)
        case Kind.MONEY:
            reader = loose_money_reader if column.loose else money_reader
            return reader(_UNITS[column.unit], column.currency)
        case Kind.TEXT if column.type == "code":
            return read_loose_code
        case Kind.TEXT:
            return read_loose_text if column.loose else read_text


def _day_reader(column: ColumnOptions) -> Read:
    return loose_date_reader(column.type) if column.loose or column.counted else read_date


def _endless(column: ColumnOptions) -> frozenset[str]:
    return frozenset(map(_text_of(column), column.endless))


def _boolean_reader(column: ColumnOptions) -> Read:
    text_of = _text_of(column)
    if column.endless:
        return endlessness_reader(_day_reader(column), _endless(column), text_of)

    def read(raw: Any) -> bool | None:
        if isinstance(raw, bool):
            return raw
        if isinstance(raw, (dict, list)):
            raise TypeError("not a text")
        text = text_of(raw)
        if text and column.falsy and text not in (*column.truthy, *column.falsy):
            raise ValueError("neither yes nor no")
        return text in column.truthy if text else None

    return read


def _enum_reader(column: ColumnOptions, names: frozenset[str]) -> Read:
    text_of = _text_of(column)
    codes = {text_of(code): name for code, name in column.codes.items()} if column.loose else column.codes
    begins = sorted((code[:-1] for code in codes if code.endswith("*")), key=len, reverse=True)

    def read(raw: Any) -> str | None:
        text = text_of(raw)
        name = codes.get(text, text)
        if name in names:
            return name
        if not text:
            return None
        begin = next((begin for begin in begins if text.startswith(begin)), None)
        if begin is None:
            raise ValueError("not a value of the enumeration")
        return codes[f"{begin}*"]

    return read


def _each_once(read: Read) -> Read:
    def read_distinct(raw: Any) -> tuple[Any, ...] | None:
        values = read(raw)
        return None if values is None else tuple(dict.fromkeys(values))

    return read_distinct


def _writer(kind: Kind, column: ColumnOptions) -> Writer:
    match kind:
        case Kind.BOOLEAN:
            return lambda op, value: (op, value) if column.type == "native" and op is Op.EQ else None
        case Kind.DATE:
            return lambda op, value: _write_date(column, op, value)
        case Kind.ENUM:
            return lambda op, value: _write_enum(column, op, value)
        case Kind.DATETIME | Kind.MONEY:
            return write_never
        case _:
            return lambda op, value: (op, value)


def _write_date(column: ColumnOptions, op: Op, value: Any) -> tuple[Op, Any] | None:
    if op not in (Op.EQ, Op.GE, Op.LE, Op.LT):
        return None
    if column.type == "compact":
        return op, str(value).replace("-", "")
    if column.type == "date":
        return op, date.fromisoformat(str(value))
    return (op, value) if column.type == "text" else None


def _write_enum(column: ColumnOptions, op: Op, value: Any) -> tuple[Op, Any] | None:
    wanted = (value,) if op is Op.EQ else value if op is Op.IN else ()
    if not wanted:
        return None
    stored = [code for code, name in column.codes.items() if name in wanted]
    stored += [name for name in wanted if name not in column.codes]
    return Op.IN, tuple(stored)
