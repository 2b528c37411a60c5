"""The hall, on a store of each kind."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests import postgres
from tests.acts.hall import Hall, open_hall
from tests.unit.test_store_backends import on


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest) -> Iterator[Callable[[str], str]]:
    """What puts the store of a configuration on each kind of database."""
    if request.param == "sqlite":
        yield str
        return
    with postgres.fresh_database(request.getfixturevalue("postgres_server")) as dsn:
        yield on(dsn)


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
