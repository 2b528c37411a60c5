"""The composition root: settings become a running hub. The only file that wires everything."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from auth.admission import Admission
from auth.tokens import TokenIssuer
from hub.acts.acting import Acting
from hub.acts.code_house import CodeHouse, open_code_house
from hub.acts.doing import Shelf
from hub.acts.grant_keeping import GrantKeeper
from hub.acts.officers_keeping import OfficersKeeper
from hub.acts.reporting import SUPERVISED
from hub.acts.self_checking import SelfChecker
from hub.acts.sight import PlannedSight
from hub.answer import Wording
from hub.asgi import Edge, build_edge
from hub.audit.chains import Chains, open_chains
from hub.audit.opening import open_sequencer
from hub.audit.sequencer import Sequencer
from hub.callers.attendant import Attendant
from hub.callers.certifying import RECORD as CERTIFICATE
from hub.callers.later import Later
from hub.callers.mandate_keeping import MandateKeeper
from hub.callers.possession import Possession
from hub.callers.register import Register
from hub.callers.vault import Vault
from hub.cases.case_sources import CaseSources
from hub.cases.matching import Matcher
from hub.clock import Clock
from hub.code.origin import check_print
from hub.code.shops import Shops
from hub.console.routes import console_routes
from hub.disclosure.crowds import Crowds
from hub.disclosure.filling import Indexer
from hub.disclosure.keeping import RecordKeeper
from hub.disclosure.working import RecordWorker
from hub.exchange.clocks import RequestKeeper
from hub.exchange.correction_keeping import CorrectionKeeper
from hub.fetch import Fetcher, Source
from hub.gateway import Gateway
from hub.identity.redirects import Redirects
from hub.kept import Copies
from hub.log_pages import LogPages
from hub.metering import Metering
from hub.notices.delivering import Deliverer
from hub.notices.directory import Directory
from hub.notices.naming import Naming
from hub.notices.opening import open_carriers
from hub.notices.spreading import Post
from hub.opening import (
    files_of,
    mappings_of,
    open_history,
    open_house,
    open_outside,
    open_recorder,
    open_ring,
    open_roster,
    open_store,
    receipts_of,
    rules_of,
)
from hub.owners import owners_of
from hub.plan.bind import Position
from hub.plan.cursor import CursorSeal
from hub.plan.model import ENTITY
from hub.plan.planner import Planner
from hub.prefilled import Prefilling
from hub.quality_runs import worker_of
from hub.quota.meter import Meter
from hub.receipt_pages import ReceiptPages
from hub.roster.filling import follows
from hub.roster.roster import Roster
from hub.settings import Settings
from hub.shape.compiler import Shapers
from hub.sources import open_sources
from hub.store.database import Database
from hub.store.ids import IssuedIds
from hub.store.keys import open_keys
from hub.warming import warming
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
    officers: OfficersKeeper
    clocks: RequestKeeper
    warner: GrantKeeper
    checker: SelfChecker
    sequencer: Sequencer
    corrections: CorrectionKeeper
    codes: CodeHouse | None
    chains: Chains
    indexer: Indexer
    record: RecordKeeper
    worker: RecordWorker
    copies: Copies

    @property
    def registers(self) -> Mapping[str, Source]:
        """Sources, but for those whose entities are only compared with those of the one that leads."""
        others = {one.source for one in self.gateway.wording.topology.others(ENTITY)}
        return {name: source for name, source in self.sources.items() if name not in others}

    @property
    def issuer(self) -> TokenIssuer:
        """Signs this hub's tokens."""
        return self.attendant.house.tokens

    @property
    def roster(self) -> Roster:
        """Departments, clients and grants as they were when this worker last looked."""
        return self.attendant.roster

    @property
    def naming(self) -> Naming:
        """What departments and fields are called."""
        return self.deliverer.post.naming

    async def start(self) -> None:
        """Start the sources that work while nobody asks."""
        for source in self.sources.values():
            if source.starting is not None:
                await source.starting.start()

    async def close(self) -> None:
        """Release sources, then the store, when what was asked of them is on record."""
        for source in self.sources.values():
            await source.adapter.aclose()
        await self.deliverer.aclose()
        await self.gateway.recorder.log.drain()
        await self.sequencer.finish()
        self.database.close()


@cache
def shared_cuts() -> ShapedSchemas:
    """The cuts of the schema that all hubs of this process share: to make one takes longer than to answer with it."""
    return ShapedSchemas(fold_catalogue())


def wire(settings: Settings, clock: Clock | None = None, schemas: ShapedSchemas | None = None) -> Hub:
    """A hub from its settings; BadSettings or CatalogueGap where they do not fit. Asks no source anything.

    `schemas` are cuts of a catalogue of its own; otherwise it takes those that all hubs of this process share.
    """
    clock = clock or Clock()
    schemas = schemas or shared_cuts()
    catalogue = schemas.catalogue
    opened = open_sources(settings, catalogue, clock)
    owners = owners_of(settings, catalogue, opened.topology)
    keys = open_keys(settings.folder / settings.hub.keys, settings.hub.seed if settings.hub.deterministic else None)
    database = open_store(settings)
    check_print(settings, database)
    sequencer = open_sequencer(settings, database, clock)
    ids = IssuedIds(database, keys.identity, keys.sealing)
    ring = open_ring(database, keys, clock)
    chains = open_chains(database, keys, lambda: clock.moment().text, derived=settings.hub.deterministic)
    vault = Vault(keys.sealing, keys.digest, chains)
    roster = open_roster(database, settings, clock, vault)
    house = open_house(settings, ring, roster)
    open_history(database, catalogue, vault, clock)
    outside = open_outside(settings, clock, vault)
    verifier = outside.verifier(house.verifier) if outside is not None else house.verifier
    admission = Admission(verifier, settings.purposes, roster.grants, catalogue.fields.values())
    planner = Planner(catalogue, opened.topology, schemas, settings.limits)
    attendant = Attendant(database, keys, ring, vault, house, admission, clock, roster)
    others = [one.source for one in opened.topology.others(ENTITY)]
    register = Register(opened.by_name.values(), others)
    shops = Shops(opened.by_name.values(), others)
    corrections = CorrectionKeeper(
        database,
        vault,
        clock,
        {source.name: source.department for source in settings.sources},
        settings.corrections.days,
        settings.corrections.from_conflicts,
    )
    copies = Copies(opened.intake, database, vault)
    locator = _Locator(ids, attendant.redirects)
    seal = CursorSeal(keys.cursor, settings.hub.deterministic)
    shelf = Shelf(receipts_of(sequencer), settings.hub.base_url)
    rules = replace(
        rules_of(settings),
        owners=owners,
        receipts=shelf,
        identify=ids.identify,
        sight=PlannedSight(admission, planner, seal, clock),
        files=files_of(opened.by_name.values()),
        mappings=mappings_of(settings, catalogue),
    )
    acting = Acting(attendant, planner, register, rules, shops)
    answering = Gateway(
        admission=admission,
        planner=planner,
        schemas=schemas,
        fetcher=Fetcher(
            opened.by_name,
            opened.topology,
            locator,
            clock,
            corrections.noticed.notice,
            copies if opened.intake.declared else None,
        ),
        shapers=Shapers(opened.topology),
        recorder=open_recorder(settings, database, ids, chains.disclosure, sequencer),
        wording=Wording(
            catalogue,
            opened.topology,
            {name: source.label for name, source in opened.by_name.items()},
            Prefilling(owners),
        ),
        ids=ids,
        seal=seal,
        clock=clock,
        acts=acting,
        metering=Metering(admission, Meter(attendant), locator, catalogue, clock),
        cases=Matcher(attendant, CaseSources(opened.by_name)),
        redirects=attendant.redirects,
    )
    gateway = replace(answering, acts=replace(acting, looking=answering.look, standing=answering.cases.stands))
    keeper = MandateKeeper(attendant, register, settings.mandates.look_minutes * 60)
    directory = Directory(vault, lambda: attendant.roster.departments, lambda: attendant.roster.clients)
    deliverer = Deliverer(
        database,
        Post(vault, settings.rules, directory, Naming(catalogue.fields, directory.departments), _console(settings)),
        clock,
        open_carriers(settings),
    )
    officers, clocks = OfficersKeeper(attendant), RequestKeeper(database, attendant.vault, clock)
    warner = GrantKeeper(database, attendant.vault, owners, clock, lambda one: not follows(one, settings))
    checker = SelfChecker(attendant, catalogue.fields, settings.self_check.hour)
    return Hub(
        settings,
        gateway,
        opened.by_name,
        database,
        attendant,
        outside,
        keeper,
        deliverer,
        officers,
        clocks,
        warner,
        checker,
        sequencer,
        corrections,
        open_code_house(settings, attendant, shops, opened.by_name),
        chains,
        Indexer(database),
        RecordKeeper(
            attendant,
            chains,
            settings.retention,
            settings.anomalies,
            Crowds(attendant, settings.anomalies, settings.console.sample),
        ),
        RecordWorker(attendant, sequencer.log, settings, Indexer(database).look),
        copies,
    )


def _console(settings: Settings) -> str:
    """Address of the hub where it has a console, as notices lead to it."""
    return settings.hub.base_url if settings.console.client is not None else ""


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
        coding = hub.codes.keeping() if hub.codes is not None else nullcontext()
        keeping, delivering, counting = hub.keeper.keeping(), hub.deliverer.delivering(), hub.clocks.keeping()
        async with (
            watched(hub.sources),
            hub.attendant.attending(),
            hub.sequencer.sequencing(),
            following,
            keeping,
            delivering,
            counting,
            hub.officers.keeping(),
            hub.warner.keeping(),
            hub.checker.checking(),
            hub.corrections.correcting(),
            coding,
            hub.indexer.indexing(),
            hub.record.keeping(),
            hub.worker.working(),
            worker_of(hub).working(),
            hub.copies.keeping(),
            warming(hub.gateway, pages),
        ):
            yield
        await hub.close()

    possession = Possession(hub.attendant)
    edge = Edge(hub.gateway, hub.settings.limits, page, possession)
    tiles = LogPages(hub.attendant, hub.sequencer, possession)
    papers = ReceiptPages(hub.attendant, receipts_of(hub.sequencer), possession, hub.settings.hub.base_url)
    own = [*assets.routes(), *caller_routes(hub, possession), *tiles.routes(), *papers.routes()]
    own += console_routes(hub.gateway, hub.attendant, hub.settings)
    pages = code_pages(hub, possession)
    below = [Route(path, pages) for path in CODE_PATHS] if pages is not None else []
    return build_edge(edge, [*own, *below, *more], lifespan)


def caller_routes(hub: Hub, possession: Possession) -> list[BaseRoute]:
    """Addresses at which callers prove who they are; what serves them is loaded when somebody first comes."""

    def built() -> list[BaseRoute]:
        from hub.callers.opening import open_doors  # noqa: PLC0415 - Authlib and the pages

        return open_doors(hub.attendant, hub.outside, hub.settings, certifiers, possession)

    certifiers = [s for s in hub.sources.values() if CERTIFICATE in s.adapter.abilities]
    later = Later(built)
    return [Route(path, later) for path in ("/oauth/{rest:path}", "/.well-known/{rest:path}")]


CODE_PATHS = ("/c", "/c/{rest:path}", "/C/{rest:path}", "/codes/{rest:path}", "/scan", "/scan/{rest:path}")


def code_pages(hub: Hub, possession: Possession) -> Later | None:
    """Pages of codes, and what is printed of them, which stand at CODE_PATHS; what serves them is loaded after the start,
    or when somebody first comes. None where this hub keeps no codes.
    """
    house = hub.codes
    if house is None:
        return None

    def built() -> list[BaseRoute]:
        from hub.code_pages import CodePages  # noqa: PLC0415 - for whoever prints
        from hub.pages.opening import page_routes  # noqa: PLC0415 - for whoever scans

        printed = CodePages(hub.attendant, house, possession, hub.settings).routes()
        # In this order: the page takes whatever else stands below /c.
        wording, proxies = hub.gateway.wording, hub.settings.sign_in.trusted_proxies
        owners = owners_of(hub.settings, wording.catalogue, wording.topology)
        keepers = tuple(sorted({one for record in SUPERVISED for one in owners.departments.get(record, ())}))
        return [*printed, *page_routes(hub.gateway, hub.attendant, house, keepers, proxies)]

    return Later(built)


@dataclass(frozen=True, slots=True)
class _Locator:
    ids: IssuedIds
    redirects: Redirects

    async def locate(self, ids: Sequence[str]) -> Mapping[str, Position]:
        found = await self.ids.locate(ids)
        return {made: Position(*(self.redirects.follow(*anchor) or anchor)) for made, anchor in found.items()}
