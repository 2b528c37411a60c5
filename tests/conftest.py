"""What every test may ask for: one event loop flavour, the real services, and golden files."""

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import NoReturn, Protocol

import pytest
import typer.main
import typer.testing
from hypothesis import settings
from sqlalchemy import Engine, NullPool, create_engine

from auth.server import passwords
from auth.server.passwords import Cost
from hub.store.database import Database
from hub.store.opening import put_first_rows
from hub.store.tables import metadata
from tests import mariadb, postgres
from tests.sharing import ranks

# How long one example takes says more about what else the machine is doing.
settings.register_profile("hub", deadline=None)
settings.load_profile("hub")

_PASSWORD_COST = passwords.COST
# Thousands of tests sign somebody in; what that costs is looked at by those that ask for `password_cost`.
passwords.COST = Cost(2**8, 8, 1)
# Typer makes all commands anew for each that a test types; they are the same ones.
vars(typer.testing)["_get_command"] = cache(typer.main.get_command)

GOLDEN = Path(__file__).parent / "golden"


class Golden(Protocol):
    """Compares a text with the golden file of that name (below tests/golden), or rewrites it under `make golden`."""

    def __call__(self, name: str, text: str) -> None: ...


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--golden", action="store_true", help="rewrite the golden files instead of comparing with them")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where processes share the tests, those that take long come first; a single process keeps the order of the files."""
    if hasattr(config, "workerinput"):
        by_rank = zip(ranks([item.nodeid.partition("::")[0] for item in items]), items, strict=True)
        items[:] = [item for _, item in sorted(by_rank, key=itemgetter(0))]


def pytest_collection_finish() -> None:
    """Keep what was imported and collected out of garbage collection: walking all of it takes longer than most tests."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


@pytest.fixture(scope="session")
def password_cost() -> Cost:
    """What passwords cost where no test runs."""
    return _PASSWORD_COST


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


@pytest.fixture(scope="session")
def lasting_store(postgres_server: str) -> Iterator[tuple[str, Engine]]:
    """A database that holds a store, and a way to it: making one takes longer than most tests that want one."""
    with postgres.fresh_database(postgres_server) as dsn:
        database = Database(dsn, Path())
        database.migrate()
        database.close()
        engine = create_engine(dsn.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
        yield dsn, engine


@pytest.fixture
def postgres_store(lasting_store: tuple[str, Engine]) -> str:
    """An empty store of this test, at the newest schema, as postgresql://… Its schema stays as it is."""
    dsn, engine = lasting_store
    with engine.begin() as connection:
        connection.exec_driver_sql("SET lock_timeout = '10s'")
        connection.exec_driver_sql(";".join(f"DELETE FROM {name}" for name in metadata.tables))  # noqa: S608 - our own names
        put_first_rows(connection)
    return dsn


@pytest.fixture(params=["sqlite", "postgresql"])
def stored(request: pytest.FixtureRequest) -> Callable[[str], str]:
    """What puts the store of a configuration on each kind of database."""
    return str if request.param == "sqlite" else postgres.on(request.getfixturevalue("postgres_store"))


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


@pytest.fixture(scope="session")
def zbarimg() -> str:
    """The path of ZBar's command."""
    return shutil.which("zbarimg") or _absent("zbar", "no zbarimg (Debian: zbar-tools)")


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
