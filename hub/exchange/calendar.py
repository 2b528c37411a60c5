"""Working days: Monday to Friday, but for what is published every year – weekdays off, and days at a weekend that are worked.

Pure; where the published days are kept is not known here.
"""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

_DAY = timedelta(days=1)
_SATURDAY = 5
_MAX_ROWS, _MAX_NAME = 2000, 64
_WORDS: Mapping[str, bool] = {"work": True, "off": False, "上班": True, "放假": False}
_HEAD = ["day", "working", "name"]


@dataclass(frozen=True, slots=True)
class Published:
    """What is published of one day: whether it is worked, and the holiday for whose sake."""

    day: date
    working: bool
    name: str


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Counts working days; `published` are the days of which something is published, whatever their weekday."""

    published: Mapping[date, bool] = field(default_factory=lambda: MappingProxyType({}))

    def is_working(self, day: date) -> bool:
        """True if the day is worked; where nothing is published of it, its weekday says so."""
        return self.published.get(day, day.weekday() < _SATURDAY)

    def add_working_days(self, day: date, count: int) -> date:
        """The day so many working days later, earlier if negative; the day itself does not count. 0: the day itself."""
        step = _DAY if count >= 0 else -_DAY
        left = abs(count)
        while left:
            day += step
            left -= self.is_working(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days there are after the first day, the last one included; negative if that lies before."""
        if last < first:
            return -self.working_days_between(last, first)
        return sum(self.is_working(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))

    @property
    def last_year(self) -> int | None:
        """The last year of which anything is published, None if nothing is."""
        return max((day.year for day in self.published), default=None)


def read_published(text: str) -> list[Published]:
    """Days of a CSV file with the columns day, working (work or off) and name; ValueError names the line that is wrong."""
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))[: _MAX_ROWS + 1]
    if not rows or [cell.strip() for cell in rows[0]] != _HEAD:
        raise ValueError(f"line 1: is not {','.join(_HEAD)}")
    if len(rows) > _MAX_ROWS:
        raise ValueError(f"has more than {_MAX_ROWS} lines")
    found = [_published(number, row) for number, row in enumerate(rows[1:], 2) if any(cell.strip() for cell in row)]
    if not found:
        raise ValueError("holds no day")
    if len({one.day for one in found}) != len(found):
        raise ValueError("a day stands there twice")
    return found


def years_of(days: Iterable[Published]) -> list[int]:
    """The years that days lie in."""
    return sorted({one.day.year for one in days})


def _published(number: int, row: list[str]) -> Published:
    cells = [cell.strip() for cell in row]
    if len(cells) != len(_HEAD):
        raise ValueError(f"line {number}: has not {len(_HEAD)} columns")
    try:
        day = date.fromisoformat(cells[0])
    except ValueError:
        raise ValueError(f"line {number}: day is not like 2026-02-15") from None
    if cells[1] not in _WORDS:
        raise ValueError(f"line {number}: working is neither work nor off")
    if not 1 <= len(cells[2]) <= _MAX_NAME or not cells[2].isprintable():
        raise ValueError(f"line {number}: name takes 1 to {_MAX_NAME} printable characters")
    return Published(day, _WORDS[cells[1]], cells[2])
