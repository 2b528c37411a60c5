"""What the authorisation server keeps, as plain values, and the `Ledger` that keeps it: one transaction of the store.

Codes and tokens are handed over as digests: what opens something is nowhere stored.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Protocol

from joserfc.jwk import KeySet

from auth.caller import Standing
from auth.standing import Mark


def digest_of(secret: str) -> bytes:
    """SHA-256 of something random of at least 128 bits, which needs no salt."""
    return sha256(secret.encode("utf-8", "surrogatepass")).digest()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may sign in, as they may act at this moment; `label` is their name."""

    id: str
    username: str | None
    label: str
    standing: Standing
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SignIn:
    """One sign-in of a person through a client; everything issued in it ends with it. Seconds since 1970."""

    id: str
    client: str
    person: str
    factors: tuple[str, ...]
    began: int
    expires: int
    ended: int | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What a client asked for and a person agreed to.

    scope: as asked · audience: where not the usual one · key: thumbprint it is bound to · the rest: of a code only.
    """

    scope: str = ""
    purposes: tuple[str, ...] = ()
    audience: str | None = None
    key: str | None = None
    redirect_uri: str = ""
    challenge: str = ""
    nonce: str | None = None

    def written(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {
            "scope": self.scope,
            "purposes": list(self.purposes),
            "audience": self.audience,
            "key": self.key,
            "redirect_uri": self.redirect_uri,
            "challenge": self.challenge,
            "nonce": self.nonce,
        }

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Agreed":
        """From what was written."""
        return cls(**{**written, "purposes": tuple(written["purposes"])})


@dataclass(frozen=True, slots=True)
class Ticket:
    """A code or refresh token that was found: its sign-in, its client, what was agreed, and whether it still holds."""

    digest: bytes
    sign_in: SignIn
    client: str
    agreed: Agreed
    expires: int
    used: int | None = None

    def check_client(self, client: Any) -> bool:
        """True if it was issued to this client."""
        return bool(client.get_client_id() == self.client)

    def get_scope(self) -> str:
        """The scopes agreed to."""
        return self.agreed.scope

    def get_redirect_uri(self) -> str:
        """Where the code was sent."""
        return self.agreed.redirect_uri

    @property
    def code_challenge(self) -> str:
        """What the code verifier must hash to."""
        return self.agreed.challenge

    @property
    def code_challenge_method(self) -> str:
        """How: S256, always."""
        return "S256"


@dataclass(frozen=True, slots=True)
class Device:
    """A device that waits for its person: `sign_in` once they agreed, `refused` once they did not."""

    digest: bytes
    client: str
    agreed: Agreed
    every: int
    asked: int
    expires: int
    sign_in: SignIn | None = None
    refused: bool = False
    used: int | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a token or a sign-in, for the record."""

    act: str
    client: str
    outcome: str
    person: str = ""
    subject: str = ""
    told: Mapping[str, str] = field(default_factory=dict)


class Ledger(Protocol):
    """One transaction of the store, in which nobody else writes."""

    def secrets(self, client: str) -> Sequence[bytes]:
        """Digests of the client's secrets that hold now."""

    def keys(self, client: str) -> KeySet:
        """Public keys of the client that hold now."""

    def frozen(self, client: str, department: str, person: str = "") -> bool:
        """True if the client, department or person is frozen."""

    def honours(self, mark: Mark) -> bool:
        """True if no stop concerns the mark at this moment."""

    def first_time(self, digest: bytes, until: float) -> bool:
        """True the first time something is shown that must not come twice before an instant."""

    def pulse(self) -> int:
        """How many changes the store has seen."""

    def person(self, person: str) -> Person | None:
        """A person who may sign in; None if not, or not any more."""

    def open_sign_in(self, sign_in: str) -> SignIn | None:
        """A sign-in that has not ended."""

    def end_sign_in(self, sign_in: SignIn, reason: str) -> None:
        """End a sign-in, with everything that was issued in it."""

    def end_token(self, token: str, expires: float, reason: str) -> None:
        """Honour an access token no more."""

    def code(self, digest: bytes) -> Ticket | None:
        """A code that was issued."""

    def keep_code(self, ticket: Ticket) -> None:
        """Store a code."""

    def use_code(self, ticket: Ticket) -> None:
        """Mark a code as used."""

    def refresh_token(self, digest: bytes) -> Ticket | None:
        """A refresh token that was issued."""

    def keep_refresh_token(self, ticket: Ticket) -> None:
        """Store a refresh token."""

    def use_refresh_token(self, ticket: Ticket) -> None:
        """Mark a refresh token as used."""

    def device(self, digest: bytes) -> Device | None:
        """A device that asked."""

    def keep_device(self, device: Device, user_code: bytes) -> None:
        """Store a device and the digest of the code its person types."""

    def touch_device(self, device: Device) -> None:
        """Store when a device last asked, how often it may, and that its code was used."""

    def push(self, digest: bytes, client: str, parameters: Mapping[str, str], expires: float) -> None:
        """Store a pushed authorisation request."""

    def record(self, event: Event) -> None:
        """Have an event recorded, in this transaction."""
