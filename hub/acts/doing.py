"""One caller in one transaction: what an act is done with, and what it leaves in the record."""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from adapters.reports import Reports
from auth.access import Access
from hub.answer import Look, Seen
from hub.audit.act import Act, append_act
from hub.audit.disclosing import Receipts
from hub.audit.recorder import Recorded
from hub.audit.tiles import logged
from hub.audit.tree import leaf_hash
from hub.callers.ledger import Occasion
from hub.callers.mandates import Mandates
from hub.callers.people import People
from hub.callers.register import Registered
from hub.callers.tries import Tries
from hub.callers.vault import Vault
from hub.code.rules import CodeRules
from hub.code.shops import Shop
from hub.errors import HubError
from hub.owners import Owners
from hub.roster.roster import Roster, load_roster
from hub.settings_record import AnomaliesTable
from hub.settings_tables import EmergencyTable
from schema.enums import CaseState
from schema.uscc import holds_citizen_id

if TYPE_CHECKING:
    from hub.acts.seeing import Sight
    from hub.mapping.trials import Mappings, TrialWish, Tried


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where receipts are: those of the log, and the address under which the hub is reached."""

    receipts: Receipts
    address: str


@dataclass(frozen=True, slots=True)
class FileSource:
    """A source whose rows come as files: whose it is, and what became of them."""

    department: str
    reports: Reports


@dataclass(frozen=True, slots=True)
class RecordRules:
    """What the configuration says of the record: working days for an objection, and what is conspicuous."""

    objection_days: int = 3
    anomalies: AnomaliesTable = field(default_factory=AnomaliesTable)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration says that acts depend on: the department of merchants, providers that vouch for real names,
    who owns what and where receipts are, where that is known, how glass is broken, how the id of an entity is made, how
    many working days an owner has for a correction, for how many days the name index answers, how codes are issued, where
    they are, what is asked of the record, how the gateway would see a question, which sources take files, which mappings run,
    and the entity that is there for trying.
    """

    merchants: str
    real_name: frozenset[str] = frozenset()
    owners: Owners | None = None
    emergency: EmergencyTable = field(default_factory=EmergencyTable)
    identify: Callable[[str, str], str] | None = None
    correction_days: int = 10
    keep_names: int = 7
    receipts: Shelf | None = None
    code: CodeRules | None = None
    record: RecordRules = field(default_factory=RecordRules)
    sight: "Sight | None" = None
    files: Mapping[str, FileSource] = field(default_factory=dict)
    mappings: "Callable[[], Mappings] | None" = None
    sample: str | None = None

    @property
    def known(self) -> Owners:
        """Who owns what; RuntimeError where the hub was wired without it."""
        if self.owners is None:
            raise RuntimeError("these rules know no owners")
        return self.owners

    @property
    def shelf(self) -> Shelf:
        """Where receipts are; RuntimeError where the hub was wired without them."""
        if self.receipts is None:
            raise RuntimeError("these rules know no receipts")
        return self.receipts

    @property
    def answering(self) -> frozenset[str]:
        """Departments that answer for any record."""
        return frozenset(one for departments in self.known.departments.values() for one in departments)

    def keepers(self, records: Collection[str]) -> frozenset[str]:
        """Departments that own any of these records."""
        departments = self.known.departments
        return frozenset(one for record in records for one in departments.get(record, ()))


@dataclass(frozen=True, slots=True)
class Password:
    """A one-time password and its stored form, whose making takes too long for a transaction."""

    clear: str = field(repr=False)
    stored: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out for an act before it is done: entities, and what is said of them as shops, by their codes;
    passwords by their account names.

    `known`: whether the register has an entity of this code · `trials`: what came of mappings that were tried · `seen`:
    answers to questions that were put as somebody else, by the name of the look · `cases`: how cases stand that somebody
    else would name, by the names of these.
    """

    entities: dict[str, Registered | None] = field(default_factory=dict)
    shops: dict[str, Shop | None] = field(default_factory=dict)
    known: dict[str, bool] = field(default_factory=dict)
    passwords: dict[str, Password] = field(default_factory=dict)
    trials: "dict[TrialWish, Tried]" = field(default_factory=dict, repr=False)
    seen: dict[str, Seen] = field(default_factory=dict)
    cases: dict[str, CaseState] = field(default_factory=dict)


@dataclass(eq=False, kw_only=True)
class UnknownError(Exception):
    """An act lacks something: its transaction ends, and it begins anew when that is there.

    `entity`: who represents it · `shop`: what is said of it as a shop · `account`: a password · `code`: whether there is
    such an entity · `trial`: what comes of a mapping · `look`: what somebody else would be answered ·
    `case`: how a case stands that somebody else would name, by its name here.
    """

    entity: str | None = None
    shop: str | None = None
    account: str | None = None
    code: str | None = None
    trial: "TrialWish | None" = None
    look: Look | None = None
    case: tuple[str, Access] | None = None

    def __str__(self) -> str:
        """No word of what it is about."""
        return "to be found out"


@dataclass(frozen=True, slots=True)
class Doing:
    """What an act is done with; `missed` are the tries that were counted so far, which count whatever becomes of it,
    `recorded` the entries that it left.
    """

    connection: Connection
    vault: Vault
    occasion: Occasion
    access: Access
    rules: Rules
    missed: list[str] = field(default_factory=list)
    recorded: list[Recorded] = field(default_factory=list)

    @property
    def people(self) -> People:
        """The people of this transaction."""
        return People(self.connection, self.vault, self.occasion.now)

    def roster(self) -> Roster:
        """Who may see what, as this transaction has it."""
        return load_roster(self.connection, self.occasion.now)

    @property
    def mandates(self) -> Mandates:
        """The mandates of this transaction."""
        return Mandates(self.connection, self.vault, self.occasion.now)

    @property
    def tries(self) -> Tries:
        """The tries of this transaction."""
        return Tries(self.connection, self.vault, self.occasion.now)

    def miss(self, what: str) -> None:
        """Count a try that was none."""
        self.missed.append(what)
        self.tries.count(what)

    def person(self) -> str:
        """Who does it; HubError where a client acts for itself."""
        if self.access.caller.person is None:
            raise HubError("PERSON_REQUIRED")
        return self.access.caller.person

    def persons(self) -> frozenset[str]:
        """Who does it, for rules that need two: the person, and the one they act for. HubError where a client acts for itself."""
        self.person()
        return self.access.caller.persons

    def in_person(self) -> str:
        """Who does it, where no deputy may; HubError if somebody acts for another, or a client for itself."""
        if self.access.caller.principal is not None:
            raise HubError("IN_PERSON_ONLY")
        return self.person()

    def entity(self, uscc: str) -> str:
        """Digest of an entity, the same as in the entries of questions."""
        return self.vault.short("entity", uscc)

    def record(self, act: str, outcome: str, subject: str, told: Mapping[str, str]) -> int:
        """Leave an entry; its position in the record."""
        caller, client = self.access.caller, self.access.caller.client
        asked = {"department": client.department, "role": client.role.value, "purpose": self.access.purpose}
        case = self.vault.short("case", self.access.case or "")
        principal = self.vault.short("person", caller.principal or "")
        made = Act(
            at=self.occasion.at,
            request_id=self.occasion.request_id,
            act=act,
            outcome=outcome,
            client=client.id,
            person=self.vault.short("person", caller.person or ""),
            subject=subject,
            told={**asked, **({"case": case} if case else {}), **({"for": principal} if principal else {}), **told},
        )
        position = append_act(self.connection, made)
        self.recorded.append(Recorded(position, leaf_hash(logged(made.canonical())).hex()))
        return position


def line_of(text: str, most: int, name: str) -> str:
    """A text of one line, without blanks around it and what can't be seen; HubError if it is empty, too long, or more."""
    kinds = [(char, unicodedata.category(char)) for char in unicodedata.normalize("NFC", text)]
    line = "".join(" " if kind == "Zs" else char for char, kind in kinds if kind != "Cf").strip()
    if not 1 <= len(line) <= most or not line.isprintable():
        raise bad_input(f"{name} 须为 1 到 {most} 个可见字符", f"{name} takes 1 to {most} printable characters")
    if holds_citizen_id(line):
        raise HubError("LOOKS_LIKE_CITIZEN_ID")
    return line


def bad_input(detail: str, detail_en: str) -> HubError:
    """The refusal of an argument."""
    return HubError("BAD_USER_INPUT", detail=detail, detail_en=detail_en)
