"""What processes cost, by the kernel's own books (Linux /proc): CPU time with children, and memory.

CPU time is kept in ticks, usually of 10 ms: seconds of load are needed before it says anything.
"""

import os
import re
from collections.abc import Iterable, Mapping
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


def cpu_ms(pids: Iterable[int]) -> dict[int, float]:
    """CPU time of each process so far, user and system, with its children that have ended; those gone are left out."""
    found = ((pid, _ticks(pid)) for pid in pids)
    return {pid: ticks * _TICK_MS for pid, ticks in found if ticks is not None}


def spent_ms(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """CPU time between two looks, with processes that came meanwhile and without those that went."""
    return sum(spent - before.get(pid, 0.0) for pid, spent in after.items())


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


def _ticks(pid: int) -> int | None:
    try:
        # The name, in brackets, may hold blanks.
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return sum(map(int, fields[11:15]))
