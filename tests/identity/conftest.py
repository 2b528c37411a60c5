"""An empty store of each kind for the name index."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identity.city import Place, open_place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A store without an index."""
    url = "sqlite:///hub.db" if request.param == "sqlite" else request.getfixturevalue("postgres_store")
    made = open_place(tmp_path, url)
    yield made
    made.database.close()


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Place]:
    """The same on SQLite alone."""
    made = open_place(tmp_path)
    yield made
    made.database.close()
