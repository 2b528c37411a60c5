"""A dropped file, opened once: regular and of bounded size, its digest, and whether it stayed the same while read.

Links are not followed: the folder belongs to another department. Knows no format.
"""

import hashlib
import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol, Self

from adapters.tabular_fault import Changed, FileFault

CHUNK = 1_048_576


class Broken(tuple[int, int]):
    """Lines, first and last, that are no row: their quotes do not match."""

    __slots__ = ()


Row = tuple[int, list[str] | Broken]
"""Number of a row in its file, from 1, and its cells."""


class Table(Protocol):
    """A file as rows of texts."""

    def candidates(self) -> Iterator["Rows"]:
        """Ways to read it – separators, sheets – likeliest first."""


class Rows(Protocol):
    """One way to read a table, from its first row."""

    @property
    def name(self) -> str:
        """What tells this way from others, for reports."""

    @property
    def ragged(self) -> bool:
        """True if rows have their own number of cells, so that a wrong number is a mistake."""

    @property
    def unfinished(self) -> list[str] | None:
        """The row read last, if its line has no end: only the last row of a whole file may lack one."""

    def head(self, most: int) -> list[list[str]]:
        """The first rows, at most so many."""

    def rows(self) -> Iterator[Row]:
        """All rows; raises FileFault where the file is not whole."""

    def warnings(self) -> list[str]:
        """What is odd about the whole table, in Chinese."""


class DroppedFile:
    """An open file; `digest` and `check_unchanged` are of the file that was opened, whatever its name holds now."""

    def __init__(self, path: Path, raw: io.FileIO, found: os.stat_result) -> None:
        self.path = path
        self.size = found.st_size
        self.mtime_ns = found.st_mtime_ns
        self.digest = ""
        self.position = 0
        self._raw = raw
        self._hash = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._raw.close()

    def chunks(self) -> Iterator[bytes]:
        """All bytes from the beginning; afterwards the digest is known, or is compared with the one known."""
        self._raw.seek(0)
        self._hash = hashlib.sha256()
        self.position = 0
        while chunk := self._raw.read(CHUNK):
            self._hash.update(chunk)
            self.position += len(chunk)
            yield chunk
        found = self._hash.hexdigest()
        if self.digest and found != self.digest:
            raise Changed
        self.digest = found

    def check_unchanged(self) -> None:
        """Return if neither the file nor what its name stands for has changed; raises Changed."""
        try:
            named = os.stat(self.path, follow_symlinks=False)
        except OSError:
            raise Changed from None
        now = os.fstat(self._raw.fileno())
        if (named.st_dev, named.st_ino) != (now.st_dev, now.st_ino):
            raise Changed
        if (now.st_size, now.st_mtime_ns) != (self.size, self.mtime_ns):
            raise Changed


class ChunkStream(io.RawIOBase):
    """Chunks as a stream of bytes."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Bytes into the buffer; 0 at the end."""
        if not self._left:
            self._left = memoryview(next(self._chunks, b""))
        count = min(len(buffer), len(self._left))
        buffer[:count] = self._left[:count]
        self._left = self._left[count:]
        return count


def shown_name(path: Path) -> str:
    """The name of a file as it can be told; one whose bytes are no UTF-8 is told by what can be read of it."""
    return os.fsencode(path.name).decode("utf-8", "replace")


def open_dropped(path: Path, max_bytes: int) -> DroppedFile:
    """The file, opened for reading; FileFault if it is no file, too large, or cannot be read."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise FileFault(
            "文件无法读取，请检查其权限，且不要使用链接", f"it cannot be opened ({error.strerror})"
        ) from None
    found = os.fstat(number)
    fault = None
    if not stat.S_ISREG(found.st_mode):
        fault = FileFault("不是普通文件", "it is no regular file")
    elif found.st_size > max_bytes:
        fault = FileFault(f"文件超过 {max_bytes} 字节，请拆分", f"it is larger than {max_bytes} bytes (max_bytes)")
    if fault is not None:
        os.close(number)
        raise fault
    return DroppedFile(path, io.FileIO(number), found)
