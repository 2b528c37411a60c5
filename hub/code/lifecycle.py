"""The life of a code: what may be done in which state, and why an application is not granted – with a remedy for each.

The plan knows incentives alone: no state says anything of the entity's credit, and nobody is refused a service for it.
"""

from dataclasses import dataclass
from enum import StrEnum

from schema.enums import CodeStatus


class Step(StrEnum):
    """What is done to a code that is there."""

    APPROVE = "APPROVE"
    DISPLAY = "DISPLAY"
    SUSPEND = "SUSPEND"
    RESUME = "RESUME"
    REVOKE = "REVOKE"
    REISSUE = "REISSUE"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Rule:
    """From which states a step may be taken, and the state it leads to."""

    before: frozenset[CodeStatus]
    after: CodeStatus


_PENDING, _VALID, _SUSPENDED, _REVOKED, _CANCELLED = CodeStatus
STEPS: dict[Step, Rule] = {
    Step.APPROVE: Rule(frozenset({_PENDING}), _VALID),
    Step.DISPLAY: Rule(frozenset({_VALID}), _VALID),
    Step.SUSPEND: Rule(frozenset({_VALID}), _SUSPENDED),
    Step.RESUME: Rule(frozenset({_SUSPENDED}), _VALID),
    Step.REVOKE: Rule(frozenset({_VALID, _SUSPENDED}), _REVOKED),
    Step.REISSUE: Rule(frozenset({_VALID, _REVOKED}), _VALID),
    Step.CANCEL: Rule(frozenset({_PENDING, _VALID, _SUSPENDED, _REVOKED}), _CANCELLED),
}

_OF_SHOPS = frozenset({Step.DISPLAY, Step.REISSUE, Step.CANCEL})
"""What a shop does with its own code; a revoked one only the office has reissued."""


def steps_from(status: CodeStatus, *, office: bool = False) -> list[Step]:
    """What may be done in a state: by the office, or by a shop and whoever serves it at a counter. Nobody approves by hand."""
    open_now: list[Step] = [step for step, rule in STEPS.items() if status in rule.before and step is not Step.APPROVE]
    if office:
        return open_now
    return [step for step in open_now if step in _OF_SHOPS and not (step is Step.REISSUE and status is _REVOKED)]


class Why(StrEnum):
    """Why an application is not granted."""

    COMMITMENT_MISSING = "COMMITMENT_MISSING"
    DEREGISTERED = "DEREGISTERED"
    ENTITY_UNKNOWN = "ENTITY_UNKNOWN"
    FOREIGN_CODE = "FOREIGN_CODE"
    ISSUED_BY_PROVINCE = "ISSUED_BY_PROVINCE"
    LISTED = "LISTED"
    LOOKS_LIKE_CITIZEN_ID = "LOOKS_LIKE_CITIZEN_ID"
    MOVED_OUT = "MOVED_OUT"
    NOT_A_CODE = "NOT_A_CODE"
    PROVINCIAL_CODE = "PROVINCIAL_CODE"
    REVOKED = "REVOKED"
    STATE_UNKNOWN = "STATE_UNKNOWN"
    STOPPED = "STOPPED"
    TRADING_SUSPENDED = "TRADING_SUSPENDED"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, and what can be done about it, in Chinese and English."""

    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


REASONS: dict[Why, Reason] = {
    Why.COMMITMENT_MISSING: Reason(
        "没有已签承诺的标记",
        "it is not marked that the commitment was signed",
        "请经营主体签署承诺书后，在“已签承诺”列填“是”再提交",
        "have the commitment signed, write 是 in the column 已签承诺 and bring the row again",
    ),
    Why.DEREGISTERED: Reason(
        "登记状态：已注销或登记被撤销",
        "the entity is deregistered, or its registration was annulled",
        "如仍在经营，请先到登记机关办理设立登记",
        "if it goes on trading, have it registered anew first",
    ),
    Why.ENTITY_UNKNOWN: Reason(
        "登记机关没有此统一社会信用代码",
        "the register knows no such code",
        "请对照营业执照核对；新设立的主体请次日再试",
        "compare it with the business licence; if it was registered today, try again tomorrow",
    ),
    Why.FOREIGN_CODE: Reason(
        "此码不能沿用：本市不认可此种码，或签发平台未将它登记在该主体名下",
        "this code can't be adopted: its kind is not taken here, or its issuer does not have it as this entity's",
        "请核对扫码所得内容；或不填 code，申领本市的码",
        "compare what the code says, or apply for a code of this city by leaving code out",
    ),
    Why.ISSUED_BY_PROVINCE: Reason(
        "本市的码由省级平台签发",
        "codes of this city are issued by the province",
        "请在省级“码上诚信”平台申领，扫码即可在本市使用",
        "apply at the province's platform; its code is taken here",
    ),
    Why.LISTED: Reason(
        "目前在严重失信主体名单中",
        "it stands on a list of seriously discredited entities",
        "可依法申请信用修复（信用中国网站或市信用办），移出名单后再申领；不影响正常办事",
        "apply for credit repair, and again once it is off the list; no service is refused meanwhile",
    ),
    Why.LOOKS_LIKE_CITIZEN_ID: Reason(
        "此代码与居民身份证号码无法区分，按个人信息保护",
        "the code can't be told from a citizen's number and is protected as such",
        "请到登记机关换发统一社会信用代码",
        "have the registrar give the entity another code",
    ),
    Why.MOVED_OUT: Reason(
        "登记状态：已迁出",
        "the entity has moved to another district",
        "请在迁入地申领",
        "apply where it is registered now",
    ),
    Why.NOT_A_CODE: Reason(
        "不是有效的统一社会信用代码",
        "this is no unified social credit code",
        "请对照营业执照核对 18 位代码后再提交此行",
        "compare the 18 characters with the business licence and bring the row again",
    ),
    Why.PROVINCIAL_CODE: Reason(
        "已有省级平台签发的码",
        "the entity has a code of the province",
        "一店一码：请继续使用省级码；申领时填写该码（code），即在本市登记",
        "one code a shop: go on with that one, and say it in the application (code) to have it registered here",
    ),
    Why.REVOKED: Reason(
        "登记状态：已吊销",
        "the entity's business licence is revoked",
        "如对吊销决定有异议，可依法申请行政复议或提起行政诉讼；恢复登记后再申领",
        "the decision can be appealed; apply again once the registration is restored",
    ),
    Why.STATE_UNKNOWN: Reason(
        "登记机关未提供登记状态",
        "the register does not tell whether it is active",
        "请到登记机关核对登记信息后再申领",
        "have the registrar look at the entry, and apply again",
    ),
    Why.STOPPED: Reason(
        "原有的码已被暂停或停用",
        "its code was suspended or revoked",
        "请联系签发部门了解原因；由其恢复或补发",
        "ask the department that issues codes why; it resumes or reissues the code",
    ),
    Why.TRADING_SUSPENDED: Reason(
        "登记状态：停业",
        "the entity has suspended its business",
        "恢复营业并办理登记后再申领",
        "apply again once it trades and the register says so",
    ),
}
COMMITMENT = "2026-1"
"""Version of the commitment that is signed."""
COMMITMENT_TEXT = (
    "本经营主体自愿申领“码上诚信”码，承诺：依法诚信经营，公示信息真实、准确、及时；亮码位置醒目，不遮挡、不转借、不伪造；"
    "被暂停或停用后立即停止使用和印制；知悉此码不代表对产品质量的认证，可随时注销。"
)
COMMITMENT_TEXT_EN = (
    "We apply for the code of our own free will and promise: to trade honestly and lawfully, and that what is published is"
    " true, exact and timely; to show the code openly, and neither cover, lend nor forge it; to stop using and printing it"
    " once it is suspended or revoked. We know that it certifies no product, and that we may give it up at any time."
)
