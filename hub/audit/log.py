"""Room 5, record: the entry and the ids it gives out commit in one transaction, before the answer leaves.

Append returns a position or raises RecordUnavailable; there is no third state. Positions are contiguous from 0. Entries
that arrive while a transaction is under way share the next one (group commit): the disk is waited for once for all.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock

from sqlalchemy import func, insert, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.entry import Entry
from hub.store.database import Database, Transaction
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


_Told = tuple["asyncio.Future[int]", int | BaseException]


class Log:
    """Appends entries to the store, in the thread that writes: it takes all that wait, again and again until none do."""

    def __init__(self, database: Database, ids: IssuedIds) -> None:
        self._database = database
        self._ids = ids
        self._changing = Lock()
        self._waiting: list[_Waiting] = []
        self._writing = False

    async def append(self, entry: Entry, issued: Mapping[str, tuple[str, str]]) -> int:
        """Position of the entry, once it is durable; it is written also where nobody waits for it any more."""
        row = (entry.at, entry.request_id, entry.canonical())
        waiting = _Waiting(row, issued, entry.at, asyncio.get_running_loop().create_future())
        with self._changing:
            self._waiting.append(waiting)
            begin, self._writing = not self._writing, True
        if begin:
            self._database.writing(self._write)
        return await waiting.position

    async def check(self) -> None:
        """Return if the store answers, raise RecordUnavailable if not."""
        try:
            await self._database.read(lambda connection: connection.scalar(select(func.max(entries.c.position))))
        except (SQLAlchemyError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault

    def _write(self) -> None:
        while True:
            with self._changing:
                group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
                self._writing = bool(group)
            if not group:
                return
            told = self._commit(group)
            # A loop that has ended has nobody who waits.
            with suppress(RuntimeError):
                group[0].position.get_loop().call_soon_threadsafe(_tell, told)

    def _commit(self, group: Sequence[_Waiting]) -> list[_Told]:
        """Make a group durable; where that fails, each entry by itself, so that none fails for another's sake."""
        try:
            first = self._database.transact(lambda transaction: self._append(transaction, group))
        except BaseException as fault:  # noqa: BLE001 - whoever waits is told, and the thread goes on with the next
            if len(group) > 1:
                return [told for one in group for told in self._commit([one])]
            return [(group[0].position, fault)]
        return [(one.position, first + place) for place, one in enumerate(group)]

    def _append(self, transaction: Transaction, group: Sequence[_Waiting]) -> int:
        for one in group:
            self._ids.remember(transaction, one.issued, one.at)
        first = int(transaction.value(_NEXT))
        transaction.insert(_INSERT, [(first + place, *one.row) for place, one in enumerate(group)])
        return first


def _tell(told: Sequence[_Told]) -> None:
    for position, outcome in told:
        if position.done():
            continue
        if isinstance(outcome, int):
            position.set_result(outcome)
        else:
            refused = RecordUnavailable(type(outcome).__name__)
            refused.__cause__ = outcome
            position.set_exception(refused)
