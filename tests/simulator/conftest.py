"""The hall with a security and an audit administrator and a steward; on a store of each kind, or on SQLite."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.acts.hall import Hall
from tests.simulator.city import open_city


@pytest.fixture
async def hall(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall of its own for each test."""
    async with open_city(tmp_path, stored) as made:
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall on SQLite, for what does not depend on the store."""
    async with open_city(tmp_path) as made:
        yield made
