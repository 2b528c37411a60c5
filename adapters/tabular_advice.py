"""Why a cell was not accepted and what to do about it, in Chinese, for whoever made the file.

A proposal is made only where the cell leaves one possibility; nothing proposed is ever stored. Cells that hold
personal data are not repeated. Knows neither files nor the store.
"""

import re
from datetime import date
from difflib import get_close_matches
from operator import mul

from adapters.tabular_cells import is_spoilt, narrow
from adapters.tabular_layout import Source
from schema.catalogue import Kind
from schema.uscc import ALPHABET, find_fault, is_citizen_id, normalise_uscc

_THREE = re.compile(r"(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_MOST_CODES = 8
_VALUES = {symbol: value for value, symbol in enumerate(ALPHABET)}
_WEIGHTS = (*(pow(3, n, 31) for n in range(17)), 1)
Advice = tuple[str, str]
"""Reason and proposal."""


def lost_digits(raw: str) -> Advice:
    """A code whose digits are gone."""
    shown = f"（{raw.strip()}）" if "e" in raw.lower() else ""
    return f"数字位数已丢失{shown}", "该列设为“文本”格式，从业务系统重新导出；已丢失的位数无法还原"


_PERSON = ("疑似公民身份号码，不是统一社会信用代码", "请核对；自然人不应填入统一社会信用代码列")


def unreadable(source: Source, raw: str) -> Advice:
    """A cell that is not what its column holds."""
    if is_spoilt(raw):
        return "单元格是公式错误或显示不全（####）", "修正公式或加宽该列后，以值的形式重新导出"
    if source.kind is Kind.CODE and is_citizen_id(normalise_uscc(raw)):
        return _PERSON
    if source.personal:
        return "内容无法识别", "请核对该单元格"
    if source.kind is Kind.DATE:
        return _date_advice(narrow(raw).strip())
    if source.kind is Kind.ENUM:
        return _code_advice(source, raw.strip())
    if source.kind is Kind.INT:
        return "不是整数", "只填阿拉伯数字，不带单位"
    if source.kind is Kind.MONEY:
        return "不是金额", "只填数字，不带单位和币种"
    return "内容无法识别", "请核对该单元格"


def doubtful_code(code: str) -> Advice | None:
    """What is odd about a code that is kept all the same; null if nothing is."""
    fault = None if _is_sound(code) else find_fault(code)
    if fault is None:
        return None
    if fault.code == "LOOKS_LIKE_CITIZEN_ID":
        return _PERSON
    if fault.suggestion is None:
        return "不是 18 位统一社会信用代码", "请核对该代码"
    return "统一社会信用代码校验位不符", f"若前 17 位无误，应为 {fault.suggestion}；请核对登记信息"


def shown_cell(raw: str, *, personal: bool) -> str:
    """The cell as a report may show it: a person's shortened, a citizen's number hidden, no formula."""
    text = raw.strip()
    if is_citizen_id(normalise_uscc(text)):
        return "****"
    if personal and text:
        return f"{text[0]}**"
    return inert(text)


def inert(text: str) -> str:
    """The text as a spreadsheet shows it and does not run it."""
    # In full width, too: a spreadsheet set to Chinese takes those signs for the others.
    return f"'{text}" if narrow(text[:1]) in ("=", "+", "-", "@", "\t", "\r") else text


def _is_sound(code: str) -> bool:
    """True for most of the codes that have no fault, at a third of the cost of looking for one."""
    try:
        return len(code) == 18 and sum(map(mul, map(_VALUES.__getitem__, code), _WEIGHTS)) % 31 == 0
    except KeyError:
        return False


def _date_advice(text: str) -> Advice:
    match = _COMPACT.fullmatch(text) or _THREE.fullmatch(text)
    if match is None:
        return "不是日期", "写成 2024-06-06"
    parts = [int(part) for part in match.groups()]
    year_first = parts[0] > 31
    year, one, two = parts if year_first else (parts[2], parts[1], parts[0])
    if year < 100:
        return "年份不是四位", "写成 2024-06-06"
    ways = {found for found in (_day(year, one, two), _day(year, two, one)) if found is not None}
    if len(ways) != 1:
        return ("不存在的日期", "请核对该日期") if not ways else ("日期写法不明，日和月可能颠倒", "写成 2024-06-06")
    (found,) = ways
    swapped = year_first and _day(year, one, two) is None
    reason = "日和月可能颠倒" if swapped else "不是约定的日期写法"
    return reason, f"若确是该日，写成 {found}"


def _day(year: int, month: int, day: int) -> str | None:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _code_advice(source: Source, text: str) -> Advice:
    near = get_close_matches(text, source.codes, 1, 0.5)
    if near:
        return "不在约定的取值之内", f"可能是“{near[0]}”"
    listed = "、".join(source.codes[:_MOST_CODES]) + ("等" if len(source.codes) > _MOST_CODES else "")
    return "不在约定的取值之内", f"约定的取值：{listed}"
