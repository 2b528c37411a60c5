"""People sign in at the hub through npm's `oidc-provider`: there and back, as whom they act, and who is turned away."""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from sqlalchemy import select

from auth.server import second_factor
from hub.app import wire
from hub.callers.ledger import StoreLedger
from hub.settings import load_settings
from hub.store.caller_tables import outside_identities
from tests.callers.stand import BACK, CERTIFIED, EXPIRED, Stand, configure, free_port, furnish, served
from tests.clients import authlib_client
from tests.clients.authlib_client import Client
from tests.clients.browser import External, Person, SignInError
from tests.clients.running import Account, Provider, provider

ME = {"query": "{ me { department role } purposes { code } }"}
PROVIDER = """
[[provider]]
name = "city"
label = "统一身份认证"
issuer = "{issuer}"
client_id = "hub"
client_secret = "file:city-secret"
accept_tokens = true
audience = "{url}/graphql"
token_types = ["at+jwt"]
certificate_claim = "certificate"

[[provider.mapping]]
claim = "job"
value = "inspector"
department = "market"
role = "OFFICER"
purposes = ["INSPECTION"]

[[provider.mapping]]
claim = "job"
value = "clerk"
department = "market"
role = "CLERK"
purposes = ["SERVICE"]
"""


@dataclass
class Beside:
    """A hub and the provider beside it."""

    stand: Stand
    provider: Provider

    factors: dict[str, str]

    def person(self, name: str) -> Person:
        """Somebody who chooses the provider at the hub's sign-in page."""
        return Person("", "", self.factors.get(name), external=External("city", name, "pw"))

    def enrol(self, name: str) -> None:
        """Give whoever has this name at the provider an authenticator at the hub."""
        key = second_factor.fresh_key()

        def work(ledger: StoreLedger) -> None:
            digest = ledger.vault.digest("outside city", name)
            query = select(outside_identities.c.person).where(outside_identities.c.subject == digest)
            ledger.people.enrol(ledger.connection.execute(query).scalar_one(), key, 0)

        self.stand.act(work)
        self.factors[name] = second_factor.shown(key)

    def code(self, name: str, client: str = "portal") -> authlib_client.SignedIn:
        """A whole sign-in."""
        made = Client(self.stand.url, client, self.stand.secrets[client])
        return authlib_client.code(made, self.person(name), BACK, "openid offline_access")

    def me(self, token: str, **headers: str) -> httpx2.Response:
        """As whom a token acts."""
        sent = {"authorization": f"Bearer {token}", **headers}
        return httpx2.post(f"{self.stand.url}/graphql", json=ME, headers=sent, timeout=20)


@pytest.fixture(scope="module")
def beside(node_clients, tmp_path_factory) -> Iterator[Beside]:
    """Both, running. The provider says of nobody that they used a second factor."""
    folder, port = tmp_path_factory.mktemp("outside"), free_port()
    url = f"http://127.0.0.1:{port}"
    accounts = [
        Account("li", "pw", {"name": "李四", "job": "clerk"}),
        Account("wang", "pw", {"name": "王五", "job": "inspector", "certificate": CERTIFIED}),
        Account("zhao", "pw", {"name": "赵六", "job": "inspector", "certificate": EXPIRED}),
        Account("nobody", "pw", {"name": "某人", "job": "gardener"}),
    ]
    hub = {
        "client_id": "hub",
        "client_secret": "city-secret",
        "redirect_uris": [f"{url}/oauth/external/city/callback"],
        "grant_types": ["authorization_code"],
    }
    with ExitStack() as stack:
        city = stack.enter_context(provider(accounts, [hub]))
        (folder / "city-secret").write_text("city-secret")
        path = configure(folder, url, more=PROVIDER.format(issuer=city.issuer, url=url))
        stand = Stand(wire(load_settings(path)), url)
        furnish(stand)
        stack.enter_context(served(stand.hub, port))
        assert stand.hub.outside is not None
        documents = stand.hub.outside._documents["city"]
        until = time.monotonic() + 60
        while documents.announced is None:
            assert time.monotonic() < until, "the provider is not followed"
            time.sleep(0.05)
        yield Beside(stand, city, {})


def test_a_clerk_signs_in_through_the_provider(beside):
    """Department, role and purposes are what the provider's claims are mapped to; the factor is told as federated."""
    signed_in = beside.code("li")
    assert signed_in.claims["amr"] == ["fed"]
    assert (signed_in.userinfo["name"], signed_in.userinfo["role"]) == ("李四", "CLERK")
    told = beside.me(signed_in.tokens["access_token"]).json()["data"]
    assert told == {"me": {"department": "market", "role": "CLERK"}, "purposes": [{"code": "SERVICE"}]}


def test_the_same_person_is_the_same_here(beside):
    """Signing in again leads to the same account, under an id that tells nothing of the one there."""
    one, again = beside.code("li"), beside.code("li")
    assert one.claims["sub"] == again.claims["sub"]
    assert one.claims["sub"] != "li"


def test_another_clients_people_are_turned_away(beside):
    """Through a client that is no portal only its own department and role come in."""
    with pytest.raises(SignInError):
        beside.code("li", "field")


def test_whoever_is_not_mapped_is_turned_away(beside):
    """A person of whom the provider says nothing that is known here gets no account."""
    with pytest.raises(SignInError):
        beside.code("nobody")


def test_an_officer_of_the_provider_needs_a_certificate(beside):
    """They set up an authenticator at the hub, for the provider says of none; then their certificate decides."""
    for name, role in (("wang", "OFFICER"), ("zhao", "PUBLIC")):
        with pytest.raises(SignInError, match="/oauth/enrolment"):
            beside.code(name)
        beside.enrol(name)
        assert beside.code(name).userinfo["role"] == role


def test_a_stranger_cannot_finish_what_another_began(beside):
    """The way back works only in the browser that left, and only once."""
    stand = beside.stand
    asked = {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": BACK,
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    with httpx2.Client(base_url=stand.url, timeout=20) as owner, httpx2.Client(base_url=stand.url) as thief:
        to_page = owner.get("/oauth/authorize", params=asked).headers["location"]
        ticket = parse_qs(urlsplit(to_page).query)["ticket"][0]
        left = owner.get(f"/oauth/external/city?ticket={ticket}")
        assert left.status_code == 303
        assert left.headers["location"].startswith(beside.provider.issuer)
        state = parse_qs(urlsplit(left.headers["location"]).query)["state"][0]
        answer = {"state": state, "code": "x", "iss": beside.provider.issuer}
        assert thief.get("/oauth/external/city/callback", params=answer).status_code == 400
        assert owner.get("/oauth/external/city/callback", params=answer).status_code == 400
        assert thief.get(f"/oauth/external/city?ticket={ticket}").status_code == 400


def test_a_code_that_the_provider_does_not_know_signs_nobody_in(beside):
    """A made-up code leads to a page that says what to do, not to a session."""
    stand = beside.stand
    asked = {
        "response_type": "code",
        "client_id": "portal",
        "redirect_uri": BACK,
        "code_challenge": "x" * 43,
        "code_challenge_method": "S256",
    }
    with httpx2.Client(base_url=stand.url, timeout=20) as owner:
        to_page = owner.get("/oauth/authorize", params=asked).headers["location"]
        ticket = parse_qs(urlsplit(to_page).query)["ticket"][0]
        left = owner.get(f"/oauth/external/city?ticket={ticket}").headers["location"]
        state = parse_qs(urlsplit(left).query)["state"][0]
        answer = {"state": state, "code": "made-up", "iss": beside.provider.issuer}
        back = owner.get("/oauth/external/city/callback", params=answer)
        assert back.status_code == 403
        assert "统一身份认证" in back.text
        assert not [name for name in owner.cookies if name.endswith("session")]


def test_a_provider_that_is_not_there_is_not_found(beside):
    """An address of a provider that is not configured leads nowhere."""
    assert httpx2.get(f"{beside.stand.url}/oauth/external/other?ticket=x").status_code == 400
    assert httpx2.get(f"{beside.stand.url}/oauth/external/other/callback?state=x").status_code == 404
