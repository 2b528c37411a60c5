"""Keys and JWTs of others, as they are taken here: few algorithms, each with one type of key, sizes looked at first.

RFC 8725. Knows no client and no Authlib.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.util import base64_to_int

ALGORITHMS = ("Ed25519", "ES256", "PS256")
"""Of assertions and proofs; each has one type of key."""
SMALLEST_RSA, LARGEST_RSA = 2048, 4096
LEEWAY = 30
"""Seconds that another's clock may be wrong."""
_MAX_EXPONENT = 8
"""Characters: an exponent of many bits makes every signature slow to check."""
BAD: Final = (JoseError, ValueError, TypeError, KeyError, RecursionError)
"""What joserfc raises where a text is not what it should be."""


def key_fault(key: Key) -> str | None:
    """Why a key is not used here, None if it is."""
    if isinstance(key, OKPKey):
        return None if key.get("crv") == "Ed25519" else "its curve must be Ed25519"
    if isinstance(key, ECKey):
        return None if key.get("crv") == "P-256" else "its curve must be P-256"
    if isinstance(key, RSAKey):
        size = key.public_key.key_size
        return None if SMALLEST_RSA <= size <= LARGEST_RSA else f"it must have {SMALLEST_RSA} to {LARGEST_RSA} bits"
    return "it must be of type OKP, EC or RSA"


def is_sized(jwk: Mapping[str, Any]) -> bool:
    """False for an RSA key whose size is not used here. Asked before it is read: joserfc warns of a short one."""
    if jwk.get("kty") != "RSA":
        return True
    try:
        return SMALLEST_RSA <= base64_to_int(jwk["n"]).bit_length() <= LARGEST_RSA and len(jwk["e"]) <= _MAX_EXPONENT
    except BAD:
        return False


def fits(key: Key, algorithm: str) -> bool:
    """True if this is a key for the algorithm, and none other."""
    kinds: dict[str, type[Any]] = {"Ed25519": OKPKey, "ES256": ECKey, "PS256": RSAKey}
    return isinstance(key, kinds[algorithm]) and key_fault(key) is None


def verified(text: str, keys: KeySet) -> dict[str, Any] | None:
    """Claims of a JWT that one of the keys signed, with the algorithm of that key; None otherwise."""
    header = unverified_header(text)
    algorithm = header.get("alg") if header else None
    if header is None or algorithm not in ALGORITHMS or "crit" in header:
        return None
    kid = header.get("kid")
    for key in keys.keys:
        if fits(key, algorithm) and (kid is None or kid == key.kid):
            try:
                return dict(jwt.decode(text, key, algorithms=[algorithm]).claims)
            except BAD:
                continue
    return None


def unverified_header(text: str, registry: jws.JWSRegistry | None = None) -> dict[str, Any] | None:
    """What a compact JWS says of itself before anybody has checked it; None if it is none, or larger than usual."""
    try:
        header = jws.extract_compact(text.encode("ascii"), registry=registry).headers()
    except BAD:
        return None
    return dict(header)


def is_current(claims: Mapping[str, Any], now: int) -> bool:
    """True if `exp` is there and has not come, and `nbf` and `iat` have, where they are said."""
    expires = claims.get("exp")
    if not is_number(expires) or expires + LEEWAY <= now:
        return False
    return all(is_number(claims[name]) and claims[name] <= now + LEEWAY for name in ("nbf", "iat") if name in claims)


def is_number(value: object) -> TypeGuard[int | float]:
    """True for an instant as JSON writes it."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**35
