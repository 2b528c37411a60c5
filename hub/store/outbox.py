"""The outbox: what is to be told outside the hub, written in the transaction of what it is about, taken later.

Whoever takes from it holds what it took for a while; if it ends meanwhile, somebody else takes it again. Nothing is
taken while an older notice is held or waits for its next try, so that notices leave in their order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson
import structlog
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hub.store.caller_tables import outbox

log = structlog.get_logger()
HELD = 30
"""Seconds for which whoever took a notice may take to deliver it."""
LONGEST = 600
"""Seconds between two tries at most."""
_MOST = 50
_MAX_DOUBLINGS = 10


class Sealing(Protocol):
    """Seals texts for a place in the store, with a key that lies outside it."""

    def seal(self, place: str, text: str) -> bytes:
        """The text as it is stored there."""

    def open(self, place: str, sealed: bytes) -> str:
        """The text that was sealed for this place; InvalidTag if it was not."""


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice that was taken: its place in the order, its kind, when it was put, how often it was tried, its body."""

    number: int
    kind: str
    made: int
    tries: int
    body: Mapping[str, Any]


def put(connection: Connection, sealing: Sealing, kind: str, body: Mapping[str, Any], now: int) -> int:
    """Put a notice, in a transaction in which nobody else writes; its number."""
    number = int(connection.execute(select(func.coalesce(func.max(outbox.c.number) + 1, 1))).scalar_one())
    row = {
        "number": number,
        "kind": kind,
        "body": sealing.seal(_place(number), orjson.dumps(dict(body)).decode()),
        "made_at": now,
        "next_at": now,
        "tries": 0,
    }
    connection.execute(insert(outbox).values(row))
    return number


def is_due(connection: Connection, now: int) -> bool:
    """True if the oldest notice may be taken."""
    first = connection.execute(_waiting(1)).first()
    return first is not None and _due(first, now)


def take(connection: Connection, sealing: Sealing, now: int) -> list[Notice]:
    """The oldest notices in their order, held for whoever asked; what cannot be opened is set aside for good."""
    rows = connection.execute(_waiting(_MOST)).all()
    if not rows or not _due(rows[0], now):
        return []
    taken = [(row, _opened(sealing, row)) for row in rows]
    lost = [row.number for row, body in taken if body is None]
    if lost:
        log.error("notices cannot be opened with this hub's keys", numbers=lost)
        _set(connection, lost, {"set_aside_at": now})
    _set(connection, [row.number for row, body in taken if body is not None], {"next_at": now + HELD})
    return [Notice(r.number, r.kind, r.made_at, r.tries, body) for r, body in taken if body is not None]


def settle(connection: Connection, sent: Sequence[int], failed: Notice | None, now: int) -> None:
    """Take notice of what left, and of the one that did not: it is tried again, later each time."""
    _set(connection, sent, {"sent_at": now})
    if failed is not None:
        wait = min(LONGEST, 2 ** min(failed.tries, _MAX_DOUBLINGS))
        _set(connection, [failed.number], {"tries": failed.tries + 1, "next_at": now + wait})


def delete_sent(connection: Connection, before: int) -> None:
    """Delete what left before an instant, but for the newest notice: numbers are never given again."""
    newest = select(func.max(outbox.c.number)).scalar_subquery()
    connection.execute(delete(outbox).where(outbox.c.sent_at < before, outbox.c.number < newest))


def _waiting(most: int) -> Any:
    waits = outbox.c.sent_at.is_(None), outbox.c.set_aside_at.is_(None)
    return select(outbox).where(*waits).order_by(outbox.c.number).limit(most)


def _due(row: Row[Any], now: int) -> bool:
    # A clock that was put back must not hold anything up for longer than a try would.
    return bool(row.next_at <= now or row.next_at > now + LONGEST)


def _set(connection: Connection, numbers: Sequence[int], values: Mapping[str, int]) -> None:
    if numbers:
        connection.execute(update(outbox).where(outbox.c.number.in_(numbers)).values(dict(values)))


def _opened(sealing: Sealing, row: Row[Any]) -> Mapping[str, Any] | None:
    try:
        body: Mapping[str, Any] = orjson.loads(sealing.open(_place(row.number), row.body))
    except InvalidTag:
        return None
    return body


def _place(number: int) -> str:
    return f"outbox.body.{number}"
