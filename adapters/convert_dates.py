"""Dates and instants of departments → ISO dates and RFC 3339 instants at Shanghai.

A reader raises ValueError, TypeError or ArithmeticError where it cannot tell the day; it never guesses one. Knows no
column and no option.
"""

import re
from collections.abc import Callable, Collection
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from adapters.convert_text import Read, folded_text

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DATE = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})", re.ASCII)
_LONGEST = 64
_LAST_SUMMER = "1992"

_DAY = (
    r"(?:(?P<y1>\d{4})(?P<m1>\d{2})(?P<d1>\d{2})"
    r"|(?P<y2>\d{4})(?P<sign>[-/.])(?P<m2>\d{1,2})(?P=sign)(?P<d2>\d{1,2})"
    r"|(?P<y3>\d{4}) ?年 ?(?P<m3>\d{1,2}) ?月 ?(?P<d3>\d{1,2}) ?[日号])"
)
_TIME = (
    r"(?:[T ] ?(?P<h1>\d{1,2}):(?P<n1>\d{2})(?::(?P<s1>\d{2})(?:[.,](?P<f>\d{1,9}))?)?"
    r"|(?P<h2>(?<=\d{8})\d{2})(?P<n2>\d{2})(?P<s2>\d{2})"
    r"| ?(?P<h3>\d{1,2}) ?[时点] ?(?:(?P<n3>\d{1,2}) ?分 ?(?:(?P<s3>\d{1,2}) ?秒)?)?)"
)
_ZONE = r"(?: ?(?P<zone>Z|[+-]\d{2}:?\d{2}))"
_MOMENT = re.compile(f"{_DAY}(?:{_TIME}{_ZONE}?)?", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,18}(?:\.\d{1,9})?", re.ASCII)

_SERIAL_START = date(1899, 12, 30)
_SERIALS = (10_000, 2_958_465)
"""Serial numbers from 1927-05-18 to 9999-12-31: a smaller one may be a year that somebody typed."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_SECOND = 253_402_300_799
_EPOCHS = {"epoch": (1, 10**8, _LAST_SECOND), "epoch_ms": (1000, 10**11, 1000 * _LAST_SECOND + 999)}
"""Ticks a second, smallest and largest distance from 1970: seconds are no milliseconds, and 20240606 is neither."""


def read_date(raw: Any) -> str | None:
    """ISO date of a native value or of a text YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD, with or without a time behind it."""
    if raw.__class__ is str and len(raw) == 10 and raw[4] == raw[7] == "-" and _is_iso(date, raw):
        written: str = raw
        return written
    if isinstance(raw, datetime):
        return raw.astimezone(SHANGHAI).date().isoformat() if raw.tzinfo else raw.date().isoformat()
    if isinstance(raw, date):
        return raw.isoformat()
    text = str(raw).strip()
    if not text:
        return None
    match = _DATE.match(text)
    if match is None or (len(text) > match.end() and text[match.end()] not in "T "):
        raise ValueError("not a date")
    return date(int(match[1]), int(match[2]), int(match[3])).isoformat()


def read_instant(raw: Any) -> str | None:
    """RFC 3339 instant of a native value or of an ISO text; without a zone it is Shanghai time."""
    # Since the last summer time there has been no other offset.
    usual = raw.__class__ is str and len(raw) == 25 and raw[10] == "T" and raw[19:] == "+08:00" and raw > _LAST_SUMMER
    if usual and _is_iso(datetime, raw):
        written: str = raw
        return written
    if isinstance(raw, str):
        if not raw.strip():
            return None
        raw = datetime.fromisoformat(raw.strip())
    if isinstance(raw, date) and not isinstance(raw, datetime):
        raw = datetime(raw.year, raw.month, raw.day, tzinfo=SHANGHAI)
    if not isinstance(raw, datetime):
        raise TypeError("not an instant")
    local = raw.astimezone(SHANGHAI) if raw.tzinfo else raw.replace(tzinfo=SHANGHAI)
    return local.isoformat(timespec="seconds")


def _is_iso(kind: type[date], text: str) -> bool:
    """True if the text is a day, or an instant, as ISO 8601 writes it."""
    try:
        kind.fromisoformat(text)
    except ValueError:
        return False
    return True


def loose_date_reader(stored: str) -> Read:
    """Reads a day as people write it, or as the number that `stored` (`excel`, `epoch`, `epoch_ms`) says it is.

    2024-6-6, 2024/6/6, 2024.6.6, 20240606, 2024年6月6日, each with a time behind it or not; a time with a zone is taken
    to Shanghai first. Two digits of a year, a month alone and days that do not exist are not read.
    """
    return lambda raw: read_date(raw) if isinstance(raw, date) else _day(_written(raw), stored)


def loose_instant_reader(stored: str) -> Read:
    """Reads an instant written like a day of `loose_date_reader`; without a time it is the start of the day."""
    return lambda raw: read_instant(raw) if isinstance(raw, date) else _instant(_written(raw), stored)


def endless_date_reader(read: Read, endless: Collection[str], write: Callable[[Any], str]) -> Read:
    """The same reader of days, for which what means "without end", be it a word or a far day, is null."""

    def read_end(raw: Any) -> str | None:
        day = None if _says(raw, endless, write) else read(raw)
        return None if day in endless else day

    return read_end


def endlessness_reader(read: Read, endless: Collection[str], write: Callable[[Any], str]) -> Read:
    """True where a cell means "without end", false where it holds another day, null where it holds nothing."""

    def read_endless(raw: Any) -> bool | None:
        if _says(raw, endless, write):
            return True
        day = read(raw)
        return None if day is None else day in endless

    return read_endless


def _says(raw: Any, words: Collection[str], write: Callable[[Any], str]) -> bool:
    return isinstance(raw, (str, int)) and not isinstance(raw, bool) and write(raw) in words


def _written(raw: Any) -> str:
    if isinstance(raw, (bool, dict, list)):
        raise TypeError("not a date")
    return folded_text(raw)


# A file of permits has few days and many rows.
@lru_cache(maxsize=16_384)
def _day(text: str, stored: str) -> str | None:
    if not text:
        return None
    counted = _counted(text, stored)
    return _day_of(_match(text)) if counted is None else read_date(counted)


def _instant(text: str, stored: str) -> str | None:
    if not text:
        return None
    return read_instant(_counted(text, stored) or _moment_of(_match(text)))


def _match(text: str) -> re.Match[str]:
    match = _MOMENT.fullmatch(text) if len(text) <= _LONGEST else None
    if match is None:
        raise ValueError("not a date")
    return match


def _counted(text: str, stored: str) -> datetime | None:
    if stored not in ("excel", *_EPOCHS) or not _NUMBER.fullmatch(text):
        return None
    number = Decimal(text)
    if stored == "excel":
        if not _SERIALS[0] <= number < _SERIALS[1] + 1:
            return None
        seconds = round(number % 1 * 86_400)
        start = datetime.combine(_SERIAL_START, datetime.min.time())
        return start + timedelta(days=int(number), seconds=min(seconds, 86_399))
    ticks, smallest, largest = _EPOCHS[stored]
    if not smallest <= abs(number) <= largest:
        return None
    return _EPOCH + timedelta(microseconds=int(number * 1_000_000 // ticks))


def _part(match: re.Match[str], name: str) -> int:
    found = next((match[f"{name}{way}"] for way in "123" if match[f"{name}{way}"] is not None), None)
    return int(found or 0)


def _day_of(match: re.Match[str]) -> str:
    # The evening of the day in question is not the next day: "24:00" ends it.
    if match["zone"] is None:
        _moment_of(match)
        return date(_part(match, "y"), _part(match, "m"), _part(match, "d")).isoformat()
    return _moment_of(match).astimezone(SHANGHAI).date().isoformat()


def _moment_of(match: re.Match[str]) -> datetime:
    year, month, day, hour, minute, second = (_part(match, name) for name in "ymdhns")
    midnight = hour == 24 and minute == second == 0
    start = datetime(year, month, day, 0 if midnight else hour, minute, second, tzinfo=SHANGHAI)
    moment = start + timedelta(days=1 if midnight else 0)
    return moment if match["zone"] is None else moment.replace(tzinfo=datetime.strptime(match["zone"], "%z").tzinfo)
