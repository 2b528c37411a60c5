"""The root of what can be asked, and the types of the hub's own answers (me, purposes, catalogue).

Record fields have no resolvers: the planner reads their declarations. The hub's own three are answered through the
`Desk` protocol, which the hub implements.
"""

from collections.abc import Sequence
from typing import Protocol

import strawberry
from strawberry.types import Info

from schema.approval import ApprovalItem
from schema.base import Node, keyed_root, root
from schema.campus import Campus
from schema.certificate import Certificate
from schema.entity import Entity, EntityConnection
from schema.enums import FieldStanding, Scenario, SensitivityClass, SharingAttribute
from schema.filters import EntityFilter, EntityOrder, IdentifierInput
from schema.scalars import USCC, DateTime


@strawberry.type(description="目录项:一个字段、谁负责、我能否查询 / One field, its owner, and whether I may ask it")
class CatalogueItem:
    field: str = strawberry.field(description="字段坐标 / Schema coordinate")
    label: str = strawberry.field(description="中文名称 / Chinese label")
    label_en: str = strawberry.field(description="英文名称 / English label")
    scope: str = strawberry.field(description="授权范围 / Scope")
    sensitivity: SensitivityClass = strawberry.field(description="敏感级别 / Sensitivity")
    sharing: SharingAttribute = strawberry.field(description="共享属性 / Sharing attribute")
    standing: FieldStanding = strawberry.field(description="我的权限 / My standing")
    masked: bool = strawberry.field(description="部分或全部脱敏 / Masked for some or all rows")
    filtered: bool = strawberry.field(description="仅限部分行 / Held for some rows only")
    owner: str = strawberry.field(description="负责部门;未接入时为主管机关 / Who is responsible")
    connected: bool = strawberry.field(description="已接入 / A source is connected")
    how_to_request: str | None = strawberry.field(description="如何申请 / How to ask for it")


@strawberry.type(name="Purpose", description="查询用途 / Purpose of a question")
class PurposeItem:
    code: str = strawberry.field(description="代码 / Code")
    label: str = strawberry.field(description="中文名称 / Chinese label")
    label_en: str = strawberry.field(description="英文名称 / English label")
    scenario: Scenario | None = strawberry.field(description="所属场景 / Scenario")
    requires_case: bool = strawberry.field(description="须注明案件或任务编号 / Needs a case number")


@strawberry.type(description="调用方 / Who is asking")
class Me:
    client: str | None = strawberry.field(description="客户端;公众访问为空 / Client, null for the public")
    label: str = strawberry.field(description="名称 / Name")
    department: str | None = strawberry.field(description="部门 / Department")
    role: str = strawberry.field(description="角色 / Role")
    person: str | None = strawberry.field(description="人员 / Person")
    purpose: str = strawberry.field(description="本次用途 / Purpose of this question")
    case: str | None = strawberry.field(description="案件或任务编号 / Case number")
    valid_until: DateTime | None = strawberry.field(description="本次权限有效至 / This access holds until")


class Desk(Protocol):
    """What the hub says of itself to one caller."""

    def me(self) -> Me: ...
    def purposes(self) -> Sequence[PurposeItem]: ...
    def catalogue(self, record: str | None) -> Sequence[CatalogueItem]: ...


def _me(info: Info[Desk, None]) -> Me:
    return info.context.me()


def _purposes(info: Info[Desk, None]) -> list[PurposeItem]:
    return list(info.context.purposes())


def _catalogue(info: Info[Desk, None], record: str | None = None) -> list[CatalogueItem]:
    return list(info.context.catalogue(record))


@strawberry.type(description="查询 / Query")
class Query:
    entity: Entity | None = root(
        "按代码或编号查一个经营主体",
        "One entity by its code or identifier",
        "entity",
        uscc=(USCC | None, "统一社会信用代码 / Unified social credit code"),
        identifier=(IdentifierInput | None, "其他登记编号 / Another identifier"),
    )
    entities: EntityConnection | None = root(
        "筛选并分页列出经营主体",
        "A page of entities",
        "entities",
        filter=(EntityFilter | None, "筛选条件 / Criteria"),
        orderBy=(list[EntityOrder] | None, "排序,至多 3 项 / Order, at most 3 keys"),
        first=(int | None, "条数,1–100,默认 20 / Page size"),
        after=(str | None, "从此游标之后 / After this cursor"),
    )
    entities_by_uscc: list[Entity | None] = root(
        "按代码批量查询,顺序与所问一致,未找到为空",
        "Entities in the order asked, null where not found",
        "entitiesByUscc",
        usccs=(list[USCC], "统一社会信用代码,至多 200 个 / At most 200 codes"),
    )
    certificate: Certificate | None = keyed_root(
        "按编号核验执法证件", "An officer's certificate by its number", "number", number=(str, "执法证号 / Number")
    )
    approval_item: ApprovalItem | None = keyed_root(
        "按编码查审批事项", "An approval item by its code", "code", code=(str, "事项编码 / Item code")
    )
    campus: list[Campus] | None = keyed_root(
        "按校园代码列出校园经营", "Who trades on a campus", "campusCode", code=(str, "校园代码 / Code of the campus")
    )
    node: Node | None = root(
        "按枢纽标识取一个对象", "One object by its id", "node", id=(strawberry.ID, "枢纽标识 / Id")
    )
    nodes: list[Node | None] = root(
        "按枢纽标识批量取对象", "Objects by their ids", "nodes", ids=(list[strawberry.ID], "枢纽标识,至多 200 个 / Ids")
    )
    me: Me = strawberry.field(resolver=_me, description="我是谁 / Who I am")
    purposes: list[PurposeItem] = strawberry.field(resolver=_purposes, description="我可用的用途 / Purposes I may use")
    catalogue: list[CatalogueItem] = strawberry.field(
        resolver=_catalogue, description="数据目录:可查与可申请的字段 / Fields I hold or can request"
    )
