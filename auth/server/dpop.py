"""Proof of possession: a token bound to a key is taken only from whoever proves, for this very request, to hold it.

RFC 9449. What is remembered of a proof, so that it does not come twice, is not decided here.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from joserfc import jws, jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey

from auth.server.jose import ALGORITHMS, BAD, fits, is_number, is_sized, unverified_header
from auth.server.ledger import digest_of

AGE = 60
"""Seconds that a proof may be old, or ahead."""
_MAX_PROOF = 4096
_TYPES: dict[str, Any] = {"OKP": OKPKey, "EC": ECKey, "RSA": RSAKey}
_PUBLIC = {"OKP": {"kty", "crv", "x"}, "EC": {"kty", "crv", "x", "y"}, "RSA": {"kty", "n", "e"}}


class _Heads(jws.JWSRegistry):
    """Of proofs, in whose heads stands a key: one of RSA does not fit into what joserfc allows otherwise."""

    max_header_length = 2048


_READING = {name: _Heads(algorithms=[name]) for name in ALGORITHMS}


@dataclass(frozen=True, slots=True)
class Proof:
    """A good proof: thumbprint of its key (RFC 7638), and a digest by which it is known again until it is too old."""

    key: str
    digest: bytes
    until: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What a proof must be of: method and address of the request, and the token it comes with, if any."""

    method: str
    address: str
    token: str | None = None


def read_proof(text: str, shown: Shown, now: int) -> Proof | None:
    """The proof in a DPoP header; None if it is not good for this request at this moment."""
    header = unverified_header(text, _Heads()) if 0 < len(text) <= _MAX_PROOF and text.isascii() else None
    if header is None or header.get("typ") != "dpop+jwt" or header.get("alg") not in ALGORITHMS or "crit" in header:
        return None
    key = _key(header.get("jwk"))
    if key is None or not fits(key, header["alg"]):
        return None
    try:
        claims = jwt.decode(text, key, registry=_READING[header["alg"]]).claims
    except BAD:
        return None
    jti = claims.get("jti")
    if not isinstance(jti, str) or not 8 <= len(jti) <= 256 or not _is_of(claims, shown, now):
        return None
    thumbprint = key.thumbprint()
    return Proof(thumbprint, digest_of(f"dpop {thumbprint} {jti}"), now + 2 * AGE)


def _is_of(claims: Mapping[str, Any], shown: Shown, now: int) -> bool:
    made = claims.get("iat")
    if claims.get("htm") != shown.method or not is_number(made) or abs(now - made) > AGE:
        return False
    if not isinstance(claims.get("htu"), str) or _bare(claims["htu"]) != _bare(shown.address):
        return False
    return claims.get("ath") == (_hash(shown.token) if shown.token is not None else None)


def _key(told: object) -> Any:
    """The public key in a header, None if it is none, or holds more than a public key."""
    kind = told.get("kty") if isinstance(told, dict) else None
    if not isinstance(told, dict) or not isinstance(kind, str) or kind not in _TYPES:
        return None
    allowed = _PUBLIC[kind] | {"alg", "use", "key_ops", "kid", "ext"}
    if not set(told) <= allowed or not is_sized(told):
        return None
    try:
        return _TYPES[kind].import_key({name: told[name] for name in _PUBLIC[kind] if name in told})
    except BAD:
        return None


def _bare(address: str) -> tuple[str, str, str] | None:
    """Scheme, authority and path of an address, without query and fragment (RFC 9449 §4.3)."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    host = (parts.hostname or "").lower()
    return parts.scheme, host if port in {None, usual} else f"{host}:{port}", parts.path or "/"


def _hash(token: str) -> str:
    return base64.urlsafe_b64encode(sha256(token.encode("ascii", "replace")).digest()).decode().rstrip("=")
