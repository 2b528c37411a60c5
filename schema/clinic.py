"""Registrations of medical institutions: what they may treat, where, and when they are due to be verified.

Nothing personal of doctors or of who is in charge is declared.
"""

from auth.scopes import Scope
from schema.base import Provenance, fact, intrinsic, record
from schema.scalars import Date

_REGISTRATION = Scope.CLINIC_REGISTRATION


@record("医疗机构执业登记", "Registration of a medical institution", ("卫生健康部门", "health authority"))
class Clinic:
    registration_no: str | None = fact("登记号", "Registration number", _REGISTRATION)
    name: str | None = fact("机构名称", "Name of the institution", _REGISTRATION)
    level: str | None = fact("机构级别", "Level", _REGISTRATION)
    subjects: list[str] | None = fact("诊疗科目", "Subjects it may treat", _REGISTRATION)
    premises: str | None = fact("执业地址", "Place of practice", _REGISTRATION)
    verified_on: Date | None = fact("最近校验日期", "Last verified on", _REGISTRATION)
    verification_due: Date | None = fact("下次校验截止", "Verification due", _REGISTRATION)
    authority: str | None = fact("登记机关", "Authority", _REGISTRATION)
    provenance: Provenance = intrinsic("来源", "Provenance")
