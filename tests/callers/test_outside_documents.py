"""What a provider publishes is followed in the background, believed within bounds, and never fetched for a token."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from auth.caller import Caller
from auth.tokens import TokenVerifier
from hub.callers import outside_documents
from hub.callers.outside_documents import MAX_BYTES, Unanswered, read_discovery
from hub.callers.outside_person import OutsideCode, OutsideFault
from tests.callers.outside_provider import CALLBACK, Strange, answered, begun, client, listening, table, until
from tests.unit.outside_tokens import EC, ED, NOW, RSA, STRANGE, by_hand, claims, jwks, signed
from tests.unit.signing import ring_of

DISCOVERY = "/.well-known/openid-configuration"
OWN = TokenVerifier(ring_of(ED), "https://hub.example", ["urn:hub"], {})


def token(strange: Strange, **header: Any) -> str:
    """A good access token of the provider."""
    return signed(claims(iss=strange.issuer, unit="hall"), **header)


async def test_tokens_are_taken_when_the_keys_are_there():
    """The hub starts at once; tokens of a provider hold from when its keys are known."""
    async with listening(Strange()) as strange:
        outside = client(table(strange.issuer))
        verifier = outside.verifier(OWN)
        assert verifier.verify(token(strange), NOW) == "INVALID"
        async with outside.following():
            await answered(outside)
            await until(lambda: isinstance(verifier.verify(token(strange), NOW), Caller))
        assert strange.asked == {DISCOVERY: 1, "/jwks": 1}
        assert all(headers["user-agent"] == "chengxin-hub" for headers in strange.headers)


async def test_no_token_causes_a_request():
    """Thousands of tokens that name unknown keys, addresses of keys and issuers are refused, and nobody is asked."""
    async with listening(Strange()) as elsewhere, listening(Strange()) as strange:
        outside = client(table(strange.issuer))
        verifier = outside.verifier(OWN)
        async with outside.following():
            await answered(outside)
            await until(lambda: isinstance(verifier.verify(token(strange), NOW), Caller))
            before = sum(strange.asked.values())
            places = {"jku": f"{elsewhere.issuer}/jwks", "x5u": f"{elsewhere.issuer}/pem"}
            forged = [
                token(strange, kid="new", key=STRANGE),
                token(strange, key=STRANGE, **places),
                token(strange, **places),
                signed(claims(iss=elsewhere.issuer, unit="hall"), key=STRANGE),
            ]
            for number in range(4000):
                assert verifier.verify(forged[number % 4], NOW) == "INVALID"
                said = by_hand({"alg": "RS256", "typ": "at+jwt", "kid": f"k-{number}", **places}, claims(), b"x")
                assert verifier.verify(said, NOW) == "INVALID"
            await asyncio.sleep(0.2)
        assert sum(strange.asked.values()) == before
        assert not elsewhere.asked


async def test_provider_may_be_down_at_start():
    """Sign-in says that the provider is down, its tokens are refused; when it is there, both work."""
    async with listening(Strange()) as strange:
        issuer = strange.issuer
    outside = client(table(issuer), period=0.05)
    verifier = outside.verifier(OWN)
    async with outside.following():
        await asyncio.sleep(0.2)
        with pytest.raises(OutsideFault) as refused:
            await outside.begin("city", CALLBACK)
        assert refused.value.code is OutsideCode.PROVIDER_DOWN
        strange = Strange(issuer)
        async with listening(strange, int(issuer.rpartition(":")[2])):
            await answered(outside)
            await until(lambda: isinstance(verifier.verify(token(strange), NOW), Caller))
            assert (await outside.begin("city", CALLBACK)).address.startswith(f"{issuer}/authorize?")
        await asyncio.sleep(0.2)
        assert isinstance(verifier.verify(token(strange), NOW), Caller)


async def _redirect(_: web.Request) -> web.Response:
    return web.Response(status=302, headers={"location": "/elsewhere"})


async def _large(_: web.Request) -> web.Response:
    return web.json_response({**jwks(RSA), "pad": "x" * MAX_BYTES})


async def _slow(_: web.Request) -> web.Response:
    await asyncio.sleep(5)
    return web.json_response(jwks(RSA))


async def _broken(_: web.Request) -> web.Response:
    return web.json_response({"keys": []}, status=503)


async def _twice(_: web.Request) -> web.Response:
    text = json.dumps(jwks(RSA))
    return web.Response(text=f"{text[:-1]},{text[1:]}", content_type="application/json")


async def _page(_: web.Request) -> web.Response:
    return web.Response(text="<html>502</html>", content_type="text/html")


@pytest.mark.parametrize("path", [DISCOVERY, "/jwks"])
@pytest.mark.parametrize("instead", [_redirect, _large, _slow, _broken, _twice, _page])
async def test_bad_answer_is_no_answer(instead, path, monkeypatch):
    """What redirects, is too large, too slow or no JSON changes nothing; the log says so without its words."""
    monkeypatch.setattr(outside_documents, "TIMEOUT", 0.3)
    async with listening(Strange()) as strange:
        strange.instead[path] = instead
        outside = client(table(strange.issuer))
        verifier = outside.verifier(OWN)
        with capture_logs() as logs:
            async with outside.following():
                await until(lambda: bool(logs))
                assert verifier.verify(token(strange), NOW) == "INVALID"
        assert strange.asked["/elsewhere"] == 0
        assert [(log["event"], log["provider"]) for log in logs] == [("provider does not answer", "city")]
        assert strange.issuer not in str(logs)


async def test_keys_that_change_are_felt():
    """A key that is gone verifies nothing after the next look, a new one does, and whoever listens is told."""
    told: list[int] = []

    async def changed() -> None:
        told.append(1)

    async with listening(Strange()) as strange:
        strange.documents["/jwks"] = jwks(RSA)
        outside = client(table(strange.issuer), period=0.05)
        verifier = outside.verifier(OWN)
        async with outside.following(changed):
            await until(lambda: isinstance(verifier.verify(token(strange), NOW), Caller))
            strange.documents["/jwks"] = jwks(EC)
            await until(lambda: verifier.verify(token(strange), NOW) == "INVALID")
            fresh = signed(claims(iss=strange.issuer, unit="hall"), "ES256")
            assert isinstance(verifier.verify(fresh, NOW), Caller)
            await until(lambda: len(told) == 2)
            await asyncio.sleep(0.2)
    assert len(told) == 2


async def test_provider_is_followed_although_nobody_could_be_told():
    """Where whoever listens fails, the log says where, and the provider is asked again."""

    async def changed() -> None:
        raise ValueError("Z9-hunter")

    async with listening(Strange()) as strange:
        outside = client(table(strange.issuer), period=0.05)
        with capture_logs() as logs:
            async with outside.following(changed):
                await until(lambda: strange.asked["/jwks"] > 2)
        assert [log["event"] for log in logs] == ["internal error"]
        assert "Z9-hunter" not in str(logs)


async def test_silence_is_believed_for_a_day(monkeypatch):
    """What is known of a provider that does not answer holds for a while, and no longer."""
    async with listening(Strange()) as strange:
        outside = client(table(strange.issuer), period=0.05)
        verifier = outside.verifier(OWN)
        async with outside.following():
            await until(lambda: isinstance(verifier.verify(token(strange), NOW), Caller))
            strange.instead[DISCOVERY] = _broken
            await asyncio.sleep(0.3)
            assert isinstance(verifier.verify(token(strange), NOW), Caller)
            monkeypatch.setattr(outside_documents, "TRUSTED", 0.1)
            await until(lambda: verifier.verify(token(strange), NOW) == "INVALID")
            with pytest.raises(OutsideFault, match="PROVIDER_DOWN"):
                await outside.begin("city", CALLBACK)


async def test_keys_from_a_file_are_not_fetched(tmp_path):
    """A provider whose keys lie in a file, and through which nobody signs in, is never asked anything."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(jwks(RSA)), encoding="utf-8")
    async with listening(Strange()) as strange:
        outside = client(table(strange.issuer, keys=path, sign_in=False), period=0.05)
        verifier = outside.verifier(OWN)
        assert isinstance(verifier.verify(token(strange), NOW), Caller)
        async with outside.following():
            path.write_text(json.dumps(jwks(EC)), encoding="utf-8")
            await until(lambda: verifier.verify(token(strange), NOW) == "INVALID")
            path.unlink()
            await asyncio.sleep(0.2)
            fresh = signed(claims(iss=strange.issuer, unit="hall"), "ES256")
            assert isinstance(verifier.verify(fresh, NOW), Caller)
        assert not strange.asked


async def test_provider_that_takes_no_tokens_is_no_issuer():
    """Where no provider's tokens are accepted, the hub's own verifier is the only one."""
    outside = client(table("https://id.example", accept_tokens=False))
    assert outside.verifier(OWN) is OWN


def test_documents_must_fit_the_issuer():
    """A document of another issuer, or one that leads to another host, is not believed."""
    provider, good = table("https://id.example/realm"), Strange()
    good.settle("https://id.example/realm")
    assert read_discovery(provider, good.discovery).jwks == "https://id.example/realm/jwks"
    for changed in (
        {"issuer": "https://id.example/realm/"},
        {"issuer": None},
        {"jwks_uri": "https://keys.example/jwks"},
        {"jwks_uri": "https://id.example:8443/jwks"},
        {"jwks_uri": "http://id.example/realm/jwks"},
        {"jwks_uri": "https://id.example@evil.example/jwks"},
        {"token_endpoint": "http://id.example/token"},
        {"token_endpoint": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": ["https://id.example/authorize"]},
    ):
        with pytest.raises(Unanswered):
            read_discovery(provider, {**good.discovery, **changed})


def test_keys_may_lie_elsewhere_where_that_is_said():
    """The address of the keys that is configured goes before the one that is published."""
    good = Strange()
    good.settle("https://id.example")
    provider = table("https://id.example", jwks_uri="https://keys.example/jwks")
    assert read_discovery(provider, good.discovery).jwks == "https://keys.example/jwks"


async def test_new_key_is_looked_for_once_a_minute():
    """An ID token with an unknown key causes one look at the keys, however many sign-ins come; then they wait."""
    async with listening(Strange()) as strange:
        strange.documents["/jwks"] = jwks(RSA)
        outside = client(table(strange.issuer))
        async with outside.following():
            await answered(outside)
            strange.documents["/jwks"] = jwks(EC)
            strange.signing = {"algorithm": "ES256", "typ": None}
            kept, back = await begun(outside, strange)
            assert (await outside.complete("city", back, kept)).subject == "z-1"
            strange.documents["/jwks"] = jwks(ED)
            strange.signing = {"algorithm": "Ed25519", "typ": None}
            for _ in range(20):
                kept, back = await begun(outside, strange)
                with pytest.raises(OutsideFault, match="BAD_ANSWER"):
                    await outside.complete("city", back, kept)
        assert strange.asked["/jwks"] == 2


async def test_expired_token_is_told_as_such():
    """A token of the provider that has ended is expired, not unknown."""
    async with listening(Strange()) as strange:
        outside = client(table(strange.issuer))
        verifier = outside.verifier(OWN)
        async with outside.following():
            await until(lambda: isinstance(verifier.verify(token(strange), NOW), Caller))
            assert verifier.verify(token(strange), NOW + timedelta(hours=1)) == "EXPIRED"
