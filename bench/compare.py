"""`python -m bench peers`: brings data, servers and load together, and runs the method over them."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from bench import report, servers
from bench.drive import Contest, Figure, Footprint, Keys, Method, agree, footprint, measure, together
from bench.load import Codes, Load, NotReady, check_wrk
from bench.loading import SERVER, codes_in, postgres_data, sqlite_data, version_of
from bench.questions import QUESTIONS, Question
from bench.servers import Server

VAR = Path("var/bench")
LATEST = VAR / "latest.json"
USUAL = ("hub", "handwritten", "mercurius", "strawberry")
SERVERS = (*USUAL, "least", "hub-sqlite")
"""What can be compared, and what is unless others are named; the last one is the hub on SQLite files."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What to compare: the size of the data, servers and questions by name, and how."""

    size: str
    servers: Sequence[str]
    questions: Sequence[str]
    method: Method


@dataclass(frozen=True, slots=True)
class Data:
    """The loaded data: DSN of its database, all keys, and the files wrk draws them from."""

    dsn: str
    keys: Keys
    codes: Codes


async def compare(asked: Comparison) -> None:
    """Measure and print; NotReady says in a sentence what is missing."""
    check_wrk()
    _check_cores(asked.method)
    data = await load_data(asked.size)
    entrants = [prepare(name, asked.size, data.dsn) for name in asked.servers]
    questions = [QUESTIONS[name] for name in asked.questions]
    alone = await _alone(entrants, asked.method, data)
    figures = await _side_by_side(entrants, questions, asked.method, data)
    print("", report.table(figures), "", report.footprints(alone), "", sep="\n")
    print(*report.verdicts(figures, alone), sep="\n")
    setting = {"entities": asked.size, "servers": list(asked.servers), **asdict(asked.method)}
    setting["postgresql"] = await version_of(data.dsn)
    report.write(LATEST, setting, figures, alone)
    print(f"\nwritten: {LATEST}")


async def show_data(size: str) -> None:
    """Load the data, unless they are there, and say what there is."""
    keys = (await load_data(size)).keys
    print(f"hub_bench_{size}: {len(keys.usccs):,} entities in {len(keys.divisions)} divisions")


async def load_data(size: str) -> Data:
    """The data in PostgreSQL, loaded if it is not yet, and the files of its keys."""
    try:
        dsn = await postgres_data(SERVER, size, print)
    except OSError:
        raise NotReady("PostgreSQL does not answer; HUB_BENCH_POSTGRES names a server, postgresql://…") from None
    usccs, divisions = await codes_in(dsn)
    codes = Codes(VAR / f"usccs-{size}", VAR / f"divisions-{size}")
    VAR.mkdir(parents=True, exist_ok=True)
    codes.uscc.write_text("".join(usccs), encoding="ascii")
    codes.division.write_text("".join(divisions), encoding="ascii")
    return Data(dsn, Keys(usccs, divisions), codes)


def prepare(name: str, size: str, dsn: str) -> Server:
    """A server by its name, installed and configured."""
    made: Mapping[str, Callable[[], Server]] = {
        "hub": lambda: servers.hub("hub", VAR / "hub", dsn),
        "handwritten": lambda: servers.handwritten(dsn),
        "mercurius": lambda: servers.mercurius(dsn),
        "strawberry": lambda: servers.strawberry(dsn),
        "least": lambda: servers.least(dsn),
        "hub-sqlite": lambda: servers.hub("hub-sqlite", VAR / "hub-sqlite", sqlite_data(VAR, size, print)),
    }
    return made[name]()


async def _alone(entrants: Sequence[Server], method: Method, data: Data) -> dict[str, Footprint]:
    found = {}
    for server in entrants:
        print(f"{server.name}: starts and memory, alone")
        load = Load(method.connections[0], method.seconds, method.load_core, data.codes, VAR)
        found[server.name] = await footprint(server, load, method)
    return found


async def _side_by_side(
    entrants: Sequence[Server], questions: Sequence[Question], method: Method, data: Data
) -> dict[Contest, Figure]:
    figures: dict[Contest, Figure] = {}
    async with together(entrants, method.server_core) as started:
        for question in QUESTIONS.values():
            await agree(started, question, data.keys)
        print("every server answers the same data")
        for question in questions:
            for connections in method.connections:
                print(f"{question.name}, {connections} connections: {question.about}")
                load = Load(connections, method.seconds, method.load_core, data.codes, VAR)
                figures.update(await measure(started, question, load, method, data.dsn))
    return figures


def _check_cores(method: Method) -> None:
    wanted = {method.server_core, method.load_core}
    if not wanted <= os.sched_getaffinity(0) or len(wanted) < 2:
        raise NotReady(
            "servers and load need a core each; --server-core and --load-core name two that this machine has"
        )
