"""Dates and instants of departments → ISO dates and RFC 3339 instants at Shanghai.

A reader raises ValueError, TypeError or ArithmeticError where it cannot tell the day; it never guesses one. Knows no
column and no option.
"""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_DATE = re.compile(r"(\d{4})[-/]?(\d{2})[-/]?(\d{2})", re.ASCII)


def read_date(raw: Any) -> str | None:
    """ISO date of a native value or of a text YYYY-MM-DD, YYYY/MM/DD or YYYYMMDD, with or without a time behind it."""
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
