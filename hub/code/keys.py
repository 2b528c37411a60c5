"""Keys that sign the door plates: private halves in files of the key folder, read at start and never logged.

`code*.pem` (Ed25519) and `code*.sm2` (SM2) are all known, the one whose name sorts last signs; `code*.pub` are public
halves of keys that have ceased to. A plate hangs for years: whoever removes a key makes the plates signed by it unreadable
without the hub. Which algorithm a signature is of is said by its key, never by the plate.
"""

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    load_pem_public_key,
)

from hub.key_files import pem_of, put_new, read_ed25519
from hub.sm2 import MISSING, POINT, NoSm2Error, is_available, is_public, is_signed, make_sm2, read_sm2

KEY_ID = 8
"""Characters of a key's id."""


class Algorithm(StrEnum):
    """What a plate is signed with; a signature of either has 64 bytes."""

    ED25519 = "Ed25519"
    SM2 = "SM2"


@dataclass(frozen=True, slots=True)
class CodeKey:
    """A public key: 32 bytes of Ed25519, or an uncompressed point of SM2, 65 bytes."""

    algorithm: Algorithm
    public: bytes

    @property
    def kid(self) -> str:
        """Digest of the key, in the letters and digits of QR's alphanumeric mode."""
        return sha256(self.public).hexdigest()[:KEY_ID].upper()

    def is_signed(self, message: bytes, signature: bytes) -> bool:
        """True if this key signed the message."""
        if self.algorithm is Algorithm.SM2:
            return is_signed(self.public, message, signature)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


class Private(Protocol):
    """The private half of a key."""

    def sign(self, message: bytes, /) -> bytes:
        """64 bytes."""


@dataclass(frozen=True, slots=True, repr=False)
class CodeSigner:
    """A key that signs, with its public half."""

    key: CodeKey
    private: Private


@dataclass(frozen=True, slots=True, repr=False)
class CodeKeys:
    """The keys of the codes: those that sign, the last one plates, and all that verify, by their ids."""

    signers: tuple[CodeSigner, ...]
    verifiers: Mapping[str, CodeKey]

    @property
    def kid(self) -> str:
        """Id of the key that signs plates."""
        return self.signers[-1].key.kid

    @property
    def algorithm(self) -> Algorithm:
        """What plates are signed with now."""
        return self.signers[-1].key.algorithm

    @property
    def for_lists(self) -> CodeSigner:
        """The key that signs the list of codes that do not hold: the last one of Ed25519, which browsers check; without one that of the plates."""
        checked = [one for one in self.signers if one.key.algorithm is Algorithm.ED25519]
        return checked[-1] if checked else self.signers[-1]

    def sign(self, message: bytes) -> bytes:
        """64 bytes; of Ed25519 the same for the same message."""
        return self.signers[-1].private.sign(message)

    def is_signed(self, kid: str, message: bytes, signature: bytes) -> bool:
        """True if the key of this id signed the message. Of SM2 it takes some 20 ms."""
        key = self.verifiers.get(kid)
        return key is not None and key.is_signed(message, signature)

    def published(self) -> dict[str, str]:
        """Public keys by their ids, in hexadecimal digits: 64 of Ed25519, 130 of SM2."""
        return {kid: key.public.hex() for kid, key in sorted(self.verifiers.items())}

    def algorithms(self) -> dict[str, str]:
        """Names of their algorithms by the ids of the keys."""
        return {kid: key.algorithm.value for kid, key in sorted(self.verifiers.items())}


def open_code_keys(folder: Path, seed: str | None = None) -> CodeKeys:
    """Keys of a folder, the first one made where there is none; `seed` (demo only) makes it reproducible.

    OSError where a file holds no key, NoSm2Error where one is of SM2 and the library is not installed.
    """
    files = sorted((*folder.glob("code*.pem"), *folder.glob("code*.sm2")))
    if not files:
        raw = sha256(f"chengxin-hub code key\n{seed}".encode()).digest() if seed else os.urandom(32)
        files = [_kept(folder / "code.pem", Ed25519PrivateKey.from_private_bytes(raw))]
    signers = tuple(_signer(path) for path in files)
    public = [*(one.key for one in signers), *(_public(path) for path in sorted(folder.glob("code*.pub")))]
    return CodeKeys(signers, {key.kid: key for key in public})


def make_code_key(folder: Path, day: date, algorithm: Algorithm = Algorithm.ED25519) -> str | None:
    """Make a key that signs from the next start on, in a file of its own; its id, None if one was made this day.

    NoSm2Error without the library that SM2 needs.
    """
    if algorithm is Algorithm.SM2 and not is_available():
        raise NoSm2Error(MISSING)
    name = f"code{day:%Y%m%d}"
    if any(folder.glob(f"{name}.*")):
        return None
    if algorithm is Algorithm.SM2:
        path = folder / f"{name}.sm2"
        make_sm2(path)
    else:
        path = _kept(folder / f"{name}.pem", Ed25519PrivateKey.generate())
    return _signer(path).key.kid


def _signer(path: Path) -> CodeSigner:
    if path.suffix == ".sm2":
        national = read_sm2(path)
        return CodeSigner(CodeKey(Algorithm.SM2, national.public), national)
    private = read_ed25519(path)
    return CodeSigner(CodeKey(Algorithm.ED25519, private.public_key().public_bytes_raw()), private)


def _kept(path: Path, key: Ed25519PrivateKey) -> Path:
    # Whoever comes second keeps the first one's key.
    with suppress(FileExistsError):
        put_new(path, pem_of(key))
    return path


def _public(path: Path) -> CodeKey:
    """A key of Ed25519 as PEM, or one of SM2 as 130 hexadecimal digits, as it is published."""
    found = path.read_bytes()
    try:
        pem = load_pem_public_key(found)
    except (ValueError, TypeError):
        pem = None
    if isinstance(pem, Ed25519PublicKey):
        return CodeKey(Algorithm.ED25519, pem.public_bytes_raw())
    point = _point(found)
    if point is None or not is_public(point):
        raise OSError(f"{path.name}: 不是 Ed25519 或 SM2 公钥 / is not a public key of Ed25519 or SM2")
    return CodeKey(Algorithm.SM2, point)


def _point(text: bytes) -> bytes | None:
    try:
        read = bytes.fromhex(text.strip().decode("ascii"))
    except ValueError:
        return None
    return read if len(read) == POINT else None
