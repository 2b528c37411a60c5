"""Trade on campus: which entity runs what at which school."""

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.scalars import Date

_TRADE = Scope.CAMPUS_TRADE


@record("校园经营", "Trade on a campus", ("教育主管部门", "education authority"))
class Campus:
    campus_code: str | None = fact("校园代码", "Code of the campus", _TRADE)
    campus_name: str | None = fact("校园名称", "Name of the campus", _TRADE)
    school: str | None = fact("学校名称", "School", _TRADE)
    business: str | None = fact("经营内容", "What is run there", _TRADE)
    contract_from: Date | None = fact("合同期自", "Contract from", _TRADE, sensitivity=Sensitivity.INTERNAL)
    contract_to: Date | None = fact("合同期至", "Contract to", _TRADE, sensitivity=Sensitivity.INTERNAL)
    premises: str | None = fact("经营位置", "Place on the campus", _TRADE)
    provenance: Provenance = intrinsic("来源", "Provenance")
