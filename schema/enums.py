"""Enumerations of the schema, each value with its Chinese and English label.

Names are what travels; labels are what people read (`/graphql/enums`). Vocabularies follow the code tables of
the national credit-information standards and of the departments that issue the records.
"""

from collections.abc import Callable
from enum import Enum
from typing import TypeVar

import strawberry


class Labelled(Enum):
    """An enumeration whose values are pairs of labels: Chinese, English."""

    @property
    def zh(self) -> str:
        """Chinese label."""
        return str(self.value[0])

    @property
    def en(self) -> str:
        """English label."""
        return str(self.value[1])


LabelledType = TypeVar("LabelledType", bound=type[Labelled])
ENUMS: dict[str, tuple[type[Labelled], str]] = {}


def labelled(description: str) -> Callable[[LabelledType], LabelledType]:
    """Declare a GraphQL enumeration whose value descriptions are its labels."""

    def declare(enum: LabelledType) -> LabelledType:
        strawberry.enum(enum, description=description)
        definition = enum.__strawberry_definition__  # type: ignore[attr-defined]
        for value, member in zip(definition.values, enum, strict=True):
            value.description = f"{member.zh} / {member.en}"
        ENUMS[enum.__name__] = (enum, description)
        return enum

    return declare


@labelled("主体类别 / Kind of entity")
class EntityKind(Labelled):
    ENTERPRISE = ("企业", "Enterprise")
    INDIVIDUAL = ("个体工商户", "Individual business")
    COOPERATIVE = ("农民专业合作社", "Farmers' cooperative")
    INSTITUTION = ("事业单位", "Public institution")
    SOCIAL_ORGANISATION = ("社会组织", "Social organisation")
    GOVERNMENT = ("机关", "Government body")
    COLLECTIVE = ("农村集体经济组织", "Rural collective")
    OTHER = ("其他", "Other")


@labelled("登记状态 / Registration status")
class RegistrationStatus(Labelled):
    ACTIVE = ("存续", "Active")
    MOVED_OUT = ("迁出", "Moved out")
    SUSPENDED = ("停业", "Suspended")
    REVOKED = ("吊销", "Licence revoked")
    DEREGISTERED = ("注销", "Deregistered")
    ANNULLED = ("撤销", "Annulled")


@labelled("许可事项类型 / Kind of licence")
class LicenceKind(Labelled):
    LICENCE = ("许可", "Licence")
    FILING = ("备案", "Filing")
    REGISTRATION = ("登记", "Registration")
    NOT_REQUIRED = ("依法无需许可", "Not required by law")


@labelled("许可类别 / Category of licence")
class LicenceCategory(Labelled):
    ORDINARY = ("普通", "Ordinary")
    FRANCHISE = ("特许", "Franchise")
    RECOGNITION = ("认可", "Recognition")
    APPROVAL = ("核准", "Approval")
    REGISTRATION = ("登记", "Registration")
    OTHER = ("其他", "Other")


@labelled("许可状态 / Status of a licence")
class LicenceStatus(Labelled):
    VALID = ("有效", "Valid")
    WITHHELD = ("暂扣", "Temporarily withheld")
    REVOKED = ("吊销", "Revoked")
    CANCELLED = ("注销", "Cancelled")
    EXPIRED = ("过期", "Expired")
    ANNULLED = ("撤销", "Annulled")
    INVALID = ("无效", "No longer in force, the source does not say why")


@labelled("处罚种类 / Kind of penalty")
class PenaltyKind(Labelled):
    WARNING = ("警告", "Warning")
    PUBLIC_CRITICISM = ("通报批评", "Public criticism")
    FINE = ("罚款", "Fine")
    CONFISCATION = ("没收违法所得、非法财物", "Confiscation")
    LICENCE_SANCTION = ("暂扣、吊销许可证件或降低资质", "Licence withheld, revoked or downgraded")
    BUSINESS_RESTRICTION = ("限制经营、责令停产停业或关闭", "Business restricted, suspended or closed")
    DETENTION = ("行政拘留", "Administrative detention")
    OTHER = ("其他", "Other")


@labelled("评价体系 / Rating scheme; grades of different schemes are never comparable")
class RatingScheme(Labelled):
    PUBLIC_CREDIT = ("公共信用综合评价", "Comprehensive public credit evaluation")
    RISK_CLASS = ("企业信用风险分类", "Enterprise credit risk class")
    TAX_CREDIT = ("纳税信用", "Tax credit")
    FOOD_RISK = ("食品风险等级", "Food risk grade")
    CATERING_GRADE = ("餐饮量化分级", "Catering hygiene grade")


@labelled("名单 / Statutory list")
class ListKind(Labelled):
    SERIOUS_DISCREDIT = ("严重失信主体名单", "Seriously discredited entities")
    ABNORMAL_OPERATION = ("经营异常名录", "Abnormal operation")
    COURT_DEBTOR = ("失信被执行人", "Court debtor")
    TAX_VIOLATION = ("重大税收违法", "Major tax violation")
    WAGE_ARREARS = ("拖欠农民工工资", "Wage arrears")
    FOOD_SAFETY = ("食品安全严重违法", "Serious food safety violation")


@labelled("承诺类型 / Kind of commitment")
class CommitmentKind(Labelled):
    APPROVAL_SUBSTITUTE = ("审批替代型", "In place of an approval")
    TOLERANCE = ("容缺受理型", "Papers to follow")
    PROOF = ("证明事项型", "In place of a certificate")
    REPAIR = ("信用修复型", "Credit repair")
    INDUSTRY = ("行业自律型", "Industry self-discipline")
    VOLUNTARY = ("主动型", "Voluntary")
    OTHER = ("其他", "Other")


@labelled("承诺履行状态 / Fulfilment of a commitment")
class Fulfilment(Labelled):
    FULL = ("全部履行", "Fulfilled")
    PARTIAL = ("部分履行", "Partly fulfilled")
    NONE = ("全部未履行", "Not fulfilled")
    NOT_ASSESSED = ("未认定", "Not assessed")


@labelled("公开类型 / Publicity of a commitment")
class Publicity(Labelled):
    PUBLIC = ("可向社会公开", "Public")
    RESTRICTED = ("特定范围内公开", "Restricted")
    NOT_PUBLIC = ("不可公开", "Not public")


@labelled("激励措施 / Incentive measure, G1–G12")
class IncentiveMeasure(Labelled):
    G1 = ("绿色通道、优先办理", "Green channel")
    G2 = ("容缺受理、减材料", "Fewer papers")
    G3 = ("压缩时限", "Shorter time limits")
    G4 = ("免费帮办代办", "Free assistance")
    G5 = ("告知承诺替代", "Notice and commitment")
    G6 = ("评优评先同等优先", "Preferred in awards")
    G7 = ("融资增信参考", "Financing reference")
    G8 = ("降低抽查比例和频次", "Fewer inspections")
    G9 = ("免交证照材料", "No paper licences")
    G10 = ("公共资源交易优惠", "Preferred in public tenders")
    G11 = ("宣传推介", "Publicity")
    G12 = ("首违不罚、柔性执法", "Lenient enforcement")


@labelled("激励状态 / Status of an incentive")
class IncentiveStatus(Labelled):
    ACTIVE = ("生效中", "Active")
    EXPIRED = ("已到期", "Expired")
    WITHDRAWN = ("已撤回", "Withdrawn")


@labelled("应用场景 / Scenario of the plan")
class Scenario(Labelled):
    GOVERNMENT_SERVICE = ("政务服务", "Government service")
    APPROVAL = ("行政审批", "Approval")
    PACKAGING = ("产品包装", "Packaging")
    CAMPUS = ("校园服务", "Campus")
    AWARDS = ("评优评先", "Awards")
    FINANCE = ("金融服务", "Finance")
    CATERING = ("餐饮服务", "Catering")
    HEALTH_CARE = ("医疗卫生", "Health care")
    MEDICAL_DEVICES = ("医疗器械", "Medical devices")
    CREDIT_SUPERVISION = ("信用监管", "Credit supervision")


@labelled("办件状态 / Status of an approval case")
class CaseStatus(Labelled):
    ACCEPTED = ("已受理", "Accepted")
    GRANTED = ("准予", "Granted")
    REFUSED = ("不予", "Refused")
    WITHDRAWN = ("撤回", "Withdrawn")


@labelled("证件状态 / Status of an officer's certificate")
class CertificateStatus(Labelled):
    VALID = ("有效", "Valid")
    SUSPENDED = ("暂扣", "Suspended")
    EXPIRED = ("过期", "Expired")
    CANCELLED = ("注销", "Cancelled")


@labelled("码状态 / Status of a code")
class CodeStatus(Labelled):
    PENDING = ("待审", "Awaiting review")
    VALID = ("有效", "Valid")
    SUSPENDED = ("暂停", "Suspended")
    REVOKED = ("停用", "Revoked")
    CANCELLED = ("注销", "Cancelled")


@labelled("码签发方 / Issuer of a code")
class CodeIssuer(Labelled):
    LOCAL = ("本地签发", "Issued locally")
    PROVINCIAL = ("省级平台签发", "Issued by the province")


@labelled("金融机构类别 / Kind of financial institution")
class InstitutionKind(Labelled):
    COMMERCIAL_BANK = ("商业银行", "Commercial bank")
    VILLAGE_BANK = ("村镇银行", "Village bank")
    CREDIT_COOPERATIVE = ("农村信用社", "Rural credit cooperative")
    SMALL_LOAN = ("小额贷款公司", "Small-loan company")
    GUARANTEE = ("融资担保公司", "Financing guarantee company")
    OTHER = ("其他", "Other")


@labelled("金融机构状态 / Status of a financial institution")
class InstitutionStatus(Labelled):
    OPERATING = ("正常营业", "Operating")
    RECTIFYING = ("停业整顿", "Suspended for rectification")
    WITHDRAWN = ("已退出", "Licence withdrawn")


@labelled("校园经营身份 / Part in the trade on a campus")
class CampusPart(Labelled):
    SCHOOL = ("学校自办（许可持有人）", "The school itself, holder of the licence")
    CONTRACTOR = ("承包或委托经营", "Contractor")
    SUPPLIER = ("供餐配送", "Supplier of meals")
    SHOP = ("校内商户", "Shop on the campus")


@labelled("数据新鲜度 / Freshness of a record")
class Freshness(Labelled):
    FRESH = ("时效内", "Fresh")
    STALE = ("超出更新周期", "Older than its update cycle")
    UNKNOWN = ("源头未声明数据时间", "The source declares no data time")


@labelled("编号种类 / Kind of identifier")
class IdentifierKind(Labelled):
    USCC = ("统一社会信用代码", "Unified social credit code")
    REG_NO_15 = ("工商注册号", "Registration number of 15 digits")
    ORG_CODE = ("组织机构代码", "Organisation code")


@labelled("排序方向 / Direction of an order")
class Direction(Labelled):
    ASC = ("升序", "Ascending")
    DESC = ("降序", "Descending")


@labelled("字段对调用方的状态 / State of a field for the caller")
class FieldStanding(Labelled):
    HELD = ("可查询", "Held")
    REQUESTABLE = ("可申请", "Requestable")


@labelled("敏感级别 / Sensitivity class")
class SensitivityClass(Labelled):
    PUBLIC = ("公开", "Public")
    INTERNAL = ("内部", "Internal")
    PERSONAL = ("个人信息", "Personal")
    SENSITIVE = ("敏感", "Sensitive")


@labelled("共享属性 / Sharing attribute")
class SharingAttribute(Labelled):
    UNCONDITIONAL = ("无条件共享", "Unconditional")
    CONDITIONAL = ("有条件共享", "Conditional")
    WITHHELD = ("不予共享", "Withheld")


@labelled("数据源状态 / State of a source")
class SourceState(Labelled):
    ANSWERING = ("正常应答", "Answering")
    TROUBLED = ("时有失败", "Failing now and then")
    OPEN = ("持续失败，暂停查询", "Kept failing, not asked for the moment")
    UNKNOWN = ("尚未查询", "Not asked yet")


@labelled("冻结对象 / What is frozen")
class StopKind(Labelled):
    CLIENT = ("客户端", "Client")
    DEPARTMENT = ("部门", "Department")
    PERSON = ("人员", "Person")
    GRANT = ("授权", "Grant")
    FIELD = ("字段或范围", "Field or scope")


@labelled("三员岗位 / Office of an administrator")
class Office(Labelled):
    ADMIN = ("系统管理员", "System administrator")
    AUDIT = ("审计管理员", "Audit administrator")
    SEC = ("安全管理员", "Security administrator")


@labelled("代表关系类别 / Kind of mandate")
class MandateKind(Labelled):
    REPRESENTATIVE = ("法定代表人或经营者", "Legal representative or owner")
    DELEGATE = ("被授权人", "Delegate")


@labelled("代表关系由来 / Where a mandate comes from")
class MandateOrigin(Labelled):
    REAL_NAME = ("实名登录核对", "Matched after a real-name sign-in")
    COUNTER = ("窗口核验", "Vouched for at a counter")
    REPRESENTATIVE = ("法定代表人授权", "Delegated by the representative")


@labelled("案件是否可核实 / Whether somebody knows a case")
class CaseState(Labelled):
    TASK = ("本部门的未结任务", "An open task of the department")
    SOURCE = ("案件系统中存在", "Its case source knows it")
    UNVERIFIED = ("无法核实，供审计抽查", "Nobody knows it: for audit to sample")
    UNCHECKED = ("案件系统未应答，尚未核实", "Its case source did not answer")


@labelled("额度类别 / What a quota counts")
class QuotaKind(Labelled):
    RECORDS = ("本部门每日查询条数", "Records a day, of the whole department")
    ENTITIES = ("每人每日不同主体数", "Different entities a day, of one person")


@labelled("申请状态 / State of a request for access")
class RequestState(Labelled):
    DRAFT = ("草稿", "a draft")
    SUBMITTED = ("待答复", "waiting for an answer")
    APPROVED = ("待核准", "waiting to be released")
    RELEASED = ("已核准", "released")
    REFUSED = ("未获同意", "refused")
    WITHDRAWN = ("已撤回", "withdrawn")


@labelled("数源部门的答复 / Answer of one owner")
class PartState(Labelled):
    WAITING = ("待答复", "Waiting")
    APPROVED = ("同意", "Agreed")
    REFUSED = ("不同意", "Refused")


@labelled("授权的变更 / What becomes of a grant")
class GrantChange(Labelled):
    ADD = ("新增", "A new grant")
    RENEW = ("续期", "A later last day")
    END = ("终止", "An earlier last day")


@labelled("行条件 / How rows are compared")
class RowTest(Labelled):
    IN = ("等于其一", "Equals one of these")
    PREFIX = ("以其一开头", "Begins with one of these")


@labelled("申请的一步 / One step of a request")
class RequestStepKind(Labelled):
    DRAFTED = ("拟稿", "Drafted")
    SUBMITTED = ("提交", "Submitted")
    APPROVED = ("数源部门同意", "The owner agreed")
    REFUSED = ("不同意", "Refused")
    EXTENDED = ("延期", "Extended")
    RELEASED = ("核准", "Released")
    WITHDRAWN = ("撤回", "Withdrawn")


@labelled("授权状态 / State of a grant")
class GrantState(Labelled):
    UPCOMING = ("尚未开始", "Its period has not begun")
    IN_FORCE = ("有效", "In force")
    EXPIRING = ("即将到期（30 日内）", "Ends within thirty days")
    UNCERTIFIED = ("未按期确认，已停用", "Not confirmed in time, and not honoured")
    ENDED = ("已结束", "Its period is over")


@labelled("导入行的结果 / What becomes of a row that is imported")
class RowBecomes(Labelled):
    ADDED = ("新增", "A new grant")
    RENEWED = ("延期", "Its last day moves back")
    ENDED = ("提前结束", "Its last day moves forward")
    CHANGED = ("变更", "Ends, and another one takes its place")
    SAME = ("无变化", "As it is in force")
    FAULTY = ("有误", "Cannot be taken")
