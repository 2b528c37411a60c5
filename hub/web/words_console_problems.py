"""What the console says when something goes wrong, in Chinese and English."""

from dataclasses import dataclass
from typing import ClassVar, Final

from hub.web.words_console import Words


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong: its code, what happened, what to do next, and whether signing in anew is a way on."""

    code: str
    happened: Words
    following: Words
    afresh: bool = False

    BAD_FORM: ClassVar["Problem"]
    FOREIGN_FORM: ClassVar["Problem"]
    UNAVAILABLE: ClassVar["Problem"]
    INTERNAL: ClassVar["Problem"]
    NOT_YOURS: ClassVar["Problem"]
    PAGE_MISTAKE: ClassVar["Problem"]

    @classmethod
    def told(cls, code: str, zh: str, en: str) -> "Problem":
        """A refusal of the gateway."""
        return cls(code, (zh, en), _BACK)

    @classmethod
    def too_large(cls, most: int) -> "Problem":
        """A form or file with too many bytes."""
        size = f"{most // 1024} KB"
        return cls("TOO_LARGE", (f"提交的内容超过 {size}。", f"What was sent exceeds {size}."), _BACK)

    @classmethod
    def not_admitted(cls, label: str, *, known: bool) -> "Problem":
        """Somebody who may not come in, or a console that nobody is let into."""
        if known:
            return cls(
                "NOT_ADMITTED",
                (f"{label}，您的账号不能进入管理台。", f"{label}, your account may not come in here."),
                (
                    "请退出后换用其他账号，或联系系统管理员。",
                    "Sign out and use another account, or ask the administrator.",
                ),
                afresh=True,
            )
        return cls(
            "CLIENT_UNKNOWN",
            ("管理台所用的客户端未登记或已注销。", "The client of the console is not registered."),
            ("请系统管理员核对 [console] client。", "Have the administrator look at [console] client."),
        )


_BACK: Final = ("请返回上一页改正后再试；什么都没有改变。", "Go back and try again; nothing was changed.")
Problem.BAD_FORM = Problem("BAD_FORM", ("提交的内容无法读取。", "What was sent cannot be read."), _BACK)
Problem.FOREIGN_FORM = Problem(
    "FORM_REJECTED",
    ("此表单不是由本次登录的管理台发出的。", "The form is not one of this console in this sign-in."),
    ("请重新打开页面再提交；什么都没有改变。", "Open the page anew and send it again; nothing was changed."),
)
Problem.UNAVAILABLE = Problem(
    "UNAVAILABLE",
    ("暂时无法办理：记录无法写入或读取。", "The record cannot be written or read at the moment."),
    ("请稍后再试；未留下记录的事项没有办理。", "Try again in a moment; what is not on record was not done."),
)
Problem.INTERNAL = Problem(
    "INTERNAL",
    ("页面出错了，已记入日志。", "Something went wrong, and was logged."),
    ("请再试一次；仍不行请向管理员提供下方编号。", "Try again; if it stays, quote the number below."),
)
Problem.PAGE_MISTAKE = Problem(
    "PAGE_MISTAKE",
    (
        "这一页本身有差错，是网关的问题，与您的岗位和操作无关；已记入日志，什么都没有改变。",
        "This page is mistaken, which is the hub's fault and not yours. It was logged, and nothing was changed.",
    ),
    ("请向系统管理员提供下方编号。", "Tell the system administrator the number below."),
)
Problem.NOT_YOURS = Problem(
    "NOT_YOURS",
    ("您的岗位没有这一页。", "This page is not for your office."),
    (
        "首页左侧列出您能办理的栏目；需要办理此事，请找有此岗位的同事，或请系统管理员调整您的角色。",
        "Home lists the sections you have. Ask a colleague who holds the office, or the administrator for another role.",
    ),
)
