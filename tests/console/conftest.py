"""A console for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.console.cabin import Cabin, open_cabin


@pytest.fixture
async def cabin(tmp_path: Path) -> AsyncIterator[Cabin]:
    """A bureau with a console on SQLite."""
    async with open_cabin(tmp_path) as made:
        yield made
