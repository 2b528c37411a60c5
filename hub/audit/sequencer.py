"""Hashes what was appended into the tree, signs checkpoints, and hands them out: after the commit, beside the questions.

Of all workers of a store one does it at a time. Whoever is killed leaves nothing half done: tiles and checkpoint commit
together, and the next one goes on from the newest checkpoint. Every worker looks whether the log has become shorter.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

import structlog
from anyio.to_thread import run_sync
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from hub.audit.checkpoint import Checkpoint, sign_checkpoint
from hub.audit.keeping import (
    AlteredError,
    Kept,
    KnownLog,
    WrongKeyError,
    begin_growth,
    count_entries,
    grow_to,
    keep,
    newest,
)
from hub.audit.places import CheckpointFile, Handed, Place
from hub.audit.standing import Standing
from hub.audit.tiles import WIDTH
from hub.clock import Clock
from hub.store.database import Database, StoreError

log = structlog.get_logger()
EVERY = 0.25
"""Seconds between two looks."""
HURRIED = 5
"""Seconds after a checkpoint in which no other one is made because somebody wants a receipt."""
FINISH_SECONDS = 10.0
_FAILURES = (StoreError, SQLAlchemyError, OSError)
_PROGRESS = 50_000
"""Entries between two lines that tell how far the hashing of an old log is."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """When a checkpoint is due: after so many seconds in which entries came, or so many entries."""

    seconds: int = 60
    entries: int = 1000


@dataclass(slots=True)
class Sequencer:
    """Keeps the tree of a store; belongs to one event loop. `known` is the newest checkpoint that it has seen."""

    database: Database
    log: KnownLog
    clock: Clock
    rhythm: Rhythm
    standing: Standing
    file: CheckpointFile
    places: Sequence[Place] = ()
    known: Kept | None = None
    _filed: int = 0  # entries that the newest checkpoint in the file covers
    _told: dict[str, int] = field(default_factory=dict)
    _telling: dict[str, "asyncio.Task[None]"] = field(default_factory=dict)
    _troubled: bool = False
    _running: bool = False
    _wanted: bool = False  # somebody waits for a receipt
    _one: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)

    def begin(self, known: Kept | None, filed: int) -> None:
        """Start from the checkpoint that was found in the store, and the size of the one in the file."""
        self.known, self._filed = known, filed

    def hurry(self) -> None:
        """Have a checkpoint made soon, if it is this worker's turn: somebody wants a receipt. From any thread."""
        self._wanted = True

    def due(self, kept: Kept | None) -> int:
        """When there will be a checkpoint that covers what this one does not, at the latest, in seconds since 1970."""
        now = int(self.clock.seconds())
        if kept is None or not 0 <= now - kept.made_at < self.rhythm.seconds:
            return now + 1
        return kept.made_at + self.rhythm.seconds

    @asynccontextmanager
    async def sequencing(self) -> AsyncIterator[None]:
        """Keep the tree while the hub serves."""
        self._running = True
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            for one in (task, *self._telling.values()):
                one.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await one

    async def finish(self) -> None:
        """Cover what was appended last, if this worker served and it is its turn; nothing else is to write any more."""
        if not self._running or self.standing.altered is not None:
            return
        self._running = False
        with contextlib.suppress(*_FAILURES, AlteredError, TimeoutError):
            async with asyncio.timeout(FINISH_SECONDS):
                while await self.advance():
                    pass

    async def advance(self) -> bool:
        """Make the next checkpoint if entries wait for one and it is this worker's turn; True if it was made.

        AlteredError if the log is not what was signed.
        """
        async with self._one:
            kept, count = await self._look()
            if count == _size(kept) or not await run_sync(self.database.turn.take):
                return False
            made = await self._extend(kept, min(count, _size(kept) + self.rhythm.entries))
            await self._put_away(self.known)
            return made

    async def tick(self) -> bool:
        """One look, and what follows from it; True if more entries wait than one checkpoint covers."""
        async with self._one:
            kept, count = await self._look()
            due = self._is_due(kept, count)
            # What is wanted early is not overdue where another worker has the turn.
            early = due or self._is_wanted(kept, count)
            if (early or _size(kept) > self._filed) and await run_sync(self.database.turn.take):
                if early and await self._extend(kept, min(count, _size(kept) + self.rhythm.entries)):
                    self._progressed(_size(kept), count)
                await self._put_away(self.known)
                self._tell(self.known)
                due = False
            # On somebody else's turn what is due is to be seen to come.
            self._wait(progress=not due)
            return count - _size(self.known) >= self.rhythm.entries

    async def _run(self) -> None:
        while self.standing.altered is None:
            try:
                more = await self.tick()
                self._troubled = False
            except (AlteredError, WrongKeyError) as fault:
                self.standing.alter(str(fault))
                return
            except Exception as fault:  # noqa: BLE001 - whatever happens to one look, there is a next one
                more = False
                self._fail(fault)
            # Also between two parts of an old log others have their turn.
            await asyncio.sleep(0.005 if more else EVERY)

    async def _look(self) -> tuple[Kept | None, int]:
        """The newest checkpoint and the number of entries; AlteredError if either is less than it was."""
        kept, count = await self.database.read(_state)
        known = self.known
        if count < _size(kept):
            raise AlteredError(f"a checkpoint covers {_size(kept)} entries, of which {count} are left")
        if _size(kept) < _size(known) or (_size(kept) == _size(known) and kept != known):
            raise AlteredError(f"the checkpoint of {_size(known)} entries is not in the store any more")
        if _size(kept) > _size(known):
            self.standing.behind_since = None
            self.known = kept
        return kept, count

    def _is_due(self, kept: Kept | None, count: int) -> bool:
        waiting = count - _size(kept)
        if kept is None or waiting == 0:
            return waiting > 0
        # A clock that was put back must not hold anything up.
        passed = self.clock.seconds() - kept.made_at
        return waiting >= self.rhythm.entries or not 0 <= passed < self.rhythm.seconds

    def _is_wanted(self, kept: Kept | None, count: int) -> bool:
        if count == _size(kept):
            self._wanted = False
        return self._wanted and kept is not None and self.clock.seconds() - kept.made_at >= HURRIED

    async def _extend(self, kept: Kept | None, end: int) -> bool:
        """Hash the entries up to before a position and sign what that makes; False if another worker did."""
        growth = await self.database.read(lambda connection: begin_growth(connection, self.log, kept))
        while growth.size < end:
            stop = min(end, (growth.size // WIDTH + 1) * WIDTH)
            await self.database.read(partial(grow_to, growth=growth, end=stop))
        checkpoint = Checkpoint(self.log.origin, growth.size, growth.root())
        note = sign_checkpoint(checkpoint, self.log.keys.signers)
        made = Kept(growth.size, int(self.clock.seconds()), note)
        if not await self.database.act(lambda connection: keep(connection, kept, growth.changed, made)):
            return False
        self.known, self._wanted = made, False
        return True

    async def _put_away(self, kept: Kept | None) -> None:
        """Have the newest checkpoint in the file; OSError if it can't be written."""
        if kept is not None and kept.size > self._filed:
            await run_sync(self.file.append, self._handed(kept))
            self._filed = kept.size

    def _tell(self, kept: Kept | None) -> None:
        """Begin to tell the addresses of the newest checkpoint; one that is silent hears of the next one."""
        for place in self.places:
            telling = self._telling.get(place.name)
            if kept is not None and kept.size > self._told.get(place.name, 0) and (telling is None or telling.done()):
                self._telling[place.name] = asyncio.create_task(self._hand(place, self._handed(kept)))

    async def _hand(self, place: Place, handed: Handed) -> None:
        try:
            await place.hand(handed)
            self._told[place.name] = handed.size
        except OSError as fault:
            log.warning("a checkpoint could not be handed out", place=place.name, fault=str(fault))
            await asyncio.sleep(self.rhythm.seconds)

    def _handed(self, kept: Kept) -> Handed:
        return Handed(self.log.origin, kept.size, kept.made_at, kept.note)

    def _wait(self, *, progress: bool) -> None:
        """Note since when nothing has come of a checkpoint that is due."""
        if progress:
            self.standing.behind_since = None
        elif self.standing.behind_since is None:
            self.standing.behind_since = asyncio.get_running_loop().time()

    def _fail(self, fault: Exception) -> None:
        self._wait(progress=False)
        if not self._troubled:
            named = str(fault) if isinstance(fault, StoreError) else type(fault).__name__
            log.warning("no checkpoint of the record can be made", fault=named)
        self._troubled = True

    def _progressed(self, before: int, count: int) -> None:
        size = _size(self.known)
        if size // _PROGRESS > before // _PROGRESS and count - size > self.rhythm.entries:
            log.info("hashing the record", entries=size, of=count)


def _state(connection: Connection) -> tuple[Kept | None, int]:
    # In this order: an entry that comes between the two is one more, not one less.
    kept = newest(connection)
    return kept, count_entries(connection)


def _size(kept: Kept | None) -> int:
    return 0 if kept is None else kept.size
