"""The city's sources as things that can be stopped and started: a file that is moved away, a listener that closes.

Knows nothing of what a source holds.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from aiohttp import web

from hub.demo.service import HOST


class DemoSource(Protocol):
    """A source of the city; stopping a stopped one and starting a running one change nothing."""

    async def stop(self) -> None:
        """Make the source unreachable."""

    async def start(self) -> None:
        """Make the source answer again, at the same address."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """A SQLite database, or another file that a source is read from."""

    path: Path

    @property
    def _aside(self) -> Path:
        return self.path.with_name(self.path.name + ".down")

    async def stop(self) -> None:
        """Move the file away in one step; what is open stays readable to whoever holds it."""
        if self.path.exists():
            os.replace(self.path, self._aside)

    async def start(self) -> None:
        """Move the file back in one step."""
        if self._aside.exists():
            os.replace(self._aside, self.path)


@dataclass(slots=True)
class HttpSource:
    """A web service on this machine; the port is chosen at the first start and kept."""

    build: Callable[[], web.Application]
    port: int = 0
    _runner: web.AppRunner | None = field(default=None)

    @property
    def address(self) -> str:
        """Where the service listens, without a path."""
        return f"http://{HOST}:{self.port}"

    async def start(self) -> None:
        """Listen; OSError if another program took the port meanwhile."""
        if self._runner is not None:
            return
        runner = web.AppRunner(self.build(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, HOST, self.port).start()
        self._runner = runner
        self.port = runner.addresses[0][1]

    async def stop(self) -> None:
        """Close the listener and every connection."""
        if self._runner is not None:
            runner, self._runner = self._runner, None
            await runner.cleanup()
