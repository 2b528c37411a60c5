"""Devices without a browser: unmodified clients wait while their person agrees elsewhere (RFC 8628)."""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client

from auth.roles import Role
from tests.callers.driving import AUTHLIB, ask, job_of, read_token
from tests.callers.stand import BACK, CERTIFIED, Stand
from tests.clients.browser import TLS, Person, SignInError, sign_in
from tests.clients.running import DRIVERS, Driver, DriverError, run

GRANT = "urn:ietf:params:oauth:grant-type:device_code"
CASES = ("tablet", "bound", "refused")
Answers = Mapping[tuple[str, str], "Future[dict[str, Any]]"]
"""What came of each case, by client and case: all wait together, for each waits five seconds."""


@pytest.fixture(scope="module")
def devices(stand: Stand, node_clients: Path) -> Answers:
    """Every device, waiting at the same time, each for somebody of its own."""
    jobs: dict[tuple[str, str], Callable[[], dict[str, Any]]] = {
        (driver, case): partial(run, driver, job_of_device(stand, driver, case)) for driver in DRIVERS for case in CASES
    }
    jobs[AUTHLIB, "tablet"] = partial(waited, stand, inspector(stand, AUTHLIB))
    with ThreadPoolExecutor(len(jobs)) as pool:
        return {name: pool.submit(job) for name, job in jobs.items()}


def inspector(stand: Stand, name: str) -> Person:
    """An officer whose codes nobody else takes."""
    return stand.add(f"device-{name}", Role.OFFICER, certificate_no=CERTIFIED)


def job_of_device(stand: Stand, driver: Driver, case: str) -> dict[str, Any]:
    """A device of one client, whose person agrees or does not."""
    if case == "tablet":
        return job_of(stand, "tablet", "device", inspector(stand, driver), scope="openid offline_access")
    decision = {"decision": "deny"} if case == "refused" else {}
    person = Person(**{**asdict(stand.people["clerk"]), **decision})
    return job_of(stand, "bound", "device", person, dpop=True)


def waited(stand: Stand, person: Person) -> dict[str, Any]:
    """Authlib's client at a tablet: it asks too early, its person agrees, it asks again."""
    with OAuth2Client("tablet", token_endpoint_auth_method="none", trust_env=False, verify=TLS) as session:
        auth = session.client_auth("none")
        form = {"scope": "openid offline_access"}
        started = session.post(f"{stand.url}/oauth/device", data=form, auth=auth).json()
        poll = partial(session.fetch_token, f"{stand.url}/oauth/token", grant_type=GRANT)
        early = error_of(partial(poll, device_code=started["device_code"]))
        agreed_at = time.monotonic()
        agree(started["verification_uri_complete"], person)
        time.sleep(max(0.0, agreed_at + started["interval"] + 0.1 - time.monotonic()))
        tokens = dict(poll(device_code=started["device_code"]))
        again = error_of(partial(poll, device_code=started["device_code"]))
    return {"started": started, "tokens": tokens, "early": early, "again": again}


def agree(address: str, person: Person) -> None:
    """Somebody opens the address that their device shows, and agrees; the last page leads nowhere."""
    with pytest.raises(SignInError, match=r"no way on from /oauth/device/confirm \(200\)"):
        sign_in(address, person, BACK)


def error_of(attempt: Callable[[], Any]) -> str:
    """The error with which an attempt is refused."""
    with pytest.raises(OAuthError) as refused:
        attempt()
    return str(refused.value.error)


@pytest.mark.parametrize("driver", DRIVERS)
def test_device_of_a_public_client_signs_in(driver: Driver, devices: Answers, stand: Stand):
    """A tablet without a secret shows a code, its officer agrees elsewhere, and it asks in their name."""
    answer = devices[driver, "tablet"].result()
    account, me = stand.accounts[f"device-{driver}"], answer["graphql"]["body"]["data"]["me"]
    assert (answer["claims"]["sub"], answer["claims"]["amr"]) == (account.id, ["pwd", "otp"])
    assert (me["client"], me["person"], me["role"]) == ("tablet", account.id, "OFFICER")
    assert answer["tokens"]["refresh_token"]
    assert "设备已登录" in answer["page"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_device_with_a_key_gets_a_bound_token(driver: Driver, devices: Answers, stand: Stand):
    """A device that must prove its key gets a token for it, and asks with it."""
    answer = devices[driver, "bound"].result()
    assert answer["tokens"]["token_type"] == "dpop"
    assert "cnf" in read_token(stand, answer["tokens"]["access_token"])[1]
    assert answer["graphql"]["body"]["data"]["me"]["person"] == stand.accounts["clerk"].id


@pytest.mark.parametrize("driver", DRIVERS)
def test_device_is_told_that_its_person_did_not_agree(driver: Driver, devices: Answers):
    """Whoever presses the other button has the device stop with access_denied."""
    with pytest.raises(DriverError) as refused:
        devices[driver, "refused"].result()
    assert refused.value.error == "access_denied"


def test_device_waits_for_its_person(devices: Answers, stand: Stand):
    """Until somebody agrees the answer is authorization_pending; then it is a token, once, and a replay ends that."""
    answer = devices[AUTHLIB, "tablet"].result()
    assert (answer["early"], answer["again"]) == ("authorization_pending", "invalid_grant")
    assert answer["started"]["verification_uri"] == f"{stand.url}/oauth/device"
    assert answer["started"]["expires_in"] <= 600
    renewal = {"grant_type": "refresh_token", "refresh_token": answer["tokens"]["refresh_token"], "client_id": "tablet"}
    refused = httpx2.post(f"{stand.url}/oauth/token", data=renewal, verify=TLS)
    assert refused.json()["error"] == "invalid_grant"
    assert ask(stand, answer["tokens"]["access_token"]).status_code == 401


def test_device_that_asks_too_often_is_slowed_down(client: httpx2.Client, stand: Stand):
    """The second question within five seconds is answered slow_down; one for nobody's code with invalid_grant."""
    started = client.post("/oauth/device", data={"client_id": "tablet", "scope": "openid"}).json()
    form = {"grant_type": GRANT, "client_id": "tablet", "device_code": started["device_code"]}
    errors = [client.post("/oauth/token", data=form).json()["error"] for _ in range(2)]
    assert errors == ["authorization_pending", "slow_down"]
    assert client.post("/oauth/token", data=form | {"device_code": "nobody"}).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(("name", "error"), [("machine", "unauthorized_client"), ("nobody", "invalid_client")])
def test_device_codes_are_for_clients_of_devices(name: str, error: str, client: httpx2.Client, stand: Stand):
    """A client that is for no device gets no code for one."""
    answer = client.post("/oauth/device", auth=(name, stand.secrets["machine"]), data={"scope": "openid"})
    assert answer.json()["error"] == error
