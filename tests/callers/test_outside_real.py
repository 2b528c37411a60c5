"""Providers as they are: npm's `oidc-provider` as that of a city, and the demo's for real names."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote_plus, urlsplit

import aiohttp
import httpx2
import pytest

from auth.caller import Caller, Standing
from auth.roles import Role
from auth.tokens import TokenVerifier
from hub.callers.outside import Begun, Outside
from hub.callers.outside_person import OutsideFault, OutsidePerson
from hub.clock import Clock
from hub.demo.services.realname import (
    ALGORITHM,
    NAME_CLAIM,
    VERIFIED_CLAIM,
    RealNameClient,
    RealNameProvider,
    demo_people,
)
from hub.demo.services.rows import signed_basic
from hub.demo.sources import HttpSource
from tests.callers.outside_provider import CALLBACK, answered, asked_of, challenge, client, table, until
from tests.clients import authlib_client, browser
from tests.clients.browser import Person
from tests.clients.running import Account, Provider, provider
from tests.unit.outside_tokens import ED
from tests.unit.signing import ring_of

SECRET = "not_so-secret: %+"
ZHANG = Person("zhang", "right & proper")
CLAIMS = {
    "sub": "zhang-1",
    "name": "张三",
    "preferred_username": "zhang",
    "realm_access": {"roles": ["user", "inspector"]},
    "division": ["231282"],
    "certificate": "0812001",
}
HUB = {"client_id": "hub", "redirect_uris": [CALLBACK], "grant_types": ["authorization_code"]}
REGISTERED: list[Mapping[str, Any]] = [
    {**HUB, "client_secret": SECRET},
    {**HUB, "client_id": "posting", "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_post"},
    {**HUB, "client_id": "public", "token_endpoint_auth_method": "none"},
    {"client_id": "counter", "client_secret": "counter-secret", "grant_types": ["client_credentials"]},
]
MAPPING = (
    {"claim": "client_id", "value": "counter", "department": "hall", "role": "CLERK", "purposes": ["SERVICE"]},
    {
        "claim": "realm_access.roles",
        "value": "inspector",
        "department": "market",
        "role": "OFFICER",
        "purposes": ["INSPECTION"],
        "bindings": {"division": "$division"},
    },
)
OWN = TokenVerifier(ring_of(ED), "https://hub.example", ["urn:hub"], {})


async def back_from(outside: Outside, name: str, person: Person) -> tuple[Begun, dict[str, str]]:
    """A sign-in under way, and what somebody's browser brings back from it."""
    kept = await outside.begin(name, CALLBACK)
    address = await asyncio.to_thread(browser.sign_in, kept.address, person, CALLBACK)
    return kept, asked_of(address)


# ---------------------------------------------------------------- npm's oidc-provider


@pytest.fixture(scope="module", params=["RS256", "PS256", "ES256", "Ed25519"])
def city(request, node_clients) -> Iterator[tuple[str, Provider]]:
    """The provider of a city, which signs with one of the algorithms."""
    with provider([Account(ZHANG.username, ZHANG.password, CLAIMS)], REGISTERED, alg=request.param) as running:
        yield request.param, running


@asynccontextmanager
async def following(city: tuple[str, Provider], **more: Any) -> AsyncIterator[Outside]:
    """The hub as a client of the provider, which is configured like this."""
    algorithm, running = city
    told = {"algorithms": (algorithm,), "mapping": MAPPING, "certificate_claim": "certificate", **more}
    outside = client(table(running.issuer, **told), clock=Clock())
    async with outside.following():
        await answered(outside)
        yield outside


@pytest.mark.parametrize(
    "proof",
    [
        {"client_secret": "env:HUB_TEST_SECRET"},
        {"client_id": "posting", "client_secret": "env:HUB_TEST_SECRET", "authentication": "post"},
        {"client_id": "public"},
    ],
    ids=["basic", "post", "none"],
)
async def test_officer_signs_in_through_the_city(city, proof, monkeypatch):
    """In a browser, with whatever proves the client: the person comes back as whom the mapping lets them act."""
    monkeypatch.setenv("HUB_TEST_SECRET", SECRET)
    async with following(city, **proof) as outside:
        kept, back = await back_from(outside, "city", ZHANG)
        assert back["iss"] == city[1].issuer
        found = await outside.complete("city", back, kept)
        standing = Standing("market", Role.OFFICER, {"division": ("231282",)})
        expected = OutsidePerson(
            "city", "zhang-1", "zhang", "张三", standing, ("INSPECTION",), certificate_no="0812001"
        )
        assert replace(found, factors=()) == expected
        with pytest.raises(OutsideFault, match="BAD_ANSWER"):
            await outside.complete("city", back, kept)


@pytest.mark.parametrize("changed", [{"verifier": "x" * 43}, {"nonce": "other"}, {"callback": f"{CALLBACK}/other"}])
async def test_code_of_another_sign_in_is_worth_nothing(city, changed):
    """Without the verifier, nonce or callback it was asked with, a code signs nobody in."""
    async with following(city, client_id="public") as outside:
        kept, back = await back_from(outside, "city", ZHANG)
        with pytest.raises(OutsideFault, match="BAD_ANSWER"):
            await outside.complete("city", back, replace(kept, **changed))


async def test_new_key_of_the_city_is_found(city):
    """After the provider has changed its keys, the next sign-in works at once."""
    async with following(city, client_id="public") as outside:
        kept, back = await back_from(outside, "city", ZHANG)
        assert (await outside.complete("city", back, kept)).subject == "zhang-1"
        city[1].rotate()
        kept, back = await back_from(outside, "city", ZHANG)
        assert (await outside.complete("city", back, kept)).subject == "zhang-1"


async def test_system_of_the_city_is_a_caller(city):
    """A system's own access token for the hub is taken, one for another audience is not, nor is an ID token."""
    known = authlib_client.Client(city[1].issuer, "counter", "counter-secret")

    def token_for(resource: str) -> str:
        told = authlib_client.client_credentials(known, scope="read", resource=resource)
        return str(told["access_token"])

    async with following(city) as outside:
        verifier, clock = outside.verifier(OWN), Clock()
        token = await asyncio.to_thread(token_for, "urn:hub")
        await until(lambda: isinstance(verifier.verify(token, clock.now()), Caller))
        found = verifier.verify(token, clock.now())
        assert isinstance(found, Caller)
        assert (found.client.id, found.client.department, found.client.role) == ("city:counter", "hall", Role.CLERK)
        assert found.person is None
        other = await asyncio.to_thread(token_for, "urn:other")
        assert verifier.verify(other, clock.now()) == "INVALID"


async def test_identity_token_of_the_city_is_no_access_token(city):
    """The ID token of a sign-in is refused as a bearer token, also where plain JWT are taken for this client's id."""
    known = authlib_client.Client(city[1].issuer, "public", None, "none")
    told = await asyncio.to_thread(_tokens, known)
    async with following(city, token_types=("at+jwt", "JWT"), audience="public") as outside:
        verifier = outside.verifier(OWN)
        await answered(outside)
        for token in told.values():
            assert not isinstance(verifier.verify(token, Clock().now()), Caller)
    assert told["id_token"].count(".") == 2


def _tokens(known: authlib_client.Client) -> dict[str, str]:
    """Tokens of a sign-in, by hand: the ID token as it came."""
    address = f"{known.issuer}/auth?response_type=code&client_id=public&redirect_uri={CALLBACK}&scope=openid"
    verifier = "v" * 43
    back = browser.sign_in(
        f"{address}&code_challenge={challenge(verifier)}&code_challenge_method=S256", ZHANG, CALLBACK
    )
    form = {
        "grant_type": "authorization_code",
        "code": asked_of(back)["code"],
        "redirect_uri": CALLBACK,
        "client_id": "public",
        "code_verifier": verifier,
    }
    told = httpx2.post(f"{known.issuer}/token", data=form, trust_env=False).raise_for_status().json()
    return {name: told[name] for name in ("id_token", "access_token")}


# ---------------------------------------------------------------- the demo's real names


@dataclass
class RealNames:
    """The demo's provider, listening, and the hub as its client."""

    source: HttpSource
    outside: Outside


@pytest.fixture
async def names(monkeypatch) -> AsyncIterator[RealNames]:
    """The demo's provider as the demo runs it."""
    monkeypatch.setenv("HUB_TEST_SECRET", SECRET)
    registered = RealNameClient("chengxin-hub", SECRET, CALLBACK)
    clock = Clock()

    def build() -> Any:
        return RealNameProvider(demo_people(), "demo", registered, lambda: source.address, clock.seconds).build()

    source = HttpSource(build)
    await source.start()
    told = {
        "name": "realname",
        "client_id": "chengxin-hub",
        "client_secret": "env:HUB_TEST_SECRET",
        "kind": "real_name",
        "accept_tokens": False,
        "algorithms": (ALGORITHM,),
        "mapping": (),
        "name_claim": NAME_CLAIM,
        "verified_claim": VERIFIED_CLAIM,
        "department": "merchants",
    }
    outside = client(table(source.address, **told), clock=clock)
    async with outside.following():
        await answered(outside, "realname")
        yield RealNames(source, outside)
    await source.stop()


async def test_merchant_proves_their_real_name(names):
    """Somebody of the demo signs in and comes back with the name of a legal representative, and no number at all."""
    kept, back = await back_from(names.outside, "realname", Person("elder_home", "demo"))
    found = await names.outside.complete("realname", back, kept)
    assert (found.name, found.verified, found.factors) == ("欧阳明岚", True, ("pwd",))
    assert found.standing == Standing("merchants", Role.MERCHANT)
    again, more = await back_from(names.outside, "realname", Person("elder_home", "demo"))
    assert (await names.outside.complete("realname", more, again)).subject == found.subject


@pytest.mark.parametrize(
    ("person", "said"),
    [(Person("unverified", "demo"), "NOT_VERIFIED"), (Person("elder_home", "", decision="deny"), "PROVIDER_REFUSED")],
    ids=["not verified", "cancelled"],
)
async def test_who_proves_nothing_is_not_signed_in(names, person, said):
    """Whose real name is not verified, or who turns back, is told so."""
    kept, back = await back_from(names.outside, "realname", person)
    with pytest.raises(OutsideFault, match=said):
        await names.outside.complete("realname", back, kept)


async def test_wrong_password_is_told(names):
    """A wrong password, and a name that nobody has, are told apart by nobody."""
    for person in (Person("elder_home", "wrong"), Person("nobody", "demo")):
        with pytest.raises(browser.SignInError, match=r"401 at /authorize: 用户名或口令不对"):
            await back_from(names.outside, "realname", person)


async def test_code_is_taken_once(names):
    """A code that comes again, or without its verifier, brings nothing."""
    kept, back = await back_from(names.outside, "realname", Person("elder_home", "demo"))
    await names.outside.complete("realname", back, kept)
    with pytest.raises(OutsideFault, match="BAD_ANSWER"):
        await names.outside.complete("realname", back, kept)
    kept, back = await back_from(names.outside, "realname", Person("elder_home", "demo"))
    with pytest.raises(OutsideFault, match="BAD_ANSWER"):
        await names.outside.complete("realname", back, replace(kept, verifier="x" * 43))


async def test_page_lists_people_and_nothing_to_steal(names):
    """The page names everybody who may be played; only the client's own site may be led to from it."""
    kept = await names.outside.begin("realname", CALLBACK)
    async with aiohttp.ClientSession() as session, session.get(kept.address) as response:
        text, policy = await response.text(), response.headers["content-security-policy"]
    assert all(person.username in text and person.name in text for person in demo_people())
    assert f"form-action 'self' http://{urlsplit(CALLBACK).netloc}" in policy
    assert "frame-ancestors 'none'" in policy
    assert "演示" in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"client_id": "other"}, 400),
        ({"redirect_uri": f"{CALLBACK}/other"}, 400),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "profile"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
    ],
)
async def test_request_that_is_not_protected_begins_nothing(names, changed, said):
    """Without the registered callback nobody is sent anywhere; without PKCE the client is told."""
    kept = await names.outside.begin("realname", CALLBACK)
    asked = {**asked_of(kept.address), **changed}
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{names.source.address}/authorize", params=asked, allow_redirects=False) as response,
    ):
        told = response.status if response.status == 400 else asked_of(response.headers["location"])["error"]
    assert told == said


@pytest.mark.parametrize(
    ("form", "secret", "said"),
    [
        ({"grant_type": "authorization_code", "code": "x"}, "wrong", "invalid_client"),
        ({"grant_type": "client_credentials"}, None, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "x"}, None, "invalid_grant"),
        ({"grant_type": "authorization_code"}, None, "invalid_grant"),
    ],
)
async def test_token_endpoint_refuses_strangers(names, form, secret, said):
    """A wrong secret, another grant, or a code that is none."""
    header = {"Authorization": signed_basic("chengxin-hub", quote_plus(secret or SECRET))}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{names.source.address}/token", data=form, headers=header) as response,
    ):
        assert (await response.json())["error"] == said


def test_people_of_the_demo_have_names_of_their_own():
    """Everybody who may be played has a user name of their own, and nobody a number that could be one of a person."""
    people = demo_people()
    assert len({person.username for person in people}) == len(people)
    assert not [person for person in people if any(letter.isdigit() for letter in person.name)]
    assert [person.username for person in people if not person.verified] == ["unverified"]
