"""Tokens of another issuer, good ones and what attackers make of them."""

import base64
import hmac
import json
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OKPKey, RSAKey

from auth.outside import Rule, Trust
from auth.outside_signed import ALGORITHMS, TrustedKey, read_keys
from auth.roles import Role

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
ISSUER, AUDIENCE = "https://id.example/realms/city", "urn:hub"
RSA = RSAKey.generate_key(2048, {"kid": "rsa"})
EC = ECKey.generate_key("P-256", {"kid": "ec"})
ED = OKPKey.generate_key("Ed25519", {"kid": "ed"})
STRANGE = RSAKey.generate_key(2048, {"kid": "rsa"})
KEYS: dict[str, Any] = {"RS256": RSA, "PS256": RSA, "ES256": EC, "Ed25519": ED}
RULES = (
    Rule("roles", "hall-clerk", "hall", Role.CLERK, ("SERVICE",)),
    Rule("realm_access.roles", "inspector", "market", Role.OFFICER, ("INSPECTION",), {"division": "$unit.codes"}),
    Rule("roles", "hall-steward", "hall", Role.STEWARD, ("SERVICE", "APPROVAL"), {"division": ("2312",)}),
)
TRUST = Trust("city", "市统一身份认证", ISSUER, AUDIENCE, rules=RULES)


def jwks(*keys: Any, **more: Any) -> dict[str, Any]:
    """A set of public keys, with further members in each."""
    return {"keys": [{**key.as_dict(private=False), **more} for key in keys]}


def known(*keys: Any, allowed: tuple[str, ...] = ALGORITHMS) -> tuple[TrustedKey, ...]:
    """The keys as they are trusted, all three if none is named."""
    return read_keys(jwks(*(keys or (RSA, EC, ED))), allowed)


def claims(**changed: Any) -> dict[str, Any]:
    """Claims of a good access token of a system, some of them changed; None leaves one out."""
    made = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "counter",
        "client_id": "counter",
        "iat": AT,
        "exp": AT + 600,
        "jti": "t-1",
        "roles": ["hall-clerk"],
        **changed,
    }
    return {name: value for name, value in made.items() if value is not None}


def signed(payload: object, algorithm: str = "RS256", key: Any = None, **header: Any) -> str:
    """A text over any payload, signed by any key; None leaves a header out."""
    chosen = KEYS[algorithm] if key is None else key
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    told = {"alg": algorithm, "typ": "at+jwt", "kid": chosen.kid, **header}
    told = {name: value for name, value in told.items() if value is not None}
    return jws.serialize_compact(told, body, chosen, algorithms=[algorithm], registry=_loose(algorithm))


def by_hand(header: bytes | dict[str, Any], payload: bytes | dict[str, Any], signature: bytes) -> str:
    """A text put together without a library."""
    parts = [part if isinstance(part, bytes) else json.dumps(part).encode() for part in (header, payload)]
    return ".".join(encoded(part) for part in (*parts, signature))


def resigned(header: bytes, payload: bytes) -> str:
    """Header and payload as given, with a good signature of the Ed25519 key."""
    signing = f"{encoded(header)}.{encoded(payload)}"
    return f"{signing}.{encoded(ED.private_key.sign(signing.encode()))}"  # type: ignore[union-attr]


def with_mac(header: dict[str, Any], payload: dict[str, Any]) -> str:
    """A text whose MAC is made with the public key as a shared secret."""
    signing = ".".join(encoded(json.dumps(part).encode()) for part in (header, payload))
    return f"{signing}.{encoded(hmac.new(RSA.as_pem(private=False), signing.encode(), sha256).digest())}"


def encoded(raw: bytes) -> str:
    """Base 64 as tokens write it."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _loose(algorithm: str) -> jws.JWSRegistry:
    return jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
