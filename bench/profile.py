"""Where the hub's CPU time goes under load, by room: the served process samples itself, wrk drives it.

A sample looks at what the process is doing. Python sees a signal only between two steps of its own code, so time
inside a C library counts for whoever called it or ran next: read shares, not microseconds.
"""

import os
import signal
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from bench import servers
from bench.accounting import cpu_ms, family, spent_ms
from bench.compare import VAR, load_data
from bench.hub_side import serve_command
from bench.load import Load, check_wrk, drive
from bench.questions import QUESTIONS

SAMPLES = VAR / "samples.json"
OUTSIDE = "outside"
_SHOWN = 15
ROOMS = (
    ("edge", ("hub/asgi.py", "hub/http_question.py", "hub/serve.py")),
    ("who", ("auth/",)),
    ("read", ("hub/operation.py", "hub/limits.py")),
    ("bind", ("hub/plan/bind.py", "hub/plan/rows.py", "hub/plan/search.py", "hub/plan/cursor.py")),
    ("plan", ("hub/plan/", "schema/")),
    ("fetch", ("hub/fetch.py", "hub/replies.py", "hub/coalesce.py", "hub/sources.py", "adapters/")),
    ("shape", ("hub/shape/", "hub/notes.py")),
    ("record", ("hub/audit/", "hub/store/")),
    ("answer", ("hub/answer.py",)),
    ("gateway", ("hub/",)),
)
"""Rooms and the beginnings of their files; the first that fits."""
LIBRARIES = (
    ("edge", ("uvicorn/", "starlette/")),
    ("fetch", ("sqlalchemy/", "asyncpg/")),
)
"""The same for stacks without a file of ours: SQLAlchemy runs its asynchronous side on stacks of its own."""


def room_of(ours: str, inside: str) -> str:
    """Room of a place: a function of ours or an empty text, and the function that runs inside it."""
    place, known = (ours, ROOMS) if ours else (inside, LIBRARIES)
    return next((room for room, beginnings in known if place.startswith(beginnings)), OUTSIDE)


@dataclass(frozen=True, slots=True)
class Loading:
    """How the hub is loaded: connections, seconds, and the two cores."""

    connections: int
    seconds: int
    server_core: int
    load_core: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """Samples of one question under load: places with their counts, and the CPU of a request in milliseconds."""

    question: str
    counts: Counter[tuple[str, str]]
    cpu: float

    def rooms(self) -> Counter[str]:
        """Samples by room."""
        found: Counter[str] = Counter()
        for (ours, inside), count in self.counts.items():
            found[room_of(ours, inside)] += count
        return found


async def run(size: str, questions: Sequence[str], load_of: Loading) -> None:
    """Sample the hub under every question in turn and print where its time went."""
    check_wrk()
    data = await load_data(size)
    server = servers.hub("hub", VAR / "hub-profile", data.dsn, _sampled_command)
    load = Load(load_of.connections, load_of.seconds, load_of.load_core, data.codes, VAR)
    for name in questions:
        print(table(await _sampled(server, load_of.server_core, name, load)))


def table(sampled: Sampled) -> str:
    """Rooms by their share, then the functions that took most."""
    total = max(1, sampled.counts.total())
    rows = [
        f"\n{sampled.question}: {sampled.cpu:.2f} ms CPU a request, {total} samples",
        "",
        "| room | % | ms |",
        "|---|---|---|",
    ]
    for room, count in sampled.rooms().most_common():
        rows.append(f"| {room} | {100 * count / total:.1f} | {sampled.cpu * count / total:.3f} |")
    return "\n".join([*rows, "", *_functions(sampled, total)])


def _functions(sampled: Sampled, total: int) -> Iterator[str]:
    yield "| function of ours | inside it | % |"
    yield "|---|---|---|"
    for (ours, inside), count in sampled.counts.most_common(_SHOWN):
        yield f"| {ours or OUTSIDE} | {'' if inside == ours else inside} | {100 * count / total:.1f} |"


async def _sampled(server: servers.Server, core: int, name: str, load: Load) -> Sampled:
    assert server.sourced is not None
    template = server.sourced(QUESTIONS[name])
    SAMPLES.unlink(missing_ok=True)
    async with servers.running(server, core) as one:
        await drive(one.port, template, replace(load, seconds=1), seed=0)
        before = cpu_ms(family(one.pid))
        os.kill(one.pid, signal.SIGUSR1)
        seen = await drive(one.port, template, load, seed=1)
        spent = spent_ms(before, cpu_ms(family(one.pid)))
    counts = Counter({(ours, inside): count for ours, inside, count in orjson.loads(SAMPLES.read_bytes())})
    return Sampled(name, counts, spent / max(1, seen.requests))


def _sampled_command(config: Path, port: int) -> list[str]:
    _, *arguments = serve_command(config, port)
    return [sys.executable, "-m", "bench.sampler", str(SAMPLES), *arguments]
