"""The hall with case sources and purposes that demand cases, on a store of each kind."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from auth.roles import Role
from tests.acts.hall import Hall, open_hall
from tests.cases.cabinet import filed


@pytest.fixture
async def hall(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall of its own for each test."""
    async with open_hall(tmp_path, lambda written: stored(filed(written))) as made:
        made.add("officer", Role.OFFICER, "market", "执法甲")
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall on SQLite, for what does not depend on the store."""
    async with open_hall(tmp_path, filed) as made:
        made.add("officer", Role.OFFICER, "market", "执法甲")
        yield made
