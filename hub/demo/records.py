"""What the city consists of before any department writes it down in its own way: plain frozen values.

Knows no table, no column and no source; enumerations are the schema's. `number` is the row's own identifier.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from schema.enums import (
    CommitmentKind,
    EntityKind,
    Fulfilment,
    IncentiveMeasure,
    IncentiveStatus,
    LicenceCategory,
    LicenceKind,
    LicenceStatus,
    ListKind,
    PenaltyKind,
    Publicity,
    RatingScheme,
    RegistrationStatus,
    Scenario,
)


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
class DemoEntity:
    """A registered entity; `permit` names what its trade needs, `capital` is in units of 10,000 yuan as written."""

    number: int
    uscc: str | None
    reg_no15: str | None
    org_code: str | None
    name: str
    former_names: tuple[str, ...]
    kind: EntityKind
    status: RegistrationStatus
    representative: Person | None
    capital: str | None
    established: date
    address: Address
    division: str
    industry: str
    scope: str
    registrar: str
    phone: str | None
    permit: str
    stamp: Stamp


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
class DemoLicence:
    """A licence, filing or registration as its authority keeps it."""

    number: int
    uscc: str
    certificate: Certificate
    scope: str
    decided: date
    term: Term
    status: LicenceStatus
    renewal: bool
    authority: str
    premises: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoPenalty:
    """An administrative penalty; amounts are in units of 10,000 yuan."""

    number: int
    uscc: str
    decision_no: str
    violation: str
    facts: str
    basis: str
    kinds: tuple[PenaltyKind, ...]
    content: str
    fine: Decimal | None
    confiscated: Decimal | None
    decided: date
    public_until: date
    withdrawn: bool
    repaired: bool
    authority: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoRating:
    """A rating by its issuer; the label belongs to the grade."""

    number: int
    uscc: str
    scheme: RatingScheme
    grade: str
    label: str
    issuer: str
    assessed: date
    valid_to: date | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoListing:
    """An entry of a statutory list, removed or not."""

    number: int
    uscc: str
    listed: ListKind
    name: str
    reason: str
    decision_no: str
    authority: str
    listed_on: date
    removed_on: date | None
    removal_reason: str | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoHonour:
    """An honour and who granted it."""

    number: int
    uscc: str
    name: str
    issuer: str
    granted: date
    valid_to: date | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoCommitment:
    """A credit commitment in the national template."""

    number: int
    uscc: str
    code: str
    kind: CommitmentKind
    subject: str
    content: str
    liability: str
    made: date
    valid_to: date | None
    fulfilment: Fulfilment
    publicity: Publicity
    accepted_by: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoIncentive:
    """An incentive that was granted, and what came of it."""

    number: int
    uscc: str
    measure: IncentiveMeasure
    scenario: Scenario
    department: str
    granted: date
    valid_to: date | None
    status: IncentiveStatus
    outcome: str | None
    minutes_saved: int | None
    basis: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoStatus:
    """The credit status of an entity: counts of the other records on the day the city was drawn, and one sentence."""

    number: int
    uscc: str
    headline: str
    labels: tuple[str, ...]
    penalties: int
    fulfilled: int
    assessed: date
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class CityRecords:
    """Everything the departments know, in the order of their own row numbers."""

    entities: tuple[DemoEntity, ...] = ()
    market_licences: tuple[DemoLicence, ...] = ()
    health_licences: tuple[DemoLicence, ...] = ()
    penalties: tuple[DemoPenalty, ...] = ()
    market_ratings: tuple[DemoRating, ...] = ()
    credit_ratings: tuple[DemoRating, ...] = ()
    listings: tuple[DemoListing, ...] = ()
    honours: tuple[DemoHonour, ...] = ()
    commitments: tuple[DemoCommitment, ...] = ()
    incentives: tuple[DemoIncentive, ...] = ()
    statuses: tuple[DemoStatus, ...] = ()
