"""What was measured, as a table for people and as JSON for the next one who compares.

Knows the bar and what makes an opponent honest; measures nothing.
"""

import platform
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from bench.drive import REFERENCE, Contest, Figure, Footprint

PEER = "mercurius"
BAR = {"w1": 0.5, "w2": 1.0, "w3": 0.9, "w4": 1.0}
"""Most CPU the hub may take, as a multiple of the hand-written endpoint's."""
PEER_BAR = {"w1": 0.5, "w2": 0.5, "w3": 0.5}
"""The same, as a multiple of Mercurius's."""
HONEST = {"w1": 1.1, "w2": 0.33, "w3": 0.53}
"""Most CPU the hand-written endpoint may take, as a multiple of Mercurius's: above it, it is a straw man."""
READY_MS, PSS_MB, RSS_MB = 1500.0, 80.0, 110.0

Figures = Mapping[Contest, Figure]


def table(figures: Figures) -> str:
    """One row a server and way, by question and connections."""
    head = "| question | connections | server | CPU ms | × hand-written | × Mercurius | rps | p50 ms | p99 ms | PostgreSQL CPU ms | wrong |"
    rows = [head, f"|{'---|' * 11}"]
    for contest, figure in figures.items():
        name = contest.server if contest.way == "plain" else f"**{contest.server}, with provenance**"
        rows.append(
            f"| {contest.question} | {contest.connections} | {name} | {figure.cpu:.3f} "
            f"| {_times(figures, contest, REFERENCE)} | {_times(figures, contest, PEER)} | {figure.rps:.0f} "
            f"| {figure.p50:.2f} | {figure.p99:.2f} | {figure.postgres:.3f} | {figure.wrong} |"
        )
    return "\n".join(rows)


def footprints(found: Mapping[str, Footprint]) -> str:
    """One row a server: start and memory."""
    rows = ["| server, alone | first answer after ms | PSS MB | RSS MB |", "|---|---|---|---|"]
    for name, one in found.items():
        rows.append(f"| {name} | {one.ready_ms:.0f} | {one.memory.pss:.0f} | {one.memory.rss:.0f} |")
    return "\n".join(rows)


def verdicts(figures: Figures, found: Mapping[str, Footprint]) -> Iterator[str]:
    """Whether the opponent was honest, and the hub under the bar; nothing is said of what was not measured."""
    for contest, figure in figures.items():
        if figure.wrong:
            yield f"WRONG {contest.question}: {figure.wrong} answers of {contest.server} were errors"
        if contest.server == REFERENCE:
            yield from _verdict("honest opponent", contest, ratio(figures, contest, PEER), HONEST)
        elif contest.server == "hub" and (contest.way == "sourced" or contest.question == "w4"):
            yield from _verdict("of the hand-written", contest, ratio(figures, contest, REFERENCE), BAR)
            yield from _verdict("of Mercurius", contest, ratio(figures, contest, PEER), PEER_BAR)
    if "hub" in found:
        hub = found["hub"]
        yield _line("first answer of the hub, ms", hub.ready_ms, READY_MS)
        yield _line("PSS of the hub, MB", hub.memory.pss, PSS_MB)
        yield _line("RSS of the hub, MB", hub.memory.rss, RSS_MB)


def ratio(figures: Figures, contest: Contest, other: str) -> float | None:
    """CPU as a multiple of another server's for the same question; None where that was not measured."""
    theirs = figures.get(Contest(contest.question, contest.connections, other, "plain"))
    return figures[contest].cpu / theirs.cpu if theirs and theirs.cpu else None


def write(path: Path, setting: Mapping[str, Any], figures: Figures, found: Mapping[str, Footprint]) -> None:
    """Write everything that was measured, and on what, as JSON."""
    written = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "commit": _said("git", "rev-parse", "--short", "HEAD"),
        "machine": {"processor": _processor(), "python": platform.python_version(), "node": _said("node", "--version")},
        "setting": setting,
        "figures": [{**asdict(contest), **asdict(figure)} for contest, figure in figures.items()],
        "footprints": {name: asdict(one) for name, one in found.items()},
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(orjson.dumps(written, option=orjson.OPT_INDENT_2))


def _times(figures: Figures, contest: Contest, other: str) -> str:
    found = ratio(figures, contest, other)
    return "–" if found is None else f"{found:.2f}"


def _verdict(what: str, contest: Contest, found: float | None, bars: Mapping[str, float]) -> Iterator[str]:
    if found is not None and contest.question in bars:
        yield _line(f"{contest.question}, {contest.connections} connections, {what}", found, bars[contest.question])


def _line(what: str, found: float, bar: float) -> str:
    return f"{'met   ' if found <= bar else 'MISSED'} {what}: {found:.2f}, bar {bar:g}"


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _said(*command: str) -> str:
    try:
        return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""
