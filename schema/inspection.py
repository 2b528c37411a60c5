"""Inspections by any department, and how many a year the departments have published as their most (国办发〔2024〕54号)."""

from datetime import date
from typing import Any

from auth.classes import Sensitivity, Sharing
from auth.scopes import Scope
from schema.base import MaskKind, Provenance, fact, intrinsic, record
from schema.predicate import FALSE, Op, Predicate, Test, both
from schema.scalars import Date, DateTime

_RECORD = Scope.INSPECTION_RECORD
_CAP = Scope.INSPECTION_CAP
_CLASS = ("Entity.industryCode",)


def in_year(wanted: Any, _day: date) -> Predicate:
    """Begun in that calendar year of Asia/Shanghai, in which instants are written; none for what is no year."""
    if not 1 <= wanted < 9999:
        return FALSE
    start, end = (f"{year:04d}-01-01T00:00:00+08:00" for year in (wanted, wanted + 1))
    return both(Test("startedAt", Op.GE, start), Test("startedAt", Op.LT, end))


@record("行政检查", "Inspection", ("实施检查的行政机关", "inspecting authority"))
class Inspection:
    started_at: DateTime | None = fact("检查开始时间", "Begun at", _RECORD)
    department: str | None = fact("检查机关", "Department", _RECORD)
    field: str | None = fact("检查领域", "Field", _RECORD)
    basis: str | None = fact("检查依据", "Basis", _RECORD)
    officers: list[str] | None = fact(
        "检查人员",
        "Officers",
        Scope.INSPECTION_OFFICER,
        sensitivity=Sensitivity.PERSONAL,
        sharing=Sharing.CONDITIONAL,
        mask=MaskKind.PERSON_NAME,
    )
    notice_no: str | None = fact(
        "检查通知书文号",
        "Number of the notice",
        _RECORD,
        sensitivity=Sensitivity.INTERNAL,
        mask=MaskKind.DOCUMENT_NUMBER,
    )
    items: list[str] | None = fact("检查事项", "Items", _RECORD)
    coverage: str | None = fact("检查范围", "Coverage", _RECORD)
    result: str | None = fact("检查结果", "Result", _RECORD)
    started_by_scan: bool | None = fact("扫码入企", "Begun by scanning the code", _RECORD)
    count_this_year: int | None = fact("该机关本年度第几次", "Which visit of the department this year", _RECORD)
    year_cap: int | None = fact("适用的年度上限（次）", "Yearly cap that applied", _RECORD)
    provenance: Provenance = intrinsic("来源", "Provenance")


@record("行政检查年度频次上限", "Published yearly cap of inspections", ("司法行政部门", "justice authority"))
class InspectionCap:
    industry_code: str | None = fact("适用行业代码", "Industry class it applies to", _CAP, link=_CLASS)
    department: str | None = fact("检查机关", "Department", _CAP, link=_CLASS)
    field: str | None = fact("检查领域", "Field", _CAP, link=_CLASS)
    year: int | None = fact("年度", "Year", _CAP, link=_CLASS)
    year_cap: int | None = fact("年度上限（次）", "Most visits a year", _CAP, link=_CLASS)
    legal_basis: str | None = fact("依据", "Legal basis", _CAP, link=_CLASS)
    published_on: Date | None = fact("公布日期", "Published on", _CAP, link=_CLASS)
    provenance: Provenance = intrinsic("来源", "Provenance")
