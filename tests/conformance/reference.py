"""What a source must answer, worked out slowly from its raw rows: the yardstick of the conformance suite."""

from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any

from hypothesis import strategies as st

from adapters.base import AS_OF, DISPUTED, KEY, LOCAL, OrderKey, Unreadable
from adapters.mapping import RecordMap, RecordOptions, build_map
from schema.catalogue import Catalogue, FieldRule, Kind
from schema.predicate import AllOf, AnyOf, Op, Predicate, Test, holds

Canonical = dict[str, Any]

_TEXTS = (
    "",
    " ",
    "%",
    "_",
    "/",
    "\\",
    "'",
    "ab",
    "AB",
    "é",
    "旧",
    "33",
    "3301",
    "9",
    "99",
    "ＡＢＣ",
    "😀",
    "zzz",
    "\0",
    "长\ud800",
)
_DATES = ("0001-01-01", "1900-02-28", "2024-01-05", "2024-02-29", "2024-03-01", "9999-12-31")
_ORDERED = (Op.EQ, Op.GE, Op.LE, Op.LT)
_OPS: Mapping[Kind, Sequence[Op]] = {
    Kind.TEXT: (*_ORDERED, Op.CONTAINS, Op.PREFIX),
    Kind.CODE: (*_ORDERED, Op.CONTAINS, Op.PREFIX),
    Kind.INT: _ORDERED,
    Kind.DATE: _ORDERED,
    Kind.BOOLEAN: (Op.EQ,),
    Kind.ENUM: (Op.EQ,),
}


def _varied(text: str) -> tuple[str, ...]:
    return text[:1], text[1:4], text.swapcase(), f"{text} ", text[:-1]


def satisfies(row: Canonical, where: Predicate) -> bool:
    """`holds`, where what could not be read satisfies nothing."""
    if isinstance(where, Test):
        return row[where.field] is not Unreadable.VALUE and holds(where, row.__getitem__)
    each = [satisfies(row, part) for part in where.parts]
    return all(each) if isinstance(where, AllOf) else any(each)


class Expected:
    """The rows of one record in canonical form, in the source's own order."""

    def __init__(self, options: RecordOptions, catalogue: Catalogue, raws: Iterable[Mapping[str, Any]]) -> None:
        rule = catalogue.records[options.record]
        mapped, faults = build_map(options, rule)
        assert mapped is not None, faults
        self.record = options.record
        self.rule = rule
        self.fields = tuple(options.columns)
        self.columns = (*self.fields, *options.keys, LOCAL, AS_OF, DISPUTED)
        self.rows = [self._read(mapped, raw) for raw in raws]

    def _read(self, mapped: RecordMap, raw: Mapping[str, Any]) -> Canonical:
        readers = {column: mapped.reader(column) for column in self.columns}
        return {name: r.read(None if r.column is None else raw[r.column]) for name, r in readers.items()}

    def keys(self, key: str) -> tuple[str, ...]:
        """Every value of a key."""
        return tuple(sorted({row[key] for row in self.rows if isinstance(row[key], str)}))

    def lookup(self, key: str, keys: Iterable[str], where: Predicate) -> list[Canonical]:
        """Rows of the keys that satisfy a predicate; `$key` is filled in."""
        wanted = set(keys)
        return [{**row, KEY: row[key]} for row in self.rows if row[key] in wanted and satisfies(row, where)]

    def search(self, where: Predicate, order: Sequence[OrderKey]) -> list[Canonical]:
        """Rows that satisfy a predicate, in an order."""
        found = sorted((row for row in self.rows if satisfies(row, where)), key=lambda row: row[LOCAL])
        for key in reversed(order):
            held = [row for row in found if row[key.column] not in (None, Unreadable.VALUE)]
            rest = [row for row in found if row[key.column] in (None, Unreadable.VALUE)]
            found = sorted(held, key=itemgetter(key.column), reverse=key.descending) + rest
        return found

    def tests(self) -> list[Test]:
        """Every comparison that has a meaning, of every field with every value that may make a difference."""
        return [test for field in self.fields for test in self._tests_of(field)]

    def predicates(self) -> st.SearchStrategy[Predicate]:
        """Nested predicates over those comparisons."""
        single: st.SearchStrategy[Predicate] = st.sampled_from(self.tests())

        def nest(inner: st.SearchStrategy[Predicate]) -> st.SearchStrategy[Predicate]:
            parts = st.lists(inner, max_size=3).map(tuple)
            return st.one_of(parts.map(AllOf), parts.map(AnyOf))

        return st.recursive(single, nest, max_leaves=6)

    def _tests_of(self, field: str) -> list[Test]:
        found = [Test(field, Op.IS_NULL)]
        rule = self.rule.fields[field]
        if rule.many or rule.kind not in _OPS:
            return found
        held = sorted({row[field] for row in self.rows if row[field] not in (None, Unreadable.VALUE)})
        values = self._values(rule, held)
        awkward = [value for value in held if isinstance(value, str) and not value.isascii()]
        found += [Test(field, Op.EQ, value) for value in awkward]
        found += [Test(field, op, value) for op in _OPS[rule.kind] for value in values]
        found += [Test(field, Op.IN, ()), Test(field, Op.IN, tuple(values[:1])), Test(field, Op.IN, tuple(values))]
        return list(dict.fromkeys(found))

    def _values(self, rule: FieldRule, held: list[Any]) -> list[Any]:
        some = held[:: len(held) // 5 + 1]
        if rule.kind is Kind.BOOLEAN:
            return [True, False]
        if rule.kind is Kind.ENUM and rule.enum is not None:
            return [*rule.enum.__members__, "9", ""]
        if rule.kind is Kind.DATE:
            return [*some, *_DATES]
        if rule.kind is Kind.INT:
            return sorted({*some, *(value + 1 for value in some), 2**31, -(2**40)})
        odd = _TEXTS if any(not text.isascii() for text in held) else ("", " ", "9", "339", "\0")
        return [*some, *(_varied(text)[n % 5] for n, text in enumerate(some)), *odd]
