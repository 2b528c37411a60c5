"""Passwords: scrypt (RFC 7914) with a salt of their own, compared in constant time; never logged, never kept in clear.

A name that nobody has costs as much time as one with a wrong password. Length decides, not composition (NIST SP 800-63B).
"""

import base64
import hmac
import re
import secrets
import string
import unicodedata
from functools import cache
from typing import NamedTuple

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

SHORTEST, LONGEST = 12, 256
"""Characters of a password."""


class Cost(NamedTuple):
    """What one try costs: `n` × `r` × 128 bytes of memory, gone through `p` times (RFC 7914)."""

    n: int
    r: int
    p: int


COST = Cost(2**15, 8, 3)
"""Of what is stored from now on; 32 MB and some 0.2 seconds. What was stored before keeps the one it was stored with."""
_MOST = Cost(2**18, 16, 8)
_BYTES = 32
_KNOWN = frozenset(
    {
        "password", "passw0rd", "qwerty", "qwertyuiop", "abcdefgh", "abc123", "123456", "12345678", "123456789",
        "1234567890", "111111", "000000", "888888", "666666", "iloveyou", "admin", "administrator", "letmein", "welcome",
        "woaini", "zhaodong", "chengxin", "mima", "5201314", "1qaz2wsx", "asdfghjkl", "zxcvbnm", "密码", "管理员",
        "abcd", "asdfgh", "baseball", "beijing", "changeme", "computer", "default", "dragon", "football", "guest", "haerbin",
        "harbin", "heilongjiang", "hello", "login", "master", "monkey", "princess", "qwer", "secret", "shadow",
        "sunshine", "superman", "system", "test", "user", "woaizhongguo", "xinyong", "zhongguo", "zxcvbn",
    }
)  # fmt: skip
"""What passwords that are guessed first are put together from."""
_LIKE = str.maketrans("@0$3", "aose")
"""Marks that stand for letters."""
_AROUND = string.digits + string.punctuation + " "
_DIFFERENT = 4
"""Characters that differ, at least, in what is not known."""


def fault_of(password: str, username: str) -> str | None:
    """Why a new password won't do: SHORT, LONG, KNOWN or NAME; None if it does."""
    if len(password) < SHORTEST:
        return "SHORT"
    if len(password) > LONGEST:
        return "LONG"
    plain = _plain(password).casefold()
    if username and len(username) > 2 and username.casefold() in plain:
        return "NAME"
    return "KNOWN" if any(_is_known(text) for text in (plain, _core(plain), _core(plain.translate(_LIKE)))) else None


def _is_known(text: str) -> bool:
    """True if next to nothing is left of it without what is guessed first."""
    for word in sorted(_KNOWN, key=len, reverse=True):
        text = text.replace(word, "")
    return len(set(text)) < _DIFFERENT


def _core(text: str) -> str:
    """What is left without the digits and marks around it, repeated words but once."""
    words = re.findall(r"[^\W\d_]+", text.strip(_AROUND))
    repeated = "".join(dict.fromkeys(words)) if len(words) > len(set(words)) else text.strip(_AROUND)
    return re.sub(r"(.{3,}?)\1+", r"\1", repeated)


def hash_password(password: str) -> str:
    """The form that is stored: costs, salt and key."""
    salt = secrets.token_bytes(16)
    key = Scrypt(salt=salt, length=_BYTES, **COST._asdict()).derive(_plain(password).encode())
    return f"scrypt${COST.n}${COST.r}${COST.p}${_text(salt)}${_text(key)}"


def is_right(stored: str | None, password: str) -> bool:
    """True if it is the password of the stored form; as slow where there is none."""
    if len(password) > LONGEST:
        return False
    known = stored if stored is not None else _nobody(COST)
    method, n, r, p, salt, key = known.split("$")
    if method != "scrypt" or int(n) > _MOST.n or int(r) > _MOST.r or int(p) > _MOST.p:
        raise ValueError("the stored form of a password is not known here")
    kdf = Scrypt(salt=_bytes(salt), length=_BYTES, n=int(n), r=int(r), p=int(p))
    try:
        kdf.verify(_plain(password).encode(), _bytes(key))
    except InvalidKey:
        return False
    return stored is not None


def fresh_password() -> str:
    """A password for the first sign-in: 80 bits that can be read out over the telephone."""
    symbols = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(symbols) for _ in range(4)) for _ in range(4))


def same(one: bytes, other: bytes) -> bool:
    """True if they are equal, in constant time."""
    return hmac.compare_digest(one, other)


@cache
def _nobody(_: Cost) -> str:
    return hash_password(secrets.token_urlsafe(24))


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
