"""What the tests of all adapters share: the catalogue, what databases were told, and readable failures of the suite."""

from collections.abc import Iterator
from typing import Any

import asyncpg
import pytest
from sqlalchemy import Engine, event

from schema.catalogue import Catalogue, fold_catalogue

pytest.register_assert_rewrite(*(f"tests.conformance.{name}" for name in ("suite", "subject", "reference")))


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

    event.listen(Engine, "before_cursor_execute", listen, named=True)
    asyncpg.Connection.fetch = listened
    yield sent
    asyncpg.Connection.fetch = fetch
    event.remove(Engine, "before_cursor_execute", listen)
