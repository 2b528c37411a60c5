"""The authorisation server's `Ledger` over the hub's store: one transaction, in which nobody else writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc.jwk import KeySet
from sqlalchemy import Connection, Row, Table, insert, select, update

from auth.server.ledger import Agreed, Device, Event, Person, SignIn, Ticket
from auth.standing import Mark, Stopped
from hub.audit.act import Act, append_act
from hub.callers.people import People
from hub.callers.stopping import gather_stops, is_frozen, stop, stop_token
from hub.callers.vault import Vault
from hub.store.caller_tables import (
    client_credentials,
    codes,
    device_codes,
    pending_requests,
    refresh_tokens,
    seen,
    sign_ins,
)
from hub.store.pulse import count


@dataclass(frozen=True, slots=True)
class Occasion:
    """When something happens and in which request: `now` in seconds since 1970, `at` the same as RFC 3339."""

    now: int
    at: str
    request_id: str


class StoreLedger:
    """What the authorisation server keeps, in the tables of the store."""

    def __init__(self, connection: Connection, vault: Vault, occasion: Occasion) -> None:
        self.connection = connection
        self.people = People(connection, vault, occasion.now)
        self.vault = vault
        self._occasion = occasion
        self.now = occasion.now

    def secrets(self, client: str) -> Sequence[bytes]:
        """Digests of the client's secrets that hold now."""
        return [bytes(row.digest) for row in self._credentials(client) if row.digest is not None]

    def keys(self, client: str) -> KeySet:
        """Public keys of the client that hold now."""
        found = [orjson.loads(row.public_jwk) for row in self._credentials(client) if row.public_jwk is not None]
        return KeySet.import_key_set({"keys": found}) if found else KeySet([])

    def frozen(self, client: str, department: str, person: str = "") -> bool:
        """True if any of them is frozen."""
        keys = [(Stopped.CLIENT, client), (Stopped.DEPARTMENT, department), (Stopped.PERSON, person)]
        return is_frozen(self.connection, [key for key in keys if key[1]])

    def honours(self, mark: Mark) -> bool:
        """True if no stop concerns the mark at this moment."""
        return not gather_stops(self.connection, self.now).concern(mark)

    def first_time(self, digest: bytes, until: float) -> bool:
        """True the first time this is shown."""
        if self.connection.execute(select(seen.c.until).where(seen.c.digest == digest)).first() is not None:
            return False
        self.connection.execute(insert(seen).values(digest=digest, until=int(until)))
        return True

    def pulse(self) -> int:
        """How many changes the store has seen."""
        return count(self.connection)

    def person(self, person: str) -> Person | None:
        """A person who may sign in, as they may act now."""
        found = self.people.of_id(person)
        return self.people.acting(found) if found is not None else None

    def begin(self, sign_in: SignIn) -> None:
        """Store a sign-in."""
        row = {
            "id": sign_in.id,
            "client": sign_in.client,
            "person": sign_in.person,
            "factors": " ".join(sign_in.factors),
            "began_at": sign_in.began,
            "expires_at": sign_in.expires,
        }
        self.connection.execute(insert(sign_ins).values(row))

    def open_sign_in(self, sign_in: str) -> SignIn | None:
        """A sign-in that has not ended."""
        found = self._sign_in(sign_in)
        return found if found is not None and found.ended is None else None

    def end_sign_in(self, sign_in: SignIn, reason: str) -> None:
        """End a sign-in, with everything that was issued in it."""
        ended = update(sign_ins).where(sign_ins.c.id == sign_in.id, sign_ins.c.ended_at.is_(None))
        if self.connection.execute(ended.values(ended_at=self.now)).rowcount:
            stop(self.connection, Stopped.SIGN_IN, sign_in.id, self.now, reason)
            self.record(Event("SIGN_IN_ENDED", sign_in.client, reason, sign_in.person, sign_in.id))

    def end_token(self, token: str, expires: float, reason: str) -> None:
        """Honour an access token no more."""
        stop_token(self.connection, token, self.now, int(expires), reason)

    def code(self, digest: bytes) -> Ticket | None:
        """A code that was issued."""
        return self._ticket(codes, digest)

    def keep_code(self, ticket: Ticket) -> None:
        """Store a code."""
        self._keep(codes, ticket)

    def use_code(self, ticket: Ticket) -> None:
        """Mark a code as used."""
        self.connection.execute(update(codes).where(codes.c.digest == ticket.digest).values(used_at=self.now))

    def refresh_token(self, digest: bytes) -> Ticket | None:
        """A refresh token that was issued."""
        return self._ticket(refresh_tokens, digest)

    def keep_refresh_token(self, ticket: Ticket) -> None:
        """Store a refresh token."""
        self._keep(refresh_tokens, ticket)

    def use_refresh_token(self, ticket: Ticket) -> None:
        """Mark a refresh token as used."""
        used = update(refresh_tokens).where(refresh_tokens.c.digest == ticket.digest)
        self.connection.execute(used.values(used_at=self.now))

    def device(self, digest: bytes) -> Device | None:
        """A device that asked."""
        return self._device(device_codes.c.digest == digest)

    def device_of(self, user_code: bytes) -> Device | None:
        """The device whose person has this code, as a digest."""
        return self._device(device_codes.c.user_code == user_code)

    def keep_device(self, device: Device, user_code: bytes) -> None:
        """Store a device and the digest of the code its person types."""
        row = {
            "digest": device.digest,
            "user_code": user_code,
            "client": device.client,
            "terms": orjson.dumps(device.agreed.written()).decode(),
            "refused": False,
            "asked_at": device.asked,
            "every": device.every,
            "expires_at": device.expires,
        }
        self.connection.execute(insert(device_codes).values(row))

    def touch_device(self, device: Device) -> None:
        """Store how it stands with a device."""
        row = {
            "asked_at": device.asked,
            "every": device.every,
            "used_at": device.used,
            "refused": device.refused,
            "sign_in": device.sign_in.id if device.sign_in else None,
        }
        self.connection.execute(update(device_codes).where(device_codes.c.digest == device.digest).values(row))

    def push(self, digest: bytes, client: str, parameters: Mapping[str, str], expires: float) -> None:
        """Store an authorisation request."""
        row = {
            "digest": digest,
            "client": client,
            "parameters": orjson.dumps(dict(parameters)).decode(),
            "state": "{}",
            "expires_at": int(expires),
        }
        self.connection.execute(insert(pending_requests).values(row))

    def record(self, event: Event) -> None:
        """Have an event recorded, in this transaction."""
        act = Act(
            at=self._occasion.at,
            request_id=self._occasion.request_id,
            act=event.act,
            outcome=event.outcome,
            client=event.client,
            person=self.vault.short("person", event.person),
            subject=self.vault.short("subject", event.subject),
            told=event.told,
        )
        append_act(self.connection, act)

    def _credentials(self, client: str) -> Sequence[Row[Any]]:
        table = client_credentials
        holds = (table.c.client == client, table.c.withdrawn_at.is_(None), table.c.expires_at > self.now)
        return self.connection.execute(select(table).where(*holds)).all()

    def _keep(self, table: Table, ticket: Ticket) -> None:
        row = {
            "digest": ticket.digest,
            "sign_in": ticket.sign_in.id,
            "client": ticket.client,
            "terms": orjson.dumps(ticket.agreed.written()).decode(),
            "expires_at": ticket.expires,
        }
        self.connection.execute(insert(table).values(row))

    def _ticket(self, table: Table, digest: bytes) -> Ticket | None:
        row = self.connection.execute(select(table).where(table.c.digest == digest)).first()
        sign_in = self._sign_in(row.sign_in) if row is not None else None
        if row is None or sign_in is None:
            return None
        return Ticket(digest, sign_in, row.client, Agreed.read(orjson.loads(row.terms)), row.expires_at, row.used_at)

    def _sign_in(self, sign_in: str) -> SignIn | None:
        row = self.connection.execute(select(sign_ins).where(sign_ins.c.id == sign_in)).first()
        if row is None:
            return None
        factors = tuple(row.factors.split())
        return SignIn(row.id, row.client, row.person, factors, row.began_at, row.expires_at, row.ended_at)

    def _device(self, condition: Any) -> Device | None:
        row = self.connection.execute(select(device_codes).where(condition)).first()
        if row is None:
            return None
        return Device(
            digest=bytes(row.digest),
            client=row.client,
            agreed=Agreed.read(orjson.loads(row.terms)),
            every=row.every,
            asked=row.asked_at,
            expires=row.expires_at,
            sign_in=self._sign_in(row.sign_in) if row.sign_in else None,
            refused=row.refused,
            used=row.used_at,
        )
