"""The call list: a CSV file a day of whom to call and what to say, to which notices are appended.

A line is there whole or not at all, and once, whoever is killed: under a lock what an interrupted write left is cut off,
and a line that is there is not written again. No cell begins a formula (OWASP: CSV injection).
"""

import csv
import fcntl
import io
import os
import stat
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import anyio.to_thread

from hub.cells import inert
from hub.clock import SHANGHAI, rfc3339_of
from hub.notices.carriers import Letter, Undelivered
from hub.notices.files import keep_names

_HEAD = (
    "编号 / id",
    "对象类别 / kind",
    "对象 / who",
    "联系方式 / contact",
    "电话 / phone",
    "最迟 / until",
    "事项 / about",
    "内容 / text",
)
_BOM = b"\xef\xbb\xbf"
"""So that office programs read it as UTF-8."""


@dataclass(frozen=True, slots=True)
class CallList:
    """Appends to the files of a folder, which is made when the first line comes."""

    path: Path
    lanes: int = 1

    async def carry(self, letter: Letter) -> None:
        """Append one line, durably."""
        try:
            await anyio.to_thread.run_sync(self._append, letter)
        except OSError as fault:
            raise Undelivered(type(fault).__name__) from None

    async def aclose(self) -> None:
        """Nothing is held."""

    def _append(self, letter: Letter) -> None:
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        # By the day on which it was opened, so that one that comes again is looked for where it is.
        day = datetime.fromtimestamp(letter.delivery.opened, SHANGHAI).date().isoformat()
        handle = os.open(
            self.path / f"{day}.csv", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_APPEND, 0o600
        )
        with os.fdopen(handle, "r+b", buffering=0) as file:
            if not stat.S_ISREG(os.fstat(handle).st_mode):
                raise OSError("is no file")
            fcntl.flock(handle, fcntl.LOCK_EX)
            known = file.read()
            whole = known[: known.rfind(b"\n") + 1]
            if len(whole) < len(known):
                file.truncate(len(whole))
            if f"\n{letter.id},".encode() in whole:
                return
            file.write(_line(_row(letter)) if whole else _BOM + _line(_HEAD) + _line(_row(letter)))
            os.fsync(handle)
        keep_names(self.path)


def _row(letter: Letter) -> tuple[str, ...]:
    recipient, address = letter.delivery.recipient, letter.address
    until = rfc3339_of(letter.delivery.deadline)
    return (
        letter.id,
        recipient.kind,
        address.name,
        address.contact,
        address.phone,
        until,
        letter.title.zh,
        letter.text.zh,
    )


def _line(cells: tuple[str, ...]) -> bytes:
    # One line is one line: a cell with a line break would be torn where an interrupted write is cut off.
    plain = [" ".join(cell.split()) for cell in cells]
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerow(map(inert, plain))
    return written.getvalue().encode()
