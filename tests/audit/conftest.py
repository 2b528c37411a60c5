"""An empty store of each kind, and one with a tree."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from tests import postgres
from tests.audit.kept import Kept, open_kept
from tests.unit.test_store_backends import Place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """An empty store of each kind."""
    if request.param == "sqlite":
        made = Place(tmp_path, "sqlite:///hub.db", create_engine(f"sqlite:///{tmp_path / 'hub.db'}"))
        yield made
        made.engine.dispose()
    else:
        with postgres.fresh_database(request.getfixturevalue("postgres_server")) as dsn:
            engine = create_engine(dsn.replace("postgresql:", "postgresql+psycopg:"))
            yield Place(tmp_path, dsn, engine)
            engine.dispose()


@pytest.fixture
def kept(place: Place) -> Iterator[Kept]:
    """A worker over it."""
    made = open_kept(place.folder, place.url)
    yield made
    made.close()
