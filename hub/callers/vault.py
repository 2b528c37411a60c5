"""Seals and digests of what is stored of callers, with keys that lie outside the database.

Knows no table. A sealed value opens only in the place it was sealed for.
"""

import hmac
from hashlib import sha256
from typing import Protocol

from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Digests(Protocol):
    """Digests of the record, whose keys do not last."""

    def of(self, kind: str, value: str) -> str: ...
    def everything(self, kind: str, value: str) -> list[str]: ...


class Vault:
    """Seals texts for a place (table, column, row), and digests what is only compared.

    `recorded` makes the digests of the record; without it they are made with the key that lasts.
    """

    def __init__(self, cipher: AESSIV, key: bytes, recorded: Digests | None = None) -> None:
        self._cipher = cipher
        self._key = key
        self._recorded = recorded

    def seal(self, place: str, text: str) -> bytes:
        """The text as it is stored there."""
        return self._cipher.encrypt(text.encode(), [place.encode()])

    def open(self, place: str, sealed: bytes) -> str:
        """The text that was sealed for this place; InvalidTag if it was not."""
        return self._cipher.decrypt(bytes(sealed), [place.encode()]).decode()

    def digest(self, kind: str, value: str) -> bytes:
        """Keyed digest of a value, 32 bytes: equal for equal values of one kind, and nothing else is told."""
        return hmac.new(self._key, f"{kind}\n{value}".encode("utf-8", "surrogatepass"), sha256).digest()

    def lasting(self, kind: str, value: str) -> str:
        """The same as 32 hexadecimal digits, empty for an empty value: for tables in which it is looked up."""
        return self.digest(kind, value).hex()[:32] if value else ""

    def short(self, kind: str, value: str) -> str:
        """The same for an entry of now; equal values have equal digests for a month, and are never looked up by them."""
        return self.lasting(kind, value) if self._recorded is None else self._recorded.of(kind, value)

    def every(self, kind: str, value: str) -> list[str]:
        """All digests by which the record knows a value, as far as their keys are left; the newest first."""
        return [self.lasting(kind, value)] if self._recorded is None else self._recorded.everything(kind, value)
