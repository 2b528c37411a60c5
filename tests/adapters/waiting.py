"""Waiting for what a server does in its own time."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest


async def until(condition: Callable[[], Awaitable[bool]], message: str) -> None:
    """Wait until a condition holds; the test fails if it never does."""
    for _ in range(200):
        if await condition():
            return
        await asyncio.sleep(0.02)
    pytest.fail(message)
