"""The scopes: named groups of fields, alphabetical, with the labels people read.

A field belongs to exactly one scope; the schema says which. A grant names scopes or single fields.
"""

from enum import StrEnum


class Scope(StrEnum):
    """Name of a group of fields, as it stands in grants, tokens and the SDL."""

    APPROVAL_CASE = "approval.case"
    APPROVAL_ITEM = "approval.item"
    CAMPUS_TRADE = "campus.trade"
    CERTIFICATE_OFFICER = "certificate.officer"
    CLINIC_REGISTRATION = "clinic.registration"
    CODE_REGISTER = "code.register"
    COMMITMENT_CONTENT = "commitment.content"
    COMMITMENT_SUMMARY = "commitment.summary"
    CREDIT_HONOUR = "credit.honour"
    CREDIT_LIST = "credit.list"
    CREDIT_RATING = "credit.rating"
    CREDIT_SUMMARY = "credit.summary"
    ENTITY_ADDRESS = "entity.address"
    ENTITY_CONTACT = "entity.contact"
    ENTITY_COUNT = "entity.count"
    ENTITY_IDENTITY = "entity.identity"
    ENTITY_MATCH = "entity.match"
    ENTITY_PERSON = "entity.person"
    ENTITY_REGISTER = "entity.register"
    FINANCE_INSTITUTION = "finance.institution"
    INCENTIVE_RECORD = "incentive.record"
    INSPECTION_CAP = "inspection.cap"
    INSPECTION_OFFICER = "inspection.officer"
    INSPECTION_RECORD = "inspection.record"
    LICENCE_BASIC = "licence.basic"
    LICENCE_DECISION = "licence.decision"
    LICENCE_PREMISES = "licence.premises"
    PENALTY_DETAIL = "penalty.detail"
    PENALTY_SUMMARY = "penalty.summary"
    REFERENCE_TABLE = "reference.table"


SCOPE_LABELS: dict[Scope, tuple[str, str]] = {
    Scope.APPROVAL_CASE: ("审批办件", "Approval cases"),
    Scope.APPROVAL_ITEM: ("审批事项", "Approval items"),
    Scope.CAMPUS_TRADE: ("校园经营", "Trade on campus"),
    Scope.CERTIFICATE_OFFICER: ("执法证件", "Enforcement certificates of officers"),
    Scope.CLINIC_REGISTRATION: ("医疗机构执业登记", "Registrations of medical institutions"),
    Scope.CODE_REGISTER: ("码上诚信", "Codes of entities"),
    Scope.COMMITMENT_CONTENT: ("承诺全文", "Full text of commitments"),
    Scope.COMMITMENT_SUMMARY: ("承诺概要", "Commitments in brief"),
    Scope.CREDIT_HONOUR: ("守信信息", "Honours"),
    Scope.CREDIT_LIST: ("名单信息", "List entries"),
    Scope.CREDIT_RATING: ("信用评价", "Ratings by their issuers"),
    Scope.CREDIT_SUMMARY: ("信用概况", "Credit status in brief"),
    Scope.ENTITY_ADDRESS: ("住所", "Registered address"),
    Scope.ENTITY_CONTACT: ("联系方式", "Contact details"),
    Scope.ENTITY_COUNT: ("计数", "Counting entities"),
    Scope.ENTITY_IDENTITY: ("主体身份", "Identity of the entity"),
    Scope.ENTITY_MATCH: ("主体识别", "Resolving which entity is meant"),
    Scope.ENTITY_PERSON: ("法定代表人", "Legal representative"),
    Scope.ENTITY_REGISTER: ("登记事项", "Registered particulars"),
    Scope.FINANCE_INSTITUTION: ("金融机构许可", "Licensed financial institutions"),
    Scope.INCENTIVE_RECORD: ("激励记录", "Incentive records"),
    Scope.INSPECTION_CAP: ("行政检查频次上限", "Published inspection caps"),
    Scope.INSPECTION_OFFICER: ("检查人员", "Officers of an inspection"),
    Scope.INSPECTION_RECORD: ("行政检查", "Inspections"),
    Scope.LICENCE_BASIC: ("许可概要", "Licences in brief"),
    Scope.LICENCE_DECISION: ("许可决定", "Licence decisions"),
    Scope.LICENCE_PREMISES: ("许可场所", "Licensed premises"),
    Scope.PENALTY_DETAIL: ("处罚详情", "Penalties in full"),
    Scope.PENALTY_SUMMARY: ("处罚概要", "Penalties in brief"),
    Scope.REFERENCE_TABLE: ("代码表", "Reference tables"),
}
