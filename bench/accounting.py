"""What processes cost, by the kernel's own books (Linux /proc): CPU time with children, and memory.

CPU time is kept in ticks, usually of 10 ms: seconds of load are needed before it says anything.
"""

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
_MB = 1024
_SIZES = re.compile(r"^(Pss|Rss): +(\d+) kB$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Memory:
    """Proportional and resident set size in MB."""

    pss: float
    rss: float


def family(pid: int) -> list[int]:
    """The process and all that it started, as far as they live."""
    found = [pid]
    for parent in found:
        for listed in Path(f"/proc/{parent}/task").glob("*/children"):
            found += map(int, listed.read_text().split())
    return found


def cpu_ms(pids: Iterable[int]) -> float:
    """CPU time of the processes so far, user and system, with children that have ended."""
    return sum(_ticks(pid) for pid in pids) * _TICK_MS


def memory(pids: Iterable[int]) -> Memory:
    """Memory of the processes together."""
    pss = rss = 0
    for pid in pids:
        sizes = dict(_SIZES.findall(Path(f"/proc/{pid}/smaps_rollup").read_text()))
        pss, rss = pss + int(sizes["Pss"]), rss + int(sizes["Rss"])
    return Memory(pss / _MB, rss / _MB)


def pin(pids: Iterable[int], core: int) -> bool:
    """Keep processes on one core; False where the kernel does not let us."""
    try:
        for pid in pids:
            os.sched_setaffinity(pid, {core})
    except OSError:
        return False
    return True


def _ticks(pid: int) -> int:
    try:
        # The name, in brackets, may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return sum(map(int, fields[11:15]))
