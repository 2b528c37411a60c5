"""Signed access tokens: issue and verify (RFC 9068 shape, RFC 8037 Ed25519, RFC 8725 practice).

One algorithm, one key type; sizes are capped before anything is parsed. A token names a client and may narrow
its purposes and scopes; what the client may do is looked up elsewhere, so a token can never widen it.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from auth.caller import Caller, Client
from auth.scopes import Scope

ALGORITHM = "Ed25519"
TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type, not a secret
MAX_TOKEN_CHARS = 4096
LEEWAY = timedelta(seconds=5)
_MAX_VERIFIED = 8_192


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Signs tokens with one Ed25519 key for one issuer and audience."""

    key: OKPKey
    issuer: str
    audience: str

    def issue(
        self,
        client_id: str,
        now: datetime,
        lifetime: timedelta,
        *,
        person: str | None = None,
        purposes: Collection[str] = (),
        scopes: Collection[Scope] = (),
    ) -> str:
        """Sign a token for the client, valid from now for the lifetime; empty purposes or scopes narrow nothing."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": self.audience,
            "sub": client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_urlsafe(12),
        }
        if person:
            claims["person"] = person
        if purposes:
            claims["purposes"] = sorted(purposes)
        if scopes:
            claims["scope"] = " ".join(sorted(scopes))
        header = {"alg": ALGORITHM, "typ": TOKEN_TYPE, "kid": self.key.kid}
        return jwt.encode(header, claims, self.key, algorithms=[ALGORITHM])


@dataclass(frozen=True, slots=True)
class _Verified:
    """What a token with a good signature says; its period is looked at every time."""

    caller: Caller
    issued: datetime
    expires: datetime


@dataclass(frozen=True, slots=True)
class TokenVerifier:
    """Checks tokens of one issuer for one audience against known keys and known clients.

    A signature is checked once: what a good token says is remembered under a digest whose key dies with the process.
    """

    keys: KeySet
    issuer: str
    audience: str
    clients: Mapping[str, Client]
    _verified: dict[bytes, _Verified] = field(default_factory=dict, repr=False)
    _salt: bytes = field(default_factory=lambda: secrets.token_bytes(32), repr=False)

    def verify(self, token: str, now: datetime) -> Caller | Literal["INVALID", "EXPIRED"] | None:
        """Three answers: a caller, why the token is no good, or None where it is not a token of this kind."""
        if token.count(".") != 2:
            return None
        if len(token) > MAX_TOKEN_CHARS:
            return "INVALID"
        digest = blake2b(token.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=32).digest()
        found = self._verified.get(digest)
        if found is None:
            found = self._read(token)
            if found is None:
                return "INVALID"
            if len(self._verified) >= _MAX_VERIFIED:
                self._verified.clear()
            self._verified[digest] = found
        if found.issued > now + LEEWAY:
            return "INVALID"
        return found.caller if found.expires > now else "EXPIRED"

    def _read(self, token: str) -> _Verified | None:
        try:
            decoded = jwt.decode(token, self.keys, algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError):
            return None
        if decoded.header.get("typ") != TOKEN_TYPE or "crit" in decoded.header:
            return None
        return self._claimed(decoded.claims)

    def _claimed(self, claims: Mapping[str, Any]) -> _Verified | None:
        client = self.clients.get(_text(claims.get("sub")))
        issued, expires = _instant(claims.get("iat")), _instant(claims.get("exp"))
        if claims.get("iss") != self.issuer or claims.get("aud") != self.audience or client is None:
            return None
        if issued is None or expires is None:
            return None
        try:
            person = _text(claims.get("person")) or None
            caller = Caller(client, person, _purposes(claims), _scopes(claims), expires)
        except ValueError:
            return None
        return _Verified(caller, issued, expires)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _instant(value: object) -> datetime | None:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**35:
        return None
    return datetime.fromtimestamp(value, UTC)


def _purposes(claims: Mapping[str, Any]) -> frozenset[str] | None:
    listed = claims.get("purposes")
    if listed is None:
        return None
    if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
        raise ValueError("purposes")
    return frozenset(listed)


def _scopes(claims: Mapping[str, Any]) -> frozenset[Scope] | None:
    listed = claims.get("scope")
    if listed is None:
        return None
    if not isinstance(listed, str):
        raise ValueError("scope")
    return frozenset(Scope(name) for name in listed.split())
