"""How often one network may miss: counted in memory for minutes, by a digest whose key ends with the process.

Only misses and reports count. A street full of people behind one address scans codes that exist as often as it likes.
"""

import hmac
import os
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

MOST_NETWORKS = 10_000


@dataclass(slots=True)
class Allowance:
    """So many in so many seconds, regained evenly; the least recent networks are forgotten first."""

    most: int
    seconds: float
    now: Callable[[], float]
    _key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    _used: OrderedDict[bytes, tuple[float, float]] = field(default_factory=OrderedDict, repr=False)

    def take(self, network: str) -> bool:
        """Use one; False if there was none left."""
        name = self._name(network)
        left = self._left(name)
        self._used[name] = (left - 1 if left >= 1 else left, self.now())
        self._used.move_to_end(name)
        if len(self._used) > MOST_NETWORKS:
            self._used.popitem(last=False)
        return left >= 1

    def has(self, network: str) -> bool:
        """True if there is one left; none is used."""
        return self._left(self._name(network)) >= 1

    def _left(self, name: bytes) -> float:
        left, at = self._used.get(name, (float(self.most), self.now()))
        return min(float(self.most), left + max(0.0, self.now() - at) * self.most / self.seconds)

    def _name(self, network: str) -> bytes:
        return hmac.new(self._key, network.encode(), blake2b).digest()[:16]
