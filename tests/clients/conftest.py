"""What every test of a client may ask for: the packages installed, or a reason to skip."""

import os
from pathlib import Path

import pytest

from tests.clients.installed import NoClientsError, installed


@pytest.fixture(scope="session")
def node_clients() -> Path:
    """The folder of the drivers with node_modules; skips without Node, or fails where HUB_TEST_REQUIRE lists `node`."""
    try:
        return installed()
    except NoClientsError as error:
        reason = str(error)
    if "node" in os.environ.get("HUB_TEST_REQUIRE", "").split(","):
        pytest.fail(f"{reason}; HUB_TEST_REQUIRE wants it", pytrace=False)
    pytest.skip(reason)
