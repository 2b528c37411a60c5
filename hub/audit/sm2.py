"""Signatures of SM2 with SM3 as a further line below checkpoints, for whom the law asks for them.

What counts is Ed25519; this line stands beside it.
"""

import base64
from dataclasses import dataclass

from hub.audit.note import BadSignatureError, Signature, key_id
from hub.sm2 import POINT, Sm2Key, is_signed

KIND = b"\xffsm2-with-sm3"
"""Kind of a key without a number of its own: 0xff and a name (C2SP signed-note)."""


@dataclass(frozen=True, slots=True)
class Sm2Verifier:
    """A public key of SM2: an uncompressed point, 65 bytes."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Its number."""
        return key_id(self.name, KIND + self.public)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return if the signature is this key's of the message; BadSignatureError if not."""
        if not is_signed(self.public, message, signature):
            raise BadSignatureError(f"the signature of {self.name} does not fit")

    def written(self) -> str:
        """The key as others are told of it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(KIND + self.public).decode()}"


@dataclass(frozen=True, slots=True, repr=False)
class Sm2Signer:
    """A private key of SM2 with its name."""

    name: str
    key: Sm2Key

    @property
    def verifier(self) -> Sm2Verifier:
        """Its public half."""
        return Sm2Verifier(self.name, self.key.public)

    def sign(self, message: bytes) -> Signature:
        """The signature of a message: both halves, 32 bytes each."""
        return Signature(self.name, self.verifier.key_id, self.key.sign(message))


def sm2_verifier(name: str, decoded: bytes) -> Sm2Verifier | None:
    """The key that these bytes are, None if they are of another kind."""
    if not decoded.startswith(KIND) or len(decoded) != len(KIND) + POINT:
        return None
    return Sm2Verifier(name, decoded[len(KIND) :])
