"""The root of what can be asked, and the types of the hub's own answers (me, purposes, catalogue, sources, mandates).

Record fields have no resolvers: the planner reads their declarations. The hub's own are answered through the `Desk`
protocol, which the hub implements; those that are offered to some roles only read its store.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.approval import ApprovalItem
from schema.asking import AskingLook, AskingQuery
from schema.auditing import AuditingDesk, AuditingQuery
from schema.base import Node, keyed_root, offer, root
from schema.campus import Campus
from schema.certificate import Certificate
from schema.coding import CodeDesk, CodeQuery
from schema.coding_look import CodeLookQuery
from schema.correcting import CorrectionDesk, CorrectionQuery
from schema.credentials import CredentialDesk, CredentialQuery
from schema.disclosing import DisclosingDesk, DisclosingQuery
from schema.entity import Entity, EntityConnection
from schema.enums import CaseState, FieldStanding, Scenario, SensitivityClass, SharingAttribute, SourceState
from schema.filters import EntityFilter, EntityOrder, IdentifierInput
from schema.granting import GrantingQuery, GrantsLook
from schema.identity import IdentityDesk, IdentityQuery
from schema.importing import ImportDesk, ImportQuery
from schema.inbox import Inbox, InboxQuery
from schema.mandate import Mandate
from schema.mapping import MappingDesk, MappingQuery
from schema.matching import MatchDesk, MatchingQuery
from schema.quality import QualityDesk, QualityQuery
from schema.quality_works import QualityWorkLook, QualityWorkQuery
from schema.receipt import ReceiptLook, ReceiptQuery
from schema.record_works import RecordWorkQuery, WorkLook
from schema.replaying import ReplayingDesk, ReplayingQuery
from schema.reporting import ReportDesk, ReportQuery
from schema.scalars import USCC, DateTime
from schema.simulating import SimulatingDesk, SimulatingQuery
from schema.staff import StaffDesk, StaffQuery
from schema.standing_in import StandingInDesk, StandingInQuery
from schema.tasks import TaskDesk, TaskQuery


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
    verifies_case: bool = strawberry.field(
        description="案件须可核实,否则不予查询 / Its case has to be known, or nothing is answered"
    )
    requires_consent: bool = strawberry.field(
        description="须取得当事人授权 / Needs the consent of whom the question is about"
    )


@strawberry.type(description="调用方 / Who is asking")
class Me:
    client: str | None = strawberry.field(description="客户端;公众访问为空 / Client, null for the public")
    label: str = strawberry.field(description="名称 / Name")
    department: str | None = strawberry.field(description="部门 / Department")
    role: str = strawberry.field(description="角色 / Role")
    person: str | None = strawberry.field(description="人员 / Person")
    acting_for: strawberry.ID | None = strawberry.field(
        description="代理谁办理,其人员编号;非代理为空 / Id of the person one acts for as a deputy, null without one"
    )
    purpose: str = strawberry.field(description="本次用途 / Purpose of this question")
    case: str | None = strawberry.field(description="案件或任务编号 / Case number")
    case_state: CaseState | None = strawberry.field(
        description="案件是否可核实;未注明案件时为空 / Whether somebody knows the case; null without one"
    )
    valid_until: DateTime | None = strawberry.field(description="本次权限有效至 / This access holds until")


@strawberry.type(description="数据源中一种记录的数据时间 / How old one record of a source is")
class RecordAge:
    record: str = strawberry.field(description="记录 / Record")
    as_of: DateTime | None = strawberry.field(
        description="已取得的最新数据时间;数据源未声明时为空 / Newest data time given so far, null where none is declared"
    )
    lag_days: int | None = strawberry.field(description="距今天数 / Days since then")


@strawberry.type(
    description="数据源运行情况,管理员和本部门数源管理员可见 / How a source runs; for administrators, and stewards of its department"
)
class SourceOperations:
    resting: list[str] = strawberry.field(description="暂停查询的记录 / Records not asked for the moment")
    failures_in_a_row: int = strawberry.field(description="连续失败次数 / Failures in a row")
    last_failed_at: DateTime | None = strawberry.field(description="最近一次失败 / Last failure")
    last_failure_code: str | None = strawberry.field(description="失败代码 / Its code")
    last_failure: str | None = strawberry.field(description="失败说明 / What it was, in a sentence")
    last_failure_means: str | None = strawberry.field(description="失败的含义 / What that means, in Chinese")
    last_failure_means_en: str | None = strawberry.field(description="失败的含义(英文) / What that means")
    to_do: str | None = strawberry.field(description="如何处理 / What to do, in Chinese")
    to_do_en: str | None = strawberry.field(description="如何处理(英文) / What to do")
    calls: int = strawberry.field(description="启动以来调用次数 / Calls since the start")
    failures: int = strawberry.field(description="其中失败次数 / Of these, failed")
    turned_away: int = strawberry.field(
        description="因排队已满或超时而未发出的查询 / Questions not put, because too many were waiting"
    )
    median_ms: float | None = strawberry.field(
        description="最近 200 次调用耗时中位数(毫秒) / Median of the last 200 calls, in milliseconds"
    )
    p95_ms: float | None = strawberry.field(
        description="最近 200 次调用耗时 95 分位(毫秒) / 95th percentile of the same, in milliseconds"
    )
    limit_ms: int = strawberry.field(description="每次调用的时限(毫秒) / How long a call may take, in milliseconds")


@strawberry.type(description="数据源的状态与数据时效 / A source: how it is, and how old what it gives")
class SourceHealth:
    name: str = strawberry.field(description="简称 / Short name")
    label: str = strawberry.field(description="名称 / Name")
    department: str = strawberry.field(description="负责部门 / Department that answers for it")
    department_code: str = strawberry.field(description="负责部门代码 / Code of that department")
    takes_files: bool = strawberry.field(description="以文件提供数据 / Its rows come as files")
    records: list[RecordAge] = strawberry.field(
        description="我可查或可申请的记录 / Its records that I hold or can request"
    )
    state: SourceState = strawberry.field(description="状态 / State")
    since: DateTime | None = strawberry.field(description="该状态起始 / Since when; null until it was asked")
    last_answered_at: DateTime | None = strawberry.field(description="最近一次应答(到分) / Last answer, to the minute")
    as_of: DateTime | None = strawberry.field(
        description="上述记录中最新的数据时间 / Newest data time of these records"
    )
    lag_days: int | None = strawberry.field(description="距今天数 / Days since then")
    operations: SourceOperations | None = strawberry.field(
        description="运行情况;非管理员、非本部门为空 / How it runs; null but for administrators and its department's stewards"
    )


class Desk(Protocol):
    """What the hub says of itself to one caller."""

    def me(self) -> Me: ...
    def purposes(self) -> Sequence[PurposeItem]: ...
    def catalogue(self, record: str | None) -> Sequence[CatalogueItem]: ...
    def sources(self) -> Sequence[SourceHealth]: ...
    @property
    def store(self) -> "StoreDesk": ...


class StoreDesk(Inbox, Protocol):
    """What the hub's store says to one caller, in one transaction that reads."""

    @property
    def disclosed(self) -> Sequence[str]:
        """Codes of entities, else their sources' own identifiers, that were told of; they go on record."""

    def mandates(self, uscc: str | None) -> Sequence[Mandate]: ...
    @property
    def matching(self) -> MatchDesk: ...
    @property
    def staff(self) -> StaffDesk: ...
    @property
    def credentials(self) -> CredentialDesk: ...
    @property
    def standing_in(self) -> StandingInDesk: ...
    @property
    def simulating(self) -> SimulatingDesk: ...
    @property
    def replaying(self) -> ReplayingDesk: ...
    @property
    def tasks(self) -> TaskDesk: ...

    @property
    def asking(self) -> AskingLook: ...
    @property
    def granting(self) -> GrantsLook: ...
    @property
    def identities(self) -> IdentityDesk: ...
    @property
    def correcting(self) -> CorrectionDesk: ...
    @property
    def quality(self) -> QualityDesk: ...
    @property
    def quality_works(self) -> QualityWorkLook: ...
    @property
    def imports(self) -> ImportDesk: ...
    @property
    def receipts(self) -> ReceiptLook: ...
    @property
    def codes(self) -> CodeDesk: ...
    @property
    def disclosing(self) -> DisclosingDesk: ...
    @property
    def auditing(self) -> AuditingDesk: ...
    @property
    def works(self) -> WorkLook: ...
    @property
    def reports(self) -> ReportDesk: ...
    @property
    def mapping(self) -> MappingDesk: ...


def _me(info: Info[Desk, None]) -> Me:
    return info.context.me()


def _purposes(info: Info[Desk, None]) -> list[PurposeItem]:
    return list(info.context.purposes())


def _catalogue(info: Info[Desk, None], record: str | None = None) -> list[CatalogueItem]:
    return list(info.context.catalogue(record))


def _sources(info: Info[Desk, None]) -> list[SourceHealth]:
    return list(info.context.sources())


def _mandates(
    info: Info[Desk, None],
    uscc: Annotated[USCC | None, strawberry.argument(description="只列此经营主体的 / Only of this entity")] = None,
) -> list[Mandate]:
    return list(info.context.store.mandates(uscc))


@strawberry.type(description="查询 / Query")
class Query(
    AskingQuery,
    AuditingQuery,
    CodeLookQuery,
    CodeQuery,
    CredentialQuery,
    CorrectionQuery,
    DisclosingQuery,
    GrantingQuery,
    IdentityQuery,
    ImportQuery,
    InboxQuery,
    MappingQuery,
    MatchingQuery,
    QualityQuery,
    ReceiptQuery,
    QualityWorkQuery,
    RecordWorkQuery,
    ReportQuery,
    SimulatingQuery,
    ReplayingQuery,
    StaffQuery,
    StandingInQuery,
    TaskQuery,
):
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
        "按网关标识取一个对象", "One object by its id", "node", id=(strawberry.ID, "网关标识 / Id")
    )
    nodes: list[Node | None] = root(
        "按网关标识批量取对象", "Objects by their ids", "nodes", ids=(list[strawberry.ID], "网关标识,至多 200 个 / Ids")
    )
    me: Me = strawberry.field(resolver=_me, description="我是谁 / Who I am")
    purposes: list[PurposeItem] = strawberry.field(resolver=_purposes, description="我可用的用途 / Purposes I may use")
    catalogue: list[CatalogueItem] = strawberry.field(
        resolver=_catalogue, description="数据目录:可查与可申请的字段 / Fields I hold or can request"
    )
    sources: list[SourceHealth] = strawberry.field(
        resolver=_sources, description="数据源状态与数据时效 / How the sources are, and how old what they give"
    )
    mandates: list[Mandate] = offer(
        "我持有、授出或核验的代表关系,含 90 日内终止的",
        "Mandates that I hold, gave or vouched for, those included that ended within 90 days",
        Role.CLERK,
        Role.MERCHANT,
        by=_mandates,
    )
