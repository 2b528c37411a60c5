"""What is refused of disclosures and the record: sentences, Chinese first, then origin, status and whether to ask again."""

ErrorParts = tuple[str, str] | tuple[str, str, str, int] | tuple[str, str, str, int, bool]

RECORD_ERRORS: dict[str, ErrorParts] = {
    "LOOKUP_NOT_FOUND": (
        "没有可由您提出异议的这条查询记录；请取自“谁查过我”（lookups）的 line。",
        "There is no such look-up to which you may object; take its line from lookups.",
    ),
    "NOT_ACTED_FOR": (
        "您目前不能代表该主体；请先认领（claim），或到窗口核验。",
        "You may not act for this entity now; claim it first (claim), or go to a counter.",
        "CLIENT",
        403,
    ),
    "OBJECTION_ALREADY": (
        "已对该次查询提出异议（{number}），请查看其办理情况（objections）。",
        "There is an objection to this look-up already ({number}); see how it stands (objections).",
    ),
    "OBJECTION_DECIDED": (
        "该异议已认定，不能再作说明或认定。",
        "The objection was decided: nothing can be added to it.",
    ),
    "OBJECTION_NOT_FOUND": (
        "没有可由您办理的这个异议。",
        "There is no such objection that you may deal with.",
    ),
    "OWN_LOOKUP": (
        "查询人本人不得就自己的查询作出说明，请由本部门其他人员办理。",
        "Whoever looked does not speak for the department about it: somebody else has to.",
        "CLIENT",
        403,
    ),
    "RECORD_BEHIND": (
        "审计记录的索引尚未跟上，暂时无法确定收到方；请稍后再试。",
        "The index of the record is not up to date, so that nobody can say yet who received it; try again later.",
        "HUB",
        503,
        True,
    ),
}
"""The parts of an `ErrorText` by its code."""
