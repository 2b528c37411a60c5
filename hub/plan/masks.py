"""Masks: what is left of a value, with a fixed number of asterisks so that its length tells nothing.

A value whose form is not recognised is hidden whole. Compound surnames follow the list of the national name survey.
"""

import re
from collections.abc import Callable

from schema.base import MaskKind

HIDDEN = "****"
_COMPOUND = frozenset(
    {
        "欧阳",
        "太史",
        "端木",
        "上官",
        "司马",
        "东方",
        "独孤",
        "南宫",
        "万俟",
        "闻人",
        "夏侯",
        "诸葛",
        "尉迟",
        "公羊",
        "赫连",
        "澹台",
        "皇甫",
        "宗政",
        "濮阳",
        "公冶",
        "太叔",
        "申屠",
        "公孙",
        "慕容",
        "仲孙",
        "钟离",
        "长孙",
        "宇文",
        "司徒",
        "鲜于",
        "司空",
        "令狐",
        "呼延",
        "百里",
        "东郭",
        "南门",
        "西门",
        "轩辕",
        "拓跋",
        "纳兰",
        "完颜",
    }
)
_BLANK = re.compile(r"\s")
_MOBILE = re.compile(r"1\d{10}", re.ASCII)
_LANDLINE = re.compile(r"(0\d{2,3})-?\d{3,4}(\d{4})", re.ASCII)
_STREET = re.compile(r"^.{2,40}?(?:街道|大街|小区|社区|[路街道村屯镇乡])")


def mask_of(kind: MaskKind) -> Callable[[str], str]:
    """What turns a non-empty text into its masked form."""
    return _MASKS[kind]


def _person_name(value: str) -> str:
    surname = value[:2] if value[:2] in _COMPOUND else value[:1]
    return f"{surname}**"


def _phone(value: str) -> str:
    if len(value) == 11 and value[0] == "1" and value.isascii() and value.isdigit():
        return value[:3] + HIDDEN + value[7:]
    compact = value if value.isdecimal() else _BLANK.sub("", value)
    found = _MOBILE.fullmatch(compact)
    if found:
        return f"{compact[:3]}{HIDDEN}{compact[7:]}"
    found = _LANDLINE.fullmatch(compact)
    return f"{found[1]}-{HIDDEN}{found[2]}" if found else HIDDEN


def _street_address(value: str) -> str:
    found = _STREET.match(value)
    return f"{found[0]}{HIDDEN}" if found else HIDDEN


def _document_number(value: str) -> str:
    return f"{HIDDEN}{value[-4:]}" if len(value) >= 12 else HIDDEN


def _whole(_value: str) -> str:
    return HIDDEN


_MASKS: dict[MaskKind, Callable[[str], str]] = {
    MaskKind.PERSON_NAME: _person_name,
    MaskKind.PHONE: _phone,
    MaskKind.STREET_ADDRESS: _street_address,
    MaskKind.DOCUMENT_NUMBER: _document_number,
    MaskKind.WHOLE: _whole,
}
