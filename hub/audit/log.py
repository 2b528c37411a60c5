"""Room 5, record: the entry and the ids it gives out commit in one transaction, before the answer leaves.

Append returns a position or raises RecordUnavailable; there is no third state. Positions are contiguous from 0. Entries
that arrive while a transaction is under way share the next one (group commit): the disk is waited for once for all.
"""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from sqlalchemy import Connection, delete, func, insert, literal_column, select
from sqlalchemy.exc import SQLAlchemyError

from hub.store.caller_tables import seen
from hub.store.database import Database, StoreError, Transaction
from hub.store.ids import IssuedIds
from hub.store.tables import entries

MAX_GROUP = 256
"""Most entries of one transaction."""
PATIENCE = 0.008
"""Seconds that a transaction waits for the entries of questions under way."""
SIBLINGS = 0.001
"""Seconds that it waits for questions that are not there yet, where there were more of them a moment ago."""
DRAIN_SECONDS = 10.0
_PROBE = 2_000
"""Bytes that are written, twice, to see whether the store can be written again: as much as most entries have."""


_NEXT = select(func.coalesce(func.max(entries.c.position) + literal_column("1"), literal_column("0")))
_INSERT = insert(entries)


class RecordUnavailable(Exception):
    """The entry could not be made durable: no data may leave."""


Row = tuple[str, str, bytes]
"""An entry as it will be stored: when it was made, its request, its bytes."""


class _Waiting(NamedTuple):
    """An entry, the ids it gives out, and who waits for its position."""

    row: Row
    issued: Mapping[str, tuple[str, str]] | None
    position: "asyncio.Future[int]"


_Told = tuple["asyncio.Future[int]", int | BaseException]


class Log:
    """Appends entries to the store, one group after the other; belongs to one event loop.

    A group waits for the questions under way, but no longer than PATIENCE: a commit costs as much for one as for ten.
    """

    def __init__(self, database: Database, ids: IssuedIds, before: Callable[[], None] | None = None) -> None:
        """`before` is called in the thread that writes, before each group: it puts what must come first into the store."""
        self._database = database
        self._before = before
        self._ids = ids
        self._coming = 0
        self._waiting: list[_Waiting] = []
        self._writing = False
        self._usual = 1.0
        self._begin: asyncio.TimerHandle | None = None

    def come(self) -> None:
        """A question is under way, whose entry others may wait for until it says `gone`."""
        self._coming += 1

    def gone(self) -> None:
        """It is not under way any more."""
        self._coming -= 1
        if self._waiting:
            self._consider()

    async def append(self, row: Row, issued: Mapping[str, tuple[str, str]] | None = None) -> int:
        """Position of the entry, once it is durable; it is written also where nobody waits for it any more."""
        position = asyncio.get_running_loop().create_future()
        self._waiting.append(_Waiting(row, issued, position))
        self._consider()
        found: int = await position
        return found

    async def drain(self) -> None:
        """Return when nothing waits any more and no question is under way, or these take too long."""
        patience = asyncio.get_running_loop().time() + DRAIN_SECONDS
        while self._waiting or self._writing or self._coming:
            if asyncio.get_running_loop().time() > patience:
                return
            await asyncio.sleep(0.01)

    async def check(self, *, write: bool = False) -> None:
        """Return if the store answers, and with `write` if it takes what is written; raise RecordUnavailable if not."""
        try:
            await self._database.read(lambda connection: connection.scalar(select(func.max(entries.c.position))))
            if write:
                await self._database.act(_try_to_write)
        except (SQLAlchemyError, StoreError, OSError) as fault:
            raise RecordUnavailable(type(fault).__name__) from fault

    def _consider(self) -> None:
        """Begin to write if nobody is to come soon; else wait a little."""
        waiting = len(self._waiting)
        if self._writing or not waiting:
            return
        if waiting >= min(max(self._coming, int(self._usual)), MAX_GROUP):
            self._write()
        elif self._begin is None:
            patience = SIBLINGS if waiting >= self._coming else PATIENCE
            self._begin = asyncio.get_running_loop().call_later(patience, self._write)

    def _write(self) -> None:
        if self._begin is not None:
            self._begin.cancel()
            self._begin = None
        group, self._waiting = self._waiting[:MAX_GROUP], self._waiting[MAX_GROUP:]
        try:
            self._database.writing(partial(self._write_group, group))
        except RuntimeError as closed:
            _tell([(one.position, closed) for one in group])
        else:
            self._writing = True

    def _write_group(self, group: Sequence[_Waiting]) -> None:
        loop = group[0].position.get_loop()
        try:
            for told in self._commit(group):
                loop.call_soon_threadsafe(_tell, told)
            loop.call_soon_threadsafe(self._written)
        except RuntimeError:
            # The loop has ended, and with it everybody who waited.
            self._writing = False

    def _written(self) -> None:
        self._writing = False
        # Whoever is being answered asks again in a moment: a commit for all costs little more than one for half of them.
        self._usual = max(self._coming, 0.5 * self._usual)
        self._consider()

    def _commit(self, group: Sequence[_Waiting]) -> Iterator[list[_Told]]:
        """Make a group durable; where what is in it is refused, each entry by itself, so that none fails for another's
        sake. A store that fails is not asked again for each of them.
        """
        try:
            if self._before is not None:
                self._before()
            first = self._database.transact(lambda transaction: self._append(transaction, group))
        except BaseException as fault:  # noqa: BLE001 - whoever waits is told, and the thread goes on with the next
            if len(group) == 1 or (isinstance(fault, StoreError) and fault.lasting):
                yield [(one.position, fault) for one in group]
                return
        else:
            yield [(one.position, first + place) for place, one in enumerate(group)]
            return
        for one in group:
            yield from self._commit([one])

    def _append(self, transaction: Transaction, group: Sequence[_Waiting]) -> int:
        for one in group:
            if one.issued:
                self._ids.remember(transaction, one.issued, one.row[0])
        first = int(transaction.value(_NEXT))
        transaction.insert(_INSERT, [(first + place, *one.row) for place, one in enumerate(group)])
        return first


def _try_to_write(connection: Connection) -> None:
    """Write as much as an entry has into the store and take it away again, in one transaction."""
    row = {"digest": bytes(_PROBE), "until": 0}
    connection.execute(insert(seen).values(row))
    connection.execute(delete(seen).where(seen.c.digest == row["digest"]))


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
