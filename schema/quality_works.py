"""Runs of the quality board that people have done in the background: begun, stopped, gone on with."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.scalars import DateTime, Position
from schema.work_enums import WorkState

_MAKING = (Role.ADMIN, Role.STEWARD)


@strawberry.type(description="在后台进行的一次质量检查 / A run over a source that is done in the background")
class QualityWork:
    number: strawberry.ID = strawberry.field(description="编号 / Number")
    source: str = strawberry.field(description="数据源简称 / Short name of the source")
    department: str = strawberry.field(description="负责部门 / Department that answers for it")
    state: WorkState = strawberry.field(description="状态 / State")
    made_by: strawberry.ID = strawberry.field(description="人员编号 / Id of who began it")
    made_at: DateTime = strawberry.field(description="提出时间 / When")
    seen_at: DateTime | None = strawberry.field(description="最近一次进展 / Its last sign of life")
    ended_at: DateTime | None = strawberry.field(description="结束时间 / When it ended")
    run: strawberry.ID | None = strawberry.field(
        description="检查编号,见 qualityRuns;尚未开始为空 / Number of the run, null before it began"
    )
    record: str | None = strawberry.field(description="正在读的记录 / Record that is being read")
    rows: int = strawberry.field(description="已读条数 / Rows that were read")
    found: int = strawberry.field(description="发现处数 / How many findings there are")
    fault: str | None = strawberry.field(description="未能完成的原因 / Why it failed")


@strawberry.type(description="一次办理的结果 / What became of an act on such a run")
class QualityWorkOutcome:
    work: QualityWork = strawberry.field(description="该检查 / The work")
    changed: bool = strawberry.field(description="状态有变化 / False if it was so already")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class QualityWorkLook(Protocol):
    """What the store says of them, to one caller."""

    def works(self, source: str | None, first: int) -> Sequence[QualityWork]: ...


class QualityWorkDeeds(Protocol):
    """What one caller has done about them, in one transaction."""

    def begin(self, source: str) -> QualityWorkOutcome: ...
    def stop(self, number: str) -> QualityWorkOutcome: ...
    def resume(self, number: str) -> QualityWorkOutcome: ...


class _Store(Protocol):
    @property
    def quality_works(self) -> QualityWorkLook: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Deeds(Protocol):
    @property
    def quality_works(self) -> QualityWorkDeeds: ...


_Number = Annotated[strawberry.ID, strawberry.argument(description="编号 / Number of the work")]


def _works(
    info: Info[_Desk, None],
    source: Annotated[str | None, strawberry.argument(description="只列此数据源的 / Only of this source")] = None,
    first: Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")] = 20,
) -> list[QualityWork]:
    return list(info.context.store.quality_works.works(source, first))


def _start(
    info: Info[_Deeds, None],
    source: Annotated[str, strawberry.argument(description="数据源简称 / Short name of the source")],
) -> QualityWorkOutcome:
    return info.context.quality_works.begin(source)


def _stop(info: Info[_Deeds, None], number: _Number) -> QualityWorkOutcome:
    return info.context.quality_works.stop(number)


def _resume(info: Info[_Deeds, None], number: _Number) -> QualityWorkOutcome:
    return info.context.quality_works.resume(number)


@strawberry.type
class QualityWorkQuery:
    """The root of the query that shows them."""

    quality_works: list[QualityWork] = offer(
        "在后台进行的质量检查,新的在前;数源部门看本部门的数据源",
        "Runs that people began, the newest first; a steward sees those of their own department's sources",
        *_MAKING,
        by=_works,
    )


@strawberry.type
class QualityWorkMutation:
    """Roots of the mutation that have a source run over in the background."""

    start_quality_run: QualityWorkOutcome = offer(
        "在后台检查一个数据源的质量,上次中断的从断点继续",
        "Have a source run over in the background, from where its last run was stopped",
        *_MAKING,
        by=_start,
    )
    stop_quality_run: QualityWorkOutcome = offer("停止质量检查", "Stop such a run", *_MAKING, by=_stop)
    resume_quality_run: QualityWorkOutcome = offer(
        "继续已停止或未能完成的质量检查", "Go on with one that was stopped, or failed", *_MAKING, by=_resume
    )
