"""What is denied of a question before any row is looked at: fields, arguments, and what nothing is left of.

Patterns stand for all positions at once, so that a denial is told once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from schema.base import Argument
from schema.catalogue import Catalogue, declared_fields
from schema.filters import IDENTIFIER_FIELDS, EntityFilter, EntityOrder, LicenceFilter
from schema.predicate import Predicate
from tests.oracle.reading import Asked, Pattern, Reading
from tests.oracle.standing import Clause, Standing

COUNT = "EntityConnection.totalCount"
_BY_KEY = ("entity", "entitiesByUscc", "node", "nodes")
_CRITERIA = {name: spec for name, spec, _ in declared_fields(EntityFilter)}
_LICENCE = {name: spec for name, spec, _ in declared_fields(LicenceFilter)}
_ORDERS = {name: spec for name, spec, _ in declared_fields(EntityOrder)}


READS: dict[tuple[str, str], tuple[str, ...]] = {
    (kind, name): spec.reads
    for kind, declared in (("EntityFilter", _CRITERIA), ("LicenceFilter", _LICENCE), ("EntityOrder", _ORDERS))
    for name, spec in declared.items()
    if isinstance(spec, Argument)
}
"""Fields that each field of the filter and order inputs reads."""


class Denial(NamedTuple):
    """A field or argument that is denied, where, and why."""

    pattern: Pattern
    coordinate: str
    code: str


@dataclass(frozen=True, slots=True)
class Criterion:
    """One argument that narrows: the fields it reads, the record it is about, what must hold of its rows."""

    reads: tuple[str, ...]
    record: str
    predicate: Predicate


@dataclass(frozen=True, slots=True)
class Scrutiny:
    """Answers what is denied, starved and held of the fields of a question for one caller."""

    reading: Reading
    standing: Standing
    catalogue: Catalogue
    day: date

    def denials(self) -> tuple[Denial, ...]:
        """Every denial, arguments included."""
        asked = [one for root in self.reading.roots for one in root.walk()]
        return tuple(denial for one in asked for denial in (*self._denied_field(one), *self.denied_arguments(one)))

    def _denied_field(self, asked: Asked) -> Iterator[Denial]:
        coordinate = f"{asked.parent}.{asked.name}"
        if self.is_denied(asked) or (self._leads_nowhere(asked) and not self.is_left_bare(asked)):
            yield Denial(asked.pattern, coordinate, self.standing.refusal(coordinate))

    def is_leaf(self, asked: Asked) -> bool:
        """True for a field that grants are about."""
        return f"{asked.parent}.{asked.name}" in self.catalogue.fields

    def is_denied(self, asked: Asked) -> bool:
        """True for a leaf that the caller does not hold at all."""
        return self.is_leaf(asked) and not self.clauses(asked)

    def clauses(self, asked: Asked) -> tuple[Clause, ...]:
        """Clauses under which a leaf is held. Where no entity stands above, row filters let nothing through."""
        coordinate = f"{asked.parent}.{asked.name}"
        held = self.standing.held.get(coordinate, ())
        if self.stands_apart(asked):
            return tuple(clause for clause in held if not clause.rows)
        if coordinate == COUNT and not self.covered(held):
            return ()
        return held

    def stands_apart(self, asked: Asked) -> bool:
        """True below a root field that names records by a key of their own."""
        return self.reading.by_pattern[asked.pattern[:1]].name in self.catalogue.keyed

    def visibility(self) -> tuple[Clause, ...]:
        """Clauses of which one must let an entity through for it to exist."""
        leaves = self.catalogue.records["Entity"].fields.values()
        return tuple(clause for leaf in leaves for clause in self.standing.held.get(leaf.coordinate, ()))

    def covered(self, clauses: tuple[Clause, ...]) -> bool:
        """True if every filter that makes an entity visible implies a filter of one of these clauses."""
        return all(any(one.rows <= seen.rows for one in clauses) for seen in self.visibility())

    def is_starved(self, asked: Asked) -> bool:
        """True for a field of records, or a part of a page, of which nothing that is asked can be given."""
        place = f"{asked.parent}.{asked.name}"
        if place in ("Query.entities", "EntityConnection.edges"):
            return self.is_left_bare(asked)
        rooted = asked.name in _BY_KEY or asked.name in self.catalogue.keyed
        leads_to_records = rooted if asked.parent == "Query" else self.is_relation(asked)
        leads_to_records = leads_to_records or place == "EntityEdge.node"
        return leads_to_records and (self.is_left_bare(asked) or self._leads_nowhere(asked))

    def is_left_bare(self, asked: Asked) -> bool:
        """True if all that is asked below is denied; where every field was skipped, there is an object to show."""
        return bool(asked.below) and all(self.is_denied(one) or self.is_starved(one) for one in asked.below)

    def _leads_nowhere(self, asked: Asked) -> bool:
        """True for a relation or keyed root of which nothing is held at all, so that not even its type is told."""
        if asked.parent == "Query" and asked.name in self.catalogue.keyed:
            return all(clause.rows for clause in self._all_held(self.catalogue.keyed[asked.name].record))
        return self.is_relation(asked) and not self.opening(asked)

    def _is_starved_page(self, asked: Asked) -> bool:
        for one in asked.walk():
            place = f"{one.parent}.{one.name}"
            if one.parent in ("EntityConnection", "EntityEdge", "PageInfo") and one.name not in (
                "edges",
                "pageInfo",
                "node",
            ):
                if not self.is_denied(one):
                    return False
            elif place == "EntityEdge.node" and not self.is_starved(one):
                return False
        return True

    def is_relation(self, asked: Asked) -> bool:
        """True for a field of a record that leads to other records."""
        record = self.catalogue.records.get(asked.parent)
        return record is not None and asked.name in record.relations

    def opening(self, asked: Asked) -> tuple[Clause, ...]:
        """Clauses of what is asked below a relation, of which one must let the entity through."""
        found: list[Clause] = []
        for one in asked.below:
            if self.is_leaf(one):
                found += self.clauses(one)
            elif self.is_relation(one):
                found += () if self.is_starved(one) else self.opening(one)
            else:
                found += self._all_held(asked.returns)
        return tuple(found if asked.below else self._all_held(asked.returns))

    def _all_held(self, record: str) -> list[Clause]:
        rule = self.catalogue.records[record]
        records = [rule, *(self.catalogue.records[relation.target] for relation in rule.relations.values())]
        leaves = [leaf for one in records for leaf in one.fields.values()]
        return [clause for leaf in leaves for clause in self.standing.held.get(leaf.coordinate, ())]

    # arguments

    def denied_arguments(self, asked: Asked) -> Iterator[Denial]:
        """Arguments that read what the caller may not read in clear."""
        reads = [name for criterion in self.criteria(asked) for name in criterion.reads]
        refused = [name for name in reads if not self.standing.clear(name)]
        ordered = [name for name, _ in self.order(asked)]
        refused += [name for name in (*ordered, *self._looked_up_by(asked)) if not self._reads_clear_for_all(name)]
        for name in dict.fromkeys(refused):
            yield Denial(asked.pattern, name, self.standing.refusal(name))

    def _looked_up_by(self, asked: Asked) -> tuple[str, ...]:
        """The field an entity is looked up by; its code is the key of every question and reads nothing."""
        identifier = asked.arguments.get("identifier") if asked.parent == "Query" and asked.name == "entity" else None
        if identifier is None or identifier["kind"].name == "USCC":
            return ()
        return (f"Entity.{IDENTIFIER_FIELDS[identifier['kind'].name]}",)

    def _reads_clear_for_all(self, coordinate: str) -> bool:
        clear = self.standing.clear(coordinate)
        return bool(clear) and self.covered(clear)

    def criteria(self, asked: Asked) -> tuple[Criterion, ...]:
        """Criteria among the arguments that were given a value."""
        if self.is_relation(asked):
            return tuple(self._branch_criteria(asked))
        if asked.parent == "Query" and asked.name == "entities":
            return tuple(self._filter_criteria(asked.arguments.get("filter") or {}))
        return ()

    def _branch_criteria(self, asked: Asked) -> Iterator[Criterion]:
        relation = self.catalogue.records[asked.parent].relations[asked.name]
        for name, spec in (relation.declared.arguments or {}).items():
            value = asked.arguments.get(name)
            if value is not None:
                reads = tuple(f"{relation.target}.{read}" for read in spec.reads)
                yield Criterion(reads, relation.target, spec.build(value, self.day))

    def _filter_criteria(self, given: Mapping[str, Any]) -> Iterator[Criterion]:
        for name, value in given.items():
            if value is None:
                continue
            pairs = [(_CRITERIA[name], value)]
            if name == "licence":
                pairs = [(_LICENCE[inner], one) for inner, one in value.items() if one is not None]
            for spec, one in pairs:
                assert isinstance(spec, Argument)
                yield Criterion(spec.reads, spec.record or "Entity", spec.build(one, self.day))

    def order(self, asked: Asked) -> tuple[tuple[str, bool], ...]:
        """Fields a page is ordered by, each once, and whether descending."""
        found: dict[str, bool] = {}
        if asked.parent == "Query" and asked.name == "entities":
            for one in asked.arguments.get("orderBy") or []:
                for name, direction in one.items():
                    found.setdefault(_ORDERS[name].reads[0], direction.name == "DESC")
        return tuple(found.items())
