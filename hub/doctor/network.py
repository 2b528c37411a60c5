"""The way to a source's host: name, connection, encryption, and the clock its answers tell.

Sends one HEAD to a service of HTTP and nothing to anything else. Repeats no address.
"""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from adapters.http_options import HttpOptions
from adapters.options import SourceOptions
from hub.clock import Clock
from hub.doctor.findings import Finding

_PORTS: Mapping[str, int] = {
    "postgresql": 5432,
    "kingbase": 54321,
    "opengauss": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "oracle": 1521,
    "dm": 5236,
    "http": 80,
    "https": 443,
}
_SECONDS = 5.0
_MOST_SKEW = 60
_MOST_HEAD = 16_384
_DATE = re.compile(rb"^date:[ \t]*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
# OpenSSL: not yet valid, expired · no issuer here, self-signed, chain of one · another name.
_TLS_CODES: Mapping[int, str] = {
    **dict.fromkeys((9, 10), "TLS_EXPIRED"),
    **dict.fromkeys((2, 18, 19, 20, 21, 27), "TLS_UNKNOWN_CA"),
    **dict.fromkeys((62, 64), "TLS_HOST"),
}
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def reach(options: SourceOptions, clock: Clock) -> AsyncIterator[Finding]:
    """What is wrong on the way to a source that lies at an address; nothing for files and rows."""
    if isinstance(options, HttpOptions):
        address = options.base_url.get_secret_value()
        parts = urlsplit(address)
        async for finding in _reach(options, (parts.hostname or "", parts.port or _PORTS[parts.scheme]), clock):
            yield finding
    elif options.kind == "sql":
        url = sa.make_url(options.url.get_secret_value())  # type: ignore[attr-defined]
        if url.host is not None and not url.host.startswith("/"):
            place = url.host, url.port or _PORTS[url.get_backend_name()]
            async for finding in _reach(options, place, clock):
                yield finding


async def _reach(options: SourceOptions, place: tuple[str, int], clock: Clock) -> AsyncIterator[Finding]:
    try:
        async with asyncio.timeout(_SECONDS):
            if isinstance(options, HttpOptions):
                skew = await _ask_head(options, place, clock)
                if skew is not None and abs(skew) > _MOST_SKEW:
                    yield Finding(options.name, "CLOCK", {"seconds": abs(skew)})
            else:
                await _close(await asyncio.open_connection(*place))
    except ssl.SSLCertVerificationError as error:
        yield Finding(options.name, _TLS_CODES.get(error.verify_code, "TLS_FAILED"))
    except ssl.SSLError:
        yield Finding(options.name, "TLS_FAILED")
    except socket.gaierror:
        yield Finding(options.name, "NAME_UNKNOWN")
    except ConnectionRefusedError:
        yield Finding(options.name, "REFUSED")
    except (OSError, TimeoutError):
        yield Finding(options.name, "UNREACHABLE")


async def _ask_head(options: HttpOptions, place: tuple[str, int], clock: Clock) -> int | None:
    """Seconds by which the service's clock is ahead, null where it does not tell; raises what a connection raises."""
    parts = urlsplit(options.base_url.get_secret_value())
    trusted = ssl.create_default_context(cafile=options.ca_file) if parts.scheme == "https" else None
    stream = await asyncio.open_connection(*place, ssl=trusted, server_hostname=place[0] if trusted else None)
    head = b""
    try:
        # A service that hangs up on a HEAD, or says nothing, is asked properly later.
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError):
            async with asyncio.timeout(_SECONDS / 2):
                lines = f"HEAD {parts.path or '/'} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close", "", ""
                stream[1].write("\r\n".join(lines).encode("ascii", "replace"))
                head = (await stream[0].readuntil(b"\r\n\r\n"))[:_MOST_HEAD]
    finally:
        await _close(stream)
    return _skew(head, clock.now())


async def _close(stream: Stream) -> None:
    stream[1].close()
    with contextlib.suppress(OSError):
        await stream[1].wait_closed()


def _skew(head: bytes, now: datetime) -> int | None:
    found = _DATE.search(head)
    if found is None:
        return None
    try:
        said = parsedate_to_datetime(found[1].decode("ascii"))
    except ValueError:
        return None
    return round(((said if said.tzinfo else said.replace(tzinfo=UTC)) - now).total_seconds())
