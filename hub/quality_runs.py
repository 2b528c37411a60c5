"""Runs of quality over the sources of a wired hub."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Protocol

from hub.callers.attendant import Attendant
from hub.callers.register import Register
from hub.exchange.quality_running import Progress, QualityRunner
from hub.exchange.quality_working import QualityWorker
from hub.fetch import Source
from hub.gateway import Gateway
from hub.plan.model import ENTITY
from hub.settings import Settings
from hub.store.database import Database


class Wired(Protocol):
    """What of a wired hub runs over its sources."""

    @property
    def attendant(self) -> Attendant: ...
    @property
    def database(self) -> Database: ...
    @property
    def gateway(self) -> Gateway: ...
    @property
    def settings(self) -> Settings: ...
    @property
    def sources(self) -> Mapping[str, Source]: ...


def runner_of(hub: Wired, told: Callable[[Progress], None] = lambda _: None) -> QualityRunner:
    """What runs over the sources of a hub; `told` hears of each batch."""
    wording = hub.gateway.wording
    registers = Register(hub.sources.values(), [one.source for one in wording.topology.others(ENTITY)]).asked
    return QualityRunner(hub.database, hub.attendant.vault, hub.gateway.clock, wording.catalogue, registers, told)


def worker_of(hub: Wired) -> QualityWorker:
    """What does the runs that people began, by the same code."""
    return QualityWorker(hub.database, hub.gateway.clock, hub.sources, partial(runner_of, hub))


def departments_of(hub: Wired) -> dict[str, str]:
    """Department of each source, by its name."""
    return {one.name: one.department for one in hub.settings.sources}
