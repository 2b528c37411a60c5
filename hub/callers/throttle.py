"""How often somebody may try: waits that grow with failures, counted so that nobody can lock another out.

Failures are counted where they come from – a browser that the person used before, else a network – and for whom. So
whoever tries another's password makes only themselves wait. Counted in the store, for all workers together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from hub.callers.vault import Vault
from hub.store.caller_tables import attempts

FREE = 5
"""Failures after which one waits."""
FIRST, LONGEST = 30, 900
"""Seconds of the first wait, and at most; each is twice the last."""
FREE_FOR_NETWORK = 50
_MOST_OVER = 10
"""Failures beyond the free ones that are counted: one is forgotten in LONGEST seconds."""
Network = IPv4Network | IPv6Network


@dataclass(frozen=True, slots=True)
class Counted:
    """One counter: of what and from where, and how many failures are free."""

    what: str
    free: int = FREE


def sign_in_counters(username: str, network: str, browser: str | None) -> list[Counted]:
    """What failures of this person from here are counted by; a browser they used before is counted by itself."""
    if browser is not None:
        return [Counted(f"password {username.casefold()} browser {browser}")]
    return [
        Counted(f"password {username.casefold()} network {network}"),
        Counted(f"password network {network}", FREE_FOR_NETWORK),
    ]


class Throttle:
    """The counters of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, vault: Vault, now: int) -> None:
        self._connection = connection
        self._vault = vault
        self._now = now

    def wait(self, counters: Sequence[Counted]) -> int:
        """Seconds to wait before another try."""
        free = {self._digest(counter): counter.free for counter in counters}
        rows = self._connection.execute(select(attempts).where(attempts.c.digest.in_(free)))
        left = [row.wait_until - self._now for row in rows if row.failures >= free[bytes(row.digest)]]
        # A wait that is longer than any was counted before the clock was put back.
        return max((seconds for seconds in left if 0 < seconds <= LONGEST), default=0)

    def fail(self, counters: Sequence[Counted]) -> None:
        """Count a failure."""
        for counter in counters:
            digest = self._digest(counter)
            row = self._connection.execute(select(attempts).where(attempts.c.digest == digest)).first()
            left, since = (0, self._now) if row is None else self._left(row)
            failures = min(left + 1, counter.free + _MOST_OVER)
            over = failures - counter.free
            wait = min(LONGEST, FIRST * 2**over) if over >= 0 else 0
            values = {"failures": failures, "last_at": since, "wait_until": self._now + wait}
            if row is None:
                self._connection.execute(insert(attempts).values(digest=digest, **values))
            else:
                self._connection.execute(update(attempts).where(attempts.c.digest == digest).values(values))

    def _left(self, row: Row[Any]) -> tuple[int, int]:
        """Failures that are not forgotten, and since when none was: a house full of people would fill its counter else."""
        since = min(row.last_at, self._now)
        forgotten = (self._now - since) // LONGEST
        left = row.failures - forgotten
        return (left, since + forgotten * LONGEST) if left > 0 else (0, self._now)

    def succeed(self, counters: Sequence[Counted]) -> None:
        """Forget the failures of whoever got in; those of their network stay, for they may be others'."""
        digests = [self._digest(counter) for counter in counters if counter.free != FREE_FOR_NETWORK]
        self._connection.execute(delete(attempts).where(attempts.c.digest.in_(digests)))

    def _digest(self, counter: Counted) -> bytes:
        return self._vault.digest("attempt", counter.what)


def network_of(address: str | None, forwarded: Sequence[str], trusted: Sequence[Network]) -> str:
    """The network a request comes from, as proxies that are trusted say: /24 of IPv4, /64 of IPv6; a name if unknown."""
    chain = [part.strip() for header in forwarded for part in header.split(",")][-20:]
    known = _parsed(address or "")
    while known is not None and chain and any(known in net for net in trusted):
        known = _parsed(chain.pop())
    if known is None:
        return "unknown"
    return str(ip_network(f"{known}/{24 if known.version == 4 else 64}", strict=False))


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text.strip("[]"))
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
