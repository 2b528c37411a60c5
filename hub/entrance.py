"""What the head of a request says – who asks, for what, how to answer – read once for all requests that begin alike.

A client that keeps its connection sends the same headers with every question. They are known again by a digest whose key
dies with the process. Only heads are remembered whose questions were answered, and none that is long.
"""

import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from auth.admission import Credentials
from hub.answer import OnDenied

RawHeaders = Sequence[tuple[bytes, bytes]]
_READ = frozenset(
    {
        b"accept",
        b"authorization",
        b"content-encoding",
        b"content-type",
        b"hub-acting-for",
        b"hub-case",
        b"hub-on-denied",
        b"hub-purpose",
        b"idempotency-key",
    }
)
_KEPT = 4_096
_LONGEST = 8_192
"""Characters of token, purpose, case and whom one acts for together that are remembered."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """A head that was found good: the media type of the answer, what a denial does, and the credentials."""

    kind: str
    on_denied: OnDenied
    credentials: Credentials


class Entrances:
    """Heads of posted questions that are known; the least recently used is forgotten first."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(32)
        self._known: OrderedDict[bytes, Entrance] = OrderedDict()

    def name(self, headers: RawHeaders) -> bytes:
        """Digest of everything in a head that is read."""
        said = b"\n".join([name + b":" + value for name, value in headers if name in _READ])
        return blake2b(said, digest_size=16, key=self._salt).digest()

    def find(self, name: bytes) -> Entrance | None:
        """The head of this name, if it was found good before."""
        known = self._known.get(name)
        if known is not None:
            self._known.move_to_end(name)
        return known

    def keep(self, name: bytes, entrance: Entrance) -> None:
        """Remember a head whose question was answered."""
        said = entrance.credentials
        if sum(len(text) for text in (said.token, said.purpose, said.case, said.acting_for) if text) > _LONGEST:
            return
        self._known[name] = entrance
        if len(self._known) > _KEPT:
            self._known.popitem(last=False)
