"""Files that hold keys: each appears whole, on disk, and stays as whoever came first made it."""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


def put_new(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Write a file that is not there yet; FileExistsError if it is, and it stays as it is. OSError if it can't be written."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(handle, "wb") as written:
            written.write(content)
            written.flush()
            os.fsync(written.fileno())
        os.link(draft, path)
    finally:
        draft.unlink()


def pem_of(key: Ed25519PrivateKey) -> bytes:
    """A private key as its file holds it."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def read_ed25519(path: Path) -> Ed25519PrivateKey:
    """The private key in a file; OSError if it holds none."""
    try:
        found = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError):
        found = None
    if not isinstance(found, Ed25519PrivateKey):
        raise OSError(f"{path.name}: 不是 Ed25519 私钥 / is not a private key of Ed25519")
    return found
