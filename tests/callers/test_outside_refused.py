"""Whatever is wrong on the way back from a provider: nobody is signed in, and why is told by a code."""

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from hub.callers.outside import Begun, Outside
from hub.callers.outside_person import OutsideFault
from tests.callers.outside_provider import (
    CALLBACK,
    MAPPING,
    Strange,
    answered,
    begun,
    client,
    listening,
    refusal,
    table,
)
from tests.unit.outside_tokens import AT, EC, STRANGE, signed


@pytest.fixture
async def strange() -> AsyncIterator[Strange]:
    """A provider."""
    async with listening(Strange()) as running:
        yield running


@pytest.mark.parametrize(
    ("back", "said"),
    [
        ({"state": "other"}, "BAD_ANSWER state"),
        ({"state": ""}, "BAD_ANSWER state"),
        ({"state": "\udcff"}, "BAD_ANSWER state"),
        ({"code": ""}, "BAD_ANSWER no code"),
        ({"code": "x" * 4097}, "BAD_ANSWER no code"),
        ({"iss": "https://evil.example"}, "BAD_ANSWER iss"),
        ({"error": "access_denied"}, "PROVIDER_REFUSED access_denied"),
        ({"error": "login_required", "error_description": "x"}, "PROVIDER_REFUSED login_required"),
        ({"error": "temporarily_unavailable"}, "PROVIDER_DOWN temporarily_unavailable"),
        ({"error": "<script>"}, "PROVIDER_REFUSED "),
        ({"error": "access_denied", "state": "other"}, "BAD_ANSWER state"),
    ],
)
async def test_bad_way_back_is_refused(strange, back, said):
    """Of another sign-in, another issuer, or without a code: nothing is exchanged."""
    outside = client(table(strange.issuer))
    async with outside.following():
        await answered(outside)
        kept, good = await begun(outside, strange)
        with pytest.raises(OutsideFault) as refused:
            await outside.complete("city", {**good, **back}, kept)
    assert f"{refused.value.code} {refused.value.detail}" == said
    assert strange.asked["/token"] == 0


async def test_issuer_that_is_announced_must_be_told(strange):
    """A provider that says it names itself does (RFC 9207): otherwise the answer may be of another one."""
    strange.discovery["authorization_response_iss_parameter_supported"] = True
    outside = client(table(strange.issuer))
    async with outside.following():
        await answered(outside)
        kept, back = await begun(outside, strange)
        with pytest.raises(OutsideFault, match="BAD_ANSWER"):
            await outside.complete("city", back, kept)
        assert (await outside.complete("city", {**back, "iss": strange.issuer}, kept)).subject == "z-1"


async def test_sign_in_of_another_provider_is_refused(strange):
    """What was begun at one provider does not end at another."""
    outside = Outside(
        [table(strange.issuer), table("https://other.example", name="other")],
        client(table(strange.issuer))._clock,
        lambda kind, value: value,
    )
    async with outside.following():
        await answered(outside)
        kept, back = await begun(outside, strange)
        for name, said in (("other", "PROVIDER_DOWN"), ("nobody", "PROVIDER_DOWN")):
            with pytest.raises(OutsideFault, match=said):
                await outside.complete(name, back, kept)
        elsewhere = Begun.read({**kept.written(), "provider": "other"})
        with pytest.raises(OutsideFault, match="BAD_ANSWER"):
            await outside.complete("city", back, elsewhere)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (400, {"error": "invalid_grant"}, "BAD_ANSWER invalid_grant"),
        (401, {"error": "invalid_client"}, "BAD_ANSWER invalid_client"),
        (400, {"error": "张三"}, "BAD_ANSWER HTTP 400"),
        (302, {}, "BAD_ANSWER HTTP 302"),
        (500, {}, "PROVIDER_DOWN HTTP 500"),
        (503, {"error": "temporarily_unavailable"}, "PROVIDER_DOWN temporarily_unavailable"),
        (200, {}, "BAD_ANSWER no ID token"),
        (200, {"id_token": 7}, "BAD_ANSWER no ID token"),
        (200, {"id_token": "a.b.c"}, "BAD_ANSWER ID token"),
        (200, {"id_token": "x" * 20_000}, "BAD_ANSWER ID token"),
        (200, {"pad": "x" * 70_000}, "PROVIDER_DOWN its answer is too large"),
    ],
)
async def test_code_that_is_not_exchanged_signs_nobody_in(strange, status, body, said):
    """A refusal, a failure or nonsense of the token endpoint; nothing it wrote is repeated but a code of OAuth."""

    async def answer(_: web.Request) -> web.Response:
        return web.json_response(body, status=status)

    strange.instead["/token"] = answer
    assert await refusal(strange) == said


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "other"},
        {"aud": ["hub", "other"]},
        {"azp": "other"},
        {"nonce": "other"},
        {"nonce": None},
        {"exp": AT - 60},
        {"iat": AT + 60},
        {"iat": AT - 3600},
        {"at_hash": "x"},
        {"sub": None},
    ],
)
async def test_identity_token_of_another_sign_in_is_refused(strange, claims):
    """Whatever is not exactly the ID token of this sign-in is none."""
    strange.claims |= claims
    assert await refusal(strange) == "BAD_ANSWER ID token"


@pytest.mark.parametrize(
    "signing",
    [
        {"key": STRANGE},
        {"kid": "new", "key": STRANGE},
        {"algorithm": "ES256", "key": EC, "kid": "ed"},
        {"algorithm": "RS512", "key": STRANGE},
        {"typ": "at+jwt"},
        {"jku": "https://evil.example/jwks"},
    ],
)
async def test_identity_token_with_a_bad_signature_is_refused(strange, signing):
    """Another key, another algorithm, another type, or a key from elsewhere."""
    strange.signing |= signing
    assert await refusal(strange) == "BAD_ANSWER ID token"


async def test_algorithm_that_is_not_allowed_is_refused(strange):
    """A good signature of a known key, in an algorithm that the configuration does not name."""
    assert await refusal(strange, algorithms=("ES256",)) == "BAD_ANSWER ID token"


async def test_access_token_is_no_identity(strange):
    """An access token in the place of the ID token signs nobody in."""
    told = {"iss": strange.issuer, "aud": "hub", "sub": "z-1", "iat": AT, "exp": AT + 60, "unit": "hall"}
    strange.tokens = {"id_token": signed(told)}
    assert await refusal(strange) == "BAD_ANSWER ID token"


async def test_provider_that_breaks_off_is_down(strange):
    """A provider that is gone in the middle of a sign-in is down."""

    async def gone(request: web.Request) -> web.Response:
        assert request.transport
        request.transport.close()
        return web.Response()

    strange.instead["/token"] = gone
    assert (await refusal(strange)).startswith("PROVIDER_DOWN it cannot be asked")


async def test_log_tells_codes_alone(strange):
    """What is logged of a sign-in that fails holds no name, code, token or address."""
    strange.claims["unit"] = "kitchen"
    with capture_logs() as logs:
        assert await refusal(strange) == "NOT_MAPPED"
    expected = {"event": "nobody signed in through a provider", "log_level": "info", "provider": "city"}
    assert logs == [{**expected, "code": "NOT_MAPPED", "detail": ""}]


async def test_nobody_is_signed_in_before_the_provider_is_followed(strange):
    """A hub that does not serve asks no provider anything."""
    outside = client(table(strange.issuer, mapping=MAPPING))
    with pytest.raises(OutsideFault, match="PROVIDER_DOWN"):
        await outside.begin("city", CALLBACK)
    assert not strange.asked
