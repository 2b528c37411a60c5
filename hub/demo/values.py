"""What the city's records are made of: people, addresses, stamps, terms, certificates, campuses, contracts.

Plain frozen values; knows no record, no table and no source.
"""

from dataclasses import dataclass
from datetime import date, datetime

from schema.enums import LicenceCategory, LicenceKind


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person; the surname may be a compound one."""

    surname: str
    given: str

    @property
    def name(self) -> str:
        """Surname and given name without a space."""
        return self.surname + self.given


@dataclass(frozen=True, slots=True)
class Address:
    """An address in two halves: up to and including the street, village or estate, and what follows."""

    street: str
    rest: str

    @property
    def text(self) -> str:
        """The whole address on one line."""
        return self.street + self.rest


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a row was last changed at its source, and whether it is under objection there."""

    updated: datetime
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a licence is called and which numbers it bears."""

    kind: LicenceKind
    name: str
    number: str | None
    item_code: str
    decision_no: str | None
    decision_title: str
    category: LicenceCategory


@dataclass(frozen=True, slots=True)
class Term:
    """From when to when something holds; `endless` is the source's own flag."""

    start: date | None
    end: date | None
    endless: bool = False


@dataclass(frozen=True, slots=True)
class Campus:
    """A campus of a school."""

    code: str
    name: str
    school: str


@dataclass(frozen=True, slots=True)
class Contract:
    """A contract of an operator with a school."""

    number: str
    start: date
    end: date
