"""What the console says, in Chinese and English; where a sentence has places, they are named."""

from typing import Final

Words = tuple[str, str]

HUB: Final = ("码上诚信 · 管理台", "Honesty Code console")
SIGN_OUT: Final = ("退出", "Sign out")
SKIP: Final = ("跳到正文", "Skip to content")
LARGER: Final = ("大字", "Larger text")
SMALLER: Final = ("标准字号", "Usual text")
CHINESE_ONLY: Final = ("只看中文", "Chinese only")
BOTH: Final = ("中英对照", "With English")
NUMBER: Final = ("查询编号", "Request number")
MENU: Final = ("栏目", "Sections")
PROBLEM_ON_TOP: Final = ("未能办理", "It was not done")
NOTHING_LOST: Final = ("您填写的内容仍在下方，改正后可再次提交。", "What you filled in is kept below.")
BACK_HOME: Final = ("返回首页", "Home")
NEXT_PAGE: Final = ("下一页", "Next page")
FIRST_PAGE: Final = ("回到第一页", "First page")
SEARCH: Final = ("筛选", "Filter")
KEYWORD: Final = ("名称或关键字", "Name or keyword")
CLEAR: Final = ("清除筛选", "Clear")
ALL: Final = ("全部", "All")
COUNTED: Final = ("共 {count} 项", "{count} in all")
YES: Final = ("是", "yes")
NO: Final = ("否", "no")
DONE: Final = ("已办理", "Done")
POSITION: Final = ("审计记录第 {position} 条", "entry {position} of the record")
CANCEL: Final = ("取消", "Cancel")
REASON: Final = ("理由", "Reason")
REASON_HELP: Final = (
    "1–200 字，写入审计记录；不要填写证件号码。",
    "1 to 200 characters, kept in the record; no identity numbers.",
)
FROZEN: Final = ("已冻结", "Frozen")
IN_USE: Final = ("在用", "In use")
ONCE: Final = ("只显示这一次", "Shown this once")
KEPT: Final = ("我已记下，返回", "I have it, go back")
ONCE_HELP: Final = (
    "请当面或以其他渠道交给本人，然后离开此页。刷新后不再显示，也无法找回。",
    "Hand it over in person, then leave this page. It cannot be shown again.",
)

HOME: Final = ("今天需要我处理", "What needs me today")
HOME_QUIET: Final = ("现在没有需要您处理的事项。", "Nothing needs you at the moment.")
HOME_QUIET_HELP: Final = (
    "申请、校核、复核、举报、异议、将到期的授权、失常的数据源等，凡须您办理的，一到就列在这里。",
    "Requests, corrections, reviews, reports, objections, grants that end, sources in trouble: listed here as they come, if they are yours.",
)
WAITING: Final = ("待办申请", "Requests that wait")
CORRECTIONS: Final = ("待核实的校核", "Corrections to answer")
CODE_REPORTS: Final = ("待核实的举报", "Reported codes to look into")
OBJECTIONS: Final = ("待办的异议", "Objections that wait")
ANOMALIES: Final = ("近 7 日待查看的异常", "Anomalies of the last week")
TROUBLE: Final = ("数据源失常", "Sources in trouble")
ENDING: Final = ("30 日内到期的授权", "Grants that end within 30 days")
EMERGENCIES: Final = ("应急调阅待复核", "Unreviewed break-glass")
DEPUTIES: Final = ("代理待确认", "Deputies to confirm")
EMERGENCY_LIST: Final = ("应急调阅", "Break-glass")
EMERGENCY_LEAD: Final = (
    "紧急时先看后审：至多 60 分钟，事后 5 个工作日内由审计管理员复核。",
    "Seen at once in an emergency, for 60 minutes at most, and reviewed within five working days.",
)
EMERGENCY_EMPTY: Final = ("没有应急调阅。", "Nobody broke glass.")
EMERGENCY_EMPTY_HELP: Final = (
    "有人应急调阅时立即列在这里，并通知数源部门、安全和审计管理员。",
    "It is listed here at once, and stewards, security and audit administrators are told.",
)
JUSTIFIED: Final = ("认为正当", "Justified")
UNJUSTIFIED: Final = ("认为不正当", "Not justified")
FINDING: Final = ("复核意见", "Finding")
END_EMERGENCY: Final = ("立即结束", "End it now")
NOTICES: Final = ("未读通知", "Unread notices")
SOURCES_FINE: Final = ("{count} 个数据源均正常应答。", "All {count} sources answer.")
OVERDUE: Final = ("逾期 {days} 个工作日", "{days} working days overdue")
DAYS_LEFT: Final = ("剩 {days} 个工作日", "{days} working days left")
DUE_TODAY: Final = ("今天到期", "Due today")
REVIEW_BY: Final = ("须在 {day} 前复核", "Review due by {day}")
SINCE: Final = ("自 {moment} 起", "since {moment}")
MARK_READ: Final = ("全部标为已读", "Mark all as read")
SEE_ALL: Final = ("查看全部", "See all")

REQUESTS: Final = ("共享申请", "Requests")
REQUESTS_LEAD: Final = (
    "数源部门答复，安全管理员核准；谁也不能办两步。",
    "Owners answer, a security administrator releases; nobody does two of these.",
)
REQUESTS_EMPTY: Final = ("没有符合条件的申请。", "No request is like this.")
REQUESTS_EMPTY_HELP: Final = (
    "部门在目录或矩阵中起草并提交后，申请会出现在这里，同时计时。",
    "Requests come here, with their clocks, once a department has submitted them.",
)
STATE: Final = ("状态", "State")
DEPARTMENT: Final = ("部门", "Department")
ASKED_FOR: Final = ("申请内容", "What is asked")
CLOCK: Final = ("时限", "Clock")
REQUEST: Final = ("申请", "Request")
MINE: Final = ("只看我申请的", "Mine only")
WHY: Final = ("申请理由", "Why")
ASKED_BY: Final = ("申请人", "Asked by")
MADE: Final = ("提交时间", "Submitted")
PARTS: Final = ("数源部门答复", "Answers of the owners")
NO_PARTS: Final = ("不需数源部门答复。", "No owner has to answer.")
STEPS: Final = ("办理经过", "So far")
CHANGES_FOR: Final = ("生效后对谁有何改变", "What changes for whom")
NO_CHANGES: Final = ("对任何部门都没有改变。", "It changes nothing for anybody.")
REPLAYED: Final = ("以近日已记录的查询重放", "The questions of the last days")
REPLAY_NOW: Final = ("开始重放", "Replay")
REPLAY_AGAIN: Final = ("重新重放", "Replay again")
REPLAY_MORE: Final = ("继续重放", "Go on")
REPLAY_DAYS: Final = ("最近天数", "Days")
REPLAY_HELP: Final = (
    "一步读数千条记录，进度保存在网关；可离开此页，再来时从中断处继续。",
    "Some thousand entries a step, and the hub keeps the count; leave and come back as you like.",
)
REPLAY_NONE: Final = ("安全管理员尚未重放。", "No security administrator has replayed it yet.")
REPLAY_UNDER_WAY: Final = ("近 {days} 日：已看 {read} / {entries} 条记录", "{days} days: {read} of {entries} entries")
REPLAY_DONE: Final = ("近 {days} 日：{entries} 条记录已全部看完", "{days} days: all {entries} entries")
REPLAY_LESS: Final = ("少答", "less")
REPLAY_PERHAPS: Final = ("可能少答", "perhaps less")
REPLAY_GAINS: Final = ("多答", "more")
REPLAY_SAME: Final = ("不变", "the same")
FIELDS_CHANGED: Final = ("因哪些字段（次数）", "Because of which fields")
CHANGE_NUMBERS: Final = (
    "合计：{groups} 组部门与角色，{people} 人，{clients} 个客户端，{fields} 个字段。",
    "In all: {groups} groups, {people} people, {clients} clients, {fields} fields.",
)
UNDO_NUMBERS: Final = (
    "撤销将起草反向申请：终止新增的 {given} 项授权，{renewed} 项续期恢复原最后一日，{ended} 项提前终止恢复；须经另一人核准。",
    "Drafts the changes back: {given} given, {renewed} renewed, {ended} ended; another person releases it.",
)
IN_MATRIX: Final = ("在矩阵中查看变化", "See it in the matrix")
PRINT: Final = ("打印审批表", "Print the form")
APPROVE: Final = ("同意：代表{owner}", "Agree for {owner}")
REFUSE: Final = ("不同意", "Refuse")
BASIS: Final = ("依据", "Basis")
BASIS_HELP: Final = ("不同意须写明依据，申请人会看到。", "A refusal cites its basis, which whoever asked will see.")
EXTEND: Final = ("延期 10 个工作日", "Ten working days more")
RELEASE: Final = ("核准，使 {grants} 项变更生效", "Release: {grants} changes take effect")
RELEASE_NUMBERS: Final = (
    "将影响 {groups} 组部门与角色、{people} 人、{clients} 个客户端、{fields} 个字段。",
    "It concerns {groups} pairs of department and role, {people} people, {clients} clients, {fields} fields.",
)
CONFIRM_NUMBERS: Final = ("我已核对以上数字", "I have checked these numbers")
NOT_CONFIRMED: Final = ("请先勾选“我已核对以上数字”。", "Tick that you have checked the numbers first.")
SUBMIT: Final = ("提交给数源部门", "Submit to the owners")
WITHDRAW: Final = ("撤回申请", "Withdraw")
UNDO: Final = ("撤销：起草反向申请", "Undo: draft the changes back")
UNDO_HELP: Final = (
    "先看草稿将改变什么，再提交；原授权和经过都保留在记录中。",
    "See what the draft would change, then submit it; what was given stays on record.",
)
STOP_GRANT: Final = ("立即冻结所生效的 {count} 项授权", "Freeze the {count} grants at once")
NOTHING_TO_DO: Final = ("此申请现在不需要您办理。", "There is nothing for you to do with it now.")
DECISION: Final = ("办理", "Decide")

CATALOGUE: Final = ("数据目录", "Catalogue")
CATALOGUE_LEAD: Final = (
    "每个字段由谁负责、以何属性共享、我能否查询。",
    "Who owns each field, how it is shared, and whether I may ask it.",
)
CATALOGUE_EMPTY: Final = ("没有符合条件的字段。", "No field is like this.")
FIELD: Final = ("字段", "Field")
OWNER: Final = ("负责部门", "Owner")
SHARING: Final = ("共享属性", "Sharing")
SENSITIVITY: Final = ("敏感级别", "Sensitivity")
STANDING: Final = ("我的权限", "My standing")
RECORD: Final = ("记录", "Record")
NOT_CONNECTED: Final = ("尚未接入", "not connected")
HOW_TO_ASK: Final = ("如何申请", "How to ask")

PEOPLE: Final = ("人员", "People")
PEOPLE_LEAD: Final = (
    "账号、岗位与二次验证。姓名仅系统管理员可见。",
    "Accounts, offices, second factors. Names are for the system administrator only.",
)
PEOPLE_EMPTY: Final = ("没有符合条件的账号。", "No account is like this.")
USERNAME: Final = ("账号", "Account")
NAME: Final = ("姓名", "Name")
ROLE: Final = ("角色", "Role")
FACTOR: Final = ("二次验证", "Second factor")
ENROLLED: Final = ("已绑定", "Enrolled")
NOT_ENROLLED: Final = ("未绑定", "Not enrolled")
OUTSIDE: Final = ("由其他平台担保", "Vouched for elsewhere")
ADD_PERSON: Final = ("新增账号", "Add a person")
ADD_PERSON_ACT: Final = ("新增账号并生成一次性密码", "Add, and make a one-time password")
RESET: Final = ("重置密码", "Reset the password")
RESET_NUMBERS: Final = ("此人的全部登录和令牌将立即作废。", "Every sign-in and token of this person ends at once.")
END_PERSON: Final = ("停用账号", "End the account")
SECOND_NEEDED: Final = ("已提出，待另一名管理员同意", "Proposed; another administrator has to agree")
RECOVERY_WAITS: Final = ("恢复待另一名管理员同意", "recovery waits for another administrator")
PURPOSES_ONLY: Final = ("只限这些用途（不选为不限）", "These purposes only (none: all)")
CHANGE_PERSON: Final = ("更改账号", "Change the account")
CHANGE_HELP: Final = ("更改后，此前的登录和令牌立即作废。", "Sign-ins and tokens from before end at once.")
CHANGE_ACT: Final = ("保存更改", "Save the changes")
BINDINGS_HELP: Final = ("每行一项：名称=值，值。", "One a line: name=value,value.")
EMAIL: Final = ("通知用邮箱", "E-mail for notices")
PHONE: Final = ("通知用电话", "Telephone for notices")
KEPT_HELP: Final = ("密封保存，不在此显示；留空为不变。", "Kept sealed and not shown here; left empty it stays.")
RECOVER: Final = ("恢复二次验证", "Recover the second factor")
RECOVER_HELP: Final = (
    "须两名管理员先后提出，均不得为本人；本人下次登录时重新绑定。",
    "Two administrators, one after the other, and not the person.",
)
APPOINT: Final = ("任命三员", "Give an office")
APPOINT_HELP: Final = (
    "系统管理员提出，审计管理员 3 日内确认，均不得为本人。",
    "Proposed by the system administrator, confirmed by the audit administrator within three days.",
)
ONE_TIME: Final = ("一次性密码", "One-time password")
RETYPE: Final = ("请输入 {name} 以确认", "Type {name} to confirm")
RETYPE_WRONG: Final = ("输入的名称不一致，未办理。", "The name is not the same; nothing was done.")
DEPUTY_LIST: Final = ("代理", "Deputies")
DEPUTY_LEAD: Final = (
    "在期限内代他人办理；双人办理的事项中两人视为一人。",
    "Somebody acts for somebody else for a time; where two people are needed, both are one.",
)
DEPUTY_EMPTY: Final = ("没有代理。", "There are no deputies.")
DEPUTY_EMPTY_HELP: Final = (
    "在下方设置后列在这里；系统管理员确认后，代理人可代其办理。",
    "Those that are appointed below are listed here; they hold once the administrator confirmed them.",
)
NOT_NOW: Final = ("不在期限内", "Outside its period")
PRINCIPAL_HELP: Final = ("填写账号；留空为您本人。", "The account; empty: yourself.")
DEPUTY_HELP: Final = ("填写账号，如 steward-market。", "The account, as in steward-market.")
DEPUTY: Final = ("代理人", "Deputy")
PRINCIPAL: Final = ("被代理人", "Principal")
PERIOD: Final = ("期限", "Period")
FROM: Final = ("首日", "First day")
UNTIL: Final = ("末日", "Last day")
APPOINT_DEPUTY: Final = ("设置代理", "Appoint a deputy")
ACT_FOR: Final = ("代其办理", "Act for them")
ACTING_FOR: Final = (
    "您正代他人办理，所做的一切记在两人名下：",
    "You act for somebody else; all of it is on record for both:",
)
AS_ONESELF: Final = ("结束，恢复本人身份", "End it, be yourself")
CONFIRM: Final = ("确认", "Confirm")
END_DEPUTY: Final = ("结束代理", "End it")
ENDED: Final = ("已结束", "Ended")
TO_CONFIRM: Final = ("待确认", "To be confirmed")

CLIENTS: Final = ("客户端与密钥", "Clients and keys")
CLIENTS_LEAD: Final = (
    "登记的系统。密钥只在发放时显示一次，此后任何人都看不到。",
    "Registered systems. A secret is shown once, when it is given.",
)
CLIENTS_EMPTY: Final = ("没有符合条件的客户端。", "No client is like this.")
CLIENT: Final = ("客户端", "Client")
PURPOSES: Final = ("用途", "Purposes")
PROOF: Final = ("证明方式", "Authentication")
SECRETS: Final = ("有效密钥", "Live secrets")
END_CLIENT: Final = ("注销客户端", "End the client")
END_CLIENT_NUMBERS: Final = (
    "{secrets} 个密钥、全部令牌和经其登录的会话将立即失效，不可恢复。",
    "{secrets} secrets, every token and every sign-in through it are dead at once.",
)
GIVE_SECRET: Final = ("发放新密钥", "Give a secret")
GIVE_SECRET_HELP: Final = (
    "旧密钥继续有效，直到撤销或到期：先换新，再撤旧。",
    "Older ones hold until they end: replace first, then withdraw.",
)
PUT_CLIENT: Final = ("登记客户端", "Register a client")
PUT_CLIENT_HELP: Final = (
    "编号已登记的将被更改为下方内容；行过滤的值请用命令 clients put 填写。",
    "One of this id is changed to what is below; values of row filters are given by the command.",
)
CLIENT_ID: Final = ("编号", "Id")
CLIENT_LABEL: Final = ("名称", "Name")
NO_PROOF: Final = ("无（公开客户端）", "None, a public client")
WAY_SIGN_IN: Final = ("人员可经其登录", "People sign in through it")
WAY_PORTAL: Final = ("登录者以本人部门和角色行事", "Whoever signs in acts as themselves")
WAY_DEVICE: Final = ("无浏览器的设备", "Devices without a browser")
WAY_DPOP: Final = ("令牌须绑定密钥", "Tokens are bound to a key")
WAY_PUSHED: Final = ("须先推送授权请求", "Pushes its requests first")
REDIRECTS_HELP: Final = ("每行一个；人员登录后回到这里。", "One a line: where people come back to.")
SECRET: Final = ("密钥", "Secret")
WAY_MACHINE: Final = ("系统以自己的名义查询", "Asks in its own name")
PROOFS: Final = {"secret": SECRET, "private_key_jwt": ("公钥", "Public key"), "none": NO_PROOF}
FACTORS: Final = {
    "pwd": ("密码", "password"),
    "otp": ("动态码", "one-time code"),
    "idp": ("其他平台", "another platform"),
}

PUBLIC_KEY: Final = ("公钥", "Public key")
SECRET_ID: Final = ("密钥编号", "Id")
GIVEN: Final = ("发放", "Given")
WITHDRAW_SECRET: Final = ("收回", "Withdraw")
SIGN_INS: Final = ("有效登录", "Sign-ins")
NO_SIGN_INS: Final = ("此人现在没有登录。", "Signed in nowhere.")
THROUGH: Final = ("经由", "Through")
AT_THE_HUB: Final = ("本网关（浏览器）", "the hub, in a browser")
BEGAN: Final = ("开始", "Began")
AT_MOST: Final = ("至多到", "Until at most")
END_SIGN_INS: Final = ("结束这 {count} 次登录", "End these {count}")
BINDINGS: Final = ("行过滤的值", "Values of row filters")
REDIRECTS: Final = ("回调地址", "Redirect URIs")
WAYS: Final = ("方式", "Ways in")

FREEZE: Final = ("冻结", "Freeze")
FREEZE_LEAD: Final = (
    "立即停止：1 秒内在所有工作进程生效，直到解冻。",
    "Stops at once, in every worker within a second, until it is thawed.",
)
FREEZE_KIND: Final = ("冻结什么", "What is frozen")
FROZEN_NOW: Final = ("现在冻结着的", "Frozen now")
FROZEN_SINCE: Final = ("冻结时间", "Since")
FROZEN_NONE: Final = ("现在没有冻结。", "Nothing is frozen.")
FROZEN_NONE_HELP: Final = (
    "冻结后列在这里，写明何时、为何，直到解冻。",
    "What is frozen stands here, with since when and why, until it is thawed.",
)
THAW_THIS: Final = ("填写理由解冻", "Thaw it, with a reason")
FREEZE_OR_THAW: Final = ("冻结或解冻", "Freeze or thaw")
FREEZE_NAME: Final = ("编号或名称", "Id or name")
FREEZE_NAME_HELP: Final = (
    "客户端编号、部门代码、授权编号、账号名，或字段坐标与范围，如 Entity.contactPhone。",
    "Id of a client or grant, code of a department, account name, coordinate of a field, or a scope.",
)
FREEZE_ACT: Final = ("冻结", "Freeze")
THAW_ACT: Final = ("解冻", "Thaw")
FREEZE_CHANGED: Final = ("已{act}：{name}", "{act}: {name}")
FREEZE_SAME: Final = ("原已如此，没有变化。", "It was so already.")
COMPONENTS: Final = ("样式", "Components")
