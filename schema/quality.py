"""The quality board: how complete, timely and right what a source delivers is, run by run, and which rows are not."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.identity_enums import QualityRule
from schema.scalars import DateTime

_READING = (Role.ADMIN, Role.AUDIT, Role.CREDIT_OFFICE, Role.SEC, Role.STEWARD)


@strawberry.type(description="一条规则在一次检查中的结果 / What one rule came to in one run")
class QualityMark:
    record: str = strawberry.field(description="记录 / Record")
    rule: QualityRule = strawberry.field(description="规则 / Rule")
    field: str | None = strawberry.field(description="字段;整条记录为空 / Field, null for the row as a whole")
    checked: int = strawberry.field(description="检查条数 / Rows it looked at")
    failed: int = strawberry.field(description="不合格条数 / Rows that failed")
    failed_before: int | None = strawberry.field(
        description="上一次检查的不合格条数;首次为空 / Rows that failed in the run before, null in the first one"
    )


@strawberry.type(description="对一个数据源的一次质量检查 / One run over a source")
class QualityRun:
    number: strawberry.ID = strawberry.field(description="编号 / Number")
    source: str = strawberry.field(description="数据源简称 / Short name of the source")
    department: str = strawberry.field(description="负责部门 / Department that answers for it")
    started_at: DateTime = strawberry.field(description="开始时间 / When it began")
    ended_at: DateTime | None = strawberry.field(
        description="完成时间;未完成为空 / When it ended, null while it has not"
    )
    rows: int = strawberry.field(description="已读条数 / Rows that were read")
    marks: list[QualityMark] = strawberry.field(description="各规则的结果 / What each rule came to")
    unread: list[str] = strawberry.field(description="不能通读的记录 / Records that can't be read through")
    unmapped: list[str] = strawberry.field(description="应有而未提供的字段 / Required fields that are not delivered")


@strawberry.type(description="不合格的一条记录 / A row that failed")
class QualityFinding:
    number: int = strawberry.field(description="序号 / Its number in the run")
    record: str = strawberry.field(description="记录 / Record")
    rule: QualityRule = strawberry.field(description="规则 / Rule")
    field: str | None = strawberry.field(description="字段;整条记录为空 / Field, null for the row as a whole")
    key: str | None = strawberry.field(
        description="该记录在数据源中的主键;仅该部门可见,疑似个人号码不显示 / Key of the row at its source; for its own"
        " department, and never one that may be a person's number"
    )
    digest: str = strawberry.field(
        description="主键摘要,各次检查一致 / Keyed digest of that key, the same in every run"
    )
    problem: str = strawberry.field(description="问题 / What is wrong, in Chinese")
    problem_en: str = strawberry.field(description="问题(英文) / What is wrong")
    fix: str = strawberry.field(description="建议 / What to do, in Chinese")
    fix_en: str = strawberry.field(description="建议(英文) / What to do")


class QualityDesk(Protocol):
    """What the store says of quality, to one caller."""

    def runs(self, source: str | None, first: int, each: int | None) -> Sequence[QualityRun]: ...
    def findings(
        self, run: str, rule: QualityRule | None, record: str | None, first: int, after: int
    ) -> Sequence[QualityFinding]: ...


class _Looking(Protocol):
    @property
    def store(self) -> "_Stored": ...


class _Stored(Protocol):
    @property
    def quality(self) -> QualityDesk: ...


def _quality_runs(
    info: Info[_Looking, None],
    source: Annotated[str | None, strawberry.argument(description="只列此数据源的 / Only of this source")] = None,
    first: Annotated[int, strawberry.argument(description="条数,1–50 / How many, 1 to 50")] = 10,
    each: Annotated[
        int | None, strawberry.argument(description="每个数据源至多几次 / At most so many of each source")
    ] = None,
) -> list[QualityRun]:
    return list(info.context.store.quality.runs(source, first, each))


def _quality_findings(  # noqa: PLR0913, PLR0917 - the arguments of one GraphQL field
    info: Info[_Looking, None],
    run: Annotated[strawberry.ID, strawberry.argument(description="检查编号 / Number of the run")],
    rule: Annotated[QualityRule | None, strawberry.argument(description="只列此规则的 / Only of this rule")] = None,
    record: Annotated[str | None, strawberry.argument(description="只列此记录的 / Only of this record")] = None,
    first: Annotated[int, strawberry.argument(description="条数,1–500 / How many, 1 to 500")] = 100,
    after: Annotated[int, strawberry.argument(description="从此序号之后 / After this number")] = 0,
) -> list[QualityFinding]:
    return list(info.context.store.quality.findings(run, rule, record, first, after))


@strawberry.type
class QualityQuery:
    """Roots of the query that read the quality board."""

    quality_runs: list[QualityRun] = offer(
        "数据质量检查,新的在前;数源部门看本部门的数据源",
        "Runs of the quality board, the newest first; a steward sees those of their own department's sources",
        *_READING,
        by=_quality_runs,
    )
    quality_findings: list[QualityFinding] = offer(
        "一次检查中不合格的记录及建议", "Rows that failed in a run, and what to do", *_READING, by=_quality_findings
    )
