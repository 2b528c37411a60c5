"""The judgement of a breaker: closed, open, or half-open with one probe under way. Time is given, no I/O.

Evidence counts, not noise: failures of questions that were under way together count once, and so do failures that
share a key – one bad row must not hide all others.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

_WINDOW = 30.0
"""Seconds that the failure rate looks back, and that a key is remembered as a bad one."""
_MOST, _FEWEST = 200, 20
"""Outcomes a rate is made of."""
_MOST_BLAMED = 5_000
_JITTER = 0.25
_DOUBLINGS = 16
NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Tolerance:
    """Failures in a row, or percent of the latest outcomes, that open; seconds it stays open at first and at most."""

    failures: int
    percent: int
    seconds: float
    longest: float


@dataclass(slots=True, eq=False)
class Pass:
    """Leave to ask; whoever has one says how it ended, by `succeed`, `fail` or `release`."""

    began: float


class Circuit:
    """Closed until failures open it; closed again by a probe that succeeds. `chance` gives a number from 0 to 1.

    It stays open for `seconds`, doubling up to `longest` with every probe that fails; jitter only shortens. While
    nobody asks for `seconds` the next one is the probe in any case, so that who asks rarely feels a cure at once.
    """

    def __init__(self, tolerance: Tolerance, chance: Callable[[], float]) -> None:
        self._tolerance = tolerance
        self._chance = chance
        self._until: float | None = None
        self._probe: Pass | None = None
        self._doubtful = False
        self._openings = 0
        self._wanted = -math.inf
        self._counted = -math.inf
        self._row = 0
        self._latest: deque[tuple[float, bool]] = deque(maxlen=_MOST)
        self._blamed: dict[int, float] = {}

    @property
    def is_open(self) -> bool:
        """True from opening until a probe has succeeded."""
        return self._until is not None

    def may_pass(self, now: float) -> bool:
        """True if a question may be put now; take a pass with `enter` in the same breath."""
        quiet = now - self._wanted >= self._tolerance.seconds
        self._wanted = now
        return self._until is None or (self._probe is None and (quiet or now >= self._until))

    def enter(self, now: float) -> Pass:
        """A pass; one that is given while open is the probe."""
        granted = Pass(now)
        if self.is_open:
            self._probe = granted
        return granted

    def is_probe(self, granted: Pass) -> bool:
        """True for the pass everything waits for."""
        return granted is self._probe

    def succeed(self, granted: Pass, now: float) -> None:
        """The source answered; what was asked before it opened proves nothing any more."""
        if self.is_open and not self.is_probe(granted):
            return
        self._until = self._probe = None
        self._doubtful = False
        self._openings = self._row = 0
        self._latest.append((now, False))

    def fail(self, granted: Pass, now: float, keys: frozenset[int] = NOTHING) -> None:
        """The source failed; `keys` are the question's where it may lie with one of them."""
        known = any(now - self._blamed.get(key, -math.inf) < _WINDOW for key in keys)
        self._blame(keys, now)
        if known or (self.is_open and not self.is_probe(granted)):
            self.release(granted)
            return
        self._latest.append((now, True))
        apart = granted.began >= self._counted
        if apart:
            self._row, self._counted = self._row + 1, now
        if self.is_open or (apart and self._doubtful) or self._row >= self._tolerance.failures or self._too_many(now):
            self._open(now)

    def release(self, granted: Pass) -> None:
        """It ended without saying anything about the source: the next may probe."""
        if self.is_probe(granted):
            self._probe = None

    def trust(self, now: float) -> None:
        """Close because the source was found to answer by other means; the next failure opens it again at once."""
        if self.is_open:
            self._until = self._probe = None
            self._doubtful, self._counted = True, now

    def _open(self, now: float) -> None:
        most = min(self._tolerance.seconds * 2.0 ** min(self._openings, _DOUBLINGS), self._tolerance.longest)
        self._until = now + most * (1 - _JITTER * self._chance())
        self._wanted = self._counted = now
        self._probe, self._doubtful = None, False
        self._openings += 1
        self._row = 0
        self._latest.clear()

    def _too_many(self, now: float) -> bool:
        while self._latest and now - self._latest[0][0] >= _WINDOW:
            self._latest.popleft()
        failed = sum(failed for _, failed in self._latest)
        return len(self._latest) >= _FEWEST and failed * 100 >= len(self._latest) * self._tolerance.percent

    def _blame(self, keys: frozenset[int], now: float) -> None:
        if len(self._blamed) + len(keys) > _MOST_BLAMED:
            self._blamed = {key: at for key, at in self._blamed.items() if now - at < _WINDOW / 2}
        if len(self._blamed) + len(keys) <= _MOST_BLAMED:
            self._blamed.update(dict.fromkeys(keys, now))
