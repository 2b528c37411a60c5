"""What the tests of all adapters share: the catalogue, what databases were told, and readable failures of the suite."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, event

from adapters import tabular
from adapters.tabular import TabularSource
from schema.catalogue import Catalogue, fold_catalogue
from tests.adapters import tabular_files

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

    event.listen(Engine, "before_cursor_execute", listen, named=True)
    yield sent
    event.remove(Engine, "before_cursor_execute", listen)


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
