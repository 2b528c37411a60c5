"""Licensed financial institutions, as their regulator registers them."""

from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.enums import InstitutionKind, InstitutionStatus
from schema.scalars import Date

_INSTITUTION = Scope.FINANCE_INSTITUTION


@record("金融机构", "Financial institution", ("金融监管部门", "financial regulator"))
class FinancialInstitution:
    licence_no: str | None = fact("金融许可证编号", "Number of the licence", _INSTITUTION)
    institution_kind: InstitutionKind | None = fact("机构类别", "Kind", _INSTITUTION)
    status: InstitutionStatus | None = fact("状态", "Status", _INSTITUTION)
    approved_on: Date | None = fact("批准日期", "Approved on", _INSTITUTION)
    authority: str | None = fact("批准机关", "Authority", _INSTITUTION)
    provenance: Provenance = intrinsic("来源", "Provenance")
