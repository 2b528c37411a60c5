"""What a code says: eighteen symbols that nobody guesses and that can be read over the telephone.

Seventeen symbols drawn at random, 81 bits, and a check character (ISO/IEC 7064, hybrid system, MOD 29,28): every wrong
symbol is noticed, and nearly every swap of two that stand side by side. Knows no store and no entity.
"""

import re
import secrets
from collections.abc import Callable
from unicodedata import normalize

ALPHABET = "23456789ACDEFGHJKMNPQRTUVWXY"
"""No 0 O, no 1 I L; of 2 Z, 5 S and 8 B only the digit. All of QR's alphanumeric mode."""
LENGTH = 18
BITS = 81
"""Of chance in a token."""
_M = len(ALPHABET)
_ALIKE = str.maketrans("ZSB", "258")
_BETWEEN = re.compile(r"[\s\-‐‑‒–—−·.]+")
_MOST_WRITTEN = 64
"""Characters that are looked at: a token with a separator after each symbol is shorter."""


def make_token(choose: Callable[[str], str] = secrets.choice) -> str:
    """A new token; `choose` draws one symbol of the alphabet."""
    body = "".join(choose(ALPHABET) for _ in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The character that makes the body a token; ValueError if it holds one that is not of the alphabet."""
    carry = _M // 2
    for symbol in body:
        carry = ((carry or _M) * 2 % (_M + 1) + ALPHABET.index(symbol)) % _M
    return ALPHABET[(1 - (carry or _M) * 2 % (_M + 1)) % _M]


def read_token(text: str) -> str | None:
    """The token in a text that people may have typed or heard, None if it is none.

    Case, width, blanks and hyphens make no difference; Z, S and B are read as 2, 5 and 8.
    """
    if len(text) > _MOST_WRITTEN:
        return None
    token = _BETWEEN.sub("", normalize("NFKC", text).upper()).translate(_ALIKE)
    if len(token) != LENGTH or any(symbol not in ALPHABET for symbol in token):
        return None
    return token if check_character(token[:-1]) == token[-1] else None


def grouped(token: str) -> str:
    """The token as people read it: six groups of three."""
    return " ".join(token[place : place + 3] for place in range(0, len(token), 3))
