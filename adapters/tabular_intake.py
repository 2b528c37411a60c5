"""Takes one file into the store: whole or not at all, resumable, with a report on every row that was not accepted.

Blocking; runs in a thread. A file is read once for its digest and encoding and once for its rows, and its rows count
only if the second reading saw the same bytes. Knows neither folders nor the event loop.
"""

import hashlib
import re
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from threading import Event
from typing import Any

from adapters.convert_dates import SHANGHAI
from adapters.paths import has_surrogate
from adapters.tabular_csv import CsvTable
from adapters.tabular_fault import CutShort, FileFault, Progress
from adapters.tabular_file import DroppedFile, Row, Rows, Table, open_dropped, shown_name
from adapters.tabular_header import Header, find_header
from adapters.tabular_layout import RecordPlan
from adapters.tabular_options import TabularOptions
from adapters.tabular_report import Outcome, dropped_faults, table_faults, write_report
from adapters.tabular_rows import RowReader, Stamp
from adapters.tabular_sheet import CFB_MAGIC, ZIP_MAGIC, SheetTable
from adapters.tabular_store import Batch, Counts, FileKey, FileStanding, Intake, Store
from adapters.tabular_tables import row_columns

BATCH = 5000
DAY = 86_400.0
_EDITION = "1"
"""Raised whenever the same bytes would be read differently: files are then taken again."""
_NAME_TIME = re.compile(r"(?<!\d)(20\d{2})[-_.]?(\d{2})[-_.]?(\d{2})(?:[-_T ]?(\d{2})(\d{2})(\d{2})?)?(?!\d)", re.ASCII)
Tell = Callable[[Progress], None]


class Stopped(Exception):
    """The intake was asked to stop; what is staged stays and is gone on with."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the marker beside a file says of it: bytes, rows, SHA-256; null where it does not."""

    size: int | None = None
    rows: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A file to take: the record it holds, and what its marker says of it."""

    path: Path
    plan: RecordPlan
    expected: Expected = Expected()


@dataclass(frozen=True, slots=True)
class _Reading:
    """An open file whose heading was found."""

    file: DroppedFile
    rows: Rows
    header: Header
    standing: FileStanding


class Intaker:
    """Takes files of one source, one at a time."""

    def __init__(self, options: TabularOptions, store: Store, stop: Event) -> None:
        self._options = options
        self._store = store
        self._stop = stop

    def take(self, job: Job, tell: Tell) -> Outcome:
        """What became of the file; raises Stopped, and what the store's driver raises."""
        try:
            with open_dropped(job.path, self._options.max_bytes) as file:
                return self._take(job, file, tell)
        except FileFault as fault:
            return self._told(Outcome(shown_name(job.path), job.plan.name, fault=fault), None)

    def report(self, plan: RecordPlan) -> None:
        """Write the reports that a crash or a full disk has left out."""
        for intake in self._store.unreported(plan.name):
            self._report(intake, _outcome(intake))

    def standing(self, plan: RecordPlan, name: str, mtime_ns: int) -> FileStanding:
        """How old a file is, by its name or its time; FileFault if that cannot be told, or is too long ago.

        FileFault too for a name in another encoding, which neither the store nor a report could repeat.
        """
        if has_surrogate(name):
            raise FileFault("文件名不是 UTF-8 编码，请改名后重新放入", "its name is not in UTF-8")
        moment = mtime_ns / 1e9
        as_of: datetime | None = None
        if plan.options.data_time == "name":
            as_of = name_time(name)
            if as_of is None:
                raise FileFault("文件名中没有日期（如 20240606）", "its name holds no date (data_time = name)")
            moment = as_of.timestamp()
        elif plan.options.data_time == "mtime":
            as_of = datetime.fromtimestamp(int(moment), SHANGHAI)
        days = self._options.keep_days
        if moment < time.time() - days * DAY:
            raise FileFault(f"文件早于保留期限（{days} 天）", f"it is older than {days} days (keep_days)")
        return FileStanding(name, moment, None if as_of is None else as_of.isoformat(timespec="seconds"))

    def _take(self, job: Job, file: DroppedFile, tell: Tell) -> Outcome:
        standing = self.standing(job.plan, file.path.name, file.mtime_ns)
        if job.expected.size not in (None, file.size):
            raise CutShort(
                f"文件为 {file.size} 字节，与 .ok 所说的 {job.expected.size} 字节不符",
                f"it has {file.size} bytes, its .ok says {job.expected.size}",
            )
        table = _open_table(file, self._options.max_bytes, job.plan)
        if job.expected.sha256 not in (None, file.digest):
            raise CutShort("文件内容与 .ok 的 sha256 不符", "its SHA-256 is not what its .ok says")
        key = FileKey(job.plan.name, file.digest, mapping_print(job.plan))
        held = self._store.held(job.plan.name) if job.plan.options.mode == "replace" else self._store.known(key)
        if held is not None and held.key == key and held.taken is not None:
            return replace(_outcome(held), file=file.path.name, unchanged=True)
        rows, header = find_header(table, job.plan.wanted, job.plan.options.header_rows)
        return self._read(job, _Reading(file, rows, header, standing), key, tell)

    def _read(self, job: Job, reading: _Reading, key: FileKey, tell: Tell) -> Outcome:
        intake = self._store.known(key)
        if intake is None or intake.taken is not None:
            intake = self._begin(job.plan, reading, key)
        stamp = Stamp(intake.number, reading.standing.time, reading.standing.as_of)
        reader = RowReader(job.plan, reading.header, stamp, ragged=reading.rows.ragged)
        if intake.counts.read:
            reader.first_rows = self._store.staged(job.plan)
        try:
            counts = self._stage(job.plan, reading, (intake, reader), tell)
            _check_whole(reading, reader, counts, job.expected)
        except FileFault:
            self._store.give_up(job.plan)
            raise
        withdrawn = self._store.finish(job.plan, intake)
        taken = replace(intake, counts=counts)
        outcome = replace(_outcome(taken), withdrawn=withdrawn, rows=counts.rows - withdrawn, read_as=reading.rows.name)
        return self._report(taken, outcome)

    def _begin(self, plan: RecordPlan, reading: _Reading, key: FileKey) -> Intake:
        shown = RowReader(plan, reading.header, Stamp(0, 0.0, None), ragged=False).shown
        intake = self._store.begin(key, reading.standing, shown, plan)
        whole = [*dropped_faults(plan.dropped, reading.header.names), *table_faults(reading.rows.warnings())]
        self._store.add(plan, intake, Batch((), whole, Counts()))
        return intake

    def _stage(self, plan: RecordPlan, reading: _Reading, ways: tuple[Intake, RowReader], tell: Tell) -> Counts:
        intake, reader = ways
        counts = intake.counts
        below = islice(reading.rows.rows(), reading.header.below + counts.read, None)
        while found := list(islice(below, BATCH)):
            if self._stop.is_set():
                raise Stopped
            batch = _batch(reader, found, counts)
            self._store.add(plan, intake, batch)
            counts = batch.counts
            if counts.read > self._options.most_rows:
                most = self._options.most_rows
                raise FileFault(f"超过 {most} 行，请拆分", f"it has more than {most} rows (most_rows)")
            tell(Progress(reading.file.path.name, counts.read, reading.file.position, reading.file.size))
        return counts

    def _report(self, intake: Intake, outcome: Outcome) -> Outcome:
        told = self._told(outcome, intake)
        if told.report is not None:
            self._store.reported(intake)
        return told

    def _told(self, outcome: Outcome, intake: Intake | None) -> Outcome:
        """Keep the report, and write it; `intake` is null where nothing was taken."""
        shown, faults = ((), ()) if intake is None else (intake.shown, self._store.faults(intake))
        self._store.keep(outcome, None if intake is None else intake.number, shown, faults)
        try:
            return replace(outcome, report=write_report(self._options.reports_folder, outcome, shown, faults))
        except OSError:
            # The rows are safe; the report is written as soon as its folder can be.
            return outcome


def _check_whole(reading: _Reading, reader: RowReader, counts: Counts, expected: Expected) -> None:
    """Return if the file that was read is whole and the same all the time; FileFault if not."""
    reading.file.check_unchanged()
    last = reading.rows.unfinished
    if last is not None and len(last) < reading.header.width and not reader.is_beside(last):
        raise CutShort("最后一行不完整，文件可能被截断", "its last line is cut short")
    found = counts.rows + counts.rejected
    if expected.rows not in (None, found):
        raise CutShort(
            f"文件有 {found} 行，与 .ok 所说的 {expected.rows} 行不符",
            f"it has {found} rows, its .ok says {expected.rows}",
        )


def mapping_print(plan: RecordPlan) -> str:
    """Fingerprint of how a record is read from a file: with another one the same bytes are taken again."""
    leave = {"files", "take", "stable_seconds", "fresh_days", "searchable", "keep"}
    columns = [(name, kind.__name__) for name, kind in row_columns(plan)]
    text = f"{_EDITION} {plan.options.model_dump_json(exclude=leave)} {columns} {sorted(plan.dropped)}"
    return hashlib.sha256(text.encode()).hexdigest()


def name_time(name: str) -> datetime | None:
    """The moment a file's name holds (20240606, 2024-06-06, 20240606_083000), null if it holds none."""
    for match in _NAME_TIME.finditer(name):
        with suppress(ValueError):
            parts = [int(part) for part in match.groups(default="0")]
            return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[misc, arg-type]
    return None


def read_expected(text: str) -> Expected:
    """What a marker says: nothing, a number of bytes, or lines `size=…`, `rows=…`, `sha256=…`; ValueError otherwise."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) == 1 and lines[0].isdecimal():
        return Expected(size=int(lines[0]))
    said = {name.strip().lower(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
    if said.keys() - {"size", "rows", "sha256"}:
        raise ValueError("a marker holds size=, rows= and sha256= lines, or nothing")
    numbers = {name: int(said[name]) for name in ("size", "rows") if name in said}
    return Expected(numbers.get("size"), numbers.get("rows"), said.get("sha256", "").lower() or None)


def _batch(reader: RowReader, found: Iterable[Row], before: Counts) -> Batch:
    read = 0
    rows: list[tuple[Any, ...]] = []
    for number, cells in found:
        read += 1
        row = reader.read(number, cells)
        if row is not None:
            rows.append(row)
    faults, reader.faults = reader.faults, []
    rejected = {fault.row for fault in faults if fault.rejected}
    doubtful = {fault.row for fault in faults} - rejected
    counts = Counts(
        before.read + read, before.rows + len(rows), before.rejected + len(rejected), before.doubtful + len(doubtful)
    )
    return Batch(rows, faults, counts)


def _open_table(file: DroppedFile, max_bytes: int, plan: RecordPlan) -> Table:
    start = _start(file.chunks())
    if start.startswith((ZIP_MAGIC, CFB_MAGIC)):
        return SheetTable(file, max_bytes, plan.options.sheet)
    if not start:
        raise CutShort("文件是空的", "it is empty")
    if start.lstrip().lower().startswith((b"<html", b"<!doctype", b"<table", b"<?xml")):
        raise FileFault("文件其实是网页或 XML，请另存为 .xlsx 或 .csv", "it is HTML or XML whatever its name says")
    return CsvTable(file)


def _start(chunks: Iterator[bytes]) -> bytes:
    return next(chunks, b"")[:512]


def _outcome(intake: Intake) -> Outcome:
    counts = intake.counts
    return Outcome(
        intake.standing.file,
        intake.key.record,
        counts.rows,
        counts.rejected,
        counts.doubtful,
        as_of=intake.standing.as_of,
    )
