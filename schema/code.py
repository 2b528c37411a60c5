"""The credit code of an entity (码上诚信), as the register of its issuer knows it."""

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.enums import CodeIssuer, CodeStatus
from schema.scalars import Date

_CODE = Scope.CODE_REGISTER


@record("码上诚信", "Code of honesty", ("码的签发方", "issuer of the code"))
class HonestyCode:
    token: str | None = fact("码值", "What the code says", _CODE)
    status: CodeStatus | None = fact("状态", "Status", _CODE)
    status_since: Date | None = fact("状态起始日期", "In this status since", _CODE)
    status_reason: str | None = fact("暂停或停用原因", "Why it is not valid", _CODE, sensitivity=Sensitivity.INTERNAL)
    issued_to: str | None = fact("赋码时的名称", "Name it was issued under", _CODE)
    issued_on: Date | None = fact("赋码日期", "Issued on", _CODE)
    displayed_since: Date | None = fact("亮码日期", "Displayed since", _CODE)
    printed_on: Date | None = fact("最近印制日期", "Last printed on", _CODE)
    places: list[str] | None = fact("亮码位置", "Where it is displayed", _CODE)
    issuer: CodeIssuer | None = fact("签发方", "Issuer", _CODE)
    provenance: Provenance = intrinsic("来源", "Provenance")
