"""Reference tables that give codes their names: divisions (GB/T 2260) and industries (GB/T 4754)."""

from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record

_TABLE = Scope.REFERENCE_TABLE


@record("行政区划", "Administrative division", ("民政部门", "civil affairs authority"))
class Division:
    code: str | None = fact("区划代码", "Code", _TABLE, link=("Entity.divisionCode",))
    name: str | None = fact("区划名称", "Name", _TABLE, link=("Entity.divisionCode",))
    level: str | None = fact("级别", "Level", _TABLE, link=("Entity.divisionCode",))
    provenance: Provenance = intrinsic("来源", "Provenance")


@record("行业分类", "Industry class", ("统计部门", "statistics authority"))
class Industry:
    code: str | None = fact("行业代码", "Code", _TABLE, link=("Entity.industryCode",))
    name: str | None = fact("行业名称", "Name", _TABLE, link=("Entity.industryCode",))
    parent: str | None = fact("上级代码", "Parent code", _TABLE, link=("Entity.industryCode",))
    provenance: Provenance = intrinsic("来源", "Provenance")
