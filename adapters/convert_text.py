"""Texts, codes, numbers and lists of departments in canonical form, and what stands for a cell that is none of them.

A reader raises what `tolerant` turns into Unreadable, and never guesses; `loose` readers take what people type and
spreadsheets make of it. Knows no column and no option.
"""

import json
import re
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from html import unescape
from typing import Any
from unicodedata import normalize

from adapters.base import Unreadable
from schema.uscc import is_citizen_id, is_personal, normalise_uscc

Read = Callable[[Any], Any]
BETWEEN = "\x1f"
"""What joins the parts of an identifier: the unit separator, which no one types."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_PLAIN_CODE = re.compile(r"(?![0-9]{17})[0-9A-Z]+")
_FOLDS = 4
"""Texts that were escaped more often than this are not taken apart further."""
_LOST_DIGITS = re.compile(r"[+-]?\d+(\.\d*)?[eE]\+\d+", re.ASCII)
_EXACT_DIGITS = 10**15
"""A spreadsheet keeps fifteen digits of a number; what is longer ends in zeros that nobody wrote."""
_WHOLE = re.compile(r"[+-]?(?:\d{1,10}|\d{1,3}(?:,\d{3}){1,3})", re.ASCII)


def tolerant(read: Read) -> Read:
    """The same reader, for which null is null and what it cannot read is Unreadable; it never raises."""

    def read_or_mark(raw: Any) -> Any:
        if raw is None:
            return None
        if isinstance(raw, (bytes, memoryview)):
            return Unreadable.VALUE
        try:
            return read(raw)
        except (ValueError, TypeError, ArithmeticError, RecursionError):
            return Unreadable.VALUE

    return read_or_mark


def unless_absent(read: Read, absent: Collection[str], write: Callable[[Any], str]) -> Read:
    """The same reader, for which cells that only stand for a missing value are null; `write` gives a cell's text."""
    if not absent:
        return read

    def read_present(raw: Any) -> Any:
        written = isinstance(raw, (str, int)) and not isinstance(raw, bool)
        return None if written and write(raw) in absent else read(raw)

    return read_present


def read_text(raw: Any) -> str | None:
    """Text without blanks around it, null if there is none."""
    if isinstance(raw, (dict, list)):
        raise TypeError("not a text")
    return str(raw).strip() or None


def plain_text(raw: Any) -> str:
    """What a cell says, without blanks around it."""
    return str(raw).strip()


def folded_text(raw: Any) -> str:
    """What a cell says in plain characters: HTML entities resolved, full width made half width (NFKC), nothing hidden.

    ValueError for a text that was escaped again and again. Folding a folded text changes nothing.
    """
    # A sheet holds the code 2 as the number 2.0.
    text = str(int(raw)) if isinstance(raw, float) and raw.is_integer() and abs(raw) < _EXACT_DIGITS else str(raw)
    if text.isascii() and "&" not in text:
        return text.strip()
    for _ in range(_FOLDS):
        plain = _INVISIBLE.sub("", normalize("NFKC", _ENTITY.sub(_resolve_entity, text))).strip()
        if plain == text:
            return text
        text = plain
    raise ValueError("escaped too often")


def _resolve_entity(match: re.Match[str]) -> str:
    return unescape(match[0])


def read_loose_text(raw: Any) -> str | None:
    """Folded text of a number or name; ValueError where a spreadsheet has lost digits of it."""
    if isinstance(raw, (dict, list)):
        raise TypeError("not a text")
    if isinstance(raw, (float, Decimal)):
        raw = _whole(raw)
    text = folded_text(raw)
    if _LOST_DIGITS.fullmatch(text):
        raise ValueError("digits are lost")
    return text or None


def is_plain_code(text: str) -> bool:
    """True for a text that every reader of codes gives as it is: digits and capitals, and no person's number."""
    return _PLAIN_CODE.fullmatch(text) is not None


def are_plain_codes(texts: Sequence[str]) -> bool:
    """True if all are plain codes; False says nothing of any one of them."""
    joined = "".join(texts)
    capital = joined.isascii() and joined.isalnum() and joined == joined.upper()
    return capital and "" not in texts and not any(text[:17].isdecimal() and len(text) > 16 for text in texts)


def read_code(raw: Any) -> str | None:
    """Normalised code, null if there is none; ValueError where a citizen's number stands in its place."""
    return _no_person(read_text(raw))


def read_loose_code(raw: Any) -> str | None:
    """Normalised code; ValueError where digits are lost, or where a citizen's number stands in its place."""
    return _no_person(read_loose_text(raw))


def unvouched(read: Read) -> Read:
    """The same reader for codes no register vouches for: one that could be a citizen's number too is taken for it."""

    def read_unvouched(raw: Any) -> Any:
        code = read(raw)
        if code is not None and is_citizen_id(code):
            raise ValueError("a person's number")
        return code

    return read_unvouched


def _no_person(text: str | None) -> str | None:
    code = normalise_uscc(text or "") or None
    if code is not None and is_personal(code):
        raise ValueError("a person's number")
    return code


def read_int(raw: Any) -> int | None:
    """Whole number of 32 bits."""
    if isinstance(raw, str) and not raw.strip():
        return None
    number = int(raw)
    if isinstance(raw, (float, Decimal)) and number != raw:
        raise ValueError("not a whole number")
    if not -(2**31) <= number < 2**31:
        raise ValueError("beyond 32 bits")
    return number


def read_loose_int(raw: Any) -> int | None:
    """Whole number of 32 bits, in full width or with thousands separators too."""
    if not isinstance(raw, str):
        return read_int(raw)
    text = folded_text(raw)
    if text and not _WHOLE.fullmatch(text):
        raise ValueError("not a whole number")
    return read_int(text.replace(",", ""))


def list_reader(one: Read, separators: Sequence[str], fold: Callable[[str], str] = str) -> Read:
    """Reads a list, a text split by any of the separators or, without one, a JSON list; null if nothing is in it."""
    between = re.compile("|".join(re.escape(fold(each)) for each in separators)) if separators else None

    def read(raw: Any) -> tuple[Any, ...] | None:
        parts: Any = raw
        if isinstance(raw, str):
            text = fold(raw)
            parts = between.split(text) if between else json.loads(text) if text.strip() else []
        if not isinstance(parts, (list, tuple)):
            raise TypeError("not a list")
        values = tuple(value for part in parts if part is not None and (value := one(part)) is not None)
        return values or None

    return read


def joined_reader(one: Read) -> Read:
    """Reads several cells as one identifier; null if any of them is, ValueError if they could be those of another row."""

    def read(raw: Any) -> str | None:
        parts = [tolerant(one)(part) for part in raw]
        if any(part is Unreadable.VALUE or (part is not None and BETWEEN in part) for part in parts):
            raise ValueError("cannot be read, or holds what joins the parts")
        return None if None in parts else BETWEEN.join(parts)

    return read


def _whole(number: float | Decimal) -> int:
    whole = int(number)
    if whole != number or abs(whole) >= _EXACT_DIGITS:
        raise ValueError("a number that is no whole one, or has lost digits")
    return whole
