"""Room 5, record: the entry and the ids it gives out commit in one transaction, before the answer leaves.

Append returns a position or raises RecordUnavailable; there is no third state. Positions are contiguous from 0. Entries
that arrive while a transaction is under way share the next one (group commit): the disk is waited for once for all.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection, func, insert, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.entry import Entry
from hub.store.database import Database
from hub.store.ids import IssuedIds
from hub.store.tables import entries

MAX_GROUP = 256
"""Most entries of one transaction."""


_NEXT = select(func.coalesce(func.max(entries.c.position) + literal_column("1"), literal_column("0")))
_INSERT = insert(entries)


class RecordUnavailable(Exception):
    """The entry could not be made durable: no data may leave."""


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An entry as it will be stored, the ids it gives out, and who waits for its position."""

    row: tuple[str, str, bytes]
    issued: Mapping[str, tuple[str, str]]
    at: str
    position: "asyncio.Future[int]" = field(compare=False)


class Log:
    """Appends entries to the store."""

    def __init__(self, database: Database, ids: IssuedIds) -> None:
        self._database = database
        self._ids = ids
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def append(self, entry: Entry, issued: Mapping[str, tuple[str, str]]) -> int:
        """Position of the entry, once it is durable; it is written also where nobody waits for it any more."""
        row = (entry.at, entry.request_id, entry.canonical())
        waiting = _Waiting(row, issued, entry.at, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await waiting.position

    async def check(self) -> None:
        """Return if the store answers, raise RecordUnavailable if not."""
        try:
            await self._database.read(lambda connection: connection.scalar(select(func.max(entries.c.position))))
        except (SQLAlchemyError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault

    async def _write(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
                await self._commit(group)
        finally:
            self._writing = None

    async def _commit(self, group: Sequence[_Waiting]) -> None:
        """Make a group durable; where that fails, each entry by itself, so that none fails for another's sake."""
        try:
            first = await self._database.write(lambda connection: self._append(connection, group))
        except (SQLAlchemyError, OSError) as fault:
            if len(group) > 1:
                for one in group:
                    await self._commit([one])
            else:
                _refuse(group, fault)
        except BaseException as ended:
            _refuse(group, ended)
            raise
        else:
            for place, one in enumerate(group):
                if not one.position.done():
                    one.position.set_result(first + place)

    def _append(self, connection: Connection, group: Sequence[_Waiting]) -> int:
        for one in group:
            self._ids.remember(connection, one.issued, one.at)
        first = int(connection.exec_driver_sql(self._database.written(_NEXT)).scalar() or 0)
        rows = [(first + place, *one.row) for place, one in enumerate(group)]
        # Straight to the driver: these two statements are most of what a small question costs.
        connection.exec_driver_sql(self._database.written(_INSERT), rows)
        return first


def _refuse(group: Sequence[_Waiting], fault: BaseException) -> None:
    for one in group:
        if not one.position.done():
            refused = RecordUnavailable(type(fault).__name__)
            refused.__cause__ = fault
            one.position.set_exception(refused)
