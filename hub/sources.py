"""Opens the configured sources and says which of them owns what; every mismatch with the schema is a mistake.

A source may be down: opening one asks it nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import partial

from adapters.base import Adapter, Starting
from adapters.mapping import KeepOptions
from adapters.options import SourceOptions
from adapters.registry import open_source
from adapters.reports import Reporting
from adapters.wrap.health import Health
from adapters.wrap.snapshot import BY, Snapshot
from adapters.wrap.stack import wrap
from auth.classes import Sensitivity, Sharing
from auth.purposes import CaseSource
from hub.clock import Clock
from hub.fetch import Source
from hub.kept import Declared, Intake
from hub.plan.model import ENTITY, Owned, Owner, Topology
from hub.rivals import leader_of, rivalry_mistakes, rivals_of
from hub.roster.checking import grant_faults, row_faults
from hub.settings import Settings
from hub.settings_mistakes import BadSettings, Mistake
from hub.toml_lines import Place
from schema.base import RecordDeclaration
from schema.catalogue import Catalogue, FieldRule
from schema.penalty import PERIODS
from schema.predicate import Op, Predicate, fields_of

_FAULT = re.compile(
    r"source \w+, record (?P<record>\d+) \((?P<name>\w+)\): (?:(?P<key>[\w.$]+): )?(?P<sentence>.+)", re.DOTALL
)

MOST_PUBLISHED_HOURS = 72
"""Of a copy of what is published for a time only."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The opened sources by name, the topology they make, and what is taken of their answers to be kept."""

    by_name: Mapping[str, Source]
    topology: Topology
    intake: Intake


def open_sources(settings: Settings, catalogue: Catalogue, clock: Clock | None = None) -> Sources:
    """Open every source and wrap it; BadSettings names all that does not fit the schema."""
    mistakes = list(_grant_mistakes(settings, catalogue))
    adapters: dict[str, Adapter] = {}
    for number, options in enumerate(settings.sources):
        try:
            adapters[options.name] = open_source(options, catalogue)
        except (ValueError, KeyError) as fault:
            mistakes += [_mapping_mistake(settings, number, line) for line in str(fault).splitlines()]
    mistakes += _double_owners(settings, _single(catalogue))
    mistakes += rivalry_mistakes(settings, catalogue)
    if not mistakes:
        mistakes += _filter_mistakes(settings, catalogue, adapters)
        mistakes += _case_mistakes(settings, adapters)
        mistakes += _keep_mistakes(settings, catalogue, adapters)
    if mistakes:
        raise BadSettings(mistakes)
    intake = Intake(_declared(settings), clock or Clock())
    by_name = {options.name: _source(options, adapters[options.name], intake) for options in settings.sources}
    return Sources(by_name, _topology(settings, catalogue, adapters), intake)


def _declared(settings: Settings) -> Mapping[tuple[str, str], Declared]:
    """What may be kept, by source and record."""
    return {
        (options.name, record.record): Declared(
            options.name,
            record.record,
            frozenset(keep.fields),
            keep.max_age_hours * 3600,
            keep.basis,
            PERIODS.get(record.record),
        )
        for options in settings.sources
        for record in options.record
        if (keep := record.keep) is not None
    }


def _source(options: SourceOptions, adapter: Adapter, intake: Intake) -> Source:
    health = Health(adapter.abilities, intake.clock.now)
    label = options.label or options.name
    wrapped = wrap(adapter, options, health)
    kept = {record: one.fields for (source, record), one in intake.declared.items() if source == options.name}
    if kept:
        wrapped = Snapshot(wrapped, kept, partial(intake.offer, options.name), partial(intake.shown, options.name))
    return Source(
        options.name,
        label,
        wrapped,
        options.timeout_ms / 1000,
        health,
        options.lanes,
        starting=adapter if isinstance(adapter, Starting) else None,
        department=options.department,
        reports=adapter.reports if isinstance(adapter, Reporting) else None,
    )


def _topology(settings: Settings, catalogue: Catalogue, adapters: Mapping[str, Adapter]) -> Topology:
    owned: dict[str, list[Owned]] = {}
    for options in settings.sources:
        department = settings.departments[options.department]
        for record in options.record:
            ability = adapters[options.name].abilities[record.record]
            offer = Owned(
                options.name,
                options.label or options.name,
                department.label,
                ability.columns,
                record.fresh_days,
                options.basis,
                keeps=record.keep is not None,
            )
            owned.setdefault(record.record, []).append(offer)
    owners = {name: _owner(settings, name, rule.declared) for name, rule in catalogue.records.items()}
    rivals = rivals_of(settings, owned)
    for name, found in rivals.items():
        owned[name] = [offer for offer in owned[name] if offer not in found.others]
    return Topology({name: tuple(offers) for name, offers in owned.items()}, owners, rivals)


def _owner(settings: Settings, record: str, declared: RecordDeclaration) -> Owner:
    leads = leader_of(settings, record)
    for options in sorted(settings.sources, key=lambda one: one.name != leads):
        if any(offered.record == record for offered in options.record):
            department = settings.departments[options.department]
            how = department.how_to_request or None
            return Owner(department.label, department.label_en, how, options.basis, connected=True)
    return Owner(declared.authority_zh, declared.authority_en, None, None, connected=False)


def _mapping_mistake(settings: Settings, number: int, fault: str) -> Mistake:
    """A fault of a source's mapping at its line: adapters say `source NAME, record N (RECORD): key: sentence`."""
    found = _FAULT.fullmatch(fault)
    place: Place = ("source", number)
    if found is None:
        named = f"source {settings.sources[number].name}"
        return Mistake(settings.lines.of(place), named, fault.removeprefix(f"{named}: ").removeprefix(f"{named}, "))
    inside = found["key"].split(".") if found["key"] else []
    place = (*place, "record", int(found["record"]), *inside)
    key = ".".join([f"source {settings.sources[number].name}", found["name"], *inside])
    return Mistake(settings.lines.of(place), key, found["sentence"])


def _single(catalogue: Catalogue) -> frozenset[str]:
    """Records of one source: of which an entity or a key has one, so that two would contradict each other."""
    relations = (relation for record in catalogue.records.values() for relation in record.relations.values())
    one = {relation.target for relation in relations if not (relation.many or relation.declared.several)}
    return frozenset({ENTITY, *one, *(keyed.record for keyed in catalogue.keyed.values())})


def _double_owners(settings: Settings, single: frozenset[str]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    ruled = {table.field for table in settings.precedence}
    for number, options in enumerate(settings.sources):
        for record in options.record:
            first = seen.setdefault(record.record, options.name)
            if first != options.name and record.record in single and record.record not in ruled:
                line = settings.lines.of(("source", number))
                said = f"{record.record} is owned by {first} already"
                yield Mistake(line, f"source {options.name}", f"{said}; a [[precedence]] says which of them leads")


def _grant_mistakes(settings: Settings, catalogue: Catalogue) -> Iterator[Mistake]:
    for number, grant in enumerate(settings.grants):
        line = settings.lines.of(("grant", number))
        yield from (Mistake(line, f"grant {grant.id}", sentence) for sentence in grant_faults(grant, catalogue))


def _filter_mistakes(settings: Settings, catalogue: Catalogue, adapters: Mapping[str, Adapter]) -> Iterator[Mistake]:
    """Row filters on what the register does not have, or cannot be compared with: they would let nobody through."""
    leads = leader_of(settings, ENTITY)
    registers = {name: adapter for name, adapter in adapters.items() if ENTITY in adapter.abilities}
    abilities = [a.abilities[ENTITY] for name, a in registers.items() if leads in (None, name)]
    for number, grant in enumerate(settings.grants):
        line = settings.lines.of(("grant", number, "rows"))
        faults = dict(row_faults(grant, catalogue))
        for field in sorted({condition.field for condition in grant.rows} - set(faults)):
            if any(field not in ability.columns for ability in abilities):
                faults[field] = f"rows.{field} is not a column of the source that owns {ENTITY}"
        yield from (Mistake(line, f"grant {grant.id}", sentence) for sentence in faults.values())


def _keep_mistakes(settings: Settings, catalogue: Catalogue, adapters: Mapping[str, Adapter]) -> Iterator[Mistake]:
    """What must not be kept, or could never stand in for its source."""
    for number, options in enumerate(settings.sources):
        for inner, record in enumerate(options.record):
            if record.keep is None:
                continue
            line = settings.lines.of(("source", number, "record", inner, "keep"))
            ability = adapters[options.name].abilities[record.record]
            rules = catalogue.records[record.record].fields
            faults = [_keep_fault(rules.get(name), owned=name in ability.columns) for name in record.keep.fields]
            told = [f"{name} {fault}" for name, fault in zip(record.keep.fields, faults, strict=True) if fault]
            if BY not in ability.keys:
                told.append(f"{record.record} can't be looked up by {BY} here, and is kept by nothing else")
            if record.record == ENTITY and BY not in record.keep.fields:
                told.append(f"{BY} must be among the fields: an entity is known by it")
            if record.record in PERIODS:
                told += _published_faults(PERIODS[record.record], record.keep)
            yield from (Mistake(line, f"source {options.name}, {record.record}, keep", one) for one in told)


def _published_faults(published: Callable[[date], Predicate], keep: KeepOptions) -> Iterator[str]:
    """What a copy of rows that are published for a time lacks."""
    missing = [name for name in fields_of(published(date.min)) if name not in keep.fields]
    if missing:
        yield f"{', '.join(missing)} must be among the fields: by it is known what is still published"
    if keep.max_age_hours > MOST_PUBLISHED_HOURS:
        yield f"max_age_hours is {MOST_PUBLISHED_HOURS} at most: what is published for a time may be withdrawn meanwhile"


def _keep_fault(rule: FieldRule | None, *, owned: bool) -> str:
    if rule is None or not owned:
        return "is not a column of this record here"
    public = rule.sensitivity is Sensitivity.PUBLIC and rule.sharing is not Sharing.WITHHELD
    return "" if public else "is not public; only public fields may be kept"


def _case_mistakes(settings: Settings, adapters: Mapping[str, Adapter]) -> Iterator[Mistake]:
    """Case sources that can't be asked for one case: a mistake that would flag every question."""
    for number, purpose in enumerate(settings.purposes):
        for inner, place in enumerate(purpose.case_sources):
            if not _asks_for_one(adapters[place.source], place):
                line = settings.lines.of(("purpose", number, "case_source", inner))
                sentence = f"source {place.source} can't be asked for one {place.record} by {place.key}"
                yield Mistake(line, f"purpose {purpose.code}", sentence)


def _asks_for_one(adapter: Adapter, place: CaseSource) -> bool:
    ability = adapter.abilities.get(place.record)
    if ability is None or place.key not in ability.columns:
        return False
    return place.key in ability.keys or (place.key, Op.EQ) in ability.filters
