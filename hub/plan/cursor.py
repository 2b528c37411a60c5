"""Cursors: a position in an ordered list, sealed with AES-SIV (RFC 5297).

Opaque to the caller and bound to order, filter, policy and bindings: under any other of these it does not open.
Padded, so that its length tells nothing of the values in it. Deterministic in the demo, salted otherwise.
"""

import base64
import binascii
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from hub.errors import HubError

MAX_CURSOR_CHARS = 2048
_BLOCK = 64
_SALT = 12


@dataclass(frozen=True, slots=True)
class CursorSeal:
    """Seals and opens positions with one key of 64 bytes."""

    cipher: AESSIV
    deterministic: bool = False

    def seal(self, position: Sequence[Any], context: bytes) -> str:
        """Cursor of a position (order values, last the row's local identifier) in a context."""
        text = orjson.dumps(list(position))
        padded = text + b" " * (-len(text) % _BLOCK)
        salt = bytes(_SALT) if self.deterministic else secrets.token_bytes(_SALT)
        return base64.urlsafe_b64encode(salt + self.cipher.encrypt(padded, [salt, context])).decode().rstrip("=")

    def open(self, cursor: str, context: bytes) -> tuple[Any, ...]:
        """Position of a cursor; HubError BAD_CURSOR if it was not sealed in this context."""
        if len(cursor) > MAX_CURSOR_CHARS:
            raise HubError("BAD_CURSOR")
        try:
            raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
            opened = self.cipher.decrypt(raw[_SALT:], [raw[:_SALT], context])
            return tuple(orjson.loads(opened))
        except (InvalidTag, ValueError, binascii.Error):
            raise HubError("BAD_CURSOR") from None
