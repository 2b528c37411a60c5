"""How a field of a departmental record is declared: once, in its Strawberry type, with all that is known of it.

A declaration carries labels, scope, sensitivity, sharing attribute, mask and what it is computed from; the same
facts print as directives in the SDL. Nothing here resolves, fetches or knows a department.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

import strawberry
from strawberry.annotation import StrawberryAnnotation
from strawberry.schema_directive import Location
from strawberry.types.arguments import StrawberryArgument
from strawberry.types.field import StrawberryField

from auth.classes import Sensitivity, Sharing
from auth.roles import Role
from auth.scopes import Scope
from schema.enums import Freshness, SensitivityClass, SharingAttribute
from schema.predicate import Op, Predicate, Scalar, Test
from schema.scalars import DateTime

META = "hub"
"""Key under which a Strawberry field carries its declaration."""


class MaskKind(StrEnum):
    """How a value is masked; each replaces what it hides by a fixed number of asterisks."""

    PERSON_NAME = "PERSON_NAME"
    PHONE = "PHONE"
    STREET_ADDRESS = "STREET_ADDRESS"
    DOCUMENT_NUMBER = "DOCUMENT_NUMBER"
    WHOLE = "WHOLE"


@dataclass(frozen=True, slots=True)
class Compute:
    """A value made from others of the same row, and from the business day it is asked on.

    disclosed: it is a disclosure of its own, made so that it tells no more than whoever holds it may know; the fields it is
    made from need not be held.
    """

    needs: tuple[str, ...]
    apply: Callable[[tuple[Any, ...], date], Any]
    disclosed: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """Declaration of a leaf: what it is called, who may see it, how it is masked, what it is computed from.

    `link` names fields of the parent record that a value of this one would disclose.
    """

    zh: str
    en: str
    scope: Scope
    sensitivity: Sensitivity = Sensitivity.PUBLIC
    sharing: Sharing = Sharing.UNCONDITIONAL
    mask: MaskKind | None = None
    compute: Compute | None = None
    link: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Intrinsic:
    """Declaration of a field that is held with its record: the opaque id, the provenance."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Argument:
    """Declaration of an argument or filter criterion: the predicate it becomes and the fields that one reads."""

    zh: str
    en: str
    reads: tuple[str, ...]
    build: Callable[[Any, date], Predicate]
    record: str = ""


@dataclass(frozen=True, slots=True)
class Relation:
    """Declaration of a field that leads to records: the parent's field that holds their key, and their key field.

    several: more than one source may own the record, though an entity has one; the first one that has it counts.
    """

    zh: str
    en: str
    parent_key: str = "uscc"
    child_key: str = "uscc"
    cap: int = 200
    arguments: Mapping[str, Argument] | None = None
    several: bool = False


@dataclass(frozen=True, slots=True)
class Root:
    """Declaration of a root field that leads to entities, by the way their keys are given."""

    zh: str
    en: str
    way: str


@dataclass(frozen=True, slots=True)
class KeyedRoot:
    """Declaration of a root field that leads to records by a key of their own, whatever entity they belong to.

    `argument` is what the key is given as, `key` the field of the record it equals.
    """

    zh: str
    en: str
    argument: str
    key: str
    cap: int


@dataclass(frozen=True, slots=True)
class Offer:
    """Declaration of a root field that exists for some roles only: an act, or a question the hub answers them itself."""

    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class RecordDeclaration:
    """A departmental record: its Strawberry type, labels and the authority that is competent for it by law.

    A composite record is an object also where its own source has no row, because other records hang below it.
    """

    type: type
    zh: str
    en: str
    authority_zh: str
    authority_en: str
    composite: bool = False


RECORDS: dict[str, RecordDeclaration] = {}
RecordType = TypeVar("RecordType", bound=type)


@strawberry.schema_directive(locations=[Location.OBJECT], name="owner", description="主管机关 / Competent authority")
class OwnerDirective:
    authority: str


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="scope", description="授权范围 / Scope")
class ScopeDirective:
    name: str


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="sensitivity", description="敏感级别")
class SensitivityDirective:
    level: SensitivityClass


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="sharing", description="共享属性")
class SharingDirective:
    attribute: SharingAttribute


@strawberry.schema_directive(locations=[Location.FIELD_DEFINITION], name="needs", description="由哪些字段计算")
class NeedsDirective:
    fields: list[str]


def record(
    zh: str, en: str, authority: tuple[str, str], *, composite: bool = False
) -> Callable[[RecordType], RecordType]:
    """Declare a departmental record type; its name is the record's name."""

    def declare(cls: RecordType) -> RecordType:
        owner = OwnerDirective(authority=f"{authority[0]} / {authority[1]}")
        strawberry.type(cls, description=f"{zh} / {en}", directives=[owner])
        RECORDS[cls.__name__] = RecordDeclaration(cls, zh, en, *authority, composite)
        return cls

    return declare


def fact(
    zh: str,
    en: str,
    scope: Scope,
    *,
    sensitivity: Sensitivity = Sensitivity.PUBLIC,
    sharing: Sharing = Sharing.UNCONDITIONAL,
    mask: MaskKind | None = None,
    compute: Compute | None = None,
    link: tuple[str, ...] = (),
) -> Any:
    """Declare a leaf of a record."""
    declared = Fact(zh, en, scope, sensitivity, sharing, mask, compute, link)
    directives: list[object] = [
        ScopeDirective(name=scope.value),
        SensitivityDirective(level=SensitivityClass[sensitivity.name]),
        SharingDirective(attribute=SharingAttribute[sharing.name]),
    ]
    if compute is not None and not compute.disclosed:
        directives.append(NeedsDirective(fields=list(compute.needs)))
    return _field(declared, directives)


def intrinsic(zh: str, en: str) -> Any:
    """Declare a field that is held whenever its record is."""
    return _field(Intrinsic(zh, en), [])


def relation(
    zh: str,
    en: str,
    *,
    parent_key: str = "uscc",
    child_key: str = "uscc",
    cap: int = 200,
    limited: bool = True,
    several: bool = False,
    **arguments: tuple[Any, Argument],
) -> Any:
    """Declare a field that leads to records; keyword arguments become its GraphQL arguments, `first` among them."""
    declared = Relation(zh, en, parent_key, child_key, cap, {name: spec for name, (_, spec) in arguments.items()})
    field = _field(replace(declared, several=several), [])
    taken = [_argument(name, kind, f"{spec.zh} / {spec.en}", spec) for name, (kind, spec) in arguments.items()]
    if limited:
        taken.append(_argument("first", int | None, f"最多返回条数,不超过 {cap} / At most this many", None))
    field.arguments = taken
    return field


def root(zh: str, en: str, way: str, **arguments: tuple[Any, str]) -> Any:
    """Declare a root field that leads to entities; `way` says how their keys are given."""
    field = _field(Root(zh, en, way), [])
    field.arguments = [_argument(name, kind, label, None) for name, (kind, label) in arguments.items()]
    return field


def keyed_root(zh: str, en: str, key: str, *, cap: int = 200, **argument: tuple[Any, str]) -> Any:
    """Declare a root field that leads to the record, or list of records, whose field `key` equals its one argument."""
    ((name, (kind, label)),) = argument.items()
    field = _field(KeyedRoot(zh, en, name, key, cap), [])
    field.arguments = [_argument(name, kind, label, None)]
    return field


def offer(zh: str, en: str, *roles: Role, by: Callable[..., Any]) -> Any:
    """Declare a root field that exists for these roles only, and what resolves it."""
    return strawberry.field(resolver=by, description=f"{zh} / {en}", metadata={META: Offer(frozenset(roles))})


def criterion(
    zh: str,
    en: str,
    reads: tuple[str, ...],
    build: Callable[[Any, date], Predicate],
    *,
    record: str = "",
) -> Any:
    """Declare a field of a filter input: a predicate on this record, or on another one that shares its key."""
    declared = Argument(zh, en, reads, build, record)
    return strawberry.field(default=strawberry.UNSET, description=f"{zh} / {en}", metadata={META: declared})


def compares(field: str, op: Op) -> Callable[[Any, date], Predicate]:
    """Predicate that compares one field with the argument's value."""

    def build(value: Any, _day: date) -> Predicate:
        return Test(field, op, canonical(value))

    return build


def canonical(value: Any) -> Scalar | tuple[Scalar, ...]:
    """Canonical form of a coerced input value: enum members become their names, lists tuples, texts plain ones."""
    return tuple(map(_scalar, value)) if isinstance(value, list) else _scalar(value)


def _scalar(value: Any) -> Scalar:
    if hasattr(value, "name"):
        value = value.name
    found: Scalar = str(value) if isinstance(value, str) else value
    return found


def _field(declared: Any, directives: list[object]) -> StrawberryField:
    field: StrawberryField = strawberry.field(
        description=f"{declared.zh} / {declared.en}", directives=directives, metadata={META: declared}, default=None
    )
    return field


def _argument(name: str, kind: Any, description: str, declared: Argument | None) -> StrawberryArgument:
    return StrawberryArgument(
        python_name=name,
        graphql_name=None,
        type_annotation=StrawberryAnnotation(kind),
        description=description,
        default=strawberry.UNSET,
        metadata={META: declared} if declared else {},
    )


@strawberry.interface(description="可按统一标识再次取得的对象 / Object that can be fetched again by its id")
class Node:
    id: strawberry.ID = intrinsic("网关标识:不透明,一次分配,不含任何代码", "Opaque id, assigned once")


@strawberry.type(description="来源 / Where a record came from")
class Provenance:
    source: str | None = strawberry.field(default=None, description="数据源 / Source")
    department: str | None = strawberry.field(default=None, description="数源部门 / Department")
    as_of: DateTime | None = strawberry.field(
        default=None, description="源头自己的数据时间;源头未声明时为空 / The source's own data time, null if undeclared"
    )
    fetched_at: DateTime | None = strawberry.field(default=None, description="取数时刻 / When it was fetched")
    freshness: Freshness | None = strawberry.field(default=None, description="新鲜度 / Freshness")
    disputed: bool | None = strawberry.field(default=None, description="异议中 / Under objection")
    basis: str | None = strawberry.field(default=None, description="共享依据 / Basis of sharing")


@strawberry.type(description="金额 / Amount of money in units of its currency")
class Money:
    amount: str | None = strawberry.field(default=None, description="金额(十进制文本,单位:元) / Decimal as text")
    currency: str | None = strawberry.field(default=None, description="币种(ISO 4217) / Currency")
    original: str | None = strawberry.field(default=None, description="源头原文 / As the source wrote it")
