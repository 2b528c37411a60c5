"""Who owns what is asked for: the departments that deliver each record, and what else a request is checked against.

Known by codes of departments; who may answer for one is not known here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from auth.classes import Sharing
from auth.grants import Grant
from auth.purposes import Purpose
from auth.roles import station
from hub.plan.model import ENTITY, Topology
from hub.settings import Settings
from schema.catalogue import Catalogue, FieldRule

WORKING_DAYS: Mapping[Sharing, int] = {Sharing.UNCONDITIONAL: 1, Sharing.CONDITIONAL: 10}
"""Working days an owner has for an answer, by the sharing attribute of what is asked."""


@dataclass(frozen=True, slots=True)
class Owners:
    """The departments behind the records, by record, in the order of the sources.

    bases: on which basis a record is shared, where its source says so · columns: fields of the entity that every
    register has, so that rows can be filtered by them.
    """

    catalogue: Catalogue
    departments: Mapping[str, tuple[str, ...]]
    purposes: Mapping[str, Purpose] = field(default_factory=dict)
    bases: Mapping[str, str] = field(default_factory=dict)
    columns: frozenset[str] = frozenset()

    def of(self, rule: FieldRule) -> tuple[str, ...]:
        """Departments that answer for a field; empty where nobody delivers its record."""
        return self.departments.get(self.record(rule), ())

    def record(self, rule: FieldRule) -> str:
        """The record behind a field: a number of entities is the register's."""
        return rule.record if rule.record in self.catalogue.records else ENTITY

    def covered(self, grant: Grant) -> Iterator[FieldRule]:
        """Fields that a grant would give: not those withheld by law, nor any above the station of its role."""
        highest = station(grant.role)
        for rule in self.catalogue.fields.values():
            open_ = rule.sharing is not Sharing.WITHHELD and rule.sensitivity <= highest
            if open_ and grant.covers(rule.coordinate, rule.scope):
                yield rule

    def answering(self, grant: Grant) -> dict[str, Sharing]:
        """Departments that answer for what a grant gives, each with the strictest attribute of what is asked of it."""
        found: dict[str, Sharing] = {}
        for rule in self.covered(grant):
            for owner in self.of(rule):
                found[owner] = strictest(found.get(owner), rule.sharing)
        return found

    def touched(self, grant: Grant) -> frozenset[str]:
        """Departments whose records a grant gives anything of, be it above the station of its role."""
        rules = self.catalogue.fields.values()
        given = (rule for rule in rules if rule.sharing is not Sharing.WITHHELD)
        return frozenset(o for rule in given if grant.covers(rule.coordinate, rule.scope) for o in self.of(rule))

    def over(self, catalogue: Catalogue) -> "Owners":
        """The same departments over another catalogue."""
        return replace(self, catalogue=catalogue)


def strictest(known: Sharing | None, other: Sharing) -> Sharing:
    """The attribute of two that gives an owner more time."""
    return other if known is None or WORKING_DAYS[other] > WORKING_DAYS[known] else known


def owners_of(settings: Settings, catalogue: Catalogue, topology: Topology) -> Owners:
    """Who owns what by the configuration."""
    found: dict[str, dict[str, None]] = {}
    bases: dict[str, str] = {}
    for source in settings.sources:
        for record in source.record:
            found.setdefault(record.record, {})[source.department] = None
            if source.basis:
                bases.setdefault(record.record, source.basis)
    registers = [offer.columns for offer in topology.owned.get(ENTITY, ())]
    columns = frozenset.intersection(*registers) if registers else frozenset()
    purposes = {purpose.code: purpose for purpose in settings.purposes}
    return Owners(catalogue, {name: tuple(owners) for name, owners in found.items()}, purposes, bases, columns)
