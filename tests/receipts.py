"""The receipt beside an answer, which differs from one answer to the next, and is taken away where answers are compared."""

import re
from typing import Any

_RECEIPT = re.compile(r',\s*"receipt":\s*\{"index":\s*[0-9]+,\s*"hash":\s*"[0-9a-f]{64}"\}')


def without(text: str) -> str:
    """The text of a body, without the receipt."""
    return _RECEIPT.sub("", text)


def dropped(body: dict[str, Any]) -> dict[str, Any]:
    """The body of an answer, whose receipt is taken out and is one."""
    found = body["extensions"].pop("receipt")
    assert found["index"] >= 0
    assert re.fullmatch("[0-9a-f]{64}", found["hash"])
    return body
