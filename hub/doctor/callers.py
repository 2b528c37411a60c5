"""Who asks, as far as the store says: secrets that end, clients that cannot get in, keys that are not here. Changes nothing."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from auth.server.registration import Authentication
from hub.callers.client_secrets import ending, list_credentials
from hub.callers.signing import load_keys
from hub.clock import SHANGHAI, Clock
from hub.doctor.self_checks import examine_checks
from hub.findings.findings import HUB, Finding
from hub.settings import Settings
from hub.store.backends import BACKENDS, read_address

_TABLE, _CHECKS = "client_credentials", "self_checks"


def examine_callers(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Findings about callers, where there is a store that knows any. Blocking."""
    url = read_address(settings.hub.store.get_secret_value())
    if url.get_backend_name() == "sqlite" and not (settings.folder / str(url.database)).exists():
        return
    engine = BACKENDS[url.get_backend_name()].open(url, settings.folder)
    try:
        with engine.connect() as connection:
            if inspect(connection).has_table(_TABLE):
                yield from _found(connection, settings, int(clock.seconds()))
            if inspect(connection).has_table(_CHECKS):
                yield from examine_checks(connection, int(clock.seconds()))
    except DBAPIError:
        # That the store cannot be used is found elsewhere.
        return
    finally:
        engine.dispose()


def _found(connection: Connection, settings: Settings, now: int) -> Iterator[Finding]:
    holding = {one.client for one in list_credentials(connection) if one.holds(now)}
    proven = {c for c, r in settings.registrations.items() if r.authentication is not Authentication.NONE}
    lacking = sorted(proven - holding)
    if lacking:
        yield Finding(HUB, "CLIENTS_WITHOUT_SECRET", {"clients": ", ".join(lacking)})
    soon = ending(connection, now)
    for client in sorted(soon.keys() & proven):
        day = datetime.fromtimestamp(soon[client], SHANGHAI).date().isoformat()
        yield Finding(HUB, "SECRET_ENDING", {"client": client, "day": day})
    if proven and not lacking and not soon:
        yield Finding(HUB, "SECRETS_GOOD")
    keys = load_keys(connection, settings.folder / settings.hub.keys)
    signing = [key for key in keys if key.verifies_until is None]
    if signing and signing[-1].private is None:
        yield Finding(HUB, "SIGNING_KEY_ELSEWHERE", {"kid": signing[-1].kid})
