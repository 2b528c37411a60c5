"""The encrypted local store of one source: SQLCipher, one table a record, and what is known of the files taken.

A file's rows are staged beside the held ones, batch by batch, and replace or join them in one transaction: a crash at
any moment leaves the previous state and the stage. No byte lies on disk in clear: journal and log are encrypted,
temporary tables are in memory.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from adapters.base import LOCAL
from adapters.sql_runner import Session
from adapters.sql_sqlite import ThreadRunner
from adapters.tabular_fault import RowFault, fault_values
from adapters.tabular_kept import forget_reports, keep_report
from adapters.tabular_layout import GONE, ROW, TIME, RecordPlan
from adapters.tabular_report import Outcome
from adapters.tabular_tables import (
    FAULT,
    INTAKE,
    STATE,
    fit_rows,
    has_table,
    index_statements,
    rename_statement,
    rows_table,
    stage_table,
)

_WRITING = {"tabular_writing": True}
_BUSY_SECONDS = 10.0
PATIENCE = 3.0
"""Seconds to wait for another process: longer than a look into a folder takes, shorter than taking a large file."""
_PRAGMAS = (
    *("cipher_page_size = 8192", "temp_store = MEMORY", "journal_mode = WAL", "synchronous = NORMAL"),
    "cache_size = -32000",
)


class StoreLocked(Exception):
    """The store cannot be opened with this key, or is no store."""


@dataclass(frozen=True, slots=True)
class FileKey:
    """What makes two intakes the same: the record, the bytes of the file, and how they are read."""

    record: str
    digest: str
    mapping: str


@dataclass(frozen=True, slots=True)
class FileStanding:
    """What a file is called and how old it is: seconds since the epoch, and its data time where it has one."""

    file: str
    time: float
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows looked at, staged, rejected, and kept although something in them is doubtful."""

    read: int = 0
    rows: int = 0
    rejected: int = 0
    doubtful: int = 0


@dataclass(frozen=True, slots=True)
class Intake:
    """A file as the store knows it: `taken` is null while it is staged; `shown` are the columns of its report."""

    number: int
    key: FileKey
    standing: FileStanding
    taken: float | None
    counts: Counts
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows to stage, what was wrong with those read meanwhile, and how far the file has been read with them."""

    rows: Sequence[tuple[Any, ...]]
    faults: Sequence[RowFault]
    counts: Counts


class Store:
    """One file. Methods block; each is a transaction of its own, on a session that `rest` closes."""

    def __init__(self, path: Path, key: bytes) -> None:
        self.path = path
        self._key = key
        self._engine = _engine(path, key, pool_size=1, max_overflow=2)
        event.listen(self._engine, "begin", _begin_immediate)

    def exists(self) -> bool:
        """True if there is a file."""
        return self.path.exists()

    def verify(self) -> None:
        """Return if the store can be read, or does not exist yet; raises StoreLocked."""
        if not self.exists():
            return
        try:
            with self._engine.connect() as session:
                session.exec_driver_sql("SELECT count(*) FROM sqlite_master")
        except DBAPIError:
            raise StoreLocked from None

    def runner(self, session: Session) -> ThreadRunner:
        """Sessions that only read."""
        return ThreadRunner(self.reader(session.connections), session.connections)

    def reader(self, connections: int) -> Engine:
        """Sessions that only read, so many at most."""
        engine = _engine(self.path, self._key, pool_size=connections, max_overflow=0)
        event.listen(engine, "connect", _only_read)
        return engine

    def prepare(self, plans: Sequence[RecordPlan]) -> None:
        """Make the file, with owner-only permission, and bring its tables to the columns of the plans."""
        self._make_folder()
        os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
        with self._write() as session:
            STATE.create_all(session)
            for plan in plans:
                fit_rows(session, plan)

    @contextmanager
    def alone(self) -> Iterator[bool]:
        """True inside if no other process takes files into this store meanwhile; one that does is waited for a little."""
        self._make_folder()
        lock = self.path.with_name(f"{self.path.name}.lock")
        number = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            yield _lock(number)
        finally:
            self.rest()
            os.close(number)

    def rest(self) -> None:
        """Close the sessions of this object that idle; the next call opens another."""
        if self.exists():
            # Closing a session writes back the log as well, but without letting other threads run.
            with suppress(DBAPIError), self._engine.connect() as session:
                session.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self._engine.dispose()

    def is_prepared(self) -> bool:
        """True if the store has its tables."""
        with self._engine.connect() as session:
            return has_table(session, INTAKE.name)

    def held(self, record: str) -> Intake | None:
        """The file taken last, null before the first."""
        taken = sa.select(INTAKE).where(INTAKE.c.record == record, INTAKE.c.taken.is_not(None))
        return self._one(taken.order_by(INTAKE.c.taken.desc(), INTAKE.c.number.desc()))

    def known(self, key: FileKey) -> Intake | None:
        """The intake of such a file, finished or not."""
        same = (INTAKE.c.record == key.record, INTAKE.c.digest == key.digest, INTAKE.c.mapping == key.mapping)
        return self._one(sa.select(INTAKE).where(*same).order_by(INTAKE.c.taken.is_(None)))

    def size(self, plan: RecordPlan) -> int:
        """Number of held rows."""
        with self._engine.connect() as session:
            return int(session.scalar(sa.select(sa.func.count()).select_from(rows_table(plan))) or 0)

    def begin(self, key: FileKey, standing: FileStanding, shown: Sequence[str], plan: RecordPlan) -> Intake:
        """An empty stage for a file; another one that was staged for the record is given up."""
        self.give_up(plan)
        listed = json.dumps(list(shown), ensure_ascii=False)
        with self._write() as session:
            stage_table(plan).create(session)
            made = INTAKE.insert().values(
                record=key.record,
                digest=key.digest,
                mapping=key.mapping,
                file=standing.file,
                time=standing.time,
                as_of=standing.as_of,
                shown=listed,
            )
            number = session.execute(made.returning(INTAKE.c.number)).scalar_one()
        return Intake(number, key, standing, None, Counts(), tuple(shown))

    def staged(self, plan: RecordPlan) -> dict[str, int]:
        """Identifiers on the stage with their row in the file."""
        stage = stage_table(plan)
        with self._engine.connect() as session:
            return {row[0]: row[1] for row in session.execute(sa.select(stage.c[LOCAL], stage.c[ROW]))}

    def add(self, plan: RecordPlan, intake: Intake, batch: Batch) -> None:
        """Stage a batch and note how far the file was read, in one transaction."""
        with self._write() as session:
            if batch.rows:
                session.exec_driver_sql(_insert_text(stage_table(plan)), list(batch.rows))
            if batch.faults:
                session.execute(FAULT.insert(), [_fault_row(intake.number, fault) for fault in batch.faults])
            counts = batch.counts
            changed = INTAKE.update().where(INTAKE.c.number == intake.number)
            noted = {"read": counts.read, "rows": counts.rows}
            session.execute(changed.values(**noted, rejected=counts.rejected, doubtful=counts.doubtful))

    def finish(self, plan: RecordPlan, intake: Intake) -> int:
        """Let the stage take the place of the held rows, or join them, in one transaction; number of rows withdrawn."""
        replaces = plan.options.mode == "replace" or self.held(plan.name) is None
        stage = stage_table(plan)
        with self._write() as session:
            gone = stage.c[GONE] == 1
            if replaces:
                withdrawn = session.execute(stage.delete().where(gone)).rowcount
                for statement in index_statements(plan, stage.name, intake.number):
                    session.exec_driver_sql(statement)
            else:
                withdrawn = session.scalar(sa.select(sa.func.count()).select_from(stage).where(gone)) or 0
        with self._write() as session:
            (_swap if replaces else _merge)(session, plan)
            if plan.options.mode == "replace":
                before = (INTAKE.c.record == plan.name, INTAKE.c.number < intake.number, INTAKE.c.reported == 1)
                session.execute(INTAKE.delete().where(*before))
            session.execute(INTAKE.update().where(INTAKE.c.number == intake.number).values(taken=time.time()))
        return withdrawn

    def give_up(self, plan: RecordPlan) -> None:
        """Forget what is staged for a record."""
        with self._write() as session:
            waiting = sa.select(INTAKE.c.number).where(INTAKE.c.record == plan.name, INTAKE.c.taken.is_(None))
            session.execute(FAULT.delete().where(FAULT.c.intake.in_(waiting)))
            session.execute(INTAKE.delete().where(INTAKE.c.record == plan.name, INTAKE.c.taken.is_(None)))
            stage_table(plan).drop(session, checkfirst=True)

    def unreported(self, record: str) -> list[Intake]:
        """Taken files whose report has not been written."""
        waiting = (INTAKE.c.record == record, INTAKE.c.taken.is_not(None), INTAKE.c.reported == 0)
        with self._engine.connect() as session:
            return [_intake(row) for row in session.execute(sa.select(INTAKE).where(*waiting))]

    def faults(self, intake: Intake) -> list[RowFault]:
        """What is to be told of the rows of a file, in their order."""
        told = sa.select(FAULT).where(FAULT.c.intake == intake.number).order_by(sa.literal_column("rowid"))
        with self._engine.connect() as session:
            return [_fault(row) for row in session.execute(told)]

    def reported(self, intake: Intake) -> None:
        """The report is written: what it holds is not kept any longer."""
        with self._write() as session:
            session.execute(INTAKE.update().where(INTAKE.c.number == intake.number).values(reported=1))
            session.execute(FAULT.delete().where(FAULT.c.intake == intake.number))

    def keep(self, outcome: Outcome, intake: int | None, shown: Sequence[str], faults: Sequence[RowFault]) -> None:
        """Keep a report for whoever asks the hub; `intake` is the number of what was taken, null where nothing was."""
        with self._write() as session:
            keep_report(session, outcome, intake, (shown, faults), time.time())

    def purge(self, plan: RecordPlan, oldest: float) -> int:
        """Delete rows of files older than a time, staged or held, and what is known of those files; rows deleted."""
        aged = (INTAKE.c.record == plan.name, INTAKE.c.time < oldest)
        with self._write() as session:
            forget_reports(session, plan.name, oldest)
            if session.execute(sa.select(INTAKE.c.number).where(*aged, INTAKE.c.taken.is_(None))).first():
                stage_table(plan).drop(session, checkfirst=True)
            session.execute(FAULT.delete().where(FAULT.c.intake.in_(sa.select(INTAKE.c.number).where(*aged))))
            session.execute(INTAKE.delete().where(*aged))
            if not has_table(session, plan.name):
                return 0
            rows = rows_table(plan)
            return session.execute(rows.delete().where(rows.c[TIME] < oldest)).rowcount

    def _one(self, statement: sa.Select[Any]) -> Intake | None:
        with self._engine.connect() as session:
            found = session.execute(statement.limit(1)).first()
        return None if found is None else _intake(found)

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        with self._engine.connect().execution_options(**_WRITING) as session, session.begin():
            yield session

    def _make_folder(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)


def _engine(path: Path, key: bytes, *, pool_size: int, max_overflow: int) -> Engine:
    def connect() -> Any:
        session = sqlcipher.connect(str(path), timeout=_BUSY_SECONDS, check_same_thread=False, isolation_level=None)
        # A wrong key is said once, by us, and not on the standard error of the library.
        session.execute("PRAGMA cipher_log_level = NONE")
        session.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
        for pragma in _PRAGMAS:
            session.execute(f"PRAGMA {pragma}")
        return session

    return create_engine(
        "sqlite://",
        creator=connect,
        module=sqlcipher,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=max_overflow,
        hide_parameters=True,
    )


def _lock(number: int) -> bool:
    until = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        else:
            return True


def _begin_immediate(session: Connection) -> None:
    if _WRITING.items() <= session.get_execution_options().items():
        session.exec_driver_sql("BEGIN IMMEDIATE")


def _only_read(session: Any, _record: Any) -> None:
    session.execute("PRAGMA query_only = ON")


def _swap(session: Connection, plan: RecordPlan) -> None:
    rows_table(plan).drop(session, checkfirst=True)
    session.exec_driver_sql(rename_statement(stage_table(plan).name, plan.name))


def _merge(session: Connection, plan: RecordPlan) -> None:
    rows, stage = rows_table(plan), stage_table(plan)
    names = [column.name for column in stage.c]
    joined = sqlite.insert(rows).from_select(names, sa.select(stage).where(stage.c[GONE] == 0))
    # A file that comes late does not undo a newer one.
    newer = joined.excluded[TIME] >= rows.c[TIME]
    changed = {name: joined.excluded[name] for name in names if name != LOCAL}
    session.execute(joined.on_conflict_do_update(index_elements=[LOCAL], set_=changed, where=newer))
    gone = sa.select(stage.c[LOCAL]).where(stage.c[GONE] == 1, stage.c[TIME] >= rows.c[TIME])
    session.execute(rows.delete().where(rows.c[LOCAL].in_(gone.correlate(rows))))
    stage.drop(session)


def _insert_text(table: sa.Table) -> str:
    return str(table.insert().compile(dialect=sqlite.dialect(paramstyle="qmark")))


def _fault_row(number: int, fault: RowFault) -> dict[str, Any]:
    return {"intake": number, **fault_values(fault)}


def _fault(row: sa.Row[Any]) -> RowFault:
    cells = tuple(json.loads(row.cells))
    return RowFault(row.row, row.column, row.reason, row.advice, bool(row.rejected), cells)


def _intake(row: sa.Row[Any]) -> Intake:
    return Intake(
        row.number,
        FileKey(row.record, row.digest, row.mapping),
        FileStanding(row.file, row.time, row.as_of),
        row.taken,
        Counts(row.read, row.rows, row.rejected, row.doubtful),
        tuple(json.loads(row.shown)),
    )
