"""What the authorisation server knows of a registered client, as Authlib asks for it (its `ClientMixin`, by form).

Knows no secrets: those are compared where they are kept. Redirect URIs match character by character (RFC 9700 §4.1.3),
but for the port of a loopback address (RFC 8252 §7.3).
"""

from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from auth.caller import Client
from auth.scopes import Scope

OPENID, OFFLINE = "openid", "offline_access"
"""Scopes that are not groups of fields: an identity token, and refresh tokens beside it."""
SCOPES = frozenset({OPENID, OFFLINE, *Scope})
LOOPBACK = frozenset({"127.0.0.1", "[::1]"})
DEVICE_CODE = "urn:ietf:params:oauth:grant-type:device_code"
"""The way of devices to a token (RFC 8628)."""
_POST_AND_BASIC = frozenset({"client_secret_basic", "client_secret_post"})


class Authentication(StrEnum):
    """How a client proves who it is."""

    SECRET = "secret"  # noqa: S105 - the name of a method
    PRIVATE_KEY_JWT = "private_key_jwt"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Registration:
    """A client with what it may ask the authorisation server for.

    sign_in: people sign in through it · machine: it asks for itself · device: on devices without a browser ·
    dpop: its tokens are bound to a key (RFC 9449) · pushed: its requests are pushed (RFC 9126).
    """

    client: Client
    redirect_uris: tuple[str, ...] = ()
    authentication: Authentication = Authentication.SECRET
    sign_in: bool = False
    machine: bool = True
    device: bool = False
    dpop: bool = False
    pushed: bool = False

    @property
    def client_id(self) -> str:
        """Its id."""
        return self.client.id

    @property
    def grant_types(self) -> frozenset[str]:
        """Ways to a token that are open to it."""
        open_: set[str] = set()
        if self.machine and self.authentication is not Authentication.NONE:
            open_.add("client_credentials")
        if self.sign_in and self.redirect_uris:
            open_.add("authorization_code")
        if self.device:
            open_.add(DEVICE_CODE)
        if self.sign_in or self.device:
            open_.add("refresh_token")
        return frozenset(open_)

    def get_client_id(self) -> str:
        """Its id."""
        return self.client.id

    def get_default_redirect_uri(self) -> str | None:
        """None: a redirect URI is always said."""
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        """The scopes asked for; the server has refused those it does not know."""
        return scope or ""

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        """True if it is registered."""
        return any(matches(registered, redirect_uri) for registered in self.redirect_uris)

    def check_endpoint_auth_method(self, method: str, _endpoint: str) -> bool:
        """True if it proves itself in this way."""
        if self.authentication is Authentication.SECRET:
            return method in _POST_AND_BASIC
        return method == self.authentication.value

    def check_response_type(self, response_type: str) -> bool:
        """True for a code, where people sign in through it."""
        return response_type == "code" and "authorization_code" in self.grant_types

    def check_grant_type(self, grant_type: str) -> bool:
        """True if this way to a token is open to it."""
        return grant_type in self.grant_types


def matches(registered: str, asked: str) -> bool:
    """True if an asked redirect URI is the registered one."""
    if registered == asked:
        return True
    ours, theirs = _loopback(registered), _loopback(asked)
    return ours is not None and ours == theirs


def _loopback(uri: str) -> tuple[str, str] | None:
    """Host and the rest of an http address on this machine, whose port may differ; None for any other."""
    try:
        parts = urlsplit(uri)
        port = parts.port
    except ValueError:
        return None
    host = "[::1]" if parts.hostname == "::1" else parts.hostname
    if parts.scheme != "http" or host not in LOOPBACK:
        return None
    place = host if port is None else f"{host}:{port}"
    # Written in no other way: what a parser makes alike could differ elsewhere.
    prefix = f"http://{place}"
    return (host, uri[len(prefix) :]) if uri.startswith(prefix) else None


def redirect_fault(uri: str) -> str | None:
    """Why a redirect URI cannot be registered, None if it can (RFC 8252, RFC 9700)."""
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        return "is not an address"
    if not uri.isascii() or not uri.isprintable() or any(mark in uri for mark in ' *\\<>"`{}|^'):
        return "holds a character that no address has"
    if "#" in uri:
        return "must have no fragment"
    if parts.scheme == "https" and parts.hostname and parts.username is None:
        return None
    if parts.scheme == "http" and _loopback(uri) is not None:
        return None
    if "." in parts.scheme and not parts.netloc:
        return None
    return "must be https, http on 127.0.0.1 or [::1], or a scheme of one's own in reversed-domain form"
