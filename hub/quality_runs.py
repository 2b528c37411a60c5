"""Runs of quality over the sources of a wired hub."""

from collections.abc import Callable

from hub.app import Hub
from hub.callers.register import Register
from hub.exchange.quality_running import Progress, QualityRunner
from hub.plan.model import ENTITY


def runner_of(hub: Hub, told: Callable[[Progress], None] = lambda _: None) -> QualityRunner:
    """What runs over the sources of a hub; `told` hears of each batch."""
    wording = hub.gateway.wording
    registers = Register(hub.sources.values(), [one.source for one in wording.topology.others(ENTITY)]).asked
    return QualityRunner(hub.database, hub.attendant.vault, hub.gateway.clock, wording.catalogue, registers, told)


def departments_of(hub: Hub) -> dict[str, str]:
    """Department of each source, by its name."""
    return {one.name: one.department for one in hub.settings.sources}
