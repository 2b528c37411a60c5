"""The golden world as a running hub: real parts, a clock that can be set, and a ledger of every upstream call."""

import json
import re
import shutil
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, MutableMapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

import httpx2

from adapters.base import Ability, Adapter, Lookup, Rows, Search, SourceDown
from auth.access import Access
from auth.admission import Credentials
from auth.scopes import Scope
from auth.tokens import Terms
from hub.answer import OnDenied
from hub.app import Hub, build_app, wire
from hub.clock import Clock
from hub.errors import HubError, error_json
from hub.explained import explained_text
from hub.fetch import Source
from hub.gateway import Request
from hub.settings import load_settings
from schema.predicate import AllOf, Predicate, Test
from tests.cuts import CUTS
from tests.golden.folder import GOLDEN, NOW, Step

REQUEST_ID = "<requestId>"
_CONFIGURED = frozenset({"departments", "clients", "grants", "vocabularies"})
"""Tables that hold what the configuration says."""
_VALUE = re.compile(r"[0-9A-Z]{18}|\d{11,15}|[\u3400-\u9fff]{2,}[^\",;\n]*")


@dataclass
class World:
    """The hub, what its sources were asked since `calls` was last cleared, and which of them are down."""

    hub: Hub
    folder: Path
    client: httpx2.AsyncClient
    now: datetime = NOW
    calls: list[dict[str, Any]] = field(default_factory=list)
    down: Mapping[str, str] = field(default_factory=dict)

    async def ask(self, step: Step, on_denied: str | None = None) -> httpx2.Response:
        """The response to a step; `on_denied` overrides what its headers say."""
        self.now, self.down = step.now, step.down
        headers = {**{name.lower(): value for name, value in step.headers.items()}, **self._credentials(step)}
        if on_denied is not None:
            headers["hub-on-denied"] = on_denied
        return await self.client.post(
            "/graphql", json={"query": step.text, "variables": step.variables}, headers=headers
        )

    def entries(self) -> list[dict[str, Any]]:
        """What the hub's record has of questions, in the order of its positions."""
        with closing(sqlite3.connect(self.folder / "hub.db")) as connection:
            rows = connection.execute("SELECT body FROM entries ORDER BY position").fetchall()
        return [entry for entry in since_set_up(json.loads(body) for (body,) in rows) if "kind" not in entry]

    async def schema(self, step: Step) -> str:
        """The SDL of the caller of a step."""
        return (await self.client.get("/graphql/schema", headers=self._credentials(step))).text

    def access(self, client: str | None, purpose: str) -> Access:
        """What a client, or the public, may see for a purpose."""
        token = self.hub.issuer.issue(client, self.now, timedelta(hours=1)) if client else None
        return self.hub.gateway.admit(Credentials(token, purpose, "golden"))

    def plan(self, step: Step) -> str:
        """Rooms 0 to 2 as text, as an administrator would see them, or the refusal."""
        self.now = step.now
        credentials = Credentials(self._token(step), step.purpose, step.case)
        request = Request(step.text, None, dict(step.variables), credentials, OnDenied.PARTIAL, REQUEST_ID)
        try:
            return explained_text(*self.hub.gateway.plan(request), self.hub.gateway.wording) + "\n"
        except HubError as fault:
            shown = error_json(fault.code, REQUEST_ID, fault.path, **fault.names)
            return f"refused: {shown['extensions']['code']}: {shown['extensions']['messageEn']}\n"

    def stored(self) -> bytes:
        """Everything in the hub's own store but what its configuration says, and its public keys.

        The keys are random and hold short words by chance; the configuration names fields, which folders may look for.
        """
        with closing(sqlite3.connect(self.folder / "hub.db")) as connection:
            tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            asked = [f"SELECT * FROM {name}" for name in tables if name not in _CONFIGURED]  # noqa: S608 - the hub's own names
            rows = [row for one in asked for row in connection.execute(one)]
        stored = b"\n".join(one if isinstance(one, bytes) else str(one).encode() for row in rows for one in row)
        for key in self.hub.attendant.ring.published()["keys"]:
            stored = stored.replace(key["x"].encode(), b"")
        return stored

    def _token(self, step: Step) -> str | None:
        if step.client is None:
            return None
        scopes = [Scope(name) for name in step.scopes]
        return self.hub.issuer.issue(
            step.client, step.now, timedelta(minutes=10), Terms(person=step.person, scopes=scopes)
        )

    def _credentials(self, step: Step) -> dict[str, str]:
        token = self._token(step)
        named = {"hub-purpose": step.purpose, "hub-case": quote(step.case) if step.case else None}
        given = {name: value for name, value in named.items() if value is not None}
        return {**given, **({"authorization": f"Bearer {token}"} if token else {})}


@dataclass(frozen=True)
class Counted:
    """An adapter that notes what it is asked before it passes it on; a source that is down says why."""

    name: str
    inner: Adapter
    world: World

    @property
    def abilities(self) -> Mapping[str, Ability]:
        """Those of the source itself."""
        return self.inner.abilities

    async def fetch(self, ask: Lookup) -> Rows:
        """Rows by key."""
        self._note("lookup", ask, key=ask.key, keys=list(ask.keys))
        return await self.inner.fetch(ask)

    async def search(self, ask: Search) -> Rows:
        """A page of rows."""
        self._note("search", ask, first=ask.first, order=[key.column for key in ask.order])
        return await self.inner.search(ask)

    async def count(self, ask: Search) -> int:
        """A number of rows."""
        self._note("count", replace(ask, columns=()))
        return await self.inner.count(ask)

    async def check(self) -> None:
        """Whether the source answers."""
        await self.inner.check()

    async def aclose(self) -> None:
        """Release the source."""
        await self.inner.aclose()

    def _note(self, way: str, ask: Lookup | Search, **more: Any) -> None:
        made = {"source": self.name, "record": ask.record, "way": way, "columns": list(ask.columns)}
        self.world.calls.append({**made, **{k: v for k, v in more.items() if v}, "where": shown(ask.where)})
        if self.name in self.world.down:
            raise SourceDown(self.world.down[self.name])


def shown(predicate: Predicate) -> str:
    """A predicate as a reviewer reads it."""
    if isinstance(predicate, Test):
        value = list(predicate.value) if isinstance(predicate.value, tuple) else predicate.value
        return f"{predicate.field} {predicate.op} {json.dumps(value, ensure_ascii=False)}".removesuffix(' ""')
    if not predicate.parts:
        return "every row" if isinstance(predicate, AllOf) else "no row"
    joined = " and " if isinstance(predicate, AllOf) else " or "
    return f"({joined.join(shown(part) for part in predicate.parts)})"


def values() -> set[str]:
    """Every value of the sources that could be recognised: codes, numbers, and texts that are not plain words."""
    files = [path.read_text(encoding="utf-8") for path in (GOLDEN / "world").glob("*.[cj]s*")]
    return {found for text in files for found in _VALUE.findall(text)}


def since_set_up(entries: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Entries but for the one that says what an empty store was filled with."""
    return [entry for entry in entries if entry.get("act") != "ROSTER_FILLED"]


@asynccontextmanager
async def open_world(folder: Path, edit: Callable[[str], str] = str) -> AsyncIterator[World]:
    """The golden world, wired in an empty folder; `edit` may change its configuration."""
    home = folder / "world"
    shutil.copytree(GOLDEN / "world", home)
    file = home / "hub.toml"
    file.write_text(edit(file.read_text(encoding="utf-8")), encoding="utf-8")
    clock: list[World] = []
    hub = wire(load_settings(file), Clock(lambda: clock[0].now if clock else NOW), CUTS)
    transport = httpx2.ASGITransport(app=build_app(hub))
    async with httpx2.AsyncClient(transport=transport, base_url="http://hub.example") as client:
        world = World(hub, home, client)
        clock.append(world)
        sources = cast("MutableMapping[str, Source]", hub.sources)
        for name, source in list(sources.items()):
            sources[name] = replace(source, adapter=Counted(name, source.adapter, world))
        yield world
    await hub.close()
