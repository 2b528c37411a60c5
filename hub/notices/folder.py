"""The simplest channel: each notice a JSON file in a folder, for whoever carries it on.

A file appears whole or not at all. One that is written again, because nobody knows whether it was, is the same file.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import orjson

from hub.clock import rfc3339_of
from hub.store.outbox import Notice


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes notices into a folder, which is made when the first one comes."""

    path: Path

    def deliver(self, notice: Notice) -> None:
        """Write one notice, durably; OSError if it can't be."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{notice.number:012d}-{notice.kind}.json"
        told = {"number": notice.number, "kind": notice.kind, "made": rfc3339_of(notice.made), **notice.body}
        draft = self.path / f".{name}.draft"
        # Whoever may take files away may also have left a link or a pipe of this name: neither is followed.
        draft.unlink(missing_ok=True)
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(orjson.dumps(told, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / name)
        folder = os.open(self.path, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
