"""One caller in one transaction: what an act is done with, and what it leaves in the record."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection

from auth.access import Access
from hub.audit.act import Act, append_act
from hub.callers.ledger import Occasion
from hub.callers.mandates import Mandates
from hub.callers.people import People
from hub.callers.register import Registered
from hub.callers.tries import Tries
from hub.callers.vault import Vault
from hub.errors import HubError
from schema.uscc import holds_citizen_id


@dataclass(frozen=True, slots=True)
class Rules:
    """What the configuration says that acts depend on: names that can be frozen, the department of merchants.

    real_name: providers that vouch for real names.
    """

    clients: frozenset[str]
    departments: frozenset[str]
    grants: frozenset[str]
    merchants: str
    real_name: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Password:
    """A one-time password and its stored form, whose making takes too long for a transaction."""

    clear: str = field(repr=False)
    stored: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Facts:
    """What was found out for an act before it is done: entities by their codes, passwords by their account names."""

    entities: dict[str, Registered | None] = field(default_factory=dict)
    passwords: dict[str, Password] = field(default_factory=dict)


class UnknownError(Exception):
    """An act lacks something: its transaction ends, and it begins anew when an entity, or a password, is there."""

    def __init__(self, *, entity: str | None = None, account: str | None = None) -> None:
        super().__init__("to be found out")
        self.entity = entity
        self.account = account


@dataclass(frozen=True, slots=True)
class Doing:
    """What an act is done with; `missed` are the tries that were counted so far, which count whatever becomes of it."""

    connection: Connection
    vault: Vault
    occasion: Occasion
    access: Access
    rules: Rules
    missed: list[str] = field(default_factory=list)

    @property
    def people(self) -> People:
        """The people of this transaction."""
        return People(self.connection, self.vault, self.occasion.now)

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

    def entity(self, uscc: str) -> str:
        """Digest of an entity, the same as in the entries of questions."""
        return self.vault.short("entity", uscc)

    def record(self, act: str, outcome: str, subject: str, told: Mapping[str, str]) -> int:
        """Leave an entry; its position in the record."""
        caller, client = self.access.caller, self.access.caller.client
        asked = {"department": client.department, "role": client.role.value, "purpose": self.access.purpose}
        case = self.vault.short("case", self.access.case or "")
        made = Act(
            at=self.occasion.at,
            request_id=self.occasion.request_id,
            act=act,
            outcome=outcome,
            client=client.id,
            person=self.vault.short("person", caller.person or ""),
            subject=subject,
            told={**asked, **({"case": case} if case else {}), **told},
        )
        return append_act(self.connection, made)


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
