"""Reports of forged or misused codes: filed on the public page, read under their number, settled by whoever supervises."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.reporting_enums import ReportKind, ReportState
from schema.scalars import USCC, Date, DateTime, Position

_SUPERVISORS = (Role.ADMIN, Role.STEWARD)


@strawberry.type(description="举报的处理结果,凭编号可查 / What became of a report, under its number")
class CodeReportOutcome:
    number: str = strawberry.field(description="编号 / Its number")
    kind: ReportKind = strawberry.field(description="情形 / What it is about")
    state: ReportState = strawberry.field(description="处理情况 / What became of it")
    received_on: Date = strawberry.field(description="收到日期 / Received on")
    settled_on: Date | None = strawberry.field(description="办结日期;未办结为空 / Settled on, null until then")
    note: str | None = strawberry.field(description="对公众的说明 / What is said of it")


@strawberry.type(description="举报:有人在某处看到的码 / A report: a code somebody saw somewhere")
class CodeReport:
    number: str = strawberry.field(description="编号 / Its number")
    kind: ReportKind = strawberry.field(description="情形 / What it is about")
    state: ReportState = strawberry.field(description="处理情况 / What became of it")
    uscc: USCC | None = strawberry.field(description="码的登记主体;没有此码为空 / Whose code it is, null if nobody's")
    token: str | None = strawberry.field(description="码上的字符 / What the code says")
    place: str = strawberry.field(description="看到的地点 / Where it was seen")
    said: str | None = strawberry.field(description="补充说明 / What else was said")
    received_at: DateTime = strawberry.field(description="收到时间 / When it came")
    same_code: int = strawberry.field(
        description="同一张码 30 日内的举报数 / Reports of the same code within 30 days, this one included"
    )
    places_of_code: int = strawberry.field(
        description="其中不同地点数 / Different places among them: a code that hangs at several was copied"
    )
    due_on: Date = strawberry.field(description="核查期限(15 个工作日) / To be looked into by, fifteen working days")
    working_days_left: int | None = strawberry.field(
        description="剩余工作日,负数为逾期;已办结为空 / Working days left, negative once it is overdue; null once it is settled"
    )
    settled_on: Date | None = strawberry.field(description="办结日期 / Settled on")
    note: str | None = strawberry.field(description="对公众的说明 / What is said of it")


@strawberry.type(description="办结举报的结果 / What became of settling a report")
class ReportSettled:
    changed: bool = strawberry.field(description="有变化;原已如此则为否 / False if it was settled so already")
    report: CodeReportOutcome = strawberry.field(description="公众看到的结果 / What the public reads")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class ReportDeeds(Protocol):
    """What a supervisor does with reports, in one transaction."""

    def settle(self, number: str, state: ReportState, note: str) -> ReportSettled: ...


class ReportDesk(Protocol):
    """What one caller is told of reports."""

    def outcome(self, number: str) -> CodeReportOutcome | None: ...
    def reports(self, state: ReportState | None, page: tuple[int, int], number: str | None) -> Sequence[CodeReport]: ...


class _Doing(Protocol):
    @property
    def reports(self) -> ReportDeeds: ...


class _Stored(Protocol):
    @property
    def reports(self) -> ReportDesk: ...


class _Looking(Protocol):
    @property
    def store(self) -> _Stored: ...


_Number = Annotated[str, strawberry.argument(description="举报编号 / Number of the report")]


def _outcome(info: Info[_Looking, None], number: _Number) -> CodeReportOutcome | None:
    return info.context.store.reports.outcome(number)


def _reports(
    info: Info[_Looking, None],
    state: Annotated[
        ReportState | None, strawberry.argument(description="处理情况;空为全部 / Of which state; null: of all")
    ] = ReportState.OPEN,
    first: Annotated[int, strawberry.argument(description="条数,1–200 / How many, 1 to 200")] = 50,
    skip: Annotated[int, strawberry.argument(description="跳过多少,至多 100,000 / How many are left out")] = 0,
    number: Annotated[
        str | None,
        strawberry.argument(description="只要此编号的,不论处理情况 / The one of this number alone, of any state"),
    ] = None,
) -> list[CodeReport]:
    return list(info.context.store.reports.reports(state, (first, skip), number))


def _settle(
    info: Info[_Doing, None],
    number: _Number,
    state: Annotated[
        ReportState, strawberry.argument(description="处理情况,不得为等待核实 / What became of it, not OPEN")
    ],
    note: Annotated[
        str,
        strawberry.argument(
            description="对公众的说明,至多 200 字,不写人名 / What the public reads of it, 200 characters at most, no names"
        ),
    ] = "",
) -> ReportSettled:
    return info.context.reports.settle(number, state, note)


@strawberry.type
class ReportQuery:
    """Roots of the query about reports."""

    code_report: CodeReportOutcome | None = offer(
        "凭编号查举报的处理结果", "What became of a report, by its number", *Role, by=_outcome
    )
    code_reports: list[CodeReport] = offer(
        "待核实的举报,先到的在前", "Reports that wait to be looked into, the oldest first", *_SUPERVISORS, by=_reports
    )


@strawberry.type
class ReportMutation:
    """Roots of the mutation about reports."""

    settle_code_report: ReportSettled = offer(
        "办结举报,结果凭编号公开",
        "Settle a report; what became of it is public under its number",
        *_SUPERVISORS,
        by=_settle,
    )
