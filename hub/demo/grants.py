"""The grants of the city: for each role what it needs for its purpose, and those that show every way to be refused.

One has expired, one denies, one holds for another purpose only. Periods surround the day the city is drawn for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from auth.classes import Sensitivity
from auth.grants import ANY_DEPARTMENT, Binding, Condition, Effect, Grant, RowFilter, RowOp
from auth.roles import Role
from auth.scopes import Scope
from hub.demo.calendar_days import days_after
from hub.demo.clients import PUBLIC_PURPOSE
from schema.catalogue import Catalogue

_APPROVED = "肇东市政务数据共享协调小组"
_PLAN = "肇信办发〔2024〕2号"
_DISCLOSURE = "《政府信息公开条例》第二十条;《企业信息公示暂行条例》第六条"

_SHOWN = (
    Scope.APPROVAL_ITEM,
    Scope.CAMPUS_TRADE,
    Scope.CERTIFICATE_OFFICER,
    Scope.CLINIC_REGISTRATION,
    Scope.CODE_REGISTER,
    Scope.FINANCE_INSTITUTION,
    Scope.INSPECTION_CAP,
    Scope.INSPECTION_RECORD,
)
"""What is displayed on a door, published by decree, or asked about whoever stands before one."""
_OPEN = (
    Scope.ENTITY_IDENTITY,
    Scope.ENTITY_REGISTER,
    Scope.LICENCE_BASIC,
    Scope.LICENCE_DECISION,
    Scope.PENALTY_SUMMARY,
    Scope.PENALTY_DETAIL,
    Scope.CREDIT_SUMMARY,
    Scope.CREDIT_RATING,
    Scope.CREDIT_LIST,
    Scope.CREDIT_HONOUR,
    Scope.COMMITMENT_SUMMARY,
    Scope.INCENTIVE_RECORD,
    Scope.REFERENCE_TABLE,
    *_SHOWN,
)
_REGISTER = (Scope.ENTITY_IDENTITY, Scope.ENTITY_REGISTER, Scope.REFERENCE_TABLE)
_LICENCES = (Scope.LICENCE_BASIC, Scope.LICENCE_DECISION)
_INSPECTIONS = (Scope.INSPECTION_RECORD, Scope.INSPECTION_OFFICER)
_VISITING = (Scope.INSPECTION_CAP, Scope.CERTIFICATE_OFFICER)
"""What whoever inspects, or watches those who do, may know whatever entity it is about."""
_SCREENED = 20_000
"""Records a day that are enough to screen every nominee of the city, and not to copy the register each day."""
_LENT, _APPLYING = 2_000, 300
"""Records a day, and different applicants of one person or system, of whoever lends."""
_PERSON, _PHONE, _ADDRESS = "Entity.legalRepresentative", "Entity.contactPhone", "Entity.address"


@dataclass(frozen=True, slots=True)
class _For:
    """Whom a grant is for: department, role, purposes; and on what basis."""

    department: str
    role: Role
    purposes: tuple[str, ...]
    basis: str


@dataclass(frozen=True, slots=True)
class _Period:
    """From the first day of this year to the last of the next."""

    starts: date
    ends: date


def city_grants(today: date, catalogue: Catalogue) -> tuple[Grant, ...]:
    """All grants in force on that day, and one that has run out."""
    period = _Period(date(today.year, 1, 1), date(today.year + 1, 12, 31))
    drafts = [*_public(catalogue), *_officers(catalogue), *_offices(), *_keepers(), *_partners()]
    granted = [replace(draft, starts=period.starts, ends=period.ends) for draft in drafts]
    expired = replace(
        _grant(
            _For("market", Role.OFFICER, ("INSPECTION",), "专项整治工作方案(已结束)"),
            scopes=(Scope.COMMITMENT_CONTENT,),
        ),
        starts=date(today.year - 1, 1, 1),
        ends=days_after(today, -30),
    )
    return tuple(replace(grant, id=f"G-{number:03d}") for number, grant in enumerate([*granted, expired], 1))


def _grant(
    whom: _For, *, scopes: Iterable[Scope] = (), fields: Iterable[str] = (), masked: Iterable[str] = ()
) -> Grant:
    return Grant(
        id="",
        department=whom.department,
        role=whom.role,
        purposes=frozenset(whom.purposes),
        starts=date.min,
        ends=date.max,
        legal_basis=whom.basis,
        approved_by=_APPROVED,
        scopes=frozenset(scopes),
        fields=frozenset({*fields, *masked}),
        masked=frozenset(masked),
    )


def _where(field: str, op: RowOp, *values: str) -> RowFilter:
    return frozenset({Condition(field, op, values)})


def _own(field: str, op: RowOp, name: str) -> RowFilter:
    return frozenset({Condition(field, op, Binding(name))})


def public_fields(catalogue: Catalogue) -> list[str]:
    """Fields of the open scopes whose every value is public; a scope may hold others beside them."""
    rules = catalogue.fields.values()
    return [r.coordinate for r in rules if r.scope in _OPEN and r.sensitivity is Sensitivity.PUBLIC]


def _public(catalogue: Catalogue) -> list[Grant]:
    everybody = _For(ANY_DEPARTMENT, Role.PUBLIC, (PUBLIC_PURPOSE,), _DISCLOSURE)
    owners = _grant(everybody, masked=(_PERSON,))
    dwellings = replace(_grant(everybody, masked=(_ADDRESS,)), rows=_where("kind", RowOp.IN, "INDIVIDUAL"))
    developers = replace(everybody, role=Role.DEV, basis="沙箱使用规定:仅限公开字段")
    credit = replace(everybody, role=Role.CREDIT_OFFICE)
    fields = public_fields(catalogue)
    return [_grant(everybody, fields=fields), owners, dwellings] + [
        _grant(whom, fields=fields) for whom in (developers, credit)
    ]


def _officers(catalogue: Catalogue) -> list[Grant]:
    market = _For(
        "market", Role.OFFICER, ("INSPECTION", "CREDIT_SUPERVISION"), "《市场监督管理行政检查程序规定》;" + _PLAN
    )
    health = _For("health", Role.OFFICER, ("INSPECTION",), "《医疗机构管理条例》第五条;" + _PLAN)
    supervision = replace(market, purposes=("CREDIT_SUPERVISION",), basis="信用分级分类监管办法;" + _PLAN)
    device = _For("device", Role.OFFICER, ("INSPECTION",), "《医疗器械监督管理条例》第六十九条;" + _PLAN)
    watch = _For(
        "justice", Role.OFFICER, ("ENFORCEMENT_SUPERVISION",), "国办发〔2024〕54号;《黑龙江省行政执法监督条例》"
    )
    impartial = replace(market, purposes=(), basis="检查不得以激励成效为由加重或减免")
    place = (
        Scope.ENTITY_PERSON,
        Scope.ENTITY_ADDRESS,
        Scope.ENTITY_CONTACT,
        Scope.LICENCE_PREMISES,
        Scope.LICENCE_DECISION,
    )
    inspected = (*place, Scope.PENALTY_DETAIL, Scope.CREDIT_RATING, Scope.CREDIT_LIST, *_INSPECTIONS)
    own_division = _own("divisionCode", RowOp.PREFIX, "division")
    clinics = _where("industryCode", RowOp.PREFIX, "84", "8514")
    shops = _where("industryCode", RowOp.PREFIX, "5236", "5251", "5254", "5255")
    denied = _grant(impartial, fields=("Incentive.outcome", "Incentive.minutesSaved"))
    return [
        _grant(market, scopes=(Scope.ENTITY_COUNT,), fields=public_fields(catalogue)),
        replace(_grant(market, scopes=(*inspected, Scope.INCENTIVE_RECORD)), rows=own_division),
        replace(_grant(supervision, scopes=(Scope.COMMITMENT_SUMMARY,)), rows=own_division),
        replace(denied, effect=Effect.DENY),
        _grant(health, scopes=(*_REGISTER, Scope.LICENCE_BASIC, Scope.PENALTY_SUMMARY)),
        replace(_grant(health, scopes=(*place, *_INSPECTIONS)), rows=clinics),
        _grant(health, scopes=(*_VISITING, Scope.CLINIC_REGISTRATION)),
        _grant(market, scopes=(*_VISITING, Scope.CODE_REGISTER, Scope.CAMPUS_TRADE)),
        _grant(device, scopes=(*_REGISTER, *_LICENCES, *_VISITING)),
        replace(_grant(device, scopes=(*place, *_INSPECTIONS)), rows=shops),
        _grant(watch, scopes=(Scope.ENTITY_IDENTITY, Scope.REFERENCE_TABLE, *_INSPECTIONS, *_VISITING)),
    ]


def _offices() -> list[Grant]:
    clerk = _For("service", Role.CLERK, ("GOVERNMENT_SERVICE",), _PLAN + "第一项")
    approver = _For("approval", Role.APPROVER, ("APPROVAL",), "《行政许可法》第六十一条;" + _PLAN)
    judge = _For("awards", Role.JUDGE, ("AWARDS",), _PLAN + "第五项")
    office = _For("credit", Role.CREDIT_OFFICE, ("CREDIT_SUPERVISION",), "《黑龙江省社会信用条例》;" + _PLAN)
    steward = _For("market", Role.STEWARD, ("DATA_STEWARDSHIP",), "《政务数据共享条例》第十三条")
    statuses = (Scope.CREDIT_SUMMARY, Scope.CREDIT_LIST)
    every = (*_OPEN, Scope.COMMITMENT_CONTENT, Scope.ENTITY_COUNT, Scope.ENTITY_MATCH, Scope.ENTITY_PERSON)
    kept = (
        *(*_REGISTER, *_LICENCES, Scope.ENTITY_PERSON, Scope.ENTITY_ADDRESS, Scope.ENTITY_CONTACT, Scope.ENTITY_COUNT),
        Scope.ENTITY_MATCH,
    )
    return [
        _grant(
            clerk,
            scopes=(
                *(*_REGISTER, Scope.LICENCE_BASIC, Scope.CREDIT_SUMMARY, Scope.INCENTIVE_RECORD),
                *(Scope.CODE_REGISTER, Scope.APPROVAL_ITEM),
            ),
            masked=(_PERSON, _PHONE),
        ),
        _grant(
            approver,
            scopes=(
                *(*_REGISTER, *_LICENCES, *statuses, Scope.COMMITMENT_SUMMARY, Scope.COMMITMENT_CONTENT),
                *(Scope.APPROVAL_ITEM, Scope.APPROVAL_CASE, Scope.CODE_REGISTER),
            ),
            fields=(_PERSON, _ADDRESS),
            masked=(_PHONE,),
        ),
        replace(
            _grant(
                judge,
                scopes=(
                    *(*_REGISTER, *statuses, Scope.PENALTY_SUMMARY, Scope.COMMITMENT_SUMMARY, Scope.CREDIT_HONOUR),
                    Scope.CODE_REGISTER,
                ),
                masked=(_PERSON,),
            ),
            records_a_day=_SCREENED,
        ),
        replace(_grant(office, scopes=every), mask_personal=True),
        replace(
            _grant(steward, scopes=(*kept, Scope.LICENCE_PREMISES, Scope.PENALTY_SUMMARY, Scope.PENALTY_DETAIL)),
            rows=_own("divisionCode", RowOp.PREFIX, "division"),
        ),
    ]


def _keepers() -> list[Grant]:
    """Stewards of the newer sources: their own records, of whatever entity, and who it is."""
    kept = {
        "tax": (Scope.CREDIT_RATING,),
        "court": (Scope.CREDIT_LIST,),
        "penalty": (Scope.PENALTY_SUMMARY, Scope.PENALTY_DETAIL),
        "regulator": (Scope.FINANCE_INSTITUTION,),
    }
    basis = "《政务数据共享条例》第十三条"
    stewards = [_For(department, Role.STEWARD, ("DATA_STEWARDSHIP",), basis) for department in kept]
    codes = _For("province", Role.STEWARD, ("CODE_OPERATION",), _PLAN + "第三项")
    return [
        *(_grant(whom, scopes=(Scope.ENTITY_IDENTITY, *kept[whom.department])) for whom in stewards),
        _grant(codes, scopes=(*_REGISTER, Scope.CODE_REGISTER, Scope.CREDIT_SUMMARY)),
    ]


def _partners() -> list[Grant]:
    bank = _For("finance", Role.BANK, ("FINANCE",), _PLAN + "第六项;不构成征信")
    school = _For("education", Role.SCHOOL, ("CAMPUS",), _PLAN + "第四项;《学校食品安全与营养健康管理规定》")
    merchant = _For("merchants", Role.MERCHANT, ("SELF_SERVICE",), "《个人信息保护法》第四十五条;" + _PLAN)
    food = _where("industryCode", RowOp.PREFIX, "13", "14", "15", "52", "62", "83", "8514")
    mine = (*_OPEN, Scope.ENTITY_PERSON, Scope.ENTITY_ADDRESS, Scope.ENTITY_CONTACT, Scope.LICENCE_PREMISES)
    public_credit = (Scope.CREDIT_SUMMARY, Scope.CREDIT_RATING, Scope.CREDIT_HONOUR, Scope.PENALTY_SUMMARY)
    return [
        replace(
            _grant(bank, scopes=(*_REGISTER, Scope.LICENCE_BASIC, *public_credit, Scope.FINANCE_INSTITUTION)),
            records_a_day=_LENT,
            entities_a_day=_APPLYING,
        ),
        _grant(
            school,
            scopes=(
                *(Scope.ENTITY_IDENTITY, Scope.REFERENCE_TABLE, Scope.LICENCE_BASIC, Scope.PENALTY_SUMMARY),
                Scope.CAMPUS_TRADE,
            ),
        ),
        replace(
            _grant(school, scopes=(Scope.LICENCE_PREMISES, Scope.CREDIT_RATING, Scope.INSPECTION_RECORD)), rows=food
        ),
        replace(
            _grant(
                merchant,
                scopes=(*mine, Scope.COMMITMENT_CONTENT, Scope.INSPECTION_OFFICER, Scope.APPROVAL_CASE),
            ),
            rows=_own("uscc", RowOp.IN, "entities"),
        ),
        _grant(merchant, scopes=(Scope.CERTIFICATE_OFFICER, Scope.APPROVAL_ITEM)),
    ]
