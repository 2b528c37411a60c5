"""The composition root: settings become a running hub. The only file that wires everything."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from auth.admission import Admission
from auth.server.house import House
from auth.signer import KeyRing, SigningKey
from auth.tokens import LONGEST, TokenIssuer, TokenVerifier
from hub.acts.acting import Acting
from hub.acts.doing import Rules
from hub.answer import Wording
from hub.asgi import Edge, build_edge
from hub.audit.entry import Digester
from hub.audit.log import Log
from hub.audit.recorder import Recorder
from hub.callers.attendant import Attendant
from hub.callers.certifying import RECORD as CERTIFICATE
from hub.callers.later import Later
from hub.callers.mandate_keeping import MandateKeeper
from hub.callers.possession import Possession
from hub.callers.register import Register
from hub.callers.signing import ensure_key, load_keys
from hub.callers.vault import Vault
from hub.clock import Clock
from hub.fetch import Fetcher, Source
from hub.gateway import Gateway
from hub.notices.delivering import Deliverer
from hub.notices.folder import Folder
from hub.plan.bind import Position
from hub.plan.cursor import CursorSeal
from hub.plan.planner import Planner
from hub.settings import Settings
from hub.shape.compiler import Shapers
from hub.sources import open_sources
from hub.store.database import Database
from hub.store.ids import IssuedIds
from hub.store.keys import KeyStore, open_keys
from hub.watch import watched
from hub.web import assets
from hub.web.graphiql import CSP, Example, PurposeChoice, graphiql_page
from schema.catalogue import fold_catalogue
from schema.shaped import ShapedSchemas

if TYPE_CHECKING:
    from hub.callers.outside import Outside

_PAGE_HEADERS = {
    "content-security-policy": CSP,
    "cache-control": "no-cache",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


@dataclass(frozen=True, slots=True)
class Hub:
    """A wired hub; `close` when done."""

    settings: Settings
    gateway: Gateway
    sources: Mapping[str, Source]
    database: Database
    attendant: Attendant
    outside: "Outside | None"
    keeper: MandateKeeper
    deliverer: Deliverer

    @property
    def issuer(self) -> TokenIssuer:
        """Signs this hub's tokens."""
        return self.attendant.house.tokens

    async def start(self) -> None:
        """Start the sources that work while nobody asks."""
        for source in self.sources.values():
            if source.starting is not None:
                await source.starting.start()

    async def close(self) -> None:
        """Release sources, then the store, when what was asked of them is on record."""
        for source in self.sources.values():
            await source.adapter.aclose()
        await self.gateway.recorder.log.drain()
        self.database.close()


def wire(settings: Settings, clock: Clock | None = None) -> Hub:
    """A hub from its settings; BadSettings or CatalogueGap where they do not fit. Asks no source anything."""
    clock = clock or Clock()
    catalogue = fold_catalogue()
    opened = open_sources(settings, catalogue, clock)
    keys = open_keys(settings.folder / settings.hub.keys, settings.hub.seed if settings.hub.deterministic else None)
    database = open_store(settings)
    ids = IssuedIds(database, keys.identity, keys.sealing)
    ring = open_ring(database, keys, clock)
    house = open_house(settings, ring)
    vault = Vault(keys.sealing, keys.digest)
    outside = open_outside(settings, clock, vault)
    verifier = outside.verifier(house.verifier) if outside is not None else house.verifier
    admission = Admission(verifier, settings.purposes, settings.grants, catalogue.fields.values())
    schemas = ShapedSchemas(catalogue)
    planner = Planner(catalogue, opened.topology, schemas, settings.limits)
    attendant = Attendant(database, keys, ring, vault, house, admission, clock)
    register = Register(opened.by_name.values())
    labels = {source.name: source.label for source in opened.by_name.values()}
    gateway = Gateway(
        admission=admission,
        planner=planner,
        schemas=schemas,
        fetcher=Fetcher(opened.by_name, opened.topology, _Locator(ids), clock),
        shapers=Shapers(opened.topology),
        recorder=Recorder(Log(database, ids), Digester(keys.digest), clock),
        wording=Wording(catalogue, opened.topology, labels),
        ids=ids,
        seal=CursorSeal(keys.cursor, settings.hub.deterministic),
        clock=clock,
        acts=Acting(attendant, planner, register, rules_of(settings)),
    )
    keeper = MandateKeeper(attendant, register, settings.mandates.look_minutes * 60)
    deliverer = Deliverer(database, attendant.vault, clock, Folder(settings.folder / settings.notices.folder))
    return Hub(settings, gateway, opened.by_name, database, attendant, outside, keeper, deliverer)


def rules_of(settings: Settings) -> Rules:
    """What acts need to know of the settings. Merchants are of the department that a real-name provider says, if none is said."""
    said = [settings.mandates.department, *(one.department for one in settings.providers if one.kind == "real_name")]
    return Rules(
        clients=frozenset(settings.clients),
        departments=frozenset(settings.departments),
        grants=frozenset(grant.id for grant in settings.grants),
        merchants=next((department for department in said if department is not None), ""),
        real_name=frozenset(one.name for one in settings.providers if one.kind == "real_name"),
    )


def open_store(settings: Settings) -> Database:
    """The store, at the newest schema."""
    database = Database(settings.hub.store.get_secret_value(), settings.folder)
    database.migrate()
    return database


def open_outside(settings: Settings, clock: Clock, vault: Vault) -> "Outside | None":
    """The providers beside the hub, None where there are none."""
    if not settings.providers:
        return None
    from hub.callers.outside import Outside  # noqa: PLC0415 - for whoever has providers

    return Outside(settings.providers, clock, vault.short)


def open_ring(database: Database, keys: KeyStore, clock: Clock) -> KeyRing:
    """The keys that sign tokens, as the store knows them; the first one where it knows none."""

    def load(connection: Connection) -> list[SigningKey]:
        return load_keys(connection, keys.folder)

    found = database.reading(load)
    if not found:
        database.acting(lambda connection: ensure_key(connection, keys))
        found = database.reading(load)
    return KeyRing(found, clock.seconds)


def open_house(settings: Settings, ring: KeyRing) -> House:
    """The authorisation server of these settings. Tokens of a demo may live longer than others."""
    hub = settings.hub
    audiences = (hub.token_audience, f"{hub.base_url}/graphql")
    longest = None if hub.deterministic else LONGEST
    verifier = TokenVerifier(ring, hub.base_url, audiences, settings.clients, longest)
    return House(settings.registrations, TokenIssuer(ring, hub.base_url, hub.token_audience), verifier, audiences)


def build_app(hub: Hub, examples: Sequence[Example] = (), more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The ASGI application of a wired hub; closes it when it ends."""
    purposes = [PurposeChoice(p.code, p.zh, p.en) for p in hub.settings.purposes]

    @cache
    def page() -> Response:
        return HTMLResponse(graphiql_page(examples, purposes), headers=_PAGE_HEADERS)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await hub.start()
        outside = hub.outside
        following = outside.following(hub.attendant.refresh) if outside is not None else nullcontext()
        keeping, delivering = hub.keeper.keeping(), hub.deliverer.delivering()
        async with watched(hub.sources), hub.attendant.attending(), following, keeping, delivering:
            yield
        await hub.close()

    possession = Possession(hub.attendant)
    edge = Edge(hub.gateway, hub.settings.limits, page, possession)
    return build_edge(edge, [*assets.routes(), *caller_routes(hub, possession), *more], lifespan)


def caller_routes(hub: Hub, possession: Possession) -> list[BaseRoute]:
    """Addresses at which callers prove who they are; what serves them is loaded when somebody first comes."""

    def built() -> list[BaseRoute]:
        from hub.callers.opening import open_doors  # noqa: PLC0415 - Authlib and the pages

        return open_doors(hub.attendant, hub.outside, hub.settings, certifiers, possession)

    certifiers = [s for s in hub.sources.values() if CERTIFICATE in s.adapter.abilities]
    later = Later(built)
    return [Route(path, later) for path in ("/oauth/{rest:path}", "/.well-known/{rest:path}")]


@dataclass(frozen=True, slots=True)
class _Locator:
    ids: IssuedIds

    async def locate(self, ids: Sequence[str]) -> Mapping[str, Position]:
        found = await self.ids.locate(ids)
        return {made: Position(field, value) for made, (field, value) in found.items()}
