"""What is said of identities and shown of them: the inputs and types of schema/identity.py."""

import strawberry

from schema.identity_enums import (
    DifferenceState,
    LinkMethod,
    ReviewCause,
    ReviewState,
    SuccessionKind,
    SuccessionState,
)
from schema.scalars import USCC, Date, DateTime, Position

_POSITION = "审计记录中的位置 / Position of its entry in the record"
_NUMBER = "编号 / Number"


@strawberry.input(one_of=True, description="指明一个经营主体,只填一项 / An entity, by one of these")
class EntityInput:
    uscc: USCC | None = strawberry.field(
        default=strawberry.UNSET, description="统一社会信用代码 / Unified social credit code"
    )
    reg_no15: str | None = strawberry.field(
        default=strawberry.UNSET, description="15 位注册号,仅无代码者 / Old registration number, where there is no code"
    )
    id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="网关标识 / Id that the hub gave out"
    )


@strawberry.input(description="拆分时改定的一个本地编号 / A key that stands for another entity after a split")
class KeyMoveInput:
    department: str = strawberry.field(description="部门代码 / Code of the department")
    key: str = strawberry.field(description="本地编号 / Its key")
    to: EntityInput = strawberry.field(description="改为对应的主体 / Entity it stands for then")


@strawberry.input(description="主体的承继 / What became of entities")
class SuccessionInput:
    kind: SuccessionKind = strawberry.field(description="方式 / Kind")
    before: list[EntityInput] = strawberry.field(description="原主体,1–10 个 / Entities before, 1 to 10")
    after: list[EntityInput] = strawberry.field(
        default_factory=list,
        description="现主体;拆分时首个承继原标识;更名、迁移不填 / Entities after; of a split, the first keeps the old id; none for"
        " a new name or place",
    )
    effective_on: Date = strawberry.field(description="生效日 / Day from which it holds")
    reason: str = strawberry.field(description="依据与理由,1–500 字 / Basis and reason, 1 to 500 characters")
    was: str | None = strawberry.field(default=None, description="原名称或原地点 / Name or place before")
    became: str | None = strawberry.field(default=None, description="新名称或新地点 / Name or place after")
    moves: list[KeyMoveInput] = strawberry.field(
        default_factory=list,
        description="改定的本地编号,仅拆分,至多 200 个 / Keys that move; of a split only, at most 200",
    )


@strawberry.input(description="待复核的一方 / One side of a pair")
class SideInput:
    name: str | None = strawberry.field(default=None, description="名称 / Name")
    uscc: str | None = strawberry.field(default=None, description="统一社会信用代码,如所写 / Code as it is written")
    reg_no15: str | None = strawberry.field(default=None, description="15 位注册号 / Old registration number")
    org_code: str | None = strawberry.field(default=None, description="组织机构代码 / Organisation code")
    address: str | None = strawberry.field(default=None, description="地址 / Address")
    division_code: str | None = strawberry.field(default=None, description="行政区划代码 / Division")
    licence_no: str | None = strawberry.field(default=None, description="许可证编号 / Licence number")
    status: str | None = strawberry.field(default=None, description="状态 / Status")


@strawberry.input(description="待复核的一对 / A pair to look at")
class PairInput:
    cause: ReviewCause = strawberry.field(description="原因 / Why")
    department: str | None = strawberry.field(
        default=None, description="左方的部门,默认本部门 / Department of the left side; one's own if not given"
    )
    key: str = strawberry.field(description="左方的本地编号 / Key of the left side")
    entity: EntityInput = strawberry.field(description="右方主体 / Entity on the right")
    left: SideInput = strawberry.field(description="左方:部门记录所写 / The department's record as it is written")
    right: SideInput = strawberry.field(description="右方:登记所写 / The entity as the register has it")
    probability: float = strawberry.field(default=0.0, description="同一主体的概率,0–1 / Probability that both are one")
    reasons: list[str] = strawberry.field(
        default_factory=list, description="比对理由,至多 20 条 / Reasons of the match, at most 20"
    )
    own: EntityInput | None = strawberry.field(
        default=None,
        description="左方自身代码所指的主体;确认后并入右方 / Entity of the left side's own code: it is merged",
    )


@strawberry.type(description="一个经营主体的标识 / What an entity is known by")
class IdentityMark:
    kind: str = strawberry.field(description="字段:uscc、regNo15 等 / Field: uscc, regNo15 …")
    value: str = strawberry.field(description="其值 / Its value")
    id: strawberry.ID | None = strawberry.field(
        description="网关标识;尚未发出为空 / Id, null if it was never given out"
    )


@strawberry.type(description="本地编号对应过的主体 / What a key stood for from an instant on")
class KeyStep:
    at: DateTime = strawberry.field(description="自何时起 / From when on")
    entity: IdentityMark | None = strawberry.field(description="对应的主体;不再对应为空 / The entity, null where none")
    method: LinkMethod | None = strawberry.field(description="依据的方法 / How it was found")
    decided_by: strawberry.ID | None = strawberry.field(description="认定人编号 / Id of who decided")
    origin: str | None = strawberry.field(description="复核或承继编号 / Number of the review or succession")


@strawberry.type(description="部门本地编号与主体的对应 / A department's key and the entity it stands for")
class KeyLink:
    department: str = strawberry.field(description="部门代码 / Department")
    key: str | None = strawberry.field(
        description="本地编号;仅本部门与市信用办可见 / The key; for its own department and the credit office"
    )
    entity: IdentityMark = strawberry.field(description="现对应的主体 / The entity it stands for today")
    found_as: IdentityMark = strawberry.field(description="认定时的主体 / The entity it was found to be")
    method: LinkMethod = strawberry.field(description="方法 / How it was found")
    confidence: float = strawberry.field(description="可信度,0–1 / Confidence, 0 to 1")
    evidence: str | None = strawberry.field(description="证据;可见范围同编号 / Evidence; shown to whom the key is")
    decided_by: strawberry.ID = strawberry.field(description="认定人编号 / Id of who decided")
    confirmed_by: strawberry.ID | None = strawberry.field(description="确认人编号 / Id of the second person")
    decided_at: DateTime = strawberry.field(description="认定时间 / When")
    origin: str | None = strawberry.field(description="复核或承继编号 / Number of the review or succession")
    history: list[KeyStep] = strawberry.field(description="历次对应,旧的在前 / What it stood for, the oldest first")


@strawberry.type(description="主体的承继 / What became of entities")
class Succession:
    number: strawberry.ID = strawberry.field(description=_NUMBER)
    kind: SuccessionKind = strawberry.field(description="方式 / Kind")
    state: SuccessionState = strawberry.field(description="状态 / State")
    before: list[IdentityMark] = strawberry.field(description="原主体 / Entities before")
    after: list[IdentityMark] = strawberry.field(description="现主体 / Entities after")
    was: str | None = strawberry.field(description="原名称或原地点 / Name or place before")
    became: str | None = strawberry.field(description="新名称或新地点 / Name or place after")
    moved_keys: int = strawberry.field(description="改定的本地编号数 / Keys that stand for another entity by it")
    effective_on: Date = strawberry.field(description="生效日 / Day from which it holds")
    reason: str | None = strawberry.field(
        description="依据与理由;名称、地点与理由仅登记数源部门与市信用办可见 / Basis and reason; as names and places, for"
        " those who deal with it"
    )
    proposed_by: strawberry.ID = strawberry.field(description="提出人编号 / Id of who proposed it")
    proposed_at: DateTime = strawberry.field(description="提出时间 / When")
    decided_by: strawberry.ID | None = strawberry.field(description="确认或退回的人员编号 / Id of who decided")
    decided_at: DateTime | None = strawberry.field(description="确认或退回时间 / When")
    undo_by: strawberry.ID | None = strawberry.field(description="要求撤销的人员编号 / Id of who wants it undone")
    undo_reason: str | None = strawberry.field(description="撤销理由 / Why")
    undone_by: strawberry.ID | None = strawberry.field(description="同意撤销的人员编号 / Id of who agreed")
    undone_at: DateTime | None = strawberry.field(description="撤销时间 / When it was undone")


@strawberry.type(description="两方在一个字段上的比对 / One field of both sides")
class SideDifference:
    field: str = strawberry.field(description="字段 / Field")
    left: str | None = strawberry.field(description="左方所写 / On the left")
    right: str | None = strawberry.field(description="右方所写 / On the right")
    state: DifferenceState = strawberry.field(description="比对结果 / How they compare")
    reason: str | None = strawberry.field(description="原因 / Why, in Chinese; null for audit, as both values")
    reason_en: str | None = strawberry.field(description="原因(英文) / Why")


@strawberry.type(description="看过而不能确定 / Somebody looked and could not tell")
class ReviewDoubt:
    by: strawberry.ID = strawberry.field(description="人员编号 / Id of who looked")
    at: DateTime = strawberry.field(description="时间 / When")
    note: str | None = strawberry.field(description="还缺什么;审计为空 / What is lacking; null for audit")


@strawberry.type(description="待复核的一对 / A pair that somebody has to look at")
class IdentityReview:
    number: strawberry.ID = strawberry.field(description=_NUMBER)
    cause: ReviewCause = strawberry.field(description="原因 / Why")
    state: ReviewState = strawberry.field(description="状态 / State")
    department: str = strawberry.field(description="左方的部门 / Department of the left side")
    key: str | None = strawberry.field(description="左方的本地编号;可见范围同对应 / Key of the left side")
    entity: IdentityMark = strawberry.field(description="右方主体 / Entity on the right")
    own: IdentityMark | None = strawberry.field(
        description="左方自身代码所指的主体 / Entity of the left side's own code"
    )
    probability: float = strawberry.field(description="同一主体的概率 / Probability that both are one")
    reasons: list[str] = strawberry.field(description="比对理由 / Reasons of the match")
    differences: list[SideDifference] = strawberry.field(description="逐项比对 / Both sides, field by field")
    made_at: DateTime = strawberry.field(description="送复核时间 / When it was queued")
    proposed_by: strawberry.ID | None = strawberry.field(description="认定同一的人员编号 / Id of who says they are one")
    decided_by: strawberry.ID | None = strawberry.field(description="作出结论的人员编号 / Id of who decided")
    decided_at: DateTime | None = strawberry.field(description="结论时间 / When")
    note: str | None = strawberry.field(description="说明 / Note")
    doubts: list[ReviewDoubt] = strawberry.field(
        description="看过而不能确定的,旧的在前,至多 20 次 / Those who could not tell, the oldest first, 20 at most"
    )
    succession: strawberry.ID | None = strawberry.field(
        description="由其产生的承继事项,可撤销 / Succession that came of it, which can be undone"
    )


@strawberry.type(description="登记对应关系的结果 / What became of a link")
class LinkOutcome:
    changed: bool = strawberry.field(description="有变化;原已如此则为否 / False if it stood so already")
    link: KeyLink = strawberry.field(description="对应关系 / The link")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="承继事项办理的结果 / What became of an act on a succession")
class SuccessionOutcome:
    succession: Succession = strawberry.field(description="承继事项 / The succession")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="复核办理的结果 / What became of an act on a review")
class ReviewOutcome:
    queued: bool = strawberry.field(description="新送复核;同一对已送过则为否 / False if this pair was queued before")
    review: IdentityReview = strawberry.field(description="复核 / The review")
    position: Position = strawberry.field(description=_POSITION)
