"""Opens the configured sources and says which of them owns what; every mismatch with the schema is a mistake.

A source may be down: opening one asks it nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from adapters.base import Adapter
from adapters.options import SourceOptions
from adapters.registry import open_source
from auth.classes import Sensitivity, Sharing
from auth.grants import Effect, Grant
from auth.roles import Role
from hub.fetch import Source
from hub.plan.model import ENTITY, Owned, Owner, Topology
from hub.settings import BadSettings, Mistake, Settings
from schema.base import RecordDeclaration
from schema.catalogue import Catalogue, FieldRule

_ONE_SOURCE = frozenset({ENTITY, "CreditStatus", "Certificate", "Division", "Industry"})
"""Records of which an entity has one: two sources would contradict each other."""


@dataclass(frozen=True, slots=True)
class Sources:
    """The opened sources by name, and the topology they make."""

    by_name: Mapping[str, Source]
    topology: Topology


def open_sources(settings: Settings, catalogue: Catalogue) -> Sources:
    """Open every source; BadSettings names all that does not fit the schema."""
    mistakes = list(_grant_mistakes(settings.grants, catalogue))
    adapters: dict[str, Adapter] = {}
    for options in settings.sources:
        try:
            adapters[options.name] = open_source(options, catalogue)
        except (ValueError, KeyError) as fault:
            mistakes += [Mistake(0, f"source {options.name}", line) for line in str(fault).splitlines()]
    mistakes += _double_owners(settings.sources)
    if mistakes:
        raise BadSettings(mistakes)
    by_name = {
        options.name: Source(
            options.name, options.label or options.name, adapters[options.name], options.timeout_ms / 1000
        )
        for options in settings.sources
    }
    return Sources(by_name, _topology(settings, catalogue, adapters))


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


def _double_owners(sources: tuple[SourceOptions, ...]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for options in sources:
        for record in options.record:
            first = seen.setdefault(record.record, options.name)
            if first != options.name and record.record in _ONE_SOURCE:
                yield Mistake(0, f"source {options.name}", f"{record.record} is owned by {first} already")


def _grant_mistakes(grants: tuple[Grant, ...], catalogue: Catalogue) -> Iterator[Mistake]:
    for grant in grants:
        for coordinate in sorted(grant.fields | grant.masked):
            if coordinate not in catalogue.fields:
                yield _mistake(grant, f"{coordinate} is not a field")
        for condition in grant.rows:
            if condition.field not in catalogue.records[ENTITY].fields:
                yield _mistake(grant, f"rows.{condition.field} is not a field of {ENTITY}")
        if grant.effect is Effect.ALLOW:
            for rule in catalogue.fields.values():
                if grant.covers(rule.coordinate, rule.scope):
                    yield from _allowance_mistakes(grant, rule)


def _allowance_mistakes(grant: Grant, rule: FieldRule) -> Iterator[Mistake]:
    masked = rule.coordinate in grant.masked or (grant.mask_personal and rule.sensitivity >= Sensitivity.PERSONAL)
    if masked and rule.mask is None:
        yield _mistake(grant, f"{rule.coordinate} has no mask")
    if rule.sharing is Sharing.WITHHELD and rule.coordinate in grant.fields:
        yield _mistake(grant, f"{rule.coordinate} is withheld by law and can't be granted")
    if grant.role is Role.PUBLIC and rule.sensitivity > Sensitivity.PUBLIC and not masked:
        yield _mistake(grant, f"{rule.coordinate} is not public: give it masked or not at all")


def _mistake(grant: Grant, sentence: str) -> Mistake:
    return Mistake(0, f"grant {grant.id}", sentence)
