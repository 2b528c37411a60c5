"""A demo city with a hub in front of it, in this process, and questions asked of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from auth.admission import Credentials
from hub.answer import OnDenied
from hub.app import Hub, wire
from hub.clock import Clock
from hub.demo.city import City, build_city
from hub.demo.run import look_at_sources
from hub.errors import HubError, error_json
from hub.gateway import Request
from hub.settings import load_settings
from tests.cuts import CUTS
from tests.receipts import dropped

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


@dataclass(frozen=True)
class Demo:
    """The city and its hub."""

    city: City
    hub: Hub

    async def ask(self, text: str, client: str | None = None, **more: Any) -> dict[str, Any]:
        """Body of the answer but for its receipt; `case`, `purpose`, `variables`, `on_denied` as a request carries them."""
        token = self.hub.issuer.issue(client, NOON, timedelta(minutes=10)) if client else None
        credentials = Credentials(token, more.get("purpose"), more.get("case", "检查-1" if client else None))
        on_denied = more.get("on_denied", OnDenied.PARTIAL)
        request = Request(text, None, more.get("variables", {}), credentials, on_denied, "fixed")
        try:
            return dropped((await self.hub.gateway.answer(request)).body)
        except HubError as fault:
            return {"errors": [error_json(fault.code, "fixed", fault.path, **fault.names)]}


@asynccontextmanager
async def running_demo(folder: Path, *, twin: bool = False) -> AsyncIterator[Demo]:
    """A demo that stands still at noon of one day."""
    city = await build_city(folder, twin=twin, today=TODAY, seed="zhaodong")
    try:
        async with hub_before(city) as demo:
            yield demo
    finally:
        await city.aclose()


@asynccontextmanager
async def hub_before(city: City, impatient: str | None = None) -> AsyncIterator[Demo]:
    """A hub in front of a city, its files taken; `impatient` names the one source that is not waited for long."""
    written = city.configuration.read_text(encoding="utf-8").split("[[source]]")
    # A busy machine is no silent source.
    patient = [part.replace("timeout_ms = 5000", f"timeout_ms = {_patience(part, impatient)}") for part in written]
    path = city.configuration.with_name("patient.toml")
    path.write_text("[[source]]".join(patient), encoding="utf-8")
    hub = wire(load_settings(path), Clock(lambda: NOON), CUTS)
    try:
        await look_at_sources(hub)
        yield Demo(city, hub)
    finally:
        await hub.close()


def _patience(source: str, impatient: str | None) -> int:
    # A store of files is asked, whatever becomes of the files; to open it for the first time may take a second.
    waits = f'name = "{impatient}"' not in source or 'kind = "tabular"' in source
    return 30_000 if waits else 1500
