"""Credit commitments (信用承诺, national template)."""

from datetime import date
from typing import Any

from auth.classes import Sensitivity
from auth.scopes import Scope
from schema.base import Compute, Provenance, fact, intrinsic, record
from schema.enums import CommitmentKind, Fulfilment, Publicity
from schema.scalars import Date

_SUMMARY = Scope.COMMITMENT_SUMMARY
_CONTENT = Scope.COMMITMENT_CONTENT


def _of_public(values: tuple[Any, ...], _day: date) -> str | None:
    fulfilment: str | None
    fulfilment, publicity = values
    return fulfilment if publicity == Publicity.PUBLIC.name else None


@record("信用承诺", "Commitment", ("承诺受理单位", "body that accepted the commitment"))
class Commitment:
    number: str | None = fact("承诺编码", "Number", _SUMMARY)
    kind: CommitmentKind | None = fact("承诺类型", "Kind", _SUMMARY)
    subject: str | None = fact("承诺事由", "Subject", _SUMMARY)
    content: str | None = fact("承诺内容", "Content", _CONTENT, sensitivity=Sensitivity.INTERNAL)
    liability: str | None = fact("违诺责任", "Liability", _CONTENT, sensitivity=Sensitivity.INTERNAL)
    made_on: Date | None = fact("承诺作出日期", "Made on", _SUMMARY)
    valid_to: Date | None = fact("承诺有效期", "Valid to", _SUMMARY)
    fulfilment: Fulfilment | None = fact("承诺履行状态", "Fulfilment", _SUMMARY, sensitivity=Sensitivity.INTERNAL)
    public_fulfilment: Fulfilment | None = fact(
        "可公开的承诺履行状态",
        "Fulfilment, of a commitment that is public",
        _SUMMARY,
        compute=Compute(("fulfilment", "publicity"), _of_public, disclosed=True),
    )
    publicity: Publicity | None = fact("公开类型", "Publicity", _SUMMARY)
    accepted_by: str | None = fact("受理单位", "Accepted by", _SUMMARY)
    provenance: Provenance = intrinsic("来源", "Provenance")
