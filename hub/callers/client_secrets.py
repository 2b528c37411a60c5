"""Secrets and public keys of clients: given out once, two or more at a time while they are changed, each with an end."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from sqlalchemy import Connection, insert, select, update

from auth.server.jose import LARGEST_RSA, SMALLEST_RSA, is_sized, key_fault
from auth.server.ledger import digest_of
from hub.store.caller_tables import client_credentials

MOST = 5
"""Secrets and keys of one client that hold at a time."""
WARN_DAYS = 30
"""Days before the end of the last one from which it is warned of."""
_DAY = 24 * 3600
_TYPES: dict[str, Any] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}


class BadKeyError(ValueError):
    """A key that is not taken; the text says why."""


@dataclass(frozen=True, slots=True)
class ClientCredential:
    """A secret or key of a client; instants in seconds since 1970."""

    id: str
    client: str
    kind: str
    made_at: int
    expires_at: int
    withdrawn_at: int | None

    def holds(self, now: int) -> bool:
        """True if it opens something."""
        return self.withdrawn_at is None and self.expires_at > now


def add_secret(connection: Connection, client: str, now: int, days: int) -> tuple[ClientCredential, str]:
    """One more secret, of 256 bits; it is shown once and stored nowhere. ValueError if there are too many."""
    made = secrets.token_urlsafe(32)
    return _add(connection, client, (now, days), {"digest": digest_of(made)}), made


def add_key(connection: Connection, client: str, now: int, days: int, jwk: Mapping[str, Any]) -> ClientCredential:
    """One more public key for assertions; BadKeyError if it is not one."""
    public = read_public(jwk).as_dict(private=False)
    return _add(connection, client, (now, days), {"public_jwk": orjson.dumps(public).decode()})


def withdraw(connection: Connection, credential: str, now: int) -> bool:
    """Let a secret or key open nothing any more; False if there is none of this id that does."""
    table = client_credentials
    found = update(table).where(table.c.id == credential, table.c.withdrawn_at.is_(None))
    return connection.execute(found.values(withdrawn_at=now)).rowcount > 0


def list_credentials(connection: Connection, client: str | None = None) -> list[ClientCredential]:
    """Secrets and keys of one client, or of all; by client, the oldest first."""
    table = client_credentials
    query = select(table).order_by(table.c.client, table.c.made_at, table.c.id)
    if client is not None:
        query = query.where(table.c.client == client)
    return [
        ClientCredential(
            row.id,
            row.client,
            "secret" if row.public_jwk is None else "key",
            row.made_at,
            row.expires_at,
            row.withdrawn_at,
        )
        for row in connection.execute(query)
    ]


def ending(connection: Connection, now: int) -> dict[str, int]:
    """Clients whose last secret or key ends within WARN_DAYS, each with the instant of that."""
    last: dict[str, int] = {}
    for one in list_credentials(connection):
        if one.holds(now):
            last[one.client] = max(last.get(one.client, 0), one.expires_at)
    return {client: until for client, until in last.items() if until - now < WARN_DAYS * _DAY}


def read_public(jwk: object) -> Key:
    """A public key as clients may use one; BadKeyError if it is another, or holds a private half."""
    kind = jwk.get("kty") if isinstance(jwk, Mapping) else None
    if not isinstance(jwk, Mapping) or not isinstance(kind, str) or kind not in _TYPES:
        raise BadKeyError("it must be a JWK of type OKP, EC or RSA")
    if "d" in jwk or "k" in jwk:
        raise BadKeyError("it holds a private key: give the public half alone, and make the client a new one")
    if not is_sized(jwk):
        raise BadKeyError(f"it must have {SMALLEST_RSA} to {LARGEST_RSA} bits and a usual exponent")
    try:
        key: Key = _TYPES[kind].import_key(dict(jwk))
    except (JoseError, ValueError, TypeError, KeyError):
        raise BadKeyError("it cannot be read as a JWK") from None
    fault = key_fault(key)
    if fault is not None:
        raise BadKeyError(fault)
    return key


def _add(connection: Connection, client: str, period: tuple[int, int], what: Mapping[str, Any]) -> ClientCredential:
    now, days = period
    if sum(one.holds(now) for one in list_credentials(connection, client)) >= MOST:
        raise ValueError(f"{client} has {MOST} that hold: withdraw one first")
    row = {
        "id": secrets.token_hex(8),
        "client": client,
        "made_at": now,
        "expires_at": now + days * _DAY,
        **what,
    }
    connection.execute(insert(client_credentials).values(row))
    return ClientCredential(row["id"], client, "secret" if "digest" in what else "key", now, row["expires_at"], None)
