"""The demo's webhook takes what its hub signed, once, and nothing else."""

from dataclasses import replace

import httpx2
import pytest
from starlette.applications import Starlette

from hub.demo.hook import ADDRESS, DEPARTMENT, hook_routes
from hub.notices.posting import Poster
from hub.notices.webhook import Webhook, sign
from hub.serve import serve_until_stopped, server
from tests.callers.stand import free_port
from tests.notices.letters import OFFICE, letter
from tests.notices.office import START

SECRET = "shared"
BODY = b'{"kind": "GRANT_ENDED"}'


@pytest.fixture
async def client():
    """The hook, some time after the notice was made."""
    application = Starlette(routes=hook_routes(SECRET, lambda: START + 10.0))
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=application), base_url="http://demo") as made:
        yield made


async def posted(client, body=BODY, timestamp=START, secret=SECRET):
    """The status of a post."""
    headers = {"hub-timestamp": str(timestamp), "hub-signature": sign(secret, timestamp, BODY), "hub-delivery": "7-1"}
    return (await client.post(ADDRESS, content=body, headers=headers)).status_code


async def test_what_is_signed_is_taken_once(client):
    """Though it comes twice."""
    assert [await posted(client) for _ in range(2)] == [204, 204]
    assert (await client.get(ADDRESS)).json() == {"taken": [{"kind": "GRANT_ENDED"}]}


async def test_what_is_not_signed_so_is_refused(client):
    """Another body, another secret, an old timestamp, no signature, too much."""
    assert await posted(client, body=BODY + b" ") == 401
    assert await posted(client, secret="other") == 401
    assert await posted(client, timestamp=START - 400) == 401
    assert (await client.post(ADDRESS, content=BODY)).status_code == 401
    assert await posted(client, body=b"x" * 70_000) == 413
    assert (await client.get(ADDRESS)).json() == {"taken": []}


async def test_the_hub_and_its_demo_understand_each_other():
    """What the channel posts the hook takes."""
    import asyncio  # noqa: PLC0415 - for the server alone

    port, ready = free_port(), asyncio.Event()
    running = server(Starlette(routes=hook_routes(SECRET, lambda: START + 10.0)), "127.0.0.1", port)
    task = asyncio.create_task(serve_until_stopped(running, ready.set))
    await asyncio.wait_for(ready.wait(), 10)
    webhook, address = Webhook({DEPARTMENT: SECRET}, Poster()), f"http://127.0.0.1:{port}{ADDRESS}"
    await webhook.carry(letter(address=replace(OFFICE, webhook=address)))
    await webhook.aclose()
    async with httpx2.AsyncClient() as client:
        assert (await client.get(address)).json()["taken"][0]["id"] == "7-1"
    running.should_exit = True
    await task
