"""Days and instants before the day the city is drawn for, all in Asia/Shanghai.

Knows nothing of what happens on them.
"""

from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hub.demo.draw import chance
from hub.demo.values import Stamp

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DISPUTED = 0.004
_STALE = 0.03


def days_before(today: date, least: int, most: int, rng: Random) -> date:
    """A day between so many days ago, both included."""
    return today - timedelta(days=rng.randint(least, most))


def days_after(day: date, count: int) -> date:
    """The day so many days later; earlier if negative."""
    return day + timedelta(days=count)


def years_after(day: date, count: int) -> date:
    """The day before the same calendar day so many years later, as periods of validity are counted."""
    last = 28 if day.month == 2 else day.day
    return date(day.year + count, day.month, min(day.day, last)) - timedelta(days=1)


def working_days_after(day: date, count: int) -> date:
    """The day so many working days later; weekends are none, public holidays are not known here."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def at_work(day: date, rng: Random) -> datetime:
    """An instant of that day within office hours."""
    return datetime.combine(day, time(rng.randrange(8, 17), rng.choice((0, 10, 20, 30, 45))), SHANGHAI)


def draw_stamp(today: date, rng: Random) -> Stamp:
    """A recent change; three rows in a hundred are older than any update cycle, four in a thousand disputed."""
    day = days_before(today, 120, 400, rng) if chance(rng, _STALE) else days_before(today, 1, 6, rng)
    moment = time(rng.randrange(8, 18), rng.randrange(60), rng.randrange(60))
    return Stamp(datetime.combine(day, moment, SHANGHAI), chance(rng, _DISPUTED))


def calm_stamp(today: date) -> Stamp:
    """Changed yesterday evening, not disputed."""
    return Stamp(datetime.combine(days_after(today, -1), time(20, 30), SHANGHAI))
