"""What a question costs the hub's process: CPU and wall time on the demo city, everything switched on.

One process, one question at a time, through all rooms, the durable record included; no HTTP. Figures of one run
compare with each other, not with those of another machine.
"""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.app import Hub, wire
from hub.clock import Clock
from hub.demo.city import build_city
from hub.demo.examples import question
from hub.demo.personas import README_USCC
from hub.gateway import Request
from hub.settings import load_settings

NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
ROUNDS, WARM = 5, 10
LIST = "{ entities(first: 100) { edges { node { name status licences { certificateName validTo } } } } }"


@dataclass(frozen=True, slots=True)
class Workload:
    """A question and who asks it, and how often a round asks it."""

    name: str
    text: str
    client: str | None
    times: int


WORKLOADS = (
    Workload("typename", "{ __typename }", None, 60),
    Workload("one entity, all departments, public", question("one_entity"), None, 30),
    Workload("inspection, officer with row filters", question("inspection"), "market-enforcement-app", 30),
    Workload("page of 100 with licences, clerk", LIST, "service-hall-counter", 5),
)


async def measure(hub: Hub, workload: Workload) -> tuple[float, float]:
    """Medians over the rounds: CPU and wall milliseconds a question."""
    token = hub.issuer.issue(workload.client, NOON, timedelta(hours=1)) if workload.client else None
    credentials = Credentials(token, None, "bench" if workload.client else None)
    variables = {"code": README_USCC} if "$code" in workload.text else {}
    request = Request(workload.text, None, variables, credentials, OnDenied.PARTIAL, "bench")
    for _ in range(WARM):
        assert (await hub.gateway.answer(request)).body["data"]
    cpu: list[float] = []
    wall: list[float] = []
    for _ in range(ROUNDS):
        started, spent = time.perf_counter(), time.process_time()
        for _ in range(workload.times):
            await hub.gateway.answer(request)
        cpu.append((time.process_time() - spent) * 1000 / workload.times)
        wall.append((time.perf_counter() - started) * 1000 / workload.times)
    return statistics.median(cpu), statistics.median(wall)


async def run() -> None:
    """Measure every workload on a fresh city and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        city = await build_city(Path(folder), twin=False, today=date(2026, 11, 23), seed="bench")
        hub = wire(load_settings(city.configuration), Clock(lambda: NOON))
        figures = {workload.name: await measure(hub, workload) for workload in WORKLOADS}
        await hub.close()
        await city.aclose()
    least = min(cpu for cpu, _ in figures.values())
    print("| question | CPU ms | wall ms | × least |\n|---|---|---|---|")
    for name, (cpu, wall) in figures.items():
        print(f"| {name} | {cpu:.2f} | {wall:.2f} | {cpu / least:.1f} |")


if __name__ == "__main__":
    asyncio.run(run())
