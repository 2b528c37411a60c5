"""Sums written out in Chinese numerals (伍佰万元整, 三千二百元五角) → numbers.

Read sign by sign, then written out again: what does not come out as it went in is not read. Knows no currency.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

_FORMAL = str.maketrans("一二三四五六七八九〇十百千億萬圓圆貳陸參叄叁", "壹贰叁肆伍陆柒捌玖零拾佰仟亿万元元贰陆叁叁叁")
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = re.compile(r"(?:([^万亿]+)亿)?(?:([^万亿]+)万)?([^万亿]*)")
_SUM = re.compile(
    r"([零壹贰叁肆伍陆柒捌玖拾佰仟万亿]{1,32})"
    r"(元(?:零?([壹贰叁肆伍陆柒捌玖])角)?(?:零?([壹贰叁肆伍陆柒捌玖])分)?)?"
)


@dataclass(frozen=True, slots=True)
class WrittenOut:
    """A number, whether it says of itself what it counts (万, 亿 or 元), and how many signs it takes."""

    number: Decimal
    complete: bool
    length: int


def read_numerals(text: str) -> WrittenOut | None:
    """The sum at the beginning of a text; None if there is none, ValueError if it does not add up."""
    match = _SUM.match(text.translate(_FORMAL))
    if match is None:
        return None
    whole, yuan, tenths, hundredths = match.groups()
    cents = 10 * _digit(tenths) + _digit(hundredths)
    complete = yuan is not None or "万" in whole or "亿" in whole
    return WrittenOut(_read_whole(whole) + Decimal(cents) / 100, complete, match.end())


def _read_whole(text: str) -> int:
    match = _GROUPS.fullmatch(text)
    if match is None:
        raise ValueError("the numerals are in no order")
    number = 0
    for group in match.groups():
        number = number * 10_000 + _read_group(group or "")
    # A gap must be said: 五百三 is 530 to one reader and 503 to another.
    spoken = "壹" + text if text.startswith("拾") else text
    if spoken not in (_write(number, round_gaps=False), _write(number, round_gaps=True)):
        raise ValueError("the numerals do not add up")
    return number


def _read_group(text: str) -> int:
    total = digit = 0
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        else:
            total += (digit or 1) * 10 ** _PLACES.index(sign)
            digit = 0
    return total + digit


def _write(number: int, *, round_gaps: bool) -> str:
    """The number in numerals; `round_gaps` also says a zero behind a group that ends in one."""
    text = ""
    for power, name in ((8, "亿"), (4, "万"), (0, "")):
        group = number // 10**power % 10_000
        if group:
            gap = text and (group < 1000 or (round_gaps and number // 10 ** (power + 4) % 10 == 0))
            text += ("零" if gap else "") + _write_group(group) + name
    return text or "零"


def _write_group(group: int) -> str:
    written = "".join(
        _DIGITS[digit] + (_PLACES[place] if digit else "")
        for place, digit in zip((3, 2, 1, 0), _four(group), strict=True)
    )
    return re.sub("零+", "零", written).strip("零")


def _four(group: int) -> list[int]:
    return [int(digit) for digit in f"{group:04d}"]


def _digit(sign: str | None) -> int:
    return _DIGITS.index(sign) if sign else 0
