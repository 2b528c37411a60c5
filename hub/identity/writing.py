"""How a text is written, apart from what it says: widths, brackets, blanks, entities, script, number words.

Pure functions; what they give is compared and never shown. The script is converted only where a text is in traditional
characters: 乾 and 於 are names of their own in simplified writing.
"""

import html
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

MAX_CHARS = 512
"""Longer texts are cut before anything is done with them."""
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_OPENING, _CLOSING = "[【〔〖「『《〈{", "]】〕〗」』》〉}"
_BRACKETS = str.maketrans(_OPENING + _CLOSING, "(" * len(_OPENING) + ")" * len(_CLOSING))
_DASHES = re.compile("[\u2010-\u2015\u2212~\uff5e—_]")
_NOT_NAME = re.compile(r"[^\w()]|_")
_NOT_ADDRESS = re.compile(r"[^\w()\-]|_")
_EMPTY_BRACKETS = re.compile(r"\(\s*\)")
_DIGIT_SIGNS = {
    sign: str(value)
    for value, signs in enumerate(("零〇", "一壹", "二贰", "三叁", "四肆", "五伍", "六陆", "七柒", "八捌", "九玖"))
    for sign in signs
}
_RUN = re.compile(f"[{''.join(_DIGIT_SIGNS)}十拾百佰]+")
_COUNTED = "号店分部街路中厂队组区楼层栋幢座单元里道委大小校院连门室期弄巷村屯线"
_NUMBER = re.compile(r"\d+")
_ORDINAL = re.compile(r"第0*(?=\d)")
_ZEROS = re.compile(f"(?<!\\d)0+(?=\\d+[{_COUNTED}])")


def clean_name(text: str) -> str:
    """A name in one way of writing: NFKC, simplified, capitals, round brackets; no blanks, marks or unseen characters."""
    return _EMPTY_BRACKETS.sub("", _NOT_NAME.sub("", _clean(text)))


def clean_address(text: str) -> str:
    """An address likewise; hyphens stay, for they part numbers."""
    return _EMPTY_BRACKETS.sub("", _NOT_ADDRESS.sub("", _DASHES.sub("-", _clean(text))))


def digits(text: str) -> str:
    """The text with its number words as digits, without 第 and the zeros of 01号: 第十二分店 and 12分店 are one.

    百 and 十 alone are left where they count nothing: 百度, 十月.
    """
    written = _RUN.sub(lambda match: _valued(match, text), text)
    return _ZEROS.sub("", _ORDINAL.sub("", written))


def is_cut(text: str) -> bool:
    """True if a text is longer than what is compared of it."""
    return len(text) > MAX_CHARS // 18 and len(unicodedata.normalize("NFKC", text[: MAX_CHARS + 1])) > MAX_CHARS


def numbers(text: str) -> tuple[str, ...]:
    """Numbers of a text that went through `digits`, in their order."""
    return tuple(_NUMBER.findall(text))


def _clean(text: str) -> str:
    shown = html.unescape(html.unescape(text[:MAX_CHARS]))
    # One character may become eighteen.
    folded = unicodedata.normalize("NFKC", shown)[:MAX_CHARS]
    if not folded.isascii():
        folded = "".join(char for char in folded if unicodedata.category(char) not in _UNSEEN)
        folded = _simplified(folded).translate(_BRACKETS)
    return folded.upper()


def _simplified(text: str) -> str:
    """The text in simplified characters if it is written in traditional ones: if it has some that only these are."""
    if all(map(_is_simplified, text)):
        return text
    return str(_converter().convert(text))


@lru_cache(4096)
def _is_simplified(char: str) -> bool:
    """True for a character of the simplified standard set, and for one that has no other form."""
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return bool(_converter().convert(char) == char)
    return True


@lru_cache(1)
def _converter() -> "OpenCC":
    from opencc import OpenCC  # noqa: PLC0415 - its dictionaries cost memory, and most texts need none

    return OpenCC("t2s")


def _valued(match: re.Match[str], text: str) -> str:
    run = match[0]
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    if len(run) == 1 and run not in _DIGIT_SIGNS:
        counts = before == "第" or (bool(after) and after in _COUNTED)
        return {"十": "10", "拾": "10", "百": "100", "佰": "100"}[run] if counts else run
    if run[-1] in "百佰" and after in ("货", "姓", "花"):
        # 第一百货 counts shops of 百货, not a hundred of anything.
        return digits(f"第{run[:-1]}号")[:-1] + run[-1]
    if run.strip("".join(_DIGIT_SIGNS)) == "":
        return "".join(_DIGIT_SIGNS[sign] for sign in run)
    return _added(run)


def _added(run: str) -> str:
    total, digit = 0, None
    for sign in run:
        if sign in _DIGIT_SIGNS:
            digit = (digit or 0) * 10 + int(_DIGIT_SIGNS[sign])
        else:
            place = 10 if sign in "十拾" else 100
            total += (1 if digit is None else digit) * place
            digit = None
    return str(total + (digit or 0))
