"""What a list of entities can be filtered and ordered by.

Every criterion names the fields it reads: a caller who may not read them may not filter by them either.
"""

from datetime import date
from typing import Any

import strawberry

from schema.base import META, Argument, compares, criterion
from schema.enums import Direction, EntityKind, IdentifierKind, LicenceKind, LicenceStatus, ListKind, RegistrationStatus
from schema.predicate import TRUE, Op, Predicate, Test, both
from schema.scalars import USCC, Date

IDENTIFIER_FIELDS: dict[str, str] = {"USCC": "uscc", "REG_NO_15": "regNo15", "ORG_CODE": "orgCode"}
"""Field of the entity that holds each kind of identifier."""


def _listed(value: Any, day: date) -> Predicate:
    return both(compares("list", Op.EQ)(value, day), Test("removedOn", Op.IS_NULL))


@strawberry.input(description="登记编号 / Identifier and its kind")
class IdentifierInput:
    kind: IdentifierKind = strawberry.field(description="编号种类 / Kind")
    value: str = strawberry.field(description="编号 / Value")


@strawberry.input(description="对许可的条件:存在一条同时满足的许可 / One licence satisfies all of these")
class LicenceFilter:
    kind: LicenceKind | None = criterion(
        "事项类型", "Kind", ("Licence.kind",), compares("kind", Op.EQ), record="Licence"
    )
    status: LicenceStatus | None = criterion(
        "状态", "Status", ("Licence.status",), compares("status", Op.EQ), record="Licence"
    )
    valid_to_before: Date | None = criterion(
        "有效期早于", "Valid to before", ("Licence.validTo",), compares("validTo", Op.LT), record="Licence"
    )


@strawberry.input(description="经营主体筛选条件(全部满足) / Criteria that all hold")
class EntityFilter:
    uscc: list[USCC] | None = criterion(
        "统一社会信用代码之一", "One of these codes", ("Entity.uscc",), compares("uscc", Op.IN)
    )
    name: str | None = criterion("名称包含", "Name contains", ("Entity.name",), compares("name", Op.CONTAINS))
    kind: EntityKind | None = criterion("主体类别", "Kind", ("Entity.kind",), compares("kind", Op.EQ))
    status: RegistrationStatus | None = criterion(
        "登记状态", "Registration status", ("Entity.status",), compares("status", Op.EQ)
    )
    division_code: str | None = criterion(
        "行政区划代码等于", "Division is", ("Entity.divisionCode",), compares("divisionCode", Op.EQ)
    )
    division_within: str | None = criterion(
        "行政区划代码以此开头", "Division begins with", ("Entity.divisionCode",), compares("divisionCode", Op.PREFIX)
    )
    industry_code: str | None = criterion(
        "行业代码以此开头", "Industry begins with", ("Entity.industryCode",), compares("industryCode", Op.PREFIX)
    )
    legal_representative: str | None = criterion(
        "法定代表人等于",
        "Legal representative is",
        ("Entity.legalRepresentative",),
        compares("legalRepresentative", Op.EQ),
    )
    address: str | None = criterion(
        "住所包含", "Address contains", ("Entity.address",), compares("address", Op.CONTAINS)
    )
    established_from: Date | None = criterion(
        "成立日期不早于", "Established on or after", ("Entity.establishedOn",), compares("establishedOn", Op.GE)
    )
    established_to: Date | None = criterion(
        "成立日期不晚于", "Established on or before", ("Entity.establishedOn",), compares("establishedOn", Op.LE)
    )
    licence: LicenceFilter | None = strawberry.field(
        default=strawberry.UNSET, description="持有满足条件的许可 / Has such a licence"
    )
    on_list: ListKind | None = criterion(
        "列入名单且未移出", "Is on this list", ("ListEntry.list", "ListEntry.removedOn"), _listed, record="ListEntry"
    )


def _orders(zh: str, en: str, field: str) -> Direction | None:
    declared = Argument(zh, en, (field,), lambda value, day: TRUE)
    ordered: Direction | None = strawberry.field(
        default=strawberry.UNSET, description=f"{zh} / {en}", metadata={META: declared}
    )
    return ordered


@strawberry.input(one_of=True, description="排序依据:只填一项 / One key of the order")
class EntityOrder:
    uscc: Direction | None = _orders("统一社会信用代码", "Unified social credit code", "Entity.uscc")
    name: Direction | None = _orders("名称", "Name", "Entity.name")
    established_on: Direction | None = _orders("成立日期", "Established on", "Entity.establishedOn")
    division_code: Direction | None = _orders("行政区划代码", "Division code", "Entity.divisionCode")
    address: Direction | None = _orders("住所", "Address", "Entity.address")
