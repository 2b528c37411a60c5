"""Throws away what has expired and is asked for by nobody any more: the shortest retention that the purpose allows."""

import structlog
from sqlalchemy import Connection, Table, delete

from hub.clock import rfc3339_of
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
from hub.store.limit_tables import case_checks, quota_seen, quota_use, tasks
from hub.store.outbox import delete_told
from hub.store.report_tables import code_reports

log = structlog.get_logger()
_DAY = 24 * 3600
_KEPT = 30 * _DAY
"""Seconds for which sign-ins and recoveries that are over can be looked at."""
_TOLD = 90 * _DAY
"""Seconds for which a notice is kept: in inboxes, and for whoever asks whether it was sent."""
_QUOTAS = 2 * _DAY
_TASKS = 90 * _DAY
"""Seconds for which a task that is over is still shown."""
_REPORTS = 366 * _DAY
"""Seconds for which the outcome of a report can be read."""
_CHECKS = 366 * _DAY
"""Seconds for which audit can ask which cases nobody knew; the record has it for longer."""


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
    _delete(connection, tasks, "until", now - _TASKS)
    for table, kept in ((quota_use, _QUOTAS), (quota_seen, _QUOTAS), (case_checks, _CHECKS)):
        connection.execute(delete(table).where(table.c.day < rfc3339_of(now - kept)[:10]))
    connection.execute(delete(code_reports).where(code_reports.c.settled_on < rfc3339_of(now - _REPORTS)[:10]))
    delete_told(connection, now - _TOLD)


def _delete(connection: Connection, table: Table, column: str, before: int) -> None:
    connection.execute(delete(table).where(table.c[column] < before))
