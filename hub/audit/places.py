"""Places outside the database to which checkpoints are handed: a file that only grows, addresses that are told.

Whoever restores an old copy of the database, or cuts the log, does not reach what lies there.
"""

import base64
import fcntl
import hmac
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import orjson

from hub.clock import rfc3339_of

TIMEOUT = 10.0
"""Seconds that an address may take."""
_TAIL = 262_144
"""Bytes at the end of the file in which its newest line is looked for."""


class Handed(NamedTuple):
    """A checkpoint on its way: the name of its log, its size, when it was made, the signed note."""

    origin: str
    size: int
    made_at: int
    note: bytes


class Place(Protocol):
    """A place that takes checkpoints."""

    @property
    def name(self) -> str:
        """What it is called in logs; no secret."""

    async def hand(self, handed: Handed) -> None:
        """Return when the checkpoint is there, or raise OSError; the same one may come twice."""


@dataclass(frozen=True, slots=True)
class CheckpointFile:
    """One line of JSON for each checkpoint: when it was made, and the note. Blocking; a torn line is passed over."""

    path: Path

    def newest(self) -> bytes | None:
        """The newest note, None where there is none; OSError if the file cannot be read."""
        try:
            with self.path.open("rb") as file:
                file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
                lines = file.read().splitlines()
        except FileNotFoundError:
            return None
        return next((note for note in map(_note_of, reversed(lines)) if note is not None), None)

    def every(self, end: int | None = None) -> Iterator[tuple[int, bytes | None]]:
        """Every line's number and note, None for one that cannot be read; those that end by the byte `end`, if it is given."""
        read = 0
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                read += len(line)
                if end is not None and read > end:
                    return
                yield number, _note_of(line)

    def append(self, handed: Handed) -> None:
        """Append a checkpoint, durably, unless it is the newest one; a line that is written in part is a failure."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if self.newest() == handed.note:
                return
            size = os.fstat(handle).st_size
            torn = size > 0 and os.pread(handle, 1, size - 1) != b"\n"
            line = b"\n" * torn + orjson.dumps({"at": rfc3339_of(handed.made_at), "note": handed.note.decode()}) + b"\n"
            if os.write(handle, line) != len(line):
                raise OSError("the line was written in part")
            os.fsync(handle)
        finally:
            os.close(handle)
        if is_new:
            _sync(self.path.parent)


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that gets each checkpoint by POST, signed as Standard Webhooks says: HMAC-SHA-256 over id, time and body."""

    url: str
    secret: bytes

    @property
    def name(self) -> str:
        """Its address without what may be a token."""
        return self.url.partition("?")[0]

    def request(self, handed: Handed) -> tuple[dict[str, str], bytes]:
        """Headers and body of the request."""
        told = {
            "type": "checkpoint",
            "origin": handed.origin,
            "size": handed.size,
            "at": rfc3339_of(handed.made_at),
            "note": handed.note.decode(),
        }
        body = orjson.dumps(told)
        name, time = f"checkpoint-{handed.size}", str(handed.made_at)
        signed = hmac.digest(self.secret, f"{name}.{time}.".encode() + body, "sha256")
        headers = {
            "content-type": "application/json",
            "webhook-id": name,
            "webhook-timestamp": time,
            "webhook-signature": f"v1,{base64.b64encode(signed).decode()}",
        }
        return headers, body

    async def hand(self, handed: Handed) -> None:
        """Send it; OSError unless the answer is a success. Redirects are not followed."""
        import aiohttp  # noqa: PLC0415 - for whoever has webhooks

        headers, body = self.request(handed)
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session,
                session.post(self.url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                if not 200 <= answer.status < 300:
                    raise OSError(f"answered {answer.status}")
        except (aiohttp.ClientError, TimeoutError) as fault:
            raise OSError(type(fault).__name__) from None


def _note_of(line: bytes) -> bytes | None:
    try:
        found = orjson.loads(line)
        note: str = found["note"]
        return note.encode()
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError):
        return None


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
