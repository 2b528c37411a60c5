"""Where a code leads: the address of its page, and what else may stand behind it – a proof, or a batch of packaging.

In a symbol everything is written in capitals, for QR's alphanumeric mode (ISO/IEC 18004) takes no others; host names and
the hub's own paths make no difference of case.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from hub.code.signed import Proof, read_proof
from hub.code.tokens import LENGTH, read_token

_FOREIGN = re.compile(r"[0-9A-Z](?:[0-9A-Z-]{2,22}[0-9A-Z])")
_BATCH = re.compile(r"[0-9A-Z]([0-9A-Z-]{0,18}[0-9A-Z])?")
MOST = 512
"""Characters of an address that is read."""
ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@dataclass(frozen=True, slots=True)
class Scanned:
    """What a symbol of this hub says: the token; and the proof, or the batch, where it has one."""

    token: str
    proof: Proof | None = None
    batch: str | None = None


@dataclass(frozen=True, slots=True)
class CodeAddress:
    """Addresses of codes under one origin, as it stands in the settings: `https://hub.example.gov.cn`."""

    origin: str

    def page(self, token: str) -> str:
        """Where a browser finds the page."""
        return f"{self.origin}/c/{token}"

    def plain(self, token: str) -> str:
        """What a symbol says that holds the token alone."""
        return f"{self.origin}/c/{token}".upper()

    def signed(self, token: str, proof: Proof) -> str:
        """What a symbol says that a phone can check without the hub."""
        return f"{self.plain(token)}/S/{proof.text}"

    def packaged(self, token: str, batch: str) -> str:
        """What a symbol on packaging says."""
        return f"{self.plain(token)}/B/{batch}"

    def read(self, text: str) -> Scanned | None:
        """What a symbol of this hub says, None if it is another's; a token alone may also be typed."""
        if len(text) > MOST:
            return None
        # One of another issuer is not typed, but read from its own symbol.
        typed = read_token(text)
        if typed is not None:
            return Scanned(typed)
        try:
            parts, own = urlsplit(text.strip()), urlsplit(self.origin)
        except ValueError:
            return None
        if (parts.scheme.casefold(), parts.netloc.casefold()) != (own.scheme, own.netloc.casefold()):
            return None
        return _read_path(parts.path) if not parts.query else None


def token_in(text: str) -> str | None:
    """The token in an address: one of the hub, or one of another issuer that may have been adopted; None if it is neither.

    Another's is 4 to 24 capitals, digits and hyphens, but for the length of the hub's own: a slip in one of those is no
    token of anybody.
    """
    own = read_token(text)
    if own is not None or len(text) > MOST:
        return own
    other = text.upper()
    return other if _FOREIGN.fullmatch(other) and len(other) != LENGTH else None


def read_batch(text: str) -> str | None:
    """The number of a batch in capitals, None if it is none: 1 to 20 letters, digits and hyphens."""
    batch = text.strip().upper()
    return batch if _BATCH.fullmatch(batch) else None


def _read_path(path: str) -> Scanned | None:
    match path.upper().split("/"):
        case ["", "C", written]:
            token = token_in(written)
            return None if token is None else Scanned(token)
        case ["", "C", written, "S", proven]:
            token, proof = token_in(written), read_proof(proven)
            return None if token is None or proof is None else Scanned(token, proof=proof)
        case ["", "C", written, "B", numbered]:
            token, batch = token_in(written), read_batch(numbered)
            return None if token is None or batch is None else Scanned(token, batch=batch)
    return None
