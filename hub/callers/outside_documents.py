"""One provider's documents: its discovery document and its keys, fetched on a schedule and kept while it is down.

Nothing here is fetched because a token names something. Answers are small, come in time, and redirect nowhere; what they
say is believed as far as it fits the issuer that is configured. Proxies of the environment are not used.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from random import SystemRandom
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import structlog
from yarl import URL

from adapters.frames import frames_of
from auth.outside_signed import TrustedKey, read_keys, read_object
from hub.addresses import address_fault
from hub.settings_providers import ProviderTable

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

log = structlog.get_logger()
PERIOD: Final = 300.0
"""Seconds between two looks at a provider that answers."""
MAX_BYTES: Final = 65_536
TIMEOUT: Final = 5.0
TRUSTED: Final = 24 * 3600.0
"""Seconds for which what was fetched is believed while the provider does not answer."""
REFETCH: Final = 60.0
"""Seconds between two looks that an ID token with a new key may cause."""
_SOON = 5.0
_JITTER = 0.2
_DISCOVERY = "/.well-known/openid-configuration"
_RANDOM = SystemRandom()


class Unanswered(Exception):
    """The provider did not answer, or not as providers do; one sentence without anything it wrote."""


@dataclass(frozen=True, slots=True)
class Announced:
    """What a discovery document says, as far as it is used; `names_itself`: answers carry `iss` (RFC 9207)."""

    authorization: str
    token: str
    jwks: str
    userinfo: str | None
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """Status and JSON object of an answer."""

    status: int
    body: Mapping[str, Any]


class Documents:
    """What is known of one provider at this moment."""

    def __init__(self, provider: ProviderTable, period: float = PERIOD) -> None:
        self.provider = provider
        self.announced: Announced | None = None
        self.keys: tuple[TrustedKey, ...] = provider.read_keys_file()
        self._period = period
        self._session: ClientSession | None = None
        self._fetched = self._refetched = float("-inf")
        self._fetching = asyncio.Lock()

    async def follow(self, renewed: Callable[[], Awaitable[None]]) -> None:
        """Fetch now and again until cancelled, sooner where the provider did not answer; `renewed` is called each time."""
        context = ssl.create_default_context(cafile=self.provider.ca_file) if self.provider.ca_file else True
        import aiohttp  # noqa: PLC0415 - for whoever has providers

        async with aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=16, ssl=context),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "chengxin-hub", "Accept": "application/json", "Accept-Encoding": "identity"},
            timeout=aiohttp.ClientTimeout(total=TIMEOUT),
            trust_env=False,
        ) as self._session:
            wait = _SOON
            while True:
                answered = await self.refresh()
                wait = self._period if answered else min(2 * wait, self._period)
                try:
                    await renewed()
                except Exception as fault:  # noqa: BLE001 - whoever listens may fail; the provider is followed all the same
                    _note(fault)
                await asyncio.sleep(wait * _RANDOM.uniform(1 - _JITTER, 1 + _JITTER))

    async def refresh(self) -> bool:
        """Fetch both documents; False if one of them could not be had, and what is known stays, for a day at most."""
        async with self._fetching:
            now = asyncio.get_running_loop().time()
            try:
                if self.provider.sign_in or self.provider.keys is None:
                    self.announced = await self._discover()
                self.keys = await self._read_keys(self.announced)
            except Unanswered as fault:
                log.warning("provider does not answer", provider=self.provider.name, fault=str(fault))
                if now - self._fetched > TRUSTED:
                    self.announced = None
                    self.keys = self.keys if self.provider.keys is not None else ()
                return False
            self._fetched = now
            return True

    async def refetch_keys(self) -> bool:
        """Look once more whether there are new keys, in the middle of a sign-in; False if that was done a moment ago."""
        now = asyncio.get_running_loop().time()
        if self.announced is None or now - self._refetched < REFETCH:
            return False
        self._refetched = now
        async with self._fetching:
            try:
                self.keys = await self._read_keys(self.announced)
            except Unanswered:
                return False
        return True

    async def ask(self, url: str, form: Mapping[str, str] | None = None, **headers: str) -> Answer:
        """What is answered at an address of the provider, a form posted where there is one; Unanswered if nothing is."""
        if self._session is None or self._session.closed:
            raise Unanswered("the hub is not following it")
        method, address = "GET" if form is None else "POST", URL(url, encoded=True)
        # The library's own texts hold addresses and what was answered: they end here.
        try:
            async with self._session.request(
                method, address, data=form, headers=headers, allow_redirects=False
            ) as response:
                body = await _capped(response)
                return Answer(response.status, read_object(body) or {})
        except TimeoutError:
            raise Unanswered("it did not answer in time") from None
        except (_client_error(), ValueError) as fault:
            raise Unanswered(f"it cannot be asked ({type(fault).__name__})") from None

    async def _discover(self) -> Announced:
        answer = await self.ask(self.provider.issuer.rstrip("/") + _DISCOVERY)
        if answer.status != 200:
            raise Unanswered(f"its discovery document is answered with HTTP {answer.status}")
        return read_discovery(self.provider, answer.body)

    async def _read_keys(self, announced: Announced | None) -> tuple[TrustedKey, ...]:
        if self.provider.keys is not None or announced is None:
            found = await asyncio.to_thread(self._read_file)
        else:
            answer = await self.ask(announced.jwks)
            if answer.status != 200:
                raise Unanswered(f"its keys are answered with HTTP {answer.status}")
            found = read_keys(answer.body, self.provider.algorithms)
        if not found:
            raise Unanswered("none of its keys can be used")
        return found

    def _read_file(self) -> tuple[TrustedKey, ...]:
        try:
            return self.provider.read_keys_file()
        except OSError:
            raise Unanswered("the file of its keys cannot be read") from None


def read_discovery(provider: ProviderTable, body: Mapping[str, Any]) -> Announced:
    """What a discovery document says; Unanswered if it is another issuer's, or leads where nothing is asked."""
    if body.get("issuer") != provider.issuer:
        raise Unanswered("its discovery document is of another issuer")
    jwks = provider.jwks_uri or _address(body, "jwks_uri")
    if provider.jwks_uri is None and urlsplit(jwks).netloc != urlsplit(provider.issuer).netloc:
        raise Unanswered("its keys lie on another host; jwks_uri would have to say so")
    return Announced(
        authorization=_address(body, "authorization_endpoint"),
        token=_address(body, "token_endpoint"),
        jwks=jwks,
        userinfo=_address(body, "userinfo_endpoint") if provider.userinfo else None,
        names_itself=body.get("authorization_response_iss_parameter_supported") is True,
    )


def _address(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str) or address_fault(found) is not None:
        raise Unanswered(f"its discovery document has no good {name}")
    return found


def _note(fault: Exception) -> None:
    """Log where it happened, without the fault's words: they may hold a value."""
    log.error("internal error", fault=type(fault).__name__, frames=frames_of(fault))


def _client_error() -> type[Exception]:
    from aiohttp import ClientError  # noqa: PLC0415 - for whoever has providers

    return ClientError


async def _capped(response: "ClientResponse") -> bytes:
    body = bytearray()
    async for part in response.content.iter_chunked(MAX_BYTES):
        body += part
        if len(body) > MAX_BYTES:
            raise Unanswered("its answer is too large")
    return bytes(body)
