"""The one error shape, checked: every refusal of every endpoint is a text of `ERRORS` in exactly this form."""

import json
import re
from collections.abc import Mapping
from typing import Any

from hub.errors import ERRORS

_LEAKS = re.compile(
    r"Traceback|File \"|\.py\b|site-packages|/(?:usr|root|home|tmp|work)/|\b[A-Za-z]+(?:Error|Exception|Warning)\b"
    r"|<class |<function|object at 0x|NoneType|\bgraphql[-.]core|strawberry|uvicorn|starlette|orjson|sqlalchemy",
    re.IGNORECASE,
)
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
_CORE = {"code", "origin", "retryable", "requestId", "messageEn"}


def leaks(text: str) -> str | None:
    """What a body tells of the machinery behind it, if anything."""
    found = _LEAKS.search(text)
    return text[max(0, found.start() - 60) : found.end() + 60] if found else None


def check_refusal(body: Mapping[str, Any], code: str | None = None) -> str:
    """Code of a question that was refused as a whole; AssertionError unless it has the one shape."""
    assert set(body) == {"errors", "extensions"}, body
    assert set(body["extensions"]) - {"receipt"} == {"requestId"}, body
    assert len(body["errors"]) == 1, body
    (error,) = body["errors"]
    assert set(error) <= {"message", "extensions", "path"}, error
    extensions = error["extensions"]
    assert set(extensions) - {"suggestion"} == _CORE, extensions
    text = ERRORS[extensions["code"]]
    assert _CHINESE.search(error["message"])
    assert (extensions["origin"], extensions["retryable"]) == (text.origin, text.retryable)
    assert extensions["messageEn"]
    assert extensions["requestId"] == body["extensions"]["requestId"]
    assert re.fullmatch(r"[0-9a-f]{24}", extensions["requestId"])
    assert code is None or extensions["code"] == code, body
    return str(extensions["code"])


def refused(response: Any, status: int, code: str) -> Mapping[str, Any]:
    """The body of a refusal with this status and code, whatever client received it."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"].endswith("json; charset=utf-8")
    body: Mapping[str, Any] = json.loads(response.content)
    check_refusal(body, code)
    assert leaks(response.text) is None
    return body
