"""Secrets, keys and sign-ins, told and taken back: the schema's `CredentialDesk` and `CredentialDeeds`."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import strawberry
from sqlalchemy import select

from auth.server.registration import Authentication
from hub.acts.doing import Doing, bad_input, line_of
from hub.acts.staffing import named, refuse_own
from hub.callers.client_secrets import MOST, TooManyError, add_secret, list_credentials, withdraw
from hub.callers.offices import OFFICES
from hub.clock import rfc3339_of
from hub.errors import HubError
from hub.settings_tables import ClientTable
from hub.store.caller_tables import browser_sessions, sign_ins
from schema.credentials import ClientCredentialItem, SecretOutcome, SignInItem, WithdrawnOutcome

_MOST_DAYS = 730


@dataclass(frozen=True, slots=True)
class CredentialLook:
    """What there is, never a secret itself."""

    doing: Doing

    def of_client(self, name: str) -> Sequence[ClientCredentialItem]:
        """Secrets and keys that hold, the oldest first."""
        client, now = line_of(name, 64, "id"), self.doing.occasion.now
        return [
            ClientCredentialItem(
                id=strawberry.ID(one.id),
                key=one.kind == "key",
                made_at=rfc3339_of(one.made_at),  # type: ignore[arg-type]
                expires_at=rfc3339_of(one.expires_at),  # type: ignore[arg-type]
            )
            for one in list_credentials(self.doing.connection, client)
            if one.holds(now)
        ]

    def sign_ins(self, username: str) -> Sequence[SignInItem]:
        """Those of a person that hold, at the hub itself and through clients, the newest first."""
        person, now = named(self.doing, username).id, self.doing.occasion.now
        here, through = browser_sessions.c, sign_ins.c
        holds = (through.person == person, through.ended_at.is_(None), through.expires_at > now)
        query = select(through.client, through.factors, through.began_at, through.expires_at).where(*holds)
        found = [tuple(row) for row in self.doing.connection.execute(query)]
        own = select(here.factors, here.made_at, here.expires_at).where(here.person == person, here.expires_at > now)
        found += [(None, *row) for row in self.doing.connection.execute(own)]
        return [
            SignInItem(
                client=client,
                factors=factors.split(),
                began_at=rfc3339_of(began),  # type: ignore[arg-type]
                expires_at=rfc3339_of(expires),  # type: ignore[arg-type]
            )
            for client, factors, began, expires in sorted(found, key=lambda row: -row[2])
        ]


@dataclass(slots=True)
class Credentials:
    """What is done about them. `secrets` are what the answer shows once."""

    doing: Doing
    secrets: list[str] = field(default_factory=list, repr=False)

    def give_secret(self, name: str, days: int) -> SecretOutcome:
        """Give a client one more secret. None for one in an office: whoever saw it would hold that office."""
        doing, client = self.doing, self._client(name)
        if client.authentication is not Authentication.SECRET:
            raise bad_input("该客户端不用密钥证明自己", "this client does not prove itself by a secret")
        if not 1 <= days <= _MOST_DAYS:
            raise bad_input(f"days 须为 1 到 {_MOST_DAYS}", f"days is from 1 to {_MOST_DAYS}")
        try:
            made, text = add_secret(doing.connection, client.id, doing.occasion.now, days)
        except TooManyError:
            raise bad_input(
                f"有效密钥已达 {MOST} 个：请先收回一个", f"{MOST} secrets hold already: withdraw one first"
            ) from None
        self.secrets.append(text)
        told = {"client": client.id, "secret": made.id}
        position = doing.record("SECRET_ADDED", "GRANTED", doing.vault.short("client", client.id), told)
        return SecretOutcome(
            id=strawberry.ID(made.id),
            secret=text,
            expires_at=rfc3339_of(made.expires_at),  # type: ignore[arg-type]
            position=position,  # type: ignore[arg-type]
        )

    def withdraw(self, name: str, credential: str) -> WithdrawnOutcome:
        """Let a secret or key open nothing any more."""
        doing, client = self.doing, self._client(name)
        found = any(one.id == credential for one in list_credentials(doing.connection, client.id))
        if not found:
            raise bad_input("该客户端没有此密钥", "the client has no such secret or key")
        count = int(withdraw(doing.connection, credential, doing.occasion.now))
        told = {"client": client.id, "secret": credential}
        outcome = "GRANTED" if count else "ALREADY"
        position = doing.record("SECRET_WITHDRAWN", outcome, doing.vault.short("client", client.id), told)
        return WithdrawnOutcome(count=count, position=position)  # type: ignore[arg-type]

    def end_sign_ins(self, username: str) -> WithdrawnOutcome:
        """End every sign-in of somebody else, with all that was issued in it."""
        doing, account = self.doing, named(self.doing, username)
        refuse_own(doing, account)
        count = len(CredentialLook(doing).sign_ins(account.id))
        doing.people.sign_out(account.id, "ENDED_BY_ADMINISTRATOR")
        told = {"count": str(count)}
        position = doing.record("SIGN_INS_ENDED", "GRANTED", doing.vault.short("person", account.id), told)
        return WithdrawnOutcome(count=count, position=position)  # type: ignore[arg-type]

    def _client(self, name: str) -> ClientTable:
        """A client that is no officer's."""
        self.doing.person()
        client, known = line_of(name, 64, "id"), self.doing.roster().clients
        if client not in known:
            raise bad_input("没有这个客户端", "there is no such client")
        if known[client].role in OFFICES:
            raise HubError("OFFICE_NEEDS_TWO")
        return known[client]
