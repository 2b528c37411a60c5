"""Entries that the store could not take, for the time that is granted: a file that only grows, until the store has them.

One line of JSON an entry, on the disk before its answer leaves. When the store answers again they are taken into the log in
their order, before any later question of this worker; whoever is killed in between takes none in twice.
"""

import base64
import fcntl
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import orjson
import structlog
from sqlalchemy import Connection, func, insert, select

from hub.audit.act import Act, append_act
from hub.clock import Clock
from hub.store.database import Database
from hub.store.ids import IssuedIds
from hub.store.tables import entries

log = structlog.get_logger()
MOST_BYTES = 67_108_864
"""Bytes of the file; beyond them nothing is taken, and no answer leaves."""


class Spilled(NamedTuple):
    """An entry that waits: when it was made, its request, its bytes, and the ids it gives out, their anchors sealed."""

    at: str
    request_id: str
    body: bytes
    issued: tuple[tuple[str, bytes], ...] = ()

    def line(self) -> bytes:
        """As it stands in the file."""
        issued = [[made, base64.b64encode(sealed).decode()] for made, sealed in self.issued]
        told = {"at": self.at, "requestId": self.request_id, "body": self.body.decode(), "issued": issued}
        return orjson.dumps(told) + b"\n"


@dataclass(frozen=True, slots=True)
class Spill:
    """The file of one machine, which all its workers share. Blocking."""

    path: Path
    database: Database
    ids: IssuedIds
    clock: Clock

    def keep(self, row: tuple[str, str, bytes], issued: Mapping[str, tuple[str, str]] | None) -> None:
        """Keep an entry, durably; OSError if that cannot be done."""
        sealed = tuple((made, self.ids.seal(made, anchor)) for made, anchor in (issued or {}).items())
        line = Spilled(*row, sealed).line()
        with self._opened() as handle:
            size = os.fstat(handle).st_size
            if size + len(line) > MOST_BYTES:
                raise OSError("the file of entries that wait is full")
            torn = b"\n" if size and os.pread(handle, 1, size - 1) != b"\n" else b""
            if os.write(handle, torn + line) != len(torn + line):
                raise OSError("the entry was written in part")
            os.fsync(handle)

    def waits(self) -> bool:
        """True if there is anything in the file."""
        try:
            return self.path.stat().st_size > 0
        except OSError:
            return False

    def adopt(self) -> int:
        """Take all entries that wait into the log; how many there were. StoreError if the store still fails."""
        with self._opened() as handle:
            size = os.fstat(handle).st_size
            lines = os.pread(handle, size, 0).splitlines()
            waiting = [one for line in lines if (one := _read(line)) is not None]
            if len(waiting) < sum(map(bool, lines)):
                # One that was torn is nobody's; more of them are somebody's doing.
                log.warning("lines that are no entries are left out of the record", lines=len(lines) - len(waiting))
            if waiting:
                count = self.database.acting(lambda connection: self._take(connection, waiting))
                log.info("entries that had been kept aside are in the record", entries=count)
            # Only now: whoever is killed before this finds them in the store and takes none of them again.
            os.ftruncate(handle, 0)
            os.fsync(handle)
        return len(waiting)

    def _take(self, connection: Connection, waiting: list[Spilled]) -> int:
        position = int(connection.execute(select(func.coalesce(func.max(entries.c.position) + 1, 0))).scalar_one())
        taken = 0
        for one in waiting:
            # One whose commit was not answered may be there all the same.
            known = connection.execute(select(entries.c.body).where(entries.c.request_id == one.request_id)).scalars()
            if one.body in map(bytes, known):
                continue
            row = {"position": position + taken, "recorded_at": one.at, "request_id": one.request_id, "body": one.body}
            connection.execute(insert(entries).values(row))
            self.ids.take(connection, one.issued, one.at)
            taken += 1
        told = {"entries": str(taken), "known": str(len(waiting) - taken)}
        append_act(connection, Act(self.clock.moment().text, "spill", "ENTRIES_ADOPTED", "GRANTED", told=told))
        return taken

    @contextmanager
    def _opened(self) -> Iterator[int]:
        """The file, which nobody else reads or writes meanwhile."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        is_new = not self.path.exists()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        try:
            _check_own(handle, self.path)
            fcntl.flock(handle, fcntl.LOCK_EX)
            if is_new:
                _sync(self.path.parent)
            yield handle
        finally:
            os.close(handle)


def count_waiting(path: Path) -> int:
    """How many entries wait in a file; none where it is not there or may not be read."""
    try:
        return sum(1 for line in path.read_bytes().splitlines() if _read(line) is not None)
    except OSError:
        return 0


def _read(line: bytes) -> Spilled | None:
    """The entry of a line; None for one that was torn, whose answer never left."""
    try:
        told = orjson.loads(line)
        entry = orjson.loads(told["body"])
        if (entry["at"], entry["requestId"]) != (told["at"], told["requestId"]) or entry.get("kind") == "act":
            return None
        issued = tuple((made, base64.b64decode(sealed)) for made, sealed in told["issued"])
        return Spilled(told["at"], told["requestId"], told["body"].encode(), issued)
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError):
        return None


def _check_own(handle: int, path: Path) -> None:
    """OSError if somebody else could have written what is taken into the record from here."""
    found = os.fstat(handle)
    if not stat.S_ISREG(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise OSError(f"{path} is not a file of the hub's own account alone (chmod 600)")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
