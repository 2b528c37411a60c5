"""From a department's columns to the schema's fields, and back for predicates: configuration, not code.

`read` turns a source's value into canonical form or says that it can't; `write` turns a canonical value into what
the source stores, or says that the comparison can't be pushed down. Knows no transport.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any
from unicodedata import normalize

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, field_validator, model_validator

from adapters.base import AS_OF, DISPUTED, KEY, LOCAL
from adapters.column_options import Column, ColumnOptions, column_fault
from adapters.conversion import Writer, conversion, value_reader, value_writer, write_never
from adapters.convert_text import Read, joined_reader, read_text, tolerant
from adapters.dialect import dialect_names, load_dialect, spoken
from schema.catalogue import FieldRule, Kind, RecordRule


def _one_or_several(value: Any) -> Any:
    several = value if isinstance(value, (list, tuple)) else (value,)
    if not several or not all(isinstance(column, str) for column in several):
        raise ValueError("Input should be a valid string, or a list of them")
    return tuple(several) if len(several) > 1 else several[0]


Local = Annotated[str | tuple[str, ...], BeforeValidator(_one_or_several)]


class KeepOptions(BaseModel):
    """What is kept of a record for when its source is silent: fields, for how long, on which basis."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fields: tuple[str, ...] = Field(min_length=1)
    max_age_hours: int = Field(ge=1, le=720)
    basis: str = Field(min_length=1, max_length=1000)


class RecordOptions(BaseModel):
    """What every kind of source says of a record it owns; kinds add where it lies (table, path …).

    dialect: a known vocabulary, whose columns, keys, local and so on hold where nothing else is said · absent: texts
    that stand for a missing value in any column or key · keys: key field → column, for keys that are not fields of the
    record themselves (`uscc` of a licence) · local: column of the row's own identifier, or several that make it up
    together · spellings: column → other names it goes by · never: columns that are never read.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    record: str
    dialect: str | None = None
    absent: tuple[str, ...] = ()
    columns: dict[str, Column]
    keys: dict[str, str] = Field(default_factory=dict)
    local: Local
    as_of: Column | None = None
    disputed: Column | None = None
    fresh_days: int | None = Field(default=None, ge=1)
    searchable: bool = True
    spellings: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    never: tuple[str, ...] = ()
    keep: KeepOptions | None = None

    @model_validator(mode="before")
    @classmethod
    def _speak(cls, said: Any) -> Any:
        name = said.get("dialect") if isinstance(said, dict) else None
        if name is None:
            return said
        # A dialect that is not known is told by its own field; what it would have given is not missed as well.
        known = isinstance(name, str) and name in dialect_names()
        return spoken(load_dialect(name), said) if known else {"columns": {}, "local": "", **said}

    @field_validator("dialect")
    @classmethod
    def _known(cls, name: str | None, info: ValidationInfo) -> str | None:
        if name is not None and name not in dialect_names():
            raise ValueError(f"there is no {name}; dialects are {', '.join(sorted(dialect_names()))}")
        if name is not None and load_dialect(name).record != info.data.get("record"):
            raise ValueError(f"{name} is a dialect of {load_dialect(name).record}")
        return name

    @field_validator("columns")
    @classmethod
    def _columns_absent(cls, columns: dict[str, ColumnOptions], info: ValidationInfo) -> dict[str, ColumnOptions]:
        return {name: _also_absent(column, info) for name, column in columns.items()}

    @field_validator("as_of", "disputed")
    @classmethod
    def _special_absent(cls, column: ColumnOptions | None, info: ValidationInfo) -> ColumnOptions | None:
        return None if column is None else _also_absent(column, info)

    @property
    def local_columns(self) -> tuple[str, ...]:
        """The columns that make up the row's own identifier."""
        return (self.local,) if isinstance(self.local, str) else self.local

    @property
    def source_columns(self) -> frozenset[str]:
        """Every column that is read."""
        columns = [*self.columns.values(), *(c for c in (self.as_of, self.disputed) if c is not None)]
        return frozenset({c.column for c in columns if c.column}.union(self.local_columns, self.keys.values()))

    def key_options(self, key: str) -> ColumnOptions:
        """How a key that is no field of the record is read; in a dialect, as people write it."""
        return ColumnOptions(column=self.keys[key], absent=self.absent, loose=self.dialect is not None)

    def never_among(self, names: Iterable[str]) -> frozenset[str]:
        """Those of a source's columns that hold numbers of persons, whatever their case, width or blanks."""
        never = frozenset(map(_alike, self.never))
        return frozenset(name for name in names if _alike(name) in never)

    def spelt(self, available: Iterable[str]) -> dict[str, str]:
        """Column that is read → its name at a source that has these columns; those the source lacks are left out.

        The first spelling the source has counts; with a dialect, so does one that differs in case, width or blanks.
        """
        names = dict.fromkeys(available)
        alike: dict[str, list[str]] = {}
        for name in names if self.dialect is not None else ():
            alike.setdefault(_alike(name), []).append(name)
        found: dict[str, str] = {}
        for column in self.source_columns:
            spellings = (column, *self.spellings.get(column, ()))
            exact = [name for name in spellings if name in names]
            near = [name for one in spellings if len(alike.get(_alike(one), ())) == 1 for name in alike[_alike(one)]]
            if exact or near:
                found[column] = (exact or near)[0]
        return found


def _also_absent(column: ColumnOptions, info: ValidationInfo) -> ColumnOptions:
    absent = tuple(dict.fromkeys((*column.absent, *info.data.get("absent", ()))))
    return column.model_copy(update={"absent": absent})


def _alike(name: str) -> str:
    return "".join(normalize("NFKC", name).casefold().split())


@dataclass(frozen=True, slots=True)
class Reader:
    """Conversion of one field: `column` is None for a constant.

    joined: further columns, whose cells `read` takes together with the first as a tuple.
    """

    column: str | None
    read: Read
    write: Writer
    constant: Any = None
    type: str = "text"
    joined: tuple[str, ...] = ()

    def of(self, raw: Mapping[str, Any]) -> Any:
        """Canonical value in a raw row (column → cell); a column the row leaves out has no value."""
        if self.column is None:
            return self.read(None)
        if self.joined:
            return self.read(tuple(raw.get(column) for column in (self.column, *self.joined)))
        return self.read(raw.get(self.column))

    def all_of(self, raws: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The same of many rows at once."""
        read, column = self.read, self.column
        if column is None:
            return [read(None)] * len(raws)
        if self.joined:
            return [self.of(raw) for raw in raws]
        return [read(raw.get(column)) for raw in raws]

    def spelt(self, names: Mapping[str, str]) -> "Reader":
        """The same for a source that calls its columns otherwise."""
        column = None if self.column is None else names.get(self.column, self.column)
        return replace(self, column=column, joined=tuple(names.get(each, each) for each in self.joined))


@dataclass(frozen=True, slots=True)
class RecordMap:
    """All conversions of one record at one source; `$key`, `$local`, `$asOf`, `$disputed` are read like fields."""

    record: str
    readers: Mapping[str, Reader]
    keys: Mapping[str, Reader]

    def reader(self, column: str, key: str = "") -> Reader:
        """Conversion of a field or `$` column; `key` names the key field that `$key` stands for."""
        if column == KEY or column not in self.readers:
            return self.key_reader(key if column == KEY else column)
        return self.readers[column]

    def key_reader(self, key: str) -> Reader:
        """Conversion of the column that holds a key."""
        return self.keys[key] if key in self.keys else self.readers[key]

    def spelt(self, names: Mapping[str, str]) -> "RecordMap":
        """The same for a source that calls its columns otherwise."""
        readers, keys = ({name: r.spelt(names) for name, r in each.items()} for each in (self.readers, self.keys))
        return replace(self, readers=readers, keys=keys)

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
    faults.extend(_never_faults(options))
    readers[LOCAL] = _local(options)
    readers[AS_OF] = _special(options.as_of, Kind.DATETIME)
    readers[DISPUTED] = _special(options.disputed, Kind.BOOLEAN)
    keys = {key: _key(key, options.key_options(key)) for key in options.keys}
    return (None, faults) if faults else (RecordMap(options.record, readers, keys), [])


def field_reader(field: FieldRule, column: ColumnOptions) -> Reader:
    """Conversion of one field."""
    if column.constant is not None:
        constant = column.constant
        return Reader(None, lambda raw: constant, lambda op, value: None, constant)
    read, write = conversion(field, column)
    return Reader(column.column, tolerant(read), write, None, column.type)


def _never_faults(options: RecordOptions) -> Iterator[str]:
    never = options.never_among(options.source_columns)
    places = [(f"columns.{name}", column.column) for name, column in options.columns.items()]
    places += [(f"keys.{name}", column) for name, column in options.keys.items()]
    places += [("local", column) for column in options.local_columns]
    for place, column in places:
        if column in never:
            yield f"{place}: {column} holds numbers of persons and is never read"


def _key(key: str, column: ColumnOptions) -> Reader:
    kind = key_kind(key)
    return Reader(column.column, tolerant(value_reader(kind, column)), value_writer(kind, column))


def key_kind(key: str) -> Kind:
    """Kind of a key that is no field of the record."""
    return Kind.CODE if key == "uscc" else Kind.TEXT


def _local(options: RecordOptions) -> Reader:
    first, *others = options.local_columns
    if not others:
        return Reader(first, tolerant(read_text), lambda op, value: (op, value))
    column = ColumnOptions(absent=options.absent, loose=options.dialect is not None)
    read = joined_reader(value_reader(Kind.TEXT, column))
    return Reader(first, tolerant(read), write_never, joined=tuple(others))


def _special(column: ColumnOptions | None, kind: Kind) -> Reader:
    if column is None or column.column is None:
        constant = None if column is None else column.constant
        return Reader(None, lambda raw: constant, write_never, constant)
    return Reader(column.column, tolerant(value_reader(kind, column)), write_never, None, column.type)
