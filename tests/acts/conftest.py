"""The hall, on a store of each kind."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.acts.hall import Hall, open_hall
from tests.acts.offices import open_offices


@pytest.fixture
async def hall(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall of its own for each test."""
    async with open_hall(tmp_path, stored) as made:
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall on SQLite, for what does not depend on the store."""
    async with open_hall(tmp_path) as made:
        yield made


@pytest.fixture
async def offices(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall with officers, on a store of each kind."""
    async with open_offices(tmp_path, stored) as made:
        yield made


@pytest.fixture
async def small_offices(tmp_path: Path) -> AsyncIterator[Hall]:
    """The same on SQLite."""
    async with open_offices(tmp_path) as made:
        yield made
