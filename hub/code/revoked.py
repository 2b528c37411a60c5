"""The signed list of codes that do not hold: what a phone without a network compares a plate with.

It holds digests, so that nobody learns a token from it that they do not have. Signed is a text of lines; whoever checks
it reads the very bytes that were signed.
"""

from dataclasses import dataclass
from hashlib import sha256

from sqlalchemy import Connection, or_, select

from hub.clock import Moment, rfc3339_of
from hub.code.keys import CodeKeys
from hub.store.code_tables import code_tokens, honesty_codes
from schema.enums import CodeStatus

_TAG = "honesty-code-revoked-1"
DIGEST = 20
"""Hexadecimal digits of a digest: 80 bits, of tokens that have 81."""
VALID_SECONDS = 7 * 24 * 3600
"""How long a list is good for, for whoever has no newer one."""
_LETTERS = {
    CodeStatus.SUSPENDED.name: "S",
    CodeStatus.REVOKED.name: "R",
    CodeStatus.CANCELLED.name: "C",
    CodeStatus.PENDING.name: "P",
}
_REPLACED = "N"


@dataclass(frozen=True, slots=True)
class SignedList:
    """A text, the key that signed it, and the signature in hexadecimal digits."""

    text: str
    kid: str
    signature: str


def token_digest(token: str) -> str:
    """What the list holds of a token."""
    return sha256(f"{_TAG}\n{token}".encode()).hexdigest()[:DIGEST]


def stopped_tokens(connection: Connection) -> list[tuple[str, str]]:
    """Digests of all tokens that do not hold now, each with a letter that says why, in the order of the digests.

    S suspended · R revoked · C cancelled · P not issued yet · N replaced by a new one.
    """
    joined = code_tokens.join(honesty_codes, honesty_codes.c.id == code_tokens.c.code)
    stopped = or_(code_tokens.c.replaced_on.is_not(None), honesty_codes.c.status != CodeStatus.VALID.name)
    query = select(code_tokens.c.token, code_tokens.c.replaced_on, honesty_codes.c.status).select_from(joined)
    rows = connection.execute(query.where(stopped))
    return sorted((token_digest(row.token), _REPLACED if row.replaced_on else _LETTERS[row.status]) for row in rows)


def sign_list(keys: CodeKeys, stopped: list[tuple[str, str]], moment: Moment) -> SignedList:
    """The signed list: tag, when it was made, until when it is good, how many lines follow, and these."""
    until = rfc3339_of(moment.second + VALID_SECONDS)
    lines = [_TAG, moment.text, until, str(len(stopped)), *(f"{digest} {letter}" for digest, letter in stopped)]
    text = "\n".join(lines)
    signer = keys.for_lists
    return SignedList(text, signer.key.kid, signer.private.sign(text.encode()).hex())
