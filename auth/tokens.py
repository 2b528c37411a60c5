"""Signed access tokens: issue and verify (RFC 9068, RFC 8037 Ed25519, RFC 8725 practice).

One algorithm, one key type; sizes are capped before anything is parsed. A token names a client and may narrow
its purposes and scopes; what the client may do is looked up elsewhere, so a token can never widen it. One that was
issued to a person says in which department and role they act.
"""

import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Literal

from joserfc import jwt
from joserfc.errors import JoseError

from auth.caller import Caller, Client, Standing
from auth.current import Current
from auth.roles import Role
from auth.scopes import Scope
from auth.signer import ALGORITHM, Signer
from auth.standing import Mark, Stops

TOKEN_TYPE = "at+jwt"  # noqa: S105 - a media type, not a secret
MAX_TOKEN_CHARS = 4096
LEEWAY = timedelta(seconds=5)
LONGEST = timedelta(minutes=10)
"""Life of a token at most."""
_MAX_VERIFIED = 8_192


@dataclass(frozen=True, slots=True)
class Terms:
    """What a token says beyond its client and period; what is empty narrows nothing.

    person, standing: who signed in, and as whom they act · sign_in: the sign-in it belongs to · key: thumbprint of the
    key its bearer must prove (RFC 9449) · pulse: changes the store had seen · audience: where not the usual one ·
    at: when the person signed in, in seconds since 1970.
    """

    person: str | None = None
    standing: Standing | None = None
    purposes: Collection[str] = ()
    scopes: Collection[Scope] = ()
    sign_in: str | None = None
    key: str | None = None
    pulse: int = 0
    audience: str | None = None
    at: int | None = None


_NO_TERMS = Terms()


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Signs tokens for one issuer and audience."""

    signer: Signer
    issuer: str
    audience: str

    def issue(self, client_id: str, now: datetime, lifetime: timedelta, terms: Terms = _NO_TERMS) -> str:
        """Sign a token for the client, valid from now for the lifetime."""
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": terms.audience or self.audience,
            "sub": terms.person or client_id,
            "client_id": client_id,
            "iat": int(now.timestamp()),
            "exp": int((now + lifetime).timestamp()),
            "jti": secrets.token_urlsafe(12),
        }
        return self.signer.sign(TOKEN_TYPE, {**claims, **_told(terms)})


def _told(terms: Terms) -> dict[str, Any]:
    standing = terms.standing
    told = {
        "person": terms.person,
        "purposes": sorted(terms.purposes),
        "scope": " ".join(sorted(terms.scopes)),
        "sid": terms.sign_in,
        "cnf": {"jkt": terms.key} if terms.key else None,
        "pulse": terms.pulse,
        "auth_time": terms.at,
        "standing": standing and [standing.department, standing.role.value, standing.bindings],
    }
    return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Verified:
    """What a token with a good signature says; its period, and what stops it, are looked at every time."""

    caller: Caller
    issued: datetime
    expires: datetime
    mark: Mark


class TokenVerifier:
    """Checks tokens of one issuer for its audiences against the signer's keys and known clients.

    A signature is checked once: what a good token says is remembered under a digest whose key dies with the process.
    `longest` is the longest life a token may have, None where that is not bounded.
    """

    def __init__(
        self,
        signer: Signer,
        issuer: str,
        audiences: Collection[str],
        clients: Mapping[str, Client],
        longest: timedelta | None = LONGEST,
    ) -> None:
        self._signer = signer
        self._issuer = issuer
        self._audiences = frozenset(audiences)
        self._clients = clients
        self._longest = longest
        self._stops = Stops()
        self._salt = secrets.token_bytes(32)
        self._known: tuple[frozenset[str | None], int] = (frozenset(), 0)
        self._verified: dict[bytes, Verified] = {}

    def renew(self, stops: Stops) -> None:
        """Honour nothing that these stops name; tokens are read anew where keys or clients have come or gone."""
        self._stops = stops
        known = self._known_kids(), self._clients.version if isinstance(self._clients, Current) else 0
        if known != self._known:
            self._known = known
            self._verified.clear()

    def verify(self, token: str, now: datetime) -> Caller | Literal["INVALID", "EXPIRED"] | None:
        """Three answers: a caller, why the token is no good, or None where it is not a token of this kind."""
        if token.count(".") != 2:
            return None
        found = self.read(token)
        if found is None or found.issued > now + LEEWAY or self._stops.concern(found.mark):
            return "INVALID"
        return found.caller if found.expires > now else "EXPIRED"

    def read(self, token: str) -> Verified | None:
        """What a token says that this issuer signed, whether it is still honoured or not; None if it did not."""
        if len(token) > MAX_TOKEN_CHARS:
            return None
        digest = blake2b(token.encode("utf-8", "surrogatepass"), key=self._salt, digest_size=32).digest()
        found = self._verified.get(digest)
        if found is None and (found := self._read(token)) is not None:
            if len(self._verified) >= _MAX_VERIFIED:
                self._verified.clear()
            self._verified[digest] = found
        return found

    def _known_kids(self) -> frozenset[str | None]:
        return frozenset(key.kid for key in self._signer.verifying().keys)

    def _read(self, token: str) -> Verified | None:
        try:
            decoded = jwt.decode(token, self._signer.verifying(), algorithms=[ALGORITHM])
        except (JoseError, ValueError, TypeError, KeyError):
            return None
        # Ours have these three; what others could add – where to find a key, what must be understood – is never read.
        if decoded.header.get("typ") != TOKEN_TYPE or set(decoded.header) != {"alg", "typ", "kid"}:
            return None
        try:
            return self._claimed(decoded.claims)
        except ValueError:
            return None

    def _claimed(self, claims: Mapping[str, Any]) -> Verified | None:
        client = self._clients.get(_text(claims.get("client_id")))
        issued, expires = _instant(claims.get("iat")), _instant(claims.get("exp"))
        if claims.get("iss") != self._issuer or _text(claims.get("aud")) not in self._audiences or client is None:
            return None
        if issued is None or expires is None or (self._longest and expires - issued > self._longest):
            return None
        person = _text(claims.get("person")) or None
        if claims.get("sub") != (person or client.id):
            return None
        acting = _acting(client, claims.get("standing"))
        key = _thumbprint(claims.get("cnf"))
        caller = Caller(acting, person, _purposes(claims), _scopes(claims), expires, key)
        sign_in, token = _text(claims.get("sid")), _text(claims.get("jti"))
        owner = client.department if client.department != acting.department else ""
        mark = Mark(client.id, acting.department, person or "", sign_in, token, _count(claims.get("pulse")), owner)
        return Verified(caller, issued, expires, mark)


def _acting(client: Client, told: object) -> Client:
    """The client as the person behind the token acts through it; ValueError where that is more than it may."""
    if told is None:
        return client
    if not isinstance(told, list) or len(told) != 3:
        raise ValueError("standing")
    department, role, bindings = told
    if not isinstance(department, str) or not isinstance(role, str) or not isinstance(bindings, dict):
        raise ValueError("standing")
    acting = replace(client, department=department, role=Role(role), bindings=_bindings(bindings))
    own = (acting.department, acting.role) == (client.department, client.role)
    if not own and not client.portal and acting.role is not Role.PUBLIC:
        raise ValueError("stronger than its client")
    return acting


def _bindings(told: Mapping[str, object]) -> dict[str, tuple[str, ...]]:
    if not all(isinstance(values, list) and all(isinstance(v, str) for v in values) for values in told.values()):
        raise ValueError("bindings")
    return {name: tuple(values) for name, values in told.items()}  # type: ignore[arg-type]


def _thumbprint(told: object) -> str | None:
    if told is None:
        return None
    if not isinstance(told, dict) or set(told) != {"jkt"} or not isinstance(told["jkt"], str):
        raise ValueError("cnf")
    return told["jkt"]


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else 0


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
