"""Grants of the store that end soon, have to be confirmed, or were not confirmed in time. Changes nothing."""

from collections.abc import Iterator

from sqlalchemy import Connection, inspect
from sqlalchemy.exc import DBAPIError

from auth.grants import Grant
from hub.clock import Clock, Moment
from hub.exchange.certifying import is_certified
from hub.exchange.expiring import FIRST
from hub.findings.findings import HUB, Finding
from hub.roster.grants import Grants
from hub.settings import Settings
from hub.store.backends import BACKENDS, read_address

_TABLE = "grants"
_NAMED = 10
"""Grants that are named at most; the rest is counted."""


def examine_grants(settings: Settings, clock: Clock) -> Iterator[Finding]:
    """Findings about grants, where there is a store that holds any. Blocking."""
    url = read_address(settings.hub.store.get_secret_value())
    if url.get_backend_name() == "sqlite" and not (settings.folder / str(url.database)).exists():
        return
    engine = BACKENDS[url.get_backend_name()].open(url, settings.folder)
    try:
        with engine.connect() as connection:
            if inspect(connection).has_table(_TABLE):
                yield from _found(connection, clock.moment())
    except DBAPIError:
        # That the store cannot be used is found elsewhere.
        return
    finally:
        engine.dispose()


def _found(connection: Connection, moment: Moment) -> Iterator[Finding]:
    today = moment.day
    begun = [one for one in Grants(connection, moment.second).current() if one.person is None and one.ends >= today]
    lapsing = [one for one in begun if is_certified(one) and one.last_day < one.ends]
    found = {
        "GRANTS_UNCONFIRMED": [one for one in lapsing if one.last_day < today],
        "GRANTS_TO_CONFIRM": [one for one in lapsing if 0 <= (one.last_day - today).days <= FIRST],
        "GRANTS_ENDING": [one for one in begun if one.last_day == one.ends and (one.ends - today).days <= FIRST],
    }
    for code, grants in found.items():
        if grants:
            yield Finding(HUB, code, {"count": len(grants), "grants": _names(grants)})


def _names(grants: list[Grant]) -> str:
    names = sorted(one.id for one in grants)
    return ", ".join(names[:_NAMED]) + (" …" if len(names) > _NAMED else "")
