"""The city's sources as things that break: stopped, hanging, corrupted, and whole again at the same address.

Knows nothing of what a source holds. Whatever was done to a source, `start` undoes it.
"""

import asyncio
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from typing import Protocol

from aiohttp import web

from hub.demo.services.rows import HOST

_DOWN = ".down"
_JSON = (b'{"data": {"list": [', b'"\xe6\x88\x90\xe5\x8a\x9f"', b"[1, 2, 3]", b'{"data": 7, "page": 7, "items": 7}')
_XML = (b"<e:Envelope xmlns:e='urn:e'><e:Body><item>", b"<html>502</html>", b"resultCode=0000")
NONSENSE = {"application/json": _JSON, "text/xml": _XML}
"""What a corrupted service answers, in turn: a text cut short, and whole ones of which nothing is as agreed."""


class DemoSource(Protocol):
    """A source of the city; breaking a broken one again or starting a running one changes nothing more."""

    async def stop(self) -> None:
        """Make the source unreachable, or take its files away."""

    async def hang(self) -> None:
        """Let the source take questions and never answer, or never be complete."""

    async def corrupt(self) -> None:
        """Let the source answer, or hold, nothing that can be read."""

    async def start(self) -> None:
        """Make the source whole again, at the same address."""


@dataclass(slots=True)
class DatabaseSource:
    """A SQLite database."""

    path: Path
    _lock: sqlite3.Connection | None = field(default=None)

    async def stop(self) -> None:
        """Move the file away in one step; what is open stays readable to whoever holds it."""
        await self.start()
        _put_aside(self.path)

    async def hang(self) -> None:
        """Hold the lock that keeps every reader waiting."""
        await self.start()
        self._lock = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
        self._lock.execute("BEGIN EXCLUSIVE")

    async def corrupt(self) -> None:
        """Put a file in its place that is no database."""
        await self.stop()
        self.path.write_bytes(b"SQLite format 4\0" + b"\xff" * 4096)

    async def start(self) -> None:
        """Let go of the lock, and move the file back in one step."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None
        _bring_back(self.path)


@dataclass(frozen=True, slots=True)
class DroppedSource:
    """Files of a department in a folder, by their patterns."""

    folder: Path
    patterns: tuple[str, ...]

    async def stop(self) -> None:
        """Move the files away; a department that tidies up does the same."""
        await self.start()
        for path in self._files():
            _put_aside(path)

    async def hang(self) -> None:
        """Begin files that never become whole."""
        await self.start()
        for path in self._files():
            path.with_name(f"{path.name}.tmp").write_bytes(path.read_bytes()[:100])

    async def corrupt(self) -> None:
        """Put damaged files in their place: what a broken transfer leaves, followed by noise."""
        await self.start()
        for path in self._files():
            sound = path.read_bytes()
            _put_aside(path)
            path.write_bytes(sound[: len(sound) // 3] + b"\x00\xff\xfe" * 100)

    async def start(self) -> None:
        """Bring the sound files back."""
        for pattern in self.patterns:
            for path in self.folder.glob(f"{pattern}{_DOWN}"):
                _bring_back(path.with_name(path.name.removesuffix(_DOWN)))
            for path in self.folder.glob(f"{pattern}.tmp"):
                path.unlink()

    def _files(self) -> list[Path]:
        return [path for pattern in self.patterns for path in self.folder.glob(pattern)]


@dataclass(frozen=True, slots=True)
class HeldSource:
    """Files that a hub reads once, when it starts: it misses nothing until it is started again."""

    paths: tuple[Path, ...]

    async def stop(self) -> None:
        """Move the files away."""
        await self.start()
        for path in self.paths:
            _put_aside(path)

    async def hang(self) -> None:
        """A file does not hang; the share it lies on does, which to its reader is the same as being away."""
        await self.stop()

    async def corrupt(self) -> None:
        """Put files in their place that are none of the kind."""
        await self.stop()
        for path in self.paths:
            path.write_bytes(b"\xff\xfe\x00")

    async def start(self) -> None:
        """Bring the files back."""
        for path in self.paths:
            _bring_back(path)


@dataclass(slots=True)
class HttpSource:
    """A web service on this machine; the port is chosen at the first start and kept."""

    build: Callable[[], web.Application]
    content_type: str = "application/json"
    port: int = 0
    _state: str = "stopped"
    _close: Callable[[], Awaitable[None]] | None = field(default=None)

    @property
    def address(self) -> str:
        """Where the service listens, without a path."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Listen; OSError if another program took the port meanwhile."""
        await self._become("running", lambda: self._serve(self.build()))

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._close is not None:
            close, self._close = self._close, None
            await close()
        self._state = "stopped"

    async def hang(self) -> None:
        """Accept connections and say nothing."""
        await self._become("hanging", self._keep_silent)

    async def corrupt(self) -> None:
        """Answer everything with nonsense, and with HTTP 200."""
        await self._become("corrupt", lambda: self._serve(self._nonsense()))

    async def _become(self, state: str, listen: Callable[[], Awaitable[Callable[[], Awaitable[None]]]]) -> None:
        if self._state != state:
            await self.stop()
            self._close = await listen()
            self._state = state

    async def _serve(self, application: web.Application) -> Callable[[], Awaitable[None]]:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, HOST, self.port).start()
        self.port = runner.addresses[0][1]
        return runner.cleanup

    async def _keep_silent(self) -> Callable[[], Awaitable[None]]:
        writers: list[asyncio.StreamWriter] = []
        server = await asyncio.start_server(lambda _reader, writer: writers.append(writer), HOST, self.port)

        async def close() -> None:
            server.close()
            for writer in writers:
                writer.transport.abort()
            await server.wait_closed()

        return close

    def _nonsense(self) -> web.Application:
        bodies: Iterator[bytes] = cycle(NONSENSE[self.content_type])

        async def answer(_: web.Request) -> web.Response:
            return web.Response(body=next(bodies), content_type=self.content_type)

        application = web.Application()
        application.router.add_route("*", "/{path:.*}", answer)
        return application


def _put_aside(path: Path) -> None:
    if path.exists():
        os.replace(path, path.with_name(path.name + _DOWN))


def _bring_back(path: Path) -> None:
    aside = path.with_name(path.name + _DOWN)
    if aside.exists():
        os.replace(aside, path)
