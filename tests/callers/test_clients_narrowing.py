"""Clients ask for less than they may: scopes and purposes bound what the hub shows, and no later request widens them."""

import base64
import hashlib
import secrets
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from auth.roles import Role
from tests.callers.driving import (
    CLIENTS,
    Telling,
    ask,
    client_of,
    held,
    job_of,
    officer,
    purposes,
    read_token,
    refusal,
)
from tests.callers.stand import BACK, Stand
from tests.clients import authlib_client
from tests.clients.browser import sign_in

REGISTER_ONLY = {"Entity.regNo15", "Entity.orgCode", "Entity.businessScope"}
"""Fields of the scope entity.register, some of them."""


def agreed(client: httpx2.Client, stand: Stand, **asked: str) -> dict[str, str]:
    """The form with which a portal exchanges the code of a clerk who agreed to a request."""
    verifier = secrets.token_urlsafe(32)
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    request = {"response_type": "code", "client_id": "portal", "redirect_uri": BACK, "code_challenge": challenge}
    query = urlencode(request | {"code_challenge_method": "S256"} | asked)
    back = sign_in(f"{stand.url}/oauth/authorize?{query}", stand.people["clerk"], BACK)
    code = parse_qs(urlsplit(back).query)["code"][0]
    return {"grant_type": "authorization_code", "code": code, "code_verifier": verifier, "redirect_uri": BACK}


def answer_to(client: httpx2.Client, stand: Stand, form: dict[str, str]) -> dict[str, Any]:
    """What the token endpoint answers the portal."""
    answer: dict[str, Any] = client.post("/oauth/token", data=form, auth=("portal", stand.secrets["portal"])).json()
    return answer


def said(stand: Stand, tokens: dict[str, Any]) -> tuple[str | None, list[str] | None]:
    """Scopes and purposes to which an access token is narrowed."""
    claims = read_token(stand, tokens["access_token"])[1]
    return claims.get("scope"), claims.get("purposes")


@pytest.mark.parametrize("who", CLIENTS)
def test_sign_in_is_narrowed(who: str, stand: Stand, told: Telling):
    """A sign-in for one scope and one purpose shows the fields of that scope, and has that purpose alone."""
    whole = told(who, job_of(stand, "field", "code", officer(stand)))["graphql"]["body"]
    job = job_of(stand, "field", "code", officer(stand), scope="openid entity.identity", purposes="SERVICE")
    narrow = told(who, job)
    body, token = narrow["graphql"]["body"], narrow["tokens"]["access_token"]
    assert (purposes(whole), purposes(body)) == (["INSPECTION", "SERVICE"], ["SERVICE"])
    assert "Entity.name" in held(body) < held(whole)
    assert held(whole) - held(body) >= REGISTER_ONLY
    assert ask(stand, token, hub_purpose="INSPECTION").status_code == 403
    assert narrow["tokens"]["scope"] == "openid entity.identity"
    assert said(stand, narrow["tokens"]) == ("entity.identity", ["SERVICE"])


@pytest.mark.parametrize("who", CLIENTS)
def test_token_of_a_client_is_narrowed(who: str, stand: Stand, told: Telling):
    """A system asks for less than it may in the same way."""
    job = job_of(stand, "auditor", "client_credentials")
    whole, narrow = told(who, job)["graphql"]["body"], told(who, job | {"scope": "entity.identity"})
    body = narrow["graphql"]["body"]
    assert narrow["tokens"]["scope"] == "entity.identity"
    assert "Entity.name" in held(body) < held(whole)
    assert held(whole) - held(body) >= REGISTER_ONLY
    assert refusal(told, who, job | {"purposes": "INSPECTION"}) == "invalid_request"


@pytest.mark.parametrize("scope", ["entity.identity entity.identity", "entity.*", "ENTITY.IDENTITY", "admin"])
def test_scope_that_is_none_is_refused(scope: str, client: httpx2.Client, stand: Stand):
    """What is no scope of the hub, or stands there twice, gets no token."""
    form = {"grant_type": "client_credentials", "scope": scope}
    answer = client.post("/oauth/token", data=form, auth=("machine", stand.secrets["machine"])).json()
    assert answer["error"] == "invalid_scope"


def test_purposes_of_a_person_bound_their_token(stand: Stand, told: Telling):
    """Somebody who has one of the client's purposes has that one alone, whatever the client asks for."""
    person = stand.add("single-minded", Role.CLERK, purposes=("SERVICE",))
    for asked in {}, {"purposes": "SERVICE INSPECTION"}:
        answer = told("oauth4webapi", job_of(stand, "portal", "code", person, **asked))
        assert purposes(answer["graphql"]["body"]) == ["SERVICE"]


def test_renewal_is_for_less_once(stand: Stand):
    """A renewal for fewer scopes and purposes narrows that one token: the next one is for all again (RFC 6749 §6)."""
    client = client_of(job_of(stand, "portal", "refresh"))
    scope = "openid offline_access entity.identity entity.register"
    first = authlib_client.code(client, stand.people["clerk"], BACK, scope, purposes="SERVICE INSPECTION").tokens
    less = authlib_client.refresh(client, first["refresh_token"], scope="entity.identity", purposes="SERVICE")
    again = authlib_client.refresh(client, less["refresh_token"])
    everything = ("entity.identity entity.register", ["INSPECTION", "SERVICE"])
    assert [said(stand, one) for one in (first, less, again)] == [
        everything,
        ("entity.identity", ["SERVICE"]),
        everything,
    ]
    assert "id_token" not in less
    assert "id_token" in again


@pytest.mark.parametrize(
    ("to_begin_with", "afterwards"),
    [
        ("openid entity.identity", "openid entity.person"),
        ("openid entity.identity", "openid"),
        ("entity.identity", "entity.identity openid"),
        ("", "openid"),
    ],
    ids=["other data", "no data, which is all", "identity", "identity beside all data"],
)
def test_code_brings_no_more_than_was_agreed_to(
    to_begin_with: str, afterwards: str, client: httpx2.Client, stand: Stand
):
    """Scopes named when the code is exchanged must be among those that the person saw."""
    form = agreed(client, stand, **({"scope": to_begin_with} if to_begin_with else {}))
    assert answer_to(client, stand, form | {"scope": afterwards})["error"] == "invalid_scope"


def test_code_brings_less_than_was_agreed_to(client: httpx2.Client, stand: Stand):
    """Scopes named when the code is exchanged narrow the token, also where the person agreed to all data."""
    for scope in "openid entity.identity entity.register", "openid":
        tokens = answer_to(client, stand, agreed(client, stand, scope=scope) | {"scope": "openid entity.identity"})
        assert said(stand, tokens)[0] == "entity.identity"


@pytest.mark.parametrize("scope", ["openid", "entity.identity entity.person", "openid entity.identity entity.register"])
def test_renewal_widens_nothing(scope: str, client: httpx2.Client, stand: Stand):
    """A renewal for other scopes, or for none of data, which would be all, is refused."""
    tokens = answer_to(client, stand, agreed(client, stand, scope="openid offline_access entity.identity"))
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert answer_to(client, stand, renewal | {"scope": scope})["error"] == "invalid_scope"
    assert said(stand, answer_to(client, stand, renewal))[0] == "entity.identity"


def test_purposes_are_not_widened(client: httpx2.Client, stand: Stand):
    """Neither the exchange of a code nor a renewal has a purpose that was not agreed to."""
    form = agreed(client, stand, scope="entity.identity", purposes="SERVICE")
    assert answer_to(client, stand, form | {"purposes": "INSPECTION"})["error"] == "invalid_grant"
    tokens = answer_to(client, stand, agreed(client, stand, scope="entity.identity", purposes="SERVICE"))
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    assert answer_to(client, stand, renewal | {"purposes": "SERVICE INSPECTION"})["error"] == "invalid_grant"


def test_resource_stays_what_was_agreed_to(client: httpx2.Client, stand: Stand):
    """A resource may be named when the code is exchanged; one named before is not changed for another (RFC 8707)."""
    address = f"{stand.url}/graphql"
    tokens = answer_to(client, stand, agreed(client, stand) | {"resource": address})
    assert read_token(stand, tokens["access_token"])[1]["aud"] == address
    form = agreed(client, stand, resource=address)
    assert answer_to(client, stand, form | {"resource": "https://elsewhere.example"})["error"] == "invalid_target"
    tokens = answer_to(client, stand, form)
    renewal = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
    renewed = answer_to(client, stand, renewal)
    assert [read_token(stand, one["access_token"])[1]["aud"] for one in (tokens, renewed)] == [address, address]
