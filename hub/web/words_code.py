"""Every sentence of the public page of a code: Chinese first, English second where a stranger needs it.

First what it means for whoever stands before the shop, then the fact, then the source. No sentence accuses anybody.
Knows no page and no markup.
"""

from datetime import date, datetime, timedelta

from schema.enums import Fulfilment, LicenceStatus, RegistrationStatus

Words = tuple[str, str]

HUB: Words = ("码上诚信", "Code of Honesty")
SKIP: Words = ("跳到正文", "Skip to the content")
LARGER: Words = ("大字版", "Larger text")
SMALLER: Words = ("标准字号", "Standard text")
UNDERSTAND: Words = ("看懂这家店", "This shop in three sentences")
SOURCE_OF: Words = ("来源", "Source")
TAP: Words = ("点开看来源", "Tap for the source")

IDENTITY: Words = ("基本信息", "Identity")
LICENCES: Words = ("许可与备案", "Licences and filings")
PENALTIES: Words = ("公示期内的行政处罚", "Penalties within their publication period")
HONOURS: Words = ("守信信息", "Honours")
COMMITMENTS: Words = ("信用承诺", "Commitments")
VOLUNTARY: Words = ("自愿公开的信息", "What the shop tells of itself")
SOURCES: Words = ("数据来源与时间", "Sources and times")
SPEAK_UP: Words = ("异议、投诉与举报", "Object, complain, report")
PLACES: Words = ("这张码登记在哪里", "Where this code belongs")

NOTICE = "本页只展示各部门依法公开的事实，不打分、不评级，不代表对产品质量的认证。扫码不需要登录，不收集您的任何信息，也不使用 Cookie。"
NOTICE_EN = "Public facts of the departments; no score, no certification of quality. Nothing is collected from you."

SIGNED: Words = ("门牌的签名已核对：由本市签发。", "The plate's signature was checked: it was issued here.")
PROVINCIAL: Words = ("这张码由省级签发，在本市同样有效。", "Issued by the province; it holds here as well.")
BATCH = "包装批次：{batch}。批次由生产者自行填写。"
SIGNED_ON = "签发日期：{day}。请与门牌上印的日期对照。"
COPIED: Words = (
    "核实过：有人把这张码用在了别处。请一定对照店名和地址；不是这家店的过错。",
    "This code was found in use elsewhere: compare name and address. It is not this shop's fault.",
)
HERE_NOT: Words = (
    "招牌或地址与上面不一样？这张码可能被复制到了别处，请告诉我们。",
    "Is the sign or the address another one? The code may have been copied: tell us.",
)
ANSWERED_FOR = "各部门对自己提供的数据负责；本页不修改数据。"
ASKED_POSITION = "本页不读取手机位置，请您自己对照。"
TELL_US: Words = ("这里不是这家店", "This is another shop")

OBJECT = "经营主体认为信息有误，可凭决定文书号或证照编号，向标注的数据来源部门提出异议；数据来源部门 3 个工作日内答复。"
COMPLAIN, COMPLAIN_ONLINE = "消费投诉举报：", "，或登录全国 12315 平台（www.12315.cn）。"
CALL: Words = ("拨打 12315", "Call 12315")
REPORT: Words = ("举报假码、挪用的码", "Report a forged or misused code")

EXPIRED_HINT = "到期不等于停业或违法，可能正在办理延续。以许可机关答复为准。"
NO_LICENCES = "没有归集到许可或备案。有的行业依法无需许可；如有疑问，可询问店家或主管部门。"
NO_PENALTIES = "公示期内没有行政处罚。"
NO_HONOURS = "没有归集到在有效期内的荣誉。"
NO_COMMITMENTS = "没有向社会公开的承诺。"
NO_VOLUNTARY = "这家店还没有填写亮码位置等自愿信息。"
NOT_COLLECTED = "未归集（由{owner}负责）。没有归集到，不等于没有。"
NOT_PUBLIC = "这一项不向公众公开。"
DOWN = "{source}暂时无法连接{since}，没有可以展示的最近记录。不等于没有，请稍后再扫。"
PARTLY_DOWN = "{source}暂时无法连接，有的内容此刻无法显示。"
NOT_NOW = "来源暂时无法连接，此刻无法显示"
DOWN_SINCE = "（自{moment}起）"
STALE = "{source}的数据较旧，请留意下面的日期。"
KEPT = "{source}暂时取不到，下面是{moment}取得的数据（{age}前）。"
KEPT_PENALTIES = (
    "{source}暂时无法连接。下面是截至{moment}的最近记录（{age}前取得），其后可能已撤销或修复；公示期已满的不再展示。"
)
EARLIER = "此前"
SOME_TIME = "一段时间"
CONFLICT = "两处来源不一致，以登记机关为准；已提请核对。"
TRUNCATED = "条目较多，只列出前面的部分。"
DISPUTED = "异议处理中"
PARTLY = "下面的内容可能不全：{told}"
NOTHING_FETCHED: Words = (
    "此刻取不到这家店的公开信息",
    "Public information of this shop is not available at the moment",
)
NOTHING_FETCHED_HELP = "码是有效的。信息来源暂时没有应答，请过几分钟再扫；不等于这家店有问题。"

LABELS = {
    "name": "名称",
    "formerNames": "曾用名",
    "kind": "主体类别",
    "status": "登记状态",
    "uscc": "统一社会信用代码",
    "legalRepresentative": "法定代表人（经营者）",
    "establishedOn": "成立日期",
    "address": "住所",
    "industry": "行业",
    "businessScope": "经营范围",
    "registrationAuthority": "登记机关",
}
PRESENT_STATES = {
    RegistrationStatus.ACTIVE: "登记状态为存续",
    RegistrationStatus.MOVED_OUT: "已迁出本地登记",
    RegistrationStatus.SUSPENDED: "登记状态为停业",
    RegistrationStatus.REVOKED: "营业执照已吊销",
    RegistrationStatus.DEREGISTERED: "已注销登记",
    RegistrationStatus.ANNULLED: "登记已撤销",
}
LICENCE_STATES = {
    LicenceStatus.WITHHELD: "暂扣",
    LicenceStatus.REVOKED: "已吊销",
    LicenceStatus.CANCELLED: "已注销",
    LicenceStatus.ANNULLED: "已撤销",
    LicenceStatus.INVALID: "来源标注为无效，未说明原因",
}
FULFILMENTS = {
    Fulfilment.FULL: "全部履行",
    Fulfilment.PARTIAL: "部分履行",
    Fulfilment.NONE: "尚未履行",
    Fulfilment.NOT_ASSESSED: "尚未认定",
}
WITHOUT_END = "长期有效"
VALID = "有效"
NOT_REQUIRED = "依法无需许可"
RENEWAL = "（延续申请已受理）"
RENEWALS = "（{count} 项的延续申请已受理）"

WHO = "“{name}”，{kind}，{since}成立，{state}。"
WHO_SHORT = "“{name}”，{kind}，{state}。"
WHO_EN = "Registered: {kind}, {state}."
MAY = "它有 {count} 项许可或备案，都在有效期内{soon}。"
MAY_SOON = "，其中 {soon} 项 30 天内到期"
MAY_ONE = "它有 1 项许可或备案，在有效期内{soon}。"
MAY_ONE_SOON = "，30 天内到期"
MAY_ONE_ENDED = "它有 1 项许可或备案，已到期或不再有效{pending}。"
MAY_ENDED = "它有 {count} 项许可或备案，其中 {ended} 项已到期或不再有效{pending}。"
MAY_NOT_NEEDED = "它经营的项目依法无需许可。"
MAY_NONE = "没有归集到它的许可或备案；有的行业依法无需许可。"
MAY_CHECKED = "已向许可和备案的来源查询，没有查到记录。"
MAY_UNKNOWN = "它的许可和备案此刻取不到，不等于没有。"
PAST = "公示期内有 {penalties} 条行政处罚"
PAST_KEPT = "公示期内有 {penalties} 条行政处罚（来源暂时无法连接，这是截至{moment}的最近记录，其后可能已撤销或修复）"
PAST_NONE = "公示期内没有行政处罚"
PAST_UNKNOWN = "它的处罚信息此刻取不到，不等于没有"
PAST_CLOSED = "处罚信息不在本页公开"
PAST_CHECKED = "已向行政处罚和信用信息的来源查询，没有查到记录。"
WITH_HONOURS = "，有 {count} 项守信荣誉"
WITHOUT_HONOURS = "，没有归集到守信荣誉"
HONOURS_UNKNOWN = "，守信荣誉此刻取不到"
MAY_EN: Words = ("Licences and filings: {count}; ended: {ended}.", "Licences: not available at the moment.")
PAST_KEPT_EN = "The source of penalties is down; {penalties} in the last record, which may have been withdrawn since."
PAST_EN: Words = ("Penalties in publication: {penalties}.", "Penalties: not available at the moment.")


def spoken_day(day: date) -> str:
    """A day as people say it: 2024年6月6日."""
    return f"{day.year}年{day.month}月{day.day}日"


def spoken_moment(moment: datetime) -> str:
    """A moment of Shanghai as people say it, to the minute."""
    return f"{spoken_day(moment.date())} {moment:%H:%M}"


def spoken_age(age: timedelta) -> str:
    """How long ago something was: minutes within the hour, then hours, from two days on days."""
    minutes = max(1, int(age.total_seconds()) // 60)
    if minutes < 60:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天"


def grouped(code: str) -> str:
    """A code in groups of four."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
