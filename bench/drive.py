"""The method: servers alone on one core, load and PostgreSQL on the other, rounds in alternation, medians.

Before anything is measured, every server's `data` is compared with the hand-written endpoint's. What the figures
mean is in docs/performance.md; how they are printed, in report.py.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from statistics import median
from typing import Any
from urllib.parse import urlsplit

import asyncpg

from bench import accounting
from bench.accounting import Memory, cpu_ms, family, spent_ms
from bench.load import Load, NotReady, drive
from bench.loading import connected
from bench.questions import QUESTIONS, Key, Question
from bench.servers import Running, Server, running
from bench.wire import Template, exchange

REFERENCE = "handwritten"
_CHECKED = 10
"""Keys on which servers are compared before they are measured."""
_STARTS = 3
_ANSWERS = 4
"""Answers a connection that a turn must see."""
_LONGEST = 60
_RESTING_MS = 20.0
"""CPU time in a tenth of a second below which a server is taken to rest."""


@dataclass(frozen=True, slots=True)
class Method:
    """How long and how often: rounds, seconds of a turn and of its warm-up, numbers of connections, the two cores."""

    rounds: int
    seconds: int
    warm: int
    connections: tuple[int, ...]
    server_core: int
    load_core: int


@dataclass(frozen=True, slots=True)
class Figure:
    """What one server showed for one question: CPU of the server and of PostgreSQL a request, in milliseconds."""

    cpu: float
    postgres: float
    rps: float
    p50: float
    p99: float
    wrong: int


@dataclass(frozen=True, slots=True)
class Footprint:
    """What a server needs alone on the machine: milliseconds to its first answer, memory after load in MB."""

    ready_ms: float
    memory: Memory


@dataclass(frozen=True, slots=True)
class Contest:
    """One question at one number of connections, asked of one server in one way."""

    question: str
    connections: int
    server: str
    way: str


@dataclass(frozen=True, slots=True)
class Keys:
    """Everything there is to ask for."""

    usccs: Sequence[str]
    divisions: Sequence[str]

    def draw(self, question: Question, rng: random.Random) -> list[str]:
        """Keys for one request."""
        everything = self.divisions if question.key is Key.DIVISION else self.usccs
        return [rng.choice(everything) for _ in range(question.keys)]


@dataclass(frozen=True, slots=True)
class Entrant:
    """A running server with one way of being asked."""

    running: Running
    way: str
    ask: Callable[[Question], Template]


@asynccontextmanager
async def together(servers: Sequence[Server], core: int | None) -> AsyncIterator[list[Running]]:
    """All servers up; those that are not asked use no CPU."""
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(running(server, core)) for server in servers]


async def agree(started: Sequence[Running], question: Question, keys: Keys) -> None:
    """NotReady where a server's data is not the reference's; the hub is asked as callers without masks."""
    reference = next((one for one in started if one.server.name == REFERENCE), started[0])
    rng = random.Random(question.name)
    for _ in range(_CHECKED if question.keys else 1):
        drawn = keys.draw(question, rng)
        wanted = (await _answers(reference, question, drawn))[0]
        for one in started:
            if any(found != wanted for found in await _answers(one, question, drawn)):
                raise NotReady(f"{one.server.name} answers {question.name} for {drawn[:1]} otherwise")


async def measure(
    started: Sequence[Running], question: Question, load: Load, method: Method, dsn: str
) -> dict[Contest, Figure]:
    """Rounds in alternation, after a warm-up of each; medians."""
    entrants = [entrant for one in started for entrant in _ways(one, question)]
    warming = replace(load, seconds=method.warm)
    for entrant in entrants:
        await drive(entrant.running.port, entrant.ask(question), warming, seed=0)
    turns: list[list[Figure]] = [[] for _ in entrants]
    for number in range(method.rounds):
        for entrant, figures in zip(entrants, turns, strict=True):
            figures.append(await _turn(entrant, question, load, dsn, seed=number + 1))
    return {
        Contest(question.name, load.connections, entrant.running.server.name, entrant.way): _middle(figures)
        for entrant, figures in zip(entrants, turns, strict=True)
    }


async def footprint(server: Server, load: Load, method: Method) -> Footprint:
    """A server alone: median of several starts, and memory after every question at the last of them."""
    ready: list[float] = []
    for _ in range(_STARTS - 1):
        async with running(server, method.server_core) as one:
            ready.append(one.ready_ms)
    async with running(server, method.server_core) as one:
        for question in QUESTIONS.values():
            await drive(one.port, (server.sourced or server.plain)(question), load, seed=0)
        return Footprint(median([*ready, one.ready_ms]), accounting.memory(family(one.pid)))


def _ways(one: Running, question: Question) -> list[Entrant]:
    server = one.server
    plain = Entrant(one, "plain", server.plain)
    if server.sourced is None or not question.varies:
        return [plain]
    return [Entrant(one, "sourced", server.sourced), plain]


async def _turn(entrant: Entrant, question: Question, load: Load, dsn: str, seed: int) -> Figure:
    """One turn; again and twice as long where what was still being worked on at its end would weigh too much."""
    pid, name = entrant.running.pid, entrant.running.server.name
    await _settled(pid)
    backends = await _backends(dsn)
    accounting.pin(backends, load.core)
    server, postgres = cpu_ms(family(pid)), cpu_ms(backends)
    seen = await drive(entrant.running.port, entrant.ask(question), load, seed)
    server_ms = spent_ms(server, cpu_ms(family(pid)))
    postgres_ms = spent_ms(postgres, cpu_ms(await _backends(dsn)))
    if seen.requests < _ANSWERS * load.connections:
        if load.seconds > _LONGEST:
            raise NotReady(f"{name} does not answer {question.name} at {load.connections} connections")
        print(f"  {name}: {seen.requests} answers in {load.seconds} s are too few, again with twice the time")
        return await _turn(entrant, question, replace(load, seconds=2 * load.seconds), dsn, seed)
    return Figure(
        cpu=server_ms / seen.requests,
        postgres=postgres_ms / seen.requests,
        rps=seen.requests / seen.seconds,
        p50=seen.p50,
        p99=seen.p99,
        wrong=seen.wrong,
    )


async def _settled(pid: int) -> None:
    """Wait until a server rests: wrk leaves when its time is up, and what it had asked is still worked on."""
    for _ in range(100):
        before = cpu_ms(family(pid))
        await asyncio.sleep(0.1)
        if spent_ms(before, cpu_ms(family(pid))) < _RESTING_MS:
            return


def _middle(figures: Sequence[Figure]) -> Figure:
    """Median of each part; of wrong answers, all of them."""
    return Figure(
        cpu=median(one.cpu for one in figures),
        postgres=median(one.postgres for one in figures),
        rps=median(one.rps for one in figures),
        p50=median(one.p50 for one in figures),
        p99=median(one.p99 for one in figures),
        wrong=sum(one.wrong for one in figures),
    )


async def _answers(one: Running, question: Question, drawn: Sequence[str]) -> list[Any]:
    """The data a server answers; where it knows provenance, also by the text that asks for it, without it."""
    ask = one.server.clear
    if ask is None:
        data = await _data(one, one.server.plain(question), drawn)
        return [without_provenance(data) if one.server.dated and question.varies else data]
    found = [await _data(one, ask(question, question.plain), drawn)]
    if question.varies:
        found.append(without_provenance(await _data(one, ask(question, question.sourced), drawn)))
    return found


async def _data(one: Running, template: Template, drawn: Sequence[str]) -> Any:
    answer = await exchange(one.port, template.filled(drawn))
    if answer.get("errors"):
        raise NotReady(f"{one.server.name} answers {template.question.name} with errors: {answer['errors'][:1]}")
    return answer["data"]


def without_provenance(value: Any) -> Any:
    """The data without what it says of its sources; NotReady where a record says less than it was asked.

    A record is what holds a value; everything else only holds records.
    """
    if isinstance(value, list):
        return [without_provenance(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    told = value.get("provenance", {})
    if any(not isinstance(item, (list, Mapping)) for item in value.values()):
        for name in ("source", "asOf"):
            if not told.get(name):
                raise NotReady(f"a record does not say its {name}: {list(value)}")
    return {name: without_provenance(item) for name, item in value.items() if name != "provenance"}


async def _backends(dsn: str) -> list[int]:
    """PostgreSQL's processes for the sessions of the measured database; none where it runs elsewhere."""
    if urlsplit(dsn).hostname not in (None, "localhost", "127.0.0.1", "::1"):
        return []
    async with connected(dsn) as session:
        rows: Sequence[asyncpg.Record] = await session.fetch(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    return [row[0] for row in rows]
