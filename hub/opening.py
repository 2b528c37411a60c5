"""What a hub is wired of, opened from its settings: the store and what it holds, keys, the record, the authorisation server."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from auth.current import Current
from auth.server.house import House
from auth.signer import KeyRing, SigningKey
from auth.tokens import LONGEST, TokenIssuer, TokenVerifier
from hub.acts.doing import FileSource, RecordRules, Rules
from hub.audit.act import Act, append_act
from hub.audit.disclosing import Receipts
from hub.audit.log import Log
from hub.audit.opening import spill_file
from hub.audit.recorder import Digests, Recorder
from hub.audit.sequencer import Sequencer
from hub.audit.spill import Spill
from hub.callers.signing import ensure_key, load_keys
from hub.callers.vault import Vault
from hub.clock import Clock
from hub.code.rules import code_rules
from hub.exchange.approved import begin, is_begun
from hub.exchange.approved import follow as approve_changes
from hub.exchange.calendar_days import adopt_days, missing_years
from hub.fetch import Source
from hub.roster.filling import differences, follow, follows
from hub.roster.roster import Roster, load_roster
from hub.roster.vocabulary import is_remembered, remember_vocabulary
from hub.settings import Settings
from hub.settings_code import OWN_CODES
from hub.store.database import Database, StoreError
from hub.store.ids import IssuedIds
from hub.store.keys import KeyStore
from schema.catalogue import Catalogue

if TYPE_CHECKING:
    from hub.callers.outside import Outside
    from hub.mapping.trials import Mappings


def rules_of(settings: Settings) -> Rules:
    """What acts need to know of the settings."""
    return Rules(
        merchants=merchants_of(settings),
        real_name=frozenset(one.name for one in settings.providers if one.kind == "real_name"),
        emergency=settings.emergency,
        correction_days=settings.corrections.days,
        keep_names=settings.name_index.keep_days,
        code=code_rules(settings),
        record=RecordRules(settings.objections.working_days, settings.anomalies),
        sample=settings.console.sample,
    )


def files_of(sources: Iterable[Source]) -> Mapping[str, FileSource]:
    """Sources whose rows come as files, by their names."""
    return {
        source.name: FileSource(source.department, source.reports) for source in sources if source.reports is not None
    }


def mappings_of(settings: Settings, catalogue: Catalogue) -> "Callable[[], Mappings]":
    """The mappings of the configuration, of all sources but the hub's own, put together when somebody first asks."""

    @cache
    def made() -> "Mappings":
        from hub.mapping.trials import Mappings  # noqa: PLC0415 - few ask, and what suggests is much to load

        return Mappings([source for source in settings.sources if source.name != OWN_CODES], catalogue)

    return made


def open_recorder(
    settings: Settings, database: Database, ids: IssuedIds, digests: Digests, sequencer: Sequencer
) -> Recorder:
    """What records questions. What an earlier run kept aside comes into the store first, if the store takes it."""
    spill = Spill(spill_file(settings), database, ids, sequencer.clock)

    def adopt() -> None:
        if spill.waits():
            spill.adopt()

    if sequencer.standing.altered is None:
        with suppress(StoreError):
            adopt()
    grants = settings.audit.grace_seconds > 0
    log = Log(database, ids, adopt if grants or spill.waits() else None)
    return Recorder(log, digests, sequencer.clock, sequencer.standing, spill if grants else None)


def receipts_of(sequencer: Sequencer) -> Receipts:
    """The receipts of the log that is kept."""
    return Receipts(sequencer.log, sequencer.hurry, sequencer.due)


def merchants_of(settings: Settings) -> str:
    """The department of merchants: the one that a real-name provider says, if none is said; empty if there is none."""
    said = [settings.mandates.department, *(one.department for one in settings.providers if one.kind == "real_name")]
    return next((department for department in said if department is not None), "")


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


def open_roster(database: Database, settings: Settings, clock: Clock, vault: Vault) -> Roster:
    """Who may see what, as the store has it; while nobody holds an office it follows what the configuration says.

    The published working days that come with the hub are taken in where the store lacks them.
    """
    moment = clock.moment()

    def is_behind(connection: Connection) -> bool:
        if missing_years(connection):
            return True
        different = differences(connection, settings, moment.second)
        return follows(connection, settings) and next(different, None) is not None

    def fill(connection: Connection) -> None:
        taken = follow(connection, settings, moment.second) if follows(connection, settings) else {}
        years = adopt_days(connection)
        if taken or years:
            told = {name: str(count) for name, count in taken.items()}
            told |= {"calendar": " ".join(map(str, years))} if years else {}
            approve_changes(connection, vault, moment.second)
            append_act(connection, Act(moment.text, "start", "ROSTER_FILLED", "GRANTED", told=told))

    if database.reading(is_behind):
        database.acting(fill)
    return database.reading(lambda connection: load_roster(connection, moment.second))


def open_history(database: Database, catalogue: Catalogue, vault: Vault, clock: Clock) -> None:
    """What roles and scopes mean from now on, recorded where it is new; and the first table of approved grants."""
    views, moment = catalogue.fields.values(), clock.moment()

    def is_there(connection: Connection) -> bool:
        return is_remembered(connection, views) and is_begun(connection)

    def record(connection: Connection) -> None:
        begin(connection, vault, moment.second)
        number = remember_vocabulary(connection, views, moment.second)
        # The first one is of the adoption, which is on record.
        if number is not None and number > 1:
            told = {"number": str(number)}
            append_act(connection, Act(moment.text, "start", "VOCABULARY_CHANGED", "GRANTED", told=told))

    if not database.reading(is_there):
        database.acting(record)


def open_house(settings: Settings, ring: KeyRing, roster: Roster) -> House:
    """The authorisation server of these settings. Tokens of a demo may live longer than others."""
    hub = settings.hub
    audiences = (hub.token_audience, f"{hub.base_url}/graphql")
    longest = None if hub.deterministic else LONGEST
    clients = Current(roster.callers)
    verifier = TokenVerifier(ring, hub.base_url, audiences, clients, longest)
    issuer = TokenIssuer(ring, hub.base_url, hub.token_audience)
    return House(Current(roster.registrations), clients, issuer, verifier, audiences)
