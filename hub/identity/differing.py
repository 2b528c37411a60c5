"""Two sides of a review, field by field: what is the same, what differs, what one side lacks, and why that is said.

Compares what is written in one way of writing (writing.py); deciding is for people.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from hub.identity.writing import clean_address, clean_name, digits
from schema.identity_enums import DifferenceState

FIELDS = ("name", "uscc", "regNo15", "orgCode", "address", "divisionCode", "licenceNo", "status")
"""What the sides of a review may hold, in the order in which they are shown."""
_CODES = frozenset({"uscc", "regNo15", "orgCode", "licenceNo"})
_NOT_CODE = re.compile(r"[^0-9A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of both sides as it was written, how they compare, and why, in Chinese and English."""

    field: str
    left: str | None
    right: str | None
    state: DifferenceState
    zh: str
    en: str


def compare(left: Mapping[str, str], right: Mapping[str, str]) -> list[Difference]:
    """Every field that one of the sides has."""
    return [_compared(name, left.get(name, ""), right.get(name, "")) for name in FIELDS if {name} & {*left, *right}]


def normal(field: str, text: str) -> str:
    """A value as it is compared; what nothing is left of is compared as it is written."""
    if field in _CODES:
        return _NOT_CODE.sub("", unicodedata.normalize("NFKC", text)).upper() or text
    return digits(clean_address(text) if field == "address" else clean_name(text)) or text


def _compared(name: str, left: str, right: str) -> Difference:
    if not right or not left:
        state = DifferenceState.ONLY_LEFT if left else DifferenceState.ONLY_RIGHT
        return Difference(name, left or None, right or None, state, "另一方没有此项", "the other side does not have it")
    if left == right:
        return Difference(name, left, right, DifferenceState.SAME, "写法相同", "written alike")
    if normal(name, left) == normal(name, right):
        zh, en = (
            "仅写法不同（全半角、空格、括号、繁简、数字）",
            "written otherwise only: width, blanks, brackets, script, numbers",
        )
        return Difference(name, left, right, DifferenceState.SAME, zh, en)
    zh, en = _why(name, normal(name, left), normal(name, right))
    return Difference(name, left, right, DifferenceState.DIFFERS, zh, en)


def _why(name: str, left: str, right: str) -> tuple[str, str]:
    """In what two values differ."""
    if name in _CODES:
        if len(left) != len(right):
            return f"位数不同（{len(left)} 与 {len(right)}）", f"{len(left)} and {len(right)} characters"
        places = [str(place) for place, (a, b) in enumerate(zip(left, right, strict=True), 1) if a != b]
        return f"第 {'、'.join(places)} 位不同", f"differs at {', '.join(places)}"
    shorter, longer = sorted((left, right), key=len)
    if shorter in longer:
        return f"一方多出“{longer.replace(shorter, '…', 1)}”", "one holds all of the other and more"
    before = len(_common(left, right))
    after = len(_common(left[before:][::-1], right[before:][::-1]))
    mine, other = left[before : len(left) - after], right[before : len(right) - after]
    return f"“{mine}”与“{other}”不同", f"“{mine}” and “{other}” differ"


def _common(left: str, right: str) -> str:
    """What both begin with."""
    for place, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return left[:place]
    return min(left, right, key=len)
