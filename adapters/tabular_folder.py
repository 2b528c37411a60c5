"""Which files of a folder are whole, by the way a department says so: their name, a marker, or that they rest.

Looks only; what it saw before is its whole memory, so that clocks of other machines play no part. Knows no format.
"""

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from adapters.tabular_fault import CutShort, FileFault
from adapters.tabular_file import open_dropped
from adapters.tabular_intake import Expected, read_expected
from adapters.tabular_options import TabularRecord

_MARKER = ".ok"
_MOST_MARKER_BYTES = 4096
_UNDER_WAY = (".tmp", ".part", ".filepart", ".crdownload", ".swp", ".bak", ".uploading", _MARKER)


Signature = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file: where it is, its size and time, and its marker with its time where one is due."""

    path: Path
    size: int
    mtime_ns: int
    marker: Path | None = None
    marked_ns: int = 0

    @property
    def signature(self) -> Signature:
        """What differs once the file or its marker is another."""
        return self.path.name, self.size, self.mtime_ns, self.marked_ns

    def expected(self) -> Expected:
        """What its marker says; CutShort where that cannot be understood."""
        if self.marker is None:
            return Expected()
        try:
            # Not by its name alone: what was a file when the folder was looked at may be a pipe by now.
            with open_dropped(self.marker, _MOST_MARKER_BYTES) as file:
                return read_expected(b"".join(file.chunks()).decode("utf-8-sig"))
        except (FileFault, OSError, ValueError):
            raise CutShort(".ok 文件无法识别", "its .ok cannot be understood") from None


class Folder:
    """One folder, looked at again and again."""

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._path = path
        self._clock = clock
        self._seen: dict[Signature, float] = {}

    def whole(self, record: TabularRecord) -> tuple[list[Dropped], int]:
        """Files of a record that are whole, and how many are not yet; OSError where the folder cannot be read."""
        with os.scandir(self._path) as entries:
            present = {entry.name: entry for entry in entries if entry.is_file(follow_symlinks=False)}
        named = [_dropped(entry, present) for name, entry in present.items() if _is_named(name, record)]
        if record.take == "stable":
            found = self._resting(named, record)
        else:
            found = [file for file in named if record.take == "rename" or file.marker is not None]
        return found, len(named) - len(found)

    def _resting(self, named: Sequence[Dropped], record: TabularRecord) -> list[Dropped]:
        now = self._clock()
        present = {file.signature for file in named}
        for gone in [seen for seen in self._seen if _is_named(seen[0], record) and seen not in present]:
            del self._seen[gone]
        return [f for f in named if now - self._seen.setdefault(f.signature, now) >= record.stable_seconds]


def _dropped(entry: os.DirEntry[str], present: Mapping[str, os.DirEntry[str]]) -> Dropped:
    found = entry.stat(follow_symlinks=False)
    beside = (f"{entry.name}{_MARKER}", f"{entry.name.rpartition('.')[0]}{_MARKER}")
    marker = next((present[name] for name in beside if name in present), None)
    if marker is None:
        return Dropped(Path(entry.path), found.st_size, found.st_mtime_ns)
    marked = marker.stat(follow_symlinks=False).st_mtime_ns
    return Dropped(Path(entry.path), found.st_size, found.st_mtime_ns, Path(marker.path), marked)


def _is_named(name: str, record: TabularRecord) -> bool:
    if name.startswith((".", "~$")) or name.lower().endswith(_UNDER_WAY):
        return False
    return fnmatchcase(name, record.files)
