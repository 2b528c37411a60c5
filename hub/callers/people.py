"""People in the store, and as whom each may act at this moment.

An officer acts as one while the source of enforcement certificates vouches for theirs; a merchant, for the entities
they hold a mandate for, be they none. An officer without one sees what the public sees.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import orjson
from sqlalchemy import Connection, Row, func, insert, or_, select, update

from auth.caller import Standing
from auth.roles import ADMINISTRATORS, Role
from auth.server.ledger import Person
from auth.server.passwords import hash_password
from auth.standing import Stopped
from hub.callers.mandates import Mandates
from hub.callers.stopping import stop
from hub.callers.vault import Vault
from hub.store.caller_tables import browser_sessions, mandates, outside_identities, pending_requests, people, sign_ins

CERTIFICATE_TRUST = 24 * 3600
"""Seconds for which what the source said of a certificate is believed, where it does not answer."""
MAX_ENTITIES = 50
"""Entities that one token is for at most."""
NEEDS_SECOND_FACTOR = ADMINISTRATORS | {Role.OFFICER}
BY_PASSWORD = frozenset({Role.CREDIT_OFFICE, Role.STEWARD})
"""Roles that need one as well where it is the hub whose password they have: they release data, or may break glass."""
_NOTHING_LEFT: dict[str, Any] = dict.fromkeys(("username", "password", "second_factor", "email", "phone"))
"""What is forgotten of somebody who leaves."""
_PUBLIC = Standing("", Role.PUBLIC)


@dataclass(frozen=True, slots=True)
class Account:
    """A person as the sign-in knows them; `second_factor` is the key of their authenticator."""

    id: str
    username: str | None
    label: str
    department: str
    role: Role
    purposes: tuple[str, ...] = ()
    bindings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    password: str | None = field(default=None, repr=False)
    must_change: bool = False
    second_factor: bytes | None = field(default=None, repr=False)
    last_step: int = 0
    certificate_no: str | None = field(default=None, repr=False)
    certificate_checked_at: int | None = None
    certificate_until: int | None = None
    email: str | None = field(default=None, repr=False)
    phone: str | None = field(default=None, repr=False)

    @property
    def needs_second_factor(self) -> bool:
        """True if a password alone does not do."""
        here = self.role in BY_PASSWORD and self.username is not None
        return here or self.role in NEEDS_SECOND_FACTOR or self.second_factor is not None


class PersonExistsError(Exception):
    """Somebody has this account name already."""


class People:
    """The people of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, vault: Vault, now: int) -> None:
        self._connection = connection
        self._vault = vault
        self._now = now

    def of_username(self, username: str) -> Account | None:
        """Who has this account name."""
        return self._one(people.c.username == username)

    def of_id(self, person: str) -> Account | None:
        """The person of this id, unless they have left."""
        return self._one(people.c.id == person)

    def named(self, name: str) -> Account | None:
        """Who has this account name, however it is written, or else this id."""
        return self.of_username(name) or self.of_username(name.casefold()) or self.of_id(name)

    def all(self) -> list[Account]:
        """Everybody, by account name; those whom other providers vouch for come last."""
        query = select(people).where(people.c.ended_at.is_(None))
        found = [self._read(row) for row in self._connection.execute(query)]
        return sorted(found, key=lambda one: (one.username is None, one.username or one.id))

    def providers(self) -> dict[str, str]:
        """Who vouches for those who have no account name here, by their ids."""
        table = outside_identities
        return {row.person: row.provider for row in self._connection.execute(select(table.c.person, table.c.provider))}

    def add(self, account: Account, password: str | None = None) -> Account:
        """Add a person, whose password may be hashed already; PersonExistsError if the account name is taken."""
        # Somebody's id is no account name: people without one are named by theirs.
        same = func.lower(people.c.username) == (account.username or "").lower()
        taken = select(people.c.id).where(or_(same, people.c.id == account.username))
        if account.username is not None and self._connection.execute(taken).first() is not None:
            raise PersonExistsError(account.username)
        made = replace(account, id=account.id or secrets.token_hex(12))
        row = {
            "id": made.id,
            "username": made.username,
            "label": self._vault.seal(f"people.label.{made.id}", made.label),
            "department": made.department,
            "role": made.role.value,
            "purposes": " ".join(made.purposes),
            "bindings": orjson.dumps({k: list(v) for k, v in made.bindings.items()}).decode(),
            "certificate_no": self._sealed(made.id, "certificate_no", made.certificate_no),
            "password": hash_password(password) if password is not None else made.password,
            "email": self._sealed(made.id, "email", made.email),
            "phone": self._sealed(made.id, "phone", made.phone),
            "must_change": made.must_change,
            "second_factor": made.second_factor and self._sealed(made.id, "second_factor", made.second_factor.hex()),
            "last_step": 0,
            "made_at": self._now,
        }
        self._connection.execute(insert(people).values(row))
        return made

    def vouch(self, said: Account) -> Account | None:
        """Take notice of what another provider says of a person; None if they have left."""
        return self.change(said, "VOUCHED_FOR_OTHERWISE")

    def change(self, said: Account, reason: str) -> Account | None:
        """Make somebody who is known be as this says; None if they have left. A change ends their tokens."""
        known = self.of_id(said.id)
        if known is None:
            return None
        before = (known.label, known.department, known.role, known.purposes, known.bindings, known.certificate_no)
        now = (said.label, said.department, said.role, said.purposes, dict(said.bindings), said.certificate_no)
        if before == now:
            return known
        values: dict[str, Any] = {
            "label": self._vault.seal(f"people.label.{said.id}", said.label),
            "department": said.department,
            "role": said.role.value,
            "purposes": " ".join(said.purposes),
            "bindings": orjson.dumps({k: list(v) for k, v in said.bindings.items()}).decode(),
        }
        if known.certificate_no != said.certificate_no:
            values |= {
                "certificate_no": self._sealed(said.id, "certificate_no", said.certificate_no),
                "certificate_checked_at": None,
                "certificate_until": None,
            }
        self._set(said.id, values)
        if known.role is said.role or known.username is None:
            stop(self._connection, Stopped.PERSON, said.id, self._now, reason)
        else:
            # In another role they sign in anew: with a second factor, where that one needs it.
            self.sign_out(said.id, reason)
        return self.of_id(said.id)

    def reach(self, person: str, email: str | None, phone: str | None) -> None:
        """Take notice of where notices may be sent; None where nothing is known."""
        sealed = {"email": self._sealed(person, "email", email), "phone": self._sealed(person, "phone", phone)}
        self._set(person, sealed)

    def change_password(self, person: str, stored: str, *, must_change: bool = False) -> None:
        """Give a person another password, whose stored form this is; whoever is signed in as them is not any more."""
        self._set(person, {"password": stored, "must_change": must_change})
        self.sign_out(person, "PASSWORD_CHANGED")

    def enrol(self, person: str, key: bytes, step: int) -> None:
        """Take notice of an authenticator, and of the code that proved it."""
        self._set(person, {"second_factor": self._sealed(person, "second_factor", key.hex()), "last_step": step})

    def forget_second_factor(self, person: str) -> None:
        """Let a person enrol anew; whoever is signed in as them is not any more."""
        self._set(person, {"second_factor": None})
        self.sign_out(person, "SECOND_FACTOR_RECOVERED")

    def take_step(self, person: str, step: int) -> None:
        """Take notice of a code that was used."""
        self._set(person, {"last_step": step})

    def certify(self, person: str, until: int | None) -> None:
        """Take notice of what the source of certificates says; a change ends the tokens from before."""
        known = self.of_id(person)
        self._set(person, {"certificate_checked_at": self._now, "certificate_until": until})
        if known is not None and (known.certificate_until is None) != (until is None):
            stop(self._connection, Stopped.PERSON, person, self._now, "CERTIFICATE_CHANGED")

    def end(self, person: str) -> None:
        """Let a person sign in no more."""
        self._set(person, _NOTHING_LEFT | {"ended_at": self._now})
        self.sign_out(person, "PERSON_LEFT")

    def sign_out(self, person: str, reason: str) -> None:
        """End every sign-in of a person, also those under way, and every browser session."""
        ended = update(sign_ins).where(sign_ins.c.person == person, sign_ins.c.ended_at.is_(None))
        self._connection.execute(ended.values(ended_at=self._now))
        self._connection.execute(browser_sessions.delete().where(browser_sessions.c.person == person))
        proven = orjson.dumps({"person": person}).decode()[1:-1]
        under_way = pending_requests.c.state.contains(proven, autoescape=True)
        self._connection.execute(pending_requests.delete().where(under_way))
        stop(self._connection, Stopped.PERSON, person, self._now, reason)

    def acting(self, account: Account) -> Person:
        """The person as they may act now."""
        return Person(account.id, account.username, account.label, self._standing(account), account.purposes)

    def _standing(self, account: Account) -> Standing:
        if account.role is Role.OFFICER:
            return Standing(account.department, account.role, account.bindings) if self._certified(account) else _PUBLIC
        if account.role is Role.MERCHANT:
            return Standing(account.department, account.role, {"entities": self._entities(account.id)})
        return Standing(account.department, account.role, account.bindings)

    def _certified(self, account: Account) -> bool:
        checked, until = account.certificate_checked_at, account.certificate_until
        if checked is None or until is None:
            return False
        return until > self._now and checked > self._now - CERTIFICATE_TRUST

    def _entities(self, person: str) -> tuple[str, ...]:
        holds = or_(mandates.c.ends_at.is_(None), mandates.c.ends_at > self._now)
        query = (
            select(mandates.c.entity)
            .where(mandates.c.person == person, mandates.c.ended_at.is_(None), mandates.c.starts_at <= self._now, holds)
            .group_by(mandates.c.entity)
            # One's own come first: whoever makes others their delegates must not crowd those out.
            .order_by(func.max(mandates.c.kind).desc(), mandates.c.entity)
            .limit(MAX_ENTITIES)
        )
        own = [row.entity for row in self._connection.execute(query)]
        following = Mandates(self._connection, self._vault, self._now).following
        reached = (code for entity in own for code in following.reach(entity))
        return tuple(sorted(list(dict.fromkeys((*own, *reached)))[:MAX_ENTITIES]))

    def _one(self, condition: Any) -> Account | None:
        row = self._connection.execute(select(people).where(condition, people.c.ended_at.is_(None))).first()
        return self._read(row) if row is not None else None

    def _set(self, person: str, values: dict[str, Any]) -> None:
        self._connection.execute(update(people).where(people.c.id == person).values(values))

    def _sealed(self, person: str, column: str, text: str | None) -> bytes | None:
        return None if text is None else self._vault.seal(f"people.{column}.{person}", text)

    def _opened(self, person: str, column: str, sealed: bytes | None) -> str | None:
        return None if sealed is None else self._vault.open(f"people.{column}.{person}", sealed)

    def _read(self, row: Row[Any]) -> Account:
        factor = self._opened(row.id, "second_factor", row.second_factor)
        return Account(
            id=row.id,
            username=row.username,
            label=self._vault.open(f"people.label.{row.id}", row.label),
            department=row.department,
            role=Role(row.role),
            purposes=tuple(row.purposes.split()),
            bindings={name: tuple(values) for name, values in orjson.loads(row.bindings).items()},
            password=row.password,
            must_change=row.must_change,
            second_factor=bytes.fromhex(factor) if factor is not None else None,
            last_step=row.last_step,
            certificate_no=self._opened(row.id, "certificate_no", row.certificate_no),
            certificate_checked_at=row.certificate_checked_at,
            certificate_until=row.certificate_until,
            email=self._opened(row.id, "email", row.email),
            phone=self._opened(row.id, "phone", row.phone),
        )
