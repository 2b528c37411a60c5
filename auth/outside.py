"""What is accepted of an identity provider that is not the hub's, and as whom its claims let somebody act.

Access tokens (RFC 9068) and ID tokens (OpenID Connect) are told apart, and neither is taken for the other. The first rule
that fits a claim decides; where none fits, nobody acts. Pure: no network, and no time but the one it is given.
"""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256, sha512
from typing import Any, Final

from auth.caller import Client, Standing
from auth.outside_signed import Signed
from auth.roles import ADMINISTRATORS, Role
from auth.server.jose import is_number

LEEWAY: Final = timedelta(seconds=30)
LONGEST: Final = timedelta(hours=1)
"""Life of an access token at most."""
IDENTITY_AGE: Final = timedelta(minutes=10)
"""Age of an ID token at most: it is exchanged for a code that has just been issued."""
AT_THE_HUB: Final = ADMINISTRATORS | {Role.OFFICER}
"""People in these roles sign in at the hub, where their second factor and their certificate are looked at."""
MAX_VALUES: Final = 50
"""Values of a binding."""
_MAX_TEXT = 255
_IDENTITY_ONLY = frozenset({"nonce", "at_hash", "c_hash", "s_hash", "events"})
"""Claims of ID tokens and of notices about sign-ins, which are no access tokens whatever their type says."""
_TOKEN_KINDS = frozenset({"", "bearer", "dpop"})
_CLIENT = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-:/@")
_MAX_CLIENT = 80


@dataclass(frozen=True, slots=True)
class Rule:
    """Whoever has this value in this claim (`realm_access.roles`) acts so; a binding is fixed, or a claim (`$unit`)."""

    claim: str
    value: str
    department: str
    role: Role
    purposes: tuple[str, ...]
    bindings: Mapping[str, tuple[str, ...] | str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Mapped:
    """As whom somebody acts, and for which purposes."""

    standing: Standing
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trust:
    """What is accepted of one provider: issuer and audience character by character, types of access tokens, rules."""

    name: str
    label: str
    issuer: str
    audience: str
    token_types: tuple[str, ...] = ("at+jwt",)
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class Access:
    """What a good access token says; instants as they are compared, leeway included.

    person: digest of who signed in, None where a system asks for itself · key: thumbprint it is bound to · token: its id.
    """

    client: Client
    person: str | None
    key: str | None
    token: str
    starts: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Expected:
    """What an ID token must be about: the client it is for, the sign-in it answers, the token it came with."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    access_token: str | None = field(default=None, repr=False)


def read_access(trust: Trust, signed: Signed, digest: Callable[[str], str]) -> Access | None:
    """What an access token of the provider says; None if it is none, or for somebody else, or of nobody known here.

    `digest` is what is kept of a subject: it may be a telephone number.
    """
    claims = signed.claims
    if signed.kind not in trust.token_types or _is_identity(claims):
        return None
    subject, client = text_of(claims.get("sub")), _client(claims)
    if claims.get("iss") != trust.issuer or _audience(claims) != trust.audience or not subject or client is None:
        return None
    period, mapped = _period(claims), act_as(trust.rules, claims)
    person = None if client and client == subject else f"{trust.name}:{digest(subject)}"
    if period is None or mapped is None or (person and mapped.standing.role in AT_THE_HUB):
        return None
    try:
        key = _thumbprint(claims.get("cnf"))
    except ValueError:
        return None
    token = text_of(claims.get("jti"))
    return Access(
        client=_acting(trust, client or digest(subject), mapped),
        person=person,
        key=key,
        token=f"{trust.name}:{token}" if token else "",
        starts=period[0] - LEEWAY,
        ends=period[1] + LEEWAY,
    )


def is_identity(signed: Signed, expected: Expected, now: datetime) -> bool:
    """True if this is the ID token that is expected (OpenID Connect Core §3.1.3.7)."""
    claims = signed.claims
    if signed.kind not in {"", "jwt"} or "events" in claims or not text_of(claims.get("sub")):
        return False
    if claims.get("iss") != expected.issuer or _audience(claims) != expected.client_id:
        return False
    if claims.get("azp", expected.client_id) != expected.client_id or claims.get("nonce") != expected.nonce:
        return False
    hashed = claims.get("at_hash")
    if hashed is not None and (expected.access_token is None or hashed != _half(signed, expected.access_token)):
        return False
    period = _instants(claims)
    return period is not None and period[0] - LEEWAY <= now < period[1] + LEEWAY and _made(claims) > now - IDENTITY_AGE


def act_as(rules: tuple[Rule, ...], claims: Mapping[str, Any]) -> Mapped | None:
    """As whom these claims let somebody act: the first rule that fits; None where none does, or a binding lacks."""
    rule = next((one for one in rules if one.value in texts_of(claim_at(claims, one.claim))), None)
    if rule is None:
        return None
    bindings: dict[str, tuple[str, ...]] = {}
    for name, wanted in rule.bindings.items():
        values = texts_of(claim_at(claims, wanted[1:])) if isinstance(wanted, str) else wanted
        if not 0 < len(values) <= MAX_VALUES:
            return None
        bindings[name] = values
    return Mapped(Standing(rule.department, rule.role, bindings), rule.purposes)


def claim_at(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of this name, or at this dotted path; None if there is none."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        if not isinstance(found, dict) or part not in found:
            return None
        found = found[part]
    return found


def texts_of(value: object) -> tuple[str, ...]:
    """The text, or the texts of a list; empty for anything else, and for a list that holds anything else."""
    listed = value if isinstance(value, list) else [value]
    texts = tuple(text_of(one) for one in listed)
    return texts if all(texts) else ()


def text_of(value: object) -> str:
    """A text of one line; empty for anything else."""
    return value if isinstance(value, str) and len(value) <= _MAX_TEXT and value.isprintable() else ""


def _acting(trust: Trust, name: str, mapped: Mapped) -> Client:
    standing = mapped.standing
    name = f"{trust.name}:{name}"
    return Client(name, trust.label, standing.department, standing.role, mapped.purposes, standing.bindings)


def _is_identity(claims: Mapping[str, Any]) -> bool:
    kind = claims.get("typ", "")
    return bool(_IDENTITY_ONLY & claims.keys()) or not isinstance(kind, str) or kind.lower() not in _TOKEN_KINDS


def _audience(claims: Mapping[str, Any]) -> str:
    """The one audience. A token for several could be presented here by any of the others."""
    told = claims.get("aud")
    if isinstance(told, list):
        told = told[0] if len(told) == 1 else None
    return told if isinstance(told, str) else ""


def _client(claims: Mapping[str, Any]) -> str | None:
    """The client at the provider; empty where none is named, None where it is no name."""
    told = claims.get("azp", claims.get("client_id", ""))
    if not isinstance(told, str) or len(told) > _MAX_CLIENT or not _CLIENT.issuperset(told):
        return None
    return told


def _period(claims: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    """From when to when an access token holds; None if that is not said, or too long."""
    period = _instants(claims)
    if period is None or not timedelta() < period[1] - _made(claims) <= LONGEST:
        return None
    return period


def _instants(claims: Mapping[str, Any]) -> tuple[datetime, datetime] | None:
    told = [claims.get("iat"), claims.get("exp"), claims.get("nbf", claims.get("iat"))]
    if not all(is_number(one) for one in told):
        return None
    made, ends, starts = (datetime.fromtimestamp(one, UTC) for one in told if is_number(one))
    return max(made, starts), ends


def _made(claims: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(claims["iat"], UTC)


def _thumbprint(told: object) -> str | None:
    if told is None:
        return None
    if not isinstance(told, dict) or set(told) != {"jkt"} or not text_of(told["jkt"]):
        raise ValueError("cnf")
    return str(told["jkt"])


def _half(signed: Signed, token: str) -> str:
    """Left half of the token's digest, with the hash of the algorithm (OpenID Connect Core §3.1.3.6)."""
    made = sha512 if signed.algorithm == "Ed25519" else sha256
    digest = made(token.encode("ascii", "replace")).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).decode().rstrip("=")
