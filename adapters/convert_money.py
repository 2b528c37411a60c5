"""Sums of money of departments → (amount in units of the currency, ISO 4217 code, what the source wrote).

A reader raises ValueError or ArithmeticError where it cannot tell the sum; it never guesses one. Knows no column and
no option.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from adapters.convert_numerals import read_numerals
from adapters.convert_text import folded_text

Sum = tuple[str, str, str]
"""Amount as decimal text, currency, original."""

_LARGEST = 18
"""Decimal exponent beyond which a number is no sum of money: written out it would fill the memory."""
_LONGEST = 80

_CURRENCIES = {
    "人民币": "CNY",
    "RMB": "CNY",
    "CNY": "CNY",
    "¥": "CNY",
    "美元": "USD",
    "美金": "USD",
    "USD": "USD",
    "US$": "USD",
    "港元": "HKD",
    "港币": "HKD",
    "HKD": "HKD",
    "HK$": "HKD",
    "澳门元": "MOP",
    "澳门币": "MOP",
    "MOP": "MOP",
    "新台币": "TWD",
    "TWD": "TWD",
    "欧元": "EUR",
    "EUR": "EUR",
    "€": "EUR",
    "英镑": "GBP",
    "GBP": "GBP",
    "£": "GBP",
    "日元": "JPY",
    "日圆": "JPY",
    "JPY": "JPY",
    "韩元": "KRW",
    "韩圆": "KRW",
    "KRW": "KRW",
    "卢布": "RUB",
    "俄罗斯卢布": "RUB",
    "RUB": "RUB",
    "新加坡元": "SGD",
    "SGD": "SGD",
    "加拿大元": "CAD",
    "加元": "CAD",
    "CAD": "CAD",
    "澳大利亚元": "AUD",
    "澳元": "AUD",
    "AUD": "AUD",
    "瑞士法郎": "CHF",
    "CHF": "CHF",
}
_SCALES = {"千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8, "万亿": 10**12}


def _any_of(names: Iterable[str]) -> str:
    return "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))


_NAME, _SCALE = _any_of(_CURRENCIES), _any_of(_SCALES)
_WORDS = re.compile(f"({_NAME})|({_SCALE})|(元)")
_UNIT = f"(?:{_NAME})?(?:{_SCALE})?元?(?:{_NAME})?元?"
_BEFORE = re.compile(rf"(?:\((?:{_NAME})\)|(?:{_NAME})):?")
_BEHIND = re.compile(rf"{_UNIT}[整正]?(?:\({_UNIT}\))?")
_NUMBER = re.compile(r"-?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?", re.ASCII)
_COUNTED = re.compile("[元圆金镑布郎]$")
"""Names of currencies that say what is counted when they stand directly behind a number: 500美元, not 500人民币."""


def money_reader(unit: Decimal, currency: str) -> Callable[[Any], Sum | None]:
    """Reads a plain number in units of `unit`; commas are left out."""

    def read(raw: Any) -> Sum | None:
        text = str(raw).strip().replace(",", "")
        return (written_amount(Decimal(text) * unit), currency, str(raw).strip()) if text else None

    return read


def loose_money_reader(unit: Decimal, currency: str) -> Callable[[Any], Sum | None]:
    """Reads a sum as registers write it; what the text says of unit and currency goes before `unit` and `currency`.

    100万人民币元, 100(万元人民币), 1,000.00(万元), 50(), 500万美元, 人民币伍佰万元整, with brackets of any width. A unit
    without a number is no sum: null. A currency without a unit is not read where `unit` is more than one.
    """

    def read(raw: Any) -> Sum | None:
        if not isinstance(raw, (str, int, float, Decimal)) or isinstance(raw, bool):
            raise TypeError("not a sum")
        text = "".join(folded_text(raw).upper().split())
        if len(text) > _LONGEST:
            raise ValueError("too long for a sum")
        written = _split(text)
        if written is None:
            return None
        amount = written.number * (unit if written.factor is None else written.factor)
        if written.factor is None and written.currency is not None and unit != 1:
            raise ValueError("a currency without a unit")
        return written_amount(amount), written.currency or currency, str(raw).strip()

    return read


@dataclass(frozen=True, slots=True)
class _Written:
    number: Decimal
    factor: Decimal | None
    currency: str | None


def _split(text: str) -> _Written | None:
    before = _BEFORE.match(text)
    rest = text[before.end() :] if before else text
    if _BEHIND.fullmatch(rest):
        return None
    digits = _NUMBER.match(rest)
    spelled = None if digits else read_numerals(rest)
    if digits:
        number, behind = Decimal(digits[0].replace(",", "")), rest[digits.end() :]
    elif spelled:
        number, behind = spelled.number, rest[spelled.length :]
    else:
        raise ValueError("no number")
    if not _BEHIND.fullmatch(behind):
        raise ValueError("not a sum")
    names, scales, factor = _words(before[0] if before else "", behind)
    if len(names) > 1 or len(scales) > 1 or (spelled and spelled.complete and scales):
        raise ValueError("two currencies or units")
    return _Written(number, Decimal(1) if spelled and spelled.complete else factor, next(iter(names), None))


def _words(before: str, behind: str) -> tuple[set[str], list[str], Decimal | None]:
    """Currencies and scales that are said, and what one of the number is worth where that is said too."""
    words = [*_WORDS.findall(before), *_WORDS.findall(behind)]
    names = {_CURRENCIES[name] for name, _, _ in words if name}
    scales = [scale for _, scale, _ in words if scale]
    if scales:
        return names, scales, Decimal(_SCALES[scales[0]])
    first = _WORDS.match(behind)
    counted = any(yuan for _, _, yuan in words) or (first is not None and _COUNTED.search(first[0]))
    return names, scales, Decimal(1) if counted else None


def written_amount(amount: Decimal) -> str:
    """The amount without exponent and trailing zeros; ValueError if it is no sum of money."""
    if not amount.is_finite() or abs(amount.normalize().adjusted()) > _LARGEST:
        raise ValueError("not an amount")
    return format(amount.normalize(), "f")
