"""Whether the three officers were made, and whether the file still says what the store does. Changes nothing."""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from hub.callers.offices import is_closed
from hub.clock import Clock
from hub.findings.findings import HUB, Finding
from hub.roster.filling import differences, follows
from hub.settings import Settings
from hub.store.backends import BACKENDS, read_address
from hub.store.officer_tables import bootstraps

_MOST = 10
"""Names that are listed."""


def examine_officers(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Findings about officers and the roster. Blocking."""
    if settings.hub.deterministic:
        return
    url = read_address(settings.hub.store.get_secret_value())
    if url.get_backend_name() == "sqlite" and not (settings.folder / str(url.database)).exists():
        yield Finding(HUB, "OFFICES_OPEN")
        return
    engine = BACKENDS[url.get_backend_name()].open(url, settings.folder)
    try:
        with engine.connect() as connection:
            yield from _found(connection, settings, int(clock.seconds()))
    except DBAPIError:
        # That the store cannot be used is found elsewhere.
        return
    finally:
        engine.dispose()


def _found(connection: Connection, settings: Settings, now: int) -> Iterator[Finding]:
    if not inspect(connection).has_table(bootstraps.name) or not is_closed(connection):
        yield Finding(HUB, "OFFICES_OPEN")
    if not inspect(connection).has_table(bootstraps.name) or follows(connection, settings):
        return
    found = sorted(f"{one.table}: {one.id}" for one in differences(connection, settings, now))
    if found:
        more = " …" if len(found) > _MOST else ""
        yield Finding(HUB, "FILE_DIFFERS", {"names": ", ".join(found[:_MOST]) + more})
