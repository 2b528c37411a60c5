"""The clock: one instant, one zone, one business day."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from hub.clock import Clock, rfc3339


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 11, 23, 15, 59, 59, 999999, tzinfo=UTC), date(2026, 11, 23)),
        (datetime(2026, 11, 23, 16, 0, tzinfo=UTC), date(2026, 11, 24)),
        (datetime(2026, 11, 23, 0, 30, tzinfo=timezone(timedelta(hours=9))), date(2026, 11, 22)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), date(2027, 1, 1)),
    ],
)
def test_business_day_is_that_of_shanghai(instant, day):
    """The day changes at 16:00 UTC, whatever zone the instant was written in."""
    clock = Clock(lambda: instant)
    assert clock.today() == day
    assert clock.now() == instant
    assert clock.now().utcoffset() == timedelta(hours=8)


def test_instants_are_written_with_their_offset():
    """RFC 3339, to the second, in Shanghai's offset."""
    assert rfc3339(datetime(2026, 11, 23, 2, 3, 4, 567, tzinfo=UTC)) == "2026-11-23T10:03:04+08:00"


def test_system_clock_is_aware():
    """Without a source the clock tells the system's time, with a zone."""
    before = datetime.now(UTC)
    assert before <= Clock().now() <= datetime.now(UTC)
