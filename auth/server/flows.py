"""The ways to a token: a code with a challenge, a refresh token, a client's own credentials, a device's code.

Authlib's core walks them; here is what it asks of a store, and what it leaves open: that a challenge is always asked
for, that what is used twice ends everything issued from it (RFC 9700), that tokens stay bound to their key.
"""

import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749 import (
    AccessDeniedError,
    InvalidGrantError,
    InvalidRequestError,
    InvalidScopeError,
    grants,
)
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oauth2.rfc8628 import AuthorizationPendingError, DeviceCodeGrant, ExpiredTokenError, SlowDownError

from auth.server.errors import InvalidProofError, InvalidTargetError
from auth.server.form import FormRequest, Issue
from auth.server.house import CODE_SECONDS, MAX_CODE
from auth.server.ledger import Agreed, Device, Person, Ticket, digest_of
from auth.server.registration import OFFLINE, OPENID, Authentication, Registration

if TYPE_CHECKING:
    from auth.server.server import OAuthServer

_MAX_NONCE = 256
_THUMBPRINT = 43 * "A"
"""As long as a SHA-256 in base 64 is."""
_SLOWER = 5
"""Seconds by which a device must wait longer each time it asks too early (RFC 8628 §3.5)."""


class Challenge(CodeChallenge):  # type: ignore[misc]
    """PKCE (RFC 7636) with S256, for every client; nothing is taken for granted."""

    DEFAULT_CODE_CHALLENGE_METHOD = "S256"
    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        """Refuse a request without a challenge, or with one that is not a SHA-256."""
        asked = grant.request.payload.data
        if asked.get("code_challenge_method") != "S256" or len(asked.get("code_challenge") or "") != 43:
            raise InvalidRequestError("A 'code_challenge' with 'code_challenge_method=S256' is required.")
        super().validate_code_challenge(grant, redirect_uri)


class _Renewal:
    """What a code and a refresh token have in common: their sign-in goes on with what they are exchanged for."""

    request: FormRequest
    server: "OAuthServer"

    def go_on(self, ticket: Ticket) -> Person | None:
        """Have the token issued to the person of the sign-in; None if they may not act here any more."""
        sign_in = self.server.ledger.open_sign_in(ticket.sign_in.id)
        if sign_in is None or sign_in.expires <= self.server.now:
            return None
        key = self.request.key
        self._check_key(ticket.agreed.key)
        person = self.server.ledger.person(sign_in.person)
        if person is None or not self.server.admits(self.request.client, person):
            return None
        agreed = replace(ticket.agreed, key=key)
        renewal = agreed if _is_renewable(self.request.client, agreed) else None
        self.request.issue = Issue(self._narrowed(agreed), person, sign_in, renewal)
        return person

    def _check_key(self, bound: str | None) -> None:
        """Refuse another key than the one that a code or refresh token is bound to."""
        if bound is not None and bound != self.request.key:
            raise InvalidGrantError("It is bound to another key.")

    def _narrowed(self, agreed: Agreed) -> Agreed:
        """What was agreed, narrowed to the scopes, purposes and resource that are asked for now."""
        now = self.server.agreed(self.request)
        if agreed.audience is not None and now.audience not in {None, agreed.audience}:
            raise InvalidTargetError(description="It was agreed to for another resource.")
        if any(p not in agreed.purposes for p in now.purposes if agreed.purposes):
            raise InvalidGrantError("It was not issued for these purposes.")
        if not _is_within(now.scope.split(), agreed.scope.split()):
            raise InvalidScopeError
        return replace(
            agreed,
            scope=now.scope or agreed.scope,
            purposes=now.purposes or agreed.purposes,
            audience=agreed.audience or now.audience,
        )


def _is_renewable(client: Registration, agreed: Agreed) -> bool:
    """True if a refresh token follows: OpenID Connect wants it asked for."""
    scopes = agreed.scope.split()
    return client.check_grant_type("refresh_token") and (OFFLINE in scopes or OPENID not in scopes)


def _is_within(asked: list[str], agreed: list[str]) -> bool:
    """True if scopes that are asked for hold no more than those agreed to: where none is of data, it is all data."""
    beyond, identity = set(asked) - set(agreed), {OPENID, OFFLINE}
    if set(agreed) <= identity:
        return not beyond & identity
    return not beyond and (not asked or not set(asked) <= identity)


class CodeFlow(_Renewal, grants.AuthorizationCodeGrant):  # type: ignore[misc]
    """A person agrees in the browser, the client exchanges the code (OAuth 2.1 §4.1)."""

    @staticmethod
    def validate_authorization_redirect_uri(request: FormRequest, client: Registration) -> str:
        """The redirect URI, if it is registered. Authlib's refusal would repeat it, whatever stands in it."""
        asked: str = request.payload.redirect_uri or ""
        if not client.check_redirect_uri(asked):
            raise InvalidRequestError("The 'redirect_uri' is missing, or not one of the client's.")
        return asked

    def validate_authorization_request(self) -> str:
        """Authlib's checks, and that the answer goes into the query and the request stands in parameters."""
        redirect_uri: str = super().validate_authorization_request()
        asked = self.request.payload
        fault = None
        if asked.data.get("response_mode", "query") != "query":
            fault = "The answer goes into the query of the redirect URI."
        elif "request" in asked.data or "request_uri" in asked.data:
            fault = "A request object is not taken; push the request instead."
        elif len(asked.data.get("nonce") or "") > _MAX_NONCE or len(asked.state or "") > 4 * _MAX_NONCE:
            fault = "'nonce' or 'state' is too long."
        elif len(asked.data.get("dpop_jkt", _THUMBPRINT)) != len(_THUMBPRINT):
            fault = "'dpop_jkt' is not the thumbprint of a key."
        if fault:
            raise InvalidRequestError(fault, redirect_uri=redirect_uri)
        return redirect_uri

    def save_authorization_code(self, code: str, request: FormRequest) -> None:
        """Keep a code for the sign-in that has just begun."""
        issue, asked = request.issue, request.payload.data
        if issue is None or issue.sign_in is None:
            raise TypeError("a code belongs to a sign-in")
        agreed = replace(
            issue.agreed,
            redirect_uri=asked["redirect_uri"],
            challenge=asked["code_challenge"],
            nonce=asked.get("nonce"),
            key=asked.get("dpop_jkt"),
        )
        until = self.server.now + CODE_SECONDS
        self.server.ledger.keep_code(Ticket(digest_of(code), issue.sign_in, request.client.client_id, agreed, until))

    def query_authorization_code(self, code: str, client: Any) -> Ticket | None:
        """The code, if it may be exchanged by this client; one that comes again ends what the first one began."""
        found = self.server.ledger.code(digest_of(code)) if len(code) <= MAX_CODE else None
        if found is None or found.client != client.client_id:
            return None
        if found.used is not None:
            self.server.ledger.end_sign_in(found.sign_in, "CODE_REPLAYED")
            return None
        return found if found.expires > self.server.now else None

    def delete_authorization_code(self, authorization_code: Ticket) -> None:
        """Let the code open nothing any more; it is kept, so that it is known if it comes again."""
        self.server.ledger.use_code(authorization_code)

    def authenticate_user(self, authorization_code: Ticket) -> Person | None:
        """The person who agreed."""
        return self.go_on(authorization_code)


class RefreshFlow(_Renewal, grants.RefreshTokenGrant):  # type: ignore[misc]
    """A refresh token is exchanged for the next one; the old one ends the sign-in if it comes again (RFC 9700 §4.14)."""

    INCLUDE_NEW_REFRESH_TOKEN = True

    def _check_key(self, bound: str | None) -> None:
        """A client that proves itself may prove another key than before, but some key (RFC 9449 §5)."""
        if self.request.client.authentication is Authentication.NONE:
            super()._check_key(bound)
        elif bound is not None and self.request.key is None:
            raise InvalidProofError

    def authenticate_refresh_token(self, refresh_token: str) -> Ticket | None:
        """The refresh token, if it may be exchanged."""
        ledger = self.server.ledger
        found = ledger.refresh_token(digest_of(refresh_token)) if len(refresh_token) <= MAX_CODE else None
        if found is None or found.client != self.request.client.client_id:
            return None
        if found.used is not None:
            ledger.end_sign_in(found.sign_in, "REFRESH_TOKEN_REPLAYED")
            return None
        return found if found.expires > self.server.now else None

    def authenticate_user(self, refresh_token: Ticket) -> Person:
        """The person whose sign-in goes on."""
        found = self.go_on(refresh_token)
        if found is None:
            raise InvalidGrantError("The sign-in has ended.")
        return found

    def revoke_old_credential(self, refresh_token: Ticket) -> None:
        """Let it be exchanged no more."""
        self.server.ledger.use_refresh_token(refresh_token)


class ClientFlow(grants.ClientCredentialsGrant):  # type: ignore[misc]
    """A system of a department asks for itself."""

    request: FormRequest
    server: "OAuthServer"

    def validate_token_request(self) -> None:
        """Authlib's checks; an identity is nothing a system has."""
        super().validate_token_request()
        agreed = self.server.agreed(self.request)
        left = " ".join(name for name in agreed.scope.split() if name not in {OPENID, OFFLINE})
        self.request.issue = Issue(replace(agreed, scope=left))


class DeviceFlow(_Renewal, DeviceCodeGrant):  # type: ignore[misc]
    """A device without a browser asks again and again until its person has agreed elsewhere (RFC 8628)."""

    def validate_token_request(self) -> None:
        """Find the device and say where its person is."""
        code = self.request.payload.data.get("device_code")
        if not code:
            raise InvalidRequestError("Missing 'device_code' in request.")
        client = self.authenticate_token_endpoint_client()
        if not client.check_grant_type(self.GRANT_TYPE):
            raise UnauthorizedClientError(f"The client is not authorized to use 'grant_type={self.GRANT_TYPE}'")
        device = self.server.ledger.device(digest_of(code)) if len(code) <= MAX_CODE else None
        if device is None or not hmac.compare_digest(device.client, client.client_id):
            raise InvalidGrantError("The device code is not known.")
        self.request.user = self._person_of(device)

    def _person_of(self, device: Device) -> Person:
        ledger, now = self.server.ledger, self.server.now
        if device.used is not None:
            if device.sign_in is not None:
                ledger.end_sign_in(device.sign_in, "CODE_REPLAYED")
            raise InvalidGrantError("The device code was used before.")
        if device.refused:
            raise AccessDeniedError
        if device.expires <= now:
            raise ExpiredTokenError
        if device.sign_in is None:
            early = now - device.asked < device.every
            ledger.touch_device(replace(device, asked=now, every=device.every + _SLOWER * early))
            raise SlowDownError if early else AuthorizationPendingError
        ticket = Ticket(device.digest, device.sign_in, device.client, device.agreed, device.expires)
        if device.agreed.key is not None and self.request.key != device.agreed.key:
            raise InvalidProofError
        found = self.go_on(ticket)
        if found is None:
            raise InvalidGrantError("The sign-in has ended.")
        ledger.touch_device(replace(device, used=now))
        return found

    def create_token_response(self) -> tuple[int, dict[str, Any], Any]:
        """The tokens."""
        token = self.generate_token(user=self.request.user)
        self.save_token(token)
        return 200, token, self.TOKEN_RESPONSE_HEADER
