"""Two hubs in two processes over one store share what is left of a quota, to the last record."""

import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import httpx2
import pytest

from tests import postgres
from tests.acts.test_processes import bearer, serving
from tests.golden.folder import GOLDEN
from tests.postgres import on
from tests.quota.rationed import codes_of, one, rationed


@pytest.fixture(params=["sqlite", "postgresql"])
def pair(request, tmp_path):
    """A hub for making tokens, and two others in processes of their own, on each kind of store."""
    home = tmp_path / "world"
    shutil.copytree(GOLDEN / "world", home)
    with ExitStack() as stack:
        edit: Callable[[str], str] = str
        if request.param == "postgresql":
            edit = on(stack.enter_context(postgres.fresh_database(request.getfixturevalue("postgres_server"))))
        yield serving(stack, home, lambda written: edit(rationed(written)))


def test_ten_records_for_two_processes(pair):
    """Of sixty-four questions to both at once exactly ten are answered."""
    hub, here, there = pair
    headers = bearer(hub, "tenfold")
    sent = {"query": one()}

    def ask(client):
        return httpx2.post(f"{client.base_url}/graphql", json=sent, headers=headers, timeout=60).json()

    with ThreadPoolExecutor(16) as pool:
        bodies = list(pool.map(ask, (here, there) * 32))
    named = [body for body in bodies if (body["data"]["entity"] or {}).get("name")]
    assert len(named) == 10
    assert all(codes_of(body) == {"QUOTA_EXCEEDED"} for body in bodies if body not in named)
