"""What became of files that a source took, for whoever asks the hub: each file with its counts, and rows that were not accepted.

Values as the report beside the files shows them: no SENSITIVE cell, a person's shortened, citizens' numbers hidden.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: `fault` says in Chinese and English why nothing of it was taken; `ended` in seconds since 1970.

    A file that is being taken has no number and has not ended; `rows` are then those that were read so far.
    """

    number: int | None
    record: str
    file: str
    ended: float | None
    rows: int = 0
    rejected: int = 0
    doubtful: int = 0
    withdrawn: int = 0
    as_of: str | None = None
    read_as: str = ""
    fault: tuple[str, str] | None = None
    shown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportedRow:
    """A line of a report, by its number in it: row 0 is the whole file; `cells` belong to the columns the report shows."""

    line: int
    row: int
    column: str
    reason: str
    advice: str
    rejected: bool
    cells: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which lines of a report: rejected or doubtful ones only, of one column, how many, after which line."""

    first: int
    after: int = 0
    rejected: bool | None = None
    column: str | None = None


class Reports(Protocol):
    """Reports of one source; methods block, and raise SourceDown where they cannot be read."""

    def files(self, record: str | None, first: int, before: int | None) -> Sequence[FileReport]:
        """Files, the newest first and before them those that are being taken; `before`: only older than this number."""

    def file(self, number: int) -> FileReport | None:
        """The file of this number."""

    def rows(self, number: int, wanted: Wanted) -> Sequence[ReportedRow]:
        """Lines of a report in their order."""


@runtime_checkable
class Reporting(Protocol):
    """What an adapter has besides, if its rows come as files."""

    @property
    def reports(self) -> Reports:
        """What became of them."""
