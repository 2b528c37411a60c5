"""What one network reported today, of each code and at all: so that nobody fills the form for everybody else.

Counted in memory for a day, by a digest whose key ends with the process; which network it was stands nowhere. A worker
counts by itself, and what it counts is what was kept: there are no more counters than reports a day.
"""

import hmac
import os
from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from ipaddress import IPv6Network, ip_network

from hub.code.reports import Before

_WIDE = 48
"""Bits of IPv6 that are one network here: whoever has a line has thousands of the narrower ones."""


@dataclass(slots=True)
class Shares:
    """Reports of the networks of one day."""

    _key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    _day: str = ""
    _counted: Counter[bytes] = field(default_factory=Counter, repr=False)

    def take(self, network: str, token: str | None, day: str) -> Before:
        """Count one report; what the network had reported that day before it. `day` is an ISO date."""
        if day != self._day:
            self._day = day
            self._counted.clear()
        names = self._names(network, token)
        of_all, of_code = self._counted[names[0]], self._counted[names[-1]] if token else 0
        self._counted.update(names)
        return Before(of_code, of_all)

    def give_back(self, network: str, token: str | None, day: str) -> None:
        """Count one less: it was not kept."""
        if day == self._day:
            self._counted.subtract(self._names(network, token))
            self._counted = +self._counted

    def _names(self, network: str, token: str | None) -> list[bytes]:
        """Of all its reports, and of those of this code; what reads as none is no one code."""
        wide = _widened(network)
        return [self._name(said) for said in (f"all\n{wide}", *((f"code\n{wide}\n{token}",) if token else ()))]

    def _name(self, said: str) -> bytes:
        return hmac.new(self._key, said.encode(), blake2b).digest()[:16]


def _widened(network: str) -> str:
    try:
        found = ip_network(network)
    except ValueError:
        return network
    wide = isinstance(found, IPv6Network) and found.prefixlen > _WIDE
    return str(found.supernet(new_prefix=_WIDE)) if wide else network
