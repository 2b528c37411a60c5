"""What the hub has seen of one source: how it is now, since when, its failures, its pace, the age of what it gives.

Holds numbers, times and sentences for operators, never a value. `Watch` is the wrapper that does the seeing.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from adapters.base import AS_OF, Adapter, AnswerTooLarge, Lookup, Rows, Search, SourceError, UnsupportedSearch
from adapters.wrap.asking import Answered, Asked, Way
from schema.enums import SourceState

_CALM = 5.0
"""Seconds without a failure after which an answer ends the trouble: a source that fails now and then is in trouble."""
_KEPT = 200
_LONGEST_SENTENCE = 200
_AHEAD = timedelta(days=1)
"""A data time further in the future is a mistake of the source, and no age."""


@dataclass(frozen=True, slots=True)
class HealthReport:
    """A source at this moment.

    `since` is when `state` began, null while it is UNKNOWN; `newest` is the newest data time given of each record that gave one; `resting` are
    the records that are not asked for the moment; the pace is in milliseconds, null before the first call.
    """

    state: SourceState
    since: datetime | None
    newest: Mapping[str, datetime]
    resting: frozenset[str]
    last_answered: datetime | None
    last_failed: datetime | None
    failure_code: str | None
    failure: str | None
    failures_in_a_row: int
    calls: int
    failures: int
    turned_away: int
    median_ms: float | None
    p95_ms: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """A source is no longer as it was; `code` is that of its last failure."""

    was: SourceState
    now: SourceState
    code: str | None


class Health:
    """The book of one source that owns `records`; `clock` gives an aware datetime."""

    def __init__(self, records: Iterable[str], clock: Callable[[], datetime]) -> None:
        self.state = SourceState.UNKNOWN
        self._records = frozenset(records)
        self._clock = clock
        self._since: datetime | None = None
        self._tell: Callable[[Change], None] | None = None
        self._known = False
        self._trouble: float | None = None
        self._resting: frozenset[str] = frozenset()
        self._newest: dict[str, datetime] = {}
        self._last_answered: datetime | None = None
        self._last_failed: datetime | None = None
        self._failure: tuple[str, str] | None = None
        self._in_a_row = self._calls = self._failures = self._turned_away = 0
        self._seconds: deque[float] = deque(maxlen=_KEPT)

    def tell(self, told: Callable[[Change], None]) -> None:
        """Tell of every change of state from now on."""
        self._tell = told

    def called(self, began: float, ended: float, failure: SourceError | None = None) -> None:
        """A question to the source ended, answered or not; event-loop seconds."""
        self._calls += 1
        self._failures += failure is not None
        self._seconds.append(ended - began)
        self.found(ended, failure)

    def found(self, at: float, failure: SourceError | None = None) -> None:
        """The source was found to answer, or not to; event-loop seconds."""
        self._known = True
        if failure is None:
            self._last_answered, self._in_a_row = self._clock(), 0
            if self._trouble is not None and at - self._trouble >= _CALM:
                self._trouble = None
        else:
            self._last_failed, self._trouble = self._clock(), at
            # The words only: the error itself would keep the question alive.
            self._failure = failure.code, str(failure)[:_LONGEST_SENTENCE]
            self._in_a_row += 1
        self._settle()

    def delivered(self, record: str, as_of: Sequence[Any]) -> None:
        """The source gave rows with these data times, RFC 3339 in one and the same offset; others are passed over."""
        try:
            newest = max(as_of, default=None)
        except TypeError:
            newest = max((text for text in as_of if isinstance(text, str)), default=None)
        if isinstance(newest, str):
            found = datetime.fromisoformat(newest)
            if found <= self._clock() + _AHEAD and (record not in self._newest or found > self._newest[record]):
                self._newest[record] = found

    def rest(self, records: frozenset[str]) -> None:
        """These records are not asked for the moment."""
        self._resting = records
        self._settle()

    def turn_away(self) -> None:
        """A question was not put, because too many were."""
        self._turned_away += 1

    def report(self) -> HealthReport:
        """Everything, as it is now."""
        seconds = sorted(self._seconds)
        return HealthReport(
            state=self.state,
            since=self._since,
            newest=dict(self._newest),
            resting=self._resting,
            last_answered=self._last_answered,
            last_failed=self._last_failed,
            failure_code=self._failure[0] if self._failure else None,
            failure=self._failure[1] if self._failure else None,
            failures_in_a_row=self._in_a_row,
            calls=self._calls,
            failures=self._failures,
            turned_away=self._turned_away,
            median_ms=_percentile(seconds, 50),
            p95_ms=_percentile(seconds, 95),
        )

    def _settle(self) -> None:
        state = self._judge()
        if state is not self.state:
            change = Change(self.state, state, self._failure[0] if self._failure else None)
            self.state, self._since = state, self._clock()
            if self._tell is not None:
                self._tell(change)

    def _judge(self) -> SourceState:
        if not self._known:
            return SourceState.UNKNOWN
        if self._resting and self._resting >= self._records:
            return SourceState.OPEN
        return SourceState.TROUBLED if self._resting or self._trouble is not None else SourceState.ANSWERING


class Watch:
    """Enters every question and its outcome into the book; a refused search and a cancelled question say nothing.

    An answer that is too large is no failure of a source: it did answer, and much depends on what a caller asked.
    """

    def __init__(self, inner: Adapter, health: Health) -> None:
        self.abilities = inner.abilities
        self._inner = inner
        self._health = health

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        return self._dated(ask, await self._seen(ask, self._inner.fetch))

    async def search(self, ask: Search) -> Rows:
        """A window of rows."""
        return self._dated(ask, await self._seen(ask, self._inner.search))

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        return await self._seen(ask, self._inner.count)

    async def check(self) -> None:
        """Whether the source answers; no call of a caller's, so only the state learns of it."""
        try:
            await self._inner.check()
        except SourceError as failure:
            self._health.found(_now(), failure)
            raise
        self._health.found(_now())

    async def aclose(self) -> None:
        """Release connections."""
        await self._inner.aclose()

    async def _seen(self, ask: Asked, way: Way[Asked, Answered]) -> Answered:
        began = _now()
        try:
            answered = await way(ask)
        except UnsupportedSearch:
            raise
        except AnswerTooLarge:
            self._health.called(began, _now())
            raise
        except SourceError as failure:
            self._health.called(began, _now(), failure)
            raise
        self._health.called(began, _now())
        return answered

    def _dated(self, ask: Lookup | Search, rows: Rows) -> Rows:
        if AS_OF in rows.columns:
            place = rows.columns.index(AS_OF)
            self._health.delivered(ask.record, [row[place] for row in rows.rows])
        return rows


def _percentile(ordered: list[float], percent: int) -> float | None:
    """The smallest of these seconds that so many percent do not exceed, in milliseconds."""
    if not ordered:
        return None
    return round(ordered[ceil(len(ordered) * percent / 100) - 1] * 1000, 1)


def _now() -> float:
    return asyncio.get_running_loop().time()
