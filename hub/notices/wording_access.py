"""What notices about requests, grants, emergencies, freezes, offices and deputies say."""

from hub.events import Event

KINDS: dict[str, tuple[str, str]] = {
    "CLIENT": ("客户端", "client"),
    "DEPARTMENT": ("部门", "department"),
    "FIELD": ("字段", "field"),
    "GRANT": ("授权", "grant"),
    "PERSON": ("人员", "person"),
    "RECORDS": ("记录条数", "records"),
    "ENTITIES": ("经营主体数", "entities"),
    "ADMIN": ("系统管理员", "system administrator"),
    "AUDIT": ("审计管理员", "audit administrator"),
    "SEC": ("安全管理员", "security administrator"),
}
"""Things that are frozen, what quotas count, and offices."""

_REQUESTS: dict[Event, tuple[str, str]] = {
    Event.REQUEST_SUBMITTED: (
        "数据共享申请{request}待贵部门答复，期限至{due:day}。",
        "Request {request} waits for your department's answer, until {due:day}.",
    ),
    Event.REQUEST_DUE_SOON: (
        "数据共享申请{request}须于{due:day}前答复，请尽快办理。",
        "Request {request} has to be answered by {due:day}: please see to it.",
    ),
    Event.REQUEST_OVERDUE: (
        "数据共享申请{request}应于{due:day}前答复，现已逾期，请立即办理。",
        "Request {request} should have been answered by {due:day} and is overdue: see to it at once.",
    ),
    Event.REQUEST_EXTENDED: (
        "您的数据共享申请{request}答复期限已延至{due:day}。",
        "The time for an answer to your request {request} was extended until {due:day}.",
    ),
    Event.REQUEST_ANSWERED: (
        "您的数据共享申请{request}已获数源部门同意，待安全管理员核准。",
        "The source's department agreed to your request {request}; the security administrator has to release it.",
    ),
    Event.REQUEST_TO_RELEASE: (
        "数据共享申请{request}已获数源部门同意，待您核准。",
        "The source's department agreed to request {request}: it waits for you to release it.",
    ),
    Event.REQUEST_RELEASED: (
        "您的数据共享申请{request}已获准，授权{grant}有效至{until:day}。",
        "Your request {request} was released: grant {grant} holds until {until:day}.",
    ),
    Event.REQUEST_WITHDRAWN: (
        "数据共享申请{request}已由申请人撤回，无须再答复。",
        "Request {request} was withdrawn by whoever asked: no answer is needed any more.",
    ),
    Event.REQUEST_REFUSED: (
        "您的数据共享申请{request}未获同意，依据见该申请。",
        "Your request {request} was refused; the basis stands with the request.",
    ),
}

_GRANTS: dict[Event, tuple[str, str]] = {
    Event.GRANT_EXPIRING: (
        "授权{grant}将于{until:day}到期，还有{days}天。如仍需要，请由持有部门申请续期。",
        (
            "Grant {grant} ends on {until:day}, in {days} days. If it is still needed, the department that holds it asks for its"
            " renewal."
        ),
    ),
    Event.GRANT_ENDED: (
        "授权{grant}已于{until:day}结束，不再有效。如仍需要，请由持有部门申请续期；未按期确认的，由数源部门确认。",
        (
            "Grant {grant} ended on {until:day} and is not honoured any more. If it is still needed, the department that holds it asks"
            " for its renewal; if it was not confirmed in time, its owners confirm it."
        ),
    ),
    Event.GRANT_RECERTIFY: (
        "授权{grant}须于{due:day}前完成年度确认，还有{days}天；逾期未确认的不再有效。仍有必要的，请确认。",
        (
            "Grant {grant} has to be confirmed by {due:day}, within {days} days; unless it is, it is not honoured after that day. If it"
            " is still needed, confirm it."
        ),
    ),
    Event.QUOTA_REACHED: (
        "客户端{client}于{day:day}已达到授权{grant}的{kind:kind}上限{limit}，当日不再提供。",
        "On {day:day} client {client} reached the bound of grant {grant}, {limit} {kind:kind}: no more is given that day.",
    ),
}

_OFFICERS: dict[Event, tuple[str, str]] = {
    Event.EMERGENCY_USED: (
        "{department:office}启用应急调阅{use}，至{until:instant}止。事后须复核。",
        "{department:office} uses emergency access {use}, until {until:instant}. It has to be reviewed afterwards.",
    ),
    Event.EMERGENCY_REVIEW_DUE: (
        "应急调阅{use}待您复核，期限至{due:day}。",
        "Emergency access {use} waits for your review, until {due:day}.",
    ),
    Event.EMERGENCY_REVIEW_OVERDUE: (
        "应急调阅{use}应于{due:day}前复核，现已逾期。",
        "Emergency access {use} should have been reviewed by {due:day} and is overdue.",
    ),
    Event.EMERGENCY_REVIEWED: (
        "您的应急调阅{use}已由审计管理员复核，结论见该记录。",
        "The audit administrator reviewed your emergency access {use}; what came of it stands with it.",
    ),
    Event.FROZEN: (
        "{kind:kind}{name}已于{when:instant}冻结，解冻前一律不予受理。",
        "The {kind:kind} {name} was frozen at {when:instant}: nothing of it is honoured until it is thawed.",
    ),
    Event.THAWED: (
        "{kind:kind}{name}已于{when:instant}解冻；此前签发的令牌仍然无效。",
        "The {kind:kind} {name} was thawed at {when:instant}; tokens from before stay dead.",
    ),
    Event.OFFICE_PROPOSED: (
        "系统管理员提名人员{person}担任{office:kind}，请于{until:instant}前确认或不予理会；逾期提名失效。",
        (
            "The system administrator proposes person {person} for the office of {office:kind}: confirm it by {until:instant}, or"
            " leave it, and it lapses."
        ),
    ),
    Event.OFFICE_GIVEN: (
        "人员{person}已于{when:instant}获授{office:kind}岗位。如有不符，请立即冻结该账号。",
        "Person {person} was given the office of {office:kind} at {when:instant}. If that is wrong, freeze the account at once.",
    ),
    Event.DEPUTY_APPOINTED: (
        "代理{deputy}已设立，自{from_day:day}至{until:day}。如有不符，请立即告知安全管理员。",
        (
            "Deputy's appointment {deputy} holds from {from_day:day} until {until:day}. If that is wrong, tell the security"
            " administrator at once."
        ),
    ),
    Event.DEPUTY_ENDED: (
        "代理{deputy}已于{when:instant}结束。",
        "Deputy's appointment {deputy} ended at {when:instant}.",
    ),
    Event.SELF_CHECK_FAILED: (
        "{day:day}夜间自查发现{count}处权限与策略表不符，请查看报告。",
        "The nightly self-check of {day:day} found {count} permissions that differ from the policy table: see its report.",
    ),
}

SENTENCES: dict[Event, tuple[str, str]] = {**_REQUESTS, **_GRANTS, **_OFFICERS}
