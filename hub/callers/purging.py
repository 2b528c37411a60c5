"""Throws away what has expired and is asked for by nobody any more: the shortest retention that the purpose allows."""

import structlog
from sqlalchemy import Connection, Table, delete

from hub.store.caller_tables import (
    acts_done,
    attempts,
    browser_sessions,
    codes,
    device_codes,
    pending_requests,
    recoveries,
    refresh_tokens,
    seen,
    sign_ins,
    stops,
)
from hub.store.database import Database, StoreError
from hub.store.outbox import delete_sent

log = structlog.get_logger()
_DAY = 24 * 3600
_KEPT = 30 * _DAY
"""Seconds for which sign-ins and recoveries that are over can be looked at."""
_SENT = 7 * _DAY
"""Seconds for which a notice that left is kept, for whoever asks whether it did."""


async def purge(database: Database, now: int) -> None:
    """Delete what has expired; a store that cannot be written is tried again the next time."""
    try:
        await database.act(lambda connection: delete_expired(connection, now))
    except StoreError as fault:
        log.warning("what has expired could not be deleted", fault=str(fault))


def delete_expired(connection: Connection, now: int) -> None:
    """Delete what has expired, in this transaction. What was used is kept for a day, to be known if it comes again."""
    for table in (codes, device_codes):
        _delete(connection, table, "expires_at", now - _DAY)
    for table in (browser_sessions, pending_requests, refresh_tokens):
        _delete(connection, table, "expires_at", now)
    _delete(connection, sign_ins, "expires_at", now - _KEPT)
    _delete(connection, recoveries, "expires_at", now - _KEPT)
    _delete(connection, seen, "until", now)
    _delete(connection, acts_done, "until", now)
    _delete(connection, attempts, "last_at", now - _DAY)
    _delete(connection, stops, "matters_until", now - _DAY)
    delete_sent(connection, now - _SENT)


def _delete(connection: Connection, table: Table, column: str, before: int) -> None:
    connection.execute(delete(table).where(table.c[column] < before))
