"""A page of entities: every row is looked at, kept or not, sorted, and cut – with no help from any source."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cmp_to_key
from typing import Any

from auth.grants import RowOp
from schema.predicate import AllOf, Op, Test, tests
from tests.oracle.denials import COUNT, Criterion
from tests.oracle.marks import Mark
from tests.oracle.reading import Asked, Refused
from tests.oracle.records import Found, Place, Records, Silence, meets
from tests.oracle.rows import BROKEN, Row
from tests.oracle.standing import Clause

_MOST_TEXT = 64
_MOST_CODES = 200


@dataclass(frozen=True, slots=True)
class Pages:
    """Pages for one question."""

    records: Records

    def check(self, asked: Asked) -> None:
        """Refuse a page that is too long, ordered by too much, or begins nowhere."""
        first = asked.arguments.get("first")
        if (first is not None and not 1 <= first <= 100) or len(asked.arguments.get("orderBy") or []) > 3:
            raise Refused("BAD_USER_INPUT")
        licence = (asked.arguments.get("filter") or {}).get("licence")
        if licence is not None and not any(value is not None for value in licence.values()):
            raise Refused("BAD_USER_INPUT")
        self._check_sizes(asked.arguments.get("filter") or {})
        if asked.pattern in self.records.refused:
            return
        after = asked.arguments.get("after")
        if after is not None and self._position(asked, after) is None:
            raise Refused("BAD_CURSOR")

    def _check_sizes(self, given: Mapping[str, Any]) -> None:
        """Refuse texts and lists that are empty or too long."""
        sizes = [
            (len(value), _MOST_CODES if isinstance(value, list) else _MOST_TEXT)
            for value in given.values()
            if isinstance(value, list) or (isinstance(value, str) and not isinstance(value, Enum))
        ]
        if any(not 1 <= size <= most for size, most in sizes):
            raise Refused("BAD_USER_INPUT")

    def check_support(self, asked: Asked) -> None:
        """Refuse what a source cannot filter or order by: criteria, and the rows that the caller is limited to."""
        able, owners = self.records.oracle.able, self.records.oracle.city.owners
        entities = able(owners("Entity")[0])
        others = [one for one in self.records.scrutiny.criteria(asked) if one.record != "Entity"]
        can = all(able(table).compares(tests(one.predicate)) for one in others for table in owners(one.record))
        ordered = (name.split(".")[1] for name, _ in self.records.scrutiny.order(asked))
        can = can and entities.compares(self._tests(asked, linked=bool(others)))
        if not can or not all(entities.orders_by(name) for name in ordered):
            raise Refused("FILTER_UNSUPPORTED")

    def _tests(self, asked: Asked, *, linked: bool) -> list[Test]:
        """What entities are compared by, with the codes found elsewhere if `linked`; nothing if none could pass."""
        scrutiny = self.records.scrutiny
        groups = self._groups(asked)
        if any(scrutiny.standing.hopeless(group) for group in groups):
            return []
        found = [Test("uscc", Op.IN)] if linked else []
        for one in scrutiny.criteria(asked):
            found += tests(one.predicate) if one.record == "Entity" else ()
        for clause in (clause for group in groups for clause in self._widest(group)):
            found += [Test(c.field, Op.IN if c.op is RowOp.IN else Op.PREFIX) for c in clause.rows]
        return found

    def _widest(self, group: tuple[Clause, ...]) -> list[Clause]:
        """Clauses that let somebody through whom no wider one does."""
        some = [clause for clause in group if not self.records.scrutiny.standing.hopeless([clause])]
        return [clause for clause in some if not any(other.rows < clause.rows for other in some)]

    def page(self, asked: Asked, place: Place) -> dict[str, Any] | None:
        """The connection."""
        scrutiny, table = self.records.scrutiny, self.records.oracle.city.owners("Entity")[0]
        keys = self._keys(asked, place)
        if keys is None:
            return None
        empty = any(scrutiny.standing.hopeless(group) for group in self._groups(asked)) or any(not one for one in keys)
        silence = self.records.silent.get(table.source)
        if silence is not None and not empty:
            self.records.silence(place, silence)
            return None
        rows = [row for row in table.rows if not empty and self._matches(asked, row, keys)]
        return self._connection(asked, sorted(rows, key=cmp_to_key(_comparison(asked, self.records))))

    def _groups(self, asked: Asked) -> list[Any]:
        """Groups of clauses of which each must let an entity through: visibility, and what each criterion reads."""
        scrutiny = self.records.scrutiny
        reads = [name for one in scrutiny.criteria(asked) for name in one.reads]
        return [scrutiny.visibility(), *(scrutiny.standing.clear(name) for name in reads)]

    def _matches(self, asked: Asked, row: Row, keys: list[set[str]]) -> bool:
        scrutiny = self.records.scrutiny
        own = [one.predicate for one in scrutiny.criteria(asked) if one.record == "Entity"]
        lets_through = all(any(scrutiny.standing.passes(c, row) for c in group) for group in self._groups(asked))
        linked = all(row.cell("uscc") in one for one in keys)
        return lets_through and linked and all(meets(predicate, row) for predicate in own)

    def _keys(self, asked: Asked, place: Place) -> list[set[str]] | None:
        """For every other record in the filter, the codes that have a row of it; None if a source is silent."""
        by_record: dict[str, list[Criterion]] = {}
        for one in self.records.scrutiny.criteria(asked):
            if one.record != "Entity":
                by_record.setdefault(one.record, []).append(one)
        found: list[set[str]] = []
        for record, criteria in by_record.items():
            where = AllOf(tuple(one.predicate for one in criteria))
            tables = self.records.oracle.city.owners(record)
            silences = [self.records.silent.get(table.source) for table in tables]
            if any(silences):
                self._say_first(place, silences)
                return None
            found.append({row.key for t in tables for row in t.rows if isinstance(row.key, str) and meets(where, row)})
        return found

    def _say_first(self, place: Place, silences: list[Silence | None]) -> None:
        self.records.silence(place, next(filter(None, silences)))

    def _connection(self, asked: Asked, rows: list[Row]) -> dict[str, Any]:
        after = asked.arguments.get("after")
        start = 0
        if after is not None:
            local = self._position(asked, after)
            start = 1 + next(number for number, row in enumerate(rows) if row.local == local)
        shown = rows[start : start + (asked.arguments.get("first") or 20)]
        cursors = [Mark("cursor", (self._context(asked), row.local)) for row in shown]
        table = self.records.oracle.city.owners("Entity")[0]
        counted = any(
            f"{one.parent}.{one.name}" == COUNT and not self.records.scrutiny.is_denied(one) for one in asked.below
        )
        return {
            "edges": [{"cursor": c, "node": Found(table, row)} for c, row in zip(cursors, shown, strict=True)],
            "totalCount": len(rows) if counted else None,
            "pageInfo": {
                "hasNextPage": start + len(shown) < len(rows),
                "hasPreviousPage": after is not None,
                "startCursor": cursors[0] if cursors else None,
                "endCursor": cursors[-1] if cursors else None,
            },
        }

    def _position(self, asked: Asked, after: str) -> str | None:
        """The row a cursor stands for, None if it belongs to another caller, filter or order."""
        return self.records.oracle.marks.row_after(after, self._context(asked))

    def _context(self, asked: Asked) -> tuple[Any, ...]:
        scrutiny = self.records.scrutiny
        criteria = tuple(sorted(repr(one) for one in scrutiny.criteria(asked)))
        return criteria, scrutiny.order(asked)


def _comparison(asked: Asked, records: Records) -> Any:
    order = [(coordinate.split(".")[1], descending) for coordinate, descending in records.scrutiny.order(asked)]

    def compare(one: Row, other: Row) -> int:
        for name, descending in order:
            found = _compare(one.cell(name), other.cell(name), descending=descending)
            if found:
                return found
        return -1 if one.local < other.local else 1

    return compare


def _compare(one: Any, other: Any, *, descending: bool) -> int:
    """Text by code point; what is missing or cannot be read comes last in both directions."""
    absent = (one is None or one is BROKEN, other is None or other is BROKEN)
    if any(absent):
        return absent[0] - absent[1]
    if one == other:
        return 0
    return (-1 if one < other else 1) * (-1 if descending else 1)
