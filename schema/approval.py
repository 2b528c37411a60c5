"""Approval cases: an application on its way through the approval office."""

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.enums import CaseStatus
from schema.scalars import Date

_CASE = Scope.APPROVAL_CASE
_INTERNAL = Sensitivity.INTERNAL


@record("审批办件", "Approval case", ("行政审批部门", "approval office"))
class ApprovalCase:
    case_no: str | None = fact("办件编号", "Number of the case", _CASE, sensitivity=_INTERNAL)
    item_code: str | None = fact("事项编码", "Item code", _CASE)
    item_name: str | None = fact("事项名称", "Item", _CASE)
    status: CaseStatus | None = fact("办件状态", "Status", _CASE)
    renewal: bool | None = fact("延续申请", "Renewal", _CASE)
    accepted_on: Date | None = fact("受理日期", "Accepted on", _CASE)
    due_on: Date | None = fact("应办结日期", "Due on", _CASE, sensitivity=_INTERNAL)
    decided_on: Date | None = fact("办结日期", "Decided on", _CASE)
    statutory_days: int | None = fact("法定时限(工作日)", "Statutory working days", _CASE)
    promised_days: int | None = fact("承诺时限(工作日)", "Promised working days", _CASE)
    authority: str | None = fact("办理机关", "Authority", _CASE)
    provenance: Provenance = intrinsic("来源", "Provenance")
