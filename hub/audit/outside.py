"""Checkpoints that lie outside the store, read one after the other as a verification comes to them, never all at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from hub.audit.places import CheckpointFile


class Outside(NamedTuple):
    """A note that lies outside the store, and where: a file and its line."""

    where: str
    note: bytes


def _pass_over(_number: int) -> None:
    pass


@dataclass(frozen=True, slots=True)
class NoteFile:
    """The notes of a file in their order, up to the byte `end`; `name` stands before the number of a line.

    torn: told the numbers of lines that cannot be read.
    """

    file: CheckpointFile
    end: int
    name: str = ""
    torn: Callable[[int], None] = _pass_over

    def __iter__(self) -> Iterator[Outside]:
        if not self.end:
            return
        for number, note in self.file.every(self.end):
            if note is None:
                self.torn(number)
            else:
                yield Outside(f"{self.name}:{number}" if self.name else f"{number}", note)


def notes_in(file: CheckpointFile, name: str = "", torn: Callable[[int], None] = _pass_over) -> NoteFile:
    """The notes that a file has now: what a hub appends later is of entries that a verification does not look at."""
    return NoteFile(file, file.path.stat().st_size if file.path.exists() else 0, name, torn)
