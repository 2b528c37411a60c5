"""What leaks: nothing that opens something and no name of a person stands in a log, in a refusal or in the store's files."""

import base64
import json
import logging
import os
import re
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from joserfc.jwk import OKPKey

from auth.roles import Role
from hub.app import wire
from hub.settings import load_settings
from tests.callers.intruder import (
    VERIFIER,
    Browser,
    asked,
    exchange,
    hidden,
    parameters,
    post,
    proof,
    renew,
    token_of,
    web,
)
from tests.callers.stand import PASSWORD, Stand, configure, free_port, furnish, standing
from tests.commands.running import PROGRAM, ROOT

NEW = "another horse entirely"
NAME = "\u6b27\u9633\u6d4b\u8bd5\u7532"
CERTIFICATE = "08120000001"
_OWN = ("httpx2", "httpcore2", "asyncio", "faker")
"""Loggers of whoever asks, not of the hub."""


@dataclass
class Said:
    """What went back and forth: what must stay between the two, and the refusals, which anybody may read."""

    secret: set[str] = field(default_factory=set)
    refusals: list[str] = field(default_factory=list)

    def refused(self, answer: httpx2.Response) -> None:
        """Take notice of a refusal."""
        assert answer.status_code >= 400 or answer.has_redirect_location
        self.refusals.append(f"{answer.headers} {answer.text if not answer.is_success else ''}")

    def tokens(self, told: dict[str, Any]) -> dict[str, Any]:
        """Take notice of tokens."""
        self.secret |= {str(value) for name, value in told.items() if name.endswith("_token") and name != "token_type"}
        return told


def walk(stand: Stand) -> Said:
    """Do everything that callers do, well and badly."""
    said = Said(secret={PASSWORD, NEW, VERIFIER, *stand.secrets.values()})
    said.secret |= {base64.b64encode(f"{one}:{two}".encode()).decode() for one, two in stand.secrets.items()}
    account = stand.add("quiet", Role.OFFICER, certificate_no=CERTIFICATE)
    stand.act(lambda ledger: _named(ledger, stand))
    said.secret.add(str(account.totp_secret))
    _sign_in(stand, said)
    _exchanges(stand, said)
    _clients(stand, said)
    return said


def _named(ledger: Any, stand: Stand) -> None:
    """A person whose name nobody would find elsewhere."""
    ledger.people.add(type(stand.accounts["quiet"])("", "named", NAME, "market", Role.CLERK), PASSWORD)


def _sign_in(stand: Stand, said: Said) -> None:
    browser = Browser(stand)
    page = browser.begin()
    said.refused(browser.post(page, username="quiet", password=f"{NEW}!"))
    said.refused(browser.post(page, username="quiet", password=PASSWORD, csrf="x"))
    page = browser.follow(browser.post(page, username="quiet", password=PASSWORD))
    said.refused(browser.post(page, code="000000x"))
    page = browser.follow(browser.post(page, code=browser.one_time("quiet")))
    fields = hidden(page)
    said.secret |= {fields["ticket"], fields["csrf"], *browser.web.cookies.values()}
    said.refused(Browser(stand).post(page, decision="allow"))
    page = browser.follow(browser.web.get("/oauth/password"))
    said.refused(browser.post(page, current=NEW, new=PASSWORD, repeat=PASSWORD))
    said.refused(browser.post(page, current=PASSWORD, new=NEW, repeat="x"))
    browser.post(page, current=PASSWORD, new=NEW, repeat=NEW)
    said.secret |= {*browser.web.cookies.values()}


def _exchanges(stand: Stand, said: Said) -> None:
    browser = Browser(stand)
    page = browser.follow(
        browser.post(browser.begin(scope="openid offline_access"), username="named", password=PASSWORD)
    )
    code = parameters(browser.post(page, decision="allow").headers["location"])["code"]
    said.secret |= {code, *browser.web.cookies.values()}
    said.refused(exchange(stand, code, code_verifier="w" * 43))
    said.refused(exchange(stand, code, redirect_uri="https://evil.example"))
    first = said.tokens(exchange(stand, code).json())
    second = said.tokens(renew(stand, first["refresh_token"]).json())
    said.refused(renew(stand, first["refresh_token"]))
    said.refused(exchange(stand, code))
    said.refused(renew(stand, second["refresh_token"]))
    said.refused(web(stand).get("/oauth/userinfo", headers={"authorization": f"DPoP {second['access_token']}"}))
    device = post(stand, "/oauth/device", {"client_id": "tablet"}).json()
    said.secret |= {device["device_code"], device["user_code"], device["user_code"].replace("-", "")}
    form = {"grant_type": "urn:ietf:params:oauth:grant-type:device_code", "client_id": "tablet"}
    said.refused(post(stand, "/oauth/token", {**form, "device_code": device["device_code"]}))


def _clients(stand: Stand, said: Said) -> None:
    token = token_of(stand)
    said.secret.add(token)
    pushed = post(stand, "/oauth/par", asked(), "portal").json()["request_uri"]
    said.secret.add(pushed.rpartition(":")[2])
    said.refused(web(stand).post("/oauth/token", data={"grant_type": "x"}, auth=("machine", stand.secrets["field"])))
    said.refused(post(stand, "/oauth/token", {"grant_type": token}, "machine"))
    said.refused(post(stand, "/oauth/token", {"grant_type": "client_credentials", "scope": token}, "machine"))
    made = proof(OKPKey.generate_key("Ed25519"), f"{stand.url}/oauth/token")
    said.secret.add(made)
    said.refused(post(stand, "/oauth/token", {"grant_type": "client_credentials"}, "machine", dpop=made + "x"))
    said.refused(post(stand, "/oauth/token", b"client_secret=" + stand.secrets["machine"].encode() + b"&x=%ff"))
    post(stand, "/oauth/introspect", {"token": token}, "machine")
    post(stand, "/oauth/revoke", {"token": token}, "machine")
    said.refused(web(stand).post("/graphql", json={"query": "{"}, headers={"authorization": f"Bearer {token}x"}))


def spoken(said: Said, text: str) -> list[str]:
    """What of it stands in a text, and whose names do."""
    return [one for one in (*sorted(said.secret), NAME, "\u6d4b\u8bd5quiet") if one in text]


def test_logs_and_refusals_hold_no_secret(tmp_path, caplog, capfd):
    """Not even where every library logs all it can."""
    caplog.set_level(logging.DEBUG)
    with standing(tmp_path) as stand:
        said = walk(stand)
        time.sleep(0.3)
    told = [record for record in caplog.records if not record.name.startswith(_OWN)]
    assert spoken(said, "\n".join(record.getMessage() for record in told)) == []
    assert spoken(said, "".join(capfd.readouterr())) == []
    for refusal in said.refusals:
        shown = re.sub(r"(value=|ticket=|set-cookie', ')[^;&>]*", "", refusal)
        assert spoken(said, shown) == []
        assert "Traceback" not in refusal
        assert str(tmp_path) not in refusal


def in_clear(said: Said, stand: Stand, folder: Path) -> list[str]:
    """What of it can be read in the files of the store, as it is or encoded."""
    stored = b"".join(path.read_bytes() for path in sorted(folder.glob("hub.db*")))
    assert len(stored) > 100_000
    wanted = {one: [one.encode()] for one in said.secret if len(one) > 7}
    for name, person in stand.people.items():
        if person.totp_secret:
            raw = base64.b32decode(person.totp_secret + "=" * (-len(person.totp_secret) % 8))
            wanted[f"key of {name}"] = [raw, raw.hex().encode(), base64.b64encode(raw)]
    for account in stand.accounts.values():
        wanted[account.label] = [account.label.encode(), json.dumps(account.label).encode()]
    wanted |= {NAME: [NAME.encode(), json.dumps(NAME).encode()], CERTIFICATE: [CERTIFICATE.encode()]}
    return [name for name, forms in wanted.items() if any(form in stored for form in forms)]


def test_a_hub_that_serves_says_and_stores_no_secret(tmp_path):
    """Its output, and the bytes of its store, hold neither what opens something nor who anybody is."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    stand = Stand(wire(load_settings(configure(tmp_path, url))), url)
    furnish(stand)
    command = (*PROGRAM, "serve", "--config", "hub.toml", "--port", str(port))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (tmp_path / "said.txt").open("w+b") as output:
        serving = subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=output, stderr=output)
        try:
            until = time.monotonic() + 30
            while b"GraphQL" not in (tmp_path / "said.txt").read_bytes():
                assert time.monotonic() < until, (tmp_path / "said.txt").read_text()
                time.sleep(0.05)
            said = walk(stand)
            assert in_clear(said, stand, tmp_path) == []
        finally:
            serving.terminate()
            serving.wait(30)
            stand.hub.database.close()
    written = (tmp_path / "said.txt").read_text()
    assert spoken(said, written) == []
    assert "Traceback" not in written
    assert in_clear(said, stand, tmp_path) == []
