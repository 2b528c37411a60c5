"""One HTTP exchange with a source: a request out, status and capped bytes back, or a SourceError.

For every kind that speaks HTTP. Redirects, proxies and cookies are not followed. No text made here holds a key, a
value, a credential or an address. Knows no record and not what a body means.
"""

import asyncio
import re
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from yarl import URL

from adapters.base import SourceBadData, SourceDown, SourceError, SourceTimeout

WAITS = 2
"""How often a source that is busy is asked again."""
_CHUNK = 2**16
# The deadline of the call is the only one.
_NO_TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=None)
_STALE = (aiohttp.ServerDisconnectedError, aiohttp.ClientConnectionResetError)


@dataclass(frozen=True, slots=True)
class Call:
    """On whose behalf: event-loop time by which the answer is wanted, and the purpose, which the source may log."""

    deadline: float
    purpose: str


@dataclass(frozen=True, slots=True)
class Line:
    """How a source is reached: most bytes of a body, connections at a time, types accepted, whom to trust.

    `telling`: statuses beside 2xx whose body is read; of any other it is left unread.
    """

    accept: str
    max_bytes: int
    connections: int
    ca_file: Path | None = None
    telling: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Message:
    """What is sent: to an encoded address, with headers, and bytes or a form where there is a body."""

    method: str
    url: URL = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | Mapping[str, str] | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever it means."""

    status: int
    retry_after: str
    content_type: str
    charset: str | None
    body: bytes = field(repr=False)


class Exchange:
    """Connections to one source, opened when first needed; belongs to one event loop."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._tls = ssl.create_default_context(cafile=line.ca_file) if line.ca_file else True
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, message: Message) -> Answer:
        """The answer; the caller's timeout ends the waiting. SourceError if there is none, or none that may be read."""
        try:
            return await self._once(message)
        except _STALE:
            # A kept connection that the source has closed meanwhile says nothing about the source.
            return await self._once(message, last=True)

    async def aclose(self) -> None:
        """Close all connections; requests under way fail."""
        if self._session is not None:
            await self._session.close()

    async def _once(self, message: Message, *, last: bool = False) -> Answer:
        asking = self._opened().request(
            message.method, message.url, headers=message.headers, data=message.body, allow_redirects=False
        )
        # The library's own texts hold addresses, queries included: they end here.
        try:
            async with asking as response:
                read = 200 <= response.status < 300 or response.status in self._line.telling
                body = await _read(response, self._line.max_bytes) if read else b""
                after = response.headers.get("Retry-After", "")
                return Answer(response.status, after, response.content_type.lower(), response.charset, body)
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

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._line.connections, ssl=self._tls),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "chengxin-hub", "Accept": self._line.accept},
                timeout=_NO_TIMEOUT,
                trust_env=False,
            )
        return self._session


def status_fault(status: int) -> SourceError | None:
    """What a status says of the source, null where it says success."""
    if 200 <= status < 300:
        return None
    if status >= 500 or status in (401, 403, 408, 429):
        return SourceDown(f"the source answered with HTTP {status}")
    if 300 <= status < 400:
        return SourceBadData(f"the source redirects (HTTP {status}), which is not followed")
    return SourceBadData(f"the source refused the request (HTTP {status})")


@asynccontextmanager
async def until(deadline: float) -> AsyncIterator[None]:
    """Ends what is done within at the deadline: SourceTimeout, also if it had passed before."""
    if deadline <= asyncio.get_running_loop().time():
        raise SourceTimeout("the deadline had passed before the source was asked")
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError:
        raise SourceTimeout("the source did not answer in time") from None


async def waited(retry_after: str, deadline: float) -> bool:
    """True after having waited as a busy source told; false at once where that is too long or not said in seconds."""
    if not re.fullmatch(r"[0-9]{1,5}", retry_after):
        return False
    seconds = int(retry_after)
    if asyncio.get_running_loop().time() + seconds >= deadline:
        return False
    await asyncio.sleep(seconds)
    return True


async def _read(response: aiohttp.ClientResponse, most: int) -> bytes:
    parts: list[bytes] = []
    async for part in response.content.iter_chunked(_CHUNK):
        most -= len(part)
        if most < 0:
            raise SourceBadData("the answer is larger than the source's limit")
        parts.append(part)
    return b"".join(parts)
