"""What goes wrong inside the hub, as it looks from outside: masked, logged, and never an answer without a record."""

import sqlite3
from pathlib import Path

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.app import build_app
from hub.http_question import GRAPHQL_JSON, JSON
from tests.edge.shape import leaks, refused
from tests.edge.stand import wired

SECRET = "91230000MA18XXXXXX"


async def broken(request: Request) -> Response:
    """A page with a mistake in it."""
    raise ZeroDivisionError(SECRET)


@pytest.fixture
async def hub(tmp_path):
    """A hub of this test's own, to be broken."""
    hub = wired(tmp_path)
    yield hub
    await hub.close()


@pytest.fixture
async def inside(hub):
    """A client of its application."""
    transport = httpx2.ASGITransport(build_app(hub, more=[Route("/broken", broken)]), raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub") as client:
        yield client


async def test_a_mistake_in_a_page_is_masked(inside):
    """An unforeseen error is 500 in the one shape and says nothing of what it was."""
    response = await inside.get("/broken")
    refused(response, 500, "INTERNAL")
    assert SECRET not in response.text


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
async def test_a_mistake_while_answering_is_masked_and_logged(inside, hub, capsys, accept):
    """The caller gets a request id, the log that id, the kind of error and where it was – never its words."""

    class Broken:
        def values(self):
            raise ZeroDivisionError(SECRET)

    catalogue = hub.gateway.wording.catalogue
    whole = catalogue.fields
    object.__setattr__(catalogue, "fields", Broken())
    try:
        response = await inside.post("/graphql", json={"query": "{ catalogue { field } }"}, headers={"accept": accept})
    finally:
        # The hubs of a test run share it.
        object.__setattr__(catalogue, "fields", whole)
    body = refused(response, 500, "INTERNAL")
    logged = capsys.readouterr().out
    assert SECRET not in logged + response.text
    assert body["extensions"]["requestId"] in logged


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_JSON])
async def test_without_a_record_there_is_no_answer(inside, hub, accept):
    """While the store cannot be written, questions and readiness are 503 and may be tried again."""
    question = {"query": "{ __typename }"}
    assert (await inside.post("/graphql", json=question)).status_code == 200
    store = Path(hub.settings.folder) / "hub.db"
    with sqlite3.connect(store) as connection:
        connection.execute("ALTER TABLE entries RENAME TO elsewhere")
    connection.close()
    response = await inside.post("/graphql", json=question, headers={"accept": accept})
    body = refused(response, 503, "RECORD_UNAVAILABLE")
    assert body["errors"][0]["extensions"]["retryable"] is True
    refused(await inside.get("/readyz"), 503, "RECORD_UNAVAILABLE")
    assert (await inside.get("/healthz")).status_code == 200


async def test_every_field_of_introspection_can_be_asked_everywhere(inside):
    """`isOneOf` of a type in a list is null, not a fault."""
    question = {"query": "{ __schema { types { fields { type { isOneOf } } } } }"}
    response = await inside.post("/graphql", json=question)
    assert response.status_code == 200
    assert leaks(response.text) is None
