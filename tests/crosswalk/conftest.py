"""The bureau with its stewards, on a store of each kind where that matters."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from tests.crosswalk.registry import Registry
from tests.exchange.bureau import open_bureau


@pytest.fixture
async def registry(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Registry]:
    """People who deal with identities, on each kind of store."""
    async with open_bureau(tmp_path, stored) as bureau:
        yield Registry(bureau)


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Registry]:
    """The same on SQLite, for what does not depend on the store."""
    async with open_bureau(tmp_path) as bureau:
        yield Registry(bureau)
