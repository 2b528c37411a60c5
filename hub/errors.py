"""Every error a caller can meet: code, one sentence in Chinese and English, origin, status. Those of identities stand beside it.

Texts take only names that are safe to show (labels, limits, coordinates); never a value a caller or source sent.
"""

from enum import StrEnum
from typing import Any

from graphql import GraphQLError

from hub.error_text import ErrorText
from hub.errors_access import ACCESS_ERRORS
from hub.errors_code import CODE_ERRORS
from hub.errors_identity import IDENTITY_ERRORS
from hub.errors_record import RECORD_ERRORS


class State(StrEnum):
    """Why a position of the answer is as it is; domain states of a field."""

    NO_RECORD = "NO_RECORD"
    NOT_COLLECTED = "NOT_COLLECTED"
    MASKED = "MASKED"
    DENIED = "DENIED"
    WITHHELD = "WITHHELD"
    SOURCE_DOWN = "SOURCE_DOWN"
    STALE = "STALE"
    CONFLICT = "CONFLICT"
    TRUNCATED = "TRUNCATED"
    PENDING = "PENDING"


ERROR_STATES = frozenset({State.DENIED, State.WITHHELD, State.SOURCE_DOWN, State.CONFLICT})
"""States that also stand in `errors`."""

DENIAL_STATES = frozenset({State.DENIED, State.WITHHELD})
"""States in which the caller may not, as opposed to the hub could not."""


ERRORS: dict[str, ErrorText] = {
    **ACCESS_ERRORS,
    **IDENTITY_ERRORS,
    "ACCOUNT_TAKEN": ErrorText("该账号名已被使用：请换一个。", "The account name is taken: choose another one."),
    "ACCOUNT_UNFIT": ErrorText(
        "此账号不能担任三员岗位：它是经营主体账号，或由外部身份源担保。",
        "This account can't have an office: it is one of a merchant, or another provider vouches for it.",
    ),
    "ACCOUNT_UNSUITABLE": ErrorText(
        "此账号不能用于该经营主体：它属于别人，或不是经营主体账号。",
        "This account cannot be used: it is somebody else's, or not one of a merchant.",
    ),
    "ACT_UNCONFIRMED": ErrorText(
        "暂时无法确认是否已办理；请用同一幂等键再次提交，不会重复办理。",
        "It cannot be confirmed that this was done; send it again with the same key, it will not be done twice.",
        "HUB",
        503,
        True,
    ),
    "AUDITORS_ONLY": ErrorText(
        "审计日志的条目只供审计管理员查阅；散列与检查点向所有人公开。",
        "Entries of the record are for audit administrators only; hashes and checkpoints are for everybody.",
        status=403,
    ),
    "BAD_CURSOR": ErrorText(
        "游标无效：它属于别的排序、筛选或权限，请从第一页重新开始。",
        "The cursor belongs to another order, filter or access: start again from the first page.",
    ),
    "BAD_REQUEST": ErrorText(
        "请求体不是有效的 GraphQL 请求：{detail}。", "The body is not a valid GraphQL request: {detail_en}."
    ),
    "BAD_USER_INPUT": ErrorText("参数不正确：{detail}。", "An argument is not valid: {detail_en}."),
    "CASE_UNCHECKED": ErrorText(
        "暂时无法核对案件或任务编号：案件系统未应答；请稍后再试。",
        "The case number cannot be checked: its source does not answer; try again later.",
        "SOURCE",
        503,
        True,
    ),
    "CASE_UNKNOWN": ErrorText(
        "用途“{purpose}”须有可核实的案件或任务：该编号既不是本部门的未结任务，也不在案件系统中；请核对编号，或先开立任务（openTask）。",
        "Purpose {purpose_en} needs a case that is known: this number is neither an open task of your department nor in its"
        " case source. Check it, or open a task first (openTask).",
        status=403,
    ),
    "CASE_REQUIRED": ErrorText(
        "用途“{purpose}”须注明案件或任务编号（请求头 Hub-Case）。",
        "Purpose {purpose_en} needs a case number (header Hub-Case).",
    ),
    "CHECKPOINT_OVERDUE": ErrorText(
        "审计日志的检查点未能按时签署或存放，按规定不能给出数据；请稍后再试。",
        "The record's checkpoint could not be signed or put away in time, so no data may leave; try again later.",
        "HUB",
        503,
        True,
    ),
    "CONSENT_REQUIRED": ErrorText(
        "用途“{purpose}”须先取得当事人授权，目前尚不能办理授权，因此不予查询；可查看 me、purposes，或改用其他用途。",
        "Purpose {purpose_en} needs the consent of whom it is about, and none can be given yet, so nothing is answered;"
        " ask me or purposes, or state another purpose.",
        status=403,
    ),
    "DEPUTY_NOT_ALLOWED": ErrorText(
        "不能设置或确认此代理：{detail}。", "That can't be a deputy: {detail_en}.", status=403
    ),
    "EMERGENCY_NOT_ALLOWED": ErrorText("不能应急调阅：{detail}。", "Glass can't be broken: {detail_en}.", status=403),
    "ENTITY_NOT_FOUND": ErrorText("未找到该经营主体。", "No such business entity.", "SOURCE", 200),
    "FIELD_DENIED": ErrorText(
        "字段“{label}”未授权，可向{owner}申请。", "Field {label_en} is not granted; ask {owner_en} for it.", "HUB", 200
    ),
    "FIELD_FROZEN": ErrorText(
        "字段“{label}”已由安全管理员冻结，解冻前任何人都不能查询；请稍后再试，急需时请联系{owner}或安全管理员。",
        "Field {label_en} was frozen by the security administrator: nobody is given it until it is thawed. Try again later;"
        " if it is urgent, ask {owner_en} or the security administrator.",
        "HUB",
        200,
        True,
    ),
    "FIELD_WITHHELD": ErrorText(
        "“{label}”不予共享，不能申请；依据：{basis}。",
        "{label_en} is withheld and can't be requested; basis: {basis}.",
        status=403,
    ),
    "FILTER_UNSUPPORTED": ErrorText(
        "数据源不支持按“{label}”筛选或排序。", "The source cannot filter or order by {label_en}.", "SOURCE", 200
    ),
    "FILTER_TOO_WIDE": ErrorText(
        "按“{label}”筛选命中过多，请增加条件。",
        "The filter on {label_en} matches too many records: narrow it.",
        "HUB",
        200,
    ),
    "GRAPHQL_PARSE_FAILED": ErrorText(
        "查询语句有语法错误（第 {line} 行第 {column} 列）。", "Syntax error at line {line}, column {column}."
    ),
    "GRAPHQL_VALIDATION_FAILED": ErrorText("查询语句不符合模式{where}：{detail_en}", "{detail_en}"),
    "IDEMPOTENCY_KEY_REQUIRED": ErrorText(
        "办理类请求须带幂等键（请求头 Idempotency-Key,1–128 个可见字符）。",
        "What is to be done needs an idempotency key (header Idempotency-Key, 1 to 128 printable characters).",
    ),
    "IDEMPOTENCY_KEY_REUSED": ErrorText(
        "此幂等键已用于另一个请求；请换一个。", "This idempotency key was used for another request: take another one."
    ),
    "INTERNAL": ErrorText(
        "网关内部错误，已记录；请凭请求编号联系管理员。",
        "An internal error was logged; contact the administrator with the request id.",
        "HUB",
        500,
    ),
    "IN_PERSON_ONLY": ErrorText(
        "代理他人时不能办理此事，须由其本人办理。",
        "Nobody does this for somebody else: they must do it themselves.",
        status=403,
    ),
    "LOG_ALTERED": ErrorText(
        "审计日志与已签署的检查点不符，按规定不能给出数据；请联系管理员。",
        "The record differs from its signed checkpoints, so no data may leave; contact the administrator.",
        "HUB",
        503,
    ),
    "LOOKS_LIKE_CITIZEN_ID": ErrorText(
        "输入疑似居民身份证号，不是统一社会信用代码；网关未保存该输入。",
        "The input looks like a citizen number, not a credit code; it was not kept.",
    ),
    "MANDATE_NOT_FOUND": ErrorText("没有可由您终止的此代表关系。", "There is no such mandate that you may end."),
    "METHOD_NOT_ALLOWED": ErrorText("此地址不接受该请求方法。", "This address does not take that method.", status=405),
    "MUTATION_OVER_GET": ErrorText("GET 只能用于查询。", "Only queries may be sent with GET.", status=405),
    "NAME_INDEX_MISSING": ErrorText(
        "名称索引尚未建立或已过期，暂时不能识别主体；请系统管理员执行 chengxin-hub names fill。",
        "There is no name index, or it is too old, so that nobody can be resolved; have it filled: chengxin-hub names fill.",
        "HUB",
        503,
        True,
    ),
    "NOT_ACCEPTABLE": ErrorText(
        "只能以 application/graphql-response+json 或 application/json 应答。",
        "Answers come as application/graphql-response+json or application/json.",
        status=406,
    ),
    "NOT_COLLECTED": ErrorText(
        "{owner}的“{label}”尚未归集。", "{label_en} of {owner_en} is not connected yet.", "HUB", 200
    ),
    "NOT_DEPUTY": ErrorText(
        "您现在不是所填人员的代理人；请去掉 Hub-Acting-For，或请其本人或系统管理员设置代理。",
        "You are no deputy of the person you name, at this moment or through this client: leave out Hub-Acting-For, or have"
        " them or the system administrator appoint you.",
        status=403,
    ),
    "NOT_FOUND": ErrorText(
        "没有这个地址；查询地址是 /graphql。", "There is nothing at this address; questions go to /graphql.", status=404
    ),
    "NOT_REPRESENTATIVE": ErrorText(
        "只有该经营主体的法定代表人或经营者可以授权他人。",
        "Only the legal representative or owner of this entity may let others act for it.",
        status=403,
    ),
    "OFFICE_HELD": ErrorText(
        "一人不得兼任三员中的两个岗位：此人、同名账号或其所代理的人已任另一岗位。",
        "Nobody has two of the three offices: they, an account in the same name, or somebody they act for has another one.",
        status=403,
    ),
    "OFFICE_LAST": ErrorText(
        "这是该岗位最后一名在任人员：请先任命接任者。",
        "Nobody would hold that office any more: appoint somebody else first.",
        status=403,
    ),
    "OFFICE_NEEDS_TWO": ErrorText(
        "三员岗位不能由一人决定：须由系统管理员提出、审计管理员确认（appoint）。",
        "No single person decides on one of the three offices: the system administrator proposes, the audit administrator"
        " confirms (appoint).",
        status=403,
    ),
    "OPERATION_NOT_FOUND": ErrorText(
        "文档中没有指定的操作，或有多个操作而未指定 operationName。",
        "The document has no such operation, or several and no operationName.",
    ),
    "OUT_OF_JURISDICTION": ErrorText(
        "字段“{label}”的授权范围不含该主体。",
        "The grant for field {label_en} does not cover this entity.",
        "HUB",
        200,
    ),
    "OWN_ACCOUNT": ErrorText(
        "不能为自己办理，请由其他管理员办理。",
        "Nobody does this for themselves: ask another administrator.",
        status=403,
    ),
    "PAYLOAD_TOO_LARGE": ErrorText("请求超过 {limit} 字节。", "The request exceeds {limit} bytes.", status=413),
    "PAPER_UNAVAILABLE": ErrorText(
        "此网关不能出具 PDF；请改取回执文件。", "This hub cannot print: take the receipt as a file.", "HUB", 501
    ),
    "PERSON_REQUIRED": ErrorText(
        "须由登录的个人办理，客户端自身的令牌不能办理。",
        "A person who signed in must do this; a token of the client itself will not do.",
        status=403,
    ),
    "PURPOSE_NOT_ALLOWED": ErrorText(
        "字段“{label}”不能用于本次用途，可向{owner}申请。",
        "Field {label_en} is not granted for this purpose; ask {owner_en} for it.",
        "HUB",
        200,
    ),
    "PURPOSE_NOT_YOURS": ErrorText(
        "该客户端不能使用所填用途；可用用途：{allowed}。",
        "This client may not use that purpose; it may use: {allowed_en}.",
        status=403,
    ),
    "PURPOSE_REQUIRED": ErrorText(
        "请说明查询用途（请求头 Hub-Purpose）；可用用途：{allowed}。",
        "State the purpose (header Hub-Purpose); this client may use: {allowed_en}.",
    ),
    "QUERY_TOO_COMPLEX": ErrorText(
        "查询过大：{what}为 {found}，上限 {limit}；请拆分查询。",
        "The question is too large: {what_en} is {found}, at most {limit}; split it.",
    ),
    "QUOTA_EXCEEDED": ErrorText(
        "“{label}”超出今日查询额度；额度于北京时间零时恢复，确需更多请申请提高额度。",
        "{label_en} exceeds today's quota; it begins anew at midnight (Asia/Shanghai). If you need more, ask for a larger one.",
        "HUB",
        429,
        True,
    ),
    "RECORD_UNAVAILABLE": ErrorText(
        "审计记录暂时无法写入，按规定不能给出数据；请稍后再试。",
        "The audit record cannot be written, so no data may leave; try again later.",
        "HUB",
        503,
        True,
    ),
    "RECEIPT_NOT_FOUND": ErrorText(
        "没有可由您取得的这份回执：它属于当时的查询者；公众须填写答复所附的 requestId 与 hash。",
        "There is no such receipt for you: it is for whoever asked; the public shows the requestId and the hash that came with the answer.",
    ),
    "REGISTER_UNAVAILABLE": ErrorText(
        "登记机关的系统暂时不可用，无法核对；请稍后再试。",
        "The register is unavailable, so nothing can be compared; try again later.",
        "SOURCE",
        503,
        True,
    ),
    "REJECTED": ErrorText(
        "查询含未授权字段，已按要求整体拒绝。", "The question asks for denied fields and was rejected.", status=403
    ),
    "SHOWN_BEFORE": ErrorText(
        "这是已办理请求的原结果；其中一次性密码只在首次应答中显示过。",
        "This is the result of a request done before; the one-time password was shown in its first answer only.",
        "HUB",
        200,
    ),
    "SOURCE_BAD_DATA": ErrorText(
        "{source}的数据格式异常，“{label}”暂缺。",
        "{source} answered in an unexpected form; {label_en} is missing.",
        "SOURCE",
        200,
    ),
    "SOURCE_DOWN": ErrorText(
        "{source}暂时不可用，“{label}”暂缺。", "{source} is unavailable; {label_en} is missing.", "SOURCE", 200, True
    ),
    "SOURCE_TIMEOUT": ErrorText(
        "{source}未在时限内应答，“{label}”暂缺。",
        "{source} did not answer in time; {label_en} is missing.",
        "SOURCE",
        200,
        True,
    ),
    "TASK_NOT_FOUND": ErrorText("没有可由您办结的此任务。", "There is no such task that you may close."),
    "TOO_MANY_TRIES": ErrorText(
        "核对次数过多，请 {minutes} 分钟后再试。", "Too many tries: try again in {minutes} min.", status=429
    ),
    "UNAUTHENTICATED": ErrorText(
        "凭证无效或已失效，请重新登录。", "The token is not valid: sign in again.", status=401
    ),
    "UNSUPPORTED_MEDIA_TYPE": ErrorText(
        "请求体须为 application/json（UTF-8，不压缩）。",
        "The body must be application/json in UTF-8, not compressed.",
        status=415,
    ),
    "USCC_CHECK_DIGIT": ErrorText(
        "统一社会信用代码校验位不符，是否应为 {suggestion}？",
        "The check digit is wrong; did you mean {suggestion}?",
    ),
    "USCC_FORMAT": ErrorText(
        "统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z）。",
        "A unified social credit code has 18 digits and letters, none of I O S V Z.",
    ),
    **{code: ErrorText(*said) for code, said in CODE_ERRORS.items()},
    **{code: ErrorText(*parts) for code, parts in RECORD_ERRORS.items()},
}


class HubError(Exception):
    """A question that gets no data at all: one code of ERRORS with the names its sentence needs."""

    def __init__(self, code: str, path: tuple[str | int, ...] | None = None, **names: Any) -> None:
        super().__init__(code)
        self.code = code
        self.path = path
        self.names = names
        self.receipt: dict[str, Any] | None = None  # where what was asked stands in the record, if it does

    @property
    def status(self) -> int:
        """HTTP status where the media type asks for one."""
        return ERRORS[self.code].status


def error_json(code: str, request_id: str, path: tuple[str | int, ...] | None = None, **names: Any) -> dict[str, Any]:
    """One entry of `errors` in the shape every endpoint uses."""
    text = ERRORS[code]
    shown = {"message": text.zh.format_map(names)}
    extensions = {
        "code": code,
        "origin": text.origin,
        "retryable": text.retryable,
        "requestId": request_id,
        "messageEn": text.en.format_map(names),
    }
    extra = {key: names[key] for key in ("suggestion", "help") if key in names}
    if "retry_after" in names:
        extra["help"] = {"retryAfter": names["retry_after"]}
    placed: dict[str, Any] = {"path": list(path)} if path else {}
    return {**shown, **placed, "extensions": {**extensions, **extra}}


def cause_of(fault: GraphQLError) -> BaseException:
    """What was raised inside graphql-core; a refusal with the place of the root field it belongs to."""
    cause = fault.original_error
    if isinstance(cause, HubError):
        return HubError(cause.code, tuple(fault.path or ()), **cause.names)
    return cause or fault
