"""One turn of load: wrk, pinned to its core, drives one question at one server and says what it saw."""

import asyncio
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from bench.wire import HOST, Template

_SCRIPT = Path(__file__).with_name("load.lua")
_SEEN = re.compile(r"^TURN (\d+) (\d+) (\d+) (\d+) (\d+)$", re.MULTILINE)


class NotReady(Exception):
    """Something the measurement needs is not there; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Codes:
    """Files of all keys, one after the other without separators."""

    uscc: Path
    division: Path

    def of(self, template: Template) -> str:
        """File of the keys a question takes, empty where it takes none."""
        return str(getattr(self, template.question.key)) if template.question.keys else ""


@dataclass(frozen=True, slots=True)
class Load:
    """How a turn is driven: connections, seconds, the core wrk has to itself, and where its files go."""

    connections: int
    seconds: int
    core: int
    codes: Codes
    folder: Path


@dataclass(frozen=True, slots=True)
class Seen:
    """What wrk saw: answers, the seconds they took together, percentiles in milliseconds, answers that were wrong."""

    requests: int
    seconds: float
    p50: float
    p99: float
    wrong: int


def check_wrk() -> None:
    """NotReady where there is no wrk."""
    if shutil.which("wrk") is None:
        raise NotReady("wrk is needed to make the load; Debian, Ubuntu: apt-get install wrk")


async def drive(port: int, template: Template, load: Load, seed: int) -> Seen:
    """Drive a server; the same seed draws the same keys."""
    turn = load.folder / "turn.lua"
    turn.write_text(template.lua(load.codes.of(template)), encoding="ascii")
    command = ["taskset", "-c", str(load.core), "wrk", "-t1", f"-c{load.connections}", f"-d{load.seconds}s"]
    command += ["--timeout", "10s", "-s", str(_SCRIPT), f"http://{HOST}:{port}", "--", str(turn), str(seed)]
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed = (await process.communicate())[0].decode()
    found = _SEEN.search(printed)
    if found is None:
        raise NotReady(f"wrk did not finish:\n{printed}")
    requests, microseconds, p50, p99, wrong = map(int, found.groups())
    return Seen(requests, microseconds / 1e6, p50 / 1000, p99 / 1000, wrong)
