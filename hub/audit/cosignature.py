"""Cosignatures of witnesses (C2SP tlog-cosignature, `cosignature/v1`): who saw a checkpoint, when, and that the log only grew.

A witness signs the time and the checkpoint's text; its line stands below the note beside the log's own.
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from hub.audit.note import BadSignatureError, NoteSyntaxError, Signature, key_id, read_key

COSIGNATURE = b"\x04"
_TIME_BYTES = 8
_SIGNATURE_BYTES = 64


@dataclass(frozen=True, slots=True)
class WitnessVerifier:
    """The public key of a witness, 32 bytes of Ed25519."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Its number."""
        return key_id(self.name, COSIGNATURE + self.public)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return if the cosignature is this witness's of a checkpoint's text; BadSignatureError if not."""
        if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
            raise BadSignatureError(f"the cosignature of {self.name} has another length")
        seconds = int.from_bytes(signature[:_TIME_BYTES], "big")
        try:
            signed = _signed(message, seconds)
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature[_TIME_BYTES:], signed)
        except (InvalidSignature, ValueError):
            raise BadSignatureError(f"the cosignature of {self.name} does not fit") from None

    def written(self) -> str:
        """The key as others are told of it."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(COSIGNATURE + self.public).decode()}"


@dataclass(frozen=True, slots=True, repr=False)
class WitnessSigner:
    """The private key of a witness with its name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> WitnessVerifier:
        """Its public half."""
        return WitnessVerifier(self.name, self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def cosign(self, message: bytes, seconds: int) -> Signature:
        """The cosignature of a checkpoint's text, made at a time in seconds since 1970."""
        made = self.private.sign(_signed(message, seconds))
        return Signature(self.name, self.verifier.key_id, seconds.to_bytes(_TIME_BYTES, "big") + made)


def read_witness(text: str) -> WitnessVerifier:
    """The key of a witness that is written so; NoteSyntaxError if it is none, or its number is another's."""
    name, decoded = read_key(text)
    if decoded[:1] != COSIGNATURE or len(decoded) != 33:
        raise NoteSyntaxError("is not the public key of a witness")
    return WitnessVerifier(name, decoded[1:])


def cosigned_at(signature: Signature) -> datetime:
    """When a cosignature was made, as it says itself."""
    return datetime.fromtimestamp(int.from_bytes(signature.value[:_TIME_BYTES], "big"), UTC)


def _signed(message: bytes, seconds: int) -> bytes:
    """What is signed: a line that says what it is, the time, and the text of the checkpoint."""
    return f"cosignature/v1\ntime {seconds}\n".encode() + message
