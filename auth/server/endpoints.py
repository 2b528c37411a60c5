"""What else clients ask the authorisation server: whether a token holds, that it holds no more, a code for a device."""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from authlib.oauth2.rfc6749.errors import UnauthorizedClientError
from authlib.oauth2.rfc7009 import RevocationEndpoint
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from authlib.oauth2.rfc8628 import DEVICE_CODE_GRANT_TYPE, DeviceAuthorizationEndpoint

from auth.roles import ADMINISTRATORS
from auth.server.form import FormRequest
from auth.server.house import DEVICE_SECONDS, MAX_CODE, POLL_SECONDS
from auth.server.ledger import Device, Event, Ticket, digest_of
from auth.server.registration import Registration
from auth.tokens import LEEWAY, Verified

if TYPE_CHECKING:
    from auth.server.server import OAuthServer

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
"""Of codes that people type: no vowels, so that they are no words, and none that looks like another (RFC 8628 §6.1)."""


def plain_user_code(typed: str) -> str:
    """A user code as it was issued, from what a person typed."""
    return "".join(letter for letter in typed.upper() if letter in _LETTERS)


@dataclass(frozen=True, slots=True)
class Found:
    """A token that somebody asks about: an access token that this server signed, or a refresh token."""

    access: Verified | None = None
    refresh: Ticket | None = None

    @property
    def client(self) -> str:
        """Whose it is."""
        if self.access is not None:
            return self.access.mark.client
        return self.refresh.client if self.refresh is not None else ""

    def check_client(self, client: Registration) -> bool:
        """True if it was issued to this client."""
        return self.client == client.client_id

    def is_expired(self) -> bool:
        """False: what holds no more is not found."""
        return False

    def is_revoked(self) -> bool:
        """False: the same."""
        return False


class _Asking:
    """Finding a token, whichever kind it is said to be."""

    server: "OAuthServer"

    def query_token(self, token: str, _hint: str | None) -> Found | None:
        """The token, if this server issued it and it still holds."""
        ledger, now = self.server.ledger, self.server.now
        access = self.server.house.verifier.read(token) if token.count(".") == 2 else None
        if access is not None:
            begun = access.issued - LEEWAY
            holds = begun.timestamp() <= now < access.expires.timestamp() and ledger.honours(access.mark)
            return Found(access=access) if holds else None
        refresh = ledger.refresh_token(digest_of(token)) if len(token) <= MAX_CODE else None
        if refresh is None or refresh.used is not None or refresh.expires <= now:
            return None
        return Found(refresh=refresh) if ledger.open_sign_in(refresh.sign_in.id) else None


class Introspection(_Asking, IntrospectionEndpoint):  # type: ignore[misc]
    """Says whether a token holds, and what it says (RFC 7662): to its own client, and to administrators."""

    def check_permission(self, token: Found, client: Registration, _request: FormRequest) -> bool:
        """True if this client may know of the token; to any other it does not exist."""
        return token.check_client(client) or client.client.role in ADMINISTRATORS

    def introspect_token(self, token: Found) -> dict[str, Any]:
        """What it says."""
        if token.access is not None:
            return self._of_access(token.access)
        refresh = token.refresh
        if refresh is None:
            return {"active": False}
        told = {
            "client_id": refresh.client,
            "sub": refresh.sign_in.person,
            "exp": refresh.expires,
            "scope": refresh.agreed.scope,
            "iss": self.server.house.issuer,
        }
        return {name: value for name, value in told.items() if value}

    def _of_access(self, access: Verified) -> dict[str, Any]:
        caller = access.caller
        told = {
            "client_id": caller.client.id,
            "sub": caller.person or caller.client.id,
            "token_type": "DPoP" if caller.key else "Bearer",
            "iat": int(access.issued.timestamp()),
            "exp": int(access.expires.timestamp()),
            "scope": " ".join(sorted(caller.scopes or ())),
            "iss": self.server.house.issuer,
            "jti": access.mark.token,
            "sid": access.mark.sign_in,
            "cnf": {"jkt": caller.key} if caller.key else None,
            "purposes": list(caller.allowed_purposes()),
            "department": caller.client.department,
            "role": caller.client.role.value,
        }
        return {name: value for name, value in told.items() if value}


class Revocation(_Asking, RevocationEndpoint):  # type: ignore[misc]
    """Ends an access token, or with a refresh token the whole sign-in (RFC 7009); felt by every worker."""

    def authenticate_token(self, request: FormRequest, client: Registration) -> Found | None:
        """The token, if it is this client's; another's is not told from one that does not exist."""
        self.check_params(request, client)
        found = self.query_token(request.form["token"], None)
        return found if found is not None and found.check_client(client) else None

    def revoke_token(self, token: Found, request: FormRequest) -> None:
        """End it."""
        ledger, subject = self.server.ledger, ""
        if token.access is not None:
            subject = token.access.mark.token
            ledger.end_token(subject, token.access.expires.timestamp(), "REVOKED")
        elif token.refresh is not None:
            subject = token.refresh.sign_in.id
            ledger.end_sign_in(token.refresh.sign_in, "REVOKED")
        ledger.record(Event("TOKEN_REVOKED", request.client.client_id, "GRANTED", subject=subject))


class DeviceEndpoint(DeviceAuthorizationEndpoint):  # type: ignore[misc]
    """Gives a device its code, and its person the one to type (RFC 8628)."""

    EXPIRES_IN = DEVICE_SECONDS
    INTERVAL = POLL_SECONDS
    server: "OAuthServer"

    def authenticate_client(self, request: FormRequest) -> Registration:
        """The client, if devices may ask through it."""
        client: Registration = super().authenticate_client(request)
        if not client.check_grant_type(DEVICE_CODE_GRANT_TYPE):
            raise UnauthorizedClientError("The client is not for devices.")
        self._request = request
        return client

    def generate_user_code(self) -> str:
        """Eight letters in two groups."""
        letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
        return f"{letters[:4]}-{letters[4:]}"

    def get_verification_uri(self) -> str:
        """Where the person types it."""
        return self.server.house.at("/oauth/device")

    def save_device_credential(self, client_id: str, _scope: str | None, told: dict[str, Any]) -> None:
        """Keep it until its person comes."""
        now = self.server.now
        agreed = self.server.agreed(self._request)
        device = Device(
            digest=digest_of(told["device_code"]),
            client=client_id,
            agreed=agreed,
            every=POLL_SECONDS,
            asked=now - POLL_SECONDS,
            expires=now + DEVICE_SECONDS,
        )
        self.server.ledger.keep_device(device, digest_of(plain_user_code(told["user_code"])))
