"""Enumerations of the life of codes, and of how a list of them is sorted."""

from schema.enums import Labelled, labelled


@labelled("码的办理事项 / What was done to a code")
class CodeStepKind(Labelled):
    APPLIED = ("申领", "Applied for")
    APPROVE = ("核对通过，赋码", "Checked and issued")
    DISPLAY = ("亮码", "Displayed")
    SUSPEND = ("暂停", "Suspended")
    RESUME = ("恢复", "Resumed")
    REVOKE = ("停用", "Revoked")
    REISSUE = ("补发", "Reissued")
    CANCEL = ("注销", "Given up")
    RENAME = ("随登记更名", "Renamed with the register")


@labelled("办理事项的结果 / What became of a step")
class CodeStepOutcome(Labelled):
    GRANTED = ("已办理", "Done")
    WAITING = ("待核对名单", "Waits for a list")
    REFUSED = ("未予办理", "Not granted")


@labelled("码的排序 / How codes are sorted")
class CodeSort(Labelled):
    NAME = ("名称", "Name")
    STATUS_SINCE = ("状态起始日", "In this status since")
    ISSUED_ON = ("赋码日期", "Issued on")
    DISPLAYED_SINCE = ("亮码起始日", "Displayed since")
    SCANS = ("近 30 日扫码次数", "Scans of the last 30 days")
