"""The authorisation server for one request, in one transaction: Authlib's core with this hub's clients, keys and store.

Does no I/O of its own. Refusals are answers, so that what they change – a family that ends, a code that is burnt – is kept.
"""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from authlib.oauth2.rfc6749 import AuthorizationServer, InvalidClientError, InvalidRequestError, InvalidScopeError
from authlib.oauth2.rfc6749.errors import UnauthorizedClientError

from auth.purposes import allowed_purposes
from auth.roles import Role
from auth.scopes import Scope
from auth.server.client_proof import ClientProof
from auth.server.endpoints import DeviceEndpoint, Introspection, Revocation
from auth.server.errors import InvalidProofError, InvalidTargetError, UnsupportedResponseError
from auth.server.flows import Challenge, ClientFlow, CodeFlow, DeviceFlow, RefreshFlow
from auth.server.form import FormRequest, Issue
from auth.server.house import MAX_PURPOSES, TOKEN_SECONDS, House
from auth.server.ledger import Agreed, Event, Ledger, Person, SignIn, Ticket, digest_of
from auth.server.registration import OFFLINE, OPENID, SCOPES, Authentication, Registration
from auth.tokens import Terms

# Authlib logs every token that it issues, in clear, where DEBUG is wanted.
logging.getLogger("authlib").setLevel(logging.INFO)

IDENTITY_TOKEN = "JWT"  # noqa: S105 - a media type, not a secret


class Response(NamedTuple):
    """An answer of the server: status, body (JSON, or empty), headers."""

    status: int
    body: Mapping[str, Any] | str
    headers: Sequence[tuple[str, str]]


class OAuthServer(AuthorizationServer):  # type: ignore[misc]
    """Answers one request out of one ledger; `now` in seconds since 1970."""

    def __init__(self, house: House, ledger: Ledger, now: int) -> None:
        super().__init__(scopes_supported=sorted(SCOPES))
        self.house = house
        self.ledger = ledger
        self.now = now
        self.current: FormRequest
        self._proof = ClientProof(house.registrations, ledger, house.own_audiences)
        for grant in (CodeFlow, RefreshFlow, ClientFlow, DeviceFlow):
            self.register_grant(grant, [Challenge()] if grant is CodeFlow else None)
        for endpoint in (Introspection, Revocation, DeviceEndpoint):
            self.register_endpoint(endpoint)

    def query_client(self, client_id: str) -> Registration | None:
        """The client of this id, unless it is stopped."""
        found = self.house.registrations.get(client_id)
        return found if found is not None and self.honoured(found) else None

    def honoured(self, registration: Registration, person: str = "") -> bool:
        """True if neither client nor department nor person is frozen."""
        client = registration.client
        return not self.ledger.frozen(client.id, client.department, person)

    def authenticate_client(
        self, request: FormRequest, _methods: Sequence[str], endpoint: str = "token"
    ) -> Registration:
        """The client of a request; how it proves itself is its registration's business, not the endpoint's.

        Where tokens are issued, a client whose tokens are bound to a key proves that one, too; whoever asks about tokens
        proves themselves (RFC 7662 §2.1).
        """
        found = self._proof.prove(request, self.now)
        if found.authentication is Authentication.NONE and endpoint == Introspection.ENDPOINT_NAME:
            raise InvalidClientError(status_code=401, description="A client that proves nothing may not ask.")
        if not self.honoured(found):
            raise UnauthorizedClientError("The client is frozen; its department knows why.")
        request.client = found
        request.auth_method = "none" if found.authentication.value == "none" else found.authentication.value
        if found.dpop and request.key is None and endpoint == "token":
            raise InvalidProofError
        return found

    def create_oauth2_request(self, request: FormRequest) -> FormRequest:
        """The request itself."""
        self.current = request
        return request

    def get_authorization_grant(self, request: FormRequest) -> CodeFlow:
        """The code flow, the only one that begins in a browser."""
        asked = request.payload
        if asked.response_type != "code":
            client, address = self.query_client(asked.client_id or ""), asked.redirect_uri or ""
            raise UnsupportedResponseError(
                redirect_uri=address if client and client.check_redirect_uri(address) else None
            )
        grant: CodeFlow = super().get_authorization_grant(request)
        return grant

    def save_token(self, _token: Mapping[str, Any], request: FormRequest) -> None:
        """Have the token's issue recorded; it is kept nowhere, for it says everything itself."""
        self.record("TOKEN_ISSUED", "GRANTED", request)

    def handle_response(
        self, status: int, body: Mapping[str, Any] | str, headers: Sequence[tuple[str, str]]
    ) -> Response:
        """The answer as it is sent."""
        return Response(status, body, headers)

    def send_signal(self, _name: str, *_args: object, **_kwargs: object) -> None:
        """Nobody listens: what happens is recorded where it happens."""

    def agreed(self, request: FormRequest) -> Agreed:
        """What a request asks for; OAuth2Error where it is nothing of this server's."""
        scope = request.payload.scope or ""
        self.validate_requested_scope(scope)
        if len(scope.split()) != len(set(scope.split())):
            raise InvalidScopeError
        purposes = tuple(dict.fromkeys((request.payload.data.get("purposes") or "").split()))
        if len(purposes) > MAX_PURPOSES:
            raise InvalidRequestError("Too many purposes.")
        theirs: tuple[str, ...] = request.client.client.purposes if request.client is not None else purposes
        if not set(purposes) <= set(theirs):
            raise InvalidRequestError(f"'purposes' may name: {' '.join(theirs)}.")
        return Agreed(scope, purposes, self._audience(request), request.key)

    def _audience(self, request: FormRequest) -> str | None:
        asked = request.payload.datalist.get("resource", [])
        if not asked:
            return None
        if len(asked) > 1 or asked[0] not in self.house.audiences:
            raise InvalidTargetError
        return None if asked[0] == self.house.audiences[0] else str(asked[0])

    def generate_token(self, **_said: object) -> dict[str, Any]:
        """An access token, and whatever else was agreed to, for the request; Authlib's parameters say less than it does."""
        issue, registration = self.current.issue, self.current.client
        if issue is None:
            raise TypeError("a token is issued for something")
        agreed = issue.agreed
        told: dict[str, Any] = {
            "access_token": self._access_token(registration, issue),
            "token_type": "DPoP" if agreed.key else "Bearer",
            "expires_in": TOKEN_SECONDS,
        }
        if agreed.scope:
            told["scope"] = agreed.scope
        if issue.renewal is not None and issue.sign_in is not None:
            told["refresh_token"] = self._refresh_token(registration, issue.sign_in, issue.renewal)
        if issue.person is not None and issue.sign_in is not None and OPENID in agreed.scope.split():
            told["id_token"] = self._identity_token(registration, issue)
        return told

    def _access_token(self, registration: Registration, issue: Issue) -> str:
        agreed, person, sign_in = issue.agreed, issue.person, issue.sign_in
        terms = Terms(
            person=person.id if person else None,
            standing=person.standing if person else None,
            purposes=self.purposes(registration, person, agreed),
            scopes=[Scope(name) for name in agreed.scope.split() if name not in {OPENID, OFFLINE}],
            sign_in=sign_in.id if sign_in else None,
            key=agreed.key,
            pulse=self.ledger.pulse(),
            audience=agreed.audience,
            at=sign_in.began if sign_in else None,
        )
        return self.house.tokens.issue(registration.client_id, self.instant, timedelta(seconds=TOKEN_SECONDS), terms)

    def purposes(self, registration: Registration, person: Person | None, agreed: Agreed) -> tuple[str, ...]:
        """Purposes of the token, empty where it has all of its client's."""
        theirs = person.purposes if person and person.standing.role is not Role.PUBLIC else ()
        return allowed_purposes(registration.client.purposes, theirs, agreed.purposes)

    def _refresh_token(self, registration: Registration, sign_in: SignIn, renewal: Agreed) -> str:
        made = secrets.token_urlsafe(32)
        kept = replace(renewal, redirect_uri="", challenge="", nonce=None)
        self.ledger.keep_refresh_token(Ticket(digest_of(made), sign_in, registration.client_id, kept, sign_in.expires))
        return made

    def _identity_token(self, registration: Registration, issue: Issue) -> str:
        person, sign_in = issue.person, issue.sign_in
        if person is None or sign_in is None:
            raise TypeError("an identity token is about a person who signed in")
        claims = {
            "iss": self.house.issuer,
            "sub": person.id,
            "aud": registration.client_id,
            "iat": self.now,
            "exp": self.now + TOKEN_SECONDS,
            "auth_time": sign_in.began,
            "nonce": issue.agreed.nonce,
            "amr": list(sign_in.factors),
            "sid": sign_in.id,
        }
        return self.house.tokens.signer.sign(IDENTITY_TOKEN, {k: v for k, v in claims.items() if v is not None})

    @property
    def instant(self) -> datetime:
        """This moment."""
        return datetime.fromtimestamp(self.now, UTC)

    def admits(self, registration: Registration, person: Person) -> bool:
        """True if this person may act through this client."""
        client, standing = registration.client, person.standing
        own = (client.department, client.role) == (standing.department, standing.role)
        if not (own or client.portal or standing.role is Role.PUBLIC) or not self.honoured(registration, person.id):
            return False
        return not (standing.department and self.ledger.frozen("", standing.department))

    def record(self, act: str, outcome: str, request: FormRequest) -> None:
        """Have what happened to a token recorded."""
        issue: Issue | None = request.issue
        person = issue.person.id if issue and issue.person else ""
        sign_in = issue.sign_in.id if issue and issue.sign_in else ""
        self.ledger.record(Event(act, request.client.client_id, outcome, person, sign_in))
