"""The business entity: the record every other one joins to."""

import strawberry

from auth.classes import Sensitivity, Sharing
from auth.scopes import Scope
from schema.approval import ApprovalCase
from schema.base import Argument, MaskKind, Money, Node, Provenance, compares, fact, intrinsic, record, relation
from schema.campus import Campus
from schema.clinic import Clinic
from schema.code import HonestyCode
from schema.commitment import Commitment
from schema.credit import CreditStatus
from schema.enums import CaseStatus, EntityKind, LicenceKind, LicenceStatus, RegistrationStatus, Scenario
from schema.finance import FinancialInstitution
from schema.incentive import Incentive
from schema.inspection import Inspection, InspectionCap, in_year
from schema.licence import Licence
from schema.paging import PageInfo
from schema.penalty import Penalty, in_publication
from schema.predicate import Op
from schema.reference import Division, Industry
from schema.scalars import USCC, Date

_IDENTITY = Scope.ENTITY_IDENTITY
_REGISTER = Scope.ENTITY_REGISTER


def _equals(zh: str, en: str, field: str) -> Argument:
    return Argument(zh, en, (field,), compares(field, Op.EQ))


@record("经营主体", "Business entity", ("市场监督管理及其他登记机关", "market supervision and other registrars"))
class Entity(Node):
    uscc: USCC | None = fact("统一社会信用代码", "Unified social credit code", _IDENTITY)
    reg_no15: str | None = fact("工商注册号（15 位）", "Registration number of 15 digits", _REGISTER)
    org_code: str | None = fact("组织机构代码", "Organisation code", _REGISTER)
    name: str | None = fact("名称", "Name", _IDENTITY)
    former_names: list[str] | None = fact("曾用名", "Former names", _REGISTER)
    kind: EntityKind | None = fact("主体类别", "Kind", _IDENTITY)
    status: RegistrationStatus | None = fact("登记状态", "Registration status", _IDENTITY)
    legal_representative: str | None = fact(
        "法定代表人/经营者",
        "Legal representative or owner",
        Scope.ENTITY_PERSON,
        sensitivity=Sensitivity.PERSONAL,
        sharing=Sharing.CONDITIONAL,
        mask=MaskKind.PERSON_NAME,
    )
    registered_capital: Money | None = fact("注册资本", "Registered capital", _REGISTER)
    established_on: Date | None = fact("成立日期", "Established on", _IDENTITY)
    address: str | None = fact(
        "住所",
        "Registered address",
        Scope.ENTITY_ADDRESS,
        sensitivity=Sensitivity.INTERNAL,
        mask=MaskKind.STREET_ADDRESS,
    )
    division_code: str | None = fact("行政区划代码", "Division code (GB/T 2260)", _IDENTITY)
    division: Division | None = relation(
        "行政区划", "Division", parent_key="divisionCode", child_key="code", limited=False
    )
    industry_code: str | None = fact("行业代码", "Industry code (GB/T 4754)", _IDENTITY)
    industry: Industry | None = relation("行业", "Industry", parent_key="industryCode", child_key="code", limited=False)
    business_scope: str | None = fact("经营范围", "Business scope", _REGISTER)
    registration_authority: str | None = fact("登记机关", "Registration authority", _IDENTITY)
    contact_phone: str | None = fact(
        "联系电话",
        "Contact phone",
        Scope.ENTITY_CONTACT,
        sensitivity=Sensitivity.PERSONAL,
        sharing=Sharing.CONDITIONAL,
        mask=MaskKind.PHONE,
    )
    licences: list[Licence] | None = relation(
        "行政许可与备案",
        "Licences, filings and registrations",
        kind=(LicenceKind | None, _equals("事项类型", "Kind", "kind")),
        status=(LicenceStatus | None, _equals("状态", "Status", "status")),
    )
    penalties: list[Penalty] | None = relation(
        "行政处罚",
        "Administrative penalties",
        inPublication=(
            bool | None,
            Argument("是否在公示期内", "In publication today", ("publicUntil", "withdrawn"), in_publication),
        ),
    )
    credit_status: CreditStatus | None = relation("信用状况", "Credit status", limited=False)
    commitments: list[Commitment] | None = relation("信用承诺", "Commitments")
    incentives: list[Incentive] | None = relation(
        "激励记录", "Incentives", scenario=(Scenario | None, _equals("应用场景", "Scenario", "scenario"))
    )
    approval_cases: list[ApprovalCase] | None = relation(
        "审批办件", "Approval cases", status=(CaseStatus | None, _equals("办件状态", "Status", "status"))
    )
    campuses: list[Campus] | None = relation("校园经营", "Campuses it trades on")
    code: HonestyCode | None = relation("码上诚信", "Its code", limited=False, several=True)
    inspections: list[Inspection] | None = relation(
        "行政检查",
        "Inspections by any department",
        year=(int | None, Argument("检查开始的年度", "Year it began in", ("startedAt",), in_year)),
    )
    inspection_caps: list[InspectionCap] | None = relation(
        "行政检查年度频次上限",
        "Published caps that apply to its industry",
        parent_key="industryCode",
        child_key="industryCode",
        year=(int | None, _equals("年度", "Year", "year")),
    )
    clinics: list[Clinic] | None = relation("医疗机构执业登记", "Registrations as a medical institution")
    financial_institution: FinancialInstitution | None = relation(
        "金融机构许可", "Registration as a financial institution", limited=False
    )
    provenance: Provenance = intrinsic("来源", "Provenance")


@strawberry.type(description="一条结果及其游标 / One result and its cursor")
class EntityEdge:
    cursor: str = intrinsic("游标：不透明且加密", "Cursor, opaque and encrypted")
    node: Entity | None = intrinsic("经营主体", "Entity")


@strawberry.type(description="经营主体分页结果 / A page of entities")
class EntityConnection:
    edges: list[EntityEdge] = intrinsic("结果", "Results")
    page_info: PageInfo = intrinsic("分页信息", "Page information")
    total_count: int | None = fact("总数", "Total number", Scope.ENTITY_COUNT)
