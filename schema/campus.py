"""Trade on campus: which entity runs what at which school, and under which licence.

One canteen may have two rows: the school that holds the licence and the contractor that runs it.
"""

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.enums import CampusPart
from schema.scalars import USCC, Date

_TRADE = Scope.CAMPUS_TRADE
_INTERNAL = Sensitivity.INTERNAL


@record("校园经营", "Trade on a campus", ("教育主管部门", "education authority"))
class Campus:
    campus_code: str | None = fact("校园代码", "Code of the campus", _TRADE)
    campus_name: str | None = fact("校园名称", "Name of the campus", _TRADE)
    school: str | None = fact("学校名称", "School", _TRADE)
    uscc: USCC | None = fact("经营者统一社会信用代码", "Code of who runs it", _TRADE, link=("Entity.uscc",))
    part: CampusPart | None = fact("经营身份", "Part in the trade", _TRADE)
    facility_no: str | None = fact("场所编号", "Number of the canteen or shop", _TRADE)
    business: str | None = fact("经营内容", "What is run there", _TRADE)
    licence_no: str | None = fact("食品经营许可证编号", "Licence it is run under", _TRADE)
    contract_no: str | None = fact("合同编号", "Number of the contract", _TRADE, sensitivity=_INTERNAL)
    contract_from: Date | None = fact("合同期自", "Contract from", _TRADE, sensitivity=_INTERNAL)
    contract_to: Date | None = fact("合同期至", "Contract to", _TRADE, sensitivity=_INTERNAL)
    premises: str | None = fact("经营位置", "Place on the campus", _TRADE)
    provenance: Provenance = intrinsic("来源", "Provenance")
