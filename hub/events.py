"""Every event of which the hub tells somebody, declared once: who is told, by which channels, and how soon.

The configuration may say otherwise of each. Knows no store, no channel and no sentence; those are in `hub/notices/`.
"""

from dataclasses import dataclass
from enum import StrEnum


class Event(StrEnum):
    """What a notice is about."""

    CORRECTION_ANSWERED = "CORRECTION_ANSWERED"
    CORRECTION_DUE_SOON = "CORRECTION_DUE_SOON"
    CORRECTION_OPENED = "CORRECTION_OPENED"
    CORRECTION_OVERDUE = "CORRECTION_OVERDUE"
    CODE_CANCELLED = "CODE_CANCELLED"
    CODE_ISSUED = "CODE_ISSUED"
    CODE_REISSUED = "CODE_REISSUED"
    CODE_REPORTED = "CODE_REPORTED"
    CODE_RESUMED = "CODE_RESUMED"
    CODE_REVOKED = "CODE_REVOKED"
    CODE_SUSPENDED = "CODE_SUSPENDED"
    ANOMALIES_FOUND = "ANOMALIES_FOUND"
    DEPUTY_APPOINTED = "DEPUTY_APPOINTED"
    DEPUTY_ENDED = "DEPUTY_ENDED"
    EMERGENCY_REVIEWED = "EMERGENCY_REVIEWED"
    EMERGENCY_REVIEW_DUE = "EMERGENCY_REVIEW_DUE"
    EMERGENCY_REVIEW_OVERDUE = "EMERGENCY_REVIEW_OVERDUE"
    EMERGENCY_USED = "EMERGENCY_USED"
    FACT_RECALLED = "FACT_RECALLED"
    FROZEN = "FROZEN"
    GRANT_ENDED = "GRANT_ENDED"
    GRANT_EXPIRING = "GRANT_EXPIRING"
    GRANT_RECERTIFY = "GRANT_RECERTIFY"
    MANDATE_ENDED = "MANDATE_ENDED"
    MANDATE_GRANTED = "MANDATE_GRANTED"
    OBJECTION_DECIDED = "OBJECTION_DECIDED"
    OBJECTION_DUE_SOON = "OBJECTION_DUE_SOON"
    OBJECTION_FILED = "OBJECTION_FILED"
    OBJECTION_OVERDUE = "OBJECTION_OVERDUE"
    OFFICE_GIVEN = "OFFICE_GIVEN"
    OFFICE_PROPOSED = "OFFICE_PROPOSED"
    QUOTA_REACHED = "QUOTA_REACHED"
    REPRESENTATIVE_CHANGED = "REPRESENTATIVE_CHANGED"
    REQUEST_ANSWERED = "REQUEST_ANSWERED"
    REQUEST_DUE_SOON = "REQUEST_DUE_SOON"
    REQUEST_EXTENDED = "REQUEST_EXTENDED"
    REQUEST_OVERDUE = "REQUEST_OVERDUE"
    REQUEST_REFUSED = "REQUEST_REFUSED"
    REQUEST_RELEASED = "REQUEST_RELEASED"
    REQUEST_SUBMITTED = "REQUEST_SUBMITTED"
    REQUEST_TO_RELEASE = "REQUEST_TO_RELEASE"
    REQUEST_WITHDRAWN = "REQUEST_WITHDRAWN"
    REVIEW_WAITING = "REVIEW_WAITING"
    SECOND_FACTOR_RECOVERED = "SECOND_FACTOR_RECOVERED"
    SECRET_EXPIRING = "SECRET_EXPIRING"  # noqa: S105 - an event, not a secret
    SELF_CHECK_FAILED = "SELF_CHECK_FAILED"
    SUCCESSION_CONFIRMED = "SUCCESSION_CONFIRMED"
    SUCCESSION_PROPOSED = "SUCCESSION_PROPOSED"
    SUCCESSION_REFUSED = "SUCCESSION_REFUSED"
    SUCCESSION_UNDONE = "SUCCESSION_UNDONE"
    SUCCESSION_UNDO_ASKED = "SUCCESSION_UNDO_ASKED"
    THAWED = "THAWED"


class Who(StrEnum):
    """Who is told: those whom the event names, or everybody who has a role. `STEWARDS` are those of the owning department."""

    ADMIN = "ADMIN"
    AUDIT = "AUDIT"
    CLIENT = "CLIENT"
    DEPARTMENT = "DEPARTMENT"
    ENTITY = "ENTITY"
    PERSON = "PERSON"
    SEC = "SEC"
    STEWARDS = "STEWARDS"


class Channel(StrEnum):
    """A way to somebody; `IN_APP` is the inbox of a person here, `FOLDER` one JSON file for whoever carries it on."""

    CALL_LIST = "call_list"
    FOLDER = "folder"
    IN_APP = "in_app"
    LETTER = "letter"
    SMS = "sms"
    SMTP = "smtp"
    WEBHOOK = "webhook"


OFFICERS = frozenset({Who.ADMIN, Who.AUDIT, Who.SEC})
"""Those who can be told of any event."""
ALL_CHANNELS = (
    Channel.IN_APP,
    Channel.WEBHOOK,
    Channel.SMTP,
    Channel.SMS,
    Channel.LETTER,
    Channel.CALL_LIST,
    Channel.FOLDER,
)
"""The usual order: what costs least and is quickest comes first."""
_BY_HAND = frozenset({Channel.LETTER, Channel.CALL_LIST, Channel.FOLDER})
_AT_ONCE, _HOUR, _DAY = 0, 60, 24 * 60


@dataclass(frozen=True, slots=True)
class Declared:
    """An event: its name in Chinese and English, who is told, by which channels in which order.

    within_minutes: how long each channel has before the next one is tried; 0: each gets one try.
    """

    zh: str
    en: str
    to: tuple[Who, ...]
    within_minutes: int = _DAY
    channels: tuple[Channel, ...] = ALL_CHANNELS

    @property
    def may_tell(self) -> frozenset[Who]:
        """Those whom the configuration may name: whom the event knows, and the three officers."""
        return frozenset(self.to) | OFFICERS


DECLARED: dict[Event, Declared] = {
    Event.CORRECTION_ANSWERED: Declared("校核已办结", "A correction was answered", (Who.PERSON, Who.ENTITY)),
    Event.CORRECTION_DUE_SOON: Declared("校核将到期", "A correction is due soon", (Who.STEWARDS,), _HOUR),
    Event.CORRECTION_OPENED: Declared("有新的校核", "A correction came in", (Who.STEWARDS,)),
    Event.CORRECTION_OVERDUE: Declared("校核逾期", "A correction is overdue", (Who.STEWARDS, Who.AUDIT), _HOUR),
    Event.CODE_CANCELLED: Declared("码上诚信码已注销", "A code was given up", (Who.PERSON, Who.ENTITY)),
    Event.CODE_ISSUED: Declared("码上诚信码已签发", "A code was issued", (Who.PERSON, Who.ENTITY)),
    Event.CODE_REISSUED: Declared("码上诚信码已补发", "A code was reissued", (Who.PERSON, Who.ENTITY)),
    Event.CODE_REPORTED: Declared("码被举报", "A code was reported", (Who.STEWARDS,), _HOUR),
    Event.CODE_RESUMED: Declared("码上诚信码已恢复", "A code was resumed", (Who.PERSON, Who.ENTITY)),
    Event.CODE_REVOKED: Declared("码上诚信码已停用", "A code was revoked", (Who.PERSON, Who.ENTITY), _HOUR),
    Event.CODE_SUSPENDED: Declared("码上诚信码已暂停", "A code was suspended", (Who.PERSON, Who.ENTITY), _HOUR),
    Event.ANOMALIES_FOUND: Declared("发现异常查询", "Something conspicuous in the record", (Who.AUDIT,)),
    Event.DEPUTY_APPOINTED: Declared("已设代理", "A deputy was appointed", (Who.PERSON,)),
    Event.DEPUTY_ENDED: Declared("代理已结束", "A deputy's time is over", (Who.PERSON,)),
    Event.EMERGENCY_REVIEWED: Declared("应急调阅已复核", "An emergency access was reviewed", (Who.PERSON,)),
    Event.EMERGENCY_REVIEW_DUE: Declared("应急调阅待复核", "An emergency access is to be reviewed", (Who.AUDIT,)),
    Event.EMERGENCY_REVIEW_OVERDUE: Declared(
        "应急调阅复核逾期", "The review of an emergency access is overdue", (Who.AUDIT, Who.SEC), _HOUR
    ),
    Event.EMERGENCY_USED: Declared("应急调阅", "Emergency access", (Who.STEWARDS, Who.AUDIT, Who.SEC), _AT_ONCE),
    Event.FACT_RECALLED: Declared("已提供的内容被召回", "A fact was recalled", (Who.CLIENT,), _HOUR),
    Event.FROZEN: Declared(
        "已冻结",
        "Something was frozen",
        (Who.SEC, Who.AUDIT, Who.STEWARDS, Who.PERSON, Who.CLIENT, Who.DEPARTMENT),
        _HOUR,
    ),
    Event.GRANT_ENDED: Declared("授权已到期", "A grant has ended", (Who.DEPARTMENT, Who.STEWARDS)),
    Event.GRANT_EXPIRING: Declared("授权即将到期", "A grant ends soon", (Who.DEPARTMENT, Who.STEWARDS)),
    Event.GRANT_RECERTIFY: Declared("授权待年度确认", "A grant is to be confirmed", (Who.STEWARDS, Who.SEC)),
    Event.MANDATE_ENDED: Declared("代表关系已终止", "A mandate has ended", (Who.PERSON,)),
    Event.MANDATE_GRANTED: Declared("代表关系已建立", "A mandate was given", (Who.PERSON, Who.ENTITY)),
    Event.OBJECTION_DECIDED: Declared("异议已认定", "An objection was decided", (Who.PERSON, Who.STEWARDS)),
    Event.OBJECTION_DUE_SOON: Declared("异议将到期", "An objection is due soon", (Who.STEWARDS, Who.AUDIT), _HOUR),
    Event.OBJECTION_FILED: Declared("收到查询异议", "An objection came in", (Who.STEWARDS, Who.AUDIT)),
    Event.OBJECTION_OVERDUE: Declared("异议逾期", "An objection is overdue", (Who.STEWARDS, Who.AUDIT), _HOUR),
    Event.OFFICE_GIVEN: Declared(
        "岗位已授予", "An office was given", (Who.PERSON, Who.ADMIN, Who.SEC, Who.AUDIT), _HOUR
    ),
    Event.OFFICE_PROPOSED: Declared("岗位提名待确认", "An office is to be confirmed", (Who.AUDIT,), _HOUR),
    Event.QUOTA_REACHED: Declared("查询额度用完", "A quota is used up", (Who.CLIENT,), _HOUR),
    Event.REPRESENTATIVE_CHANGED: Declared(
        "登记的代表人已变更", "The registered representative has changed", (Who.PERSON, Who.ENTITY)
    ),
    Event.REQUEST_ANSWERED: Declared("申请已获答复", "A request was answered", (Who.PERSON,)),
    Event.REQUEST_DUE_SOON: Declared("申请答复将到期", "A request is due soon", (Who.STEWARDS,), _HOUR),
    Event.REQUEST_EXTENDED: Declared("申请答复已延期", "The time for a request was extended", (Who.PERSON,)),
    Event.REQUEST_OVERDUE: Declared("申请答复逾期", "A request is overdue", (Who.STEWARDS, Who.SEC, Who.AUDIT), _HOUR),
    Event.REQUEST_REFUSED: Declared("申请未获同意", "A request was refused", (Who.PERSON,)),
    Event.REQUEST_RELEASED: Declared("申请已获准", "A request was released", (Who.PERSON,)),
    Event.REQUEST_SUBMITTED: Declared("有新的申请", "A request came in", (Who.STEWARDS,)),
    Event.REQUEST_TO_RELEASE: Declared("申请待核准", "A request is to be released", (Who.SEC,)),
    Event.REQUEST_WITHDRAWN: Declared("申请已撤回", "A request was withdrawn", (Who.STEWARDS,)),
    Event.REVIEW_WAITING: Declared("主体对应待复核", "A review of identities waits", (Who.STEWARDS,)),
    Event.SECOND_FACTOR_RECOVERED: Declared("二次验证已恢复", "A second factor was recovered", (Who.PERSON,), _AT_ONCE),
    Event.SECRET_EXPIRING: Declared("客户端密钥即将到期", "A client's secret ends soon", (Who.CLIENT,)),
    Event.SELF_CHECK_FAILED: Declared("夜间自查不符", "The nightly self-check failed", (Who.SEC, Who.AUDIT), _HOUR),
    Event.SUCCESSION_CONFIRMED: Declared("主体承继已确认", "A succession was confirmed", (Who.PERSON, Who.STEWARDS)),
    Event.SUCCESSION_PROPOSED: Declared("主体承继待确认", "A succession is to be confirmed", (Who.STEWARDS,)),
    Event.SUCCESSION_REFUSED: Declared("主体承继已退回", "A succession was refused", (Who.PERSON,)),
    Event.SUCCESSION_UNDONE: Declared("主体承继已撤销", "A succession was undone", (Who.PERSON, Who.STEWARDS)),
    Event.SUCCESSION_UNDO_ASKED: Declared("主体承继待撤销", "Somebody wants a succession undone", (Who.STEWARDS,)),
    Event.THAWED: Declared(
        "已解冻",
        "Something was thawed",
        (Who.SEC, Who.AUDIT, Who.STEWARDS, Who.PERSON, Who.CLIENT, Who.DEPARTMENT),
        _HOUR,
    ),
}


def reaches(channel: Channel, who: Who) -> bool:
    """True if the channel can lead to somebody of this kind at all, whatever addresses there are."""
    if who is Who.ENTITY:
        return channel in _BY_HAND
    if who in (Who.CLIENT, Who.DEPARTMENT):
        return channel is not Channel.IN_APP
    return channel is not Channel.WEBHOOK
