"""What the city consists of before any department writes it down in its own way: plain frozen values.

Knows no table, no column and no source; enumerations are the schema's. `number` is the row's own identifier.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from hub.demo.values import Address, Campus, Certificate, Contract, Person, Stamp, Term
from schema.enums import (
    CampusPart,
    CaseStatus,
    CertificateStatus,
    CodeIssuer,
    CodeStatus,
    CommitmentKind,
    EntityKind,
    Fulfilment,
    IncentiveMeasure,
    IncentiveStatus,
    InstitutionKind,
    InstitutionStatus,
    LicenceStatus,
    ListKind,
    PenaltyKind,
    Publicity,
    RatingScheme,
    RegistrationStatus,
    Scenario,
)


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
class DemoLicence:
    """A licence, filing or registration as its authority keeps it.

    `uscc` is what stands in the authority's code column: nothing for a natural person, who then is the `person`.
    """

    number: int
    uscc: str | None
    certificate: Certificate
    scope: str
    decided: date
    term: Term
    status: LicenceStatus
    renewal: bool
    authority: str
    premises: str
    stamp: Stamp
    person: Person | None = None


@dataclass(frozen=True, slots=True)
class DemoPenalty:
    """An administrative penalty; amounts are in units of 10,000 yuan. One that was annulled is withdrawn soon after."""

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
    annulled: date | None = None
    withdrawn_on: date | None = None


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
    subject_name: str
    headline: str
    labels: tuple[str, ...]
    penalties: int
    fulfilled: int
    assessed: date
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoInspection:
    """A visit by a department; `count` is its number among that department's visits of the calendar year."""

    number: int
    uscc: str
    started: datetime
    department: str
    field: str
    basis: str
    officers: tuple[Person, ...]
    notice_no: str
    items: tuple[str, ...]
    coverage: str
    result: str
    by_scan: bool
    count: int
    year_cap: int | None
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoCap:
    """The most visits a year that a department has published for a class of industry."""

    number: int
    industry: str
    department: str
    field: str
    year: int
    cap: int
    basis: str
    published: date
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoCode:
    """A code of the provincial register: what it says, its status since when and why, and where it is displayed."""

    number: int
    uscc: str
    token: str
    status: CodeStatus
    status_since: date
    status_reason: str | None
    issued_to: str
    issued: date
    displayed: date | None
    printed: date | None
    places: tuple[str, ...]
    issuer: CodeIssuer
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoInstitution:
    """A licensed financial institution."""

    number: int
    uscc: str
    licence_no: str
    kind: InstitutionKind
    status: InstitutionStatus
    approved: date
    authority: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoClinic:
    """The registration of a medical institution: subjects it may treat, and when it was and is to be verified."""

    number: int
    uscc: str
    registration_no: str
    name: str
    level: str
    subjects: tuple[str, ...]
    premises: str
    verified: date
    due: date
    authority: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoItem:
    """An approval item: its papers, those that facts can replace, and its time limits in working days."""

    number: int
    code: str
    name: str
    authority: str
    statutory_days: int
    promised_days: int
    materials: tuple[str, ...]
    materials_replaced: tuple[str, ...]
    credit_evidence: bool
    since: date | None
    basis: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoCase:
    """An application on its way: accepted, due, decided or not."""

    number: int
    uscc: str
    case_no: str
    item_code: str
    item_name: str
    status: CaseStatus
    renewal: bool
    accepted: date
    due: date
    decided: date | None
    statutory_days: int
    promised_days: int
    authority: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoTrade:
    """Who runs what on a campus; rows of one canteen share its `facility_no`."""

    number: int
    uscc: str
    campus: Campus
    part: CampusPart
    facility_no: str
    business: str
    licence_no: str | None
    contract: Contract | None
    premises: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class DemoCertificate:
    """An officer's enforcement certificate."""

    number: int
    certificate_no: str
    holder: Person
    department: str
    field_of_law: str
    status: CertificateStatus
    start: date
    end: date
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class CityRecords:
    """Everything the departments know, in the order of their own row numbers."""

    entities: tuple[DemoEntity, ...] = ()
    market_licences: tuple[DemoLicence, ...] = ()
    approval_licences: tuple[DemoLicence, ...] = ()
    health_licences: tuple[DemoLicence, ...] = ()
    device_licences: tuple[DemoLicence, ...] = ()
    penalties: tuple[DemoPenalty, ...] = ()
    market_ratings: tuple[DemoRating, ...] = ()
    credit_ratings: tuple[DemoRating, ...] = ()
    tax_ratings: tuple[DemoRating, ...] = ()
    listings: tuple[DemoListing, ...] = ()
    court_listings: tuple[DemoListing, ...] = ()
    honours: tuple[DemoHonour, ...] = ()
    commitments: tuple[DemoCommitment, ...] = ()
    incentives: tuple[DemoIncentive, ...] = ()
    statuses: tuple[DemoStatus, ...] = ()
    market_inspections: tuple[DemoInspection, ...] = ()
    other_inspections: tuple[DemoInspection, ...] = ()
    caps: tuple[DemoCap, ...] = ()
    certificates: tuple[DemoCertificate, ...] = ()
    codes: tuple[DemoCode, ...] = ()
    institutions: tuple[DemoInstitution, ...] = ()
    clinics: tuple[DemoClinic, ...] = ()
    items: tuple[DemoItem, ...] = ()
    cases: tuple[DemoCase, ...] = ()
    trades: tuple[DemoTrade, ...] = ()
