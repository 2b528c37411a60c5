"""Who signs: one `Signer`, whether its private keys lie in files or in a module that never shows them.

Ed25519 (RFC 8037) alone. A key is published before it signs and after it has ceased to, so that no live token breaks
when keys change.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

ALGORITHM = "Ed25519"


class NoSigningKeyError(Exception):
    """No key may sign at this moment, or its private half is not here."""


class Signer(Protocol):
    """Signs claims, and tells which public keys verify what it signed."""

    def sign(self, kind: str, claims: Mapping[str, Any]) -> str:
        """A compact JWS of the claims; `kind` is its media type. NoSigningKeyError if it cannot be made."""

    def verifying(self) -> KeySet:
        """Keys that verify at this moment."""

    def published(self) -> dict[str, Any]:
        """The JWK set (RFC 7517) others verify with; holds keys that will sign, too."""


@dataclass(frozen=True, slots=True)
class SigningKey:
    """One key: from when it signs, until when it verifies (None: while it signs); instants in seconds since 1970.

    `private` is None where the private half lies elsewhere.
    """

    kid: str
    public: OKPKey
    private: OKPKey | None
    signs_from: float = 0.0
    verifies_until: float | None = None


class KeyRing:
    """The `Signer` over keys in memory; `replace` takes notice of a rotation."""

    def __init__(self, keys: Sequence[SigningKey], seconds: Callable[[], float]) -> None:
        self._seconds = seconds
        self._keys: tuple[SigningKey, ...] = ()
        self.replace(keys)

    def replace(self, keys: Sequence[SigningKey]) -> None:
        """Use these keys from now on."""
        self._keys = tuple(sorted(keys, key=lambda key: key.signs_from))

    def sign(self, kind: str, claims: Mapping[str, Any]) -> str:
        """Sign with the newest key whose time has come."""
        now = self._seconds()
        for key in reversed(self._live(now)):
            if key.private is not None and key.signs_from <= now:
                header = {"alg": ALGORITHM, "typ": kind, "kid": key.kid}
                return jwt.encode(header, dict(claims), key.private, algorithms=[ALGORITHM])
        raise NoSigningKeyError("no key of this hub may sign now")

    def verifying(self) -> KeySet:
        """Keys that have not gone; one whose time has not come has signed nothing yet."""
        return KeySet([key.public for key in self._live(self._seconds())])

    def published(self) -> dict[str, Any]:
        """Public keys with their use and algorithm."""
        keys = [key.public.as_dict(private=False) for key in self._live(self._seconds())]
        return {"keys": [{**key, "use": "sig", "alg": ALGORITHM} for key in keys]}

    def _live(self, now: float) -> list[SigningKey]:
        return [key for key in self._keys if key.verifies_until is None or key.verifies_until > now]
