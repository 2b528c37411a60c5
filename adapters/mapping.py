"""From a department's columns to the schema's fields, and back for predicates: configuration, not code.

`read` turns a source's value into canonical form or says that it can't; `write` turns a canonical value into what
the source stores, or says that the comparison can't be pushed down. Knows no transport.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from adapters.base import AS_OF, DISPUTED, KEY, LOCAL, Unreadable
from schema.catalogue import FieldRule, Kind, RecordRule
from schema.predicate import Op, Scalar
from schema.uscc import is_citizen_id, is_personal, normalise_uscc

SHANGHAI = ZoneInfo("Asia/Shanghai")
_REGISTERED = "Entity.uscc"
"""The code whose owner, the register, vouches for it where a citizen number passes every check of a code."""
_LARGEST = 18
"""Decimal exponent beyond which a number is no sum of money: written out it would fill the memory."""
_DATE = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})", re.ASCII)


class ColumnOptions(BaseModel):
    """How one field is read: a column (or path) with its conversions, or a constant.

    codes: source text → enum name · separator: splits a list · unit: of money · type: what the source stores
    dates as (text `YYYY-MM-DD`, compact `YYYYMMDD`, native date or timestamp) · truthy: texts that mean yes.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    column: str | None = None
    constant: str | int | bool | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    separator: str | None = None
    unit: Literal["yuan", "wan"] = "yuan"
    currency: str = "CNY"
    type: Literal["text", "compact", "date", "timestamp", "native"] = "text"
    truthy: tuple[str, ...] = ("1", "true", "True", "TRUE", "Y", "y", "是")


def _shorthand(value: Any) -> Any:
    return {"column": value} if isinstance(value, str) else value


Column = Annotated[ColumnOptions, BeforeValidator(_shorthand)]


class RecordOptions(BaseModel):
    """What every kind of source says of a record it owns; kinds add where it lies (table, path …).

    keys: key field → column, for keys that are not fields of the record themselves (`uscc` of a licence).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: str
    columns: dict[str, Column]
    keys: dict[str, str] = Field(default_factory=dict)
    local: str
    as_of: Column | None = None
    disputed: Column | None = None
    fresh_days: int | None = Field(default=None, ge=1)
    searchable: bool = True


@dataclass(frozen=True, slots=True)
class Reader:
    """Conversion of one field: `column` is None for a constant."""

    column: str | None
    read: Callable[[Any], Any]
    write: Callable[[Op, Any], tuple[Op, Any] | None]
    constant: Any = None
    type: str = "text"


@dataclass(frozen=True, slots=True)
class RecordMap:
    """All conversions of one record at one source; `$key`, `$local`, `$asOf`, `$disputed` are read like fields."""

    record: str
    readers: Mapping[str, Reader]
    keys: Mapping[str, str]

    def reader(self, column: str, key: str = "") -> Reader:
        """Conversion of a field or `$` column; `key` names the key field that `$key` stands for."""
        if column == KEY or column not in self.readers:
            return self.key_reader(key if column == KEY else column)
        return self.readers[column]

    def key_reader(self, key: str) -> Reader:
        """Conversion of the column that holds a key."""
        if key in self.keys:
            code = key == "uscc"
            return Reader(self.keys[key], _tolerant(_read_code if code else _read_text), _write_same)
        return self.readers[key]

    def decode(self, columns: Sequence[str], raw: Sequence[Any], key: str = "") -> tuple[Any, ...]:
        """One row in canonical form from raw values in the order of the columns."""
        return tuple(self.reader(c, key).read(value) for c, value in zip(columns, raw, strict=True))


def build_map(options: RecordOptions, rule: RecordRule) -> tuple[RecordMap | None, list[str]]:
    """Map of a record from its options, or everything that is wrong with them."""
    faults = [f"columns.{name}: {rule.name} has no such field" for name in options.columns if name not in rule.fields]
    readers: dict[str, Reader] = {}
    for name, column in options.columns.items():
        field = rule.fields.get(name)
        if field is None:
            continue
        fault = _column_fault(field, column)
        if fault:
            faults.append(f"columns.{name}: {fault}")
        else:
            readers[name] = field_reader(field, column)
    readers[LOCAL] = Reader(options.local, _tolerant(_read_text), _write_same)
    readers[AS_OF] = _special(options.as_of, _read_instant)
    readers[DISPUTED] = _special(options.disputed, _boolean_reader(options.disputed or ColumnOptions()))
    return (None, faults) if faults else (RecordMap(options.record, readers, dict(options.keys)), [])


def field_reader(field: FieldRule, column: ColumnOptions) -> Reader:
    """Conversion of one field."""
    if column.constant is not None:
        constant = column.constant
        return Reader(None, lambda raw: constant, lambda op, value: None, constant)
    one, write = _conversion(field, column)
    read = _list_reader(one, column.separator) if field.many else one
    return Reader(column.column, _tolerant(read), _write_never if field.many else write, None, column.type)


def _column_fault(field: FieldRule, column: ColumnOptions) -> str | None:
    if (column.column is None) == (column.constant is None):
        return "give either a column or a constant"
    if field.compute is not None:
        return "is computed by the hub and not read from a source"
    unknown = set(column.codes.values()) - set(field.enum.__members__) if field.enum else set()
    if unknown:
        return f"codes lead to {', '.join(sorted(unknown))}, which {field.coordinate} does not have"
    if column.codes and field.enum is None:
        return "codes belong to enumerations only"
    if field.enum and column.constant is not None and column.constant not in field.enum.__members__:
        return f"{column.constant} is not a value of {field.coordinate}"
    return None


def _special(column: ColumnOptions | None, read: Callable[[Any], Any]) -> Reader:
    if column is None or column.column is None:
        constant = None if column is None else column.constant
        return Reader(None, lambda raw: constant, _write_never, constant)
    return Reader(column.column, _tolerant(read), _write_never, None, column.type)


Writer = Callable[[Op, Any], tuple[Op, Any] | None]


def _conversion(field: FieldRule, column: ColumnOptions) -> tuple[Callable[[Any], Any], Writer]:
    match field.kind:
        case Kind.CODE:
            return _read_code if field.coordinate == _REGISTERED else _read_unvouched_code, _write_same
        case Kind.INT:
            return _read_int, _write_same
        case Kind.BOOLEAN:
            return _boolean_reader(column), _boolean_writer(column)
        case Kind.DATE:
            return _read_date, _date_writer(column)
        case Kind.DATETIME:
            return _read_instant, _write_never
        case Kind.ENUM:
            return _enum_reader(field, column), _enum_writer(column)
        case Kind.MONEY:
            return _money_reader(column), _write_never
        case Kind.TEXT:
            return _read_text, _write_same


def _tolerant(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def tolerant(raw: Any) -> Any:
        if raw is None:
            return None
        if isinstance(raw, (bytes, memoryview)):
            return Unreadable.VALUE
        try:
            return read(raw)
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            return Unreadable.VALUE

    return tolerant


def _read_text(raw: Any) -> str | None:
    if isinstance(raw, (dict, list)):
        raise TypeError("not a text")
    return str(raw).strip() or None


def _read_code(raw: Any) -> str | None:
    code = normalise_uscc(_read_text(raw) or "") or None
    if code is not None and is_personal(code):
        raise ValueError("a person's number")
    return code


def _read_unvouched_code(raw: Any) -> str | None:
    code = _read_code(raw)
    if code is not None and is_citizen_id(code):
        raise ValueError("a person's number")
    return code


def _read_int(raw: Any) -> int | None:
    if isinstance(raw, str) and not raw.strip():
        return None
    number = int(raw)
    if isinstance(raw, (float, Decimal)) and number != raw:
        raise ValueError("not a whole number")
    if not -(2**31) <= number < 2**31:
        raise ValueError("beyond 32 bits")
    return number


def _read_date(raw: Any) -> str | None:
    if isinstance(raw, datetime):
        return raw.astimezone(SHANGHAI).date().isoformat() if raw.tzinfo else raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    text = str(raw).strip()
    if not text:
        return None
    match = _DATE.match(text)
    if match is None or (len(text) > match.end() and text[match.end()] not in "T "):
        raise ValueError("not a date")
    return date(int(match[1]), int(match[2]), int(match[3])).isoformat()


def _read_instant(raw: Any) -> str | None:
    if isinstance(raw, str):
        if not raw.strip():
            return None
        raw = datetime.fromisoformat(raw.strip())
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = datetime(raw.year, raw.month, raw.day, tzinfo=SHANGHAI)
    if not isinstance(raw, datetime):
        raise TypeError("not an instant")
    local = raw.astimezone(SHANGHAI) if raw.tzinfo else raw.replace(tzinfo=SHANGHAI)
    return local.isoformat(timespec="seconds")


def _boolean_reader(column: ColumnOptions) -> Callable[[Any], Any]:
    def read(raw: Any) -> bool | None:
        if isinstance(raw, bool):
            return raw
        text = _read_text(raw)
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


def _enum_reader(field: FieldRule, column: ColumnOptions) -> Callable[[Any], Any]:
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


def _money_reader(column: ColumnOptions) -> Callable[[Any], Any]:
    factor = Decimal(10000) if column.unit == "wan" else Decimal(1)

    def read(raw: Any) -> tuple[str, str, str] | None:
        text = str(raw).strip().replace(",", "")
        if not text:
            return None
        amount = Decimal(text) * factor
        if not amount.is_finite() or abs(amount.normalize().adjusted()) > _LARGEST:
            raise ValueError("not an amount")
        return format(amount.normalize(), "f"), column.currency, str(raw).strip()

    return read


def _list_reader(one: Callable[[Any], Any], separator: str | None) -> Callable[[Any], Any]:
    def read(raw: Any) -> tuple[Any, ...] | None:
        parts: Any = raw
        if isinstance(raw, str):
            parts = raw.split(separator) if separator else json.loads(raw) if raw.strip() else []
        if not isinstance(parts, (list, tuple)):
            raise TypeError("not a list")
        values = tuple(value for part in parts if part is not None and (value := one(part)) is not None)
        return values or None

    return read


def _write_same(op: Op, value: Scalar | tuple[Scalar, ...]) -> tuple[Op, Any] | None:
    return op, value


def _write_never(op: Op, value: Any) -> tuple[Op, Any] | None:
    return (op, value) if op is Op.IS_NULL else None
