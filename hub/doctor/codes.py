"""The address of the codes: whether it is the one in print, how long it is, and when its domain and its certificate end;
and whether their names can be printed. Changes nothing.

A domain's end is what the settings say: registries are not asked. The certificate is looked at as a telephone would.
"""

import asyncio
import ssl
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from urllib.parse import urlsplit

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import DBAPIError

from hub.clock import SHANGHAI, Clock
from hub.code.glyphs import Letters, fonts_in
from hub.code.origin import OriginChanged, check_origin, frozen_origin
from hub.findings.findings import HUB, Finding
from hub.settings import Settings
from hub.settings_code import SMALL_HOST, is_long
from hub.store.backends import BACKENDS, read_address
from hub.store.code_tables import code_origin, honesty_codes
from schema.enums import CodeStatus

_SECONDS = 5.0
_DOMAIN = timedelta(days=90)
_CERTIFICATE = timedelta(days=30)


def examine_codes(settings: Settings, clock: Clock, context: ssl.SSLContext | None = None) -> list[Finding]:
    """Findings about codes, none where this hub keeps none; `context` says which authorities are trusted. Blocking."""
    table = settings.code
    if table is None or settings.hub.deterministic:
        return []
    origin, today = table.origin(settings.hub.base_url), clock.today()
    found = [*_stored(settings, origin), *_domain(table.domain_expires, today)]
    if is_long(origin):
        found.append(Finding(HUB, "CODE_ADDRESS_LONG", {"host": urlsplit(origin).netloc, "most": SMALL_HOST}))
    if table.fonts is not None and not fonts_in(table.fonts):
        found.append(Finding(HUB, "CODE_FONTS_EMPTY"))
    parts = urlsplit(origin)
    if parts.scheme == "https":
        place = parts.hostname or "", parts.port or 443
        found.append(asyncio.run(_certificate(place, today, context or ssl.create_default_context())))
    return found


def _stored(settings: Settings, origin: str) -> Iterator[Finding]:
    """Of what the store has: the address in print, and names of codes."""
    url = read_address(settings.hub.store.get_secret_value())
    if url.get_backend_name() == "sqlite" and not (settings.folder / str(url.database)).exists():
        return
    engine = BACKENDS[url.get_backend_name()].open(url, settings.folder)
    try:
        with engine.connect() as connection:
            if inspect(connection).has_table(code_origin.name):
                yield from _names(settings, connection)
                check_origin(frozen_origin(connection), origin)
    except OriginChanged as changed:
        yield Finding(HUB, "CODE_ORIGIN_CHANGED", {"origin": str(changed)})
    except DBAPIError:
        # That the store cannot be used is found elsewhere.
        return
    finally:
        engine.dispose()


def _names(settings: Settings, connection: Connection) -> Iterator[Finding]:
    """Codes whose names hold characters that no font has: how many, and which characters."""
    table, letters = honesty_codes.c, Letters(settings.code.fonts if settings.code is not None else None)
    live = select(table.name).where(table.status == CodeStatus.VALID.name)
    found = [lacking for name in connection.execute(live).scalars() if (lacking := letters.lacking(name))]
    if found:
        chars = "".join(sorted({char for lacking in found for char in lacking})[:20])
        yield Finding(HUB, "CODE_NAMES_UNPRINTABLE", {"count": len(found), "chars": chars})


def _domain(expires: date | None, today: date) -> Iterator[Finding]:
    if expires is None:
        yield Finding(HUB, "CODE_DOMAIN_UNSAID")
    elif expires - today <= _DOMAIN:
        yield Finding(HUB, "CODE_DOMAIN_ENDING", {"day": expires.isoformat()})


async def _certificate(place: tuple[str, int], today: date, context: ssl.SSLContext) -> Finding:
    try:
        async with asyncio.timeout(_SECONDS):
            _, writer = await asyncio.open_connection(*place, ssl=context, server_hostname=place[0])
    except ssl.SSLError:
        return Finding(HUB, "CODE_TLS_BAD")
    except (OSError, TimeoutError):
        return Finding(HUB, "CODE_UNREACHABLE")
    told = writer.get_extra_info("peercert") or {}
    writer.close()
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(told["notAfter"])), UTC).astimezone(SHANGHAI).date()
    names = {"day": ends.isoformat()}
    return Finding(HUB, "CODE_TLS_ENDING" if ends - today <= _CERTIFICATE else "CODE_GOOD", names)
