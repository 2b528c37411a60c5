"""Outcomes that are kept for seconds, and equal questions under way that become one.

Kept by a keyed digest of what was asked, whose key ends with the process: what was asked stands nowhere. How old an
outcome is counts from when the asking began, so that a change is known everywhere after so many seconds and no more.
"""

import asyncio
import hmac
import os
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Generic, TypeVar

Outcome = TypeVar("Outcome")
MOST = 1_024
"""Outcomes that are kept at a time; beyond it the oldest go first."""


@dataclass(slots=True)
class _Asked(Generic[Outcome]):
    """A question under way or answered; `until` is when it ceases to be given out."""

    task: asyncio.Task[Outcome]
    began: float
    until: float


@dataclass(slots=True)
class Briefly(Generic[Outcome]):
    """Keeps each outcome for as many seconds as `lasting` says of it, `longest` at most. A failure is told to whoever waits for
    it, and not kept.
    """

    lasting: Callable[[Outcome], float]
    longest: float
    now: Callable[[], float] = time.monotonic
    _key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    _asked: dict[bytes, _Asked[Outcome]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        """How many there are, under way or kept."""
        return len(self._asked)

    async def get(self, what: str, ask: Callable[[], Coroutine[Any, Any, Outcome]]) -> Outcome:
        """The outcome of a question, asked now unless that was done so shortly ago."""
        name, now = hmac.new(self._key, what.encode(), blake2b).digest()[:16], self.now()
        self._forget()
        known = self._asked.get(name)
        if known is None:
            while len(self._asked) >= MOST:
                del self._asked[next(iter(self._asked))]
            known = self._asked[name] = _Asked(asyncio.create_task(ask()), now, now + self.longest)
            known.task.add_done_callback(lambda task: self._ended(name, task))
        # Whoever goes away leaves it to the others who wait.
        return await asyncio.shield(known.task)

    def _ended(self, name: bytes, task: asyncio.Task[Outcome]) -> None:
        failed, known = task.cancelled() or task.exception() is not None, self._asked.get(name)
        if known is None or known.task is not task:
            return
        if failed:
            del self._asked[name]
            return
        known.until = known.began + min(self.lasting(task.result()), self.longest)
        # Also where nobody asks any more, nothing stays.
        asyncio.get_running_loop().call_later(self.longest, self._forget)

    def _forget(self) -> None:
        now = self.now()
        for name in [name for name, one in self._asked.items() if one.until <= now]:
            del self._asked[name]
