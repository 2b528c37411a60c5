"""The one clock: every part that needs the time is given this, so that tests and the demo can move it. (What only tells
requests apart, their ids, begins with the machine's own time.)

Business dates are days in Asia/Shanghai; instants are written as RFC 3339 with that offset.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Moment(NamedTuple):
    """One second, told in every way in which it is needed: as instant in Asia/Shanghai, as RFC 3339, as business day."""

    second: int
    instant: datetime
    text: str
    day: date


class Clock:
    """Tells the time; `source` returns an aware datetime, the system's unless given."""

    __slots__ = ("_moment", "_source")

    def __init__(self, source: Callable[[], datetime] | None = None) -> None:
        self._source = source
        self._moment: Moment | None = None

    def now(self) -> datetime:
        """This instant, in Asia/Shanghai."""
        found = datetime.now(UTC) if self._source is None else self._source()
        return found.astimezone(SHANGHAI)

    def today(self) -> date:
        """This business day."""
        return self.moment().day

    def seconds(self) -> float:
        """This instant in seconds since 1970."""
        return time.time() if self._source is None else self._source().timestamp()

    def moment(self) -> Moment:
        """This second, worked out once while it lasts."""
        second, known = int(self.seconds()), self._moment
        if known is None or known.second != second:
            instant = datetime.fromtimestamp(second, SHANGHAI)
            known = self._moment = Moment(second, instant, rfc3339(instant), instant.date())
        return known


def rfc3339(instant: datetime) -> str:
    """Instant as RFC 3339 text with offset, to the second."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")


def rfc3339_of(second: int) -> str:
    """The same of an instant in seconds since 1970."""
    return rfc3339(datetime.fromtimestamp(second, SHANGHAI))


def day_of(second: int) -> date:
    """The business day of an instant in seconds since 1970."""
    return datetime.fromtimestamp(second, SHANGHAI).date()


def years_after(day: date, count: int) -> date:
    """The day before the same day so many years later."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year + count, day.month, last) - timedelta(days=1)
