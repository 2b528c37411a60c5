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
DEMO = "demo "
"""What the ids of secrets begin with that a demo made from its seed."""
_DAY = 24 * 3600
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""Members of a JWK that only a private or shared key has (RFC 7518 §6)."""
_TYPES: dict[str, Any] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}


class BadKeyError(ValueError):
    """A key that is not taken; the text says why, in Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")


class TooManyError(ValueError):
    """A client has as many secrets and keys as it may."""


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
    """One more secret, of 256 bits; it is shown once and stored nowhere. TooManyError if that is one too many."""
    made = secrets.token_urlsafe(32)
    return _add(connection, client, (now, days), {"digest": digest_of(made)}), made


def add_key(connection: Connection, client: str, now: int, days: int, jwk: Mapping[str, Any]) -> ClientCredential:
    """One more public key for assertions; BadKeyError if it is not one, or the client has it already."""
    key = read_public(jwk)
    if key.thumbprint() in _thumbprints(connection, client, now):
        raise BadKeyError(
            "该客户端已登记此公钥且仍有效：请登记另一个新公钥",
            "the client has this key already, and it holds: make a new pair and register that",
        )
    public = key.as_dict(private=False)
    return _add(connection, client, (now, days), {"public_jwk": orjson.dumps(public).decode()})


def withdraw(connection: Connection, credential: str, now: int) -> bool:
    """Let a secret or key open nothing any more; False if there is none of this id that does."""
    table = client_credentials
    found = update(table).where(table.c.id == credential, table.c.withdrawn_at.is_(None))
    return connection.execute(found.values(withdrawn_at=now)).rowcount > 0


def withdraw_all(connection: Connection, client: str, now: int) -> None:
    """Let no secret or key of a client open anything any more."""
    table = client_credentials
    found = update(table).where(table.c.client == client, table.c.withdrawn_at.is_(None))
    connection.execute(found.values(withdrawn_at=now))


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


def is_of_a_demo(connection: Connection) -> bool:
    """True if the secrets of a demo, which everybody can work out, open this store."""
    table = client_credentials
    return connection.execute(select(table.c.id).where(table.c.id.startswith(DEMO)).limit(1)).first() is not None


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
        raise BadKeyError("须为 kty 是 OKP、EC 或 RSA 的单个 JWK", "it must be one JWK of type OKP, EC or RSA")
    if _PRIVATE & jwk.keys():
        raise BadKeyError(
            "其中含私钥，此私钥已不再保密，必须更换：请为客户端另生成一对密钥，只登记公钥",
            "it holds a private key, which is secret no longer and must now be replaced: "
            "make the client a new pair, and give the public half alone",
        )
    if not is_sized(jwk):
        raise BadKeyError(
            f"RSA 密钥须为 {SMALLEST_RSA}–{LARGEST_RSA} 位并用通常的指数",
            f"it must have {SMALLEST_RSA} to {LARGEST_RSA} bits and a usual exponent",
        )
    try:
        key: Key = _TYPES[kind].import_key(dict(jwk))
    except (JoseError, ValueError, TypeError, KeyError):
        raise BadKeyError("不能作为 JWK 读取", "it cannot be read as a JWK") from None
    fault = key_fault(key)
    if fault is not None:
        raise BadKeyError(f"只接受 Ed25519、P-256 或 {SMALLEST_RSA}–{LARGEST_RSA} 位 RSA", fault)
    return key


def _thumbprints(connection: Connection, client: str, now: int) -> set[str]:
    """RFC 7638, of the client's keys that hold."""
    table = client_credentials
    holds = (table.c.client == client, table.c.withdrawn_at.is_(None), table.c.expires_at > now)
    found = connection.execute(select(table.c.public_jwk).where(*holds, table.c.public_jwk.is_not(None)))
    return {read_public(orjson.loads(row.public_jwk)).thumbprint() for row in found}


def _add(connection: Connection, client: str, period: tuple[int, int], what: Mapping[str, Any]) -> ClientCredential:
    now, days = period
    if sum(one.holds(now) for one in list_credentials(connection, client)) >= MOST:
        raise TooManyError(client)
    row = {
        "id": secrets.token_hex(8),
        "client": client,
        "made_at": now,
        "expires_at": now + days * _DAY,
        **what,
    }
    connection.execute(insert(client_credentials).values(row))
    return ClientCredential(row["id"], client, "secret" if "digest" in what else "key", now, row["expires_at"], None)
