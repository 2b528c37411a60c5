"""One HTTP conversation with a source: a request out, an answer, its JSON value or a SourceError back.

Sizes, types and statuses are checked here and nowhere else; redirects, proxies and cookies are not followed. No
text made here holds a key, a value, a credential or an address. Knows no record, and not what an answer means.
"""

import asyncio
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import aiohttp
import orjson
from yarl import URL

from adapters.base import AnswerTooLarge, SourceBadData, SourceDown, SourceError, SourceTimeout, UnsupportedSearch
from adapters.http_answer import read_json
from adapters.http_auth import Form, build_auth
from adapters.http_options import ClientAuth, HttpOptions

_WAITS = 2
_CHUNK = 2**16
# The deadline of the call is the only one.
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=None)
_STALE = (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError)


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked: an escaped path below the source's address, parameters, and a JSON body where there is one.

    `may_lack`: 404 and 204 are answers (there is nothing), not mistakes · `explained`: the source says why it
    refuses, so that the body of a refusal is read too; one that is too large counts as none ·
    `content`: a body that is not JSON, with the `headers` that say what it is.
    """

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    content: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    may_lack: bool = False
    explained: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """On whose behalf: event-loop time by which the answer is wanted, and the purpose, which the source may log."""

    deadline: float
    purpose: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the body within the limit; empty for a refusal that was not to be explained."""

    status: int
    retry_after: str
    content_type: str
    charset: str | None
    body: bytes = field(repr=False)
    credentials: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Sent:
    method: str
    url: URL
    arguments: Mapping[str, Any] = field(repr=False)
    explained: bool = False


class Client:
    """Connections to one source, opened when first needed; belongs to one event loop."""

    def __init__(self, options: HttpOptions) -> None:
        self._options = options
        self._base = str(URL(options.base_url.get_secret_value())).rstrip("/")
        self._tls = ssl.create_default_context(cafile=options.ca_file) if options.ca_file else True
        self._auth = build_auth(options.auth, self._ask_token)
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, request: Request, call: Call) -> Answer:
        """Whatever the source answers, asked again where the protocol says so. The caller's timeout ends it."""
        answer = await self.ask_once(request, call)
        if answer.status == 401 and self.renews(answer):
            answer = await self.ask_once(request, call)
        for _ in range(_WAITS):
            if answer.status != 429 or not await _waited(answer.retry_after, call.deadline):
                break
            answer = await self.ask_once(request, call)
        return answer

    def renews(self, answer: Answer) -> bool:
        """True if other credentials may do than those that were refused; they are dropped."""
        return self._auth.refused(answer.credentials)

    def value(self, answer: Answer) -> Any:
        """JSON value of an answer that succeeded; raises SourceError on any other."""
        fault = fault_of(answer.status)
        if fault is not None:
            raise fault
        if not self.is_json(answer):
            raise SourceBadData("the answer is of another content type")
        return read_json(answer.body, answer.charset)

    def is_json(self, answer: Answer) -> bool:
        """True if the answer says that it is JSON, in one of the types agreed upon."""
        return answer.content_type in self._options.content_types or answer.content_type.endswith("+json")

    async def aclose(self) -> None:
        """Close all connections; requests under way fail."""
        await self._auth.aclose()
        if self._session is not None:
            await self._session.close()

    async def ask_once(self, request: Request, call: Call) -> Answer:
        """Whatever the source answers, statuses of failure included."""
        credentials = await self._auth.headers()
        try:
            url = URL(self._base + request.path, encoded=True).with_query(request.query or None)
            headers = {**request.headers, **credentials, "Hub-Purpose": quote(call.purpose, safe="")}
            body = request.content if request.body is None else orjson.dumps(request.body)
        except (TypeError, UnicodeEncodeError):
            raise UnsupportedSearch("a value cannot be sent as text") from None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
        sent = _Sent(request.method, url, {"headers": headers, "data": body}, explained=request.explained)
        try:
            answer = await self._exchange(sent)
        except _STALE:
            # A kept connection that the source has closed meanwhile says nothing about the source.
            answer = await self._exchange(sent, last=True)
        return replace(answer, credentials=credentials)

    async def _exchange(self, sent: _Sent, *, last: bool = False) -> Answer:
        # The library's own texts hold addresses, queries included: they end here.
        try:
            async with self._opened().request(
                sent.method, sent.url, allow_redirects=False, **sent.arguments
            ) as response:
                body = await _body(response, self._options.max_bytes, explained=sent.explained)
                after = response.headers.get("Retry-After", "")
                return Answer(response.status, after, response.content_type.lower(), response.charset, body, {})
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
                answer = await self._exchange(_Sent("POST", url, {"data": form, "headers": headers}), last=True)
        except TimeoutError:
            raise SourceTimeout("the authorisation server did not answer in time") from None
        if answer.status in (400, 401, 403):
            raise SourceDown(f"the authorisation server refused the client (HTTP {answer.status})")
        fault = fault_of(answer.status)
        if fault is not None:
            raise fault
        return read_json(answer.body, answer.charset)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._options.connections, ssl=self._tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "chengxin-hub", "Accept": ", ".join(self._options.content_types)},
                timeout=_NO_TIMEOUT,
                trust_env=False,
            )
        return self._session


async def _body(response: aiohttp.ClientResponse, most: int, *, explained: bool) -> bytes:
    succeeded = 200 <= response.status < 300
    if not succeeded and not explained:
        return b""
    parts: list[bytes] = []
    async for part in response.content.iter_chunked(_CHUNK):
        most -= len(part)
        if most < 0 and succeeded:
            raise AnswerTooLarge("the answer is larger than the source's limit")
        if most < 0:
            return b""
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


def fault_of(status: int) -> SourceError | None:
    """What a status says went wrong, null if nothing."""
    if 200 <= status < 300:
        return None
    if status >= 500 or status in (401, 403, 408, 429):
        return SourceDown(f"the source answered with HTTP {status}")
    if 300 <= status < 400:
        return SourceBadData(f"the source redirects (HTTP {status}), which is not followed")
    return SourceBadData(f"the source refused the request (HTTP {status})")
