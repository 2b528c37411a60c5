"""Two hubs in two processes over one store: what is frozen at one is frozen at the other, on connections that are open."""

import shutil
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta

import httpx2
import pytest

from auth.tokens import Terms
from hub.app import wire
from hub.settings import load_settings
from hub.store.pulse import count
from tests import postgres
from tests.acts import dying
from tests.acts.hall import configured, freeze, write_register
from tests.callers.stand import free_port
from tests.forks import FORKS
from tests.golden.folder import GOLDEN
from tests.postgres import on

PATIENCE = 5.0
LIFE = timedelta(minutes=10)
ME = {"query": "{ me { client } }"}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request, tmp_path_factory):
    """A hub for making tokens, and connections to two others that serve the same configuration, on each kind of store."""
    home = tmp_path_factory.mktemp("processes") / "world"
    shutil.copytree(GOLDEN / "world", home)
    with ExitStack() as stack:
        edit: Callable[[str], str] = str
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            edit = on(stack.enter_context(postgres.fresh_database(server)))
        yield serving(stack, home, edit)


def serving(stack, home, edit):
    """Three hubs over one store, of which two are processes of their own."""
    config = home / "hub.toml"
    config.write_text(edit(configured(config.read_text(encoding="utf-8"))), encoding="utf-8")
    write_register(home)
    ports = [free_port(), free_port()]
    hub = wire(load_settings(config))
    stack.callback(hub.database.close)
    for port in ports:
        process = FORKS.Process(target=dying.serve, args=(config, port), daemon=True)
        process.start()
        stack.callback(process.join)
        stack.callback(process.kill)
    clients = [httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20) for port in ports]
    for client in clients:
        stack.callback(client.close)
        until(lambda client=client: answers(client), 60.0)
    return hub, *clients


def answers(client):
    """True once a hub listens."""
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def until(holds, patience=PATIENCE, pause=0.005):
    """Seconds until something holds, looked at again after each pause; fails if it never does."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() < began + patience, "it never held"
        time.sleep(pause)
    return time.monotonic() - began


def bearer(hub, client):
    """A fresh token of a client."""
    now, pulse = hub.gateway.clock.now(), hub.database.reading(count)
    token = hub.issuer.issue(client, now, LIFE, Terms(pulse=pulse))
    return {"authorization": f"Bearer {token}"}


def status(client, headers):
    """How a caller is answered."""
    return client.post("/graphql", json=ME, headers=headers).status_code


@pytest.mark.parametrize(("kind", "name"), [("CLIENT", "counter"), ("DEPARTMENT", "hall")])
def test_a_freeze_is_felt_in_the_other_process(pair, kind, name):
    """At once where it is done, and within a moment at the other; a thaw in the same way, for tokens from then on."""
    hub, here, there = pair
    counter = bearer(hub, "counter")
    assert (status(here, counter), status(there, counter)) == (200, 200)
    headers = {**bearer(hub, "security"), "idempotency-key": f"freeze {kind}"}
    done = here.post("/graphql", json={"query": freeze(kind, name)}, headers=headers).json()
    assert done["data"]["freeze"]["changed"] is True
    assert status(here, counter) == 401
    seconds = until(lambda: status(there, counter) == 401)
    sys.stdout.write(f"{kind} frozen in one process, felt in the other after {seconds * 1000:.0f} ms\n")
    headers["idempotency-key"] = f"thaw {kind}"
    lifted = there.post("/graphql", json={"query": freeze(kind, name, "thaw")}, headers=headers).json()
    assert lifted["data"]["thaw"]["changed"] is True
    later = bearer(hub, "counter")
    seconds = until(lambda: status(here, later) == 200)
    sys.stdout.write(f"{kind} thawed in one process, felt in the other after {seconds * 1000:.0f} ms\n")
    assert (status(here, counter), status(there, counter), status(there, later)) == (401, 401, 200)


def test_one_key_at_two_processes(pair):
    """A key that was used at one hub is known at the other."""
    hub, here, there = pair
    headers = {**bearer(hub, "security"), "idempotency-key": "shared"}
    asked = {"query": freeze("CLIENT", "bank")}
    first, again = (client.post("/graphql", json=asked, headers=headers).json() for client in (here, there))
    assert again["data"] == first["data"]
    assert again["extensions"]["replayed"] is True
    other = there.post("/graphql", json={"query": freeze("CLIENT", "school")}, headers=headers).json()
    assert other["errors"][0]["extensions"]["code"] == "IDEMPOTENCY_KEY_REUSED"


def test_one_key_at_two_processes_at_once(pair):
    """Of requests that come to both in parallel exactly one acts."""
    hub, here, there = pair
    headers = {**bearer(hub, "security"), "idempotency-key": "parallel"}
    asked = {"query": freeze("CLIENT", "judge")}
    with ThreadPoolExecutor(20) as pool:
        sent = [
            pool.submit(httpx2.post, f"{c.base_url}/graphql", json=asked, headers=headers) for c in (here, there) * 10
        ]
        bodies = [one.result().json() for one in sent]
    assert len({body["data"]["freeze"]["position"] for body in bodies}) == 1
    assert sum("replayed" not in body["extensions"] for body in bodies) == 1
