"""A real hub over the marked city with drawn callers, asked over HTTP; every call to a source is heard."""

import base64
import binascii
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2

from adapters.base import Ability, Adapter, Lookup, Rows, Search
from auth.tokens import Terms
from hub.app import build_app, wire
from hub.clock import Clock
from hub.settings import load_settings
from schema.catalogue import fold_catalogue
from tests.cuts import CUTS
from tests.oracle.agreement import Contest, set_contest
from tests.oracle.askers import Asker
from tests.oracle.question import Question
from tests.oracle.stage import NOW, Stage
from tests.oracle.stagings import IN_MEMORY, Servers, keeper
from tests.oracle.stored import SOURCES, store_city
from tests.probes.city import Marked, entities_by_code, marked_city
from tests.probes.policies import WHOLE, draw_policies
from tests.receipts import without

_CITY = Path(__file__).parents[1] / "oracle" / "city.toml"
_SEALED = re.compile(r'"([A-Za-z0-9_-]{24,}={0,2})"')


@dataclass(frozen=True, slots=True)
class Heard:
    """One call to a source: which, and what it was asked."""

    source: str
    ask: Lookup | Search


@dataclass(frozen=True, slots=True)
class Listening:
    """An adapter that notes what it is asked before it passes it on."""

    name: str
    inner: Adapter
    heard: list[Heard]

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """Those of the source itself."""
        return self.inner.abilities

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        self.heard.append(Heard(self.name, ask))
        return await self.inner.fetch(ask)

    async def search(self, ask: Search) -> Rows:
        """A page of rows."""
        self.heard.append(Heard(self.name, ask))
        return await self.inner.search(ask)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        self.heard.append(Heard(self.name, replace(ask, columns=())))
        return await self.inner.count(ask)

    async def check(self) -> None:
        """Whether the source answers."""
        await self.inner.check()

    async def aclose(self) -> None:
        """Release the source."""
        await self.inner.aclose()


@dataclass(frozen=True, slots=True)
class Told:
    """What one question told its caller, and the calls it made."""

    status: int
    body: str
    headers: str
    calls: tuple[Heard, ...] = ()

    @property
    def parsed(self) -> dict[str, Any]:
        """The body."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def steady(self) -> str:
        """The body without what differs from question to question."""
        return without(self.body).replace(self.parsed["extensions"]["requestId"], "")

    @property
    def everything(self) -> str:
        """Body and headers, and what stands in any text of the body that is a code for other bytes."""
        opened = "\n".join(map(_opened, _SEALED.findall(self.body)))
        return f"{self.body}\n{self.headers}\n{opened}"


def _opened(text: str) -> str:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("latin-1")
    except (binascii.Error, ValueError):
        return ""


@dataclass
class Probing:
    """The hub, who may ask it, and the oracle that knows what they may see.

    configured: values that clients and grants name, and that stood in the store before anybody asked.
    """

    contest: Contest
    marked: Marked
    askers: tuple[Asker, ...]
    client: httpx2.AsyncClient
    folder: Path
    configured: frozenset[str]
    heard: list[Heard] = field(default_factory=list)

    async def ask(self, asker: Asker, question: Question) -> Told:
        """The answer over HTTP, with the calls that were heard meanwhile."""
        before = len(self.heard)
        token = self.contest.stage.tokens[asker.name]
        headers = {
            "hub-on-denied": question.on_denied,
            **({"authorization": f"Bearer {token}"} if token else {}),
            **({"hub-purpose": asker.purpose} if asker.purpose else {}),
        }
        body = {"query": question.text, "variables": dict(question.variables)}
        response = await self.client.post("/graphql", json=body, headers=headers)
        return Told(response.status_code, response.text, str(response.headers), tuple(self.heard[before:]))

    def recorded(self) -> set[str]:
        """Values that stand in any byte of the hub's own store since somebody asked."""
        return self.marked.found(_stored(self.folder)) - self.configured


def _stored(folder: Path) -> str:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("hub.db*"))).decode("latin-1")


@asynccontextmanager
async def open_probing(folder: Path, seed: int) -> AsyncIterator[Probing]:
    """The marked city with the clients and grants of a seed, wired in an empty folder."""
    catalogue = fold_catalogue()
    marked = marked_city(catalogue)
    drawn = draw_policies(seed, catalogue, sorted(entities_by_code(marked.city)))
    keepers = {source: keeper(IN_MEMORY, source, folder, Servers()) for source in SOURCES}
    sources = await store_city(marked.city, catalogue, dict.fromkeys(SOURCES, "memory"), keepers)
    head, _, _ = _CITY.read_text(encoding="utf-8").partition("[[client]]")
    path = folder / "hub.toml"
    path.write_text(f"{head}\n{drawn.text}\n{sources}", encoding="utf-8")
    hub = wire(load_settings(path), Clock(lambda: NOW), CUTS)
    askers = (WHOLE, *drawn.askers)
    issue, soon = hub.issuer.issue, timedelta(minutes=10)
    tokens = {one.name: issue(one.client, NOW, soon, Terms(scopes=one.scopes)) for one in askers if one.client}
    stage = Stage(hub, marked.city, {**dict.fromkeys((one.name for one in askers), None), **tokens})
    configured = frozenset(marked.found(_stored(folder)))
    heard: list[Heard] = []
    wired = hub.sources
    assert isinstance(wired, dict)
    for name, source in list(wired.items()):
        wired[name] = replace(source, adapter=Listening(name, source.adapter, heard))
    transport = httpx2.ASGITransport(app=build_app(hub))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub.example") as client:
        yield Probing(await set_contest(stage), marked, drawn.askers, client, folder, configured, heard)
    await hub.close()
