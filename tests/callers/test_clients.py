"""Unmodified clients get their tokens: they find the server, prove who they are, and sign people in."""

from dataclasses import replace

import httpx2
import pytest
from joserfc.jwk import OKPKey

from tests.callers.driving import AUDIENCE, CLIENTS, WHO, Telling, held, job_of, officer, purposes, read_token, refusal
from tests.callers.stand import CERTIFIED, EXPIRED, SUSPENDED, Stand
from tests.clients.browser import TLS, Person, SignInError
from tests.clients.running import DRIVERS, Driver, DriverError

PROOFS = {
    "client_secret_basic": ("machine", {"authentication": "client_secret_basic"}),
    "client_secret_post": ("machine", {"authentication": "client_secret_post"}),
    "Ed25519": ("signing", {"alg": "Ed25519"}),
    "ES256": ("signing", {"alg": "ES256"}),
    "PS256": ("signing", {"alg": "PS256"}),
}
OFFICER, CLERK, NURSE = ("market", "OFFICER"), ("market", "CLERK"), ("health", "CLERK")
SIGN_INS = {
    "field": ("officer", OFFICER, ["pwd", "otp"]),
    "tablet": ("officer", OFFICER, ["pwd", "otp"]),
    "signing": ("nurse", NURSE, ["pwd"]),
    "portal": ("clerk", CLERK, ["pwd"]),
}
"""Who signs in through a client, as whom they act, and what they prove themselves by."""


def person_of(stand: Stand, name: str) -> Person:
    """Somebody of the stand; an officer is one whose code was not taken yet."""
    return officer(stand) if name == "officer" else stand.people[name]


@pytest.mark.parametrize("driver", DRIVERS)
def test_clients_find_the_server(driver: Driver, stand: Stand, told: Telling):
    """Both well-known documents name this issuer, and every endpoint they name is one that answers."""
    found = told(driver, job_of(stand, "machine", "discovery"))
    for metadata in found["metadata"], found["oauth_metadata"]:
        assert metadata["issuer"] == stand.url
        named = {name: address for name, address in metadata.items() if name.endswith(("_endpoint", "jwks_uri"))}
        assert len(named) >= 8
        for address in named.values():
            assert address.startswith(f"{stand.url}/oauth/")
            assert httpx2.post(address, verify=TLS).status_code != 404


@pytest.mark.parametrize("proof", PROOFS)
@pytest.mark.parametrize("who", CLIENTS)
def test_client_proves_itself(who: str, proof: str, stand: Stand, told: Telling):
    """A secret in the head or the body, or an assertion signed with any of three algorithms, opens the hub."""
    client, more = PROOFS[proof]
    answer = told(who, job_of(stand, client, "client_credentials", None, audience=AUDIENCE, **more))
    me = answer["graphql"]["body"]["data"]["me"]
    assert (me["client"], me["person"]) == (client, None)
    assert (me["department"], me["role"]) == (CLERK if client == "machine" else NURSE)
    assert answer["tokens"]["token_type"].lower() == "bearer"
    assert "refresh_token" not in answer["tokens"]


@pytest.mark.parametrize("who", CLIENTS)
def test_client_that_proves_nothing_gets_nothing(who: str, stand: Stand, told: Telling):
    """A wrong secret, an assertion by a key of somebody else, and a client of the other kind are the same refusal."""
    wrong = job_of(stand, "machine", "client_credentials") | {"client_secret": "wrong"}
    other = job_of(stand, "signing", "client_credentials")
    other["private_key_jwk"] = OKPKey.generate_key("Ed25519", {"kid": "ed"}).as_dict(private=True)
    swapped = job_of(stand, "signing", "client_credentials") | {"client_id": "machine"}
    for job in wrong, other, swapped:
        assert refusal(told, who, job) == "invalid_client"


@pytest.mark.parametrize("client", SIGN_INS)
@pytest.mark.parametrize("who", CLIENTS)
def test_people_sign_in(who: str, client: str, stand: Stand, told: Telling):
    """With a secret, a key or neither, with and without a second factor: the client is told who it is, the hub as well.

    State, nonce, issuer and the ID token's signature are checked by the client, which would not go on otherwise.
    """
    name, acts, factors = SIGN_INS[client]
    person = person_of(stand, name)
    answer = told(who, job_of(stand, client, "code", person))
    claims, userinfo, me = answer["claims"], answer["userinfo"], answer["graphql"]["body"]["data"]["me"]
    account = stand.accounts[person.username]
    assert {claims["sub"], userinfo["sub"], me["person"]} == {account.id}
    assert (claims["aud"], claims["iss"], claims["amr"]) == (client, stand.url, factors)
    assert (userinfo["name"], userinfo["preferred_username"]) == (account.label, person.username)
    assert (userinfo["department"], userinfo["role"]) == (me["department"], me["role"]) == acts
    assert me["client"] == client


@pytest.mark.parametrize("client", ["pushing", "field", "signing", "tablet"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_request_may_be_pushed(driver: Driver, client: str, stand: Stand, told: Telling):
    """Whoever must push their request, and whoever only may, signs people in by it."""
    names = {"pushing": "clerk", "signing": "nurse"}
    person = person_of(stand, names.get(client, "officer"))
    answer = told(driver, job_of(stand, client, "code_par", person))
    assert answer["claims"]["sub"] == stand.accounts[person.username].id


@pytest.mark.parametrize("who", CLIENTS)
def test_request_that_must_be_pushed_is_taken_in_no_other_way(who: str, stand: Stand, told: Telling):
    """A client with `pushed = true` that sends its request through the browser ends at a page, not at a sign-in."""
    with pytest.raises((DriverError, SignInError), match="400 at /oauth/authorize"):
        told(who, job_of(stand, "pushing", "code", stand.people["clerk"]))


@pytest.mark.parametrize("kind", ["client", "person"])
@pytest.mark.parametrize("who", CLIENTS)
def test_access_token_is_one_of_the_standard(who: str, kind: str, stand: Stand, told: Telling):
    """Header and claims are those of RFC 9068, signed by a published key; it lives ten minutes at most."""
    if kind == "client":
        answer = told(who, job_of(stand, "machine", "client_credentials", audience=AUDIENCE))
        client, subject = "machine", "machine"
    else:
        answer = told(who, job_of(stand, "portal", "code", stand.people["clerk"], audience=AUDIENCE))
        client, subject = "portal", stand.accounts["clerk"].id
    header, claims = read_token(stand, answer["tokens"]["access_token"])
    assert (header["typ"], header["alg"], set(header)) == ("at+jwt", "Ed25519", {"alg", "typ", "kid"})
    assert {"iss", "exp", "aud", "sub", "client_id", "iat", "jti"} <= claims.keys()
    assert (claims["iss"], claims["aud"], claims["client_id"]) == (stand.url, AUDIENCE, client)
    assert claims["sub"] == subject
    assert 0 < claims["exp"] - claims["iat"] <= 600
    assert answer["tokens"]["expires_in"] == claims["exp"] - claims["iat"]
    assert kind == "client" or claims["auth_time"] <= claims["iat"]
    if who == "oauth4webapi":
        # The library's own check of the standard, as a resource would make it.
        assert answer["access_token_claims"] == claims


@pytest.mark.parametrize("who", CLIENTS)
def test_token_is_for_the_resource_that_is_named(who: str, stand: Stand, told: Telling):
    """A client may name the hub by its address or its audience; a token for anything else is not given."""
    for resource, audience in (f"{stand.url}/graphql", f"{stand.url}/graphql"), (AUDIENCE, AUDIENCE):
        job = job_of(stand, "machine", "client_credentials", resource=resource, audience=audience)
        answer = told(who, job)
        assert read_token(stand, answer["tokens"]["access_token"])[1]["aud"] == audience
        assert answer["graphql"]["status"] == 200
    for flow, client, person in ("client_credentials", "machine", None), ("code", "portal", stand.people["clerk"]):
        job = job_of(stand, client, flow, person, resource="https://elsewhere.example/graphql")
        assert refusal(told, who, job) == "invalid_target"
    signed_in = told(who, job_of(stand, "portal", "code", stand.people["clerk"], resource=f"{stand.url}/graphql"))
    assert read_token(stand, signed_in["tokens"]["access_token"])[1]["aud"] == f"{stand.url}/graphql"


@pytest.mark.parametrize(("who", "client"), [*zip(CLIENTS, ["portal", "tablet", "signing"], strict=True)])
def test_client_is_told_that_the_person_did_not_agree(who: str, client: str, stand: Stand, told: Telling):
    """Whoever presses the other button sends the client away with access_denied, and nothing else."""
    person = person_of(stand, {"tablet": "officer", "signing": "nurse"}.get(client, "clerk"))
    assert refusal(told, who, job_of(stand, client, "code", replace(person, decision="deny"))) == "access_denied"


@pytest.mark.parametrize(
    ("who", "client", "name"),
    [("openid_client", "field", "clerk"), ("oauth4webapi", "signing", "clerk"), ("authlib", "tablet", "nurse")],
)
def test_client_is_for_people_of_its_department_and_role(who: str, client: str, name: str, stand: Stand, told: Telling):
    """Somebody of another department or role is stopped at a page; the client learns nothing."""
    with pytest.raises((DriverError, SignInError), match="403 at /oauth/consent"):
        told(who, job_of(stand, client, "code", stand.people[name]))


@pytest.mark.parametrize(
    ("name", "acts"), [("nurse", NURSE), ("clerk", CLERK), ("officer", OFFICER), ("auditor", ("hub", "AUDIT"))]
)
def test_people_act_as_themselves_through_a_portal(name: str, acts: tuple[str, str], stand: Stand, told: Telling):
    """Through a portal everybody acts in the department and role of their own, never in the portal's."""
    answer = told("oauth4webapi", job_of(stand, "portal", "code", person_of(stand, name)))
    me = answer["graphql"]["body"]["data"]["me"]
    assert (me["department"], me["role"]) == acts
    assert (answer["userinfo"]["department"], answer["userinfo"]["role"]) == acts


@pytest.mark.parametrize(
    ("number", "role"),
    [(CERTIFIED, "OFFICER"), (EXPIRED, "PUBLIC"), (SUSPENDED, "PUBLIC"), ("08129999999", "PUBLIC"), (None, "PUBLIC")],
    ids=["valid", "expired", "suspended", "unknown", "none"],
)
def test_officer_without_a_valid_certificate_is_the_public(number: str | None, role: str, stand: Stand, told: Telling):
    """What the source says of the certificate decides whether an officer acts as one, or sees what the public sees."""
    acts = OFFICER if role == "OFFICER" else (None, "PUBLIC")
    anybody = httpx2.post(f"{stand.url}/graphql", json={"query": WHO}, verify=TLS).json()
    for who, client in ("oauth4webapi", "tablet"), ("openid_client", "portal"):
        purpose = "INSPECTION" if role == "OFFICER" else None
        answer = told(who, job_of(stand, client, "code", officer(stand, number), purpose=purpose))
        body = answer["graphql"]["body"]
        assert answer["userinfo"]["role"] == role
        assert (body["data"]["me"]["department"], body["data"]["me"]["role"]) == acts
        assert role == "OFFICER" or (held(body), purposes(body)) == (held(anybody), purposes(anybody))
    assert held(anybody)
