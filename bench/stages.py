"""What each room of the gateway costs by itself, in one process on SQLite files, beside a stored baseline.

A figure is CPU time as a multiple of a calibration loop that runs in the same process at the same moment: it carries
over to another day on the same machine well, and to another machine roughly.
"""

import hashlib
import random
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

import orjson

from auth.access import Access
from auth.admission import Credentials
from bench.data import SIZES, chunks, divisions
from bench.drive import Keys
from bench.hub_side import callers, write_hub
from bench.loading import sqlite_data
from bench.questions import QUESTIONS
from hub.answer import OnDenied
from hub.app import Hub, wire
from hub.audit.canonical import question_of
from hub.audit.recorder import Asked, Outcome, Recorded
from hub.gateway import Request
from hub.operation import read_operation
from hub.plan.bind import Bound
from hub.plan.bind import Question as Values
from hub.plan.explain import held_fields
from hub.plan.planner import Planner
from hub.settings import load_settings
from hub.shape.ledger import Shaped, Tools, write

STAGES = ("verify", "known", "admit", "read", "plan", "bind", "fetch", "shape", "clear", "record", "whole")
"""The rooms in their order. `verify` is a token that was never seen, `known` one that was; `read` and `plan` are for a text and a policy never seen before, the others for known ones;
`clear` is `shape` for a caller for whom nothing is masked, so that both tell what masks cost; `whole` is a known question
from token to JSON."""
ASKED = ("w1", "w2", "w3")
BASELINE = Path(__file__).with_name("baseline.json")
SIZE = "10k"
_TURN_NS = 30_000_000
_SAME = 0.15
"""Share by which a figure may move before it is called faster or slower."""

Work = Callable[[], Awaitable[object]]
Figures = dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True)
class Step:
    """One stage of one question, ready to be repeated."""

    question: str
    stage: str
    work: Work


async def run(folder: Path, rounds: int, *, write: bool) -> None:
    """Measure every stage, print it beside the baseline, and store it as the new one if asked."""
    config = write_hub(folder / "hub-stages", sqlite_data(folder, SIZE, print))
    hub = wire(load_settings(config))
    try:
        steps = [step for name in ASKED for step in await _steps(hub, config, name)]
        microseconds, figures = await _measure(steps, rounds)
    finally:
        await hub.close()
    print(table(microseconds, figures, load_baseline()))
    if write:
        BASELINE.write_bytes(orjson.dumps(figures, option=orjson.OPT_INDENT_2) + b"\n")
        print(f"\nwritten: {BASELINE.name}")


def load_baseline() -> Figures:
    """The stored figures by question and stage."""
    found: Figures = orjson.loads(BASELINE.read_bytes()) if BASELINE.exists() else {}
    return found


def table(microseconds: Figures, figures: Figures, baseline: Mapping[str, Mapping[str, float]]) -> str:
    """One row a stage: CPU time, the multiple of the calibration loop, and what became of the baseline."""
    rows = ["| question | stage | CPU µs | × calibration | baseline | |", "|---|---|---|---|---|---|"]
    for question, stages in figures.items():
        for stage, figure in stages.items():
            before = baseline.get(question, {}).get(stage)
            told = "–" if before is None else f"{before:.2f}"
            spent = microseconds[question][stage]
            rows.append(f"| {question} | {stage} | {spent:.0f} | {figure:.2f} | {told} | {change(figure, before)} |")
    return "\n".join(rows)


def change(now: float, before: float | None) -> str:
    """What became of a figure, in words."""
    if before is None:
        return "new"
    if now > before * (1 + _SAME):
        return f"slower × {now / before:.2f}"
    if now < before * (1 - _SAME):
        return f"faster × {now / before:.2f}"
    return "as before"


async def _steps(hub: Hub, config: Path, name: str) -> list[Step]:
    """The stages of one question, each with what the one before it made; asked by a caller with two masked fields."""
    gateway, question = hub.gateway, QUESTIONS[name]
    caller = next(caller for caller in callers(config) if caller.masked)
    unmasked = next(caller for caller in callers(config) if not caller.masked)
    credentials = Credentials(caller.token, caller.purpose)
    variables = question.variables(_keys().draw(question, random.Random(name)))
    request = Request(question.sourced, None, variables, credentials, OnDenied.PARTIAL, name)
    access, operation = gateway.admit(credentials), gateway.planner.read(request.text, None)
    limits, catalogue, topology = gateway.planner.limits, gateway.wording.catalogue, gateway.wording.topology

    def plan() -> object:
        return Planner(catalogue, topology, gateway.schemas, limits).prepare(operation, access, variables)

    def bound(by: Access = access) -> Bound:
        prepared = gateway.planner.prepare(operation, by, variables)
        found = prepared.binder.bind(Values(prepared.variables, by, gateway.clock.today(), gateway.seal))
        gateway.fetcher.check(found)
        return found

    once, clear = bound(), bound(gateway.admit(Credentials(unmasked.token, unmasked.purpose)))
    fields = held_fields(once)
    replies = await gateway.fetcher.fetch(once, access.purpose, [])

    def shaped(one: Bound = once) -> Shaped:
        tools = Tools(topology, lambda at: (gateway.ids.identify(at.field, at.value), at), gateway.seal.seal, replied)
        return gateway.shapers.of(one.plan).shape(one, replies, tools)

    replied = gateway.clock.moment()
    answer = shaped()

    def record() -> Awaitable[Recorded]:
        asked = Asked(access, operation.digest, name, fields, question_of(request.text, None, variables))
        outcome = Outcome("ANSWERED", write(answer.data)[1], answer.notes, answer.entities)
        return gateway.recorder.record(asked, outcome, replies.traces)

    async def whole() -> bytes:
        return (await gateway.answer(request)).json

    verifier, now = hub.attendant.house.verifier, gateway.clock.now()

    def verify() -> object:
        verifier._verified.clear()
        return verifier.verify(caller.token, now)

    works: dict[str, Work] = {
        "verify": _awaited(verify),
        "known": _awaited(lambda: verifier.verify(caller.token, now)),
        "admit": _awaited(lambda: gateway.admit(credentials)),
        "read": _awaited(lambda: read_operation(request.text, None, limits)),
        "plan": _awaited(plan),
        "bind": _awaited(bound),
        "fetch": lambda: gateway.fetcher.fetch(once, access.purpose, []),
        "shape": _awaited(shaped),
        "clear": _awaited(lambda: shaped(clear)),
        "record": record,
        "whole": whole,
    }
    return [Step(name, stage, works[stage]) for stage in STAGES]


def _awaited(work: Callable[[], object]) -> Work:
    async def run() -> object:
        return work()

    return run


def _keys() -> Keys:
    """Keys of the first thousand entities, and all divisions."""
    entities = SIZES[SIZE]
    return Keys([row[0] for row in next(chunks(entities)).register], divisions(entities))


async def _measure(steps: Sequence[Step], rounds: int) -> tuple[Figures, Figures]:
    """Medians over the rounds: microseconds of CPU, and multiples of the calibration beside each."""
    times = [await _times(step.work) for step in steps]
    spent: list[list[float]] = [[] for _ in steps]
    multiples: list[list[float]] = [[] for _ in steps]
    for _ in range(rounds):
        for place, step in enumerate(steps):
            unit = await _cpu(_awaited(_calibration), 10)
            found = await _cpu(step.work, times[place])
            spent[place].append(found / 1000)
            multiples[place].append(found / unit)
    return _by_question(steps, spent), _by_question(steps, multiples)


def _by_question(steps: Sequence[Step], found: Sequence[Sequence[float]]) -> Figures:
    figures: Figures = {}
    for step, values in zip(steps, found, strict=True):
        figures.setdefault(step.question, {})[step.stage] = round(median(values), 3)
    return figures


async def _times(work: Work) -> int:
    """How often a turn repeats the work; it is warm afterwards."""
    await _cpu(work, 3)
    return max(3, int(_TURN_NS / max(1.0, await _cpu(work, 3))))


async def _cpu(work: Work, times: int) -> float:
    """CPU time of the process, threads included, in nanoseconds for one of so many runs."""
    began = time.process_time_ns()
    for _ in range(times):
        await work()
    return (time.process_time_ns() - began) / times


def _calibration() -> Any:
    """A fixed piece of what a gateway does in Python: dicts, texts, a digest. About a fifth of a millisecond."""
    digest = hashlib.sha256()
    for number in range(100):
        row = {f"field{place}": number * place for place in range(8)}
        digest.update(" ".join(f"{name}={value}" for name, value in row.items()).encode())
    return digest.hexdigest()
