"""The second factor: time-based one-time codes (RFC 6238: SHA-1, 6 digits, 30 seconds), each taken once.

The key is 160 bits; authenticators read it from the address.
"""

import base64
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor import InvalidToken
from cryptography.hazmat.primitives.twofactor.totp import TOTP

STEP = 30
_KEY_BYTES = 20
_DRIFT = 1
"""Steps that a clock may be wrong."""


def fresh_key() -> bytes:
    """A key for an authenticator."""
    return secrets.token_bytes(_KEY_BYTES)


def shown(key: bytes) -> str:
    """The key as people type it: base 32."""
    return base64.b32encode(key).decode().rstrip("=")


def key_of(text: str) -> bytes:
    """The key of what people type; ValueError for what is none."""
    return base64.b32decode(text + "=" * (-len(text) % 8))


def address(key: bytes, account: str, issuer: str) -> str:
    """The otpauth address that authenticators scan."""
    return _totp(key).get_provisioning_uri(account, issuer)


def step_of(key: bytes, code: str, seconds: float, last: int) -> int | None:
    """The time step of a right code that was not taken before; None for any other."""
    digits = "".join(code.split())
    if len(digits) != 6 or not (digits.isascii() and digits.isdigit()):
        return None
    now = int(seconds) // STEP
    for step in range(now - _DRIFT, now + _DRIFT + 1):
        try:
            _totp(key).verify(digits.encode(), step * STEP)
        except InvalidToken:
            continue
        return step if step > last else None
    return None


def code_at(key: bytes, seconds: float) -> str:
    """The code of a moment."""
    return _totp(key).generate(int(seconds)).decode()


def _totp(key: bytes) -> TOTP:
    # SHA-1 is what authenticators know; as a keyed digest of six digits it is sound (RFC 6238 §1.2).
    return TOTP(key, 6, SHA1(), STEP, enforce_key_length=False)  # noqa: S303
