"""The floor, on a store of each kind."""

from collections.abc import AsyncIterator, Callable
from datetime import date
from pathlib import Path
from random import Random

import pytest

from hub.code.address import CodeAddress
from hub.code.keys import open_code_keys
from hub.code.printing import Plate, Printer
from hub.code.tokens import make_token
from tests.acts.hall import GRAIN, Hall, open_hall
from tests.code.floor import Floor, open_floor


@pytest.fixture
async def floor(stored: Callable[[str], str], tmp_path: Path) -> AsyncIterator[Floor]:
    """A floor of its own for each test."""
    async with open_floor(tmp_path, edit=stored) as made:
        yield made


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Floor]:
    """A floor on SQLite, for what does not depend on the store."""
    async with open_floor(tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def printer(tmp_path_factory: pytest.TempPathFactory) -> Printer:
    """What prints, under an address of a usual length, with a key of its own."""
    keys = open_code_keys(tmp_path_factory.mktemp("keys"), "printed")
    return Printer(CodeAddress("https://zhaodong.gov.cn"), keys)


@pytest.fixture(scope="session")
def plate() -> Plate:
    """A plate of an invented shop."""
    return Plate(make_token(Random(5).choice), GRAIN, "肇东市样例餐饮店", date(2026, 11, 23), "LOT-20261123")


@pytest.fixture
async def small_hall(tmp_path: Path) -> AsyncIterator[Hall]:
    """A hall that keeps no codes."""
    async with open_hall(tmp_path) as made:
        yield made
