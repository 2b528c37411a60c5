"""Numbers that identify a business or its licence: what they are, what is wrong with them, what was probably meant.

USCC (GB 32100-2015), organisation code (GB 11714-1997), registration number of 15 digits (GS 15-2006), food licences
(JY, SC, YB) and device licences. The credit code's arithmetic is that of `schema.uscc`. A code the register vouches for is
not refused for its check digit: some were issued so. What is a citizen's number is never kept, shown or logged.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache

from stdnum import numdb
from stdnum.iso7064 import mod_11_10

from schema.uscc import (
    MAX_TYPED,
    TYPES,
    UsccFault,
    find_fault,
    holds_citizen_id,
    is_citizen_id,
    normalise_uscc,
    organisation_digit,
)


class Kind(StrEnum):
    """What a number is."""

    USCC = "USCC"
    ORG_CODE = "ORG_CODE"
    REG_NO_15 = "REG_NO_15"
    FOOD_TRADE = "FOOD_TRADE"
    FOOD_PRODUCTION = "FOOD_PRODUCTION"
    FOOD_FILING = "FOOD_FILING"
    DEVICE_LICENCE = "DEVICE_LICENCE"
    DEVICE_FILING = "DEVICE_FILING"


@dataclass(frozen=True, slots=True)
class Identifier:
    """A number as it was read: its kind, and the number in canonical form, empty where it must not be kept.

    `fault`: why it can't be used · `warnings`: what is odd about a number that can · `suggestion`: what was probably meant,
    where only the check digit is wrong. Codes of faults and warnings stand in `SAID`.
    """

    kind: Kind
    code: str = field(repr=False)
    fault: str | None = None
    warnings: tuple[str, ...] = ()
    suggestion: str | None = field(default=None, repr=False)

    @property
    def usable(self) -> bool:
        """True if it may be looked up."""
        return self.fault is None and bool(self.code)

    def sentences(self) -> tuple[tuple[str, str], ...]:
        """What is wrong or odd, Chinese and English, the number itself left out but for the one that was meant."""
        codes = [*([self.fault] if self.fault else []), *self.warnings]
        found = [SAID[code] for code in codes]
        if self.suggestion is not None:
            found.append((f"是否应为 {self.suggestion}?", f"did you mean {self.suggestion}?"))
        return tuple(found)


SAID: dict[str, tuple[str, str]] = {
    "EMPTY": ("没有填写", "there is nothing"),
    "TOO_LONG": (f"超过 {MAX_TYPED} 个字符", f"it has more than {MAX_TYPED} characters"),
    "FORMAT": ("格式不符：位数或字符不对", "it is malformed: its length or characters are wrong"),
    "PLACEHOLDER": ("是占位符，不是编号", "it is a placeholder and no number"),
    "CITIZEN_ID": (
        "疑似居民身份证号，属于个人信息，未予保存",
        "it looks like a citizen number, which is personal; it was not kept",
    ),
    "CHECK_DIGIT": ("校验位不符", "its check digit is wrong"),
    "ORGANISATION_DIGIT": ("其中组织机构代码的校验位不符", "the check digit of its organisation part is wrong"),
    "TYPE_UNKNOWN": (
        "登记管理部门或机构类别不在国家标准表中",
        "registrar or type are not in the table of the standard",
    ),
    "REGION_UNKNOWN": (
        "行政区划码不在区划表中（开发区等自编码属正常）",
        "its division is not in the table, as those of development zones",
    ),
}
_PLACEHOLDER = re.compile(r"(.)\1{7,}X?|0+X?|123456789\d*")
_ORG = re.compile(r"[0-9A-Z]{8}[0-9X]")
_REG = re.compile(r"\d{15}")
_FOOD = {"JY": Kind.FOOD_TRADE, "SC": Kind.FOOD_PRODUCTION, "YB": Kind.FOOD_FILING}
_FOOD_FORM = re.compile(r"(JY|SC|YB)(\d{14})")
_DEVICE = re.compile(r"[\u4e00-\u9fff]{1,3}?(?:食药监|药监|市监)?械(?:经营|生产)(许|备)(?:\d{4})?\d{4,8}号")
_BLANKS = re.compile(r"[\s\u200b\ufeff]+")


def read_identifier(kind: Kind, text: str, *, vouched: bool = False) -> Identifier:
    """A number of a kind as it was typed, or, `vouched`, as its register holds it."""
    if len(text) > MAX_TYPED:
        return Identifier(kind, "", "TOO_LONG")
    code = normalise_uscc(text)
    if not code:
        return Identifier(kind, "", "EMPTY")
    if kind is not Kind.USCC and (is_citizen_id(code) or holds_citizen_id(code)):
        return Identifier(kind, "", "CITIZEN_ID")
    if _PLACEHOLDER.fullmatch(code):
        return Identifier(kind, "", "PLACEHOLDER")
    return _READERS[kind](code, vouched)


def recognise(text: str) -> Identifier | None:
    """The number that a text is, whatever its kind; None for a text that has the form of none.

    A citizen's number comes back as a USCC with that fault.
    """
    if not text.strip() or len(text) > MAX_TYPED:
        return None
    code = normalise_uscc(text)
    if len(code) == 18 and code.isascii():
        found = read_identifier(Kind.USCC, code)
        return None if found.fault == "FORMAT" else found
    for form, kind in ((_REG, Kind.REG_NO_15), (_ORG, Kind.ORG_CODE)):
        if form.fullmatch(code):
            return read_identifier(kind, code)
    food = _FOOD_FORM.fullmatch(code)
    if food is not None:
        return read_identifier(_FOOD[food[1]], code)
    device = _DEVICE.fullmatch(code)
    if device is not None:
        return read_identifier(Kind.DEVICE_LICENCE if device[1] == "许" else Kind.DEVICE_FILING, code)
    return None


def masked(code: str) -> str:
    """A number that may be personal as it may be shown: its length is told and nothing else."""
    return "*" * min(len(code), MAX_TYPED)


def is_division(code: str) -> bool:
    """True for six digits that were a division of GB/T 2260 at any time, or stand for the whole country."""
    return code == "100000" or _was_division(code)


@lru_cache(4096)
def _was_division(code: str) -> bool:
    # The table of stdnum has the divisions there were: old numbers begin with 232303, which is 肇东 until 1999.
    return any("county" in told for _, told in numdb.get("cn/loc").info(code))


def _uscc(code: str, vouched: bool) -> Identifier:
    fault = find_fault(code)
    if fault is not None and fault.code == "LOOKS_LIKE_CITIZEN_ID":
        return Identifier(Kind.USCC, "", "CITIZEN_ID")
    if fault is not None and fault.code == "USCC_FORMAT":
        return Identifier(Kind.USCC, "", "FORMAT")
    odd = []
    if code[1] not in TYPES.get(code[0], ""):
        odd.append("TYPE_UNKNOWN")
    if not code[2:8].isdecimal() or not is_division(code[2:8]):
        odd.append("REGION_UNKNOWN")
    if organisation_digit(code[8:16]) != code[16]:
        odd.append("ORGANISATION_DIGIT")
    return _weighed(Identifier(Kind.USCC, code, warnings=tuple(odd)), fault, vouched=vouched)


def _weighed(found: Identifier, fault: UsccFault | None, *, vouched: bool) -> Identifier:
    if fault is None:
        return found
    if vouched:
        return Identifier(found.kind, found.code, None, ("CHECK_DIGIT", *found.warnings))
    return Identifier(found.kind, found.code, "CHECK_DIGIT", found.warnings, fault.suggestion)


def _org_code(code: str, vouched: bool) -> Identifier:
    if not _ORG.fullmatch(code):
        return Identifier(Kind.ORG_CODE, "", "FORMAT")
    right = code[:8] + organisation_digit(code[:8])
    fault = None if right == code else UsccFault("CHECK_DIGIT", right)
    return _weighed(Identifier(Kind.ORG_CODE, code), fault, vouched=vouched)


def _reg_no(code: str, vouched: bool) -> Identifier:
    if not _REG.fullmatch(code):
        return Identifier(Kind.REG_NO_15, "", "FORMAT")
    odd = () if is_division(code[:6]) else ("REGION_UNKNOWN",)
    return _weighed(Identifier(Kind.REG_NO_15, code, warnings=odd), _checked(code), vouched=vouched)


def _food(kind: Kind) -> Callable[[str, bool], Identifier]:
    region = {Kind.FOOD_TRADE: slice(3, 9), Kind.FOOD_PRODUCTION: slice(5, 11), Kind.FOOD_FILING: slice(3, 9)}[kind]

    def read(code: str, vouched: bool) -> Identifier:
        match = _FOOD_FORM.fullmatch(code)
        if match is None or _FOOD[match[1]] is not kind:
            return Identifier(kind, "", "FORMAT")
        odd = [] if kind is not Kind.FOOD_TRADE or code[2] in "123" else ["TYPE_UNKNOWN"]
        odd += [] if is_division(code[region]) else ["REGION_UNKNOWN"]
        fault = _checked(match[2])
        if fault is not None and fault.suggestion is not None:
            fault = UsccFault(fault.code, match[1] + fault.suggestion)
        # How a filing is numbered is not laid down nationally: a digit that differs is only odd.
        lenient = vouched or kind is Kind.FOOD_FILING
        return _weighed(Identifier(kind, code, warnings=tuple(odd)), fault, vouched=lenient)

    return read


def _device(kind: Kind) -> Callable[[str, bool], Identifier]:
    def read(code: str, _vouched: bool) -> Identifier:
        match = _DEVICE.fullmatch(_BLANKS.sub("", code))
        if match is None or (match[1] == "许") is not (kind is Kind.DEVICE_LICENCE):
            return Identifier(kind, "", "FORMAT")
        return Identifier(kind, code)

    return read


def _checked(number: str) -> UsccFault | None:
    """ISO 7064 MOD 11,10 over all digits."""
    right = number[:-1] + mod_11_10.calc_check_digit(number[:-1])
    return None if right == number else UsccFault("CHECK_DIGIT", right)


_READERS: dict[Kind, Callable[[str, bool], Identifier]] = {
    Kind.USCC: _uscc,
    Kind.ORG_CODE: _org_code,
    Kind.REG_NO_15: _reg_no,
    Kind.FOOD_TRADE: _food(Kind.FOOD_TRADE),
    Kind.FOOD_PRODUCTION: _food(Kind.FOOD_PRODUCTION),
    Kind.FOOD_FILING: _food(Kind.FOOD_FILING),
    Kind.DEVICE_LICENCE: _device(Kind.DEVICE_LICENCE),
    Kind.DEVICE_FILING: _device(Kind.DEVICE_FILING),
}
