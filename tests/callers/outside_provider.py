"""A provider that does whatever a test wants, over real HTTP, and counts what it is asked; and the hub as its client.

Its tokens are those of tests/unit/outside_tokens.py.
"""

import asyncio
import base64
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web

from hub.callers.outside import Begun, Outside
from hub.callers.outside_person import OutsideFault, OutsidePerson
from hub.clock import Clock
from hub.settings_providers import ProviderTable
from tests.unit.outside_tokens import AT, EC, ED, NOW, RSA, jwks, signed

CALLBACK = "http://127.0.0.1:1/oauth/external/city/callback"
NAMES = {"name": "张三", "preferred_username": "zhang"}
MAPPING = ({"claim": "unit", "value": "hall", "department": "hall", "role": "CLERK", "purposes": ["SERVICE"]},)
_DISCOVERY = "/.well-known/openid-configuration"


@dataclass
class Strange:
    """The provider. `documents` go out as they are; `instead` answers a path in another way."""

    issuer: str = ""
    documents: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "z-1", "unit": "hall", **NAMES})
    signing: dict[str, Any] = field(default_factory=lambda: {"typ": None})
    userinfo: dict[str, Any] = field(default_factory=dict)
    tokens: dict[str, Any] = field(default_factory=dict)
    asked: "Counter[str]" = field(default_factory=Counter)
    instead: dict[str, Callable[[web.Request], Any]] = field(default_factory=dict)
    forms: list[dict[str, str]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    nonce: str = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """Whatever is asked."""
        self.asked[request.path] += 1
        self.headers.append({name.lower(): value for name, value in request.headers.items()})
        if request.path in self.instead:
            response: web.StreamResponse = await self.instead[request.path](request)
            return response
        if request.path == "/token":
            self.forms.append({name: str(value) for name, value in (await request.post()).items()})
            return web.json_response(self._told())
        if request.path == "/userinfo":
            return web.json_response(self.userinfo)
        found = self.documents.get(request.path)
        return web.json_response(found) if found is not None else web.Response(status=404)

    def _told(self) -> dict[str, Any]:
        claims = {"iss": self.issuer, "aud": "hub", "iat": AT, "exp": AT + 60, "nonce": self.nonce, **self.claims}
        signing = {"algorithm": "RS256", **self.signing}
        token = signed({n: v for n, v in claims.items() if v is not None}, signing.pop("algorithm"), **signing)
        return {"access_token": "opaque", "token_type": "Bearer", "id_token": token, **self.tokens}

    def settle(self, issuer: str) -> None:
        """Publish good documents under an address."""
        self.issuer = issuer
        self.documents = {
            _DISCOVERY: {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
            },
            "/jwks": jwks(RSA, EC, ED),
        }

    @property
    def discovery(self) -> dict[str, Any]:
        """The discovery document."""
        found: dict[str, Any] = self.documents[_DISCOVERY]
        return found


@asynccontextmanager
async def listening(strange: Strange, port: int = 0) -> AsyncIterator[Strange]:
    """The provider on a port of this machine."""
    service = web.Application()
    service.router.add_route("*", "/{path:.*}", strange.answer)
    runner = web.AppRunner(service, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", port).start()
        strange.settle(strange.issuer or f"http://127.0.0.1:{runner.addresses[0][1]}")
        yield strange
    finally:
        await runner.cleanup()


def table(issuer: str, **more: Any) -> ProviderTable:
    """A provider of staff as the configuration has it, whose tokens are accepted too."""
    told = {
        "name": "city",
        "label": "市统一身份认证",
        "issuer": issuer,
        "client_id": "hub",
        "client_secret": None,
        "accept_tokens": True,
        "audience": "urn:hub",
        "algorithms": ("RS256", "PS256", "ES256", "Ed25519"),
        "mapping": MAPPING,
        **more,
    }
    return ProviderTable.model_validate({name: value for name, value in told.items() if value is not None})


def digest(kind: str, value: str) -> str:
    """What is kept of a value, as the vault would make it."""
    return sha256(f"{kind}\n{value}".encode()).hexdigest()[:32]


def client(provider: ProviderTable, period: float = 300.0, clock: Clock | None = None) -> Outside:
    """The hub as a client, at noon of one day."""
    return Outside([provider], clock or Clock(lambda: NOW), digest, period)


async def answered(outside: Outside, name: str = "city") -> None:
    """Wait until both documents of a provider are there."""
    await until(lambda: bool(outside._documents[name].announced and outside._documents[name].keys))


async def until(holds: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait until something holds. Raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not holds():  # noqa: ASYNC110 - what is waited for is told to nobody
            await asyncio.sleep(0.01)


async def begun(outside: Outside, strange: Strange) -> tuple[Begun, dict[str, str]]:
    """A sign-in under way, and what the browser brings back."""
    kept = await outside.begin("city", CALLBACK)
    asked = asked_of(kept.address)
    strange.nonce = asked["nonce"]
    return kept, {"code": "c-1", "state": asked["state"]}


async def completed(strange: Strange, **more: Any) -> OutsidePerson:
    """Who comes back from the provider, which is configured like this."""
    outside = client(table(strange.issuer, **more))
    async with outside.following():
        await answered(outside)
        kept, back = await begun(outside, strange)
        return await outside.complete("city", back, kept)


async def refusal(strange: Strange, **more: Any) -> str:
    """Why nobody comes back, and where; the name of whoever does, in the place of that."""
    try:
        return (await completed(strange, **more)).name
    except OutsideFault as refused:
        return f"{refused.code} {refused.detail}".strip()


def asked_of(address: str) -> dict[str, str]:
    """Parameters of an address."""
    return dict(parse_qsl(urlsplit(address).query, strict_parsing=True))


def challenge(verifier: str) -> str:
    """SHA-256 of a verifier, as it is shown."""
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
