"""Keys of another issuer, and texts that one of them signed: compact JWS (RFC 7515), read strictly.

One form of base 64, no member twice, no header but those named here: where else a key might lie is never read. A key has
the algorithms of its type alone. Knows no claim, no clock and no network.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.util import base64_to_int, urlsafe_b64decode

from auth.server.jose import SMALLEST_RSA, key_fault

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "Ed25519")
"""What may be allowed at all."""
MAX_KEYS: Final = 50
_BAD = (JoseError, ValueError, TypeError, KeyError, OverflowError)
_TYPES: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...]]] = {
    "RSA": (RSAKey, ("n", "e"), ("RS256", "PS256")),
    "EC": (ECKey, ("crv", "x", "y"), ("ES256",)),
    "OKP": (OKPKey, ("crv", "x"), ("Ed25519",)),
}
"""Of each type of key: its class, its public members, its algorithms."""
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_HEADERS = frozenset({"alg", "typ", "kid", "x5t", "x5t#S256"})
_MAX_EXPONENT = 8
"""Characters: an exponent of many bits makes every signature slow to check."""


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key, and the algorithms whose signatures it checks."""

    kid: str | None
    algorithms: frozenset[str]
    thumbprint: str
    key: Key = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Signed:
    """What stood in a text with a good signature; `kind` is its media type in short form, empty where it says none."""

    algorithm: str
    kind: str
    claims: dict[str, Any] = field(repr=False)


def read_keys(document: object, allowed: Collection[str]) -> tuple[TrustedKey, ...]:
    """Keys of a JWK set (RFC 7517) that may be used with the allowed algorithms; all others count as not there."""
    listed = document.get("keys") if isinstance(document, dict) else None
    if not isinstance(listed, list) or len(listed) > MAX_KEYS:
        return ()
    found = (_key(one, allowed) for one in listed if isinstance(one, dict))
    return tuple(key for key in found if key is not None)


def read_signed(text: str, keys: Sequence[TrustedKey], limit: int) -> Signed | None:
    """What a text of so many characters at most says that one of the keys signed; None for any other."""
    header = read_header(text, limit)
    if header is None:
        return None
    algorithm, kid = header["alg"], header.get("kid")
    fitting = [key for key in keys if algorithm in key.algorithms and kid in {None, key.kid}]
    if kid is None and len(fitting) != 1:
        return None
    for key in fitting:
        try:
            payload = jws.deserialize_compact(text, key.key, algorithms=[algorithm]).payload
        except _BAD:
            continue
        claims = read_object(payload or b"")
        return None if claims is None else Signed(algorithm, _short(header.get("typ", "")), claims)
    return None


def read_header(text: str, limit: int) -> dict[str, str] | None:
    """What a text says of itself before anybody has checked it; None if it is none, or says what is not read here."""
    header = _part(text, 0, limit)
    if header is None or not _HEADERS.issuperset(header) or "alg" not in header:
        return None
    return header if all(isinstance(value, str) for value in header.values()) else None


def issuer_of(text: str, limit: int) -> str:
    """Whom a text names as its issuer before anybody has checked it; empty if nobody."""
    claims = _part(text, 1, limit)
    issuer = claims.get("iss") if claims is not None else None
    return issuer if isinstance(issuer, str) else ""


def read_object(raw: bytes) -> dict[str, Any] | None:
    """A JSON object in which no member stands twice and every number is one; None for anything else."""
    try:
        found = json.loads(raw.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _key(told: dict[str, Any], allowed: Collection[str]) -> TrustedKey | None:
    kind, kid, of, uses = told.get("kty"), told.get("kid"), told.get("alg"), told.get("key_ops", ["verify"])
    if not isinstance(kind, str) or kind not in _TYPES or not isinstance(kid, str | None):
        return None
    # A key whose private half is published signs for everybody.
    if told.get("use", "sig") != "sig" or not isinstance(uses, list) or "verify" not in uses or _PRIVATE & set(told):
        return None
    made, members, own = _TYPES[kind]
    algorithms = frozenset(one for one in own if one in allowed and of in {None, one})
    try:
        # joserfc warns of a short key instead of refusing it.
        if not algorithms or (kind == "RSA" and not _is_long(told)):
            return None
        key = made.import_key({"kty": kind, **{name: told[name] for name in members}})
        return TrustedKey(kid, algorithms, key.thumbprint(), key) if key_fault(key) is None else None
    except _BAD:
        return None


def _is_long(told: dict[str, Any]) -> bool:
    return base64_to_int(told["n"]).bit_length() >= SMALLEST_RSA and len(told["e"]) <= _MAX_EXPONENT


def _part(text: str, place: int, limit: int) -> dict[str, Any] | None:
    """Header or payload of a compact JWS."""
    if len(text) > limit or not text.isascii() or text.count(".") != 2:
        return None
    try:
        return read_object(urlsafe_b64decode(text.split(".")[place].encode()))
    except ValueError:
        return None


def _short(kind: str) -> str:
    """A media type as it is compared (RFC 7515 §4.1.9)."""
    return kind.lower().removeprefix("application/")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a member stands twice")
    return found


def _no_number(_: str) -> Any:
    raise ValueError("no number")
