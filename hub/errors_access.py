"""Errors of grants and of requests for them; a part of hub/errors.py."""

from collections.abc import Mapping

from hub.error_text import ErrorText

ACCESS_ERRORS: Mapping[str, ErrorText] = {
    "BASIS_REQUIRED": ErrorText("不予同意须写明依据。", "A refusal must cite its basis."),
    "EXTENSION_NOT_POSSIBLE": ErrorText(
        "不能延期：仅有条件共享的申请可在到期前延期一次。",
        "It can't be extended: only what is shared on conditions, once, and before it is due.",
    ),
    "FIELD_NOT_REQUESTABLE": ErrorText(
        "“{label}”的数据尚未接入网关，请直接向{owner}提出。",
        "Nobody delivers {label_en} to the hub; turn to {owner_en}.",
    ),
    "GRANT_EXPIRED": ErrorText(
        "字段“{label}”的授权已到期，可向{owner}申请续期。",
        "The grant for field {label_en} has expired; ask {owner_en} to renew it.",
        "HUB",
        200,
    ),
    "GRANT_NOT_FOUND": ErrorText("没有可由您办理的这项授权。", "There is no such grant that you may deal with."),
    "NOTHING_TO_CONFIRM": ErrorText(
        "没有待您确认的提议：它不存在、已过期、由您或您代理的人提出，或提出人的账号此后有变动。",
        "Nothing waits for your confirmation: it is not there, expired, or proposed by you or whom you act for, or the account"
        " of whoever proposed it was changed since.",
    ),
    "OWN_GRANT": ErrorText(
        "不能确认自己申请的授权，请由本部门其他管理员确认。",
        "Nobody confirms a grant they asked for: let another steward of your department do it.",
        status=403,
    ),
    "REQUEST_NOT_FOUND": ErrorText("没有可由您办理的这个申请。", "There is no such request that you may deal with."),
    "REQUEST_OUTDATED": ErrorText(
        "申请提出后情况已变（{detail}），不能再核准；请退回或重新申请。",
        "Things have changed since it was asked ({detail_en}): refuse it, or ask anew.",
        status=409,
    ),
    "REQUEST_STATE": ErrorText(
        "申请现为“{state}”，不能这样办理。", "The request is {state_en}, so this can't be done with it.", status=409
    ),
    "SAME_PERSON": ErrorText(
        "申请、答复、核准须由不同的人办理；您已办理过其中一环。",
        "Asking, answering and releasing are for different people, and you did one of these already.",
        status=403,
    ),
}
