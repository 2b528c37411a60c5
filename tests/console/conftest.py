"""A console for each test, with codes or without."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.console.booth import Booth, open_booth
from tests.console.cabin import Cabin, open_cabin


@pytest.fixture
async def cabin(tmp_path: Path) -> AsyncIterator[Cabin]:
    """A bureau with a console on SQLite."""
    async with open_cabin(tmp_path) as made:
        yield made


@pytest.fixture
async def booth(tmp_path: Path) -> AsyncIterator[Booth]:
    """The same in a city that keeps codes."""
    async with open_booth(tmp_path) as made:
        yield made
