"""Key files: made once with owner-only permission, read at start, never logged.

One secret of 64 bytes feeds the keys that need not be rotated together (HKDF, RFC 5869); tokens have Ed25519 keys of
their own, one file each, whose public halves and periods stand in the store. In the demo the secret derives from the city's seed, so that two cities issue the same ids and cursors.
"""

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256, sha512
from pathlib import Path

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from joserfc.jwk import OKPKey

log = structlog.get_logger()
_SECRET_BYTES = 64


@dataclass(frozen=True, slots=True, repr=False)
class KeyStore:
    """The hub's keys: ids, sealing of stored identifiers, cursors, digests of the record, forms and cookies of pages.

    `folder` holds the private halves of the keys that sign tokens, `token` is the first of them.
    """

    folder: Path
    token: OKPKey
    identity: bytes
    sealing: AESSIV
    cursor: AESSIV
    digest: bytes
    pages: bytes


def open_keys(folder: Path, seed: str | None = None) -> KeyStore:
    """Keys of a folder, made where missing; `seed` (demo only) makes the secret reproducible."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    root = _file(folder / "root.key", lambda: sha512(seed.encode()).digest() if seed else _random())
    if len(root) != _SECRET_BYTES:
        raise ValueError(f"{folder.name}/root.key is not a key of {_SECRET_BYTES} bytes")
    return KeyStore(
        folder=folder,
        token=_named(_file(folder / "token.pem", _fresh_pem)),
        identity=_derive(root, b"identity", 32),
        sealing=AESSIV(_derive(root, b"sealing", 64)),
        cursor=AESSIV(_derive(root, b"cursor", 64)),
        digest=_derive(root, b"digest", 32),
        pages=_derive(root, b"pages", 32),
    )


def make_token_key(folder: Path) -> OKPKey:
    """One more key that signs tokens, in a file of its own."""
    pem = _fresh_pem()
    made = _named(pem)
    _file(folder / f"token-{made.kid}.pem", lambda: pem)
    return made


def private_token_keys(folder: Path) -> dict[str, OKPKey]:
    """Every key of the folder that signs tokens, by its id; a file that cannot be read is passed over.

    It may be another account's, or be written at this moment; what was stopped must be felt all the same.
    """
    keys: list[OKPKey] = []
    for path in sorted(folder.glob("token*.pem")):
        try:
            keys.append(_named(path.read_bytes()))
        except (OSError, ValueError, TypeError) as fault:
            log.warning("a key that signs tokens cannot be read", file=path.name, fault=type(fault).__name__)
    return {str(key.kid): key for key in keys}


def _fresh_pem() -> bytes:
    return OKPKey.generate_key("Ed25519").as_pem(private=True)


def _named(pem: bytes) -> OKPKey:
    """The key with its id: a digest of its public half."""
    kid = sha256(OKPKey.import_key(pem).as_pem(private=False)).hexdigest()[:16]
    return OKPKey.import_key(pem, {"kid": kid, "alg": "Ed25519", "use": "sig"})


def _random() -> bytes:
    return secrets.token_bytes(_SECRET_BYTES)


def _derive(root: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=b"chengxin-hub " + purpose).derive(root)


def _file(path: Path, make: Callable[[], bytes]) -> bytes:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(make())
    return path.read_bytes()
