"""Administrative licences, filings and registrations (双公示, permit set of 2018)."""

from datetime import date
from typing import Any

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Compute, MaskKind, Provenance, fact, intrinsic, record
from schema.enums import LicenceCategory, LicenceKind, LicenceStatus
from schema.scalars import Date

_BASIC = Scope.LICENCE_BASIC
_DECISION = Scope.LICENCE_DECISION


def _days_to_expiry(values: tuple[Any, ...], day: date) -> int | None:
    valid_to, long_term = values
    if long_term or not valid_to:
        return None
    return (date.fromisoformat(valid_to) - day).days


@record("行政许可与备案", "Licence, filing or registration", ("许可或备案机关", "licensing or filing authority"))
class Licence:
    kind: LicenceKind | None = fact("事项类型", "Kind", _BASIC)
    item_code: str | None = fact("事项编码", "Item code", _DECISION)
    certificate_name: str | None = fact("许可证书名称", "Name of the certificate", _BASIC)
    certificate_no: str | None = fact("许可编号", "Number of the certificate", _BASIC)
    decision_no: str | None = fact("许可决定文书号", "Number of the decision", _DECISION)
    decision_title: str | None = fact("许可决定文书名称", "Title of the decision", _DECISION)
    category: LicenceCategory | None = fact("许可类别", "Category", _BASIC)
    scope: str | None = fact("许可内容", "What is licensed", _BASIC)
    decided_on: Date | None = fact("许可决定日期", "Decided on", _DECISION)
    valid_from: Date | None = fact("有效期自", "Valid from", _BASIC)
    valid_to: Date | None = fact("有效期至", "Valid to", _BASIC)
    long_term: bool | None = fact("长期有效", "Without end", _BASIC)
    status: LicenceStatus | None = fact("当前状态", "Status", _BASIC)
    days_to_expiry: int | None = fact(
        "距到期天数",
        "Days to expiry, negative after it",
        _BASIC,
        compute=Compute(("validTo", "longTerm"), _days_to_expiry),
    )
    renewal_pending: bool | None = fact("延续申请已受理", "Renewal pending", _DECISION)
    authority: str | None = fact("许可机关", "Authority", _BASIC)
    premises: str | None = fact(
        "许可场所", "Licensed premises", Scope.LICENCE_PREMISES, sensitivity=Sensitivity.INTERNAL, mask=MaskKind.WHOLE
    )
    provenance: Provenance = intrinsic("来源", "Provenance")
