"""What unmodified clients do with what they have: renew tokens, ask about them, end them; secrets and keys change."""

from typing import Any

import httpx2
import pytest
from authlib.integrations.base_client import OAuthError
from joserfc.jwk import OKPKey
from sqlalchemy import Connection

from hub.callers.client_secrets import ClientCredential, add_key, add_secret, withdraw
from hub.callers.signing import AHEAD, rotate_key
from tests.callers.driving import (
    CLIENTS,
    WITHIN,
    Telling,
    ask,
    client_of,
    job_of,
    officer,
    published,
    read_token,
    refusal,
    seconds_until,
    seconds_until_refused,
)
from tests.callers.stand import BACK, Stand
from tests.clients import authlib_client
from tests.clients.running import DRIVERS, Driver

RENEWABLE = "openid offline_access"


@pytest.mark.parametrize("client", ["field", "tablet", "signing"])
@pytest.mark.parametrize("who", CLIENTS)
def test_old_refresh_token_ends_its_family(who: str, client: str, stand: Stand, told: Telling):
    """Two renewals work; the first token once more ends the newest as well, and within a second what it had brought."""
    person = stand.people["nurse"] if client == "signing" else officer(stand)
    answer = told(who, job_of(stand, client, "refresh", person, scope=RENEWABLE))
    assert len({tokens["refresh_token"] for tokens in answer["tokens"]}) == 3
    assert answer["graphql"]["status"] == 200
    assert [answer["replay"]["error"], answer["after_replay"]["error"]] == ["invalid_grant", "invalid_grant"]
    for tokens in answer["tokens"]:
        assert seconds_until_refused(stand, tokens["access_token"]) < WITHIN


def test_end_of_a_family_is_felt_within_a_second(stand: Stand):
    """Counted from the replay itself: the newest access token of the family opens the hub for less than a second."""
    client = client_of(job_of(stand, "portal", "refresh"))
    first = authlib_client.code(client, stand.people["clerk"], BACK, RENEWABLE).tokens
    renewed = authlib_client.refresh(client, first["refresh_token"])
    assert ask(stand, renewed["access_token"], hub_purpose="SERVICE").status_code == 200
    with pytest.raises(OAuthError, match="invalid_grant"):
        authlib_client.refresh(client, first["refresh_token"])
    assert seconds_until_refused(stand, renewed["access_token"]) < WITHIN


@pytest.mark.parametrize("driver", DRIVERS)
def test_client_asks_about_its_tokens(driver: Driver, stand: Stand, told: Telling):
    """Introspection says of an access token what it is, of a refresh token that it holds, to the client they belong to."""
    person = officer(stand)
    job = job_of(stand, "field", "introspect", person, scope=f"{RENEWABLE} entity.identity", purposes="SERVICE")
    answer = told(driver, job)
    access, renewing = answer["access_token"], answer["refresh_token"]
    subject = stand.accounts[person.username].id
    claims = read_token(stand, answer["tokens"]["access_token"])[1]
    assert {one["active"] for one in (access, renewing)} == {True}
    assert {one["client_id"] for one in (access, renewing)} == {"field"}
    assert {one["sub"] for one in (access, renewing)} == {subject}
    assert {one["iss"] for one in (access, renewing)} == {stand.url}
    assert (access["scope"], access["purposes"]) == ("entity.identity", ["SERVICE"])
    assert (access["token_type"], access["role"]) == ("Bearer", "OFFICER")
    assert {name: access[name] for name in ("jti", "iat", "exp", "sid")}.items() <= claims.items()


def test_others_learn_nothing_of_a_token(stand: Stand, told: Telling):
    """A token does not exist for another client, it does for an administrator; whoever proves nothing is not told."""
    token = told("authlib", job_of(stand, "portal", "code", stand.people["clerk"]))["tokens"]["access_token"]
    asking = {name: client_of(job_of(stand, name, "introspect")) for name in ("portal", "auditor", "machine")}
    answers = {name: authlib_client.introspect(client, token) for name, client in asking.items()}
    assert (answers["portal"]["active"], answers["auditor"]["active"]) == (True, True)
    assert answers["machine"] == authlib_client.introspect(asking["portal"], "unknown") == {"active": False}
    with pytest.raises(httpx2.HTTPStatusError, match="401"):
        authlib_client.introspect(client_of(job_of(stand, "tablet", "introspect")), token)


@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
@pytest.mark.parametrize("driver", DRIVERS)
def test_revoked_token_holds_no_more(driver: Driver, kind: str, stand: Stand, told: Telling):
    """An access token ends alone, a refresh token with the whole sign-in; both are felt within a second."""
    job = job_of(stand, "signing", "revoke", stand.people["nurse"], scope=RENEWABLE, revoked=kind)
    answer = told(driver, job)
    moments = {
        moment: [answer[moment][name]["active"] for name in ("access_token", "refresh_token")]
        for moment in ("before", "after")
    }
    assert moments == {"before": [True, True], "after": [False, kind == "access_token"]}
    assert answer["graphql"]["status"] == 200
    assert seconds_until_refused(stand, answer["tokens"]["access_token"]) < WITHIN


@pytest.mark.parametrize("client", ["field", "tablet"])
@pytest.mark.parametrize("kind", ["access_token", "refresh_token"])
def test_authlib_revokes(kind: str, client: str, stand: Stand, told: Telling):
    """Authlib's client ends its own tokens, also where it has no secret; another client's attempt changes nothing."""
    job = job_of(stand, client, "code", officer(stand), scope=RENEWABLE)
    tokens, own = told("authlib", job)["tokens"], client_of(job)
    authlib_client.revoke(client_of(job_of(stand, "machine", "revoke")), tokens[kind], kind)
    tokens = authlib_client.refresh(own, tokens["refresh_token"])
    assert ask(stand, tokens["access_token"], hub_purpose="INSPECTION").status_code == 200
    authlib_client.revoke(own, tokens[kind], kind)
    assert seconds_until_refused(stand, tokens["access_token"]) < WITHIN
    if kind == "access_token":
        assert "access_token" in authlib_client.refresh(own, tokens["refresh_token"])
    else:
        with pytest.raises(OAuthError, match="invalid_grant"):
            authlib_client.refresh(own, tokens["refresh_token"])


def added_secret(stand: Stand, days: int = 90, age: int = 0) -> tuple[ClientCredential, str]:
    """One more secret of the machine, made some seconds ago."""
    now = int(stand.hub.gateway.clock.seconds()) - age
    made: tuple[ClientCredential, str] = stand.hub.database.acting(lambda c: add_secret(c, "machine", now, days))
    return made


@pytest.fixture(scope="module")
def ended_secret(stand: Stand) -> str:
    """A secret of the machine that was good until a moment ago."""
    return added_secret(stand, days=1, age=24 * 3600)[1]


def withdrawn(stand: Stand, credential: ClientCredential) -> bool:
    """Let a secret or key open nothing any more."""
    now = int(stand.hub.gateway.clock.seconds())
    return bool(stand.hub.database.acting(lambda connection: withdraw(connection, credential.id, now)))


@pytest.mark.parametrize("method", ["client_secret_basic", "client_secret_post"])
@pytest.mark.parametrize("who", CLIENTS)
def test_secrets_overlap(who: str, method: str, stand: Stand, ended_secret: str, told: Telling):
    """While a secret is changed the old one and the next both open the hub; one that was withdrawn or has ended does not."""
    made, text = added_secret(stand)
    job = job_of(stand, "machine", "client_credentials", None, authentication=method)
    for secret in job["client_secret"], text:
        assert told(who, job | {"client_secret": secret})["graphql"]["status"] == 200
    assert withdrawn(stand, made)
    assert [refusal(told, who, job | {"client_secret": one}) for one in (text, ended_secret)] == ["invalid_client"] * 2
    assert told(who, job)["graphql"]["status"] == 200


@pytest.mark.parametrize("who", CLIENTS)
def test_keys_of_a_client_overlap(who: str, stand: Stand, told: Telling):
    """The same with keys for assertions: the next one opens the hub beside those of before, until it is withdrawn."""
    key = OKPKey.generate_key("Ed25519", {"kid": "next", "alg": "Ed25519"})
    now = int(stand.hub.gateway.clock.seconds())
    made = stand.hub.database.acting(lambda c: add_key(c, "signing", now, 90, key.as_dict(private=False)))
    job = job_of(stand, "signing", "client_credentials")
    following = job | {"private_key_jwk": key.as_dict(private=True)}
    assert [told(who, one)["graphql"]["status"] for one in (job, following)] == [200, 200]
    assert withdrawn(stand, made)
    assert refusal(told, who, following) == "invalid_client"
    assert told(who, job)["graphql"]["status"] == 200


def kids(stand: Stand) -> set[str]:
    """Ids of the keys with which others verify."""
    return {key["kid"] for key in published(stand)}


def rotated(stand: Stand, age: int = 0) -> str:
    """The key that was put after the present one some seconds ago, once the hub has taken notice."""
    now, folder = int(stand.hub.gateway.clock.seconds()) - age, stand.hub.attendant.keys.folder

    def work(connection: Connection) -> str:
        return rotate_key(connection, folder, now)

    made: str = stand.hub.database.acting(work)
    assert seconds_until(lambda: made in kids(stand)) < WITHIN
    return made


def test_rotation_breaks_no_live_token(fresh: Stand, told: Telling):
    """The next key is published before it signs, and takes over while tokens of before live on and are renewed."""

    def signed_in(who: str, **more: Any) -> dict[str, Any]:
        tokens: dict[str, Any] = told(who, job_of(fresh, "portal", "code", fresh.people["clerk"], **more))["tokens"]
        return tokens

    before = {who: signed_in(who, scope=RENEWABLE) for who in CLIENTS}
    (old,) = kids(fresh)
    announced = rotated(fresh)
    assert kids(fresh) == {old, announced}
    assert kid_of(fresh, signed_in("oauth4webapi")) == old
    signing = rotated(fresh, AHEAD)
    assert {kid_of(fresh, signed_in(who)) for who in CLIENTS} == {signing}
    client = client_of(job_of(fresh, "portal", "refresh"))
    for tokens in before.values():
        assert kid_of(fresh, tokens) == old
        assert ask(fresh, tokens["access_token"], hub_purpose="SERVICE").status_code == 200
        assert authlib_client.introspect(client, tokens["access_token"])["active"]
        assert kid_of(fresh, authlib_client.refresh(client, tokens["refresh_token"])) == signing


def kid_of(stand: Stand, tokens: dict[str, Any]) -> str:
    """The published key that signed an access token, and the ID token beside it."""
    (kid,) = {read_token(stand, tokens[kind])[0]["kid"] for kind in ("access_token", "id_token") if kind in tokens}
    return str(kid)
