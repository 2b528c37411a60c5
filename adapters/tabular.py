"""A source whose rows come as files dropped into a folder: taken into an encrypted store of its own, served from there.

Files are taken in a thread while the hub serves, when they change and every `poll_seconds`; questions are answered
by the SQL adapter on what was taken last. Before the first file a record is down.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from watchfiles import awatch

from adapters.base import Ability, Lookup, Rows, Search, SourceBadData, SourceDown
from adapters.convert_dates import SHANGHAI
from adapters.records import hold_records
from adapters.sql import SqlSource, source_on
from adapters.sql_flavours import SQLITE
from adapters.sql_runner import Session
from adapters.sql_statement import Layout
from adapters.tabular_fault import Progress
from adapters.tabular_folder import Folder
from adapters.tabular_intake import Stopped, Tell
from adapters.tabular_kept import KeptReports
from adapters.tabular_layout import RecordPlan, plan_record
from adapters.tabular_options import TabularOptions, key_bytes
from adapters.tabular_report import Outcome
from adapters.tabular_store import Store, StoreLocked
from adapters.tabular_taking import RecordState, StoreBusy, Taking
from schema.catalogue import Catalogue

OPTIONS = TabularOptions
Answer = TypeVar("Answer")
_CONNECTIONS = 4
_READERS = 2
"""Sessions for whoever reads reports."""


class TabularSource:
    """Records of files."""

    def __init__(self, options: TabularOptions, taking: Taking, copy: SqlSource, reports: KeptReports) -> None:
        self.abilities: Mapping[str, Ability] = copy.abilities
        self._options = options
        self.taking = taking
        self.reports = reports
        self._copy = copy
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="tabular")
        self._watch: asyncio.Task[None] | None = None
        self._closed = False

    async def start(self) -> None:
        """Take files from now on, until closed."""
        if (self._watch is None or self._watch.done()) and not self._closed:
            self._watch = asyncio.create_task(self._keep_taking())

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key; SourceDown before the first file."""
        await self._need(ask.record)
        return await self._copy.fetch(ask)

    async def search(self, ask: Search) -> Rows:
        """A window in the order asked; SourceDown before the first file."""
        await self._need(ask.record)
        return await self._copy.search(ask)

    async def count(self, ask: Search) -> int:
        """Number of rows that satisfy the predicate; SourceDown before the first file."""
        await self._need(ask.record)
        return await self._copy.count(ask)

    async def check(self) -> None:
        """Take what is due; raise with everything that is wrong: folder, files, age."""
        await self.start()
        await self.scan()
        down = [fault for record in self._options.record if (fault := self._down(record.record))]
        if down:
            raise SourceDown("; ".join(down))
        faults = [f"{name}: {fault}" for name, state in self.taking.states.items() for fault in _faults(state)]
        faults += [fault for record in self._options.record if (fault := self._stale(record.record, record.fresh_days))]
        if faults:
            raise SourceBadData("; ".join(faults) + "; the rows taken before are served")
        await self._copy.check()

    async def scan(self, progress: Callable[[Progress], None] | None = None) -> None:
        """Look into the folder once and take what is whole; progress is told in the event loop."""
        with suppress(Stopped):
            await self._in_thread(partial(self.taking.scan, self._teller(progress)))

    async def take(
        self, path: Path, record: str | None = None, progress: Callable[[Progress], None] | None = None
    ) -> Outcome:
        """Take a file by hand, wherever it lies; ValueError where it is not clear which record it holds.

        SourceDown if another process is taking files into the store at this moment.
        """
        name = record or self._record_of(path)
        if name not in self.abilities:
            raise ValueError(f"source {self._options.name} has no record {name}")
        try:
            return await self._in_thread(partial(self.taking.take, path, name, self._teller(progress)))
        except Stopped:
            raise SourceDown("the source was closed while it took the file; it goes on there next time") from None
        except StoreBusy:
            raise SourceDown("another process is taking files into this store; try again in a moment") from None
        except (OSError, DBAPIError) as error:
            raise SourceDown(f"the store cannot be written ({type(error).__name__})") from None

    def status(self) -> list[str]:
        """A line for each record, as of the last look: what is held, since when, and what is wrong."""
        return [_describe(name, state) for name, state in self.taking.states.items()]

    async def aclose(self) -> None:
        """Stop taking; a file half read is gone on with next time."""
        self._closed = True
        self.taking.stop.set()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        shutdown = partial(self._thread.shutdown, cancel_futures=True)
        await asyncio.get_running_loop().run_in_executor(None, shutdown)
        await self._copy.aclose()
        self.reports.close()

    async def _keep_taking(self) -> None:
        while True:
            with suppress(OSError):
                # Events where the file system has them; on shares, and where it has none, a look every so often.
                changes = awatch(
                    self._options.folder,
                    watch_filter=None,
                    debounce=400,
                    rust_timeout=self._pause_ms,
                    yield_on_timeout=True,
                    recursive=False,
                )
                await self.scan()
                async for _ in changes:
                    await self.scan()
            await asyncio.sleep(self._pause_ms / 1000)

    @property
    def _pause_ms(self) -> int:
        rests = [record.stable_seconds for record in self._options.record if record.take == "stable"]
        return 1000 * min([self._options.poll_seconds, *rests])

    async def _need(self, record: str) -> None:
        """Return if a record can be asked; SourceDown before its first file."""
        await self.start()
        state = self.taking.states.get(record)
        if state is None or state.held is not None:
            return
        # Another process may have taken a file, or this one in an earlier life.
        try:
            held = await asyncio.get_running_loop().run_in_executor(None, self.taking.is_held, record)
        except (OSError, DBAPIError) as error:
            raise SourceDown(f"{record}: the store cannot be read ({type(error).__name__})") from None
        if not held:
            raise SourceDown(f"{record}: no file has been taken yet")

    async def _in_thread(self, work: Callable[[], Answer]) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    def _teller(self, progress: Callable[[Progress], None] | None) -> Tell:
        if progress is None:
            return lambda told: None
        loop = asyncio.get_running_loop()

        def tell(told: Progress) -> None:
            loop.call_soon_threadsafe(progress, told)

        return tell

    def _record_of(self, path: Path) -> str:
        named = [record.record for record in self._options.record if path.match(record.files)]
        found = named or [record.record for record in self._options.record]
        if len(found) != 1:
            raise ValueError(f"say which record {path.name} holds: {', '.join(found)}")
        return found[0]

    def _down(self, record: str) -> str:
        state = self.taking.states[record]
        if state.held is not None:
            return ""
        waiting = f"{state.waiting} waiting to be whole" if state.waiting else "none is there"
        return f"{record}: no file has been taken yet, " + ("; ".join(state.faults) or waiting)

    def _stale(self, record: str, fresh_days: int | None) -> str:
        held = self.taking.states[record].held
        if held is None or fresh_days is None:
            return ""
        age = datetime.now(SHANGHAI) - datetime.fromtimestamp(held.standing.time, SHANGHAI)
        return (
            f"{record}: its newest file is {age.days} days old, {fresh_days} were agreed"
            if age > timedelta(days=fresh_days)
            else ""
        )


async def take_file(
    options: TabularOptions,
    catalogue: Catalogue,
    path: Path,
    record: str | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Outcome:
    """Take a file by hand into the store of a source, as `chengxin-hub import` does.

    `progress` is called in the event loop, some 60 times for 300,000 rows. An outcome with a `fault` has changed
    nothing. ValueError for a faulty mapping, a wrong key or an unclear record; SourceDown while another process takes
    files into the same store.
    """
    source = open_source(options, catalogue)
    try:
        return await source.take(path, record, progress)
    finally:
        await source.aclose()


def open_source(options: TabularOptions, catalogue: Catalogue) -> TabularSource:
    """The source, without looking into its folder; ValueError names every fault of the mapping, or a wrong key."""
    plans = _plans(options, catalogue)
    store = Store(options.store, key_bytes(options.key))
    try:
        store.verify()
    except StoreLocked:
        raise ValueError(
            f"source {options.name}: the key does not open its store: give the key it was made with, "
            "or remove the store and let the files be taken again"
        ) from None
    runner = store.runner(Session(options.name, _CONNECTIONS, options.timeout_ms))
    laid = [(plan.copy, Layout((plan.name, None), (), frozenset(plan.copy.fields))) for plan in plans]
    taking = Taking(options, plans, store, Folder(options.folder))
    reports = KeptReports(store.reader(_READERS), store.exists)
    return TabularSource(options, taking, source_on(options, laid, runner, SQLITE), reports)


def _plans(options: TabularOptions, catalogue: Catalogue) -> Sequence[RecordPlan]:
    held = hold_records(options, catalogue)
    plans: list[RecordPlan] = []
    faults: list[str] = []
    for number, record in enumerate(options.record):
        try:
            plans.append(plan_record(held[record.record], record, catalogue.records[record.record]))
        except ValueError as fault:
            place = f"source {options.name}, record {number} ({record.record})"
            faults += [f"{place}: {line}" for line in str(fault).splitlines()]
    if faults:
        raise ValueError("\n".join(faults))
    return plans


def _faults(state: RecordState) -> list[str]:
    outdated = "its mapping has changed since its file was taken: drop the file again"
    return [*state.faults, *([outdated] if state.outdated else [])]


def _describe(name: str, state: RecordState) -> str:
    told = "; ".join(_faults(state))
    if state.held is None:
        return f"{name}: no file has been taken yet" + (f"; {told}" if told else "")
    held = state.held
    taken = datetime.fromtimestamp(held.taken or 0, SHANGHAI)
    rejected = held.counts.rejected
    line = (
        f"{name}: {state.size} rows, {held.standing.file} taken {taken:%Y-%m-%d %H:%M}, {rejected} of its rows rejected"
    )
    return f"{line}; {told}" if told else line
