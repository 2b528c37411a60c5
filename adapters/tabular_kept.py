"""Reports on files, kept in the encrypted store beside the rows: of each record the last files, of each file the first lines.

The report in the folder is for whoever made the file; this one is for whoever asks the hub. Both say the same.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from adapters.base import SourceDown
from adapters.reports import FileReport, ReportedRow, Wanted
from adapters.tabular_fault import RowFault, fault_values
from adapters.tabular_report import Outcome
from adapters.tabular_tables import INTAKE, REPORT, REPORT_ROW, has_table

KEPT_FILES = 100
"""Files of a record of which the report is kept."""
KEPT_ROWS = 10_000
"""Lines that are kept of one report; all of them are counted."""


def keep_report(
    session: Connection,
    outcome: Outcome,
    intake: int | None,
    told: tuple[Sequence[str], Iterable[RowFault]],
    ended: float,
) -> None:
    """Keep a report. One on the same intake, or on a file that was refused for the same reason, gives way to it."""
    shown, faults = told
    fault = outcome.fault
    again = REPORT.c.intake == intake if intake is not None else _refused_alike(outcome)
    same = (REPORT.c.record == outcome.record, REPORT.c.file == outcome.file)
    _forget(session, sa.select(REPORT.c.number).where(*same, again))
    made = REPORT.insert().values(
        record=outcome.record,
        file=outcome.file,
        intake=intake,
        ended=ended,
        rows=outcome.rows,
        rejected=outcome.rejected,
        doubtful=outcome.doubtful,
        withdrawn=outcome.withdrawn,
        as_of=outcome.as_of,
        read_as=outcome.read_as,
        fault=fault.zh if fault is not None else None,
        fault_en=fault.en if fault is not None else None,
        shown=json.dumps(list(shown), ensure_ascii=False),
    )
    number = session.execute(made.returning(REPORT.c.number)).scalar_one()
    lines = [_row_values(number, line, one) for line, one in enumerate(islice(faults, KEPT_ROWS), 1)]
    if lines:
        session.execute(REPORT_ROW.insert(), lines)
    newest = sa.select(REPORT.c.number).where(REPORT.c.record == outcome.record).order_by(REPORT.c.number.desc())
    kept = session.scalars(newest.limit(KEPT_FILES)).all()
    _forget(session, sa.select(REPORT.c.number).where(REPORT.c.record == outcome.record, REPORT.c.number < min(kept)))


def forget_reports(session: Connection, record: str, oldest: float) -> None:
    """Delete reports of a record that are older than a time."""
    _forget(session, sa.select(REPORT.c.number).where(REPORT.c.record == record, REPORT.c.ended < oldest))


class KeptReports:
    """The `Reports` of a source, by sessions that only read."""

    def __init__(self, engine: Engine, exists: Callable[[], bool]) -> None:
        self._engine = engine
        self._exists = exists

    def files(self, record: str | None, first: int, before: int | None) -> list[FileReport]:
        """Files, the newest first; before them those that are being taken, unless older ones are asked for."""
        ended, staged = sa.select(REPORT), sa.select(INTAKE).where(INTAKE.c.taken.is_(None))
        if record is not None:
            ended, staged = ended.where(REPORT.c.record == record), staged.where(INTAKE.c.record == record)
        if before is not None:
            return self._files(ended.where(REPORT.c.number < before).order_by(REPORT.c.number.desc()).limit(first))
        taking = [
            FileReport(None, row.record, row.file, None, row.read, row.rejected, row.doubtful)
            for row in self._found(staged.order_by(INTAKE.c.number.desc()).limit(first))
        ]
        return (taking + self._files(ended.order_by(REPORT.c.number.desc()).limit(first)))[:first]

    def file(self, number: int) -> FileReport | None:
        """The file of this number."""
        return next(iter(self._files(sa.select(REPORT).where(REPORT.c.number == number))), None)

    def rows(self, number: int, wanted: Wanted) -> list[ReportedRow]:
        """Lines of a report in their order."""
        table = REPORT_ROW.c
        query = sa.select(REPORT_ROW).where(table.report == number, table.line > wanted.after)
        if wanted.rejected is not None:
            query = query.where(table.rejected == int(wanted.rejected))
        if wanted.column is not None:
            query = query.where(table.column == wanted.column)
        return [
            ReportedRow(
                row.line, row.row, row.column, row.reason, row.advice, bool(row.rejected), tuple(json.loads(row.cells))
            )
            for row in self._found(query.order_by(table.line).limit(wanted.first))
        ]

    def close(self) -> None:
        """Close what idles."""
        self._engine.dispose()

    def _files(self, query: sa.Select[Any]) -> list[FileReport]:
        return [_file(row) for row in self._found(query)]

    def _found(self, query: sa.Select[Any]) -> Sequence[sa.Row[Any]]:
        """Rows of a query; none where no file was ever taken, or by none that kept its report."""
        if not self._exists():
            return []
        try:
            with self._engine.connect() as session:
                return session.execute(query).all() if has_table(session, REPORT.name) else []
        except DBAPIError as fault:
            raise SourceDown(f"its store cannot be read ({type(fault.orig).__name__})") from None


def _refused_alike(outcome: Outcome) -> sa.ColumnElement[bool]:
    said = outcome.fault.en if outcome.fault is not None else None
    return sa.and_(REPORT.c.intake.is_(None), REPORT.c.fault_en == said)


def _forget(session: Connection, numbers: sa.Select[Any]) -> None:
    found = session.scalars(numbers).all()
    if found:
        session.execute(REPORT_ROW.delete().where(REPORT_ROW.c.report.in_(found)))
        session.execute(REPORT.delete().where(REPORT.c.number.in_(found)))


def _row_values(number: int, line: int, fault: RowFault) -> dict[str, Any]:
    return {"report": number, "line": line, **fault_values(fault)}


def _file(row: sa.Row[Any]) -> FileReport:
    return FileReport(
        row.number,
        row.record,
        row.file,
        row.ended,
        row.rows,
        row.rejected,
        row.doubtful,
        row.withdrawn,
        row.as_of,
        row.read_as,
        (row.fault, row.fault_en) if row.fault is not None else None,
        tuple(json.loads(row.shown)),
    )
