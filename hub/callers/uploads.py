"""Reads a form with files (RFC 7578) as browsers send it. Knows no meaning; a file is held as bytes and never opened here.

The size is capped while it arrives, and the parts are counted before any is read.
"""

import re
from collections.abc import Container
from typing import NamedTuple

from starlette.requests import Request

from hub.callers.forms import MAX_FIELDS, BadForm

_BOUNDARY = re.compile(
    r"""multipart/form-data\s*;\s*boundary=(?:"([^"\\]{1,70})"|([\w'()+,./:=?-]{1,70}))\s*""", re.IGNORECASE
)
_NAME = re.compile(r'[;\s]name="([^"\r\n]{1,64})"')
_FILE = re.compile(r'[;\s]filename="([^"\r\n]{0,255})"')
_MOST_HEAD = 1_024


class Upload(NamedTuple):
    """A file: its name as the browser told it, and its bytes."""

    name: str
    data: bytes


class Form(NamedTuple):
    """Fields in their order, and files by the names of their fields; an empty one is left out."""

    fields: list[tuple[str, str]]
    files: dict[str, Upload]


async def read_upload(request: Request, *, listed: Container[str], largest: int) -> Form:
    """A posted form of either kind of part; BadForm if it is none, larger than so many bytes, or says something twice."""
    found = _BOUNDARY.fullmatch(request.headers.get("content-type", "").strip())
    if found is None:
        raise BadForm("The body must be multipart/form-data.", 415)
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > largest:
            raise BadForm(f"The body exceeds {largest} bytes.", 413)
    return _form(bytes(body), (found[1] or found[2]).encode("ascii", "replace"), listed)


def _form(body: bytes, boundary: bytes, listed: Container[str]) -> Form:
    mark = b"\r\n--" + boundary
    whole = b"\r\n" + body
    if whole.count(mark) > MAX_FIELDS + 1:
        raise BadForm("The form has too many parts.")
    before, *parts = whole.split(mark)
    if before or not parts or parts[-1].strip() != b"--":
        raise BadForm("The form is not whole.")
    made = Form([], {})
    for part in parts[:-1]:
        _take(part, made, listed)
    return made


def _take(part: bytes, made: Form, listed: Container[str]) -> None:
    """One part, into the form."""
    head, parted, data = part.partition(b"\r\n\r\n")
    if not parted or not head.startswith(b"\r\n") or len(head) > _MOST_HEAD:
        raise BadForm("A part of the form cannot be read.")
    told = next((line for line in head.split(b"\r\n") if line.lower().startswith(b"content-disposition:")), b"")
    try:
        said = told.decode("utf-8")
        name, file = _NAME.search(said), _FILE.search(said)
        text = "" if file else data.decode("utf-8")
    except UnicodeDecodeError:
        raise BadForm("A part of the form is not UTF-8.") from None
    if name is None or ("filename" in said and file is None) or "\x00" in text:
        raise BadForm("A part of the form cannot be read.")
    known = {key for key, _ in made.fields} | made.files.keys()
    if name[1] in known and name[1] not in listed:
        raise BadForm("A field is repeated.")
    if file is None and text:
        made.fields.append((name[1], text))
    elif file is not None and data:
        made.files[name[1]] = Upload(file[1], data)
