"""Every sentence with which somebody reports a code, and reads what became of it. Asks nobody who they are."""

from dataclasses import dataclass
from enum import Enum

from hub.web.words_code import Words

TITLE: Words = ("举报一张码", "Report a code")
LEAD = "不用登录，不用留姓名和电话。提交后给您一个编号，凭编号可查处理结果。"
LEAD_EN = "No name, no telephone. You get a number under which the outcome can be read."
KIND: Words = ("您看到的是哪一种", "What did you see")
PLACE: Words = ("在哪里看到的", "Where did you see it")
PLACE_HELP = "例如：正阳街 66 号门口、某外卖平台店铺页。1 到 100 个字。"
SAID: Words = ("还想说明什么（可不填）", "Anything else (optional)")
SAID_HELP = "至多 500 个字。请不要写姓名、电话、证件号码。"
CODE: Words = ("码上的字符（可不填）", "Characters of the code (optional)")
SEND: Words = ("提交举报", "Send the report")
THANKS: Words = ("已收到，谢谢您", "Received, thank you")
REPORT_OF: Words = ("举报的处理情况", "What became of the report")
NUMBER: Words = ("举报编号", "Number of the report")
KEEP = "请抄下或截屏保存。打开 /c/report/编号 即可查看结果。"
STATE, RECEIVED, SETTLED, NOTE = "处理情况", "收到日期", "办结日期", "说明"


class Kind(Enum):
    """What was seen; names are those of the schema."""

    FORGED = ("码是假的，或扫出来的不是政府网页", "It is forged, or leads elsewhere")
    ELSEWHERE = ("码是真的，但这里不是那家店", "It is genuine, but this is another shop")
    COVERED = ("码被遮挡、涂改或贴了别的码", "It is covered, altered or pasted over")
    STOPPED = ("已停用的码还在使用", "It is stopped and still in use")
    OTHER = ("其他", "Something else")


class Outcome(Enum):
    """What became of a report: its state, and what that means."""

    OPEN = ("等待核实", "市场监督管理部门正在核实，办结后在此公布结果。")
    CONFIRMED = ("已核实，情况属实", "核实属实，已依法处理。感谢您帮助其他消费者。")
    NOT_CONFIRMED = ("已核实，未发现问题", "到场或核对后没有发现所反映的问题。")
    NOT_FOUND = ("无法核实", "按现有线索找不到所反映的码或地点。可带上更具体的地点再次举报。")
    PASSED_ON = ("已转交", "此事由其他部门负责，已转交办理。")


@dataclass(frozen=True, slots=True)
class Told:
    """What is wrong with a report, at which field, and the status of its page."""

    text: Words
    field: str = ""
    status: int = 400


class Problem(Enum):
    """Why a report was not taken. What was typed stands in the form again."""

    KIND_MISSING = Told(("请选择看到的是哪一种", "Choose what you saw"), "kind")
    PLACE_BAD = Told(("请写在哪里看到的：1 到 100 个字，一行", "Say where: 1 to 100 characters, one line"), "place")
    SAID_BAD = Told(("说明至多 500 个字，且不含控制字符", "At most 500 printable characters"), "said")
    PERSONAL = Told(
        (
            "内容像是含有身份证号码，没有保存。请删去后再提交",
            "It seems to hold a citizen number and was not kept: remove it",
        ),
        "said",
    )
    UNREADABLE = Told(("表单没有读懂，没有保存。请重新填写", "The form could not be read; nothing was kept"))
    TOO_MANY = Told(
        (
            "同一网络一小时内举报太多，没有保存。请稍后再试，紧急情况拨打 12315",
            "Too many reports from this network; try later, or call 12315",
        ),
        status=429,
    )
    SHARE_USED = Told(
        (
            "您所在的网络今天已举报多次，先前的都在核实，这一次没有保存。有新情况请拨打 12315",
            "Your network reported several times today; these are being looked at, this one was not kept. Call 12315",
        ),
        status=429,
    )
    FULL = Told(
        (
            "今天收到的举报已很多，都在核实，这一次没有保存。要补充情况，请拨打 12315",
            "There are many reports today and they are being looked at; this one was not kept. Call 12315 to add to them",
        ),
        status=429,
    )
    UNAVAILABLE = Told(
        (
            "暂时无法保存，没有收到。请过几分钟再提交，或拨打 12315",
            "It could not be kept: try again in some minutes, or call 12315",
        ),
        status=503,
    )
