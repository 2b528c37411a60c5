"""What the security and audit administrators ask before grants change, and afterwards: simulation, difference, replay, checks.

Nothing here decides anything, and nothing holds a value of an answer. A data steward sees of it what concerns the
records that their department owns.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.scalars import Date, DateTime, Position
from schema.simulating_enums import CheckFault, FieldShift, SimulatedState


@strawberry.type(description="一个字段的模拟状态 / How one field would stand")
class SimulatedField:
    field: str = strawberry.field(description="字段坐标 / Schema coordinate")
    label: str | None = strawberry.field(
        description="中文名称;现已不存在的字段为空 / Chinese label, null if it is no more"
    )
    label_en: str | None = strawberry.field(description="英文名称 / English label")
    state: SimulatedState = strawberry.field(description="状态 / State")
    grants: list[strawberry.ID] = strawberry.field(
        description="所依据的授权;未能查询时为相关授权 / Grants that give it, or that would"
    )
    denied_by: list[strawberry.ID] = strawberry.field(description="排除它的授权 / Denials that take it away")
    lacking: list[str] = strawberry.field(description="还缺的字段 / Fields that are still lacking")
    rows: list[str] = strawberry.field(description="行级条件,满足其一 / Row filters, of which one must hold")
    last_day: Date | None = strawberry.field(description="授权的最后一日 / Last day of these grants")
    expiring: bool = strawberry.field(description="30 日内到期 / They run out within 30 days")


@strawberry.type(
    description="模拟:某部门以某角色、某用途可查什么 / What a department, in a role, for a purpose, would see"
)
class Simulation:
    department: str = strawberry.field(description="部门;公众为空 / Department, empty for the public")
    role: str = strawberry.field(description="角色 / Role")
    purpose: str = strawberry.field(description="用途 / Purpose")
    day: Date = strawberry.field(description="业务日 / Business day")
    request: strawberry.ID | None = strawberry.field(description="已叠加的申请 / Request that is laid over it")
    vocabulary: int = strawberry.field(
        description="所用词汇表的版本;0 为当前 / Vocabulary it is read by, 0 for the present one"
    )
    awaits_consent: bool = strawberry.field(
        description="该用途须经同意,现一律不答;字段状态为同意之后的 / Nothing is answered for this purpose until consents exist;"
        " the fields are as they would be then"
    )
    unreadable: list[strawberry.ID] = strawberry.field(
        description="本版本无法读取、未计入的授权 / Grants that this version cannot read and that are left out"
    )
    fields: list[SimulatedField] = strawberry.field(description="字段 / Fields")


@strawberry.type(description="一个字段的变化 / What becomes of one field")
class ShiftedField:
    field: str = strawberry.field(description="字段坐标 / Schema coordinate")
    label: str | None = strawberry.field(description="中文名称 / Chinese label")
    label_en: str | None = strawberry.field(description="英文名称 / English label")
    shifts: list[FieldShift] = strawberry.field(description="变化 / What becomes of it")


@strawberry.type(description="授权变更对一个部门、角色、用途的影响 / What changes for one department, role and purpose")
class GrantDifference:
    department: str = strawberry.field(
        description="部门;* 为其他各部门,公众为空 / Department, * for all others, empty for the public"
    )
    role: str = strawberry.field(description="角色 / Role")
    purpose: str = strawberry.field(description="用途 / Purpose")
    since: Date = strawberry.field(description="自此日 / From this day")
    until: Date | None = strawberry.field(description="至此日;空为此后一直 / To this day, null for ever after")
    fields: list[ShiftedField] = strawberry.field(description="字段 / Fields")
    people: int = strawberry.field(description="涉及人数 / People whom it concerns")
    clients: int = strawberry.field(description="涉及客户端数 / Clients whom it concerns")
    text: str = strawberry.field(description="中文说明 / In Chinese")
    text_en: str = strawberry.field(description="英文说明 / In English")


@strawberry.type(description="重放中一个字段使多少次查询改变 / How many questions a field changes")
class ReplayedField:
    field: str = strawberry.field(description="字段坐标 / Schema coordinate")
    shift: FieldShift = strawberry.field(description="变化 / What becomes of it")
    questions: int = strawberry.field(description="查询次数 / Questions that asked it")


@strawberry.type(
    description="一个客户端以某用途的查询会怎样 / What becomes of the questions of one client for one purpose"
)
class ReplayedClient:
    client: str | None = strawberry.field(description="客户端;公众为空 / Client, null for the public")
    department: str = strawberry.field(description="部门 / Department")
    role: str = strawberry.field(description="角色 / Role")
    purpose: str = strawberry.field(description="用途 / Purpose")
    less: int = strawberry.field(description="会少答的查询 / Questions that would answer less")
    perhaps: int = strawberry.field(description="行范围缩小或改变,可能少答 / Perhaps less: for fewer or other rows")
    more: int = strawberry.field(description="会多答的查询 / Questions that would answer more")
    same: int = strawberry.field(description="不变的查询 / Questions that would answer the same")
    fields: list[ReplayedField] = strawberry.field(description="使其改变的字段 / Fields that make them so")


@strawberry.type(description="以已记录的查询重放草案 / The recorded questions against a draft")
class Replay:
    since: Position = strawberry.field(description="自此位置 / From this position of the record")
    until: Position = strawberry.field(description="至此位置之前 / Up to, and without, this position")
    stopped_at: Position | None = strawberry.field(
        description="未读完时,接着由此读起(after);读完为空 / Where to go on (after) if not all was read, else null"
    )
    questions: int = strawberry.field(description="已重放的查询 / Questions that were compared")
    less: int = strawberry.field(description="会少答 / Would answer less")
    perhaps: int = strawberry.field(description="可能少答 / Would perhaps answer less")
    more: int = strawberry.field(description="会多答 / Would answer more")
    same: int = strawberry.field(description="不变 / Would answer the same")
    clients: list[ReplayedClient] = strawberry.field(description="按客户端和用途 / By client and purpose")


@strawberry.type(description="已授权而无人查询的字段 / Fields of a grant that nobody asked for")
class UnusedGrant:
    grant: strawberry.ID = strawberry.field(description="授权 / Grant")
    department: str = strawberry.field(description="部门 / Department")
    role: str = strawberry.field(description="角色 / Role")
    purposes: list[str] = strawberry.field(description="用途 / Purposes")
    given: int = strawberry.field(description="授予的字段数 / Fields that it gives")
    fields: list[str] = strawberry.field(description="无人查询的字段 / Those that nobody asked for")


@strawberry.type(description="未使用的授权 / Granted, but unused")
class UnusedGrants:
    since: Date = strawberry.field(description="自此日 / Since this day")
    counted_to: Position = strawberry.field(
        description="已计入此位置之前的记录 / The record was read up to this position"
    )
    complete: bool = strawberry.field(
        description="已计入全部记录;否则其余由夜间任务计入 / All of it was; else the rest is read at night"
    )
    grants: list[UnusedGrant] = strawberry.field(description="授权 / Grants")


@strawberry.type(description="一次已记录的查询 / One question on record")
class RecordedUse:
    at: DateTime = strawberry.field(description="时间 / When")
    department: str = strawberry.field(description="部门;公众为空 / Department, empty for the public")
    client: str | None = strawberry.field(description="客户端;公众为空 / Client, null for the public")
    held: bool = strawberry.field(description="当时可查该字段 / The field was held then")
    position: Position | None = strawberry.field(description="审计记录中的位置 / Its position in the record")


@strawberry.type(description="谁最近查询过一个字段 / Who asked for a field last")
class LastUse:
    use: RecordedUse | None = strawberry.field(description="最近一次;从未有人查询则为空 / The last, null if nobody did")
    complete: bool = strawberry.field(
        description="已看完全部记录;否则其余由夜间任务计入 / All of the record was looked through; else the rest is read at night"
    )


@strawberry.type(description="自查发现的一处问题 / One fault that the self-check found")
class SelfCheckFault:
    kind: CheckFault = strawberry.field(description="类别 / Kind")
    subject: str = strawberry.field(description="授权,或部门/角色/用途 / Grant, or department/role/purpose")
    field: str | None = strawberry.field(description="字段坐标 / Schema coordinate")
    right: str = strawberry.field(description="应为 / What is right")
    found: str = strawberry.field(description="实为 / What was found")


@strawberry.type(description="一次自查 / One self-check")
class SelfCheck:
    number: int = strawberry.field(description="编号 / Number")
    night: Date | None = strawberry.field(
        description="所属夜间;由命令启动的为空 / The night it was for, null for one by command"
    )
    made_at: DateTime = strawberry.field(description="时间 / When")
    askers: int = strawberry.field(description="核对的部门×角色×用途 / Departments × roles × purposes")
    cells: int = strawberry.field(description="核对的单元 / Cells that were compared")
    explained: int = strawberry.field(
        description="因期限或冻结而与批准时不同、已得到解释的单元 / Cells that a period or a freeze explains"
    )
    faults: int = strawberry.field(description="问题数 / Faults")
    found: list[SelfCheckFault] = strawberry.field(description="问题,至多 200 个 / The faults, at most 200")
    text: str = strawberry.field(description="可打印的报告 / The report for printing")


class SimulatingDesk(Protocol):
    """What is asked of the simulator, in one transaction that reads."""

    def simulate(self, asked: tuple[str, str, str], as_of: str | None, request: str | None) -> Simulation: ...
    def grant_diff(self, request: str) -> Sequence[GrantDifference]: ...
    def replay(self, request: str, days: int, after: int | None) -> Replay: ...
    def unused_grants(self, days: int) -> UnusedGrants: ...
    def last_use(self, asked: tuple[str, str, str], field: str) -> LastUse: ...
    def self_checks(self, first: int) -> Sequence[SelfCheck]: ...


class _Store(Protocol):
    @property
    def simulating(self) -> SimulatingDesk: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


_Department = Annotated[
    str,
    strawberry.argument(description="部门代码;公众为空,* 为未列名的部门 / Code; empty for the public, * for any other"),
]
_Role = Annotated[str, strawberry.argument(description="角色 / Role")]
_Purpose = Annotated[str, strawberry.argument(description="用途代码 / Code of a purpose")]
_Request = Annotated[
    strawberry.ID, strawberry.argument(description="申请编号,任何状态 / Number of a request, in any state")
]
_Days = Annotated[int, strawberry.argument(description="天数,1–730 / Days, 1 to 730")]


def _simulate(
    info: Info[_Desk, None],
    department: _Department,
    role: _Role,
    purpose: _Purpose,
    as_of: Annotated[
        Date | None,
        strawberry.argument(description="按该日终了时的授权和词汇 / By the grants and words at the end of this day"),
    ] = None,
    request: Annotated[
        strawberry.ID | None,
        strawberry.argument(description="叠加此申请的变更 / Lay the changes of this request over it"),
    ] = None,
) -> Simulation:
    return info.context.store.simulating.simulate((department, role, purpose), as_of, request)


def _grant_diff(info: Info[_Desk, None], request: _Request) -> list[GrantDifference]:
    return list(info.context.store.simulating.grant_diff(request))


def _replay(
    info: Info[_Desk, None],
    request: _Request,
    days: _Days = 30,
    after: Annotated[
        Position | None, strawberry.argument(description="由此位置接着读 / Go on from this position")
    ] = None,
) -> Replay:
    return info.context.store.simulating.replay(request, days, after)


def _unused(info: Info[_Desk, None], days: _Days = 90) -> UnusedGrants:
    return info.context.store.simulating.unused_grants(days)


def _last_use(
    info: Info[_Desk, None],
    department: _Department,
    role: _Role,
    purpose: _Purpose,
    field: Annotated[str, strawberry.argument(description="字段坐标 / Schema coordinate")],
) -> LastUse:
    return info.context.store.simulating.last_use((department, role, purpose), field)


def _self_checks(
    info: Info[_Desk, None],
    first: Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")] = 10,
) -> list[SelfCheck]:
    return list(info.context.store.simulating.self_checks(first))


@strawberry.type(description="授权模拟与自查 / Simulation and self-check")
class SimulatingQuery:
    simulate: Simulation = offer(
        "某部门以某角色、某用途可查什么",
        "What a department, in a role, for a purpose, can see",
        Role.SEC,
        Role.AUDIT,
        Role.STEWARD,
        by=_simulate,
    )
    grant_diff: list[GrantDifference] = offer(
        "一份申请若生效,对谁有何改变",
        "What changes for whom if a request takes effect",
        Role.SEC,
        Role.AUDIT,
        Role.STEWARD,
        by=_grant_diff,
    )
    replay: Replay = offer(
        "以近日已记录的查询重放一份申请,一次至多 5000 条",
        "The recorded questions of the last days against a request, 5,000 entries at a time",
        Role.SEC,
        Role.AUDIT,
        by=_replay,
    )
    unused_grants: UnusedGrants = offer(
        "近日无人查询的已授权字段",
        "Fields that are granted and that nobody asked for in the last days",
        Role.SEC,
        Role.AUDIT,
        by=_unused,
    )
    last_use: LastUse = offer(
        "谁最近查询过一个字段:部门、客户端、时间",
        "Who asked for a field last: department, client, when",
        Role.SEC,
        Role.AUDIT,
        Role.STEWARD,
        by=_last_use,
    )
    self_checks: list[SelfCheck] = offer(
        "自查报告,新的在前", "Reports of the self-check, the newest first", Role.SEC, Role.AUDIT, by=_self_checks
    )
