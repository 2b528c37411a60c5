"""Approval: the items an office decides, and the cases on their way through it."""

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.enums import CaseStatus
from schema.scalars import Date

_CASE = Scope.APPROVAL_CASE
_ITEM = Scope.APPROVAL_ITEM
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
    statutory_days: int | None = fact("法定时限（工作日）", "Statutory working days", _CASE)
    promised_days: int | None = fact("承诺时限（工作日）", "Promised working days", _CASE)
    authority: str | None = fact("办理机关", "Authority", _CASE)
    provenance: Provenance = intrinsic("来源", "Provenance")


@record("审批事项", "Approval item", ("行政审批部门", "approval office"))
class ApprovalItem:
    code: str | None = fact("事项编码", "Item code", _ITEM)
    name: str | None = fact("事项名称", "Name", _ITEM)
    authority: str | None = fact("实施机关", "Authority", _ITEM)
    statutory_days: int | None = fact("法定时限（工作日）", "Statutory working days", _ITEM)
    promised_days: int | None = fact("承诺时限（工作日）", "Promised working days", _ITEM)
    materials: list[str] | None = fact("申请材料", "Papers to hand in", _ITEM)
    materials_replaced: list[str] | None = fact("可由共享数据替代的材料", "Papers that shared facts can replace", _ITEM)
    credit_evidence: bool | None = fact("信用状况作为有效要件", "Credit status counts as evidence", _ITEM)
    since: Date | None = fact("启用信用要件的日期", "Evidence since", _ITEM)
    legal_basis: str | None = fact("设定依据", "Legal basis", _ITEM)
    provenance: Provenance = intrinsic("来源", "Provenance")
