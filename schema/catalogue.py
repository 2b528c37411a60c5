"""The catalogue: every field of every record with all that was declared of it, folded once at start.

Refuses to fold on any gap and names all of them. Knows no source and no caller; which department answers for a
record is configuration and is joined to this elsewhere.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional

from auth.classes import Sensitivity, Sharing
from auth.scopes import SCOPE_LABELS, Scope
from schema.base import (
    META,
    RECORDS,
    Argument,
    Compute,
    Fact,
    KeyedRoot,
    MaskKind,
    Money,
    RecordDeclaration,
    Relation,
)
from schema.enums import Labelled
from schema.filters import EntityFilter, EntityOrder, LicenceFilter
from schema.query import Query
from schema.scalars import USCC, Date, DateTime


class Kind(Enum):
    """What a leaf holds, in canonical form: text, number, truth, ISO date, RFC 3339 instant, enum name, money."""

    TEXT = "text"
    CODE = "code"
    INT = "int"
    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    ENUM = "enum"
    MONEY = "money"


_KINDS: dict[object, Kind] = {
    str: Kind.TEXT,
    USCC: Kind.CODE,
    int: Kind.INT,
    bool: Kind.BOOLEAN,
    Date: Kind.DATE,
    DateTime: Kind.DATETIME,
    Money: Kind.MONEY,
}


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One leaf: coordinate, declaration, and the kind of its value."""

    coordinate: str
    record: str
    name: str
    zh: str
    en: str
    scope: Scope
    sensitivity: Sensitivity
    sharing: Sharing
    mask: MaskKind | None
    kind: Kind
    many: bool
    enum: type[Labelled] | None
    compute: Compute | None
    needs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RelationRule:
    """One field that leads to records of another type."""

    coordinate: str
    record: str
    name: str
    target: str
    many: bool
    declared: Relation


@dataclass(frozen=True, slots=True)
class RecordRule:
    """One record: its leaves and relations by GraphQL name."""

    name: str
    declared: RecordDeclaration
    fields: Mapping[str, FieldRule]
    relations: Mapping[str, RelationRule]


@dataclass(frozen=True, slots=True)
class KeyedRule:
    """One root field that leads to records by a key of their own."""

    name: str
    record: str
    many: bool
    declared: KeyedRoot


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All records by name, all leaves by coordinate, and the root fields that lead to records by a key of their own."""

    records: Mapping[str, RecordRule]
    fields: Mapping[str, FieldRule] = field(repr=False)
    keyed: Mapping[str, KeyedRule] = field(repr=False)

    def rule(self, coordinate: str) -> FieldRule:
        """The leaf at a coordinate; KeyError if there is none."""
        return self.fields[coordinate]


class CatalogueGap(Exception):
    """Declarations are incomplete; the text names every gap, one a line."""


def fold_catalogue() -> Catalogue:
    """Fold all declared records, and refuse on any gap."""
    gaps: list[str] = []
    records = {name: _record(name, declared, gaps) for name, declared in RECORDS.items()}
    fields = {rule.coordinate: rule for record in records.values() for rule in record.fields.values()}
    fields |= {rule.coordinate: rule for rule in _facts_of_answers(gaps)}
    keyed = dict(_keyed_roots())
    gaps.extend(_missing(records, fields))
    gaps.extend(gap for rule in keyed.values() for gap in _missing_of_keyed(rule, records))
    if gaps:
        raise CatalogueGap("\n".join(gaps))
    return Catalogue(records, fields, keyed)


def declared_fields(cls: type) -> Iterator[tuple[str, Any, Any]]:
    """GraphQL name, declaration and Strawberry type of each field of a Strawberry class."""
    definition: StrawberryObjectDefinition = cls.__strawberry_definition__  # type: ignore[attr-defined]
    for declared in definition.fields:
        yield graphql_name(declared), declared.metadata.get(META), declared.type


def graphql_name(declared: Any) -> str:
    """Name of a Strawberry field or argument as it stands in the SDL."""
    if declared.graphql_name:
        return str(declared.graphql_name)
    head, *rest = str(declared.python_name).split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


def _record(name: str, declared: RecordDeclaration, gaps: list[str]) -> RecordRule:
    fields: dict[str, FieldRule] = {}
    relations: dict[str, RelationRule] = {}
    for field_name, spec, kind in declared_fields(declared.type):
        coordinate = f"{name}.{field_name}"
        if isinstance(spec, Fact):
            rule = _leaf(name, field_name, spec, kind)
            if rule is None:
                gaps.append(f"{coordinate}: the type of its value is not known")
            else:
                fields[field_name] = rule
        elif isinstance(spec, Relation):
            inner, many = _unwrap(kind)
            relations[field_name] = RelationRule(coordinate, name, field_name, inner.__name__, many, spec)
        elif spec is None:
            gaps.append(f"{coordinate}: not declared with fact, relation or intrinsic")
    return RecordRule(name, declared, fields, relations)


def _leaf(record: str, name: str, spec: Fact, kind: Any) -> FieldRule | None:
    inner, many = _unwrap(kind)
    enum = inner if isinstance(inner, type) and issubclass(inner, Labelled) else None
    value = Kind.ENUM if enum else _KINDS.get(inner)
    if value is None:
        return None
    held = spec.compute.needs if spec.compute and not spec.compute.disclosed else ()
    needs = tuple(f"{record}.{need}" for need in held)
    return FieldRule(
        coordinate=f"{record}.{name}",
        record=record,
        name=name,
        zh=spec.zh,
        en=spec.en,
        scope=spec.scope,
        sensitivity=spec.sensitivity,
        sharing=spec.sharing,
        mask=spec.mask,
        kind=value,
        many=many,
        enum=enum,
        compute=spec.compute,
        needs=needs + spec.link,
    )


def _unwrap(kind: Any) -> tuple[Any, bool]:
    many = False
    while True:
        if isinstance(kind, StrawberryOptional):
            kind = kind.of_type
        elif isinstance(kind, StrawberryList):
            kind, many = kind.of_type, True
        elif get_origin(kind) in (Union, UnionType):
            kind = next(arg for arg in get_args(kind) if arg is not type(None))
        elif hasattr(kind, "wrapped_cls"):
            return kind.wrapped_cls, many
        else:
            return kind, many


def _facts_of_answers(gaps: list[str]) -> Iterator[FieldRule]:
    """Leaves of the hub's own answers for which a scope is needed: how many entities there are, which one is meant."""
    answers = {name: kind for name, _, kind in declared_fields(Query)}
    for root in ("entities", "resolve"):
        inner, _ = _unwrap(answers[root])
        for name, spec, kind in declared_fields(inner):
            if isinstance(spec, Fact):
                rule = _leaf(inner.__name__, name, spec, kind)
                if rule is None:
                    gaps.append(f"{inner.__name__}.{name}: the type of its value is not known")
                else:
                    yield rule


def _keyed_roots() -> Iterator[tuple[str, KeyedRule]]:
    for name, spec, kind in declared_fields(Query):
        if isinstance(spec, KeyedRoot):
            inner, many = _unwrap(kind)
            yield name, KeyedRule(name, inner.__name__, many, spec)


def _missing(records: Mapping[str, RecordRule], fields: Mapping[str, FieldRule]) -> Iterator[str]:
    for rule in fields.values():
        yield from _missing_of_leaf(rule, fields)
    for record in records.values():
        yield from _missing_relations(record, records, fields)
    for cls in (EntityFilter, EntityOrder, LicenceFilter):
        for name, spec, _ in declared_fields(cls):
            for read in spec.reads if isinstance(spec, Argument) else ():
                if read not in fields:
                    yield f"{cls.__name__}.{name}: reads {read}, which does not exist"


def _missing_of_keyed(rule: KeyedRule, records: Mapping[str, RecordRule]) -> Iterator[str]:
    record = records.get(rule.record)
    if record is None:
        yield f"Query.{rule.name}: leads to {rule.record}, which is not a record"
        return
    key = record.fields.get(rule.declared.key)
    if key is None or key.many or key.kind is not Kind.TEXT:
        yield f"Query.{rule.name}: {rule.record}.{rule.declared.key} is no text that a record has one of"
    if record.relations:
        yield f"Query.{rule.name}: {rule.record} leads on to records, whose row filters need an entity above them"


def _missing_of_leaf(rule: FieldRule, fields: Mapping[str, FieldRule]) -> Iterator[str]:
    if not rule.zh.strip() or not rule.en.strip():
        yield f"{rule.coordinate}: a label is missing"
    if rule.sensitivity >= Sensitivity.PERSONAL and rule.mask is None:
        yield f"{rule.coordinate}: personal, but no mask is declared"
    if rule.scope not in SCOPE_LABELS:
        yield f"{rule.coordinate}: scope {rule.scope} has no label"
    made_from = [f"{rule.record}.{need}" for need in rule.compute.needs] if rule.compute else []
    for need in dict.fromkeys([*rule.needs, *made_from]):
        if need not in fields:
            yield f"{rule.coordinate}: needs {need}, which does not exist"


def _missing_relations(
    record: RecordRule, records: Mapping[str, RecordRule], fields: Mapping[str, FieldRule]
) -> Iterator[str]:
    for relation in record.relations.values():
        if relation.target not in records:
            yield f"{relation.coordinate}: leads to {relation.target}, which is not a record"
            continue
        for name, argument in (relation.declared.arguments or {}).items():
            for read in _read_fields(argument, relation.target):
                if read not in fields:
                    yield f"{relation.coordinate}({name}): reads {read}, which does not exist"


def _read_fields(argument: Argument, record: str) -> tuple[str, ...]:
    return tuple(f"{record}.{name}" for name in argument.reads)
