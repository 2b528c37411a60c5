"""What the tests of all adapters share: the catalogue, what databases were told, and readable failures of the suite."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Engine, event

from adapters import sql_sqlite, tabular
from adapters.sql import SqlSource
from adapters.tabular import TabularSource
from schema.catalogue import Catalogue, fold_catalogue
from tests.adapters import tabular_files
from tests.adapters.divisions import opening
from tests.adapters.mariadb_source import Database, divisions
from tests.mariadb import fresh_database


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    """All declared records."""
    return fold_catalogue()


@pytest.fixture
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Every statement sent to any database during the test, with its parameters."""
    sent: list[tuple[str, Any]] = []

    def listen(**given: Any) -> None:
        sent.append((given["statement"], given["parameters"]))

    fetch = asyncpg.Connection.fetch

    async def listened(self: Any, query: str, *values: Any) -> Any:
        sent.append((query, values))
        return await fetch(self, query, *values)

    execute = sql_sqlite.execute

    def executed(driver: Any, text: str, values: Any) -> Any:
        sent.append((text, values))
        return execute(driver, text, values)

    sql_sqlite.execute = executed
    event.listen(Engine, "before_cursor_execute", listen, named=True)
    setattr(asyncpg.Connection, "fetch", listened)  # noqa: B010 - asyncpg tells nobody else what it sends
    yield sent
    sql_sqlite.execute = execute
    setattr(asyncpg.Connection, "fetch", fetch)  # noqa: B010 - the same
    event.remove(Engine, "before_cursor_execute", listen)


@pytest.fixture
async def postgres(postgres_dsn: str) -> "AsyncIterator[asyncpg.Connection[Any]]":
    """A session on PostgreSQL that may write, and a table of thirty divisions for the test."""
    session: asyncpg.Connection[Any] = await asyncpg.connect(postgres_dsn)
    await session.execute("""
        CREATE TABLE division (id bigint PRIMARY KEY, code text, name text);
        INSERT INTO division SELECT n, '33' || lpad(n::text, 4, '0'), '示例' || n % 3 FROM generate_series(1, 30) n;
        """)
    yield session
    await session.execute("DROP TABLE division CASCADE; DROP TYPE IF EXISTS level")
    await session.close()


@pytest.fixture
async def open_postgres(
    catalogue: Catalogue, postgres_url: str, postgres: "asyncpg.Connection[Any]"
) -> AsyncIterator[Callable[..., SqlSource]]:
    """Opens sources on that database: the divisions, or a record of one's own."""
    async with opening(catalogue, postgres_url) as open_record:
        yield open_record


@pytest.fixture
def maria_url(mariadb_server: str) -> Iterator[str]:
    """A fresh database on MariaDB for one test, as mysql://…"""
    with fresh_database(mariadb_server) as url:
        yield url


@pytest.fixture
async def maria(maria_url: str) -> AsyncIterator[Database]:
    """A session on that database that may write, and a table of thirty divisions."""
    async with divisions(maria_url) as session:
        yield session


@pytest.fixture
async def open_maria(catalogue: Catalogue, maria_url: str, maria: Database) -> AsyncIterator[Callable[..., SqlSource]]:
    """Opens sources on that database: the divisions, or a record of one's own."""
    async with opening(catalogue, maria_url) as open_record:
        yield open_record


@pytest.fixture
async def open_files(catalogue: Catalogue, tmp_path: Path) -> AsyncIterator[Callable[..., TabularSource]]:
    """Opens sources of files on the folder of this test; `known` is another catalogue."""
    opened: list[TabularSource] = []

    def open_files(*records: dict[str, Any], known: Catalogue = catalogue, **more: Any) -> TabularSource:
        opened.append(tabular.open_source(tabular_files.options(tmp_path, *records, **more), known))
        return opened[-1]

    yield open_files
    for source in opened:
        await source.aclose()
