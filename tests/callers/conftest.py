"""One hub for all tests of callers that leave it as it was."""

from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.callers.stand import Stand, standing
from tests.clients.conftest import node_clients

__all__ = ["node_clients"]


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The hub, running, on SQLite."""
    with standing(tmp_path_factory.mktemp("callers")) as running:
        yield running


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Stand]:
    """A hub of its own for a test that changes it."""
    with standing(tmp_path) as running:
        yield running


@pytest.fixture(scope="session")
def client(stand: Stand) -> Iterator[httpx2.Client]:
    """A client of the hub that follows no redirect."""
    with httpx2.Client(base_url=stand.url, timeout=20) as client:
        yield client
