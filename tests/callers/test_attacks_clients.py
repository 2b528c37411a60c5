"""Attacks by one client on another: who there is, what others' tokens are, and what is left to it when it is frozen."""

import statistics
import time
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc.jwk import OKPKey

from auth.standing import Stopped
from hub.callers.stopping import freeze, thaw
from tests.callers.intruder import (
    ASSERTED,
    NOT_PROVEN,
    Browser,
    asked,
    asks,
    assertion,
    ends,
    exchange,
    place,
    post,
    renew,
    token_of,
    web,
)
from tests.callers.stand import Stand, standing

ENDPOINTS = ["token", "par", "introspect", "revoke", "device"]
STRANGE = OKPKey.generate_key("Ed25519")


@pytest.fixture(scope="module")
def stand(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """A hub whose clients are frozen now and then."""
    with standing(tmp_path_factory.mktemp("clients")) as running:
        yield running


@pytest.mark.parametrize("path", ENDPOINTS)
def test_nobody_learns_which_clients_there_are(path, stand):
    """A client that is not there is refused like one that is: same status, headers and words, whatever is shown."""

    def answer(client: str, way: str) -> tuple[int, Any, dict[str, str]]:
        form = {"grant_type": "client_credentials", "token": "x", **asked(client)}
        if way == "assertion":
            made = assertion(stand, key=STRANGE, iss=client, sub=client)
            told = post(stand, f"/oauth/{path}", {**form, "client_assertion": made, "client_assertion_type": ASSERTED})
        elif way == "basic":
            told = web(stand).post(f"/oauth/{path}", data=form, auth=(client, "x" * 43))
        else:
            told = post(stand, f"/oauth/{path}", {**form, **({"client_secret": "x" * 43} if way == "post" else {})})
        return told.status_code, told.json(), {k: v for k, v in told.headers.items() if k != "date"}

    for way in ("basic", "post", "assertion", "nothing"):
        unknown = answer("nobody", way)
        assert unknown[1] == NOT_PROVEN
        assert [answer(client, way) for client in ("machine", "signing", "auditor", "field")] == [unknown] * 4


def test_a_client_that_is_not_there_takes_as_long(stand):
    """Twenty refusals each take about as long, for secrets and for assertions."""
    for way in ("secret", "assertion"):
        times: dict[str, list[float]] = {"signing" if way == "assertion" else "machine": [], "nobody": []}
        for _ in range(20):
            for name, taken in times.items():
                made = assertion(stand, key=STRANGE, iss=name, sub=name)
                secret, shown = {"client_id": name, "client_secret": "x" * 43}, {"client_assertion": made}
                form = secret if way == "secret" else {**shown, "client_assertion_type": ASSERTED}
                began = time.perf_counter()
                assert post(stand, "/oauth/revoke", {"token": "x", **form}).status_code == 400
                taken.append(time.perf_counter() - began)
        known, unknown = (1000 * statistics.median(taken) for taken in times.values())
        print(f"medians of a known and an unknown client by {way}: {known:.2f} ms, {unknown:.2f} ms")  # noqa: T201
        assert 1 / 3 < known / unknown < 3


def test_another_s_tokens_are_told_to_nobody(stand):
    """Whether a token holds learns its own client, and whoever keeps the record; to all others it does not exist."""
    person = Browser(stand).tokens("clerk", scope="openid offline_access")
    for token in (person["access_token"], person["refresh_token"]):
        for client in ("machine", "field", "pushing", "bound"):
            told = post(stand, "/oauth/introspect", {"token": token}, client)
            assert (told.status_code, told.json()) == (200, {"active": False})
        assert post(stand, "/oauth/introspect", {"token": token, "client_id": "tablet"}).status_code in {400, 401}
        assert post(stand, "/oauth/introspect", {"token": token}).json()["error"] == "invalid_client"
        assert post(stand, "/oauth/introspect", {"token": token}, "portal").json()["active"] is True
        assert post(stand, "/oauth/introspect", {"token": token}, "auditor").json()["active"] is True


def test_another_s_tokens_are_ended_by_nobody(stand):
    """A client that revokes what is not its own is answered as ever, and nothing ends."""
    person = Browser(stand).tokens("clerk", scope="openid offline_access")
    for token in (person["access_token"], person["refresh_token"]):
        for client in ("machine", "field", "auditor"):
            told = post(stand, "/oauth/revoke", {"token": token}, client)
            assert (told.status_code, told.json()) == (200, {})
        assert post(stand, "/oauth/revoke", {"token": token, "client_id": "tablet"}).status_code == 200
    time.sleep(0.5)
    assert asks(stand, person["access_token"]).status_code == 200
    told = renew(stand, person["refresh_token"]).json()
    assert post(stand, "/oauth/revoke", {"token": told["refresh_token"]}, "portal").status_code == 200
    assert ends(stand, told["access_token"])
    assert renew(stand, told["refresh_token"]).json()["error"] == "invalid_grant"


def thawed(stand, kind, name):
    """Lift a freeze; tokens that a worker issues before it has seen that stay dead, and the next test wants others."""
    stand.act(lambda ledger: thaw(ledger.connection, kind, name, ledger.now))
    time.sleep(1)


FROZEN = {
    "the client": (Stopped.CLIENT, "portal"),
    "the department of the client": (Stopped.DEPARTMENT, "hub"),
    "the department of the person": (Stopped.DEPARTMENT, "market"),
    "the person": (Stopped.PERSON, "clerk"),
}


@pytest.mark.parametrize("what", FROZEN)
def test_what_is_frozen_gets_nothing_and_keeps_nothing(what, stand):
    """Neither a code, nor a renewal, nor a consent that waited brings a token, and the old one ends."""
    kind, name = FROZEN[what]
    name = stand.accounts[name].id if kind is Stopped.PERSON else name
    browser = Browser(stand)
    person, code, page = browser.tokens("clerk"), browser.code("clerk"), browser.consent("clerk")
    assert asks(stand, person["access_token"]).status_code == 200
    stand.act(lambda ledger: freeze(ledger.connection, kind, name, ledger.now, "test"))
    try:
        assert ends(stand, person["access_token"])
        refused = {"invalid_grant", "unauthorized_client"}
        assert exchange(stand, code).json()["error"] in refused
        assert renew(stand, person["refresh_token"]).json()["error"] in refused
        told = browser.post(page, decision="allow")
        assert (told.status_code in {400, 403}, "location" in told.headers) == (True, False)
        begun = Browser(stand).begin()
        assert begun.status_code == 400 or place(begun) == "/oauth/sign-in"
    finally:
        thawed(stand, kind, name)
    assert asks(stand, person["access_token"]).status_code == 401


@pytest.mark.parametrize(("kind", "name"), [(Stopped.CLIENT, "machine"), (Stopped.DEPARTMENT, "market")])
def test_a_frozen_client_gets_nothing_for_itself(kind, name, stand):
    """Neither a token nor a place for a request, and what it had ends, whichever of client or department is frozen."""
    token = token_of(stand)
    stand.act(lambda ledger: freeze(ledger.connection, kind, name, ledger.now, "test"))
    try:
        form = {"grant_type": "client_credentials", "token": token, **asked("machine")}
        for path in ENDPOINTS:
            assert post(stand, f"/oauth/{path}", form, "machine").json()["error"] == "unauthorized_client"
        assert ends(stand, token)
    finally:
        thawed(stand, kind, name)
