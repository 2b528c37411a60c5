"""Whether a workbook can be read within bounds of memory and time: tried first in a process that may die of it.

A few kilobytes can claim to hold thousands of millions of cells or texts, and the parser, which cannot be bounded,
ends its process where memory ends. Knows neither columns nor the store; what is wrong with a workbook is not said here.
"""

import io
import resource
import subprocess
import sys
from itertools import islice

from python_calamine import CalamineError, CalamineWorkbook

_BASE_BYTES = 536_870_912
_TIMES = 4
"""What reading a workbook may take, beside the base: so many times what it may unpack to."""
_SECONDS = 180
_ROWS = 5000
"""Rows that are held at a time, as by whoever takes the file."""
_PANIC, _TOO_MUCH = 3, 4


class Panicked(Exception):
    """The parser gave up in a way that is no failure of Python's."""


class TooMuch(Exception):
    """Reading it takes more memory or time than it may."""


def try_workbook(held: bytes, max_bytes: int) -> None:
    """Return if the workbook can be read, or is refused by the parser in good order; Panicked and TooMuch if not."""
    most = _BASE_BYTES + _TIMES * max_bytes
    command = [sys.executable, "-I", __file__, str(most)]
    try:
        # Nothing of the hub's environment, where secrets may stand, is given to what reads another's file.
        ended = subprocess.run(  # noqa: S603 - this very module
            command,
            check=False,
            input=held,
            env={},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise TooMuch from None
    if ended.returncode == _PANIC:
        raise Panicked
    if ended.returncode:
        raise TooMuch


def _bound(most: int) -> None:
    for kind, limit in ((resource.RLIMIT_AS, most), (resource.RLIMIT_CPU, _SECONDS), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        lowest = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(kind, (lowest, lowest))


def _read(held: bytes) -> int:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(held))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows = iter(sheet.iter_rows())
            while [*islice(rows, _ROWS)]:
                pass
    except MemoryError:
        return _TOO_MUCH
    except (CalamineError, OSError):
        return 0
    except BaseException as error:  # noqa: BLE001 - a panic is no Exception
        return _PANIC if type(error).__name__ == "PanicException" else _TOO_MUCH
    return 0


if __name__ == "__main__":
    _bound(int(sys.argv[1]))
    sys.exit(_read(sys.stdin.buffer.read()))
