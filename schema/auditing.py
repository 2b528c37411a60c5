"""The record as auditors read it: entries by what they are about, who received what, what is conspicuous, holds. No values."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.disclosing_enums import AnomalyKind
from schema.paging import PageInfo
from schema.receipt import ReceiptState
from schema.scalars import JSON, USCC, Date, DateTime, Position


@strawberry.type(description="审计记录的一条 / One entry of the record")
class RecordEntry:
    position: Position = strawberry.field(description="位置 / Position")
    at: DateTime = strawberry.field(description="时间 / When")
    act: str | None = strawberry.field(description="办理的事项;查询为空 / What was done; null for a question")
    outcome: str = strawberry.field(description="结果 / How it ended")
    client: str = strawberry.field(description="客户端 / Client")
    department: str = strawberry.field(description="部门代码 / Code of the department")
    role: str = strawberry.field(description="角色 / Role")
    purpose: str = strawberry.field(description="用途 / Purpose")
    person: str = strawberry.field(description="人员摘要 / Digest of the person")
    case_digest: str = strawberry.field(description="案件摘要 / Digest of the case")
    fields: list[str] = strawberry.field(description="所查字段 / Fields that were asked and held")
    entities: int = strawberry.field(description="涉及的主体数 / How many entities were in the answer")
    denied: int = strawberry.field(description="被拒或不予的值 / Values denied or withheld")
    emergency: bool = strawberry.field(description="应急调阅 / By broken glass")
    sentence: str = strawberry.field(description="一句话说明 / In a sentence")
    sentence_en: str = strawberry.field(description="英文说明 / In English")


@strawberry.type(description="审计记录的一条,全部内容 / One entry of the record, with all that is kept")
class WholeEntry:
    position: Position = strawberry.field(description="位置 / Position")
    entry: RecordEntry | None = strawberry.field(
        description="其元数据;尚未编入索引时为空 / Null while the index lacks it"
    )
    body: JSON = strawberry.field(description="记录本身,只含摘要和元数据 / The entry itself: digests and metadata only")
    hash: str = strawberry.field(description="记录的散列 / Hash of the entry")
    proof: ReceiptState = strawberry.field(
        description="包含证明:已证明,或待检查点签署 / Whether its inclusion is proven"
    )
    ready_by: DateTime | None = strawberry.field(
        description="最迟何时可证明;已证明为空 / By when it will be; null once it is"
    )
    checkpoint_size: Position | None = strawberry.field(
        description="所证明的检查点涵盖的条数 / Entries of the checkpoint it is proven to"
    )
    path_length: int | None = strawberry.field(description="证明的散列数 / Hashes of the proof")
    recalls: list[strawberry.ID] = strawberry.field(description="涉及该条的召回 / Recalls that concern it")


@strawberry.type(description="审计记录分页结果 / A page of the record")
class RecordConnection:
    nodes: list[RecordEntry] = strawberry.field(description="各条,最近的在前 / Entries, the newest first")
    page_info: PageInfo = strawberry.field(description="分页信息 / Page information")
    indexed_up_to: Position = strawberry.field(
        description="此位置之前的记录可查到 / Entries before this position can be found"
    )
    complete: bool = strawberry.field(description="全部记录均已可查 / That is all there are")


@strawberry.input(description="查什么:须同时满足 / What is looked for: all of it has to hold")
class RecordFilter:
    first_day: Date = strawberry.field(description="首日 / First day")
    last_day: Date = strawberry.field(description="末日,与首日相距至多 366 日 / Last day, within 366 days of the first")
    department: str | None = strawberry.field(default=None, description="部门代码 / Code of a department")
    client: str | None = strawberry.field(default=None, description="客户端 / Client")
    role: str | None = strawberry.field(default=None, description="角色 / Role")
    person: str | None = strawberry.field(
        default=None, description="人员的账号名或编号 / Account name or id of a person"
    )
    purpose: str | None = strawberry.field(default=None, description="用途 / Purpose")
    field: str | None = strawberry.field(default=None, description="字段坐标 / Coordinate of a field")
    person_digest: str | None = strawberry.field(
        default=None, description="人员摘要,32 位十六进制 / Digest of a person, 32 hexadecimal digits"
    )
    entity_digest: str | None = strawberry.field(
        default=None, description="经营主体摘要,32 位十六进制 / Digest of an entity, 32 hexadecimal digits"
    )
    request_id: str | None = strawberry.field(default=None, description="查询编号 / Id of a request")
    uscc: USCC | None = strawberry.field(default=None, description="答复中的经营主体 / Entity in the answer")
    case: str | None = strawberry.field(default=None, description="案件或任务编号 / Case number")
    act: str | None = strawberry.field(
        default=None, description="事项名称,空文本为仅查询 / Name of an act; empty for questions only"
    )
    outcome: str | None = strawberry.field(default=None, description="结果 / How it ended")
    unverified_case: bool = strawberry.field(default=False, description="案件无法核实 / Its case was known to nobody")
    emergency: bool = strawberry.field(default=False, description="应急调阅 / By broken glass")
    night: bool = strawberry.field(default=False, description="夜间,起止见设置 / At night, as the settings say")
    denied: bool = strawberry.field(default=False, description="有被拒或不予的值 / Something was denied or withheld")


@strawberry.type(description="谁收到过什么 / Who received what of an entity")
class Receiver:
    client: str = strawberry.field(description="客户端 / Client")
    department: str = strawberry.field(description="部门代码 / Code of its department")
    role: str = strawberry.field(description="角色 / Role")
    purpose: str = strawberry.field(description="用途 / Purpose")
    questions: int = strawberry.field(description="次数 / How often")
    first_at: DateTime = strawberry.field(description="首次 / First")
    last_at: DateTime = strawberry.field(description="最近一次 / Last")
    first_position: Position = strawberry.field(description="首次的位置 / Position of the first")
    last_position: Position = strawberry.field(description="最近一次的位置 / Position of the last")
    fields: list[str] = strawberry.field(description="所查字段 / Fields")


@strawberry.type(description="对一项异常的查看意见 / What was found when somebody looked at an anomaly")
class AnomalyFinding:
    finding: str = strawberry.field(description="意见 / Finding")
    made_by: strawberry.ID = strawberry.field(description="人员编号 / Id of who looked")
    made_at: DateTime = strawberry.field(description="时间 / When")


@strawberry.type(description="异常:值得查看,不等于不当 / An anomaly: worth a look, not a verdict")
class Anomaly:
    kind: AnomalyKind = strawberry.field(description="种类 / Kind")
    day: Date = strawberry.field(description="日期 / Day")
    client: str = strawberry.field(description="客户端 / Client")
    department: str = strawberry.field(description="部门代码 / Code of the department")
    person: str | None = strawberry.field(
        description="人员摘要;按客户端统计的为空 / Digest of the person, null if by client"
    )
    entity: str | None = strawberry.field(
        description="经营主体摘要;不涉及某一主体的为空 / Digest of the entity, null if it is about none"
    )
    first_day: Date = strawberry.field(description="计数首日 / First day that was counted")
    count: int = strawberry.field(description="次数或个数 / The number")
    bound: int = strawberry.field(description="界限 / What it reaches")
    sentence: str = strawberry.field(description="一句话说明 / In a sentence")
    sentence_en: str = strawberry.field(description="英文说明 / In English")
    looked: AnomalyFinding | None = strawberry.field(
        description="查看意见;尚无人查看为空 / What was found; null while nobody looked"
    )


@strawberry.input(description="哪一项异常 / Which anomaly")
class AnomalyInput:
    kind: AnomalyKind = strawberry.field(description="种类 / Kind")
    day: Date = strawberry.field(description="日期 / Day")
    client: str = strawberry.field(description="客户端 / Client")
    department: str = strawberry.field(description="部门代码 / Code of the department")
    person: str | None = strawberry.field(default=None, description="人员摘要,同列表 / Digest of the person, as listed")
    entity: str | None = strawberry.field(
        default=None, description="经营主体摘要,同列表 / Digest of the entity, as listed"
    )


@strawberry.type(description="记下查看意见的结果 / What became of noting a finding")
class AnomalyOutcome:
    anomaly: Anomaly = strawberry.field(description="该项异常 / The anomaly")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


@strawberry.type(description="保全:自某日起的记录不得清除 / A hold: nothing of the record from a day on is purged")
class RecordHold:
    number: int = strawberry.field(description="编号 / Number")
    first_day: Date = strawberry.field(description="首日 / First day")
    reason: str = strawberry.field(description="理由 / Why")
    made_by: strawberry.ID = strawberry.field(description="人员编号 / Id of who made it")
    made_at: DateTime = strawberry.field(description="时间 / When")
    lifted_at: DateTime | None = strawberry.field(description="解除时间 / When it was lifted")
    lifted_by: strawberry.ID | None = strawberry.field(description="解除人的编号 / Id of who lifted it")
    lifted_reason: str | None = strawberry.field(description="解除的理由 / Why it was lifted")


@strawberry.type(description="保全或解除的结果 / What became of a hold")
class HoldOutcome:
    number: int = strawberry.field(description="编号 / Number")
    changed: bool = strawberry.field(description="状态有变化 / False if it was so already")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class AuditingDesk(Protocol):
    """What the store says of the record, to an auditor."""

    def search(self, sought: RecordFilter, first: int, after: str | None) -> RecordConnection: ...
    def receivers(self, uscc: str, days: tuple[str, str], field: str | None) -> Sequence[Receiver]: ...
    def entry(self, position: int) -> WholeEntry | None: ...
    def anomalies(self, first_day: str, last_day: str, *, unseen: bool) -> Sequence[Anomaly]: ...
    def holds(self) -> Sequence[RecordHold]: ...


class AuditingDeeds(Protocol):
    """What an auditor does about the record, in one transaction."""

    def hold(self, first_day: str, reason: str) -> HoldOutcome: ...
    def lift(self, number: int, reason: str) -> HoldOutcome: ...
    def note(self, anomaly: AnomalyInput, finding: str) -> AnomalyOutcome: ...


class _Store(Protocol):
    @property
    def auditing(self) -> AuditingDesk: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Deeds(Protocol):
    @property
    def auditing(self) -> AuditingDeeds: ...


_FirstDay = Annotated[Date, strawberry.argument(description="首日 / First day")]
_LastDay = Annotated[Date, strawberry.argument(description="末日 / Last day")]
_Why = Annotated[str, strawberry.argument(description="理由,1–200 字 / Why, 1 to 200 characters")]


def _search(
    info: Info[_Desk, None],
    sought: Annotated[RecordFilter, strawberry.argument(name="filter", description="查什么 / What is looked for")],
    first: Annotated[int, strawberry.argument(description="条数,1–200 / How many, 1 to 200")] = 50,
    after: Annotated[
        str | None, strawberry.argument(description="上一页的 endCursor / endCursor of the page before")
    ] = None,
) -> RecordConnection:
    return info.context.store.auditing.search(sought, first, after)


def _receivers(
    info: Info[_Desk, None],
    uscc: Annotated[USCC, strawberry.argument(description="统一社会信用代码 / Unified social credit code")],
    first_day: _FirstDay,
    last_day: _LastDay,
    field: Annotated[str | None, strawberry.argument(description="字段坐标 / Coordinate of a field")] = None,
) -> list[Receiver]:
    return list(info.context.store.auditing.receivers(uscc, (first_day, last_day), field))


def _entry(
    info: Info[_Desk, None], position: Annotated[Position, strawberry.argument(description="位置 / Position")]
) -> WholeEntry | None:
    return info.context.store.auditing.entry(position)


def _anomalies(
    info: Info[_Desk, None],
    first_day: _FirstDay,
    last_day: _LastDay,
    unseen: Annotated[bool, strawberry.argument(description="只列尚无人查看的 / Only those nobody looked at")] = False,
) -> list[Anomaly]:
    return list(info.context.store.auditing.anomalies(first_day, last_day, unseen=unseen))


def _note_anomaly(
    info: Info[_Deeds, None],
    anomaly: Annotated[AnomalyInput, strawberry.argument(description="哪一项异常 / Which anomaly")],
    finding: Annotated[str, strawberry.argument(description="意见,1–500 字 / What was found, 1 to 500 characters")],
) -> AnomalyOutcome:
    return info.context.auditing.note(anomaly, finding)


def _holds(info: Info[_Desk, None]) -> list[RecordHold]:
    return list(info.context.store.auditing.holds())


def _hold_record(info: Info[_Deeds, None], first_day: _FirstDay, reason: _Why) -> HoldOutcome:
    return info.context.auditing.hold(first_day, reason)


def _lift_hold(
    info: Info[_Deeds, None],
    number: Annotated[int, strawberry.argument(description="保全编号 / Number of the hold")],
    reason: _Why,
) -> HoldOutcome:
    return info.context.auditing.lift(number, reason)


@strawberry.type
class AuditingQuery:
    """Roots of the query that read the record; each reading is recorded."""

    record_entries: RecordConnection = offer(
        "检索审计记录(元数据),检索本身留痕",
        "Search the record: metadata, never a value; that is recorded itself",
        Role.AUDIT,
        by=_search,
    )
    record_entry: WholeEntry | None = offer(
        "审计记录的一条:全部内容和包含证明,查看留痕",
        "One entry of the record: all that is kept, and its proof; that is recorded itself",
        Role.AUDIT,
        by=_entry,
    )
    receivers: list[Receiver] = offer(
        "事件清单:谁收到过某主体的什么内容",
        "For an incident: who received what of an entity",
        Role.AUDIT,
        by=_receivers,
    )
    anomalies: list[Anomaly] = offer(
        "异常,至多 31 日", "What is conspicuous within 31 days at most", Role.AUDIT, by=_anomalies
    )
    record_holds: list[RecordHold] = offer("记录保全", "Holds of the record", Role.AUDIT, by=_holds)


@strawberry.type
class AuditingMutation:
    """Roots of the mutation that keep the record from being purged, and note what was found in it."""

    hold_record: HoldOutcome = offer(
        "保全自某日起的记录", "Keep the record from a day on from being purged", Role.AUDIT, by=_hold_record
    )
    lift_hold: HoldOutcome = offer("解除保全", "Lift a hold", Role.AUDIT, by=_lift_hold)
    note_anomaly: AnomalyOutcome = offer(
        "记下对一项异常的查看意见", "Note what was found of an anomaly", Role.AUDIT, by=_note_anomaly
    )
