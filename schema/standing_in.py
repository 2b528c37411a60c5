"""Acting for others, and breaking glass: deputies with a period, emergencies with a review."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import ADMINISTRATORS, Role
from schema.base import offer
from schema.scalars import USCC, Date, DateTime, Position

_POSITION = "审计记录中的位置 / Position of its entry in the record"
_STAFF = tuple(sorted(set(Role) - {Role.BANK, Role.MERCHANT, Role.PUBLIC}))
_GLASS = (Role.CREDIT_OFFICE, Role.OFFICER, Role.STEWARD)


@strawberry.type(
    name="Deputy", description="代理:一人在期限内代另一人办理 / Somebody acts for somebody else for a time"
)
class DeputyItem:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    principal: strawberry.ID = strawberry.field(description="被代理人编号 / Id of whom one acts for")
    deputy: strawberry.ID = strawberry.field(description="代理人编号 / Id of who acts")
    principal_name: str | None = strawberry.field(description="被代理人账号 / Account name of that person")
    deputy_name: str | None = strawberry.field(description="代理人账号 / Account name of the deputy")
    starts_on: Date = strawberry.field(description="首日 / First day")
    ends_on: Date = strawberry.field(description="末日 / Last day")
    confirmed: bool = strawberry.field(description="无须确认或已确认 / False while an officer has to confirm it")
    ended_at: DateTime | None = strawberry.field(description="提前结束于 / When it was ended before its time")


@strawberry.type(name="Emergency", description="应急调阅 / A break-glass")
class EmergencyItem:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    person: strawberry.ID = strawberry.field(description="人员编号 / Id of who opened it")
    username: str | None = strawberry.field(description="账号 / Account name")
    department: str = strawberry.field(description="部门 / Department")
    role: str = strawberry.field(description="角色 / Role")
    fields: list[str] = strawberry.field(description="字段和范围 / Fields and scopes")
    purpose: str = strawberry.field(description="用途 / Purpose")
    reason: str = strawberry.field(description="理由 / Why")
    began_at: DateTime = strawberry.field(description="开始于 / When it began")
    until: DateTime = strawberry.field(description="至多到 / Until when at most")
    ended_at: DateTime | None = strawberry.field(description="提前结束于 / When it was ended before its time")
    due_on: Date = strawberry.field(description="复核期限 / Last day for its review")
    overdue: bool = strawberry.field(description="复核逾期 / The review is overdue")
    reviewed_at: DateTime | None = strawberry.field(description="复核于 / When it was reviewed")
    justified: bool | None = strawberry.field(description="复核认为正当 / Found to be justified; null until reviewed")
    finding: str | None = strawberry.field(description="复核意见 / What the review found")


@strawberry.type(description="设置或结束代理的结果 / What became of a deputy")
class DeputyOutcome:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    waiting: bool = strawberry.field(
        description="待另一岗位的三员确认 / An officer of another office has to confirm it"
    )
    changed: bool = strawberry.field(description="状态有变化 / False if it was so already")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="应急调阅的结果 / What became of a break-glass")
class EmergencyOutcome:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    until: DateTime = strawberry.field(description="有效至 / Until when it holds")
    due_on: Date = strawberry.field(description="复核期限 / Last day for its review")
    changed: bool = strawberry.field(description="状态有变化 / False if it was so already")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.input(description="应急调阅的内容 / What is opened in an emergency")
class EmergencyInput:
    fields: list[str] = strawberry.field(default_factory=list, description="字段坐标 / Coordinates of fields")
    scopes: list[str] = strawberry.field(default_factory=list, description="授权范围 / Scopes")
    purpose: str = strawberry.field(description="用途代码 / Code of the purpose")
    case: str | None = strawberry.field(default=None, description="案件或任务编号 / Case number")
    uscc: USCC | None = strawberry.field(default=None, description="只限此经营主体 / Of this entity only")
    reason: str = strawberry.field(description="理由,10–200 字 / Why, 10 to 200 characters")


class StandingInDeeds(Protocol):
    """What is done about deputies and emergencies."""

    def appoint_deputy(
        self, principal: str | None, deputy: str, period: tuple[str, str], reason: str
    ) -> DeputyOutcome: ...
    def confirm_deputy(self, name: str) -> DeputyOutcome: ...
    def end_deputy(self, name: str) -> DeputyOutcome: ...
    def break_glass(self, given: EmergencyInput) -> EmergencyOutcome: ...
    def end_emergency(self, name: str) -> EmergencyOutcome: ...
    def review_emergency(self, name: str, finding: str, *, justified: bool) -> EmergencyOutcome: ...


class StandingInDesk(Protocol):
    """What the store says of deputies and emergencies."""

    def deputies(self) -> Sequence[DeputyItem]: ...
    def emergencies(self) -> Sequence[EmergencyItem]: ...


class _Acts(Protocol):
    @property
    def standing_in(self) -> StandingInDeeds: ...


class _Store(Protocol):
    @property
    def standing_in(self) -> StandingInDesk: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


_Id = Annotated[strawberry.ID, strawberry.argument(name="id", description="编号 / Its id")]


def _deputies(info: Info[_Desk, None]) -> list[DeputyItem]:
    return list(info.context.store.standing_in.deputies())


def _emergencies(info: Info[_Desk, None]) -> list[EmergencyItem]:
    return list(info.context.store.standing_in.emergencies())


def _appoint_deputy(  # noqa: PLR0913, PLR0917 - the arguments of the mutation
    info: Info[_Acts, None],
    deputy: Annotated[str, strawberry.argument(description="代理人账号或编号 / Account name or id of the deputy")],
    starts: Annotated[Date, strawberry.argument(name="from", description="首日 / First day")],
    until: Annotated[Date, strawberry.argument(description="末日,至多 90 日 / Last day, at most 90 days")],
    reason: Annotated[str, strawberry.argument(description="理由,1–200 字 / Why, 1 to 200 characters")],
    principal: Annotated[
        str | None,
        strawberry.argument(description="被代理人;不填为本人,他人仅系统管理员可填 / Whom; oneself unless it is said"),
    ] = None,
) -> DeputyOutcome:
    return info.context.standing_in.appoint_deputy(principal, deputy, (str(starts), str(until)), reason)


def _confirm_deputy(info: Info[_Acts, None], deputy: _Id) -> DeputyOutcome:
    return info.context.standing_in.confirm_deputy(deputy)


def _end_deputy(info: Info[_Acts, None], deputy: _Id) -> DeputyOutcome:
    return info.context.standing_in.end_deputy(deputy)


def _break_glass(info: Info[_Acts, None], emergency: EmergencyInput) -> EmergencyOutcome:
    return info.context.standing_in.break_glass(emergency)


def _end_emergency(info: Info[_Acts, None], emergency: _Id) -> EmergencyOutcome:
    return info.context.standing_in.end_emergency(emergency)


def _review_emergency(
    info: Info[_Acts, None],
    emergency: _Id,
    justified: Annotated[bool, strawberry.argument(description="认为正当 / It was justified")],
    finding: Annotated[str, strawberry.argument(description="复核意见,1–500 字 / What was found, 1 to 500 characters")],
) -> EmergencyOutcome:
    return info.context.standing_in.review_emergency(emergency, finding, justified=justified)


@strawberry.type
class StandingInQuery:
    """Questions about deputies and emergencies."""

    deputies: list[DeputyItem] = offer(
        "与本人有关的代理;系统管理员和审计管理员可见全部",
        "Deputies that concern oneself; all, for system and audit administrators",
        *_STAFF,
        by=_deputies,
    )
    emergencies: list[EmergencyItem] = offer(
        "本人的应急调阅;安全管理员和审计管理员可见全部",
        "One's own emergencies; all, for security and audit administrators",
        *_GLASS,
        Role.AUDIT,
        Role.SEC,
        by=_emergencies,
    )


@strawberry.type
class StandingInMutation:
    """Deputies and break-glass."""

    appoint_deputy: DeputyOutcome = offer(
        "设置代理:本人设置同部门的人,至多 90 日;三员的代理须另一岗位确认",
        "Let somebody of one's department act for oneself, for 90 days at most; an officer's deputy has to be confirmed",
        *_STAFF,
        by=_appoint_deputy,
    )
    confirm_deputy: DeputyOutcome = offer(
        "确认三员的代理,须为另一岗位的三员",
        "Confirm the deputy of an officer, as an officer of another office",
        *sorted(ADMINISTRATORS),
        by=_confirm_deputy,
    )
    end_deputy: DeputyOutcome = offer("结束代理", "End a deputy's time", *_STAFF, by=_end_deputy)
    break_glass: EmergencyOutcome = offer(
        "应急调阅:本人立即可查所填字段,至多 60 分钟,事后必须复核",
        "See fields at once in an emergency, for 60 minutes at most; it is told at once and reviewed afterwards",
        *_GLASS,
        by=_break_glass,
    )
    end_emergency: EmergencyOutcome = offer(
        "提前结束应急调阅:本人或安全管理员",
        "End an emergency before its time: whoever opened it, or the security administrator",
        *_GLASS,
        Role.SEC,
        by=_end_emergency,
    )
    review_emergency: EmergencyOutcome = offer(
        "复核应急调阅", "Review an emergency once it is over", Role.AUDIT, by=_review_emergency
    )
