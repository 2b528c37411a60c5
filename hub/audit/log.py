"""Room 5, record: the entry and the ids it gives out commit in one transaction, before the answer leaves.

Append returns a position or raises RecordUnavailable; there is no third state. Positions are contiguous from 0.
"""

from collections.abc import Mapping

from sqlalchemy import Connection, func, insert, select
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.entry import Entry
from hub.store.database import Database
from hub.store.ids import IssuedIds
from hub.store.tables import entries


class RecordUnavailable(Exception):
    """The entry could not be made durable: no data may leave."""


class Log:
    """Appends entries to the store."""

    def __init__(self, database: Database, ids: IssuedIds) -> None:
        self._database = database
        self._ids = ids

    async def append(self, entry: Entry, issued: Mapping[str, tuple[str, str]]) -> int:
        """Position of the entry, once it is durable."""
        body = entry.canonical()

        def work(connection: Connection) -> int:
            self._ids.remember(connection, issued, entry.at)
            position = connection.scalar(select(func.coalesce(func.max(entries.c.position) + 1, 0)))
            connection.execute(
                insert(entries).values(position=position, recorded_at=entry.at, request_id=entry.request_id, body=body)
            )
            return int(position or 0)

        try:
            return await self._database.write(work)
        except (SQLAlchemyError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault

    async def check(self) -> None:
        """Return if the store answers, raise RecordUnavailable if not."""
        try:
            await self._database.read(lambda connection: connection.scalar(select(func.max(entries.c.position))))
        except (SQLAlchemyError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault
