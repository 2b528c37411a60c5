"""Reading a JSON answer: bytes → value, and places in it by path. Knows no transport and no record.

A path is names and list indices joined by dots (`data.items`, `xkxx.0.bh`); `$` is the whole answer.
"""

import json
import re
from decimal import Decimal
from enum import Enum
from typing import Any

import orjson

from adapters.base import SourceBadData

Path = tuple[str, ...]


class Absent(Enum):
    """Says that a path leads nowhere, which differs from leading to null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT

# A float would change such a number: it has a fraction, an exponent or more than 15 digits.
_EXACT = re.compile(rb"[\[:,]\s*-?(?:\d+[.eE]|\d{16})")
_BOM = b"\xef\xbb\xbf"


def read_path(text: str) -> Path:
    """Path from its text."""
    return () if text == "$" else tuple(text.split("."))


def read_json(body: bytes, charset: str | None) -> Any:
    """Value of a JSON text; fractions are Decimals. Raises SourceBadData on anything else."""
    try:
        plain = _as_utf8(body, charset)
        value = orjson.loads(plain)
        return json.loads(plain, parse_float=Decimal) if _EXACT.search(plain) else value
    except (ValueError, LookupError, RecursionError):
        # The parser's own text quotes the answer.
        raise SourceBadData("the answer is not JSON") from None


def has_surrogate(value: Any) -> bool:
    """True for a text that no JSON text can hold."""
    return isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value)


def find(node: Any, path: Path) -> Any:
    """What the path leads to; null where it passes through null, ABSENT where it leads nowhere."""
    for step in path:
        if isinstance(node, dict):
            node = node.get(step, ABSENT)
        elif isinstance(node, list) and step.isdecimal():
            node = node[int(step)] if int(step) < len(node) else ABSENT
        else:
            return None if node is None else ABSENT
    return node


def place(body: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value into nested objects, making those that are missing."""
    *outer, last = path
    for step in outer:
        body = body.setdefault(step, {})
    body[last] = value


def _as_utf8(body: bytes, charset: str | None) -> bytes:
    if charset is None or charset.lower() in ("utf-8", "utf8"):
        return body.removeprefix(_BOM)
    if charset.lower() in ("gbk", "gb2312", "gb18030"):
        return body.decode("gb18030").encode()
    raise LookupError(charset)
