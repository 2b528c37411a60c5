"""What has expired is thrown away, and what still holds, or must be known again, is not."""

import secrets

from sqlalchemy import Table, func, insert, select

from hub.callers.ledger import StoreLedger
from hub.callers.purging import delete_expired
from hub.store.caller_tables import attempts, browser_sessions, codes, pending_requests, recoveries, seen
from tests.callers.stand import Stand

DAY = 24 * 3600
ROWS: dict[Table, dict[str, object]] = {
    attempts: {"failures": 1, "wait_until": 0},
    browser_sessions: {"person": "p", "factors": "pwd", "made_at": 0},
    codes: {"sign_in": "s", "client": "c", "terms": "{}"},
    pending_requests: {"client": "c", "parameters": "[]", "state": "{}"},
    recoveries: {"person": "p", "first": "a", "made_at": 0},
    seen: {},
}
"""Tables, with what their rows need besides the instant by which they are judged."""
PERIODS = {
    attempts: ("last_at", DAY),
    browser_sessions: ("expires_at", 0),
    codes: ("expires_at", DAY),
    pending_requests: ("expires_at", 0),
    recoveries: ("expires_at", 30 * DAY),
    seen: ("until", 0),
}
"""The column of that instant, and for how many seconds after it a row is kept."""


def _key(table: Table) -> dict[str, object]:
    return {"id": secrets.token_hex(8)} if table is recoveries else {"digest": secrets.token_bytes(16)}


def test_each_table_keeps_its_rows_for_its_period(fresh: Stand) -> None:
    """A row that is a second too old goes, one that is a second younger stays."""

    def work(ledger: StoreLedger) -> dict[str, tuple[int, int]]:
        connection, found = ledger.connection, {}
        for table, (column, kept) in PERIODS.items():
            for instant in (ledger.now - kept - 1, ledger.now - kept + 1):
                connection.execute(insert(table).values(**_key(table), **ROWS[table], **{column: instant}))
        counted = {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one() for table in ROWS
        }
        delete_expired(connection, ledger.now)
        for table in ROWS:
            left = connection.execute(select(func.count()).select_from(table)).scalar_one()
            found[table.name] = (counted[table.name], left)
        return found

    assert fresh.act(work) == {table.name: (2, 1) for table in ROWS}
