"""The quality board as the store has it: runs over a source, marks by rule and field, and the rows that are wrong.

One transaction of whoever calls. No value of a row is kept: its key, sealed, and what is wrong with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Select, delete, func, insert, select, update

from hub.clock import day_of
from hub.exchange.quality_rules import Fault
from hub.identity.anchors import Keeping
from hub.identity.successions import next_number
from hub.store.quality_tables import quality_findings, quality_marks, quality_rows, quality_runs, quality_seen
from schema.identity_enums import QualityRule

MOST_FINDINGS = 1_000
"""Rows that are kept of one rule, record and field of a run; all of them are counted."""
KEPT_RUNS = 24
"""Runs of one source of which the rows are kept; of earlier ones the marks stay."""
UNREAD, UNMAPPED, ROWS = "UNREAD", "UNMAPPED", "ROWS"
"""Marks that are no rule: a record that cannot be read through, a required field that is not delivered, and how many rows
were read."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How many rows were checked by a rule, and how many failed."""

    record: str
    rule: str
    field: str
    checked: int
    failed: int


@dataclass(frozen=True, slots=True)
class Run:
    """One run over a source. `cursor`: the last row that was read of `record`; both empty at the end."""

    number: str
    source: str
    department: str
    done: bool
    started_at: int
    touched_at: int
    ended_at: int | None
    record: str
    cursor: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Finding:
    """One row that is wrong: its key at its source, its keyed digest, and what was found."""

    run: str
    number: int
    record: str
    digest: str
    key: str = field(repr=False)
    fault: Fault


@dataclass(frozen=True, slots=True)
class Batch:
    """What became of one batch of rows: marks to add, rows that are wrong, natural keys that were seen, and where it ended."""

    record: str
    marks: Mapping[tuple[str, str], tuple[int, int]]
    faults: Sequence[tuple[str, Fault]]
    seen: Sequence[str]
    after: str


class QualityBook:
    """The board in one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, keeping: Keeping, now: int) -> None:
        self._connection = connection
        self._keeping = keeping
        self._now = now

    def running(self, source: str) -> Run | None:
        """The run over a source that has not ended."""
        table = quality_runs.c
        query = select(quality_runs).where(table.source == source, table.ended_at.is_(None))
        found = self.runs(query.order_by(table.started_at.desc()).limit(1))
        return found[0] if found else None

    def of(self, number: str) -> Run | None:
        """The run of this number."""
        found = self.runs(select(quality_runs).where(quality_runs.c.number == number))
        return found[0] if found else None

    def runs(self, query: Select[Any]) -> list[Run]:
        """Runs that a query of their table gives, in its order."""
        return [self._run(row) for row in self._connection.execute(query)]

    def begin(self, source: str, department: str, record: str) -> Run:
        """Begin a run with the first record of a source."""
        number = next_number(self._connection, quality_runs.c.number, "Q", day_of(self._now).year)
        row = {
            "number": number,
            "source": source,
            "department": department,
            "state": "RUNNING",
            "started_at": self._now,
            "touched_at": self._now,
            "record": record,
        }
        self._connection.execute(insert(quality_runs).values(row))
        return Run(
            number,
            source,
            department,
            done=False,
            started_at=self._now,
            touched_at=self._now,
            ended_at=None,
            record=record,
        )

    def give_up(self, run: Run) -> None:
        """Throw a run away that nobody will go on with."""
        for table in (quality_seen, quality_findings, quality_marks):
            self._connection.execute(delete(table).where(table.c.run == run.number))
        self._connection.execute(delete(quality_rows).where(quality_rows.c.first_run == run.number))
        self._connection.execute(delete(quality_runs).where(quality_runs.c.number == run.number))

    def is_at(self, run: Run) -> bool:
        """True if nobody else went on with the run meanwhile."""
        known = self.of(run.number)
        return known is not None and (known.record, known.cursor) == (run.record, run.cursor) and not known.done

    def seen_before(self, run: str, record: str, digests: Iterable[str]) -> frozenset[str]:
        """Those of these natural keys that the run has seen."""
        table = quality_seen.c
        mine = (table.run == run, table.record == record, table.key.in_(list(digests)))
        return frozenset(row.key for row in self._connection.execute(select(table.key).where(*mine)))

    def before(self, run: Run) -> Run | None:
        """The run over the same source that ended before this one began."""
        table = quality_runs.c
        earlier = (table.started_at < run.started_at) | (
            (table.started_at == run.started_at) & (table.number < run.number)
        )
        query = select(quality_runs).where(table.source == run.source, table.ended_at.is_not(None), earlier)
        found = self.runs(query.order_by(table.started_at.desc(), table.number.desc()).limit(1))
        return found[0] if found else None

    def new_rows(self, run: Run, record: str, digests: Iterable[str]) -> frozenset[str]:
        """Those of these rows that no run has read before; they are remembered."""
        table, asked = quality_rows.c, frozenset(digests)
        mine = (table.source == run.source, table.record == record, table.key.in_(asked))
        known = {row.key for row in self._connection.execute(select(table.key).where(*mine))}
        fresh = asked - known
        if fresh:
            named = {"source": run.source, "record": record, "first_run": run.number}
            self._connection.execute(insert(quality_rows), [{**named, "key": key} for key in sorted(fresh)])
        return fresh

    def digest(self, kind: str, text: str) -> str:
        """Keyed digest of a natural key, or of a row's."""
        return self._keeping.lasting(f"quality {kind}", text)

    def keep(self, run: Run, batch: Batch) -> Run:
        """Keep what became of a batch, and where it ended, in one transaction: what is killed goes on from there."""
        for (rule, name), (checked, failed) in batch.marks.items():
            self.mark(run.number, Mark(batch.record, rule, name, checked, failed))
        self._add_findings(run.number, batch)
        if batch.seen:
            rows = [{"run": run.number, "record": batch.record, "key": key} for key in batch.seen]
            self._connection.execute(insert(quality_seen), rows)
        return self.move(run, batch.record, batch.after)

    def move(self, run: Run, record: str, cursor: str | None) -> Run:
        """Note that a run is at a place."""
        sealed = None if cursor is None else self._keeping.seal(_cursor(run.number), cursor)
        values = {"record": record, "cursor": sealed, "touched_at": self._now}
        self._connection.execute(update(quality_runs).where(quality_runs.c.number == run.number).values(values))
        found = self.of(run.number)
        if found is None:
            raise LookupError(run.number)
        return found

    def mark(self, run: str, mark: Mark) -> None:
        """Add to what a rule counted."""
        table = quality_marks
        named = {"run": run, "record": mark.record, "rule": mark.rule, "field": mark.field}
        mine = [table.c[name] == value for name, value in named.items()]
        counted = {"checked": table.c.checked + mark.checked, "failed": table.c.failed + mark.failed}
        if not self._connection.execute(update(table).where(*mine).values(counted)).rowcount:
            self._connection.execute(insert(table).values(**named, checked=mark.checked, failed=mark.failed))

    def end(self, run: Run) -> None:
        """End a run: what was needed on the way goes, and rows of runs long ago."""
        self._connection.execute(delete(quality_seen).where(quality_seen.c.run == run.number))
        values = {"state": "DONE", "record": "", "cursor": None, "touched_at": self._now, "ended_at": self._now}
        self._connection.execute(update(quality_runs).where(quality_runs.c.number == run.number).values(values))
        table = quality_runs.c
        query = select(table.number).where(table.source == run.source, table.ended_at.is_not(None))
        ended = [
            row.number for row in self._connection.execute(query.order_by(table.started_at.desc(), table.number.desc()))
        ]
        if old := ended[KEPT_RUNS:]:
            self._connection.execute(delete(quality_findings).where(quality_findings.c.run.in_(old)))

    def marks(self, runs: Sequence[str]) -> dict[str, list[Mark]]:
        """Marks of runs, by their numbers."""
        table = quality_marks.c
        query = (
            select(quality_marks).where(table.run.in_(runs)).order_by(table.run, table.record, table.rule, table.field)
        )
        found: dict[str, list[Mark]] = {number: [] for number in runs}
        for row in self._connection.execute(query):
            found[row.run].append(Mark(row.record, row.rule, row.field, row.checked, row.failed))
        return found

    def findings(self, query: Select[Any]) -> list[Finding]:
        """Findings that a query of their table gives, in its order."""
        return [self._finding(row) for row in self._connection.execute(query)]

    def _add_findings(self, run: str, batch: Batch) -> None:
        table = quality_findings.c
        counted = select(table.rule, table.field, func.count().label("held")).where(
            table.run == run, table.record == batch.record
        )
        held = {
            (row.rule, row.field): int(row.held)
            for row in self._connection.execute(counted.group_by(table.rule, table.field))
        }
        last = self._connection.execute(
            select(func.coalesce(func.max(table.number), 0)).where(table.run == run)
        ).scalar_one()
        rows: list[dict[str, Any]] = []
        for key, fault in batch.faults:
            place = fault.rule.name, fault.field
            if held.get(place, 0) >= MOST_FINDINGS:
                continue
            held[place] = held.get(place, 0) + 1
            number = int(last) + len(rows) + 1
            said = orjson.dumps([fault.zh, fault.en, fault.fix_zh, fault.fix_en]).decode()
            rows.append(
                {
                    "run": run,
                    "number": number,
                    "record": batch.record,
                    "rule": fault.rule.name,
                    "field": fault.field,
                    "key": self.digest("row", f"{batch.record}\n{key}"),
                    "row_key": self._keeping.seal(_place(run, number, "key"), key),
                    "found": self._keeping.seal(_place(run, number, "found"), said),
                }
            )
        if rows:
            self._connection.execute(insert(quality_findings), rows)

    def _run(self, row: Row[Any]) -> Run:
        cursor = self._keeping.open(_cursor(row.number), row.cursor) if row.cursor is not None else None
        return Run(
            number=row.number,
            source=row.source,
            department=row.department,
            done=row.ended_at is not None,
            started_at=row.started_at,
            touched_at=row.touched_at,
            ended_at=row.ended_at,
            record=row.record,
            cursor=cursor,
        )

    def _finding(self, row: Row[Any]) -> Finding:
        said = orjson.loads(self._keeping.open(_place(row.run, row.number, "found"), row.found))
        key = self._keeping.open(_place(row.run, row.number, "key"), row.row_key)
        return Finding(row.run, row.number, row.record, row.key, key, Fault(QualityRule[row.rule], row.field, *said))


def _cursor(run: str) -> str:
    return f"quality_runs.cursor.{run}"


def _place(run: str, number: int, column: str) -> str:
    return f"quality_findings.{column}.{run}.{number}"
