"""Words of the page that gives back what was filled in when a sign-in ended: Chinese first, English second."""

from typing import Final

AGAIN: Final = ("登录已结束，您填写的内容还在", "Your sign-in has ended; what you filled in is here")
LEAD: Final = (
    "请先在新窗口登录，再回到本页点“已登录，继续”。在此之前什么都没有办理；内容只在本页，不另保存。",
    "Sign in in another window, come back here and go on. Nothing was done; what you filled in is in this page only.",
)
FILE: Final = ("所选文件须重新选择。", "The file has to be chosen again.")
SIGN_IN: Final = ("在新窗口登录", "Sign in in another window")
ON: Final = ("已登录，继续", "I am signed in: go on")
SEND: Final = ("请核对后再次提交", "Look it over and send it again")
SEND_LEAD: Final = (
    "以下是登录结束前填写的内容，尚未办理。",
    "This was filled in before the sign-in ended, and is not done yet.",
)
WHO: Final = ("当前登录", "Signed in as")
NOT_MINE: Final = (
    "提交后记在此人名下。若不是您填写的，请勿提交。",
    "It will be done in this name. If somebody else filled it in, do not send it.",
)
ACT: Final = ("提交", "Send")
FIELD_NAMES: Final = {
    "act": ("办理事项", "Act"),
    "basis": ("依据或理由", "Basis"),
    "reason": ("理由", "Why"),
    "label": ("名称", "Name"),
    "username": ("账号", "Account"),
    "department": ("部门", "Department"),
    "role": ("角色", "Role"),
    "purpose": ("用途", "Purpose"),
    "field": ("字段", "Field"),
    "masked": ("脱敏", "Masked"),
    "starts": ("起始日", "First day"),
    "ends": ("最后一日", "Last day"),
    "from": ("起始日", "First day"),
    "until": ("最后一日", "Last day"),
    "deputy": ("代理人", "Deputy"),
    "principal": ("被代理人", "For whom"),
    "finding": ("结论", "Finding"),
    "kind": ("类别", "Kind"),
    "name": ("名称", "Name"),
    "retyped": ("确认名称", "Name typed again"),
    "day": ("最后一日", "Last day"),
    "grant": ("授权", "Grant"),
    "sheet": ("授权表", "Sheet"),
    "question": ("问题", "Question"),
}
"""What the fields of forms are called where they stand by themselves."""
