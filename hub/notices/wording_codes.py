"""What notices about codes say. Why a code was stopped stands where the entity looks it up, not in a letter."""

from hub.events import Event

_ASK = ("原因见“我的码”，或请询问签发部门。", "Why, the page of the code says, or the department that issued it.")

SENTENCES: dict[Event, tuple[str, str]] = {
    Event.CODE_CANCELLED: (
        f"统一社会信用代码为{{entity}}的经营主体的“码上诚信”码已于{{when:instant}}注销，请停止使用和印制。{_ASK[0]}",
        f"The code of {{entity}} was given up at {{when:instant}}: stop using and printing it. {_ASK[1]}",
    ),
    Event.CODE_ISSUED: (
        "统一社会信用代码为{entity}的经营主体已于{when:instant}获得“码上诚信”码。请打印后在醒目位置亮码，并登记亮码位置。",
        "{entity} was given its code at {when:instant}. Print it, show it openly, and say where.",
    ),
    Event.CODE_REISSUED: (
        "统一社会信用代码为{entity}的经营主体的“码上诚信”码已于{when:instant}补发：旧码作废，请更换全部印制品。",
        "The code of {entity} was reissued at {when:instant}: the old one is void, replace whatever bears it.",
    ),
    Event.CODE_REPORTED: (
        "有人举报了一张码，编号{report}。请核实并办结，结果凭编号公开。",
        "Report {report} of a code: look into it and settle it; the outcome is public.",
    ),
    Event.CODE_RESUMED: (
        "统一社会信用代码为{entity}的经营主体的“码上诚信”码已于{when:instant}恢复，可继续使用。",
        "The code of {entity} was resumed at {when:instant} and may be used again.",
    ),
    Event.CODE_REVOKED: (
        f"统一社会信用代码为{{entity}}的经营主体的“码上诚信”码已于{{when:instant}}停用，请停止使用和印制；这不影响正常办事。{_ASK[0]}",
        f"The code of {{entity}} was revoked at {{when:instant}}: stop using and printing it. No service is refused for it. {_ASK[1]}",
    ),
    Event.CODE_SUSPENDED: (
        f"统一社会信用代码为{{entity}}的经营主体的“码上诚信”码已于{{when:instant}}暂停，恢复前请勿印制；这不影响正常办事。{_ASK[0]}",
        f"The code of {{entity}} was suspended at {{when:instant}}: print none until it is resumed. No service is refused for it. {_ASK[1]}",
    ),
}
