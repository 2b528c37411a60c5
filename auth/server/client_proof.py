"""How a client proves who it is: a secret in the header or the form, or an assertion it signed (RFC 7523).

Whatever is wrong, the answer is the same: neither its words nor its time tell whether the client exists.
"""

from collections.abc import Mapping
from typing import Any, Final

import orjson
from authlib.oauth2.rfc6749 import InvalidClientError, InvalidRequestError
from authlib.oauth2.rfc6749.util import extract_basic_authorization
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jws
from joserfc.jwk import ECKey, KeySet, OKPKey

from auth.server.form import FormRequest
from auth.server.jose import BAD, LEEWAY, is_current, is_number, verified
from auth.server.ledger import Ledger, digest_of
from auth.server.passwords import same
from auth.server.registration import Authentication, Registration

ASSERTION_LIFE = 3600
"""Seconds from now that an assertion may hold at most."""
_MAX_ASSERTION = 4096
_TYPE = JWTBearerClientAssertion.CLIENT_ASSERTION_TYPE
_MAX_CLIENT, _MAX_SECRET = 64, 256
_NOBODY: Final = KeySet([OKPKey.generate_key("Ed25519"), ECKey.generate_key("P-256")])
"""Keys of clients that there are not."""


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
        return found if self._ledger.first_time(digest, now + ASSERTION_LIFE + 2 * LEEWAY) else None

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
        return is_current(claims, now) and is_number(expires) and expires <= now + ASSERTION_LIFE + LEEWAY


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
