"""Runs `chengxin-hub` in a process of its own."""

import os
import pty
import select
import subprocess
import sys
import tempfile
import time
from multiprocessing.reduction import DupFd
from pathlib import Path
from typing import Any

from hub.command import main
from tests.forks import FORKS

PROGRAM = (sys.executable, "-c", "from hub.command import main; main()")
# Ctrl-C at a terminal is a signal only to those whose terminal it is.
# And one that was started in the background has to be told that it is not ignored.
_AT_TERMINAL = (
    "import fcntl, signal, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0);"
    "signal.signal(signal.SIGINT, signal.default_int_handler); from hub.command import main; main()"
)
ROOT = Path(__file__).parents[2]


def run(folder: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, ended; its working directory is the folder, and nobody sits there. TimeoutExpired if it goes on and on."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **environment}
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        streams = [DupFd(file.fileno()) for file in (out, err)]
        process = FORKS.Process(target=_run, args=(str(folder), words, known, streams))
        process.start()
        process.join(120)
        if process.exitcode is None:
            process.kill()
            raise subprocess.TimeoutExpired(words, 120)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode())
        code = process.exitcode
        process.close()
    return subprocess.CompletedProcess(words, code, *texts)


def _run(folder: str, words: tuple[str, ...], environment: dict[str, str], streams: list[Any]) -> None:
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for number, stream in enumerate(streams, 1):
        os.dup2(stream.detach(), number)
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - the process ends with it
    sys.argv = ["chengxin-hub", *words]
    sys.orig_argv = [*PROGRAM, *words]
    main()


class Sitting:
    """A person at a terminal: reads what is shown, types lines."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.shown = ""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200", "TERM": "xterm"}
        number, inner = pty.openpty()
        self._number = number
        self.process = subprocess.Popen(
            (sys.executable, "-c", _AT_TERMINAL, *words),
            cwd=folder,
            env=environment,
            stdin=inner,
            stdout=inner,
            stderr=inner,
            start_new_session=True,
        )
        os.close(inner)
        self._seen = 0

    def answer(self, question: str, text: str) -> None:
        """Wait for a question, then type a line."""
        self.wait_for(question)
        os.write(self._number, f"{text}\n".encode())

    def wait_for(self, text: str) -> None:
        """Wait until a text is shown after what was waited for before."""
        until = time.monotonic() + 60
        while (found := self.shown.find(text, self._seen)) < 0:
            assert time.monotonic() < until, f"{text!r} was not shown after {self.shown[self._seen :]!r}"
            assert self._read() or text in self.shown[self._seen :], f"ended before {text!r}: {self.shown}"
        self._seen = found + len(text)

    def interrupt(self) -> int:
        """Press Ctrl-C, and again while nothing comes of it; the exit code.

        A signal between a prompt and its read wakes no read: a person, too, presses once more.
        """
        for _ in range(6):
            os.write(self._number, b"\x03")
            if self._ended(10):
                break
        return self.end()

    def end(self) -> int:
        """Wait for the end; the exit code."""
        while self._read():
            pass
        os.close(self._number)
        return self.process.wait(30)

    def _ended(self, seconds: float) -> bool:
        """Whether it ended within the time; what it says meanwhile is read."""
        until = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < until:
            if select.select([self._number], [], [], 0.05)[0] and not self._read():
                return True
        return self.process.poll() is not None

    def _read(self) -> bool:
        """False once there is nothing more to come."""
        ready, _, _ = select.select([self._number], [], [], 30)
        try:
            came = os.read(self._number, 65536) if ready else b""
        except OSError:
            return False
        self.shown += came.decode("utf-8", "replace")
        return bool(came)
