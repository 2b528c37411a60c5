"""The outbox: what somebody is to be told of, written in the transaction of what it is about, and spread later.

To spread a notice is to find its recipients, and to open a delivery for each. Its number is never given again.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
import structlog
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Row, and_, delete, exists, func, insert, select, update

from hub.store.notice_tables import deliveries, notices

log = structlog.get_logger()
_MOST = 20


class Sealing(Protocol):
    """Seals texts for a place in the store, with a key that lies outside it."""

    def seal(self, place: str, text: str) -> bytes:
        """The text as it is stored there."""

    def open(self, place: str, sealed: bytes) -> str:
        """The text that was sealed for this place; InvalidTag if it was not."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice: its place in the order, its event, when it was put, and its body."""

    number: int
    event: str
    made: int
    body: Mapping[str, Any]


def put(connection: Connection, sealing: Sealing, event: str, body: Mapping[str, Any], now: int) -> int:
    """Put a notice, in a transaction in which nobody else writes; its number."""
    number = int(connection.execute(select(func.coalesce(func.max(notices.c.number) + 1, 1))).scalar_one())
    row = {
        "number": number,
        "event": event,
        "body": sealing.seal(_place(number), orjson.dumps(dict(body)).decode()),
        "made_at": now,
    }
    connection.execute(insert(notices).values(row))
    return number


def is_unspread(connection: Connection) -> bool:
    """True if the recipients of a notice are still to be found."""
    return connection.execute(_unspread().limit(1)).first() is not None


def unspread(connection: Connection, sealing: Sealing, now: int) -> list[Notice]:
    """Notices whose recipients are to be found, the oldest first; what cannot be opened is set aside for good."""
    return _opened(connection, sealing, connection.execute(_unspread().limit(_MOST)).all(), now)


def spread(connection: Connection, number: int, now: int) -> None:
    """Take notice that the recipients of a notice were found."""
    connection.execute(update(notices).where(notices.c.number == number).values(spread_at=now))


def read_notices(connection: Connection, sealing: Sealing, numbers: set[int]) -> dict[int, Notice]:
    """Notices by their numbers; those that cannot be opened are left out."""
    rows = connection.execute(select(notices).where(notices.c.number.in_(numbers))).all()
    read = ((row, open_body(sealing, row)) for row in rows)
    return {row.number: Notice(row.number, row.event, row.made_at, body) for row, body in read if body is not None}


def open_body(sealing: Sealing, row: Row[Any]) -> Mapping[str, Any] | None:
    """What stands in a row of the table of notices, None if it cannot be opened."""
    try:
        body: Mapping[str, Any] = orjson.loads(sealing.open(_place(row.number), row.body))
    except InvalidTag:
        return None
    return body


def delete_told(connection: Connection, before: int) -> None:
    """Delete notices put before an instant of which nothing waits, but for the newest: numbers are never given again."""
    newest = select(func.max(notices.c.number)).scalar_subquery()
    waits = exists().where(and_(deliveries.c.notice == notices.c.number, deliveries.c.state == "WAITING"))
    over = (notices.c.made_at < before, notices.c.number < newest, notices.c.spread_at.is_not(None), ~waits)
    numbers = select(notices.c.number).where(*over)
    connection.execute(delete(deliveries).where(deliveries.c.notice.in_(numbers)))
    connection.execute(delete(notices).where(*over))


def _unspread() -> Any:
    waits = notices.c.spread_at.is_(None), notices.c.set_aside_at.is_(None)
    return select(notices).where(*waits).order_by(notices.c.number)


def _opened(connection: Connection, sealing: Sealing, rows: Any, now: int) -> list[Notice]:
    read = [(row, open_body(sealing, row)) for row in rows]
    lost = [row.number for row, body in read if body is None]
    if lost:
        log.error("notices cannot be opened with this hub's keys", numbers=lost)
        connection.execute(update(notices).where(notices.c.number.in_(lost)).values(set_aside_at=now))
    return [Notice(row.number, row.event, row.made_at, body) for row, body in read if body is not None]


def _place(number: int) -> str:
    return f"outbox.body.{number}"
