"""The way to a source's host: name, connection, encryption, and the clock its answers tell.

Sends one HEAD to a service of HTTP and nothing to anything else. Repeats no address.
"""

import asyncio
import contextlib
import re
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import sqlalchemy as sa

from adapters.http_options import HttpOptions
from adapters.options import SourceOptions
from adapters.sql import SqlOptions
from hub.clock import Clock
from hub.findings.findings import Finding

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
Place = tuple[str, int]
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def reach(options: SourceOptions, clock: Clock) -> list[Finding]:
    """What is wrong on the way to a source that lies at an address; nothing for files and rows."""
    place = _place(options)
    if place is None:
        return []
    try:
        async with asyncio.timeout(_SECONDS):
            skew = await _knock(options, place, clock)
    except ssl.SSLCertVerificationError as error:
        return [Finding(options.name, _TLS_CODES.get(error.verify_code, "TLS_FAILED"))]
    except ssl.SSLError:
        return [Finding(options.name, "TLS_FAILED")]
    except socket.gaierror:
        return [Finding(options.name, "NAME_UNKNOWN")]
    except ConnectionRefusedError:
        return [Finding(options.name, "REFUSED")]
    except (OSError, TimeoutError):
        return [Finding(options.name, "UNREACHABLE")]
    return [Finding(options.name, "CLOCK", {"seconds": abs(skew)})] if abs(skew) > _MOST_SKEW else []


def _place(options: SourceOptions) -> Place | None:
    """Host and port of a source, null where it has none."""
    if isinstance(options, HttpOptions):
        parts = urlsplit(options.base_url.get_secret_value())
        return parts.hostname or "", parts.port or _PORTS[parts.scheme]
    if isinstance(options, SqlOptions):
        url = sa.make_url(options.url.get_secret_value())
        if url.host and not url.host.startswith("/"):
            return url.host, url.port or _PORTS[url.get_backend_name()]
    return None


async def _knock(options: SourceOptions, place: Place, clock: Clock) -> int:
    """Seconds by which the clock of a service is ahead, 0 where it does not tell; raises what a connection raises."""
    if isinstance(options, HttpOptions):
        return await _ask_head(options, place, clock)
    await _close(await asyncio.open_connection(*place))
    return 0


async def _ask_head(options: HttpOptions, place: Place, clock: Clock) -> int:
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


def _skew(head: bytes, now: datetime) -> int:
    found = _DATE.search(head)
    if found is None:
        return 0
    try:
        said = parsedate_to_datetime(found[1].decode("ascii"))
    except ValueError:
        return 0
    return round(((said if said.tzinfo else said.replace(tzinfo=UTC)) - now).total_seconds())
