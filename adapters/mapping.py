"""From a department's columns to the schema's fields, and back for predicates: configuration, not code.

`read` turns a source's value into canonical form or says that it can't; `write` turns a canonical value into what
the source stores, or says that the comparison can't be pushed down. Knows no transport.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from adapters.base import AS_OF, DISPUTED, KEY, LOCAL
from adapters.column_options import Column, ColumnOptions, column_fault
from adapters.conversion import Writer, boolean_reader, conversion, write_never, write_same
from adapters.convert_dates import read_instant
from adapters.convert_text import Read, list_reader, read_code, read_text, tolerant
from schema.catalogue import FieldRule, RecordRule


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
    read: Read
    write: Writer
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
            return Reader(self.keys[key], tolerant(read_code if code else read_text), write_same)
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
        fault = column_fault(field, column)
        if fault:
            faults.append(f"columns.{name}: {fault}")
        else:
            readers[name] = field_reader(field, column)
    readers[LOCAL] = Reader(options.local, tolerant(read_text), write_same)
    readers[AS_OF] = _special(options.as_of, read_instant)
    readers[DISPUTED] = _special(options.disputed, boolean_reader(options.disputed or ColumnOptions()))
    return (None, faults) if faults else (RecordMap(options.record, readers, dict(options.keys)), [])


def field_reader(field: FieldRule, column: ColumnOptions) -> Reader:
    """Conversion of one field."""
    if column.constant is not None:
        constant = column.constant
        return Reader(None, lambda raw: constant, lambda op, value: None, constant)
    one, write = conversion(field, column)
    read = list_reader(one, column.separator) if field.many else one
    return Reader(column.column, tolerant(read), write_never if field.many else write, None, column.type)


def _special(column: ColumnOptions | None, read: Read) -> Reader:
    if column is None or column.column is None:
        constant = None if column is None else column.constant
        return Reader(None, lambda raw: constant, write_never, constant)
    return Reader(column.column, tolerant(read), write_never, None, column.type)
