"""The hall with quotas, on a store of each kind."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.acts.hall import Hall, open_hall
from tests.quota.rationed import rationed


@pytest.fixture
async def hall(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall of its own for each test."""
    async with open_hall(tmp_path, lambda written: stored(rationed(written))) as made:
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall on SQLite, for what does not depend on the store."""
    async with open_hall(tmp_path, rationed) as made:
        yield made
