"""The root of what can be done, and the small types that say what was done.

A field exists for the roles that its declaration names, and is hidden from all others. What it does is the hub's: it
implements `Deeds`, whose methods run in one transaction with the entries they leave in the record.
"""

from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import ADMINISTRATORS, Role
from schema.asking import AskingDeeds, AskingMutation
from schema.auditing import AuditingDeeds, AuditingMutation
from schema.base import offer
from schema.coding import CodeDeeds, CodeMutation
from schema.correcting import CorrectionDeeds, CorrectionMutation
from schema.credentials import CredentialDeeds, CredentialMutation
from schema.disclosing import DisclosingDeeds, DisclosingMutation
from schema.enums import StopKind
from schema.granting import GrantingMutation, GrantsDeeds
from schema.identity import IdentityDeeds, IdentityMutation
from schema.inbox import InboxDeeds, InboxMutation
from schema.mandate import Mandate
from schema.mapping import MappingDeeds, MappingMutation
from schema.quality_works import QualityWorkDeeds, QualityWorkMutation
from schema.record_works import RecordWorkMutation, WorkDeeds
from schema.replaying import ReplayingDeeds, ReplayingMutation
from schema.reporting import ReportDeeds, ReportMutation
from schema.scalars import USCC, Date, Position
from schema.seeing import SeeingDeeds, SeeingMutation
from schema.staff import StaffDeeds, StaffMutation
from schema.standing_in import StandingInDeeds, StandingInMutation
from schema.tasks import TaskDeeds, TaskMutation

_POSITION = "审计记录中的位置 / Position of its entry in the record"


@strawberry.type(description="冻结或解冻的结果 / What became of a freeze or a thaw")
class StopOutcome:
    changed: bool = strawberry.field(description="状态有变化;原已如此则为否 / False if it was so already")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="窗口核验的结果 / What became of a vouching")
class VouchOutcome:
    matched: bool = strawberry.field(
        description="姓名与登记的法定代表人或经营者一致 / The name is that of the registered representative or owner"
    )
    mandate: Mandate | None = strawberry.field(description="代表关系;不一致时为空 / The mandate, null without a match")
    one_time_password: str | None = strawberry.field(
        description="首次登录用的一次性密码,只显示这一次;账号原已存在时为空 / For the first sign-in, shown this once;"
        " null for an account that was there before"
    )
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="授权他人的结果 / What became of a delegation")
class DelegateOutcome:
    granted: bool = strawberry.field(
        description="已授权;没有可授权的此账号时为否 / False if there is no such account of a merchant"
    )
    mandate: Mandate | None = strawberry.field(description="代表关系 / The mandate")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="终止代表关系的结果 / What became of ending a mandate")
class EndOutcome:
    ended: list[strawberry.ID] = strawberry.field(
        description="随之终止的代表关系编号;原已终止则为空 / Ids of all that ended with it, none if it had ended already"
    )
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="实名认领的结果 / What became of a claim")
class ClaimOutcome:
    matched: bool = strawberry.field(
        description="本人实名与登记的法定代表人或经营者一致 / The caller's real name is that of the registered representative or owner"
    )
    mandate: Mandate | None = strawberry.field(
        description="代表权;不一致,或该主体已有他人代表(请到窗口核验)时为空 / The mandate; null without a match, or where"
        " somebody else represents the entity already: then the counter decides"
    )
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="恢复二次验证的结果 / What became of recovering a second factor")
class RecoveryOutcome:
    recovered: bool = strawberry.field(
        description="已恢复,本人下次登录时重新绑定 / Done: the person enrols anew at the next sign-in"
    )
    waiting: bool = strawberry.field(description="等待另一名管理员同意 / Another administrator has to agree")
    position: Position = strawberry.field(description=_POSITION)


class Deeds(InboxDeeds, Protocol):
    """What one caller may do, in one transaction; whatever is refused undoes all of it."""

    def freeze(self, kind: StopKind, name: str, reason: str) -> StopOutcome: ...
    def thaw(self, kind: StopKind, name: str, reason: str) -> StopOutcome: ...
    def vouch(self, uscc: str, username: str, representative: str) -> VouchOutcome: ...
    def delegate(self, uscc: str, username: str, until: str) -> DelegateOutcome: ...
    def end_mandate(self, mandate: str) -> EndOutcome: ...
    def claim(self, uscc: str) -> ClaimOutcome: ...
    def recover(self, username: str, reason: str) -> RecoveryOutcome: ...
    @property
    def staff(self) -> StaffDeeds: ...
    @property
    def standing_in(self) -> StandingInDeeds: ...
    @property
    def tasks(self) -> TaskDeeds: ...

    @property
    def asking(self) -> AskingDeeds: ...
    @property
    def granting(self) -> GrantsDeeds: ...
    @property
    def identities(self) -> IdentityDeeds: ...
    @property
    def correcting(self) -> CorrectionDeeds: ...
    @property
    def codes(self) -> CodeDeeds: ...
    @property
    def seeing(self) -> SeeingDeeds: ...
    @property
    def replaying(self) -> ReplayingDeeds: ...
    @property
    def credentials(self) -> CredentialDeeds: ...
    def disclosing(self) -> DisclosingDeeds: ...
    @property
    def auditing(self) -> AuditingDeeds: ...
    @property
    def quality_works(self) -> QualityWorkDeeds: ...
    @property
    def works(self) -> WorkDeeds: ...
    @property
    def reports(self) -> ReportDeeds: ...
    @property
    def mapping(self) -> MappingDeeds: ...


_Kind = Annotated[StopKind, strawberry.argument(description="对象类别 / What it is")]
_Name = Annotated[
    str,
    strawberry.argument(
        description="客户端编号、部门代码、授权编号,人员的账号名或编号,字段坐标或授权范围 / Id of a client, department or"
        " grant; account name or id of a person; coordinate of a field, or a scope"
    ),
]
_Reason = Annotated[str, strawberry.argument(description="理由,1–200 字 / Why, 1 to 200 characters")]
_Entity = Annotated[USCC, strawberry.argument(description="统一社会信用代码 / Unified social credit code")]


def _freeze(info: Info[Deeds, None], kind: _Kind, name: _Name, reason: _Reason) -> StopOutcome:
    return info.context.freeze(kind, name, reason)


def _thaw(info: Info[Deeds, None], kind: _Kind, name: _Name, reason: _Reason) -> StopOutcome:
    return info.context.thaw(kind, name, reason)


def _vouch(
    info: Info[Deeds, None],
    uscc: _Entity,
    username: Annotated[
        str,
        strawberry.argument(
            description="经营主体账号名,没有则新建:4–64 个小写字母、数字、点、下划线、连字符 / Account name, made if there is"
            " none: 4 to 64 lower-case letters, digits, . _ -"
        ),
    ],
    representative: Annotated[
        str,
        strawberry.argument(
            description="出示的身份证件上的姓名;不得填写证件号码 / Name as read from the identity card; never its number"
        ),
    ],
) -> VouchOutcome:
    return info.context.vouch(uscc, username, representative)


def _delegate(
    info: Info[Deeds, None],
    uscc: _Entity,
    username: Annotated[
        str,
        strawberry.argument(
            description="被授权人的账号名,或其“我是谁”所示人员编号 / Account name of the delegate, or the person id that"
            " their `me` shows"
        ),
    ],
    until: Annotated[Date, strawberry.argument(description="最后一日,至多一年 / Last day, at most a year from now")],
) -> DelegateOutcome:
    return info.context.delegate(uscc, username, until)


def _end_mandate(
    info: Info[Deeds, None],
    mandate: Annotated[strawberry.ID, strawberry.argument(name="id", description="代表关系编号 / Id of the mandate")],
) -> EndOutcome:
    return info.context.end_mandate(mandate)


def _claim(info: Info[Deeds, None], uscc: _Entity) -> ClaimOutcome:
    return info.context.claim(uscc)


def _recover(
    info: Info[Deeds, None],
    username: Annotated[str, strawberry.argument(description="账号名或人员编号 / Account name, or id of the person")],
    reason: _Reason,
) -> RecoveryOutcome:
    return info.context.recover(username, reason)


@strawberry.type(description="办理 / Mutation")
class Mutation(
    AskingMutation,
    AuditingMutation,
    CodeMutation,
    CredentialMutation,
    CorrectionMutation,
    DisclosingMutation,
    GrantingMutation,
    IdentityMutation,
    InboxMutation,
    MappingMutation,
    QualityWorkMutation,
    RecordWorkMutation,
    ReportMutation,
    SeeingMutation,
    ReplayingMutation,
    StaffMutation,
    StandingInMutation,
    TaskMutation,
):
    freeze: StopOutcome = offer(
        "冻结客户端、部门、人员、授权、字段或范围,直到解冻",
        "Honour nothing of a client, department, person, grant, field or scope until it is thawed",
        Role.SEC,
        by=_freeze,
    )
    thaw: StopOutcome = offer(
        "解冻;此前签发的令牌仍然无效", "Lift a freeze; tokens from before stay dead", Role.SEC, by=_thaw
    )
    vouch: VouchOutcome = offer(
        "窗口核验法定代表人或经营者,并开通其账号",
        "Vouch at a counter for a representative or owner, and open their account",
        Role.CLERK,
        by=_vouch,
    )
    delegate: DelegateOutcome = offer(
        "法定代表人授权他人代表,至多一年",
        "Let another account act for one's own entity, for a year at most",
        Role.MERCHANT,
        by=_delegate,
    )
    end_mandate: EndOutcome = offer(
        "终止代表关系,由其产生的授权一并终止",
        "End a mandate, and with it what was delegated by it",
        Role.CLERK,
        Role.MERCHANT,
        by=_end_mandate,
    )
    claim: ClaimOutcome = offer(
        "实名登录的本人认领其担任法定代表人或经营者的主体",
        "Claim the entity whose representative or owner one is, after signing in with one's real name",
        Role.MERCHANT,
        by=_claim,
    )
    recover: RecoveryOutcome = offer(
        "为丢失验证器的人员恢复二次验证;须两名管理员先后提出,且不得为本人",
        "Recover a lost authenticator: two administrators, one after the other, and not the person themselves",
        *sorted(ADMINISTRATORS),
        by=_recover,
    )
