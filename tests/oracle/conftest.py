"""The contests between hub and oracle: all sources in memory, two of them in SQLite, and every kind for every one."""

from collections.abc import AsyncIterator

import pytest

from tests.oracle.agreement import Contest, set_contest
from tests.oracle.stage import set_stage
from tests.oracle.stagings import ALL_KINDS, WITH_DATABASES, Servers
from tests.oracle.world import build_city


@pytest.fixture(scope="module")
async def contest(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Contest]:
    """All sources in memory; no certificates are connected."""
    stage = await set_stage(tmp_path_factory.mktemp("city"), build_city())
    yield await set_contest(stage)
    await stage.close()


@pytest.fixture(scope="module")
async def contest_with_databases(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Contest]:
    """Register and market in SQLite; certificates are connected."""
    city = build_city(certificates=True)
    stage = await set_stage(tmp_path_factory.mktemp("city"), city, WITH_DATABASES)
    yield await set_contest(stage)
    await stage.close()


@pytest.fixture(scope="module", params=ALL_KINDS, ids=lambda staging: staging.name)
async def contest_of_kinds(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_dsn: str, mariadb_url: str
) -> AsyncIterator[Contest]:
    """Each source of another kind, each the real thing; certificates are connected."""
    folder, servers = tmp_path_factory.mktemp("city"), Servers(postgres_dsn, mariadb_url)
    stage = await set_stage(folder, build_city(certificates=True), request.param, servers)
    yield await set_contest(stage)
    await stage.close()
