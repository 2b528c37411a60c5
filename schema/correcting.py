"""Corrections: what somebody says is wrong at a source, its owner's clock, and what came of it. The hub's own; stored there."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.identity_enums import CorrectionState, CorrectionView
from schema.identity_types import EntityInput, IdentityMark
from schema.scalars import Date, DateTime, Position

_RAISING = (
    *(Role.APPROVER, Role.BANK, Role.CLERK, Role.CREDIT_OFFICE, Role.JUDGE),
    *(Role.MERCHANT, Role.OFFICER, Role.SCHOOL, Role.STEWARD),
)
_POSITION = "审计记录中的位置 / Position of its entry in the record"
_NUMBER = "编号 / Number"


@strawberry.input(description="校核:某字段与事实不符 / A field that is not what it should be")
class CorrectionInput:
    entity: EntityInput = strawberry.field(description="经营主体 / The entity")
    field: str = strawberry.field(description="字段坐标,如 Entity.name / Coordinate of the field")
    stated: str = strawberry.field(description="应为何值,1–500 字 / What it should be, 1 to 500 characters")
    evidence: str = strawberry.field(description="依据,1–500 字 / Evidence, 1 to 500 characters")
    owner: str | None = strawberry.field(
        default=None, description="负责部门,多个数源时须填 / Department, where several deliver the field"
    )


@strawberry.type(description="一个数据源的值 / What one source says")
class SourceValue:
    source: str = strawberry.field(description="数据源简称 / Short name of the source")
    department: str = strawberry.field(description="负责部门 / Department that answers for it")
    value: str | None = strawberry.field(
        description="其值;其他部门的非公开值为空 / Its value; null where it is another department's and not public"
    )
    as_of: DateTime | None = strawberry.field(description="数据时间 / Data time")


@strawberry.type(description="校核 / A correction")
class Correction:
    number: strawberry.ID = strawberry.field(description=_NUMBER)
    state: CorrectionState = strawberry.field(description="状态 / State")
    entity: IdentityMark = strawberry.field(description="经营主体 / The entity")
    field: str = strawberry.field(description="字段坐标 / Coordinate of the field")
    label: str = strawberry.field(description="字段名称 / Its Chinese label")
    owner: str = strawberry.field(description="负责核实的部门 / Department that answers for it")
    values: list[SourceValue] = strawberry.field(
        description="各数据源的值,由网关比对发现时 / What sources say, where the hub saw that they differ"
    )
    stated: str | None = strawberry.field(description="提出人所述的正确值 / What it should be, as it was stated")
    evidence: str | None = strawberry.field(description="依据 / Evidence")
    raised_by: strawberry.ID | None = strawberry.field(
        description="提出人编号;由网关发现时为空 / Id of who raised it, null where the hub saw it"
    )
    raised_at: DateTime = strawberry.field(description="提出时间 / When")
    due_on: Date = strawberry.field(description="最后答复日 / Last working day for an answer")
    working_days_left: int | None = strawberry.field(
        description="剩余工作日,逾期为负;已办结为空 / Working days left, negative if overdue, null once it ended"
    )
    answered_by: strawberry.ID | None = strawberry.field(description="答复人编号 / Id of who answered")
    answered_at: DateTime | None = strawberry.field(description="答复时间 / When")
    answer: str | None = strawberry.field(description="答复说明 / What the owner says")


@strawberry.type(description="校核办理的结果 / What became of an act on a correction")
class CorrectionOutcome:
    correction: Correction = strawberry.field(description="校核 / The correction")
    position: Position = strawberry.field(description=_POSITION)


class CorrectionDesk(Protocol):
    """What the store says of corrections, to one caller."""

    def corrections(
        self, state: CorrectionState | None, view: CorrectionView, first: int, after: str | None
    ) -> Sequence[Correction]: ...
    def correction(self, number: str) -> Correction | None: ...


class CorrectionDeeds(Protocol):
    """What one caller may do about corrections, in one transaction."""

    def raise_(self, given: CorrectionInput) -> CorrectionOutcome: ...
    def answer(self, number: str, outcome: CorrectionState, note: str) -> CorrectionOutcome: ...
    def withdraw(self, number: str) -> CorrectionOutcome: ...


class _Looking(Protocol):
    @property
    def store(self) -> "_Stored": ...


class _Stored(Protocol):
    @property
    def correcting(self) -> CorrectionDesk: ...


class _Doing(Protocol):
    @property
    def correcting(self) -> CorrectionDeeds: ...


_Number = Annotated[strawberry.ID, strawberry.argument(description=_NUMBER)]


def _corrections(
    info: Info[_Looking, None],
    state: Annotated[
        CorrectionState | None, strawberry.argument(description="只列此状态的 / Only in this state")
    ] = None,
    first: Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")] = 50,
    after: Annotated[strawberry.ID | None, strawberry.argument(description="从此编号之后 / After this number")] = None,
    view: Annotated[CorrectionView, strawberry.argument(description="看哪些 / Which")] = CorrectionView.ALL,
) -> list[Correction]:
    return list(info.context.store.correcting.corrections(state, view, first, after))


def _correction(info: Info[_Looking, None], number: _Number) -> Correction | None:
    return info.context.store.correcting.correction(number)


def _raise_correction(
    info: Info[_Doing, None],
    correction: Annotated[CorrectionInput, strawberry.argument(description="校核 / What is wrong, and why")],
) -> CorrectionOutcome:
    return info.context.correcting.raise_(correction)


def _answer_correction(
    info: Info[_Doing, None],
    number: _Number,
    outcome: Annotated[
        CorrectionState, strawberry.argument(description="结果:CORRECTED、CONFIRMED 或 REFERRED / What came of it")
    ],
    note: Annotated[str, strawberry.argument(description="说明,1–500 字 / What to tell, 1 to 500 characters")],
) -> CorrectionOutcome:
    return info.context.correcting.answer(number, outcome, note)


def _withdraw_correction(info: Info[_Doing, None], number: _Number) -> CorrectionOutcome:
    return info.context.correcting.withdraw(number)


@strawberry.type
class CorrectionQuery:
    """The root of the query that reads corrections."""

    corrections: list[Correction] = offer(
        "我提出的、待我部门核实的、涉及我所代表主体的校核,新的在前",
        "Corrections that I raised, that my department answers for, or of entities I act for; the newest first",
        Role.AUDIT,
        *_RAISING,
        by=_corrections,
    )
    correction: Correction | None = offer(
        "一项校核;没有此编号或无权查看则为空",
        "One correction, null if there is none of this number for the caller",
        Role.AUDIT,
        *_RAISING,
        by=_correction,
    )


@strawberry.type
class CorrectionMutation:
    """Roots of the mutation that deal with corrections."""

    raise_correction: CorrectionOutcome = offer(
        "提出校核:某字段与事实不符", "Say that a field is not what it should be", *_RAISING, by=_raise_correction
    )
    answer_correction: CorrectionOutcome = offer(
        "数源部门答复校核",
        "Answer a correction for the department that owns the field",
        Role.STEWARD,
        by=_answer_correction,
    )
    withdraw_correction: CorrectionOutcome = offer(
        "撤回本人提出的校核", "Take back a correction that one raised", *_RAISING, by=_withdraw_correction
    )
