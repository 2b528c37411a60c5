"""The bureau, on a store of each kind."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.exchange.bureau import Bureau, open_bureau


@pytest.fixture
async def bureau(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Bureau]:
    """A bureau of its own for each test."""
    async with open_bureau(tmp_path, stored) as made:
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Bureau]:
    """A bureau on SQLite, for what does not depend on the store."""
    async with open_bureau(tmp_path) as made:
        yield made
