"""The stage: a real hub, wired from a real `hub.toml` over the little city, and the means to silence its sources."""

import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from adapters.base import Ability, Adapter, Lookup, Rows, Search, SourceBadData, SourceDown, SourceError, SourceTimeout
from auth.admission import Credentials
from auth.tokens import Terms
from hub.answer import OnDenied
from hub.app import Hub, wire
from hub.clock import Clock
from hub.errors import HubError
from hub.fetch import Source
from hub.gateway import Request
from hub.settings import load_settings
from schema.catalogue import fold_catalogue
from tests.cuts import CUTS
from tests.oracle.askers import ASKERS, Asker
from tests.oracle.kept import Keeper
from tests.oracle.question import Question
from tests.oracle.rows import City
from tests.oracle.stagings import IN_MEMORY, Servers, Staging, keeper
from tests.oracle.stored import SOURCES, store_city
from tests.receipts import dropped

NOW = datetime.fromisoformat("2026-03-10T09:30:00+08:00")
REQUEST_ID = "oracle-request"
FAILURES: Mapping[str, type[SourceError]] = {one.code: one for one in (SourceDown, SourceTimeout, SourceBadData)}
_CITY = Path(__file__).with_name("city.toml")


@dataclass(frozen=True, slots=True)
class Silent:
    """An adapter whose source answers nothing but its failure."""

    abilities: Mapping[str, Ability]
    failure: type[SourceError]

    async def fetch(self, ask: Lookup) -> Rows:
        """Fail."""
        self._fail()

    async def search(self, ask: Search) -> Rows:
        """Fail."""
        self._fail()

    async def count(self, ask: Search) -> int:
        """Fail."""
        self._fail()

    async def check(self) -> None:
        """Fail."""
        self._fail()

    async def aclose(self) -> None:
        """Nothing is held open."""

    def _fail(self) -> NoReturn:
        raise self.failure("silenced by the test")


@dataclass(frozen=True, slots=True)
class Stage:
    """A wired hub over the city, with a token for each asker."""

    hub: Hub
    city: City
    tokens: Mapping[str, str | None]
    keepers: tuple[Keeper, ...] = ()

    async def close(self) -> None:
        """Close the hub, and stop what holds its sources' rows."""
        await self.hub.close()
        for one in self.keepers:
            await one.close()

    async def ask(self, asker: Asker, question: Question) -> object:
        """The body of the hub's answer, or the code it refuses the whole question with."""
        credentials = Credentials(self.tokens[asker.name], asker.purpose)
        on_denied = OnDenied(question.on_denied)
        asked = Request(question.text, None, dict(question.variables), credentials, on_denied, REQUEST_ID)
        try:
            return dropped((await self.hub.gateway.answer(asked)).body)
        except HubError as refused:
            return refused.code
        except Exception:  # noqa: BLE001 - a crash is an answer that differs
            return "CRASHED: " + traceback.format_exc(limit=-3)

    @contextmanager
    def silenced(self, silent: Mapping[str, str]) -> Iterator[None]:
        """The sources named fail with the codes given, until the end of the block.

        A source is exchanged with its wrappers: a breaker that opened would answer for it in the next question too.
        """
        sources = self.hub.sources
        assert isinstance(sources, dict)
        kept = dict(sources)
        for name, code in silent.items():
            sources[name] = _silence(kept[name], FAILURES[code])
        try:
            yield
        finally:
            sources.update(kept)


async def set_stage(folder: Path, city: City, staging: Staging = IN_MEMORY, servers: Servers | None = None) -> Stage:
    """Store the city as a staging says, write its `hub.toml` below the folder and wire a hub on them."""
    catalogue = fold_catalogue()
    kept = staging.city(city, catalogue)
    keepers = {source: keeper(staging, source, folder, servers or Servers()) for source in SOURCES}
    sources = await store_city(kept, catalogue, {source: staging.kind(source) for source in SOURCES}, keepers)
    (folder / "hub.toml").write_text(_CITY.read_text(encoding="utf-8") + sources, encoding="utf-8")
    hub = wire(load_settings(folder / "hub.toml"), Clock(lambda: NOW), CUTS)
    for source in hub.sources.values():
        await source.adapter.check()
    return Stage(hub, kept, {asker.name: _token(hub, asker) for asker in ASKERS}, tuple(keepers.values()))


def _token(hub: Hub, asker: Asker) -> str | None:
    if asker.client is None:
        return None
    return hub.issuer.issue(asker.client, NOW, timedelta(minutes=10), Terms(scopes=asker.scopes))


def _silence(source: Source, failure: type[SourceError]) -> Source:
    adapter: Adapter = Silent(source.adapter.abilities, failure)
    return replace(source, adapter=adapter)
