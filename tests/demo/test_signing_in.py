"""The demo opens: everybody in credentials.json signs in, a merchant claims an entity, and notices can be looked at."""

import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from hub.demo.city import PASSWORD
from hub.demo.personas import code_of
from tests.callers.stand import free_port
from tests.clients import authlib_client
from tests.clients.authlib_client import Client
from tests.clients.browser import External, Person
from tests.demo.test_command import COMMAND, Running, _wait_until_ready

BACK = "http://127.0.0.1:9/callback"
ME = "{ me { department role } }"


@dataclass
class Opened:
    """A running demo, and what its file says opens it."""

    running: Running
    entries: list[dict[str, Any]]

    def token(self, client: str, person: Person) -> str:
        """An access token of somebody who signed in."""
        secret = next(
            one["client_secret"] for one in self.entries if one.get("client_id") == client and "client_secret" in one
        )
        signed_in = authlib_client.code(Client(self.running.base_url, client, secret), person, BACK, "openid")
        return str(signed_in.tokens["access_token"])

    def ask(self, token: str, query: str, **headers: str) -> dict[str, Any]:
        """The body of an answer."""
        sent = {"authorization": f"Bearer {token}", "hub-case": "1", **headers}
        found: dict[str, Any] = httpx2.post(
            f"{self.running.base_url}/graphql", json={"query": query}, headers=sent, timeout=30
        ).json()
        return found


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opened]:
    """The demo in a process of its own."""
    folder: Path = tmp_path_factory.mktemp("opened")
    port = free_port()
    command = (*COMMAND, "demo", "--port", str(port), "--var", str(folder))
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        running = Running(process, f"http://127.0.0.1:{port}", folder)
        try:
            _wait_until_ready(running)
            yield Opened(running, orjson.loads((folder / "credentials.json").read_bytes()))
        finally:
            process.kill()


def test_everybody_in_the_file_signs_in(opened: Opened) -> None:
    """Each person acts in the department and role that the file says, by the credentials that stand there."""
    people = [entry for entry in opened.entries if "username" in entry]
    assert {entry["role"] for entry in people} >= {"OFFICER", "CLERK", "ADMIN", "SEC", "AUDIT", "PUBLIC"}
    for entry in people:
        person = Person(entry["username"], entry["password"], entry.get("totp_secret"))
        token = opened.token(entry["client_id"], person)
        told = opened.ask(token, ME, **{"hub-purpose": entry["purposes"][0]})["data"]["me"]
        assert (told["department"], told["role"]) == (entry.get("department"), entry["role"])


def test_every_client_gets_a_token_for_its_secret(opened: Opened) -> None:
    """With the secret that stands in the file, and with no other."""
    for entry in (one for one in opened.entries if "client_secret" in one):
        form, address = {"grant_type": "client_credentials"}, f"{opened.running.base_url}/oauth/token"
        assert httpx2.post(address, data=form, auth=(entry["client_id"], entry["client_secret"])).status_code == 200
        assert httpx2.post(address, data=form, auth=(entry["client_id"], "wrong")).status_code == 401


def test_a_merchant_signs_in_with_a_real_name_and_claims_what_is_theirs(opened: Opened) -> None:
    """The register says yes to the representative and no to a stranger; the notices of it can be looked at."""
    claim = f'mutation {{ claim(uscc: "{code_of("elder_home")}") {{ matched }} }}'
    own = {"hub-purpose": "SELF_SERVICE"}
    found = {}
    for name in ("bystander", "elder_home"):
        person = Person("", "", external=External("realname", name, PASSWORD))
        token = opened.token("hub-workbench", person)
        found[name] = opened.ask(token, claim, **own, **{"idempotency-key": name})["data"]["claim"]["matched"]
    assert found == {"bystander": False, "elder_home": True}
    token = opened.token("hub-workbench", Person("", "", external=External("realname", "elder_home", PASSWORD)))
    (mandate,) = opened.ask(token, "{ mandates { uscc kind origin } }", **own)["data"]["mandates"]
    assert mandate == {"uscc": code_of("elder_home"), "kind": "REPRESENTATIVE", "origin": "REAL_NAME"}
    until = time.monotonic() + 60
    while not (sent := delivered(opened)) or "WAITING" in sent.values():
        assert time.monotonic() < until
        time.sleep(0.2)
    assert sent == {("person", "in_app"): "SENT", ("entity", "letter"): "SENT"}
    (notice,) = opened.ask(token, "{ notices { event text } }", **own)["data"]["notices"]
    assert notice["event"] == "MANDATE_GRANTED"
    assert code_of("elder_home") in notice["text"]


def delivered(opened: Opened) -> dict[tuple[str, str], str]:
    """What became of the one notice of a mandate that the demo shows: state by kind of recipient and channel."""
    shown = httpx2.get(f"{opened.running.base_url}/demo/outbox").json()["notices"]
    notices = [one for one in shown if one["kind"] == "MANDATE_GRANTED"]
    assert len(notices) <= 1
    return {(next(iter(one["to"])), one["channel"]): one["state"] for notice in notices for one in notice["deliveries"]}
