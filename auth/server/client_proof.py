"""How a client proves who it is: a secret in the header or the form, or an assertion it signed (RFC 7523).

Whatever is wrong, the answer is the same: neither its words nor its time tell whether the client exists.
"""

from collections.abc import Mapping
from typing import Any, Final, TypeGuard

import orjson
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.util import base64_to_int

from auth.server.form import FormRequest
from auth.server.ledger import Ledger, digest_of
from auth.server.passwords import same
from auth.server.registration import Authentication, Registration

ALGORITHMS = ("Ed25519", "ES256", "PS256")
"""Of assertions and proofs; each has one type of key."""
SMALLEST_RSA, LARGEST_RSA = 2048, 4096
ASSERTION_LIFE = 3600
"""Seconds from now that an assertion may hold at most."""
_LEEWAY = 30
_MAX_ASSERTION = 4096
_TYPE = JWTBearerClientAssertion.CLIENT_ASSERTION_TYPE
_MAX_CLIENT, _MAX_SECRET = 64, 256
_MAX_EXPONENT = 8
"""Characters: an exponent of many bits makes every signature slow to check."""
BAD: Final = (JoseError, ValueError, TypeError, KeyError, RecursionError)
"""What joserfc raises where a text is not what it should be."""


_NOBODY: Final = KeySet([OKPKey.generate_key("Ed25519"), ECKey.generate_key("P-256")])
"""Keys of clients that there are not."""


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


class ClientProof:
    """Proves clients against their registrations and what the ledger holds of them."""

    def __init__(self, registrations: Mapping[str, Registration], ledger: Ledger, audiences: frozenset[str]) -> None:
        self._registrations = registrations
        self._ledger = ledger
        self._audiences = audiences

    def prove(self, request: FormRequest, now: int) -> Registration:
        """The client of a request; InvalidClientError if it is not proven, InvalidRequestError if in two ways at once."""
        form = request.form
        basic = request.headers.get("Authorization", "")
        ways = [bool(basic), "client_secret" in form, "client_assertion" in form or "client_assertion_type" in form]
        if sum(ways) > 1:
            raise InvalidRequestError("The client proves itself in more than one way.")
        if ways[2]:
            found = self._by_assertion(form, now)
        elif any(ways):
            found = self._by_secret(form, basic)
        else:
            found = self._unproven(form)
        named = form.get("client_id")
        if found is None or (named is not None and named != found.client_id):
            status = 401 if basic else 400
            raise InvalidClientError(status_code=status, description="The client is not known or not proven.")
        return found

    def _by_secret(self, form: Mapping[str, str], basic: str) -> Registration | None:
        if basic:
            client, secret = _basic(basic)
        else:
            client, secret = form.get("client_id"), form["client_secret"]
        if not client or len(client) > _MAX_CLIENT or not client.isprintable():
            return None
        if not secret or len(secret) > _MAX_SECRET:
            return None
        # Looked for also where there is no such client, so that it takes the same time.
        known, digest = self._ledger.secrets(client), digest_of(secret)
        right = [same(one, digest) for one in known]
        found = self._registrations.get(client)
        return found if any(right) and found and found.authentication is Authentication.SECRET else None

    def _unproven(self, form: Mapping[str, str]) -> Registration | None:
        found = self._registrations.get(form.get("client_id") or "")
        return found if found and found.authentication is Authentication.NONE else None

    def _by_assertion(self, form: Mapping[str, str], now: int) -> Registration | None:
        text = form.get("client_assertion") or ""
        if form.get("client_assertion_type") != _TYPE or not 0 < len(text) <= _MAX_ASSERTION:
            return None
        subject = _subject(text)
        found = self._registrations.get(subject)
        # Looked for and verified also where there is no such client, so that it takes the same time.
        known = self._ledger.keys(subject)
        claims = verified(text, known if known.keys else _NOBODY)
        if found is None or found.authentication is not Authentication.PRIVATE_KEY_JWT or claims is None:
            return None
        if not self._is_for_us(claims, found.client_id, now):
            return None
        digest = digest_of(f"assertion {found.client_id} {claims['jti']}")
        return found if self._ledger.first_time(digest, now + ASSERTION_LIFE + 2 * _LEEWAY) else None

    def _is_for_us(self, claims: Mapping[str, Any], client: str, now: int) -> bool:
        audience, expires, jti = claims.get("aud"), claims.get("exp"), claims.get("jti")
        if isinstance(audience, list):
            audience = audience[0] if len(audience) == 1 else None
        if not isinstance(audience, str) or audience not in self._audiences:
            return False
        if claims.get("iss") != client or claims.get("sub") != client:
            return False
        if not isinstance(jti, str) or not 8 <= len(jti) <= 256:
            return False
        return is_current(claims, now) and is_number(expires) and expires <= now + ASSERTION_LIFE + _LEEWAY


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
    if not is_number(expires) or expires + _LEEWAY <= now:
        return False
    return all(is_number(claims[name]) and claims[name] <= now + _LEEWAY for name in ("nbf", "iat") if name in claims)


def is_number(value: object) -> TypeGuard[int | float]:
    """True for an instant as JSON writes it."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 2**35


def _basic(header: str) -> tuple[str | None, str | None]:
    """Client and secret in a header."""
    try:
        client, secret = extract_basic_authorization({"Authorization": header})
    except ValueError:
        return None, None
    return client, secret


def _subject(text: str) -> str:
    try:
        claims = orjson.loads(jws.extract_compact(text.encode("ascii")).payload)
    except BAD:
        return ""
    subject = claims.get("sub") if isinstance(claims, dict) else None
    return subject if isinstance(subject, str) and len(subject) <= _MAX_CLIENT and subject.isprintable() else ""
