"""What of an answer, and of the calls behind it, the raw grants of the caller do not allow.

Reads grants as the oracle does, without any folding; sound rather than complete: what it names is a leak.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from adapters.base import AS_OF, DISPUTED, KEY, LOCAL, Lookup
from schema.catalogue import Catalogue
from schema.predicate import TRUE, AllOf, AnyOf, Predicate, Test, holds, tests
from tests.oracle.question import Question
from tests.oracle.rows import Row
from tests.oracle.standing import Clause, Standing
from tests.probes.city import Marked, Origin, entities_by_code
from tests.probes.stage import Heard

_ALWAYS = frozenset({KEY, LOCAL, AS_OF, DISPUTED, "uscc"})
"""Columns that say of no caller what they hold: which row it is, how old, and the code by which records hang together."""
_MADE_OF = frozenset({"uscc", "regNo15"})
"""Columns of the register that the opaque id of an entity is made of."""
_SUGGESTED = re.compile(r'"suggestion":"([0-9A-Z]{17})[0-9A-Z]"')
_OF_NO_ENTITY = frozenset({"ApprovalItem", "Certificate"})
_OF_MANY = frozenset({"Campus", "Division", "InspectionCap"})
"""Records that are found by another key than the code: they stand with whichever entity leads to them."""


@dataclass(frozen=True, slots=True)
class Watch:
    """Watches for one caller."""

    marked: Marked
    standing: Standing
    catalogue: Catalogue

    def leaked(self, text: str, question: Question) -> list[str]:
        """Values in what was told that the caller may not see in clear, with the fields they stand in.

        A code with the right check digit is worked out from the one in the question, whether anybody has it or not.
        """
        typed = f"{question.text}{json.dumps(dict(question.variables))}".replace("-", "").upper()
        text = _SUGGESTED.sub(lambda found: "" if found[1] in typed else found[0], text)
        return [
            f"{value} of {', '.join(sorted({origin.coordinate for origin in self.marked.origins[value]}))}"
            for value in sorted(self.marked.found(text))
            if not any(self._seen(origin) for origin in self.marked.origins[value])
        ]

    def overreached(self, calls: Iterable[Heard], question: Question) -> list[str]:
        """Columns, orders, predicates and keys of calls that ask for what the caller does not hold."""
        bare = "__typename" in question.text or "provenance" in question.text
        return [fault for call in calls for fault in (*self._faults(call), *self._wrong_keys(call, bare))]

    def _seen(self, origin: Origin) -> bool:
        record, clauses = origin.coordinate.partition(".")[0], self.standing.clear(origin.coordinate)
        if any(not clause.rows for clause in clauses):
            return True
        return any(
            self.standing.passes(clause, row) for clause in clauses for row in self._entities(record, origin.row)
        )

    def _entities(self, record: str, row: Row) -> Iterable[Row]:
        if record == "Entity":
            return (row,)
        if record in _OF_NO_ENTITY:
            return ()
        if record in _OF_MANY:
            return self.marked.city.entities()
        found = entities_by_code(self.marked.city).get(row.key)
        return () if found is None else (found,)

    def _faults(self, call: Heard) -> Iterator[str]:
        record, place = call.ask.record, f"{call.source}.{call.ask.record}"
        for column in call.ask.columns:
            if not self._may_read(record, column):
                yield f"{place} carries {column}"
        compared = [test.field for test in tests(call.ask.where)]
        if not isinstance(call.ask, Lookup):
            compared += [key.column for key in call.ask.order]
        for column in compared:
            if not self._may_compare(record, column):
                yield f"{place} compares {column}"

    def _wrong_keys(self, call: Heard, bare: bool) -> Iterator[str]:
        """Keys of records below an entity; `bare`: what is held with the record is asked for too, whatever its fields."""
        ask = call.ask
        if isinstance(ask, Lookup) and ask.key == "uscc" and ask.record != "Entity":
            fields = self.catalogue.records[ask.record].fields
            names = [*fields] if bare else [column for column in ask.columns if column in fields] or [*fields]
            held = [one for name in names for one in self.standing.held.get(f"{ask.record}.{name}", ())]
            for key in ask.keys:
                if not self._may_ask(ask, key, held):
                    yield f"{call.source}.{ask.record} asks for {key}"

    def _may_read(self, record: str, column: str) -> bool:
        known = column in _ALWAYS or (record == "Entity" and column in _MADE_OF)
        return known or f"{record}.{column}" in self.standing.held or self._filters(record, column)

    def _may_compare(self, record: str, column: str) -> bool:
        return column in _ALWAYS or bool(self.standing.clear(f"{record}.{column}")) or self._filters(record, column)

    def _filters(self, record: str, column: str) -> bool:
        clauses = (clause for found in self.standing.held.values() for clause in found)
        return record == "Entity" and any(one.field == column for clause in clauses for one in clause.rows)

    def _may_ask(self, ask: Lookup, key: str, held: Iterable[Clause]) -> bool:
        """True for a key whose rows the predicate leaves out, or whose entity one of the clauses lets through."""
        entity = entities_by_code(self.marked.city).get(key)
        if entity is None or not holds(_about_code(ask.where), entity.cell):
            return True
        return any(self.standing.passes(one, entity) for one in held)


def _about_code(where: Predicate) -> Predicate:
    """A predicate that holds wherever the given one does, and speaks of nothing but the code."""
    if isinstance(where, Test):
        return where if where.field == "uscc" else TRUE
    parts = tuple(_about_code(part) for part in where.parts)
    return AllOf(parts) if isinstance(where, AllOf) else AnyOf(parts)
