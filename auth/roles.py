"""The roles people and clients act in, with labels and the station each has.

The station is the highest sensitivity a role may even learn of: above it a field does not exist for it.
"""

from enum import StrEnum

from auth.classes import Sensitivity


class Role(StrEnum):
    """Role of a client, as domain tables name it."""

    ADMIN = "ADMIN"
    APPROVER = "APPROVER"
    AUDIT = "AUDIT"
    BANK = "BANK"
    CLERK = "CLERK"
    CREDIT_OFFICE = "CREDIT_OFFICE"
    DEV = "DEV"
    JUDGE = "JUDGE"
    MERCHANT = "MERCHANT"
    OFFICER = "OFFICER"
    PUBLIC = "PUBLIC"
    SCHOOL = "SCHOOL"
    SEC = "SEC"
    STEWARD = "STEWARD"


ROLE_LABELS: dict[Role, tuple[str, str]] = {
    Role.ADMIN: ("系统管理员", "System administrator"),
    Role.APPROVER: ("审批人员", "Approver"),
    Role.AUDIT: ("审计管理员", "Audit administrator"),
    Role.BANK: ("金融机构", "Financial institution"),
    Role.CLERK: ("大厅窗口", "Counter clerk"),
    Role.CREDIT_OFFICE: ("市信用办", "Credit office"),
    Role.DEV: ("部门开发者", "Departmental developer"),
    Role.JUDGE: ("评优评先承办", "Award selection office"),
    Role.MERCHANT: ("经营主体", "Business"),
    Role.OFFICER: ("执法人员", "Enforcement officer"),
    Role.PUBLIC: ("公众", "Public"),
    Role.SCHOOL: ("学校/教育局", "School or education bureau"),
    Role.SEC: ("安全管理员", "Security administrator"),
    Role.STEWARD: ("数源部门管理员", "Data steward"),
}

ADMINISTRATORS = frozenset({Role.ADMIN, Role.AUDIT, Role.SEC})
"""Roles that may see how the hub works: plans, and how its sources run."""
_STATIONS: dict[Role, Sensitivity] = {Role.PUBLIC: Sensitivity.PUBLIC, Role.BANK: Sensitivity.INTERNAL}


def station(role: Role) -> Sensitivity:
    """Highest sensitivity whose fields exist for the role, granted or not."""
    return _STATIONS.get(role, Sensitivity.SENSITIVE)
