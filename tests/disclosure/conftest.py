"""The hall with officers, whose inspections are told of later, on a store of each kind."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.acts.hall import Hall
from tests.acts.offices import open_offices
from tests.disclosure.registry import delayed


@pytest.fixture
async def hall(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall of its own for each test."""
    async with open_offices(tmp_path, lambda written: stored(delayed(written))) as made:
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Hall]:
    """The same on SQLite, for what does not depend on the store."""
    async with open_offices(tmp_path, delayed) as made:
        yield made
