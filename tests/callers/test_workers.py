"""Two workers over one store, with connections that stay open: what one does, the other feels."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from auth.grants import Grant
from auth.roles import Role
from auth.standing import Stopped
from hub.app import wire
from hub.callers.signing import rotate_key
from hub.callers.stopping import freeze, thaw
from hub.roster.grants import Grants
from hub.settings import load_settings
from tests import postgres
from tests.callers.stand import BACK, Stand, configure, free_port, furnish, served
from tests.clients import authlib_client
from tests.clients.authlib_client import Client
from tests.forks import FORKS

ME = {"query": "{ me { client role } }"}
PATIENCE = 5.0


def serve_other(config: Path, port: int) -> None:
    """A hub in a process of its own, until that is ended."""
    with served(wire(load_settings(config)), port):
        time.sleep(600)


@dataclass
class Pair:
    """Two workers: one in this process, one in another, and a connection to each that stays open."""

    stand: Stand
    here: httpx2.Client
    there: httpx2.Client

    def token(self, client: str = "machine") -> str:
        """A token of a client's own."""
        form = {"grant_type": "client_credentials"}
        told = self.here.post("/oauth/token", data=form, auth=(client, self.stand.secrets[client])).raise_for_status()
        return told.json()["access_token"]

    def person(self, name: str = "clerk", client: str = "portal") -> authlib_client.SignedIn:
        """Somebody who signed in."""
        made = Client(self.stand.url, client, self.stand.secrets[client])
        return authlib_client.code(made, self.stand.people[name], BACK, "openid offline_access")

    def statuses(self, token: str) -> tuple[int, int]:
        """How a token is answered here and there."""
        headers = {"authorization": f"Bearer {token}", "hub-purpose": "SERVICE", "hub-case": "1"}
        answers = [one.post("/graphql", json=ME, headers=headers) for one in (self.here, self.there)]
        return answers[0].status_code, answers[1].status_code


@contextmanager
def two_workers(folder: Path, store: str) -> Iterator[Pair]:
    """Two workers at two addresses, as behind a load balancer that has a third."""
    ports = free_port(), free_port()
    url = f"http://127.0.0.1:{ports[0]}"
    path = configure(folder, url, store)
    hub = wire(load_settings(path))
    stand = Stand(hub, url)
    furnish(stand)
    with ExitStack() as stack:
        stack.enter_context(served(hub, ports[0]))
        other = FORKS.Process(target=serve_other, args=(path, ports[1]), daemon=True)
        other.start()
        stack.callback(other.join)
        stack.callback(other.kill)
        here = stack.enter_context(httpx2.Client(base_url=url, timeout=20))
        there = stack.enter_context(httpx2.Client(base_url=f"http://127.0.0.1:{ports[1]}", timeout=20))
        until_it_holds("the other worker answers", lambda: answers(there), 30.0)
        yield Pair(stand, here, there)


def answers(client: httpx2.Client) -> bool:
    """True if a hub is there."""
    try:
        return client.get("/healthz").status_code == 200
    except httpx2.TransportError:
        return False


def signs_in(pair: Pair) -> bool:
    """True if somebody's sign-in holds everywhere: what a worker began before it felt a stop ends with the stop."""
    try:
        return pair.statuses(pair.person().tokens["access_token"]) == (200, 200)
    except httpx2.HTTPStatusError:
        return False


def until_it_holds(what: str, holds: Callable[[], bool], patience: float = PATIENCE) -> None:
    """Wait until something holds, and say how long that took; it is no test of time, but does not wait for ever."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < patience, f"{what}: not within {patience} s"
        time.sleep(0.01)
    print(f"{what}: {1000 * (time.monotonic() - began):.0f} ms")  # noqa: T201 - what was measured


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def pair(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Two workers, on a store of each kind."""
    folder = tmp_path_factory.mktemp("workers")
    with ExitStack() as stack:
        store = "sqlite:///hub.db"
        if request.param == "postgresql":
            server = request.getfixturevalue("postgres_server")
            store = stack.enter_context(postgres.fresh_database(server))
        yield stack.enter_context(two_workers(folder, store))


def felt(pair: Pair, what: str, token: str) -> None:
    """A token that held everywhere holds nowhere any more."""
    until_it_holds(what, lambda: pair.statuses(token) == (401, 401))


def test_a_token_of_one_worker_holds_at_the_other(pair):
    """They share the keys and the clients."""
    assert pair.statuses(pair.token()) == (200, 200)


def test_a_grant_that_is_given_or_taken_is_felt_by_every_worker(pair):
    """What one worker writes of grants the other honours, for connections that are open and tokens that are held."""
    token, hub = pair.token(), pair.stand.hub
    asked = {"query": '{ catalogue(record: "Entity") { field standing } }'}
    headers = {"authorization": f"Bearer {token}", "hub-purpose": "SERVICE", "hub-case": "1"}

    def standing(client: httpx2.Client) -> str:
        told = client.post("/graphql", json=asked, headers=headers).raise_for_status().json()["data"]["catalogue"]
        return next(one["standing"] for one in told if one["field"] == "Entity.contactPhone")

    def everywhere(wanted: str) -> bool:
        return [standing(client) for client in (pair.here, pair.there)] == [wanted, wanted]

    client, day = hub.roster.callers["machine"], hub.gateway.clock.today()
    given = Grant(
        id="",
        department=client.department,
        role=client.role,
        purposes=frozenset({"SERVICE"}),
        starts=day,
        ends=day,
        legal_basis="测试依据",
        approved_by="steward",
        fields=frozenset({"Entity.contactPhone"}),
    )
    assert everywhere("REQUESTABLE")
    made = hub.attendant.perform(lambda ledger: Grants(ledger.connection, ledger.now).put(given, "somebody"))
    until_it_holds("a grant is felt everywhere", lambda: everywhere("HELD"))
    yesterday = day - timedelta(days=1)
    hub.attendant.perform(lambda ledger: Grants(ledger.connection, ledger.now).end(made, yesterday, "somebody"))
    until_it_holds("its end is felt everywhere", lambda: everywhere("REQUESTABLE"))


def test_a_revoked_token_ends_everywhere(pair):
    """Revoked at one, it is refused at the other on a connection that was open before; a sibling goes on."""
    token, sibling = pair.token(), pair.token()
    assert pair.statuses(token) == pair.statuses(sibling) == (200, 200)
    pair.here.post("/oauth/revoke", data={"token": token}, auth=("machine", pair.stand.secrets["machine"]))
    felt(pair, "revocation", token)
    assert pair.statuses(sibling) == (200, 200)


def test_a_revoked_sign_in_ends_everywhere(pair):
    """With its refresh token, the access tokens of the sign-in end, too."""
    signed_in = pair.person()
    token = signed_in.tokens["access_token"]
    assert pair.statuses(token) == (200, 200)
    form = {"token": signed_in.tokens["refresh_token"]}
    pair.there.post("/oauth/revoke", data=form, auth=("portal", pair.stand.secrets["portal"]))
    felt(pair, "end of a sign-in", token)


@pytest.mark.parametrize(("kind", "name"), [(Stopped.CLIENT, "machine"), (Stopped.DEPARTMENT, "market")])
def test_a_freeze_is_felt_everywhere_and_can_be_lifted(pair, kind, name):
    """What is frozen gets no token and none of its tokens holds; after the thaw there are new ones, the old stay dead."""
    token = pair.token()
    assert pair.statuses(token) == (200, 200)
    pair.stand.act(lambda ledger: freeze(ledger.connection, kind, name, ledger.now, "test"))
    felt(pair, f"freeze of a {kind.lower()}", token)
    form, auth = {"grant_type": "client_credentials"}, ("machine", pair.stand.secrets["machine"])
    refused = pair.there.post("/oauth/token", data=form, auth=auth)
    assert (refused.status_code, refused.json()["error"]) == (400, "unauthorized_client")
    pair.stand.act(lambda ledger: thaw(ledger.connection, kind, name, ledger.now))
    until_it_holds("thaw", lambda: pair.statuses(pair.token()) == (200, 200))
    assert pair.statuses(token) == (401, 401)


def test_a_frozen_grant_gives_nothing_everywhere(pair):
    """A field that a grant gave is denied at both, as soon as the grant is frozen, and held again after the thaw."""
    token = pair.token()
    asked = {"query": '{ entity(uscc: "914403001922038216") { name address } }'}
    headers = {"authorization": f"Bearer {token}"}

    def held() -> list[bool]:
        told = [one.post("/graphql", json=asked, headers=headers).json() for one in (pair.here, pair.there)]
        return [one["data"]["entity"] is not None for one in told]

    assert held() == [True, True]
    pair.stand.act(lambda ledger: freeze(ledger.connection, Stopped.GRANT, "G-2", ledger.now, "test"))
    until_it_holds("freeze of a grant", lambda: held() == [False, False])
    pair.stand.act(lambda ledger: thaw(ledger.connection, Stopped.GRANT, "G-2", ledger.now))
    until_it_holds("thaw of a grant", lambda: held() == [True, True])


def test_a_changed_password_ends_every_sign_in(pair):
    """Access tokens from before are refused everywhere, refresh tokens too."""
    pair.stand.add("changing", Role.CLERK)
    signed_in = pair.person("changing")
    token = signed_in.tokens["access_token"]
    assert pair.statuses(token) == (200, 200)
    person = pair.stand.accounts["changing"].id
    pair.stand.act(lambda ledger: ledger.people.change_password(person, ledger.people.of_id(person).password))
    felt(pair, "change of a password", token)
    form = {"grant_type": "refresh_token", "refresh_token": signed_in.tokens["refresh_token"]}
    refused = pair.there.post("/oauth/token", data=form, auth=("portal", pair.stand.secrets["portal"]))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_keys_change_without_a_live_token_breaking(pair):
    """The next key is published at both before it signs, and tokens of the old one go on."""
    token = pair.token()
    before = {key["kid"] for key in pair.there.get("/oauth/jwks").json()["keys"]}
    folder = pair.stand.hub.attendant.keys.folder
    made = pair.stand.act(lambda ledger: rotate_key(ledger.connection, folder, ledger.now))

    def published() -> bool:
        told = [one.get("/oauth/jwks").json()["keys"] for one in (pair.here, pair.there)]
        return all({key["kid"] for key in keys} == before | {made} for keys in told)

    until_it_holds("publication of a key", published)
    assert pair.statuses(token) == pair.statuses(pair.token()) == (200, 200)


def test_a_stolen_key_ends_at_once(pair):
    """Changed at once, tokens of the old key are refused everywhere, and new ones are signed by the new key."""
    token = pair.token()
    folder = pair.stand.hub.attendant.keys.folder
    pair.stand.act(lambda ledger: rotate_key(ledger.connection, folder, ledger.now, at_once=True))
    felt(pair, "change of a stolen key", token)
    until_it_holds("tokens of the new key", lambda: pair.statuses(pair.token()) == (200, 200))
    assert pair.statuses(pair.person().tokens["access_token"]) == (200, 200)


@pytest.mark.parametrize("kind", [Stopped.CLIENT, Stopped.DEPARTMENT, Stopped.PERSON])
def test_a_sign_in_does_not_survive_a_freeze(pair, kind):
    """What was frozen and thawed gets new sign-ins; refresh tokens from before stay dead."""
    signed_in = pair.person()
    name = {
        Stopped.CLIENT: "portal",
        Stopped.DEPARTMENT: "market",
        Stopped.PERSON: pair.stand.accounts["clerk"].id,
    }[kind]
    pair.stand.act(lambda ledger: freeze(ledger.connection, kind, name, ledger.now, "test"))
    pair.stand.act(lambda ledger: thaw(ledger.connection, kind, name, ledger.now))
    form = {"grant_type": "refresh_token", "refresh_token": signed_in.tokens["refresh_token"]}
    refused = pair.there.post("/oauth/token", data=form, auth=("portal", pair.stand.secrets["portal"]))
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
    until_it_holds("a sign-in after the thaw", lambda: signs_in(pair))
