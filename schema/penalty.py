"""Administrative penalties (双公示, penalty set of 2018) and when one is in publication."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Money, Provenance, fact, intrinsic, record
from schema.enums import PenaltyKind
from schema.predicate import Op, Predicate, Test, both, either
from schema.scalars import Date

_SUMMARY = Scope.PENALTY_SUMMARY
_DETAIL = Scope.PENALTY_DETAIL


def in_publication(wanted: Any, day: date) -> Predicate:
    """Not withdrawn and published at least until the day; `false` asks for all others."""
    today = day.isoformat()
    if wanted:
        shown = either(Test("withdrawn", Op.EQ, False), Test("withdrawn", Op.IS_NULL))
        return both(Test("publicUntil", Op.GE, today), shown)
    ended = either(Test("publicUntil", Op.LT, today), Test("publicUntil", Op.IS_NULL))
    return either(ended, Test("withdrawn", Op.EQ, True))


def published(day: date) -> Predicate:
    """In publication on that day."""
    return in_publication(wanted=True, day=day)


PERIODS: Mapping[str, Callable[[date], Predicate]] = {"Penalty": published}
"""Records that are published for a time, and which rows are so on a day: whoever keeps a copy keeps and shows no others."""


@record("行政处罚", "Administrative penalty", ("作出处罚的行政机关", "authority that decided the penalty"))
class Penalty:
    decision_no: str | None = fact("行政处罚决定书文号", "Number of the decision", _SUMMARY)
    violation_type: str | None = fact("违法行为类型", "Type of violation", _SUMMARY)
    facts: str | None = fact("违法事实", "Facts", _DETAIL, sensitivity=Sensitivity.INTERNAL)
    legal_basis: str | None = fact("处罚依据", "Legal basis", _DETAIL)
    kinds: list[PenaltyKind] | None = fact("处罚类别", "Kinds", _SUMMARY)
    content: str | None = fact("处罚内容", "Content", _DETAIL, sensitivity=Sensitivity.INTERNAL)
    fine: Money | None = fact("罚款金额", "Fine", _SUMMARY)
    confiscated: Money | None = fact("没收金额", "Confiscated", _SUMMARY)
    decided_on: Date | None = fact("处罚决定日期", "Decided on", _SUMMARY)
    public_until: Date | None = fact("公示截止期", "Published until", _SUMMARY)
    withdrawn: bool | None = fact("已撤销或撤回公示", "Withdrawn", _SUMMARY)
    annulled_on: Date | None = fact("处罚决定撤销日期", "Decision annulled on", _SUMMARY)
    withdrawn_on: Date | None = fact("撤回公示日期", "Publication withdrawn on", _SUMMARY)
    repaired: bool | None = fact("已完成信用修复", "Credit repaired", _SUMMARY)
    authority: str | None = fact("处罚机关", "Authority", _SUMMARY)
    provenance: Provenance = intrinsic("来源", "Provenance")
