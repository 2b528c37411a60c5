"""Reads what browsers and clients send to the authorisation server, and writes what they are answered. Knows no meaning.

Sizes are capped before anything is parsed; nothing that was sent is repeated in an answer or a log.
"""

from collections.abc import Container, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.requests import Request
from starlette.responses import Response

MAX_FORM = 16_384
MAX_FIELDS = 40
_REPEATED = frozenset({"resource"})
"""Parameters that may be said more than once (RFC 8707)."""
_EVERY = {
    "cache-control": "no-store",
    "pragma": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


class BadForm(Exception):
    """What was sent cannot be read; the text says why, in ASCII (RFC 6749 §5.2)."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


async def read_form(
    request: Request, *, listed: Container[str] = _REPEATED, largest: int = MAX_FORM, most: int = MAX_FIELDS
) -> list[tuple[str, str]]:
    """Fields of a posted form, in their order; BadForm if it is none, too large, or says twice what is not `listed`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise BadForm("The body must be application/x-www-form-urlencoded.", 415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise BadForm(f"The body exceeds {largest} bytes.", 413)
    return _pairs(bytes(body), listed, most)


def read_query(request: Request) -> list[tuple[str, str]]:
    """Parameters of the address, the same way."""
    raw: bytes = request.scope["query_string"]
    if len(raw) > MAX_FORM:
        raise BadForm(f"The address exceeds {MAX_FORM} bytes.", 414)
    return _pairs(raw)


def _pairs(raw: bytes, listed: Container[str] = _REPEATED, most: int = MAX_FIELDS) -> list[tuple[str, str]]:
    try:
        text = raw.decode("ascii")
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=most, errors="strict") if text else []
    except ValueError:
        raise BadForm("The parameters cannot be read.") from None
    # A parameter without a value counts as not said (RFC 6749 §3.1).
    said = [(name, value) for name, value in pairs if value]
    if any("\x00" in value for _, value in said):
        raise BadForm("The parameters cannot be read.")
    names = [name for name, _ in said if name not in listed]
    if len(names) != len(set(names)):
        raise BadForm("A parameter is repeated.")
    return said


def written(status: int, body: Mapping[str, Any] | str, headers: Sequence[tuple[str, str]] = ()) -> Response:
    """An answer in JSON, or an empty one with its headers."""
    told = {name.lower(): value for name, value in headers}
    content = orjson.dumps(body) if isinstance(body, Mapping) else body.encode()
    kind = "application/json" if isinstance(body, Mapping) else None
    return Response(content, status, {**told, **_EVERY, **({"content-type": kind} if kind else {})})


def refused(error: str, sentence: str, status: int = 400, headers: Sequence[tuple[str, str]] = ()) -> Response:
    """A refusal in the shape of RFC 6749 §5.2."""
    return written(status, {"error": error, "error_description": sentence}, headers)
