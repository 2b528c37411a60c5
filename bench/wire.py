"""Questions as they go over the wire: raw requests with a gap for the keys, for wrk and for checking alike.

What is checked to agree is byte for byte what is measured. Plain HTTP to this machine, nothing else.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from bench.hub_side import Caller
from bench.questions import Key, Question

HOST = "127.0.0.1"
_GAP = "KEYS"
_BETWEEN = '","'
"""What stands between keys in a list of texts."""
_WIDTHS = {Key.NOTHING: 0, Key.USCC: 18, Key.DIVISION: 6}
_STATUS = re.compile(rb"HTTP/1\.1 (\d{3}) ")
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r\n", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Template:
    """A request in parts: one head for every caller, the keys, the tail. All of one question have the same length."""

    question: Question
    heads: tuple[str, ...]
    tail: str

    @property
    def width(self) -> int:
        """Characters of one key."""
        return _WIDTHS[self.question.key]

    def filled(self, keys: Sequence[str], caller: int = 0) -> bytes:
        """The request of one caller for these keys."""
        return f"{self.heads[caller % len(self.heads)]}{_BETWEEN.join(keys)}{self.tail}".encode()

    def lua(self, codes: str) -> str:
        """What load.lua reads; `codes` is the file of all keys, one after the other."""
        fields = {"tail": self.tail, "between": _BETWEEN, "codes": codes}
        lines = [f"  {name} = {_quoted(text)}," for name, text in fields.items()]
        lines += [f"  width = {self.width},", f"  keys = {self.question.keys},", "  heads = {"]
        lines += [f"    {_quoted(head)}," for head in self.heads]
        return "\n".join(["return {", *lines, "  },", "}", ""])


def graphql(question: Question, text: str, callers: Sequence[Caller] = ()) -> Template:
    """The question as GraphQL, by each of the callers; without any, by nobody in particular."""
    body = orjson.dumps({"query": text, "variables": question.variables([_GAP])}).decode()
    before, after = _parted(body)
    length = len(before) + _length(question) + len(after)
    given = [caller.headers for caller in callers] or [{}]
    heads = [_head("POST /graphql", {"content-type": "application/json", **headers}, length) for headers in given]
    return Template(question, tuple(head + before for head in heads), after)


def route(question: Question) -> Template:
    """The question as a path of its own; several keys are a JSON list in the body."""
    if question.keys > 1:
        before, after = _parted(orjson.dumps([_GAP]).decode())
        head = _head(f"POST /{question.name}", {}, len(before) + _length(question) + len(after))
        return Template(question, (head + before,), after)
    slash = "/" if question.keys else ""
    return Template(question, (f"GET /{question.name}{slash}",), f" HTTP/1.1\r\nhost: {HOST}\r\n\r\n")


async def exchange(port: int, request: bytes) -> Any:
    """The JSON of an answer; OSError while nobody listens, ValueError where it is not a 200 with JSON."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        status, length = _STATUS.match(head), _LENGTH.search(head)
        if status is None or length is None or status[1] != b"200":
            raise ValueError(f"answered {head.splitlines()[0].decode()}")
        return orjson.loads(await reader.readexactly(int(length[1])))
    finally:
        writer.close()


def _head(line: str, headers: dict[str, str], length: int) -> str:
    sent = {"host": HOST, **headers, "content-length": str(length)}
    return "\r\n".join([f"{line} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""])


def _parted(body: str) -> tuple[str, str]:
    before, _, after = body.partition(_GAP)
    return before, after


def _length(question: Question) -> int:
    """Characters that go into the gap."""
    return question.keys * _WIDTHS[question.key] + max(0, question.keys - 1) * len(_BETWEEN)


def _quoted(text: str) -> str:
    """The text as Lua reads it; ASCII, for which JSON's escapes are Lua's."""
    assert text.isascii()
    return orjson.dumps(text).decode()
