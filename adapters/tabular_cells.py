"""Cells of a file as text: numbers with all their digits, dates in ISO form, and what a cell no longer holds.

Knows no column: whether lost digits matter is decided where it is known what a column means.
"""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

_MOST_DIGITS = 10**15
"""Whole numbers from here on may not be what was typed: a spreadsheet keeps fifteen digits."""
_SCIENTIFIC = re.compile(r"[+-]?\d(?:\.\d+)?[Ee][+-]\d{2,3}", re.ASCII)
_WIDE = {0xFF01 + n: 0x21 + n for n in range(94)} | {0x3000: 0x20}
_TYPED_WIDE = re.compile(r"[\x20-\x7e\uff01-\uff5e\u3000]*[\uff10-\uff19][\x20-\x7e\uff01-\uff5e\u3000]*")
_FAILED = re.compile(r"#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|#{2,})")


class Lossy(str):
    """Text of a number whose last digits the file no longer holds; equals no whole text."""

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return type(other) is Lossy and str.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __hash__(self) -> int:
        return ~str.__hash__(self)


def cell_text(value: Any) -> str:
    """Text of a spreadsheet's cell: a number without exponent, a day as YYYY-MM-DD, nothing as nothing."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, (int, float)):
        return _number_text(value)
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return str(value) if isinstance(value, timedelta) else ""


def is_lossy(text: str) -> bool:
    """True if the digits of a code or a number are lost: too many for a spreadsheet, or shown as 9.12E+17."""
    if type(text) is Lossy:
        return True
    return len(text) < 32 and ("E" in text or "e" in text) and _SCIENTIFIC.fullmatch(text.strip()) is not None


def narrow(text: str) -> str:
    """Full-width letters, digits and signs as ASCII."""
    return text if text.isascii() else text.translate(_WIDE)


def narrow_number(text: str) -> str:
    """The same for a cell that is nothing but a number or code typed in full width; a name keeps its letters."""
    return text.translate(_WIDE) if not text.isascii() and _TYPED_WIDE.fullmatch(text) else text


def is_spoilt(text: str) -> bool:
    """True for what is no text of a department: the error of a formula, a column too narrow to show, a NUL."""
    return "\0" in text or (text[:1] == "#" and _FAILED.fullmatch(text.strip()) is not None)


def _number_text(value: float) -> str:
    whole = isinstance(value, int) or value.is_integer()
    text = str(int(value)) if whole else repr(value)
    return Lossy(text) if abs(value) >= _MOST_DIGITS else text
