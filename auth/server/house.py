"""What the authorisation server is built of, the same for every request: its names, its clients, its signer."""

from collections.abc import Mapping
from dataclasses import dataclass

from auth.caller import Client
from auth.current import Current
from auth.server.registration import Registration
from auth.tokens import TokenIssuer, TokenVerifier

CODE_SECONDS = 60
TOKEN_SECONDS = 600
PUSHED_SECONDS = 90
DEVICE_SECONDS = 600
POLL_SECONDS = 5
MAX_PURPOSES = 20
MAX_CODE = 128
"""Characters of a code or refresh token that is looked for."""
_PROVEN = ("token", "par", "introspect", "revoke", "device")
"""Endpoints at which clients prove who they are."""


@dataclass(frozen=True, slots=True)
class House:
    """The server's parts; `audiences` are what a token may be for, the usual one first."""

    registrations: Current[Registration]
    clients: Current[Client]
    tokens: TokenIssuer
    verifier: TokenVerifier
    audiences: tuple[str, ...]

    def replace(self, registrations: Mapping[str, Registration]) -> None:
        """Know these clients from now on, and no others."""
        self.registrations.replace(registrations)
        self.clients.replace({name: found.client for name, found in registrations.items()})

    @property
    def issuer(self) -> str:
        """Its identifier, which is the hub's address."""
        return self.tokens.issuer

    def at(self, path: str) -> str:
        """Address of one of its endpoints."""
        return f"{self.issuer}{path}"

    @property
    def own_audiences(self) -> frozenset[str]:
        """What an assertion may be addressed to: this server, or one of its endpoints (RFC 7523)."""
        return frozenset({self.issuer, *(self.at(f"/oauth/{name}") for name in _PROVEN)})
