"""The flows as Authlib's own clients do them: its Starlette integration for people, its HTTP client for the rest.

Both speak through httpx2, which Authlib takes where it is installed. Knows no server; the sign-in is browser.py's.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.httpx_client import OAuth2Client
from authlib.integrations.starlette_client import OAuth
from authlib.oauth2.rfc7523 import PrivateKeyJWT
from joserfc.jwk import Key
from starlette.requests import Request

from tests.clients.browser import TLS, Person, sign_in


@dataclass(frozen=True, slots=True)
class Client:
    """A client as registered. With a key and its `alg` it proves itself by private_key_jwt, with neither it is public."""

    issuer: str
    client_id: str
    secret: str | Key | None = None
    method: str = "client_secret_basic"
    alg: str | None = None

    @property
    def metadata(self) -> str:
        """Where the server describes itself."""
        return f"{self.issuer}/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a sign-in brings: the tokens, the claims of the ID token, and what the userinfo endpoint says."""

    tokens: dict[str, Any]
    claims: dict[str, Any]
    userinfo: dict[str, Any]


def client_credentials(client: Client, **parameters: str) -> dict[str, Any]:
    """Tokens of the client itself. Raises authlib's OAuthError."""
    with _session(client) as session:
        return dict(session.fetch_token(_endpoint(client, "token"), grant_type="client_credentials", **parameters))


def code(client: Client, person: Person, redirect_uri: str, scope: str = "openid", **parameters: str) -> SignedIn:
    """Signs a person in with PKCE, state and nonce, the ID token validated. Raises OAuthError and SignInError."""
    app = OAuth().register("server", **_registration(client, scope))
    session: dict[str, Any] = {}
    asked = asyncio.run(app.authorize_redirect(_request("", session), redirect_uri, **parameters))
    back = sign_in(asked.headers["location"], person, redirect_uri)
    tokens = asyncio.run(app.authorize_access_token(_request(urlsplit(back).query, session)))
    claims = tokens.pop("userinfo", None)
    userinfo = asyncio.run(app.userinfo(token=tokens)) if claims else {}
    return SignedIn(dict(tokens), dict(claims or {}), dict(userinfo))


def refresh(client: Client, refresh_token: str, **parameters: str) -> dict[str, Any]:
    """New tokens for a refresh token. Raises authlib's OAuthError."""
    with _session(client) as session:
        return dict(session.refresh_token(_endpoint(client, "token"), refresh_token=refresh_token, **parameters))


def introspect(client: Client, token: str, hint: str = "access_token") -> dict[str, Any]:
    """What the server says of a token. Raises HTTPStatusError."""
    with _session(client) as session:
        url = _endpoint(client, "introspection")
        response = session.introspect_token(url, token=token, token_type_hint=hint).raise_for_status()
        return dict(response.json())


def revoke(client: Client, token: str, hint: str = "access_token") -> None:
    """Ends a token. Raises HTTPStatusError."""
    with _session(client) as session:
        url = _endpoint(client, "revocation")
        session.revoke_token(url, token=token, token_type_hint=hint).raise_for_status()


def _session(client: Client) -> OAuth2Client:
    methods = dict.fromkeys(("token_endpoint_auth_method", "revocation_endpoint_auth_method"), client.method)
    session = OAuth2Client(client.client_id, client.secret, timeout=20, trust_env=False, verify=TLS, **methods)
    for method in _methods(client):
        session.register_client_auth_method(method)
    return session


def _methods(client: Client) -> list[PrivateKeyJWT]:
    if client.method != "private_key_jwt":
        return []
    assert isinstance(client.secret, Key)
    header = {"kid": client.secret.kid} if client.secret.kid else {}
    return [PrivateKeyJWT(_endpoint(client, "token"), alg=client.alg, headers=header)]


def _registration(client: Client, scope: str) -> dict[str, Any]:
    return {
        "client_id": client.client_id,
        "client_secret": client.secret,
        "server_metadata_url": client.metadata,
        "client_auth_methods": _methods(client),
        "client_kwargs": {
            "code_challenge_method": "S256",
            "scope": scope,
            "timeout": 20,
            "token_endpoint_auth_method": client.method,
            "trust_env": False,
            "verify": TLS,
        },
    }


def _endpoint(client: Client, name: str) -> str:
    response = httpx2.get(client.metadata, trust_env=False, verify=TLS).raise_for_status()
    metadata: Mapping[str, str] = response.json()
    return metadata[f"{name}_endpoint"]


def _request(query: str, session: dict[str, Any]) -> Request:
    """What a Starlette application would hand to Authlib: the query of the callback, and the visitor's session."""
    return Request({"type": "http", "method": "GET", "query_string": query.encode(), "headers": [], "session": session})
