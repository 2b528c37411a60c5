"""Words of the list of grants: Chinese first, English second."""

from typing import Final

GRANTS: Final = ("授权清单", "Grants")
LEAD: Final = (
    "本部门的授权，和涉及本部门数据的授权。选中几项，一并确认、续期或提前结束；续期和结束只起草申请。",
    "Grants of your department or on its records. Choose some to confirm, renew or end; the latter two draft a request.",
)
SHOWN: Final = ("只看", "Show")
KINDS: Final = {
    "": ("未结束的", "Not over"),
    "EXPIRING": ("30 日内到期", "Ending within 30 days"),
    "confirm": ("60 日内须确认", "To be confirmed within 60 days"),
    "unused": ("近 90 日无人查询", "Not asked for in 90 days"),
    "UPCOMING": ("尚未开始", "Not begun"),
    "UNCERTIFIED": ("未按期确认", "Not confirmed in time"),
    "ENDED": ("已结束", "Over"),
}
EMPTY: Final = ("没有符合条件的授权。", "No grant fits.")
EMPTY_HELP: Final = ("授权由申请而来：在矩阵中起草。", "Grants come from requests: draft one in the matrix.")
PICK: Final = ("选择", "Choose")
GRANT: Final = ("授权", "Grant")
LAST_DAY: Final = ("最后一日", "Last day")
CONFIRMED: Final = ("确认至", "Confirmed until")
NOT_CONFIRMED: Final = ("未确认", "not confirmed")
UNUSED: Final = ("{fields} 个字段无人查询", "{fields} fields unused")
WITH_CHOSEN: Final = ("对所选授权", "With those chosen")
CONFIRM: Final = ("确认仍有必要（一年）", "Confirm for a year")
CONFIRM_HELP: Final = (
    "代表本部门确认；涉及多个数源部门的，全部确认后才生效。",
    "For your department; where several own the records, all have to.",
)
RENEW: Final = ("起草续期", "Draft a renewal")
END: Final = ("起草提前结束", "Draft an early end")
DAY: Final = ("新的最后一日", "New last day")
REASON: Final = ("理由", "Why")
WHOLE: Final = ("全文", "All of it")
NONE_CHOSEN: Final = ("请先选择至少一项授权。", "Choose a grant first.")
DAY_NEEDED: Final = ("请填写新的最后一日。", "Say the new last day.")
DONE: Final = ("已确认 {done} 项", "{done} confirmed")
WAITING: Final = ("尚待确认", "waits for")
MORE: Final = ("只列出前 {count} 项，请缩小范围。", "The first {count} only: narrow it down.")
