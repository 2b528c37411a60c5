"""Does works on the record in the background: one at a time for all workers of a store, in a thread that rests between parts.

How far it is stands in the store, so that every worker shows it, a stop is heard by whoever does it, and whoever is
killed is followed by another process that goes on. Questions come first: half of the time the thread sleeps.
"""

import asyncio
import contextlib
import tempfile
import time
import zipfile
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from hashlib import sha256
from pathlib import Path

import structlog
from sqlalchemy import Connection

from hub.audit.act import Act, append_act
from hub.audit.keeping import KnownLog, newest
from hub.audit.note import NoteError, read_note
from hub.audit.opening import checkpoint_file
from hub.audit.outside import notes_in
from hub.audit.verifying import Report, Verification
from hub.audit.witnessing import with_lines
from hub.callers.attendant import Attendant
from hub.disclosure.keeping import BY_CLOCK
from hub.disclosure.pack import Contents, write_pack
from hub.disclosure.works import MOST_DIFFERENCES, Found, Work, Works
from hub.randomness import RANDOM
from hub.settings import Settings
from hub.store.database import StoreError
from schema.work_enums import WorkKind, WorkState

log = structlog.get_logger()
EVERY, BEAT = 2.0, 1.0
"""Seconds between two looks for a work, and between two signs of life of one."""
LARGEST = 67_108_864
"""Bytes of a pack that the store keeps; a larger one is for the command."""
SHARE = 5.0
"""Percent of the questions on cases that nobody knew that a pack draws."""
_LONGEST_REST = 0.1


class StoppedError(Exception):
    """Whoever does a work is to do no more of it."""


@dataclass(slots=True)
class Run:
    """A work while it is done: how far it is, written by the thread that does it and read by the loop."""

    work: Work
    done: int = 0
    total: int = 0
    step: str = ""
    verification: Verification | None = None
    stopped: bool = False
    _since: float = field(default_factory=time.monotonic)

    def reach(self, done: int, total: int) -> None:
        """Note how far it is, and rest; StoppedError if no more is to be done."""
        self.done, self.total = done, total
        self._check()
        took = time.monotonic() - self._since
        time.sleep(min(took, _LONGEST_REST))
        self._since = time.monotonic()

    def name(self, step: str) -> None:
        """Note what is under way; StoppedError if no more is to be done."""
        self.step = step
        self._check()

    def found(self, report: Report | None = None) -> Found:
        """What was found so far, together with what was found before the work was gone on with."""
        before, seen = self.work.found, report or (self.verification.report if self.verification else None)
        if seen is None:
            return replace(before, step=self.step, fault="", since=self.work.start)
        # Checkpoints are looked at in every stretch, so that the same difference may be found again.
        known, uncounted = (before.differences, before.more) if self.work.start else ((), 0)
        every = tuple(dict.fromkeys((*known, *list(seen.differences))))
        named = every[:MOST_DIFFERENCES]
        return Found(
            differences=named,
            more=len(every) - len(named) + seen.more + uncounted,
            entries=seen.count,
            signed=seen.signed,
            inside=seen.inside,
            outside=seen.outside,
            since=self.work.start,
            step=self.step,
        )

    def _check(self) -> None:
        if self.stopped:
            raise StoppedError


@dataclass(frozen=True, slots=True)
class RecordWorker:
    """Does works on the record of a store; `index` brings the index of the record up to date."""

    attendant: Attendant
    log: KnownLog
    settings: Settings
    index: Callable[[], Awaitable[int]]
    name: str = field(default_factory=lambda: RANDOM.hexadecimal(16))

    async def look(self) -> Work | None:
        """Do the work whose turn it is, to its end; None if there is none for this process."""
        attendant, now = self.attendant, self._now()
        if not await attendant.database.read(lambda connection: Works(connection, now).is_due()):
            return None
        work = await attendant.write(lambda connection: Works(connection, now).take(self.name))
        if work is not None:
            await self._do(work)
        return work

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """Look while the hub serves."""
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _run(self) -> None:
        while True:
            try:
                await self.look()
            except Exception as fault:  # noqa: BLE001 - whatever happens to one look, there is a next one
                log.warning("a work on the record could not be looked after", fault=type(fault).__name__)
            await asyncio.sleep(EVERY)

    async def _do(self, work: Work) -> None:
        run = Run(work, work.start, work.total)
        doing = asyncio.ensure_future(self._whole(run))
        try:
            while not (await asyncio.wait({doing}, timeout=BEAT))[0]:
                if not await self._beat(run):
                    run.stopped = True
            state, found, archive = doing.result()
            await self.attendant.write(partial(self._end, run=run, ended=(state, found, archive)))
        except StoppedError:
            await self._beat(run)
        except BaseException:
            # Cancelled, or the store is away: the thread ends with its part, and another process goes on.
            run.stopped = True
            await asyncio.shield(asyncio.wait({doing}))
            if not doing.cancelled():
                doing.exception()
            with contextlib.suppress(StoreError):
                await self.attendant.write(partial(self._release, run=run))
            raise

    async def _whole(self, run: Run) -> tuple[WorkState, Found, bytes]:
        if run.work.kind is WorkKind.PACK:
            await self.index()
        return await asyncio.to_thread(self._work, run)

    async def _beat(self, run: Run) -> bool:
        found, reached, now = run.found(), (run.done, run.total), self._now()
        number = run.work.number
        return await self.attendant.write(
            lambda connection: Works(connection, now).beat(number, self.name, reached, found)
        )

    def _release(self, connection: Connection, run: Run) -> None:
        works = Works(connection, self._now())
        works.beat(run.work.number, self.name, (run.done, run.total), run.found())
        works.end(run.work.number, self.name, WorkState.WAITING, run.found())

    def _work(self, run: Run) -> tuple[WorkState, Found, bytes]:
        """Everything that takes time, in a thread: how it ended, what was found, and the pack, if one was made."""
        try:
            if run.work.kind is WorkKind.VERIFY:
                return WorkState.DONE, self._verified(run), b""
            return self._packed(run)
        except StoppedError:
            raise
        except Exception as fault:  # noqa: BLE001 - whatever it is, the work has an end that can be seen
            log.warning("a work on the record failed", number=run.work.number, fault=type(fault).__name__)
            return WorkState.FAILED, replace(run.found(), fault=type(fault).__name__), b""

    def _verified(self, run: Run) -> Found:
        database, places = self.attendant.database, [notes_in(checkpoint_file(self.settings))]
        run.verification = Verification(database, self.log, places, run.work.start, run.reach)
        report = run.verification.run()
        signed_at, witnesses = database.reading(_newest)
        return replace(run.found(report), signed_at=signed_at, witnesses=witnesses)

    def _packed(self, run: Run) -> tuple[WorkState, Found, bytes]:
        year = run.work.year or 0
        contents = Contents(self.settings, self.log, self.attendant.roster.departments, year, str(year), SHARE)
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "pack"
            manifest = write_pack(self.attendant.database, contents, folder, run.name, run.reach)
            archive = _zipped(folder, f"audit-{year}")
        found = replace(run.found(), entries=manifest["positions"], more=manifest["differences"], step="")
        if archive is None:
            return WorkState.FAILED, replace(found, fault="TOO_LARGE"), b""
        return WorkState.DONE, found, archive

    def _end(self, connection: Connection, run: Run, ended: tuple[WorkState, Found, bytes]) -> None:
        (state, found, archive), moment = ended, self.attendant.clock.moment()
        works, work = Works(connection, moment.second), run.work
        works.beat(work.number, self.name, (run.done, run.total), found)
        if not works.end(work.number, self.name, state, found):
            return
        told = {"number": work.number, "entries": str(run.done)}
        if archive:
            digest = sha256(archive).hexdigest()
            works.keep_pack(work, archive, digest)
            told |= {"year": str(work.year), "sha256": digest}
        name = "RECORD_VERIFIED" if work.kind is WorkKind.VERIFY else "AUDIT_PACKED"
        outcome = "FAILED" if state is WorkState.FAILED else "DIFFERS" if found.differences or found.more else "AGREES"
        append_act(connection, Act(moment.text, BY_CLOCK, name, outcome, told=told))

    def _now(self) -> int:
        return self.attendant.clock.moment().second


def _newest(connection: Connection) -> tuple[int | None, tuple[str, ...]]:
    """When the newest checkpoint was made, and by which witnesses it was cosigned."""
    kept = newest(connection)
    if kept is None:
        return None, ()
    try:
        own = {one.name for one in read_note(kept.note).signatures}
        signed = read_note(with_lines(connection, kept)).signatures
    except NoteError:
        return kept.made_at, ()
    return kept.made_at, tuple(sorted({one.name for one in signed} - own))


def _zipped(folder: Path, name: str) -> bytes | None:
    """A folder as an archive; None for one that the store does not keep, which is never in memory."""
    made = folder.with_suffix(".zip")
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, f"{name}/{file.name}")
    return made.read_bytes() if made.stat().st_size <= LARGEST else None
