"""The one clock: every part that needs the time is given this, so that tests and the demo can move it.

Business dates are days in Asia/Shanghai; instants are written as RFC 3339 with that offset.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


def _system() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Clock:
    """Tells the time; `source` returns an aware datetime."""

    source: Callable[[], datetime] = _system

    def now(self) -> datetime:
        """This instant, in Asia/Shanghai."""
        return self.source().astimezone(SHANGHAI)

    def today(self) -> date:
        """This business day."""
        return self.now().date()


def rfc3339(instant: datetime) -> str:
    """Instant as RFC 3339 text with offset, to the second."""
    return instant.astimezone(SHANGHAI).isoformat(timespec="seconds")
