"""A hub whose officer may ask for nearly everything, so that the whole schema is at stake."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.app import Hub
from hub.gateway import Request
from tests.edge.stand import INSPECTION, OFFICER, Stand, standing

Ask = Callable[..., Request]


@pytest.fixture(scope="session")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The hub, running."""
    with standing(tmp_path_factory.mktemp("limits")) as running:
        yield running


@pytest.fixture(scope="session")
def hub(stand: Stand) -> Hub:
    """The same hub, for asking it without HTTP."""
    return stand.hub


@pytest.fixture(scope="session")
def request_of(stand: Stand) -> Ask:
    """Makes the officer's request out of a text, a name and variables."""
    credentials = Credentials(stand.token(OFFICER), INSPECTION, "1")

    def make(text: str, name: str | None = None, variables: dict[str, Any] | None = None) -> Request:
        return Request(text, name, variables or {}, credentials, OnDenied.PARTIAL, "0" * 16)

    return make
