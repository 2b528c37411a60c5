"""Sheets of candidates and pairs: CSV in UTF-8 or GB18030 in, CSV in UTF-8 out, in pieces that can be stopped and resumed.

A result is written beside its place and moved there when it is whole; what was written before an interruption counts
only for the very same input.
"""

import csv
import fcntl
import hashlib
import io
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

_CHUNK = 1 << 20
_MAX_FIELD = 1 << 16
_EVERY = 500
"""Rows after which what was written is on the disk."""


class SheetFault(Exception):
    """A sheet cannot be read: Chinese and English sentence."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class Sheet:
    """A CSV with a head line. `columns` that must be there, those that may be; names are compared without blanks and case."""

    path: Path
    columns: tuple[str, ...]
    optional: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)

    def rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        """Bytes read so far, and each row by column; SheetFault if the file is no such sheet.

        A cell that is missing is empty. Empty lines are passed over.
        """
        csv.field_size_limit(_MAX_FIELD)
        with self._opened() as (text, raw):
            reader = csv.reader(text)
            try:
                places = self._places(next(reader, []))
                for cells in reader:
                    if any(cells):
                        yield raw.tell(), {name: _cell(cells, place) for name, place in places.items()}
            except csv.Error as fault:
                raise SheetFault(
                    f"第 {reader.line_num} 行不是有效的 CSV", f"line {reader.line_num} is not CSV ({fault})"
                ) from None

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self.path.stat().st_size

    def mark(self) -> str:
        """Digest of the file's content, by which a result knows its input."""
        digest = hashlib.sha256()
        with self.path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    @contextmanager
    def _opened(self) -> Iterator[tuple[TextIO, Any]]:
        encoding = _encoding(self.path)
        with self.path.open("rb") as raw:
            yield _text(raw, encoding), raw

    def _places(self, head: Sequence[str]) -> dict[str, int]:
        names = [self.aliases.get(_plain(cell), _plain(cell)) for cell in head]
        missing = [name for name in self.columns if name not in names]
        if missing:
            raise SheetFault(
                f"缺少列 {', '.join(missing)}；首行须为列名",
                f"columns {', '.join(missing)} are missing from the head line",
            )
        return {name: names.index(name) for name in (*self.columns, *self.optional) if name in names}


@dataclass(slots=True)
class Writing:
    """A result that is being written; `done` rows of it were there before."""

    done: int
    _file: TextIO
    _rows: int = 0

    def kept(self) -> Iterator[list[str]]:
        """Rows that were there before."""
        self._file.seek(0)
        yield from islice(csv.reader(self._file), 1, 1 + self.done)
        self._file.seek(0, os.SEEK_END)

    def cut(self, rows: int) -> None:
        """Keep so many rows of those that were there before, and no more."""
        self._file.seek(0)
        for _ in range(1 + rows):
            self._file.readline()
        self._file.truncate(self._file.tell())
        self._file.seek(0, os.SEEK_END)
        self.done = min(self.done, rows)

    def write(self, cells: Sequence[str]) -> None:
        """Append a row."""
        csv.writer(self._file, lineterminator="\n").writerow([_in_one_line(cell) for cell in cells])
        self._rows += 1
        if self._rows % _EVERY == 0:
            self.sync()

    def sync(self) -> None:
        """Put what was written on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())


@contextmanager
def written(path: Path, head: Sequence[str], mark: str) -> Iterator[Writing]:
    """Write a result under this head; `mark` says of which input and rules it is. It stands at its place when all is done."""
    part, note = path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")
    # Names and numbers of businesses, some of which are people's: for whoever runs the command.
    os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, 0o600))
    with part.open("r+", encoding="utf-8", newline="") as file:
        _alone(file, part, path)
        done, keep = _resumable(part, note, mark)
        note.write_text(json.dumps({"mark": mark}), encoding="utf-8")
        file.seek(keep)
        file.truncate()
        writing = Writing(done, file)
        if not keep:
            csv.writer(file, lineterminator="\n").writerow(head)
        writing.sync()
        try:
            yield writing
        finally:
            writing.sync()
        # Before anybody else may write it.
        part.replace(path)
        note.unlink(missing_ok=True)


def forget_unless(paths: Sequence[Path], mark: str) -> None:
    """Let results that belong together begin anew unless all of them can go on."""
    places = [(path.with_name(f"{path.name}.part"), path.with_name(f"{path.name}.part.json")) for path in paths]
    if not all(_resumable(part, note, mark)[1] for part, note in places):
        for _, note in places:
            note.unlink(missing_ok=True)


def _alone(file: TextIO, part: Path, path: Path) -> None:
    """SheetFault if another process writes this result, or put it at its place meanwhile: each of them would write every row."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_there = os.path.samestat(os.fstat(file.fileno()), part.stat())
    except (BlockingIOError, FileNotFoundError):
        is_there = False
    if not is_there:
        raise SheetFault(f"另一个命令正在写 {path.name}", f"another command is writing {path.name}")


def _resumable(part: Path, note: Path, mark: str) -> tuple[int, int]:
    """Whole rows of an interrupted result, and the bytes they take; zeros if there is none of this input."""
    try:
        same = json.loads(note.read_text(encoding="utf-8"))["mark"] == mark
        lines, end = _whole_lines(part) if same else (0, 0)
    except (OSError, ValueError, KeyError, TypeError):
        return 0, 0
    # A row is one line: cells hold no line breaks.
    return (lines - 1, end) if end else (0, 0)


def _whole_lines(file: Path) -> tuple[int, int]:
    """How many lines of a file are whole, and where the last of them ends; however large it is, a piece at a time."""
    lines = end = read = 0
    with file.open("rb") as opened:
        while chunk := opened.read(_CHUNK):
            lines += chunk.count(b"\n")
            last = chunk.rfind(b"\n")
            end = read + last + 1 if last >= 0 else end
            read += len(chunk)
    return lines, end


def _in_one_line(cell: str) -> str:
    return " ".join(cell.split("\n")).replace("\r", " ") if "\n" in cell or "\r" in cell else cell


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place].strip() if place < len(cells) else ""


def _plain(cell: str) -> str:
    return cell.strip().lower().replace(" ", "_")


def _text(raw: Any, encoding: str) -> TextIO:
    return io.TextIOWrapper(raw, encoding=encoding, newline="")


def _encoding(path: Path) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            with path.open(encoding=encoding, newline="") as text:
                while text.read(_CHUNK):
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise SheetFault("文件既不是 UTF-8 也不是 GB18030", "the file is neither UTF-8 nor GB18030")
