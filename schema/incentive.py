"""Incentives an entity has received (激励记录)."""

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.enums import IncentiveMeasure, IncentiveStatus, Scenario
from schema.scalars import Date

_RECORD = Scope.INCENTIVE_RECORD


@record("激励记录", "Incentive", ("给予激励的部门", "department that grants the incentive"))
class Incentive:
    measure: IncentiveMeasure | None = fact("激励措施", "Measure", _RECORD)
    measure_name: str | None = fact("措施名称", "Name of the measure", _RECORD)
    scenario: Scenario | None = fact("应用场景", "Scenario", _RECORD)
    department: str | None = fact("给予部门", "Department", _RECORD)
    granted_on: Date | None = fact("给予日期", "Granted on", _RECORD)
    valid_to: Date | None = fact("有效期至", "Valid to", _RECORD)
    status: IncentiveStatus | None = fact("状态", "Status", _RECORD)
    outcome: str | None = fact("成效", "Outcome", _RECORD, sensitivity=Sensitivity.INTERNAL)
    minutes_saved: int | None = fact("节省分钟数", "Minutes saved", _RECORD, sensitivity=Sensitivity.INTERNAL)
    legal_basis: str | None = fact("依据", "Legal basis", _RECORD)
    provenance: Provenance = intrinsic("来源", "Provenance")
