"""The contests between hub and oracle, set once a session: all sources in memory, and two of them in SQLite."""

from collections.abc import AsyncIterator

import pytest

from tests.oracle.agreement import Contest, set_contest
from tests.oracle.stage import set_stage
from tests.oracle.world import build_city


@pytest.fixture(scope="module")
async def contest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Contest]:
    """All sources in memory; no certificates are connected."""
    stage = set_stage(tmp_path_factory.mktemp("city"), build_city())
    yield await set_contest(stage)
    await stage.hub.close()


@pytest.fixture(scope="module")
async def contest_with_databases(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Contest]:
    """Register and market in SQLite; certificates are connected."""
    city = build_city(certificates=True)
    stage = set_stage(tmp_path_factory.mktemp("city"), city, ("register", "market"))
    yield await set_contest(stage)
    await stage.hub.close()
