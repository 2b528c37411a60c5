"""A predicate and an order → the parameters of requests that a source declares it understands.

Alternatives become several requests. What a request asks less exactly than the predicate is checked on its rows
afterwards, by the adapter; what the source does not understand at all is refused here. Knows no transport.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from math import prod
from typing import Any, Generic, TypeVar

from adapters.base import LOCAL, OrderKey, Search, SourceBadData, Unreadable, UnsupportedSearch
from adapters.mapping import Reader
from adapters.reading import Reading, Row
from adapters.records import HeldField, HeldRecord, rank, satisfies
from adapters.search_options import SearchOptions
from schema.catalogue import Kind
from schema.predicate import AnyOf, Op, Predicate, Test

Options = TypeVar("Options", bound=SearchOptions)
_MOST = 16
_SAMPLES: dict[Kind, Any] = {Kind.INT: 1, Kind.BOOLEAN: True, Kind.DATE: "2024-01-31"}

SURROGATES = re.compile("[\ud800-\udfff]")
"""Characters that no text in JSON or in a database holds."""

Binding = tuple[str, Any]
"""A parameter and its value; a tuple where it takes several."""


@dataclass(frozen=True, slots=True)
class Branch:
    """Parameters of one request; `exact` says that they ask for every test."""

    bindings: tuple[Binding, ...] = ()
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Searching(Generic[Options]):
    """How one record is searched. `unsayable`: characters that neither a request nor an answer can hold."""

    options: Options
    held: HeldRecord
    unsayable: re.Pattern[str] = SURROGATES

    @property
    def filters(self) -> frozenset[tuple[str, Op]]:
        """Comparisons the source understands (one value is a list of one), and any of what is constant."""
        declared = [(name.partition(":")[0], Op(name.partition(":")[2])) for name in self.options.parameters]
        single = [(name, Op.EQ) for name, op in declared if op is Op.IN]
        constant = [field for field in self.held.fields.values() if field.options.column is None]
        return frozenset(declared + single + [(field.name, op) for field in constant for op in field.comparisons])

    def branches(self, predicate: Predicate) -> list[Branch]:
        """Requests whose rows together hold all that satisfy the predicate; none if nothing can satisfy it."""
        found = list(dict.fromkeys(self._alternatives(predicate)))
        if len(found) > _MOST:
            raise UnsupportedSearch("the search would take too many requests")
        return found

    def window(self, ask: Search) -> tuple[Binding, ...]:
        """Parameters of the order and of the position after which rows are wanted."""
        bindings: list[Binding] = []
        if ask.order and self.options.order_parameter is not None:
            bindings.append((self.options.order_parameter, ",".join(map(self._direction, ask.order))))
        if ask.after is not None:
            columns = [*(key.column for key in ask.order), LOCAL]
            bindings += [self._position(column, value) for column, value in zip(columns, ask.after, strict=True)]
        return tuple(bindings)

    def _alternatives(self, predicate: Predicate) -> list[Branch]:
        if isinstance(predicate, Test):
            return self._compare(predicate)
        parts = [self._alternatives(part) for part in predicate.parts]
        if (sum if isinstance(predicate, AnyOf) else prod)(map(len, parts)) > _MOST:
            raise UnsupportedSearch("the search would take too many requests")
        if isinstance(predicate, AnyOf):
            return [branch for part in parts for branch in part]
        return [_merge(branches) for branches in product(*parts)]

    def _compare(self, test: Test) -> list[Branch]:
        reader = self.held.map.reader(test.field)
        if reader.column is None:
            return [Branch()] if satisfies(test, lambda field: reader.constant) else []
        value, exact = _sayable(test, self.unsayable)
        if value is None:
            return []
        written = (test.op, True) if test.op is Op.IS_NULL else reader.write(test.op, value)
        if written is not None and written[1] == ():
            return []
        bindings = self._bindings(test.field, *written) if written is not None else []
        if not bindings:
            raise UnsupportedSearch(f"{self.held.name} cannot be filtered by {test.field} {test.op}")
        return [Branch((binding,), exact) for binding in bindings]

    def _bindings(self, field: str, op: Op, value: Any) -> list[Binding]:
        several, one, other = (self.options.parameters.get(f"{field}:{each}") for each in (Op.IN, Op.EQ, op))
        if op not in (Op.IN, Op.EQ):
            return [] if other is None else [(other, value)]
        values = value if op is Op.IN else (value,)
        if several is not None and (op is Op.IN or one is None):
            size = self.options.values
            return [(several, tuple(values[start : start + size])) for start in range(0, len(values), size)]
        return [] if one is None else [(one, each) for each in values]

    def _direction(self, key: OrderKey) -> str:
        name = self.options.orders[key.column]
        return self.options.descending.replace("{}", name) if key.descending else name

    def _position(self, column: str, value: Any) -> Binding:
        name = self.options.after.get(column)
        missing = value is None or value is Unreadable.VALUE
        written = (Op.EQ, None) if missing else self.held.map.reader(column).write(Op.EQ, value)
        if name is None or written is None:
            raise UnsupportedSearch(f"{self.held.name} cannot be continued after a {column}")
        return name, written[1]


def search_faults(options: SearchOptions, held: HeldRecord) -> Iterator[str]:
    """What is declared searchable but cannot be."""
    for name in options.parameters:
        field_name, _, op = name.partition(":")
        field = held.fields.get(field_name)
        if field is None or field.options.column is None or Op(op) not in field.comparisons:
            yield f"search.parameters.{name}: no column of {held.name} can be compared like this"
        elif not _is_written(field, held.map.reader(field_name), Op(op)):
            yield f"search.parameters.{name}: its values cannot be written as this source stores them"
    ordered = held.ability(lambda field, op: field.missing_as_stored).orders
    for name in {*options.orders, *options.after} - ordered - {LOCAL}:
        yield f"search.orders.{name}: no column of {held.name} has such an order"


def check_order(rows: Sequence[Row], ask: Search, reading: Reading) -> None:
    """Return if the rows are in the order of the contract and after the asked position; else SourceBadData."""
    ranks = [] if ask.after is None else [rank(ask.after, ask.order)]
    ranks += (reading.rank(row, ask.order) for row in rows)
    if any(not before < after for before, after in pairwise(ranks)):
        raise SourceBadData("the rows are not in the order that was asked for")


def merge_rows(parts: Iterable[Sequence[Row]], ask: Search, reading: Reading) -> list[Row]:
    """Rows of several branches, each once, in the order of the contract."""
    local = reading.at(LOCAL)
    distinct = {row[local]: row for part in parts for row in part}
    return sorted(distinct.values(), key=lambda row: reading.rank(row, ask.order))


def _is_written(field: HeldField, reader: Reader, op: Op) -> bool:
    if op is Op.IS_NULL:
        return field.missing_as_stored
    return reader.write(op, _sample(field.kind, op)) is not None


def _sample(kind: Kind, op: Op) -> Any:
    sample = _SAMPLES.get(kind, "1")
    return (sample,) if op is Op.IN else sample


def _sayable(test: Test, unsayable: re.Pattern[str]) -> tuple[Any, bool]:
    """What to compare with so that no row is missed, null if none can match; and whether none is gained."""
    if isinstance(test.value, tuple):
        return tuple(value for value in test.value if _first(value, unsayable) is None) or None, True
    odd = _first(test.value, unsayable)
    if odd is None:
        return test.value, True
    if test.op in (Op.GE, Op.LE, Op.LT):
        # No text an answer can hold has such a character; the next one that it can hold compares alike.
        following = next(char for char in map(chr, range(ord(odd[0]) + 1, 0x110000)) if not unsayable.match(char))
        return odd.string[: odd.start()] + following, test.op is not Op.LE
    return None, True


def _first(value: Any, unsayable: re.Pattern[str]) -> re.Match[str] | None:
    return unsayable.search(value) if isinstance(value, str) else None


def _merge(branches: tuple[Branch, ...]) -> Branch:
    bindings: dict[str, Any] = {}
    exact = all(branch.exact for branch in branches)
    for name, value in (binding for branch in branches for binding in branch.bindings):
        # A parameter stands once in a request; the other value is checked on the rows.
        exact = exact and bindings.get(name, value) == value
        bindings.setdefault(name, value)
    return Branch(tuple(bindings.items()), exact)
