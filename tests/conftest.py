"""What every test may ask for: one event loop flavour, the real services, and golden files."""

import gc
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn, Protocol

import pytest
from hypothesis import settings

from tests import mariadb, postgres

# How long one example takes says more about what else the machine is doing.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

GOLDEN = Path(__file__).parent / "golden"


class Golden(Protocol):
    """Compares a text with the golden file of that name (below tests/golden), or rewrites it under `make golden`."""

    def __call__(self, name: str, text: str) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite the golden files instead of comparing with them")


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of garbage collection: walking all of it takes longer than most tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def anyio_backend() -> tuple[str, dict[str, bool]]:
    """The event loop of the application: uvloop."""
    return "asyncio", {"use_uvloop": True}


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A server on which databases may be created, as postgresql://…"""
    try:
        with postgres.server() as server:
            yield server
            return
    except postgres.NoPostgresError as error:
        reason = str(error)
    _absent("postgres", reason)


@pytest.fixture(scope="module")
def postgres_dsn(postgres_server: str) -> Iterator[str]:
    """A fresh database of this module, as postgresql://…"""
    with postgres.fresh_database(postgres_server) as dsn:
        yield dsn


@pytest.fixture(scope="module")
def postgres_url(postgres_dsn: str) -> str:
    """The same database, as SQLAlchemy writes it: postgresql+asyncpg://…"""
    return postgres_dsn.replace("postgresql://", "postgresql+asyncpg://", 1)


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[str]:
    """A server on which databases may be created, as mysql://…"""
    try:
        with mariadb.server() as server:
            yield server
            return
    except mariadb.NoMariadbError as error:
        reason = str(error)
    _absent("mariadb", reason)


@pytest.fixture(scope="module")
def mariadb_url(mariadb_server: str) -> Iterator[str]:
    """A fresh database of this module, as mysql://…"""
    with mariadb.fresh_database(mariadb_server) as url:
        yield url


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium: HUB_TEST_CHROMIUM, else what the path finds."""
    asked = os.environ.get("HUB_TEST_CHROMIUM")
    names = [asked] if asked else ["chromium", "chromium-browser", "google-chrome"]
    found = next(filter(None, map(shutil.which, names)), None)
    return found or _absent("chromium", f"no Chromium called {' or '.join(names)}")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares or rewrites: see Golden."""
    rewrite = request.config.getoption("--golden")

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if rewrite:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        assert text == path.read_text(encoding="utf-8"), f"{name} differs; `make golden` rewrites it"

    return compare


def _absent(service: str, reason: str) -> NoReturn:
    """Skips, or fails where HUB_TEST_REQUIRE lists the service."""
    if service in os.environ.get("HUB_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{reason}; HUB_TEST_REQUIRE wants it", pytrace=False)
    pytest.skip(reason)
