"""What the hub does beside answering questions: work that goes on while it serves, and looks that are taken every so often.

A look that fails is told in the log, by its kind alone, and there is a next one. Whether it is this worker's turn, and
what was done already, each look finds out by itself.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Round:
    """A look taken every so many seconds, counted from the end of the last one; `trouble` is the log's sentence."""

    look: Callable[[], Awaitable[object]]
    every: float
    trouble: str
    first: float = 0.0
    """Seconds until the first look."""

    async def go(self) -> None:
        """Look until cancelled."""
        await asyncio.sleep(self.first)
        while True:
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - whatever happens to one look, there is a next one
                log.warning(self.trouble, fault=type(fault).__name__)
            await asyncio.sleep(self.every)


@asynccontextmanager
async def rounds(*each: Round) -> AsyncIterator[None]:
    """Within the block all these looks are taken, beside one another."""
    async with beside(*(one.go() for one in each)):
        yield


@asynccontextmanager
async def beside(*works: Coroutine[Any, Any, None]) -> AsyncIterator[None]:
    """Within the block these run; at its end all are cancelled and waited for, and what one failed of is raised."""
    tasks = [asyncio.create_task(work) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for ended in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(ended, Exception):
                raise ended
