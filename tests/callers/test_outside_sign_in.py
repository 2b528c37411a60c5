"""Signing in through a provider that does whatever a test wants: the way there, and who comes back."""

import base64
from collections.abc import AsyncIterator

import pytest

from auth.caller import Standing
from auth.roles import Role
from hub.callers.outside import Begun
from hub.callers.outside_person import OutsideFault, OutsidePerson
from tests.callers.outside_provider import (
    CALLBACK,
    Strange,
    answered,
    asked_of,
    begun,
    challenge,
    client,
    completed,
    listening,
    refusal,
    table,
)

HALL = Standing("hall", Role.CLERK)


@pytest.fixture
async def strange() -> AsyncIterator[Strange]:
    """A provider."""
    async with listening(Strange()) as running:
        yield running


# ---------------------------------------------------------------- the way there


async def test_browser_is_sent_with_everything_that_protects_it(strange):
    """State, nonce and an S256 challenge, fresh every time; what proves them is kept, and not shown."""
    outside = client(table(strange.issuer))
    async with outside.following():
        await answered(outside)
        one, other = [await outside.begin("city", CALLBACK) for _ in range(2)]
    asked = asked_of(one.address)
    assert one.address.startswith(f"{strange.issuer}/authorize?")
    assert asked == {
        "response_type": "code",
        "client_id": "hub",
        "redirect_uri": CALLBACK,
        "scope": "openid profile",
        "state": one.state,
        "nonce": one.nonce,
        "code_challenge": challenge(one.verifier),
        "code_challenge_method": "S256",
    }
    assert {one.state, one.nonce, one.verifier}.isdisjoint({other.state, other.nonce, other.verifier})
    assert not [secret for secret in (one.nonce, one.verifier) if secret in repr(one).replace(one.address, "")]
    assert Begun.read(one.written()) == one


async def test_address_of_the_provider_may_have_a_query(strange):
    """What an authorization endpoint has in its address stays there."""
    strange.discovery["authorization_endpoint"] += "?tenant=city"
    outside = client(table(strange.issuer))
    async with outside.following():
        await answered(outside)
        asked = asked_of((await outside.begin("city", CALLBACK)).address)
    assert (asked["tenant"], asked["client_id"]) == ("city", "hub")


async def test_only_providers_of_the_sign_in_are_offered(strange):
    """A provider whose tokens are taken alone has no button, and nobody begins there; nor at one that is unknown."""
    outside = client(table(strange.issuer, sign_in=False))
    assert outside.offered() == []
    async with outside.following():
        for name in ("city", "nobody"):
            with pytest.raises(OutsideFault, match="PROVIDER_DOWN"):
                await outside.begin(name, CALLBACK)
    assert [one.name for one in client(table(strange.issuer)).offered()] == ["city"]


# ---------------------------------------------------------------- who comes back


async def test_person_is_who_the_claims_say(strange):
    """Name, account name and factors come from the ID token, department and role from the mapping."""
    strange.claims |= {"amr": ["pwd", "otp"], "certificate": "0812001"}
    found = await completed(strange, certificate_claim="certificate")
    assert found == OutsidePerson(
        provider="city",
        subject="z-1",
        username="zhang",
        name="张三",
        standing=HALL,
        purposes=("SERVICE",),
        factors=("pwd", "otp"),
        certificate_no="0812001",
    )
    assert not [shown for shown in ("z-1", "zhang", "张三", "0812001") if shown in repr(found)]


@pytest.mark.parametrize(
    ("claims", "name", "username"),
    [
        ({"name": None}, "zhang", "zhang"),
        ({"name": None, "preferred_username": None}, "市统一身份认证", None),
        ({"name": "张\n三", "preferred_username": ["zhang"]}, "市统一身份认证", None),
        ({"name": "x" * 101}, "zhang", "zhang"),
        ({"name": " 张三 "}, "张三", "zhang"),
    ],
)
async def test_name_is_one_line(strange, claims, name, username):
    """A name that cannot be shown is none; then the account name stands for it, or that of the provider."""
    strange.claims |= claims
    found = await completed(strange)
    assert (found.name, found.username) == (name, username)


async def test_code_is_exchanged_with_its_verifier(strange):
    """A public client shows its id, the code and what the challenge was made of, and no secret."""
    outside = client(table(strange.issuer))
    async with outside.following():
        await answered(outside)
        kept, back = await begun(outside, strange)
        await outside.complete("city", back, kept)
    assert strange.forms == [
        {
            "grant_type": "authorization_code",
            "code": "c-1",
            "redirect_uri": CALLBACK,
            "code_verifier": kept.verifier,
            "client_id": "hub",
        }
    ]
    assert "authorization" not in strange.headers[-1]


@pytest.mark.parametrize("way", ["basic", "post"])
async def test_client_shows_its_secret(strange, way, tmp_path, monkeypatch):
    """In the header, where what has a meaning there is escaped, or in the form; never in both."""
    monkeypatch.setenv("HUB_TEST_SECRET", "a:b %+é")
    await completed(strange, client_id="hub", client_secret="env:HUB_TEST_SECRET", authentication=way)
    (form,) = strange.forms
    header = strange.headers[-1].get("authorization", "")
    if way == "post":
        assert (form["client_id"], form["client_secret"], header) == ("hub", "a:b %+é", "")
    else:
        assert "client_id" not in form
        assert "client_secret" not in form
        assert base64.b64decode(header.removeprefix("Basic ")) == b"hub:a%3Ab+%25%2B%C3%A9"


async def test_claims_that_lack_are_looked_for_elsewhere(strange):
    """The userinfo endpoint is asked where a claim lacks, and what the ID token says goes before it."""
    strange.claims = {"sub": "z-1", "name": "张三"}
    strange.userinfo = {"sub": "z-1", "name": "李四", "unit": "hall", "preferred_username": "zhang"}
    found = await completed(strange, userinfo=True)
    assert (found.name, found.username, found.standing) == ("张三", "zhang", HALL)
    assert strange.headers[-1]["authorization"] == "Bearer opaque"
    assert await refusal(strange) == "NOT_MAPPED"


async def test_userinfo_is_asked_only_if_something_lacks(strange):
    """Where the ID token says everything, nobody is asked more."""
    await completed(strange, userinfo=True)
    assert strange.asked["/userinfo"] == 0


@pytest.mark.parametrize("told", [{"sub": "z-2", "unit": "hall"}, {"unit": "hall"}, {}])
async def test_userinfo_of_another_is_refused(strange, told):
    """What is said of another subject is not taken for this one."""
    strange.claims = {"sub": "z-1"}
    strange.userinfo = told
    assert await refusal(strange, userinfo=True) == "BAD_ANSWER userinfo"


async def test_whom_no_mapping_fits_is_not_signed_in(strange):
    """Somebody the provider knows and the hub has no place for."""
    strange.claims["unit"] = "kitchen"
    assert await refusal(strange) == "NOT_MAPPED"


# ---------------------------------------------------------------- real names


REAL = {
    "kind": "real_name",
    "accept_tokens": False,
    "mapping": (),
    "name_claim": "name",
    "verified_claim": "verified",
    "department": "merchants",
}


async def test_real_name_makes_a_merchant(strange):
    """Whose real name is vouched for acts as a merchant of the department, for nobody yet."""
    strange.claims = {"sub": "z-1", "name": "张三", "verified": True}
    found = await completed(strange, **REAL)
    assert (found.name, found.verified, found.username) == ("张三", True, None)
    assert (found.standing, found.purposes) == (Standing("merchants", Role.MERCHANT), ())


async def test_real_name_is_proven_anew(strange):
    """Whoever sits at the counter proves who they are, whoever was signed in before."""
    outside = client(table(strange.issuer, **REAL))
    async with outside.following():
        await answered(outside)
        assert asked_of((await outside.begin("city", CALLBACK)).address)["prompt"] == "login"


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"verified": False},
        {"verified": "true"},
        {"verified": 1},
        {"verified": [True]},
        {"verified": True, "name": None},
    ],
)
async def test_name_that_is_not_verified_is_none(strange, claims):
    """Only `true` is true, and a name must be there."""
    strange.claims = {"sub": "z-1", "name": "张三", **claims}
    assert await refusal(strange, **REAL) == "NOT_VERIFIED"
