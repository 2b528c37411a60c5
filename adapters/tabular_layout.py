"""How a record lies in the local store: a column for each field, its canonical value in a form that SQL compares.

Derives from the mapping of a file the mapping of the copy, which the SQL adapter reads. Of fields that may not be
copied there is no column at all. Knows neither files nor the store.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

from adapters.base import AS_OF, DISPUTED, LOCAL, Unreadable
from adapters.column_options import ColumnOptions
from adapters.mapping import Reader, RecordMap, RecordOptions, field_reader
from adapters.records import HeldField, HeldRecord
from adapters.tabular_options import TabularRecord
from auth.classes import Sensitivity
from schema.catalogue import FieldRule, Kind, RecordRule
from schema.predicate import Op

GONE, ROW, FILE, TIME = "$gone", "$row", "$file", "$time"
"""Columns of the store's own: withdrawn by its file, row and number of the file it came from, time of that file."""
_NUMBERS = frozenset({Kind.INT, Kind.BOOLEAN})
_EXACT = frozenset({Kind.CODE, Kind.TEXT, Kind.INT, Kind.MONEY})
_INDEXED = frozenset({Kind.CODE, Kind.TEXT, Kind.INT, Kind.DATE, Kind.ENUM})
_NO_TEXT = "?"
_NO_BYTES = b"?"


@dataclass(frozen=True, slots=True)
class StoredColumn:
    """A column of the store: what it is called, declared as, how a value is packed, what stands for an unreadable one.

    What stands for an unreadable value is nothing the column's kind can be read from: a text, or bytes where every
    text can be.
    """

    name: str
    type: type[TypeEngine[Any]]
    pack: Callable[[Any], Any] | None
    unreadable: str | bytes


@dataclass(frozen=True, slots=True)
class Source:
    """What a file gives for a stored column: the heading it stands under, what it means and how it is read.

    `joined`: further headings whose cells are read together with the first, as a tuple · `exact`: every digit counts ·
    `codes`: texts that stand for the values of an enumeration.
    """

    stored: StoredColumn
    column: str
    read: Callable[[Any], Any]
    kind: Kind
    exact: bool = True
    personal: bool = False
    codes: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Name of its column in the store."""
        return self.stored.name


@dataclass(frozen=True, slots=True)
class RecordPlan:
    """A record of files: what is read of them, which columns are never copied, and how the copy is read."""

    options: TabularRecord
    held: HeldRecord
    sources: tuple[Source, ...]
    dropped: tuple[str, ...]
    copy: HeldRecord
    indexed: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name of the record."""
        return self.options.record

    @property
    def wanted(self) -> dict[str, tuple[str, ...]]:
        """Headings that a file must have, with the names each may go by."""
        deletion = (self.options.deletion.column,) if self.options.deletion else ()
        columns = [column for source in self.sources for column in (source.column, *source.joined)]
        spellings = self.options.spellings
        return {column: (column, *spellings.get(column, ())) for column in (*columns, *deletion)}


def plan_record(held: HeldRecord, options: TabularRecord, rule: RecordRule) -> RecordPlan:
    """The plan of a record; ValueError naming what cannot be, one fault a line."""
    left_out = frozenset(name for name in held.options.columns if _is_left_out(rule.fields[name], held))
    faults = _faults(held, options, left_out)
    if faults:
        raise ValueError("\n".join(faults))
    sources = [*_own_sources(held), *_field_sources(held, rule, left_out)]
    dropped = (*(str(held.map.reader(name).column) for name in sorted(left_out)), *options.never)
    copy = _copy(held, rule, {source.name: source for source in sources})
    return RecordPlan(options, held, tuple(sources), dropped, copy, _indexed(held, copy))


def _is_left_out(rule: FieldRule, held: HeldRecord) -> bool:
    return held.map.reader(rule.name).column is not None and rule.sensitivity is Sensitivity.SENSITIVE


def _faults(held: HeldRecord, options: TabularRecord, left_out: frozenset[str]) -> list[str]:
    names = [*held.options.columns, *held.options.keys, LOCAL, AS_OF, DISPUTED]
    read = {name: held.map.reader(name).column for name in names}
    never = {*options.never, *(read[name] for name in left_out)}
    faults = [f"{name}: {column} is never copied" for name, column in read.items() if column in never - {None}]
    known = {*held.options.columns, *held.options.keys} - left_out
    faults += [f"required.{name}: is not read from a file" for name in options.required or () if name not in known]
    return [fault for fault in faults if fault.partition(":")[0] not in left_out]


def _own_sources(held: HeldRecord) -> list[Source]:
    text = StoredColumn(LOCAL, sa.Text, None, _NO_BYTES)
    local = held.map.reader(LOCAL)
    found = [Source(text, _column(local), local.read, Kind.TEXT, joined=local.joined)]
    for key in held.options.keys:
        reader = held.map.key_reader(key)
        kind = Kind.CODE if key == "uscc" else Kind.TEXT
        stored = StoredColumn(key_column(key), sa.Text, None, _NO_BYTES)
        found.append(Source(stored, _column(reader), reader.read, kind))
    return found


def _field_sources(held: HeldRecord, rule: RecordRule, left_out: frozenset[str]) -> list[Source]:
    found: list[Source] = []
    for name in held.options.columns:
        reader, field = held.map.readers[name], rule.fields[name]
        if name in left_out or reader.column is None:
            continue
        stored = _stored(name, field.kind, many=field.many)
        exact = field.kind in _EXACT and not field.many
        personal = field.sensitivity >= Sensitivity.PERSONAL
        found.append(Source(stored, reader.column, reader.read, field.kind, exact, personal, _codes(held, field)))
    for name, kind in ((AS_OF, Kind.DATETIME), (DISPUTED, Kind.BOOLEAN)):
        reader = held.map.readers[name]
        if reader.column is not None:
            stored = _stored(name, kind, many=False)
            found.append(Source(stored, reader.column, reader.read, kind, exact=False))
    return found


def _codes(held: HeldRecord, field: FieldRule) -> tuple[str, ...]:
    if field.enum is None:
        return ()
    return tuple(code for code in held.options.columns[field.name].codes if code) or tuple(field.enum.__members__)


def _column(reader: Reader) -> str:
    assert reader.column is not None  # noqa: S101 - keys and LOCAL are never constants
    return reader.column


def key_column(key: str) -> str:
    """Column of the store that holds a key."""
    return f"$key {key}"


def _stored(name: str, kind: Kind, *, many: bool) -> StoredColumn:
    if many or kind is Kind.MONEY:
        return StoredColumn(name, sa.Text, _pack_list, _NO_TEXT)
    pack = int if kind is Kind.BOOLEAN else None
    every_text = kind in (Kind.TEXT, Kind.CODE, Kind.BOOLEAN)
    return StoredColumn(name, sa.Integer if kind in _NUMBERS else sa.Text, pack, _NO_BYTES if every_text else _NO_TEXT)


def _pack_list(values: Any) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


def _copy(held: HeldRecord, rule: RecordRule, sources: Mapping[str, Source]) -> HeldRecord:
    """The record as the store holds it."""
    readers: dict[str, Reader] = {}
    columns: dict[str, ColumnOptions] = {}
    for name, declared in held.options.columns.items():
        if name in sources:
            columns[name] = _copied(name, sources[name].kind)
            readers[name] = _reader(rule.fields[name], columns[name])
        elif held.map.readers[name].column is None:
            columns[name], readers[name] = declared, held.map.readers[name]
    readers[LOCAL] = Reader(LOCAL, _read_text, _write_same)
    readers[AS_OF] = Reader(AS_OF, _read_instant, _write_never)
    readers[DISPUTED] = Reader(DISPUTED, _read_truth, _write_never)
    if DISPUTED not in sources:
        readers[DISPUTED] = held.map.readers[DISPUTED]
    if held.map.readers[AS_OF].constant is not None:
        readers[AS_OF] = held.map.readers[AS_OF]
    keys = {key: key_column(key) for key in held.options.keys if key not in columns}
    readers |= {key: Reader(column, _read_text, _write_same) for key, column in keys.items()}
    options = RecordOptions(
        record=held.name, columns=columns, keys=keys, local=LOCAL, searchable=held.options.searchable
    )
    mapped = RecordMap(held.name, readers, {})
    fields = {
        name: replace(field, options=columns.get(name) or ColumnOptions(column=mapped.reader(name).column))
        for name, field in held.fields.items()
        if name in columns or name not in held.options.columns
    }
    return HeldRecord(options, mapped, fields)


def _copied(name: str, kind: Kind) -> ColumnOptions:
    return ColumnOptions(column=name, type="native" if kind is Kind.INT else "text", truthy=("1",))


def _reader(field: FieldRule, column: ColumnOptions) -> Reader:
    if field.many or field.kind is Kind.MONEY:
        return Reader(column.column, _read_list, _write_never)
    return field_reader(field, column)


def _indexed(held: HeldRecord, copy: HeldRecord) -> tuple[str, ...]:
    """Columns of the store with an index: keys, and what can be searched by."""
    keys = [key_column(key) for key in copy.options.keys]
    single = [field for field in copy.fields.values() if _is_indexed(field, held)]
    return tuple(dict.fromkeys([*keys, *(field.name for field in single)]))


def _is_indexed(field: HeldField, held: HeldRecord) -> bool:
    if field.name not in held.options.columns or field.options.column is None:
        return False
    if field.many or field.kind not in _INDEXED:
        return False
    # A code or a text is a key even where the record is not searched.
    return held.options.searchable or field.kind in (Kind.CODE, Kind.TEXT)


def _read_text(value: Any) -> Any:
    return Unreadable.VALUE if isinstance(value, bytes) else value


def _read_instant(value: Any) -> Any:
    return Unreadable.VALUE if value == _NO_TEXT else value


def _read_truth(value: Any) -> Any:
    return Unreadable.VALUE if isinstance(value, bytes) else None if value is None else bool(value)


def _read_list(value: Any) -> Any:
    if value is None:
        return None
    return Unreadable.VALUE if value == _NO_TEXT else tuple(json.loads(value))


def _write_same(op: Op, value: Any) -> tuple[Op, Any] | None:
    return op, value


def _write_never(op: Op, value: Any) -> tuple[Op, Any] | None:
    return (op, value) if op is Op.IS_NULL else None
