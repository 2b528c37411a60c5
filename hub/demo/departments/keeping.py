"""What the demo keeps of sources for when they are silent: the public fields that stand on the page of a code."""

from typing import Any

ENTITY = "uscc name formerNames kind status establishedOn industryCode businessScope registrationAuthority"
LICENCE = "kind certificateName certificateNo scope validFrom validTo longTerm status renewalPending authority"
PENALTY = "decisionNo violationType kinds fine decidedOn publicUntil withdrawn repaired authority"
_HOURS, _BASIS = 24, "《企业信息公示暂行条例》第三条;演示:数据均为虚构"


def keep(fields: str) -> dict[str, Any]:
    """The declaration as the configuration writes it."""
    return {"fields": fields.split(), "max_age_hours": _HOURS, "basis": _BASIS}
