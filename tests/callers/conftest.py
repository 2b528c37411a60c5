"""One hub for all tests of callers that leave it as it was."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx2
import pytest

from tests.callers.driving import Telling, telling
from tests.callers.stand import Stand, standing
from tests.clients.conftest import node_clients
from tests.clients.running import DRIVERS, started

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


@pytest.fixture(scope="session")
def told(node_clients: Path) -> Iterator[Telling]:
    """Has one of the three clients do a job, and says what it tells of it."""
    with ExitStack() as running:
        yield telling({name: running.enter_context(started(name)) for name in DRIVERS})
