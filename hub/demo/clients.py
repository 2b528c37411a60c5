"""Who takes part in the city: departments, purposes of a question, and the registered clients with their bindings.

Knows nothing of grants. Telephone numbers are invented.
"""

from dataclasses import replace

from auth.admission import PUBLIC_DEPARTMENT
from auth.caller import Client
from auth.purposes import CaseSource, Purpose
from auth.roles import Role
from hub.demo.codes import COUNTY
from hub.demo.licences import DEVICES
from hub.demo.personas import README_USCC, code_of
from hub.settings_tables import DepartmentTable
from schema.enums import Scenario

PUBLIC_PURPOSE = "PUBLIC_QUERY"
_FORM = "在目录中选择字段并说明用途,由数源部门在十个工作日内答复。"


def _department(code: str, label: str, label_en: str, contact: str, how_to_request: str = _FORM) -> DepartmentTable:
    return DepartmentTable(code=code, label=label, label_en=label_en, contact=contact, how_to_request=how_to_request)


def _purpose(code: str, zh: str, en: str, scenario: Scenario | None = None) -> Purpose:
    return Purpose(code, zh, en, scenario.name if scenario else None, public=code == PUBLIC_PURPOSE)


_CASES = (CaseSource("approval", "ApprovalCase", "caseNo", ("approval",)),)
"""Cases of the approval office, by the numbers they were accepted under."""
_VISITS = (CaseSource("justice", "Inspection", "noticeNo"),)
"""Visits as the platform on which enforcement is watched has them, by the numbers of their notices."""


DEPARTMENTS = (
    _department("market", "肇东市市场监督管理局", "Zhaodong Administration for Market Regulation", "0455-7010001"),
    _department("health", "肇东市卫生健康局", "Zhaodong Health Bureau", "0455-7010002"),
    _department("credit", "肇东市信用办(营商环境局)", "Zhaodong Credit Office", "0455-7010003"),
    _department(
        "statistics", "肇东市统计局", "Zhaodong Statistics Bureau", "0455-7010004", "代码表无条件共享,无需申请。"
    ),
    _department("service", "肇东市政务服务中心", "Zhaodong Government Service Centre", "0455-7010005"),
    _department("approval", "肇东市行政审批办公室", "Zhaodong Approval Office", "0455-7010006"),
    _department("awards", "肇东市评优评先工作专班", "Zhaodong Awards Office", "0455-7010007"),
    _department("finance", "肇东市金融服务站", "Zhaodong Financial Service Station", "0455-7010008"),
    _department("education", "肇东市教育局", "Zhaodong Education Bureau", "0455-7010009"),
    _department("merchants", "经营主体自助服务", "Self-service of businesses", "0455-7010010"),
    _department("bigdata", "肇东市大数据中心", "Zhaodong Big Data Centre", "0455-7010011"),
    _department("device", DEVICES, "Suihua Administration for Market Regulation, Drugs and Devices", "0455-8010012"),
    _department("justice", "肇东市司法局", "Zhaodong Justice Bureau", "0455-7010013"),
    _department("tax", "国家税务总局肇东市税务局", "Zhaodong Tax Bureau", "0455-7010014"),
    _department("court", "肇东市人民法院", "Zhaodong People's Court", "0455-7010015"),
    _department("penalty", "绥化市行政处罚信息平台运行单位", "Operator of Suihua's Penalty Platform", "0455-8010016"),
    _department("province", "黑龙江省营商环境建设监督局", "Provincial Code Office", "0451-8010017"),
    _department("regulator", "国家金融监督管理总局绥化监管分局", "Suihua Financial Regulator", "0455-8010018"),
)
PURPOSES = (
    _purpose(PUBLIC_PURPOSE, "公众查询", "Public enquiry"),
    _purpose("GOVERNMENT_SERVICE", "政务服务绿色通道", "Green channel", Scenario.GOVERNMENT_SERVICE),
    replace(_purpose("APPROVAL", "行政审批核验", "Approval", Scenario.APPROVAL), case_sources=_CASES),
    replace(
        _purpose("INSPECTION", "行政检查核验", "Inspection", Scenario.CREDIT_SUPERVISION),
        requires_case=True,
        case_sources=_VISITS,
        delay_days=30,
        delay_basis="《个人信息保护法》第三十五条",
    ),
    _purpose("CREDIT_SUPERVISION", "信用监管", "Credit supervision", Scenario.CREDIT_SUPERVISION),
    _purpose("ENFORCEMENT_SUPERVISION", "行政执法监督", "Supervision of enforcement", Scenario.CREDIT_SUPERVISION),
    _purpose("CODE_OPERATION", "赋码与亮码管理", "Running the codes", Scenario.PACKAGING),
    _purpose("AWARDS", "评优评先核查", "Awards", Scenario.AWARDS),
    replace(_purpose("FINANCE", "融资增信参考", "Financing reference", Scenario.FINANCE), requires_consent=True),
    _purpose("CAMPUS", "校园经营监督", "Campus supervision", Scenario.CAMPUS),
    _purpose("DATA_STEWARDSHIP", "数据质量治理", "Data stewardship"),
    _purpose("SELF_SERVICE", "本主体信息自查", "Own records"),
    _purpose("ADMINISTRATION", "权限与系统管理", "Administration"),
)


def _client(name: str, label: str, department: str, role: Role, *purposes: str) -> Client:
    return Client(name, label, department, role, purposes)


def _bound(client: Client, name: str, *values: str) -> Client:
    return Client(client.id, client.label, client.department, client.role, client.purposes, {name: values})


MERCHANTS = "merchants"
"""Department of people who act for a business."""
WORKBENCH = "hub-workbench"
"""Client through which people of every department sign in, as themselves."""
COUNTY_BINDING = {"division": (COUNTY,)}
SIGN_IN = frozenset(
    {WORKBENCH, "market-enforcement-app", "market-supervision-desk", "service-hall-counter", "credit-office-desk"}
)
"""Clients through which people sign in, besides what they ask for themselves."""
DEVICES_TOO = frozenset({WORKBENCH, "market-enforcement-app"})
"""Clients on devices without a browser."""
SENT_BACK_TO = "http://127.0.0.1/callback"
"""Where browsers are sent back to: a program on one's own machine, on any port."""

PUBLIC = Client("", "公众(无需凭证)", PUBLIC_DEPARTMENT, Role.PUBLIC, (PUBLIC_PURPOSE,))
"""Everybody without credentials; not a registered client."""

CLIENTS = (
    _bound(
        _client("market-enforcement-app", "市监局执法终端", "market", Role.OFFICER, "INSPECTION"), "division", COUNTY
    ),
    _bound(
        _client("market-station-changwu", "昌五市监所执法终端", "market", Role.OFFICER, "INSPECTION"),
        "division",
        "231282101",
    ),
    _bound(
        _client(
            "market-supervision-desk", "市监局信用监管台", "market", Role.OFFICER, "INSPECTION", "CREDIT_SUPERVISION"
        ),
        "division",
        COUNTY,
    ),
    _bound(
        _client("market-steward", "市监局数据管理员", "market", Role.STEWARD, "DATA_STEWARDSHIP"), "division", COUNTY
    ),
    _client("health-inspection-app", "卫健局监督终端", "health", Role.OFFICER, "INSPECTION"),
    _client("credit-office-desk", "市信用办工作台", "credit", Role.CREDIT_OFFICE, "CREDIT_SUPERVISION", PUBLIC_PURPOSE),
    _client("service-hall-counter", "政务大厅窗口", "service", Role.CLERK, "GOVERNMENT_SERVICE"),
    _client("approval-desk", "审批核验系统", "approval", Role.APPROVER, "APPROVAL"),
    _client("awards-screening", "评优评先核查系统", "awards", Role.JUDGE, "AWARDS"),
    _client("finance-station", "融资增信参考系统", "finance", Role.BANK, "FINANCE"),
    _client("campus-supervision", "校园经营监督系统", "education", Role.SCHOOL, "CAMPUS"),
    _bound(
        _client("merchant-suihe", "岁禾颐养自助查询", "merchants", Role.MERCHANT, "SELF_SERVICE"),
        "entities",
        README_USCC,
    ),
    _bound(
        _client("merchant-maisong", "麦颂超市自助查询", "merchants", Role.MERCHANT, "SELF_SERVICE"),
        "entities",
        code_of("chain_head"),
        code_of("chain_branch"),
    ),
    _client("device-inspection-app", "绥化市药械监管终端", "device", Role.OFFICER, "INSPECTION"),
    _client("justice-desk", "司法局执法监督台", "justice", Role.OFFICER, "ENFORCEMENT_SUPERVISION"),
    _client("tax-steward", "税务局数据管理员", "tax", Role.STEWARD, "DATA_STEWARDSHIP"),
    _client("court-steward", "法院数据管理员", "court", Role.STEWARD, "DATA_STEWARDSHIP"),
    _client("penalty-steward", "处罚信息平台管理员", "penalty", Role.STEWARD, "DATA_STEWARDSHIP"),
    _client("code-office-desk", "省级赋码平台管理台", "province", Role.STEWARD, "CODE_OPERATION"),
    _client("regulator-steward", "金融监管数据管理员", "regulator", Role.STEWARD, "DATA_STEWARDSHIP"),
    replace(
        _client(
            WORKBENCH,
            "网关工作台",
            "bigdata",
            Role.DEV,
            PUBLIC_PURPOSE,
            "CREDIT_SUPERVISION",
            "INSPECTION",
            "DATA_STEWARDSHIP",
            "SELF_SERVICE",
            "ADMINISTRATION",
        ),
        portal=True,
    ),
    _client("bigdata-sandbox", "大数据中心开发沙箱", "bigdata", Role.DEV, PUBLIC_PURPOSE),
)
"""All registered clients of the city."""
