"""A record as a source holds it: its conversions, what may be asked of it, and rows compared and ordered by hand.

Serves adapters whose source cannot filter and order, or not fully. Works on canonical rows; knows no transport.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from adapters.base import (
    AS_OF,
    DISPUTED,
    KEY,
    LOCAL,
    Ability,
    Lookup,
    OrderKey,
    Search,
    Unreadable,
    UnsupportedSearch,
)
from adapters.column_options import ColumnOptions
from adapters.mapping import RecordMap, RecordOptions, build_map, key_kind
from adapters.options import SourceOptions
from schema.catalogue import Catalogue, FieldRule, Kind
from schema.predicate import AllOf, Op, Predicate, Scalar, Test, holds, tests

_EVERY = frozenset(Op)
_RANGE = frozenset({Op.EQ, Op.GE, Op.IN, Op.IS_NULL, Op.LE, Op.LT})
_EQUAL = frozenset({Op.EQ, Op.IN, Op.IS_NULL})
_COMPARISONS: Mapping[Kind, frozenset[Op]] = {
    Kind.TEXT: _EVERY,
    Kind.CODE: _EVERY,
    Kind.INT: _RANGE,
    Kind.BOOLEAN: _EQUAL,
    Kind.DATE: _RANGE,
    Kind.DATETIME: _RANGE,
    Kind.ENUM: _EQUAL,
    Kind.MONEY: frozenset({Op.IS_NULL}),
}
_ORDERED = frozenset({Kind.TEXT, Kind.CODE, Kind.INT, Kind.DATE})
_KEYED = frozenset({Kind.TEXT, Kind.CODE})


@dataclass(frozen=True, slots=True)
class HeldField:
    """A field as a source holds it; keys that are no fields of the record have no options of their own.

    names: those of its enumeration.
    """

    name: str
    kind: Kind
    many: bool
    options: ColumnOptions
    names: tuple[str, ...] = ()

    @property
    def comparisons(self) -> frozenset[Op]:
        """Comparisons that have a meaning for its values."""
        return frozenset({Op.IS_NULL}) if self.many else _COMPARISONS[self.kind]

    @property
    def compared_as_stored(self) -> bool:
        """True if a source can make its comparisons on what it stores; a constant is compared here."""
        return self.options.column is None or self.options.compared_as_stored(self.kind)

    @property
    def missing_as_stored(self) -> bool:
        """True if what is missing is missing at its source too: no text there stands for a missing value."""
        return self.compared_as_stored and not (self.options.endless or self.options.absent_texts(self.kind))


@dataclass(frozen=True, slots=True)
class HeldRecord:
    """A record at one source: options, conversions, and its fields and keys by name."""

    options: RecordOptions
    map: RecordMap
    fields: Mapping[str, HeldField]

    @property
    def name(self) -> str:
        """Name of the record."""
        return self.options.record

    def spelt(self, available: Iterable[str]) -> "HeldRecord":
        """The same for a source that has these columns: each is read under the name it has there."""
        return replace(self, map=self.map.spelt(self.options.spelt(available)))

    def ability(self, can: Callable[[HeldField, Op], bool]) -> Ability:
        """What can be asked, where `can` says which of the meaningful comparisons can be searched by."""
        own = [self.fields[name] for name in self.options.columns]
        single = [f for f in own if not f.many and f.options.column is not None]
        found = [f for f in self.fields.values() if f.name != LOCAL] if self.options.searchable else []
        ordered = [f for f in single if self.options.searchable and f.kind in _ORDERED]
        return Ability(
            columns=frozenset(self.options.columns),
            keys=frozenset({LOCAL, *self.options.keys}).union(f.name for f in single if f.kind in _KEYED),
            filters=frozenset((f.name, op) for f in found for op in f.comparisons if can(f, op)),
            orders=frozenset(f.name for f in ordered if can(f, Op.GE)),
            counts=self.options.searchable,
        )

    def admit_lookup(self, ask: Lookup, ability: Ability) -> None:
        """Refuse a look-up by what is no key, of columns there are not, or by a predicate without a meaning."""
        if ask.key not in ability.keys:
            raise UnsupportedSearch(f"{self.name} cannot be looked up by {ask.key}")
        self._admit_columns(ask.columns, keyed=True)
        self._admit_where(ask.where)

    def admit_search(self, ask: Search, ability: Ability) -> None:
        """Refuse what goes beyond the ability: nothing is ever scanned for it."""
        if not self.options.searchable:
            raise UnsupportedSearch(f"{self.name} cannot be searched")
        self._admit_columns(ask.columns, keyed=False)
        self._admit_where(ask.where)
        for test in tests(ask.where):
            if (test.field, test.op) not in ability.filters:
                raise UnsupportedSearch(f"{self.name} cannot be filtered by {test.field} {test.op}")
        for key in ask.order:
            if key.column not in ability.orders:
                raise UnsupportedSearch(f"{self.name} cannot be ordered by {key.column}")
        if ask.after is not None and not self._is_position(ask.after, ask.order):
            raise UnsupportedSearch(f"the position in {self.name} does not fit the order")

    def _is_position(self, after: Sequence[Any], order: Sequence[OrderKey]) -> bool:
        if len(after) != len(order) + 1 or not isinstance(after[-1], str):
            return False
        pairs = zip(order, after, strict=False)
        return all(_is_absent(value) or _is_canonical(self.fields[key.column].kind, value) for key, value in pairs)

    def _admit_columns(self, columns: Sequence[str], *, keyed: bool) -> None:
        special = {LOCAL, AS_OF, DISPUTED, *((KEY,) if keyed else ())}
        unknown = [column for column in columns if column not in self.fields and column not in special]
        if unknown:
            raise UnsupportedSearch(f"{self.name} has no {', '.join(unknown)} here")

    def _admit_where(self, where: Predicate) -> None:
        for test in tests(where):
            field = self.fields.get(test.field)
            if field is None or test.op not in field.comparisons or not _fits(field.kind, test):
                raise UnsupportedSearch(f"{self.name} cannot be compared by {test.field} {test.op}")


def hold_records(options: SourceOptions, catalogue: Catalogue) -> dict[str, HeldRecord]:
    """All records of a source by name; ValueError naming every fault of the mapping, one a line."""
    found: dict[str, HeldRecord] = {}
    faults: list[str] = []
    for number, record in enumerate(options.record):
        place = f"source {options.name}, record {number} ({record.record})"
        rule = catalogue.records.get(record.record)
        if rule is None or record.record in found:
            faults.append(f"{place}: {'no such record' if rule is None else 'is listed twice'}")
            continue
        mapped, wrong = build_map(record, rule)
        if len(record.local_columns) > 1 and not options.joins_local:
            wrong = [*wrong, f"local: a source of kind {options.kind} tells rows apart by one column; name it"]
        faults.extend(f"{place}: {fault}" for fault in wrong)
        if mapped is not None:
            found[record.record] = HeldRecord(record, mapped, _fields(record, rule.fields))
    if faults:
        raise ValueError("\n".join(faults))
    return found


def satisfies(predicate: Predicate, read: Callable[[str], object]) -> bool:
    """`holds`, where a value that could not be read satisfies nothing, IS_NULL included."""
    if isinstance(predicate, Test):
        return read(predicate.field) is not Unreadable.VALUE and holds(predicate, read)
    parts = (satisfies(part, read) for part in predicate.parts)
    return all(parts) if isinstance(predicate, AllOf) else any(parts)


def rank(values: Sequence[Any], order: Sequence[OrderKey]) -> tuple[Any, ...]:
    """Sort key of a row from the values of the order's columns and, last, of LOCAL.

    Missing and unreadable values come last in both directions.
    """
    places = (_place(value, descending=key.descending) for value, key in zip(values[:-1], order, strict=True))
    return (*places, values[-1])


@dataclass(frozen=True, slots=True)
class _Descending:
    value: Any

    def __lt__(self, other: "_Descending") -> bool:
        return bool(other.value < self.value)


def _place(value: Any, *, descending: bool) -> tuple[bool, Any]:
    if _is_absent(value):
        return True, None
    return False, _Descending(value) if descending else value


def _is_absent(value: Any) -> bool:
    return value is None or value is Unreadable.VALUE


def _fields(options: RecordOptions, rules: Mapping[str, FieldRule]) -> dict[str, HeldField]:
    found = {name: HeldField(name, key_kind(name), False, options.key_options(name)) for name in options.keys}
    found[LOCAL] = HeldField(LOCAL, Kind.TEXT, False, ColumnOptions(column=options.local_columns[0]))
    for name, declared in options.columns.items():
        rule = rules[name]
        names = tuple(rule.enum.__members__) if rule.enum else ()
        found[name] = HeldField(name, rule.kind, rule.many, declared, names)
    return found


def _fits(kind: Kind, test: Test) -> bool:
    if test.op is Op.IS_NULL:
        return True
    if (test.op is Op.IN) is not isinstance(test.value, tuple):
        return False
    values = test.value if isinstance(test.value, tuple) else (test.value,)
    return all(_is_canonical(kind, value) for value in values)


def _is_canonical(kind: Kind, value: Scalar) -> bool:
    if kind is Kind.BOOLEAN:
        return isinstance(value, bool)
    if kind is Kind.INT:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, str) and (kind is not Kind.DATE or _is_date(value))


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
