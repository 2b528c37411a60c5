"""Runs a command of the hub and counts, at every tick of its CPU time, where it is: `python -m bench.sampler FILE …`.

A tick is the kernel's, 1 to 10 ms. Counting begins with SIGUSR1 and is written to the file as JSON when SIGTERM has ended the hub.
"""

import re
import signal
import sys
import threading
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import NoReturn

import orjson

from hub.command import main as command
from hub.command import served
from hub.settings import load_settings
from hub.store.database import Database

_ROOT = f"{Path(__file__).parents[1]}/"
_OURS = tuple(f"{_ROOT}{package}/" for package in ("hub", "schema", "adapters", "auth"))
_EVERY = 0.001
_ENTRY = frozenset({"hub/command.py", "hub/serving.py"})
_LIBRARY = re.compile(r"^.*/(?:site-packages|python3\.\d+)/")

Place = tuple[str, str]
"""A file of ours with the function that runs in it, and the function of whomever it calls."""


class Sampler:
    """Counts of places."""

    def __init__(self) -> None:
        self.counts: Counter[Place] = Counter()

    def start(self, _signal: int, _frame: FrameType | None) -> None:
        """Begin to count."""
        signal.setitimer(signal.ITIMER_PROF, _EVERY, _EVERY)

    def sample(self, _signal: int, frame: FrameType | None) -> None:
        """Count where the main thread is or, where that waits, a thread that works for us."""
        place = _place(frame)
        if place is None:
            own = threading.main_thread().ident
            others = (found for ident, found in sys._current_frames().items() if ident != own)
            place = next(filter(None, map(_place, others)), None)
        self.counts[place or ("", _named(frame))] += 1


def main() -> None:
    """Run the hub's command line, sampled."""
    written, sampler = Path(sys.argv.pop(1)), Sampler()

    def ended(_signal: int, _frame: FrameType | None) -> NoReturn:
        signal.setitimer(signal.ITIMER_PROF, 0)
        written.write_bytes(orjson.dumps([[*place, count] for place, count in sampler.counts.items()]))
        sys.exit(0)

    signal.signal(signal.SIGPROF, sampler.sample)
    signal.signal(signal.SIGUSR1, sampler.start)
    # uvicorn stops in its own way at SIGTERM, and then raises it again for whoever handled it before.
    signal.signal(signal.SIGTERM, ended)
    _migrate()
    command()


def _migrate() -> None:
    """Make the store ready: a start that has to do so starts anew, unsampled."""
    wanted = served(sys.argv[1:])
    if wanted is not None:
        settings = load_settings(wanted[0])
        database = Database(settings.hub.store.get_secret_value(), settings.folder)
        database.migrate()
        database.close()


def _place(frame: FrameType | None) -> Place | None:
    """The innermost function of ours on a stack; None where there is none but the entry."""
    innermost = frame
    while frame is not None:
        file = frame.f_code.co_filename
        if file.startswith(_OURS):
            ours = file.removeprefix(_ROOT)
            return None if ours in _ENTRY else (f"{ours}:{frame.f_code.co_qualname}", _named(innermost))
        frame = frame.f_back
    return None


def _named(frame: FrameType | None) -> str:
    """A function with the package it belongs to."""
    if frame is None:
        return "?"
    file = _LIBRARY.sub("", frame.f_code.co_filename).removeprefix(_ROOT)
    return f"{file}:{frame.f_code.co_qualname}"


if __name__ == "__main__":
    main()
