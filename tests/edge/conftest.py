"""One hub for all tests of the edge."""

from collections.abc import Iterator

import httpx2
import pytest

from tests.edge.stand import Stand, standing
from tests.edge.wire import Wire


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The hub, running."""
    with standing(tmp_path_factory.mktemp("edge")) as running:
        yield running


@pytest.fixture(scope="session")
def client(stand: Stand) -> Iterator[httpx2.Client]:
    """A client of the hub that follows no redirect."""
    with httpx2.Client(base_url=stand.url, timeout=20) as client:
        yield client


@pytest.fixture
def wire(stand: Stand) -> Iterator[Wire]:
    """A connection that carries bytes as they are written."""
    wire = Wire(stand.port)
    yield wire
    wire.close()
