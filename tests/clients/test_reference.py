"""The drivers against the provider they come with: what fails here is a fault of theirs, not of the hub."""

import base64
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jws
from joserfc.jwk import OKPKey

from tests.clients import authlib_client
from tests.clients.authlib_client import Client
from tests.clients.browser import Person, SignInError, totp
from tests.clients.installed import node
from tests.clients.running import DRIVERS, Account, Driver, DriverError, Provider, provider, run

BACK = "http://127.0.0.1:1/back"
SECRET = "not_so-secret"
PERSON = Person("zhang", "right & proper")
CLAIMS = {"sub": "zhang-1", "name": "张三", "department": "market", "role": "CLERK", "real_name_verified": True}
KEY = OKPKey.generate_key("Ed25519", {"kid": "one"}, auto_kid=False)
GRANTS = [
    "authorization_code",
    "client_credentials",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
]
APP = {"client_id": "app-1", "client_secret": SECRET, "redirect_uris": [BACK], "grant_types": GRANTS}
POSTING = APP | {"client_id": "posting", "token_endpoint_auth_method": "client_secret_post"}
SIGNING = {
    "client_id": "signing",
    "grant_types": ["client_credentials"],
    "jwks": {"keys": [KEY.as_dict(private=False)]},
    "token_endpoint_auth_method": "private_key_jwt",
    "token_endpoint_auth_signing_alg": "Ed25519",
}
PUBLIC = {
    "client_id": "public",
    "grant_types": GRANTS[:1],
    "redirect_uris": [BACK],
    "token_endpoint_auth_method": "none",
}

pytestmark = pytest.mark.usefixtures("node_clients")


@pytest.fixture(scope="module")
def reference(node_clients) -> Iterator[Provider]:
    """A provider that signs with Ed25519 and asks for DPoP nonces."""
    accounts = [Account(PERSON.username, PERSON.password, CLAIMS)]
    with provider(accounts, [APP, POSTING, SIGNING, PUBLIC], alg="Ed25519", nonces=True) as running:
        yield running


@pytest.fixture
def job(reference) -> dict[str, Any]:
    """A job of the confidential client; its person knows the password."""
    person = {"username": PERSON.username, "password": PERSON.password}
    known = {"client_id": "app-1", "client_secret": SECRET}
    return {"issuer": reference.issuer, "redirect_uri": BACK, "person": person, **known}


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
@pytest.mark.parametrize("flow", ["code", "code_par"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_code_flow_brings_the_claims_of_the_account(driver: Driver, flow, dpop, job):
    """ID token and userinfo say of the person what the provider was given, whoever asks and however."""
    told = run(driver, job | {"flow": flow, "dpop": dpop})
    assert CLAIMS.items() <= told["claims"].items()
    assert CLAIMS.items() <= told["userinfo"].items()
    assert told["tokens"]["token_type"] == ("dpop" if dpop else "bearer")


@pytest.mark.parametrize("driver", DRIVERS)
def test_public_client_signs_people_in(driver: Driver, job):
    """A client without a secret gets tokens by PKCE alone."""
    told = run(driver, job | {"flow": "code", "client_id": "public", "client_secret": None})
    assert told["claims"]["aud"] == "public"


@pytest.mark.parametrize("dpop", [False, True], ids=["bearer", "dpop"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_replayed_refresh_token_ends_its_family(driver: Driver, dpop, job):
    """Two renewals work; the first token once more is refused, and then the newest as well."""
    told = run(driver, job | {"flow": "refresh", "scope": "openid offline_access", "dpop": dpop})
    assert len({tokens["refresh_token"] for tokens in told["tokens"]}) == 3
    assert [told["replay"]["error"], told["after_replay"]["error"]] == ["invalid_grant", "invalid_grant"]


@pytest.mark.parametrize("driver", DRIVERS)
def test_device_is_approved(driver: Driver, job):
    """The device polls while a browser signs in and approves."""
    told = run(driver, job | {"flow": "device"})
    assert told["claims"]["sub"] == CLAIMS["sub"]


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post", "private_key_jwt"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_client_proves_itself(driver: Driver, method, job):
    """Secret in the head, secret in the body, or an assertion signed with Ed25519."""
    ways = {
        "client_secret_basic": {},
        "client_secret_post": {"client_id": "posting"},
        "private_key_jwt": {
            "client_id": "signing",
            "client_secret": None,
            "private_key_jwk": KEY.as_dict(private=True),
            "alg": "Ed25519",
        },
    }
    asked = {"flow": "client_credentials", "scope": "read", "resource": "urn:api", "audience": "urn:api"}
    told = run(driver, job | asked | {"authentication": method} | ways[method])
    assert told["tokens"]["scope"] == "read"
    if driver == "oauth4webapi":
        assert told["access_token_claims"]["aud"] == "urn:api"


@pytest.mark.parametrize("driver", DRIVERS)
def test_revoked_token_is_inactive(driver: Driver, job):
    """Introspection knows a token until it is revoked."""
    told = run(driver, job | {"flow": "revoke"})
    assert [told[moment]["refresh_token"]["active"] for moment in ("before", "after")] == [True, False]
    assert told["before"]["access_token"]["client_id"] == "app-1"


@pytest.mark.parametrize("driver", DRIVERS)
def test_refusal_is_told_by_its_code(driver: Driver, job):
    """A wrong secret and a wrong password end the driver with what the server said."""
    with pytest.raises(DriverError) as refused:
        run(driver, job | {"flow": "client_credentials", "client_secret": "wrong"})
    assert refused.value.error == "invalid_client"
    with pytest.raises(DriverError, match=r"401 at /interaction/.*Wrong name or password"):
        run(driver, job | {"flow": "code", "person": job["person"] | {"password": "wrong"}})


@pytest.mark.parametrize("driver", DRIVERS)
def test_metadata_is_found_under_both_addresses(driver: Driver, job, reference):
    """The document of OpenID Connect and that of RFC 8414 name the same issuer."""
    told = run(driver, job | {"flow": "discovery"})
    assert {told["metadata"]["issuer"], told["oauth_metadata"]["issuer"]} == {reference.issuer}


def test_authlib_signs_people_in(reference):
    """Authlib's client follows the code flow, renews, asks about the token and revokes it."""
    app = Client(reference.issuer, "app-1", SECRET)
    told = authlib_client.code(app, PERSON, BACK, "openid offline_access")
    assert CLAIMS.items() <= told.claims.items()
    assert CLAIMS.items() <= told.userinfo.items()
    renewed = authlib_client.refresh(app, told.tokens["refresh_token"])
    assert authlib_client.introspect(app, renewed["refresh_token"], "refresh_token")["active"]
    authlib_client.revoke(app, renewed["refresh_token"], "refresh_token")
    assert authlib_client.introspect(app, renewed["refresh_token"], "refresh_token") == {"active": False}


@pytest.mark.parametrize(
    "client",
    [
        Client("", "app-1", SECRET),
        Client("", "posting", SECRET, "client_secret_post"),
        Client("", "signing", KEY, "private_key_jwt", "Ed25519"),
    ],
    ids=lambda client: client.method,
)
def test_authlib_proves_itself(client, reference):
    """Authlib's client gets tokens of its own in all three ways."""
    known = Client(reference.issuer, client.client_id, client.secret, client.method, client.alg)
    told = authlib_client.client_credentials(known, scope="read", resource="urn:api")
    assert told["scope"] == "read"


def test_browser_of_authlib_tells_a_refusal(reference):
    """A wrong password ends the sign-in with the page's alert."""
    app = Client(reference.issuer, "app-1", SECRET)
    with pytest.raises(SignInError, match=r"401 at /interaction/.*Wrong name or password"):
        authlib_client.code(app, Person(PERSON.username, "wrong"), BACK)


def test_new_keys_are_published(reference, job):
    """After a rotation the ID tokens are signed by the new key, which a client finds."""
    kid = reference.rotate()
    told = run("openid_client", job | {"flow": "code"})
    assert jws.extract_compact(told["tokens"]["id_token"].encode()).headers()["kid"] == kid


def test_codes_are_those_of_the_standard(node_clients):
    """Both browsers compute what RFC 6238 lists for second 59 and second 20,000,000,000."""
    secret, moments = base64.b32encode(b"12345678901234567890").decode(), {59: "287082", 20_000_000_000: "353130"}
    assert [totp(secret, moment) for moment in moments] == [*moments.values()]
    script = (
        f"import {{ totp }} from './browser.mjs'; console.log({list(moments)}.map((s) => totp('{secret}', s)).join())"
    )
    command = [node(), "--input-type=module", "--eval", script]
    told = subprocess.run(command, cwd=node_clients, capture_output=True, text=True, check=True)
    assert told.stdout.strip().split(",") == [*moments.values()]
