"""The code of an entity as it is applied for, displayed, stopped and counted; streets that are taken up in one go."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.coding_look import CodeLookDesk
from schema.coding_types import (
    CodeApplication,
    CodeBatch,
    CodeBatchOutcome,
    CodeCheck,
    CodeDisplay,
    CodeOutcome,
    CodeScanCount,
    CodeScanTotals,
    OwnCode,
)
from schema.scalars import USCC, Date

_OFFICE = (Role.CREDIT_OFFICE, Role.STEWARD)
_COUNTER = (Role.CLERK, *_OFFICE)
_ALL = (Role.MERCHANT, *_COUNTER)


class CodeDeeds(Protocol):
    """What one caller does to codes, in one transaction."""

    def check(self, uscc: str) -> CodeCheck: ...
    def apply(self, uscc: str, given: CodeApplication) -> CodeOutcome: ...
    def display(self, uscc: str, given: CodeDisplay) -> CodeOutcome: ...
    def suspend(self, uscc: str, reason: str) -> CodeOutcome: ...
    def resume(self, uscc: str, reason: str) -> CodeOutcome: ...
    def revoke(self, uscc: str, reason: str) -> CodeOutcome: ...
    def reissue(self, uscc: str, reason: str, representative: str | None) -> CodeOutcome: ...
    def cancel(self, uscc: str, reason: str, representative: str | None) -> CodeOutcome: ...
    def onboard(self, name: str, csv: str) -> CodeBatchOutcome: ...


class CodeDesk(CodeLookDesk, Protocol):
    """What one caller is told of codes."""

    def code(self, uscc: str, period: tuple[str | None, str | None]) -> OwnCode | None: ...
    def scans(self, uscc: str, period: tuple[str, str]) -> Sequence[CodeScanCount]: ...
    def scan_totals(self, uscc: str, period: tuple[str, str]) -> CodeScanTotals: ...
    def batches(self) -> Sequence[CodeBatch]: ...
    def batch(self, name: str) -> CodeBatch | None: ...


class _Doing(Protocol):
    @property
    def codes(self) -> CodeDeeds: ...


class _Stored(Protocol):
    @property
    def codes(self) -> CodeDesk: ...


class _Looking(Protocol):
    @property
    def store(self) -> _Stored: ...


_Entity = Annotated[USCC, strawberry.argument(description="统一社会信用代码 / Unified social credit code")]
_Reason = Annotated[str, strawberry.argument(description="理由,1–200 字 / Why, 1 to 200 characters")]
_Representative = Annotated[
    str | None,
    strawberry.argument(
        description="窗口:身份证件上的法定代表人或经营者姓名;不得填写证件号码 / Counter: the representative's name as on the"
        " identity card; never its number"
    ),
]
_Id = Annotated[strawberry.ID, strawberry.argument(name="id", description="批次编号 / Id of the batch")]


def _check(info: Info[_Doing, None], uscc: _Entity) -> CodeCheck:
    return info.context.codes.check(uscc)


def _apply(
    info: Info[_Doing, None],
    uscc: _Entity,
    application: Annotated[CodeApplication, strawberry.argument(description="申领内容 / What is applied with")],
) -> CodeOutcome:
    return info.context.codes.apply(uscc, application)


def _display(
    info: Info[_Doing, None],
    uscc: _Entity,
    display: Annotated[CodeDisplay, strawberry.argument(description="亮码情况 / Where and since when")],
) -> CodeOutcome:
    return info.context.codes.display(uscc, display)


def _suspend(info: Info[_Doing, None], uscc: _Entity, reason: _Reason) -> CodeOutcome:
    return info.context.codes.suspend(uscc, reason)


def _resume(info: Info[_Doing, None], uscc: _Entity, reason: _Reason) -> CodeOutcome:
    return info.context.codes.resume(uscc, reason)


def _revoke(info: Info[_Doing, None], uscc: _Entity, reason: _Reason) -> CodeOutcome:
    return info.context.codes.revoke(uscc, reason)


def _reissue(
    info: Info[_Doing, None], uscc: _Entity, reason: _Reason, representative: _Representative = None
) -> CodeOutcome:
    return info.context.codes.reissue(uscc, reason, representative)


def _cancel(
    info: Info[_Doing, None], uscc: _Entity, reason: _Reason, representative: _Representative = None
) -> CodeOutcome:
    return info.context.codes.cancel(uscc, reason, representative)


def _onboard(
    info: Info[_Doing, None],
    name: Annotated[str, strawberry.argument(description="街区名称,1–40 字 / Name of the street")],
    csv: Annotated[
        str,
        strawberry.argument(
            description="CSV 文本:统一社会信用代码、已签承诺(是)、亮码位置,至多 2,000 行 / CSV: code, commitment signed, places;"
            " 2,000 rows at most"
        ),
    ],
) -> CodeBatchOutcome:
    return info.context.codes.onboard(name, csv)


def _code(
    info: Info[_Looking, None],
    uscc: _Entity,
    first: Annotated[
        Date | None, strawberry.argument(name="from", description="统计起始日 / First day that is counted")
    ] = None,
    until: Annotated[Date | None, strawberry.argument(description="统计截止日 / Last day that is counted")] = None,
) -> OwnCode | None:
    return info.context.store.codes.code(uscc, (first, until))


def _scans(
    info: Info[_Looking, None],
    uscc: _Entity,
    first: Annotated[Date, strawberry.argument(name="from", description="起始日 / First day")],
    until: Annotated[Date, strawberry.argument(description="截止日,至多一年 / Last day, a year at most")],
) -> list[CodeScanCount]:
    return list(info.context.store.codes.scans(uscc, (first, until)))


def _scan_totals(
    info: Info[_Looking, None],
    uscc: _Entity,
    first: Annotated[Date, strawberry.argument(name="from", description="起始日 / First day")],
    until: Annotated[Date, strawberry.argument(description="截止日,至多一年 / Last day, a year at most")],
) -> CodeScanTotals:
    return info.context.store.codes.scan_totals(uscc, (first, until))


def _batches(info: Info[_Looking, None]) -> list[CodeBatch]:
    return list(info.context.store.codes.batches())


def _batch(info: Info[_Looking, None], name: _Id) -> CodeBatch | None:
    return info.context.store.codes.batch(name)


@strawberry.type
class CodeQuery:
    """Roots of the query about codes."""

    honesty_code: OwnCode | None = offer(
        "一个经营主体的码:状态、亮码、可办事项",
        "The code of an entity: its state, its display, what can be done",
        *_ALL,
        by=_code,
    )
    code_scans: list[CodeScanCount] = offer("扫码次数,不记录扫码人", "Scans, without who scanned", *_ALL, by=_scans)
    code_scan_totals: CodeScanTotals = offer(
        "一段时间内的扫码次数,及分布在多少天、多少处",
        "Scans of a period: how many, on how many days, at how many places",
        *_ALL,
        by=_scan_totals,
    )
    code_batches: list[CodeBatch] = offer("本部门的批次", "Batches of my department", *_COUNTER, by=_batches)
    code_batch: CodeBatch | None = offer(
        "一个批次的进度和各行结果", "Progress and rows of a batch", *_COUNTER, by=_batch
    )


@strawberry.type
class CodeMutation:
    """Roots of the mutation about codes."""

    check_code: CodeCheck = offer(
        "申领前核对:登记名称、能否赋码,不办理",
        "What would become of an application: the registered name, and whether a code would be granted",
        Role.CLERK,
        Role.MERCHANT,
        by=_check,
    )
    apply_code: CodeOutcome = offer(
        "申领码上诚信码:本人、被授权人自助,或窗口代办",
        "Apply for a code, oneself or at a counter",
        Role.CLERK,
        Role.MERCHANT,
        by=_apply,
    )
    display_code: CodeOutcome = offer(
        "登记亮码:位置、起始日、照片", "Say where the code is displayed", *_ALL, by=_display
    )
    suspend_code: CodeOutcome = offer("暂停码", "Suspend a code", *_OFFICE, by=_suspend)
    resume_code: CodeOutcome = offer("恢复码", "Resume a code", *_OFFICE, by=_resume)
    revoke_code: CodeOutcome = offer("停用码", "Revoke a code", *_OFFICE, by=_revoke)
    reissue_code: CodeOutcome = offer(
        "补发码:换新码值,旧码作废",
        "Reissue a code: it says something new, and what it said is void",
        *_ALL,
        by=_reissue,
    )
    cancel_code: CodeOutcome = offer("注销码", "Give a code up", *_ALL, by=_cancel)
    onboard_street: CodeBatchOutcome = offer(
        "批量申领一条街:提交 CSV,后台逐行办理", "Apply for a whole street by CSV", *_COUNTER, by=_onboard
    )
