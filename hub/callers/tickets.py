"""A sign-in under way: what was asked for, and how far its person came. Each belongs to one browser.

The ticket in the address opens nothing without the cookie of the browser it was made for (session fixation, RFC 9700).
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import delete, insert, select, update

from auth.server.ledger import digest_of
from hub.callers.ledger import StoreLedger
from hub.store.caller_tables import pending_requests

SECONDS = 900
"""Seconds that a sign-in may take."""


class Wanted(StrEnum):
    """What follows on the sign-in."""

    CODE = "CODE"
    DEVICE = "DEVICE"
    PASSWORD = "PASSWORD"  # noqa: S105 - changing one
    CONSOLE = "CONSOLE"


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in under way.

    pairs: parameters of the request · browser: digest of its browser's cookie · person, factors, at: who proved to be
    whom, by what, when · enrolment: key of an authenticator that is not proven yet · outside: what is kept while
    another provider is asked · tries: wrong codes so far · changed: the password, just now; not stored.
    """

    ticket: str
    client: str
    wanted: Wanted
    pairs: tuple[tuple[str, str], ...]
    browser: str
    expires: int
    person: str | None = None
    factors: tuple[str, ...] = ()
    at: int | None = None
    enrolment: str | None = None
    outside: Mapping[str, Any] = field(default_factory=dict)
    tries: int = 0
    changed: bool = False


_STATE = ("wanted", "browser", "person", "factors", "at", "enrolment", "outside", "tries")


def fresh_ticket() -> str:
    """A ticket that nobody can guess."""
    return secrets.token_urlsafe(32)


def keep(ledger: StoreLedger, pending: Pending) -> None:
    """Store a sign-in that begins."""
    row = {
        "digest": digest_of(pending.ticket),
        "client": pending.client,
        "parameters": orjson.dumps([list(pair) for pair in pending.pairs]).decode(),
        "state": _written(pending),
        "expires_at": pending.expires,
    }
    ledger.connection.execute(insert(pending_requests).values(row))


def find(ledger: StoreLedger, ticket: str, now: int) -> Pending | None:
    """The sign-in of a ticket, None if there is none under way."""
    table = pending_requests
    row = ledger.connection.execute(select(table).where(table.c.digest == digest_of(ticket))).first()
    if row is None or row.expires_at <= now:
        return None
    state: dict[str, Any] = orjson.loads(row.state)
    if "wanted" not in state:
        return None
    pairs = tuple((name, value) for name, value in orjson.loads(row.parameters))
    state["wanted"], state["factors"] = Wanted(state["wanted"]), tuple(state["factors"])
    return Pending(ticket=ticket, client=row.client, pairs=pairs, expires=row.expires_at, **state)


def update_pending(ledger: StoreLedger, pending: Pending) -> None:
    """Store how far it came."""
    table = pending_requests
    found = update(table).where(table.c.digest == digest_of(pending.ticket))
    ledger.connection.execute(found.values(state=_written(pending)))


def close(ledger: StoreLedger, pending: Pending) -> bool:
    """Forget a sign-in that is over; False if it was over before."""
    table = pending_requests
    found = delete(table).where(table.c.digest == digest_of(pending.ticket))
    return ledger.connection.execute(found).rowcount > 0


def proven(pending: Pending, person: str, factors: Sequence[str], now: int) -> Pending:
    """The same once its person proved to be somebody, by one more factor."""
    return replace(pending, person=person, factors=(*pending.factors, *factors), at=now, tries=0)


def _written(pending: Pending) -> str:
    return orjson.dumps({name: getattr(pending, name) for name in _STATE}).decode()
