"""Reading a JSON answer: bytes → value. Knows no transport and no record."""

import json
import re
from decimal import Decimal
from typing import Any

import orjson

from adapters.base import SourceBadData

# A float would change such a number: it has a fraction, an exponent or more than 15 digits.
_EXACT = re.compile(rb"[\[:,]\s*-?(?:\d+[.eE]|\d{16})")
_BOM = b"\xef\xbb\xbf"


def read_json(body: bytes, charset: str | None) -> Any:
    """Value of a JSON text; fractions are Decimals. Raises SourceBadData on anything else."""
    try:
        plain = _as_utf8(body, charset)
        value = orjson.loads(plain)
        return json.loads(plain, parse_float=Decimal) if _EXACT.search(plain) else value
    except (ValueError, LookupError, RecursionError):
        # The parser's own text quotes the answer.
        raise SourceBadData("the answer is not JSON") from None


def _as_utf8(body: bytes, charset: str | None) -> bytes:
    if charset is None or charset.lower() in ("utf-8", "utf8"):
        return body.removeprefix(_BOM)
    if charset.lower() in ("gbk", "gb2312", "gb18030"):
        return body.decode("gb18030").encode()
    raise LookupError(charset)
