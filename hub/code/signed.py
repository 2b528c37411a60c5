"""The signed form of a code: what a door plate carries so that a phone without a network can tell a forgery.

Fixed widths, in QR's alphanumeric mode: day of issue (8), id of the key (8), unified social credit code (18), signature
(103: 64 bytes of Ed25519 or SM2 in base 32, RFC 4648, unpadded). Signed is the tagged text of `message_of`, so that nothing else this
hub signs can be taken for it. It says who issued it for whom and when; whether it still holds, only the hub says.
"""

import base64
import re
from binascii import Error as NoBase32
from dataclasses import dataclass
from datetime import date

from hub.code.keys import KEY_ID, CodeKeys

_TAG = "honesty-code-proof-1"
_PROOF = re.compile(rf"(\d{{8}})([0-9A-F]{{{KEY_ID}}})([0-9A-Z]{{18}})([A-Z2-7]{{103}})")
LENGTH = 137
"""Characters of a proof."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What is signed beside the token: for whom, on which day, by which key; and the signature."""

    entity: str
    issued: date
    kid: str
    signature: bytes

    @property
    def text(self) -> str:
        """As it stands in a code."""
        written = base64.b32encode(self.signature).decode().rstrip("=")
        return f"{self.issued:%Y%m%d}{self.kid}{self.entity}{written}"


def message_of(token: str, entity: str, issued: date) -> bytes:
    """The bytes that are signed: four lines of ASCII, the last one not ended."""
    return "\n".join((_TAG, token, entity, f"{issued:%Y%m%d}")).encode()


def sign_code(keys: CodeKeys, token: str, entity: str, issued: date) -> Proof:
    """The proof of a token."""
    return Proof(entity, issued, keys.kid, keys.sign(message_of(token, entity, issued)))


def read_proof(text: str) -> Proof | None:
    """A proof as it stands in a code, None if it is none; whether it is true, `is_true` says."""
    found = _PROOF.fullmatch(text.upper()) if len(text) == LENGTH else None
    if found is None:
        return None
    day, kid, entity, written = found.groups()
    try:
        issued = date(int(day[:4]), int(day[4:6]), int(day[6:]))
        signature = base64.b32decode(f"{written}=")
    except (ValueError, NoBase32):
        return None
    proof = Proof(entity, issued, kid, signature)
    # Base 32 leaves a bit over: two spellings of one signature are not both taken.
    return proof if proof.text == text.upper() else None


def is_true(keys: CodeKeys, token: str, proof: Proof) -> bool:
    """True if a key of this hub signed that the token was issued for this entity on this day."""
    return keys.is_signed(proof.kid, message_of(token, proof.entity, proof.issued), proof.signature)
