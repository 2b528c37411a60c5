"""Enforcement certificates of officers, asked for by their number."""

from auth.classes import Sensitivity, Sharing
from auth.scopes import Scope
from schema.base import MaskKind, Provenance, fact, intrinsic, record
from schema.enums import CertificateStatus
from schema.scalars import Date

_OFFICER = Scope.CERTIFICATE_OFFICER


@record("执法证件", "Enforcement certificate", ("司法行政部门", "justice authority"))
class Certificate:
    number: str | None = fact("执法证号", "Number", _OFFICER)
    holder_name: str | None = fact(
        "持证人",
        "Holder",
        _OFFICER,
        sensitivity=Sensitivity.PERSONAL,
        sharing=Sharing.CONDITIONAL,
        mask=MaskKind.PERSON_NAME,
    )
    department: str | None = fact("执法单位", "Department", _OFFICER)
    field_of_law: str | None = fact("执法领域", "Field of law", _OFFICER)
    status: CertificateStatus | None = fact("状态", "Status", _OFFICER)
    valid_from: Date | None = fact("有效期自", "Valid from", _OFFICER)
    valid_to: Date | None = fact("有效期至", "Valid to", _OFFICER)
    provenance: Provenance = intrinsic("来源", "Provenance")
