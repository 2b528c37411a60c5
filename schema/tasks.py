"""Tasks: what a department has in hand, by its case number; cases nobody knows; quotas. The hub's own; nothing resolves here.

Whoever asks for a purpose that demands a case names one of these, or one that the department's case source knows.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.enums import CaseState, QuotaKind
from schema.scalars import USCC, Date, DateTime, Position

_OFFICES = (Role.APPROVER, Role.CLERK, Role.CREDIT_OFFICE, Role.JUDGE, Role.OFFICER, Role.STEWARD)
_ASKING = tuple(role for role in Role if role is not Role.PUBLIC)
_POSITION = "审计记录中的位置 / Position of its entry in the record"


@strawberry.type(description="任务:部门正在办理的事项 / A task: what a department has in hand")
class Task:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    case: str = strawberry.field(description="案件或任务编号 / Case number")
    purpose: str = strawberry.field(description="用途 / Purpose it is for")
    uscc: USCC | None = strawberry.field(
        description="所涉经营主体;已合并或换码的为其现用代码 / Entity it is about, under the code it has by now"
    )
    opened_by: strawberry.ID = strawberry.field(description="开立人员编号 / Id of the person who opened it")
    opened_at: DateTime = strawberry.field(description="开立时间 / When it was opened")
    until: Date = strawberry.field(description="有效的最后一日 / Last day on which it counts")
    closed_at: DateTime | None = strawberry.field(
        description="办结时间;未办结为空 / When it was closed, null while open"
    )


@strawberry.type(description="开立任务的结果 / What became of opening a task")
class TaskOutcome:
    opened: bool = strawberry.field(
        description="已开立;同编号同用途的任务已在办理则为否 / False if it was open already"
    )
    task: Task = strawberry.field(description="任务 / The task")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="办结任务的结果 / What became of closing a task")
class TaskClosing:
    closed: bool = strawberry.field(description="已办结;原已办结则为否 / False if it was closed already")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="无法核实的案件,编号仅为摘要 / A case nobody knows, by its digest only")
class UnverifiedCase:
    digest: str = strawberry.field(description="编号摘要,与审计记录一致 / Digest of its number, as in the record")
    department: str = strawberry.field(description="查询部门 / Department that asked")
    purpose: str = strawberry.field(description="用途 / Purpose")
    state: CaseState = strawberry.field(description="核实结果 / What was found")
    questions: int = strawberry.field(description="期间内以此编号查询的次数 / Questions that named it in the period")
    first_on: Date = strawberry.field(description="首次核实的日期 / First day on which it was found so")
    last_on: Date = strawberry.field(description="最近一次核实的日期 / Last day on which it was found so")


@strawberry.type(description="今日额度 / A quota, today")
class QuotaItem:
    grant: str = strawberry.field(description="授权编号 / Id of the grant")
    kind: QuotaKind = strawberry.field(description="类别 / What it counts")
    limit: int = strawberry.field(description="每日额度 / Most a day")
    used: int = strawberry.field(description="今日已用 / Used today")
    resets_at: DateTime = strawberry.field(description="恢复时间 / When it begins anew")


class TaskDesk(Protocol):
    """What the store says of tasks, cases and quotas, to one caller."""

    def tasks(self, *, closed: bool) -> Sequence[Task]: ...
    def unverified(self, days: int, first: int) -> Sequence[UnverifiedCase]: ...
    def quotas(self) -> Sequence[QuotaItem]: ...


class TaskDeeds(Protocol):
    """What one caller may do with tasks, in one transaction."""

    def open_task(self, case: str, purpose: str, until: str, uscc: str | None) -> TaskOutcome: ...
    def close_task(self, task: str) -> TaskClosing: ...


class _Looking(Protocol):
    @property
    def store(self) -> "_Stored": ...


class _Stored(Protocol):
    @property
    def tasks(self) -> TaskDesk: ...


class _Doing(Protocol):
    @property
    def tasks(self) -> TaskDeeds: ...


def _tasks(
    info: Info[_Looking, None],
    closed: Annotated[
        bool, strawberry.argument(description="包括 90 日内办结或期满的 / Also those that ended within 90 days")
    ] = False,
) -> list[Task]:
    return list(info.context.store.tasks.tasks(closed=closed))


def _unverified(
    info: Info[_Looking, None],
    days: Annotated[int, strawberry.argument(description="最近几日,1–366 / Of the last days, 1 to 366")] = 30,
    first: Annotated[int, strawberry.argument(description="条数,1–200 / How many, 1 to 200")] = 50,
) -> list[UnverifiedCase]:
    return list(info.context.store.tasks.unverified(days, first))


def _quotas(info: Info[_Looking, None]) -> list[QuotaItem]:
    return list(info.context.store.tasks.quotas())


def _open_task(
    info: Info[_Doing, None],
    case: Annotated[str, strawberry.argument(description="案件或任务编号,1–64 字 / Case number, 1 to 64 characters")],
    purpose: Annotated[str, strawberry.argument(description="用途代码 / Code of the purpose")],
    until: Annotated[
        Date, strawberry.argument(description="有效的最后一日,至多一年 / Last day, at most a year from now")
    ],
    uscc: Annotated[USCC | None, strawberry.argument(description="所涉经营主体 / Entity it is about")] = None,
) -> TaskOutcome:
    return info.context.tasks.open_task(case, purpose, until, uscc)


def _close_task(
    info: Info[_Doing, None],
    task: Annotated[strawberry.ID, strawberry.argument(name="id", description="任务编号 / Id of the task")],
) -> TaskClosing:
    return info.context.tasks.close_task(task)


@strawberry.type
class TaskQuery:
    """Roots of the query that read tasks, cases and quotas."""

    tasks: list[Task] = offer("本部门的任务", "Tasks of my department", *_OFFICES, by=_tasks)
    unverified_cases: list[UnverifiedCase] = offer(
        "无法核实的案件,查询次数多的在前",
        "Cases nobody knows, those that were named most first",
        Role.AUDIT,
        by=_unverified,
    )
    quotas: list[QuotaItem] = offer("我本次用途的今日额度", "My quotas for this purpose, today", *_ASKING, by=_quotas)


@strawberry.type
class TaskMutation:
    """Roots of the mutation that open and close tasks."""

    open_task: TaskOutcome = offer("为本部门开立任务", "Open a task of one's department", *_OFFICES, by=_open_task)
    close_task: TaskClosing = offer("办结本部门的任务", "Close a task of one's department", *_OFFICES, by=_close_task)
