"""Posting over HTTP, for the channels that do: in time, to one address, with nothing read of an answer but what is needed.

Redirects are not followed, proxies of the environment not used, and no text that anybody wrote is kept.
"""

import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from hub.notices.carriers import Undelivered

if TYPE_CHECKING:
    from aiohttp import ClientResponse, ClientSession

TIMEOUT = 10.0
MAX_BYTES = 16_384
"""Of an answer, where it is looked at."""
_FOR_THE_MOMENT = frozenset({408, 425, 429})


class Poster:
    """One session, opened when something is first posted."""

    def __init__(self, ca_file: Path | None = None) -> None:
        self._ca_file = ca_file
        self._session: ClientSession | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str], *, reads: bool = False) -> bytes:
        """What is answered, empty unless it is to be read; Undelivered where it is not taken."""
        from aiohttp import ClientError  # noqa: PLC0415 - for whoever posts

        try:
            async with self._opened().post(url, data=body, headers=headers, allow_redirects=False) as answer:
                _check(answer.status)
                return await _capped(answer) if reads else b""
        except TimeoutError:
            raise Undelivered("TIMEOUT") from None
        except (ClientError, OSError, ValueError):
            # The library's own texts hold addresses: they end here.
            raise Undelivered("UNREACHABLE") from None

    async def aclose(self) -> None:
        """Close the session."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _opened(self) -> "ClientSession":
        if self._session is None:
            import aiohttp  # noqa: PLC0415 - for whoever posts

            context = ssl.create_default_context(cafile=self._ca_file) if self._ca_file else True
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=64, ssl=context, force_close=True),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": "chengxin-hub", "Accept-Encoding": "identity"},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT),
                trust_env=False,
            )
        return self._session


def _check(status: int) -> None:
    if 200 <= status < 300:
        return
    if 300 <= status < 400:
        raise Undelivered("REDIRECTED", lasting=True)
    raise Undelivered(f"HTTP_{status}", lasting=status < 500 and status not in _FOR_THE_MOMENT)


async def _capped(answer: "ClientResponse") -> bytes:
    body = bytearray()
    async for part in answer.content.iter_chunked(MAX_BYTES):
        body += part
        if len(body) > MAX_BYTES:
            raise Undelivered("ANSWER_TOO_LARGE")
    return bytes(body)
