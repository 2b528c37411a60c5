"""SM2 with SM3 (GB/T 32918.2, GM/T 0009): keys in files, signatures of 64 bytes – both halves, 32 bytes each.

The library is an extra, in pure Python: about 10 ms a signature, 20 ms a check. It knows neither log nor code.
"""

import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.key_files import put_new

POINT = 65
"""Bytes of a public key: an uncompressed point."""
_ID = b"1234567812345678"
"""The signer's id where none was agreed upon (GM/T 0009)."""
_HALF = 32
_SECRET = re.compile(r"[0-9a-f]{64}")
_ORDER = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
"""Of the curve: a private key is from 1 to two less than it."""
MISSING = (
    "缺少扩展 sm2(gmalg),不能使用国密签名密钥:请安装 chengxin-hub[sm2] / "
    "the extra `sm2` (gmalg) is not installed, so that SM2 keys can't be used: install chengxin-hub[sm2]"
)


class NoSm2Error(OSError):
    """The library is not installed."""


@dataclass(frozen=True, slots=True, repr=False)
class Sm2Key:
    """A private key with its public half."""

    secret: bytes
    public: bytes

    def sign(self, message: bytes) -> bytes:
        """64 bytes; others each time, for chance is drawn for each."""
        first, second = _library().SM2(self.secret, _ID, self.public, rnd_fn=secrets.randbits).sign(message)
        return bytes(first).rjust(_HALF, b"\0") + bytes(second).rjust(_HALF, b"\0")


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """True if the signature is this key's of the message, whatever the bytes are; NoSm2Error without the library."""
    gmalg = _library()
    # The library falls over points that are not written out in full.
    if len(signature) != 2 * _HALF or not _is_written_out(public):
        return False
    try:
        return bool(gmalg.SM2(uid=_ID, pk=public).verify(message, signature[:_HALF], signature[_HALF:]))
    except (gmalg.errors.GMError, ValueError, ZeroDivisionError):
        return False


def is_public(public: bytes) -> bool:
    """True if the bytes are a public key: an uncompressed point of the curve."""
    gmalg = _library()
    if not _is_written_out(public):
        return False
    try:
        return bool(gmalg.SM2().verify_pk(public))
    except (gmalg.errors.GMError, ValueError, ZeroDivisionError):
        return False


def read_sm2(path: Path) -> Sm2Key:
    """The private key in a file: 64 hexadecimal digits. OSError if it holds none, NoSm2Error without the library."""
    gmalg = _library()
    found = path.read_text(encoding="ascii", errors="replace").strip()
    if _SECRET.fullmatch(found) is None or not 1 <= int(found, 16) <= _ORDER - 2:
        raise OSError(f"{path.name}: 不是 SM2 私钥(64 位十六进制) / is not a private key of SM2: 64 hexadecimal digits")
    secret = bytes.fromhex(found)
    return Sm2Key(secret, bytes(gmalg.SM2().generate_pk(secret)))


def make_sm2(path: Path) -> None:
    """Make a key in a file of the hub's account alone, which appears whole; FileExistsError if it is there already."""
    drawn, _ = _library().SM2(rnd_fn=secrets.randbits).generate_keypair()
    put_new(path, f"{drawn.hex()}\n".encode("ascii"))


def is_available() -> bool:
    """True if the library is installed."""
    try:
        _library()
    except NoSm2Error:
        return False
    return True


def _is_written_out(public: bytes) -> bool:
    return len(public) == POINT and public.startswith(b"\x04")


def _library() -> Any:
    """The library, which has no types."""
    try:
        import gmalg  # noqa: PLC0415 - an extra
    except ImportError:
        raise NoSm2Error(MISSING) from None
    return gmalg
