"""A post office on a store of each kind, and one on SQLite for what does not depend on the store."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.callers.vault import Vault
from hub.store.keys import open_keys
from tests.acts.conftest import hall, small
from tests.notices.office import PostOffice
from tests.unit.appending import open_store

__all__ = ["hall", "small"]


def _opened(folder: Path, address: str) -> Iterator[PostOffice]:
    database, _, _ = open_store(folder, address)
    database.migrate()
    keys = open_keys(folder / "keys")
    yield PostOffice(folder, database, Vault(keys.sealing, keys.digest))
    database.close()


@pytest.fixture
def office(stored: Callable[[str], str], tmp_path: Path) -> Iterator[PostOffice]:
    """On a store of each kind."""
    yield from _opened(tmp_path, stored('store = "sqlite:///hub.db"').split('"')[1])


@pytest.fixture
def post(tmp_path: Path) -> Iterator[PostOffice]:
    """On SQLite."""
    yield from _opened(tmp_path, "sqlite:///hub.db")
