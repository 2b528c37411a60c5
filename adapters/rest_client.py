"""One HTTP conversation with a source: a request out, a JSON value or a SourceError back.

Sizes, types and statuses are checked here and nowhere else; redirects, proxies and cookies are not followed. No
text made here holds a key, a value, a credential or an address. Knows no record.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from adapters.base import SourceBadData, SourceDown, SourceError, SourceTimeout, UnsupportedSearch
from adapters.paths import ABSENT, find, read_path
from adapters.rest_answer import read_json
from adapters.rest_auth import Form, build_auth
from adapters.rest_options import ClientAuth, RestOptions

_WAITS = 2
_CHUNK = 2**16
# The deadline of the call is the only one.
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=None)
_STALE = (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an escaped path below the source's address, parameters, and a JSON body where there is one.

    `may_lack`: 404 and 204 are answers (there is nothing), not mistakes.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """On whose behalf: event-loop time by which the answer is wanted, and the purpose, which the source may log."""

    deadline: float
    purpose: str


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    retry_after: str
    content_type: str
    charset: str | None
    body: bytes = field(repr=False)


class Client:
    """Connections to one source, opened when first needed; belongs to one event loop."""

    def __init__(self, options: RestOptions) -> None:
        self._options = options
        self._base = str(URL(options.base_url.get_secret_value())).rstrip("/")
        self._success = (read_path(options.success.path), options.success.equals) if options.success else None
        self._tls = ssl.create_default_context(cafile=options.ca_file) if options.ca_file else True
        self._auth = build_auth(options.auth, self._ask_token)
        self._session: aiohttp.ClientSession | None = None

    async def send(self, request: Request, call: Call) -> Any:
        """JSON value of the answer, ABSENT where there may be nothing. The caller's timeout ends it; SourceError."""
        credentials = await self._auth.headers()
        answer = await self._ask(request, call, credentials)
        if answer.status == 401 and self._auth.refused(credentials):
            answer = await self._ask(request, call, await self._auth.headers())
        for _ in range(_WAITS):
            if answer.status != 429 or not await _waited(answer.retry_after, call.deadline):
                break
            answer = await self._ask(request, call, await self._auth.headers())
        if request.may_lack and answer.status in (204, 404):
            return ABSENT
        return self._value(answer)

    async def probe(self, call: Call) -> None:
        """Return if the source answers: at its health path with success, else at its address with anything."""
        health = self._options.health
        answer = await self._ask(Request("GET", health or "/"), call, await self._auth.headers())
        fault = _fault(answer.status)
        if fault is not None and (health is not None or isinstance(fault, SourceDown)):
            raise fault

    async def aclose(self) -> None:
        """Close all connections; requests under way fail."""
        await self._auth.aclose()
        if self._session is not None:
            await self._session.close()

    def _value(self, answer: _Answer) -> Any:
        fault = _fault(answer.status)
        if fault is not None:
            raise fault
        if answer.content_type not in self._options.content_types and not answer.content_type.endswith("+json"):
            raise SourceBadData("the answer is of another content type")
        value = read_json(answer.body, answer.charset)
        if self._success is not None:
            _check_success(find(value, self._success[0]), self._success[1])
        return value

    async def _ask(self, request: Request, call: Call, credentials: Mapping[str, str]) -> _Answer:
        try:
            url = URL(self._base + request.path, encoded=True).with_query(request.query or None)
            headers = {**credentials, "Hub-Purpose": quote(call.purpose, safe="")}
            body = None if request.body is None else orjson.dumps(request.body)
        except (TypeError, UnicodeEncodeError):
            raise UnsupportedSearch("a value cannot be sent as text") from None
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            return await self._exchange(request.method, url, {"headers": headers, "data": body})
        except _STALE:
            # A kept connection that the source has closed meanwhile says nothing about the source.
            return await self._exchange(request.method, url, {"headers": headers, "data": body}, last=True)

    async def _exchange(self, method: str, url: URL, arguments: Mapping[str, Any], *, last: bool = False) -> _Answer:
        # The library's own texts hold addresses, queries included: they end here.
        try:
            async with self._opened().request(method, url, allow_redirects=False, **arguments) as response:
                body = await _read(response, self._options.max_bytes) if 200 <= response.status < 300 else b""
                after = response.headers.get("Retry-After", "")
                return _Answer(response.status, after, response.content_type.lower(), response.charset, body)
        except aiohttp.ClientConnectorCertificateError:
            raise SourceDown("the source's certificate is not trusted") from None
        except aiohttp.ClientConnectorError as error:
            raise SourceDown(f"the source cannot be reached ({type(error).__name__})") from None
        except aiohttp.ClientResponseError:
            raise SourceBadData("the source does not speak proper HTTP") from None
        except aiohttp.ClientError as error:
            if isinstance(error, _STALE) and not last:
                raise
            raise SourceDown(f"the connection broke ({type(error).__name__})") from None

    async def _ask_token(self, options: ClientAuth, form: Form, headers: Mapping[str, str]) -> Any:
        url = URL(options.token_url.get_secret_value())
        try:
            async with asyncio.timeout(self._options.timeout_ms / 1000):
                answer = await self._exchange("POST", url, {"data": form, "headers": headers}, last=True)
        except TimeoutError:
            raise SourceTimeout("the authorisation server did not answer in time") from None
        if answer.status in (400, 401, 403):
            raise SourceDown(f"the authorisation server refused the client (HTTP {answer.status})")
        fault = _fault(answer.status)
        if fault is not None:
            raise fault
        return read_json(answer.body, answer.charset)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._options.connections, ssl=self._tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "chengxin-hub", "Accept": "application/json"},
                timeout=_NO_TIMEOUT,
                trust_env=False,
            )
        return self._session


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    parts: list[bytes] = []
    async for part in response.content.iter_chunked(_CHUNK):
        most -= len(part)
        if most < 0:
            raise SourceBadData("the answer is larger than the source's limit")
        parts.append(part)
    return b"".join(parts)


async def _waited(retry_after: str, deadline: float) -> bool:
    if not re.fullmatch(r"[0-9]{1,5}", retry_after):
        return False
    seconds = int(retry_after)
    if asyncio.get_running_loop().time() + seconds >= deadline:
        return False
    await asyncio.sleep(seconds)
    return True


def _fault(status: int) -> SourceError | None:
    if 200 <= status < 300:
        return None
    if status >= 500 or status in (401, 403, 408, 429):
        return SourceDown(f"the source answered with HTTP {status}")
    if 300 <= status < 400:
        return SourceBadData(f"the source redirects (HTTP {status}), which is not followed")
    return SourceBadData(f"the source refused the request (HTTP {status})")


def _check_success(found: Any, meanings: tuple[str, ...]) -> None:
    if found is ABSENT or found is None:
        raise SourceBadData("the answer does not say whether it succeeded")
    if (str(found).lower() if isinstance(found, bool) else str(found)) not in meanings:
        raise SourceDown("the source reports a failure of its own")
