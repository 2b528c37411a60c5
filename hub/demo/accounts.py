"""What opens the demo: a secret of every client, accounts of invented people, an authenticator for whom one is needed.

All of it is derived from the seed, so that a demo that is started again opens in the same way; a hub that is no demo
does not start with it.
"""

import base64
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256

from sqlalchemy import insert, select

from auth.caller import Client
from auth.grants import Grant
from auth.roles import Role
from auth.server import second_factor
from auth.server.ledger import digest_of
from hub.app import Hub
from hub.callers.client_secrets import DEMO
from hub.callers.ledger import StoreLedger
from hub.callers.people import Account
from hub.demo.clients import COUNTY_BINDING, PUBLIC, WORKBENCH
from hub.demo.credentials import Credential, fold_credentials
from hub.demo.officers import EXPIRED
from hub.store.caller_tables import client_credentials
from schema.catalogue import Catalogue

_CENTURY = 100 * 365 * 24 * 3600
_CERTIFICATE = "08120000001"


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """An invented person, and the client they sign in through."""

    username: str
    label: str
    department: str
    role: Role
    client: str
    certificate: str | None = None


ACCOUNTS = (
    DemoAccount("officer", "韩立秋", "market", Role.OFFICER, "market-enforcement-app", _CERTIFICATE),
    DemoAccount("officer-expired", "于春生", "market", Role.OFFICER, "market-enforcement-app", EXPIRED),
    DemoAccount("clerk", "孟晓云", "service", Role.CLERK, "service-hall-counter"),
    DemoAccount("credit", "邵明岩", "credit", Role.CREDIT_OFFICE, "credit-office-desk"),
    DemoAccount("system-admin", "白雪松", "bigdata", Role.ADMIN, WORKBENCH),
    DemoAccount("security-admin", "戴秋实", "bigdata", Role.SEC, WORKBENCH),
    DemoAccount("security-admin-2", "穆清河", "bigdata", Role.SEC, WORKBENCH),
    DemoAccount("audit-admin", "龙玉成", "bigdata", Role.AUDIT, WORKBENCH),
    DemoAccount("steward-market", "苗文秀", "market", Role.STEWARD, WORKBENCH),
    DemoAccount("steward-credit", "佟玉兰", "credit", Role.STEWARD, WORKBENCH),
    DemoAccount("steward-health", "初立新", "health", Role.STEWARD, WORKBENCH),
)
"""Everybody who can sign in with a password of the hub's."""


def fold_people(
    clients: Sequence[Client], grants: Sequence[Grant], catalogue: Catalogue, day: date
) -> tuple[Credential, ...]:
    """Credentials of everybody, as whom each may act on a day."""
    known = {client.id: client for client in clients}
    acting = [_acting(known[account.client], account) for account in ACCOUNTS]
    folded = fold_credentials(acting, grants, catalogue, day)
    return tuple(
        replace(one, username=account.username, label=account.label)
        for one, account in zip(folded, ACCOUNTS, strict=True)
    )


def _acting(client: Client, account: DemoAccount) -> Client:
    if account.certificate == EXPIRED:
        return replace(client, department=PUBLIC.department, role=PUBLIC.role, purposes=PUBLIC.purposes)
    return replace(client, department=account.department, role=account.role)


@dataclass(frozen=True, slots=True)
class Opening:
    """Secrets, passwords and authenticators of a seed."""

    seed: str

    def secret(self, client: str) -> str:
        """Secret of a client."""
        return self._text("secret", client)

    def password(self, username: str) -> str:
        """Password of a person."""
        return self._text("password", username)[:20]

    def factor(self, account: DemoAccount) -> bytes | None:
        """Key of a person's authenticator, where their role needs one."""
        made = Account("", account.username, account.label, account.department, account.role)
        return self._bytes("authenticator", account.username)[:20] if made.needs_second_factor else None

    def of_person(self, username: str) -> Mapping[str, str]:
        """What a person types."""
        account = next(one for one in ACCOUNTS if one.username == username)
        key = self.factor(account)
        factor = {"totp_secret": second_factor.shown(key)} if key is not None else {}
        return {"username": username, "password": self.password(username), **factor}

    def _text(self, kind: str, name: str) -> str:
        return base64.urlsafe_b64encode(self._bytes(kind, name)).decode().rstrip("=")

    def _bytes(self, kind: str, name: str) -> bytes:
        return hmac.new(self.seed.encode(), f"{kind}\n{name}".encode(), sha256).digest()


def furnish(hub: Hub, opening: Opening) -> None:
    """Let the secrets and people of the demo open the hub, unless they do already."""

    def work(ledger: StoreLedger) -> None:
        for client in hub.roster.clients:
            _have_secret(ledger, client, opening.secret(client))
        for account in ACCOUNTS:
            if ledger.people.of_username(account.username) is None:
                ledger.people.add(_person(account, opening), opening.password(account.username))

    hub.attendant.perform(work)


def _have_secret(ledger: StoreLedger, client: str, secret: str) -> None:
    name = f"{DEMO}{client}"[:32]
    if (
        ledger.connection.execute(select(client_credentials.c.id).where(client_credentials.c.id == name)).first()
        is None
    ):
        row = {
            "id": name,
            "client": client,
            "digest": digest_of(secret),
            "made_at": ledger.now,
            # The demo's clock may be moved by years.
            "expires_at": ledger.now + _CENTURY,
        }
        ledger.connection.execute(insert(client_credentials).values(row))


def _person(account: DemoAccount, opening: Opening) -> Account:
    return Account(
        id="",
        username=account.username,
        label=account.label,
        department=account.department,
        role=account.role,
        bindings=COUNTY_BINDING if account.role in {Role.OFFICER, Role.STEWARD} else {},
        second_factor=opening.factor(account),
        certificate_no=account.certificate,
    )
