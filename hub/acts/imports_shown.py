"""Files that sources took as callers read them: whose they see, and the rows that were not accepted.

What a row holds is for its own department, as the report in its folder repeats it; auditors read what is wrong with it.
Whoever reads rows leaves an entry.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import strawberry

from adapters.base import SourceDown
from adapters.reports import FileReport, ReportedRow, Wanted
from auth.roles import Role
from hub.acts.auditing import Read
from hub.acts.doing import Doing, FileSource, bad_input
from hub.clock import SHANGHAI, rfc3339
from hub.errors import HubError
from schema.importing import ImportCell, ImportRow, ImportRun
from schema.importing_enums import ImportState

_MOST_RUNS, _MOST_ROWS, _MOST_DIGITS = 100, 500, 15
_LONGEST = 200
"""Characters of a column's name that is looked for."""


@dataclass(frozen=True, slots=True)
class ImportLook:
    """The `ImportDesk` of the schema; each reading of rows is put to `read`, and recorded before the answer leaves."""

    doing: Doing
    read: list[Read]

    def runs(self, source: str, record: str | None, first: int, before: str | None) -> Sequence[ImportRun]:
        """Files of a source, the newest first."""
        if not 1 <= first <= _MOST_RUNS:
            raise bad_input(f"first 须为 1–{_MOST_RUNS}", f"first takes 1 to {_MOST_RUNS}")
        files = self._files(source)
        try:
            found = files.reports.files(record, first, None if before is None else _number(before))
        except SourceDown:
            raise HubError("IMPORTS_UNAVAILABLE") from None
        return [_run(source, one) for one in found]

    def run(self, source: str, number: str) -> ImportRun | None:
        """One file."""
        found = self._file(self._files(source), number)
        return None if found is None else _run(source, found)

    def rows(  # noqa: PLR0913, PLR0917 - the arguments of one GraphQL field
        self, source: str, run: str, rejected: bool | None, column: str | None, first: int, after: int
    ) -> Sequence[ImportRow]:
        """Rows of a file that were not accepted, or are doubtful."""
        if not 1 <= first <= _MOST_ROWS:
            raise bad_input(f"first 须为 1–{_MOST_ROWS}", f"first takes 1 to {_MOST_ROWS}")
        files = self._files(source)
        file = self._file(files, run)
        if file is None or file.number is None:
            raise HubError("IMPORT_NOT_FOUND")
        wanted = Wanted(first, max(after, 0), rejected, column[:_LONGEST] if column is not None else None)
        try:
            found = files.reports.rows(file.number, wanted)
        except SourceDown:
            raise HubError("IMPORTS_UNAVAILABLE") from None
        own = self.doing.access.caller.client.role is Role.STEWARD
        told = {"rows": str(len(found)), "shown": "CELLS" if own else "FAULTS"}
        self.read.append(Read("IMPORT_READ", f"{source}/{file.number}", told))
        return [_row(one, file.shown if own else ()) for one in found]

    def _files(self, source: str) -> FileSource:
        """A source of files that the caller answers for, or looks after."""
        client, found = self.doing.access.caller.client, self.doing.rules.files.get(source)
        if found is None or (client.role is Role.STEWARD and client.department != found.department):
            raise HubError("IMPORT_NOT_FOUND")
        return found

    def _file(self, files: FileSource, number: str) -> FileReport | None:
        try:
            return files.reports.file(_number(number))
        except SourceDown:
            raise HubError("IMPORTS_UNAVAILABLE") from None


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS else 0


def _run(source: str, one: FileReport) -> ImportRun:
    ended = None if one.ended is None else rfc3339(datetime.fromtimestamp(int(one.ended), SHANGHAI))
    state = ImportState.TAKING if ended is None else ImportState.REFUSED if one.fault else ImportState.TAKEN
    zh, en = one.fault or (None, None)
    return ImportRun(
        number=None if one.number is None else strawberry.ID(str(one.number)),
        source=source,
        record=one.record,
        file=one.file,
        state=state,
        ended_at=ended,  # type: ignore[arg-type]
        as_of=one.as_of,  # type: ignore[arg-type]
        rows=one.rows,
        rejected=one.rejected,
        doubtful=one.doubtful,
        withdrawn=one.withdrawn,
        read_as=one.read_as or None,
        fault=zh,
        fault_en=en,
    )


def _row(one: ReportedRow, shown: Sequence[str]) -> ImportRow:
    return ImportRow(
        number=one.line,
        row=one.row or None,
        column=one.column or None,
        rejected=one.rejected,
        reason=one.reason,
        advice=one.advice,
        # A row whose cells are too many or too few has none: nobody knows which is whose.
        cells=[ImportCell(column=column, text=text) for column, text in zip(shown, one.cells, strict=False)],
    )
