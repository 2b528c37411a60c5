"""Opens the configured sources and says which of them owns what; every mismatch with the schema is a mistake.

A source may be down: opening one asks it nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.base import Adapter, Starting
from adapters.options import SourceOptions
from adapters.registry import open_source
from adapters.wrap.health import Health
from adapters.wrap.stack import wrap
from auth.classes import Sensitivity, Sharing
from auth.grants import Effect, Grant, RowOp
from auth.roles import Role
from hub.clock import Clock
from hub.fetch import Source
from hub.plan.model import ENTITY, Owned, Owner, Topology
from hub.settings import BadSettings, Mistake, Settings
from hub.toml_lines import Place
from schema.base import RecordDeclaration
from schema.catalogue import Catalogue, FieldRule, Kind

_PREFIXED = frozenset({Kind.CODE, Kind.TEXT})
_LISTED = frozenset({Kind.CODE, Kind.TEXT, Kind.ENUM})
_FAULT = re.compile(
    r"source \w+, record (?P<record>\d+) \((?P<name>\w+)\): (?:(?P<key>[\w.$]+): )?(?P<sentence>.+)", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Sources:
    """The opened sources by name, and the topology they make."""

    by_name: Mapping[str, Source]
    topology: Topology


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
    if not mistakes:
        mistakes += _filter_mistakes(settings, catalogue, adapters)
    if mistakes:
        raise BadSettings(mistakes)
    by_name = {options.name: _source(options, adapters[options.name], clock or Clock()) for options in settings.sources}
    return Sources(by_name, _topology(settings, catalogue, adapters))


def _source(options: SourceOptions, adapter: Adapter, clock: Clock) -> Source:
    health = Health(adapter.abilities, clock.now)
    label = options.label or options.name
    wrapped = wrap(adapter, options, health)
    starting = adapter if isinstance(adapter, Starting) else None
    return Source(options.name, label, wrapped, options.timeout_ms / 1000, health, options.lanes, starting)


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
            )
            owned.setdefault(record.record, []).append(offer)
    owners = {name: _owner(settings, name, rule.declared) for name, rule in catalogue.records.items()}
    return Topology({name: tuple(offers) for name, offers in owned.items()}, owners)


def _owner(settings: Settings, record: str, declared: RecordDeclaration) -> Owner:
    for options in settings.sources:
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
    one = {relation.target for relation in relations if not relation.many}
    return frozenset({ENTITY, *one, *(keyed.record for keyed in catalogue.keyed.values())})


def _double_owners(settings: Settings, single: frozenset[str]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for number, options in enumerate(settings.sources):
        for record in options.record:
            first = seen.setdefault(record.record, options.name)
            if first != options.name and record.record in single:
                line = settings.lines.of(("source", number))
                yield Mistake(line, f"source {options.name}", f"{record.record} is owned by {first} already")


def _grant_mistakes(settings: Settings, catalogue: Catalogue) -> Iterator[Mistake]:
    for number, grant in enumerate(settings.grants):
        line = settings.lines.of(("grant", number))
        yield from (Mistake(line, f"grant {grant.id}", sentence) for sentence in _grant_faults(grant, catalogue))


def _filter_mistakes(settings: Settings, catalogue: Catalogue, adapters: Mapping[str, Adapter]) -> Iterator[Mistake]:
    """Row filters on what the register does not have, or cannot be compared with: they would let nobody through."""
    abilities = [a.abilities[ENTITY] for a in adapters.values() if ENTITY in a.abilities]
    for number, grant in enumerate(settings.grants):
        for condition in sorted(grant.rows, key=str):
            rule = catalogue.records[ENTITY].fields[condition.field]
            kinds = _PREFIXED if condition.op is RowOp.PREFIX else _LISTED
            if rule.many or rule.kind not in kinds:
                sentence = f"rows.{condition.field} can't be compared by {condition.op.lower()}"
            elif any(condition.field not in ability.columns for ability in abilities):
                sentence = f"rows.{condition.field} is not a column of the source that owns {ENTITY}"
            else:
                continue
            yield Mistake(settings.lines.of(("grant", number, "rows")), f"grant {grant.id}", sentence)


def _grant_faults(grant: Grant, catalogue: Catalogue) -> Iterator[str]:
    for coordinate in sorted(grant.fields | grant.masked):
        if coordinate not in catalogue.fields:
            yield f"{coordinate} is not a field"
    for condition in grant.rows:
        if condition.field not in catalogue.records[ENTITY].fields:
            yield f"rows.{condition.field} is not a field of {ENTITY}"
    if grant.effect is Effect.ALLOW:
        for rule in catalogue.fields.values():
            if grant.covers(rule.coordinate, rule.scope):
                yield from _allowance_faults(grant, rule)


def _allowance_faults(grant: Grant, rule: FieldRule) -> Iterator[str]:
    masked = rule.coordinate in grant.masked or (grant.mask_personal and rule.sensitivity >= Sensitivity.PERSONAL)
    if masked and rule.mask is None:
        yield f"{rule.coordinate} has no mask"
    if rule.sharing is Sharing.WITHHELD and rule.coordinate in grant.fields:
        yield f"{rule.coordinate} is withheld by law and can't be granted"
    if grant.role is Role.PUBLIC and rule.sensitivity > Sensitivity.PUBLIC and not masked:
        yield f"{rule.coordinate} is not public: give it masked or not at all"
