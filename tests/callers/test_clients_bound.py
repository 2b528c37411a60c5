"""Unmodified clients prove possession of a key (RFC 9449): where they must, and where they only want to."""

import base64
import hashlib
from typing import Any

import httpx2
import pytest

from tests.callers.driving import AUTHLIB, CLIENTS, WHO, Telling, ask, client_of, job_of, officer, read_token, refusal
from tests.callers.stand import Stand
from tests.clients import authlib_client
from tests.clients.browser import TLS
from tests.clients.running import DRIVERS, Driver

RENEWABLE = "openid offline_access"
PEOPLE = {"bound": "clerk", "pushing": "clerk", "signing": "nurse"}


def bound(stand: Stand, client: str, flow: str, **more: Any) -> dict[str, Any]:
    """A job done with a key; where its client signs somebody in, there is somebody of its department and role."""
    person = stand.people[PEOPLE[client]] if client in PEOPLE else officer(stand)
    return job_of(stand, client, flow, None if flow == "client_credentials" else person, dpop=True, **more)


def thumbprint(stand: Stand, answer: dict[str, Any]) -> str:
    """The key to which an access token is bound."""
    assert answer["tokens"]["token_type"] == "dpop"
    confirmed: dict[str, str] = read_token(stand, answer["tokens"]["access_token"])[1]["cnf"]
    assert len(base64.urlsafe_b64decode(confirmed["jkt"] + "=")) == hashlib.sha256().digest_size
    return confirmed["jkt"]


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256", "PS256"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_token_is_bound_to_a_key_of_any_kind(driver: Driver, algorithm: str, stand: Stand, told: Telling):
    """A key of each algorithm gets a token that opens the hub with a proof, and with nothing else."""
    answer = told(driver, bound(stand, "bound", "client_credentials", dpop_alg=algorithm))
    thumbprint(stand, answer)
    assert answer["graphql"]["body"]["data"]["me"]["client"] == "bound"
    assert ask(stand, answer["tokens"]["access_token"]).status_code == 401


@pytest.mark.parametrize("client", ["bound", "field", "tablet", "signing"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_people_sign_in_with_a_bound_token(driver: Driver, client: str, stand: Stand, told: Telling):
    """Code, token, userinfo and question are bound to one key, also for clients that need not do so."""
    answer = told(driver, bound(stand, client, "code"))
    thumbprint(stand, answer)
    assert answer["userinfo"]["sub"] == answer["graphql"]["body"]["data"]["me"]["person"] == answer["claims"]["sub"]
    headers = {"authorization": f"Bearer {answer['tokens']['access_token']}"}
    assert httpx2.get(f"{stand.url}/oauth/userinfo", headers=headers, verify=TLS).status_code == 401


@pytest.mark.parametrize("client", ["bound", "pushing"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_pushed_request_is_bound_by_its_proof(driver: Driver, client: str, stand: Stand, told: Telling):
    """A request that is pushed with a proof brings a token for that key."""
    answer = told(driver, bound(stand, client, "code_par"))
    thumbprint(stand, answer)
    assert answer["graphql"]["body"]["data"]["me"]["client"] == client


@pytest.mark.parametrize("client", ["bound", "tablet"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_bound_tokens_are_renewed_for_their_key(driver: Driver, client: str, stand: Stand, told: Telling):
    """Each renewal is for the key of the first token; a replay ends the family here as well."""
    answer = told(driver, bound(stand, client, "refresh", scope=RENEWABLE))
    assert len({thumbprint(stand, {"tokens": tokens}) for tokens in answer["tokens"]}) == 1
    assert answer["graphql"]["status"] == 200
    assert [answer["replay"]["error"], answer["after_replay"]["error"]] == ["invalid_grant", "invalid_grant"]
    auditor = client_of(job_of(stand, "auditor", "introspect"))
    for tokens in answer["tokens"]:
        assert authlib_client.introspect(auditor, tokens["access_token"]) == {"active": False}


@pytest.mark.parametrize("driver", DRIVERS)
def test_introspection_tells_the_key(driver: Driver, stand: Stand, told: Telling):
    """Whoever asks about a bound token learns that it is one, and of which key."""
    answer = told(driver, bound(stand, "bound", "introspect", scope=RENEWABLE))
    assert answer["access_token"]["token_type"] == "DPoP"
    assert answer["access_token"]["cnf"] == {"jkt": thumbprint(stand, answer)}


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_bound_token_is_revoked(driver: Driver, kind: str, stand: Stand, told: Telling):
    """Bound tokens end as others do."""
    answer = told(driver, bound(stand, "bound", "revoke", scope=RENEWABLE, revoked=kind))
    assert answer["graphql"]["status"] == 200
    assert [answer[moment]["access_token"]["active"] for moment in ("before", "after")] == [True, False]


@pytest.mark.parametrize("flow", ["client_credentials", "code"])
@pytest.mark.parametrize("who", CLIENTS)
def test_client_that_must_prove_its_key_gets_no_other_token(who: str, flow: str, stand: Stand, told: Telling):
    """With `dpop = true` a request for a token without a proof is refused, whoever makes it."""
    person = stand.people["clerk"] if flow == "code" else None
    assert refusal(told, who, job_of(stand, "bound", flow, person)) == "invalid_dpop_proof"


def test_hub_says_how_it_wants_a_token_presented(stand: Stand, told: Telling):
    """Who is refused is told of both ways, and which algorithms a proof may have."""
    token = told(AUTHLIB, job_of(stand, "machine", "client_credentials"))["tokens"]["access_token"]
    headers = {"authorization": f"DPoP {token}"}
    for address in "/graphql", "/oauth/userinfo":
        refused = httpx2.post(f"{stand.url}{address}", json={"query": WHO}, headers=headers, verify=TLS)
        assert refused.status_code == 401
        assert refused.headers["www-authenticate"].startswith("Bearer ")
        assert 'DPoP error="invalid_token", algs="Ed25519 ES256 PS256"' in refused.headers["www-authenticate"]
