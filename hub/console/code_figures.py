"""Scans of a code in figures: by day or month, place and audience, the bars of a chart, and what is odd about them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

_BY_MONTH = 100
"""Days beyond which months are drawn."""
_HIGH, _SLOT, _GAP = 100, 12, 3
"""Of the chart, in its own units: its height, what a bar has room for, and what is left free of that."""
_WEEK, _SURGE, _FEW = 7, 4, 5
"""Days that are compared with those before, how many times as often is odd, scans a day below which nothing is."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the chart: what it stands for, how often, and where it is drawn."""

    label: str
    scans: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Scans of a period. on: different days with a scan · places: place, how often, whether it is told now · surge: scans a day in the last week, and how many
    times as often as before, None where that is not odd.
    """

    total: int
    on: int
    daily: str
    bars: Sequence[Bar]
    most: int
    by_month: bool
    places: Sequence[tuple[str, int, bool]]
    audiences: Sequence[tuple[str, int]]
    told: int
    seen: int
    unknown: int
    gone: int
    surge: tuple[str, int] | None

    @property
    def width(self) -> int:
        """Of the chart, in its own units."""
        return len(self.bars) * _SLOT

    @property
    def high(self) -> int:
        """Of the chart, in its own units."""
        return _HIGH


def figures_of(scans: Sequence[Mapping[str, Any]], told: Sequence[str], today: date, days: int) -> Figures:
    """Figures of the scans of so many days until today; `told` are the places where the code is displayed."""
    by_day, by_place, by_audience = Counter[str](), Counter[str](), Counter[str]()
    for one in scans:
        by_day[one["day"]] += one["scans"]
        by_place[one["place"]] += one["scans"]
        by_audience[one["audience"]] += one["scans"]
    total, by_month = sum(by_day.values()), days > _BY_MONTH
    counted = _months(by_day, today, days) if by_month else _days(by_day, today, days)
    most = max(counted.values(), default=0)
    known = [(place, count) for place, count in by_place.most_common() if place]
    return Figures(
        total=total,
        on=sum(1 for count in by_day.values() if count),
        daily=_daily(total, days),
        bars=[_bar(number, *one, most) for number, one in enumerate(counted.items())],
        most=most,
        by_month=by_month,
        places=[(place, count, place in told) for place, count in known],
        audiences=by_audience.most_common(),
        told=len(told),
        seen=len(known),
        unknown=by_place[""],
        gone=sum(count for place, count in known if place not in told),
        surge=_surge(by_day, today, days),
    )


def _daily(total: int, days: int) -> str:
    """How often a day: a tenth at least where there is something, since few are not none."""
    return f"{max(total / days, 0.1):.1f}" if total else "0"


def _days(by_day: Counter[str], today: date, days: int) -> dict[str, int]:
    every = [(today - timedelta(days=n)).isoformat() for n in range(days - 1, -1, -1)]
    return {day: by_day[day] for day in every}


def _months(by_day: Counter[str], today: date, days: int) -> dict[str, int]:
    found: dict[str, int] = {}
    for day, count in _days(by_day, today, days).items():
        found[day[:7]] = found.get(day[:7], 0) + count
    return found


def _bar(number: int, label: str, scans: int, most: int) -> Bar:
    # A day with one scan among thousands is still seen.
    height = max(round(_HIGH * scans / most), 1) if scans else 0
    return Bar(label, scans, number * _SLOT + _GAP // 2, _HIGH - height, _SLOT - _GAP, height)


def _surge(by_day: Counter[str], today: date, days: int) -> tuple[str, int] | None:
    recent = [by_day[(today - timedelta(days=n)).isoformat()] for n in range(_WEEK)]
    before = [by_day[(today - timedelta(days=n)).isoformat()] for n in range(_WEEK, days)]
    now, then = sum(recent) / _WEEK, sum(before) / len(before)
    if now < _FEW or then == 0 or now < _SURGE * then:
        return None
    return f"{now:.1f}", round(now / then)
