"""Signed notes (C2SP signed-note): a text of lines, and below it who signed it.

A key has a name, and a number of four bytes made of the name and its public half. Ed25519 is built in; another algorithm
– SM2, which an extra may bring – is a further `Verifier` and `Signer` beside it. Reading and verifying raise:

    NoteError
    ├── NoteSyntaxError     not a signed note, or not written as one is
    ├── UnknownKeyError     nobody known signed it
    ├── BadSignatureError   a known key's signature is not of this text
    └── SignedTwiceError    one key signed twice
"""

import base64
import binascii
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAX_NOTE = 65_536
"""Bytes of a note."""
MAX_SIGNATURES = 32
ED25519 = b"\x01"
_ID_BYTES = 4
_MARK = "— "  # an em dash and a blank
_NAME = re.compile(r"[^\s+]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


class NoteError(ValueError):
    """It is no note that can be relied on."""


class NoteSyntaxError(NoteError):
    """It is not written as a signed note is."""


class UnknownKeyError(NoteError):
    """No known key signed it."""


class BadSignatureError(NoteError):
    """A signature of a known key does not fit the text."""


class SignedTwiceError(NoteError):
    """One key signed twice."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One line below a note: name and number of the key, and what it made."""

    name: str
    key_id: bytes
    value: bytes

    def line(self) -> str:
        """The line, without its end."""
        return f"{_MARK}{self.name} {base64.b64encode(self.key_id + self.value).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends with a line break, and its signatures in the order in which they stand."""

    text: str
    signatures: tuple[Signature, ...]

    def written(self) -> bytes:
        """The note as it is passed on."""
        below = "\n".join(one.line() for one in self.signatures)
        return f"{self.text}\n{below}\n".encode()


class Verifier(Protocol):
    """The public half of a key."""

    @property
    def name(self) -> str:
        """Name of the key: no blank and no `+`."""

    @property
    def key_id(self) -> bytes:
        """Its number, four bytes."""

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return if the signature is this key's of the message; BadSignatureError if not."""


class Signer(Protocol):
    """The private half."""

    def sign(self, message: bytes) -> Signature:
        """The signature of a message."""


@dataclass(frozen=True, slots=True)
class Ed25519Verifier:
    """A public key of Ed25519 (RFC 8032), 32 bytes."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Its number."""
        return key_id(self.name, ED25519 + self.public)

    def verify(self, message: bytes, signature: bytes) -> None:
        """Return if the signature is this key's of the message; BadSignatureError if not."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            raise BadSignatureError(f"the signature of {self.name} does not fit") from None

    def written(self) -> str:
        """The key as others are told of it: name, number and bytes, as in `example.org/log+0123abcd+AZ…`."""
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.public).decode()}"


@dataclass(frozen=True, slots=True, repr=False)
class Ed25519Signer:
    """A private key of Ed25519 with its name."""

    name: str
    private: Ed25519PrivateKey

    @property
    def verifier(self) -> Ed25519Verifier:
        """Its public half."""
        return Ed25519Verifier(self.name, self.private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))

    def sign(self, message: bytes) -> Signature:
        """The signature of a message."""
        return Signature(self.name, self.verifier.key_id, self.private.sign(message))


def key_id(name: str, kind_and_public: bytes) -> bytes:
    """Number of a key: the first four bytes of SHA-256 over its name, a line break, its algorithm and its public half."""
    return sha256(name.encode() + b"\n" + kind_and_public).digest()[:_ID_BYTES]


def is_name(text: str) -> bool:
    """True if a key may have this name."""
    return _NAME.fullmatch(text) is not None and _CONTROL.search(text) is None


def read_key(text: str) -> tuple[str, bytes]:
    """Name, and algorithm with public half, of a key of whatever kind; NoteSyntaxError if it is none."""
    name, _, rest = text.partition("+")
    number, _, encoded = rest.partition("+")
    decoded = decode_base64(encoded)
    if not is_name(name) or len(decoded) < 2:
        raise NoteSyntaxError("is not a public key")
    if key_id(name, decoded).hex() != number:
        raise NoteSyntaxError("the number is not the key's")
    return name, decoded


def read_verifier(text: str) -> Ed25519Verifier:
    """The public key that is written so; NoteSyntaxError if it is none of Ed25519 or its number is another's."""
    name, decoded = read_key(text)
    if decoded[:1] != ED25519 or len(decoded) != 33:
        raise NoteSyntaxError("is not a public key of a log")
    return Ed25519Verifier(name, decoded[1:])


def sign_note(text: str, signers: Iterable[Signer]) -> Note:
    """The text, signed by each."""
    message = text.encode()
    _check_text(text)
    return Note(text, tuple(signer.sign(message) for signer in signers))


def read_note(data: bytes) -> Note:
    """The note that is written so; NoteSyntaxError if none is."""
    if len(data) > MAX_NOTE:
        raise NoteSyntaxError(f"has more than {MAX_NOTE} bytes")
    try:
        written = data.decode()
    except UnicodeDecodeError:
        raise NoteSyntaxError("is not UTF-8") from None
    text, gap, below = written.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise NoteSyntaxError("has no signatures after an empty line")
    text += "\n"
    _check_text(text)
    lines = below[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise NoteSyntaxError(f"has more than {MAX_SIGNATURES} signatures")
    return Note(text, tuple(map(_read_signature, lines)))


def verify_note(note: Note, verifiers: Sequence[Verifier]) -> tuple[str, ...]:
    """Names of the known keys that signed the note; NoteError if none did, or one of them did not sign this text.

    Lines of unknown keys are passed over: anybody may have signed as well.
    """
    known = {(one.name, one.key_id): one for one in verifiers}
    message = note.text.encode()
    seen: set[tuple[str, bytes]] = set()
    for signature in note.signatures:
        key = signature.name, signature.key_id
        if key in seen:
            raise SignedTwiceError(f"{signature.name} signed twice")
        seen.add(key)
        if key in known:
            known[key].verify(message, signature.value)
    signed = tuple(name for name, number in seen if (name, number) in known)
    if not signed:
        raise UnknownKeyError("no known key signed it")
    return tuple(sorted(signed))


def decode_base64(text: str) -> bytes:
    """What stands in base 64; NoteSyntaxError unless it is written in the one way there is."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise NoteSyntaxError("is not base 64") from None
    if base64.b64encode(found).decode() != text:
        raise NoteSyntaxError("is not the one way to write this in base 64")
    return found


def _read_signature(line: str) -> Signature:
    name, blank, encoded = line.removeprefix(_MARK).partition(" ")
    if not line.startswith(_MARK) or not blank or not is_name(name):
        raise NoteSyntaxError("has a line that is no signature")
    decoded = decode_base64(encoded)
    if len(decoded) <= _ID_BYTES:
        raise NoteSyntaxError("has a signature that is too short")
    return Signature(name, decoded[:_ID_BYTES], decoded[_ID_BYTES:])


def _check_text(text: str) -> None:
    if not text.endswith("\n") or text == "\n" or _CONTROL.search(text) is not None:
        raise NoteSyntaxError("is not a text of lines")
