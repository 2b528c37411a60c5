"""Seals and digests of what is stored of callers, with keys that lie outside the database.

Knows no table. A sealed value opens only in the place it was sealed for.
"""

import hmac
from hashlib import sha256

from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Vault:
    """Seals texts for a place (table, column, row), and digests what is only compared."""

    def __init__(self, cipher: AESSIV, key: bytes) -> None:
        self._cipher = cipher
        self._key = key

    def seal(self, place: str, text: str) -> bytes:
        """The text as it is stored there."""
        return self._cipher.encrypt(text.encode(), [place.encode()])

    def open(self, place: str, sealed: bytes) -> str:
        """The text that was sealed for this place; InvalidTag if it was not."""
        return self._cipher.decrypt(bytes(sealed), [place.encode()]).decode()

    def digest(self, kind: str, value: str) -> bytes:
        """Keyed digest of a value, 32 bytes: equal for equal values of one kind, and nothing else is told."""
        return hmac.new(self._key, f"{kind}\n{value}".encode("utf-8", "surrogatepass"), sha256).digest()

    def short(self, kind: str, value: str) -> str:
        """The same for the record: 32 hexadecimal digits, empty for an empty value."""
        return self.digest(kind, value).hex()[:32] if value else ""
