"""Enumerations of identities and corrections, each value with its Chinese and English label."""

from schema.enums import Labelled, labelled


@labelled("主体的承继方式 / What became of an entity")
class SuccessionKind(Labelled):
    MERGED = ("合并：多个并为一个", "Merged: several are one")
    SPLIT = ("拆分：一个分为多个", "Split: one is several")
    RECODED = ("换码：代码变更", "Re-coded: it has another code")
    RENAMED = ("更名", "Renamed")
    MOVED = ("迁移", "Moved to another place")


@labelled("承继事项的状态 / State of a succession")
class SuccessionState(Labelled):
    PROPOSED = ("待他人确认", "waiting for another person")
    CONFIRMED = ("已确认，已生效", "confirmed, and in force")
    REFUSED = ("未确认", "refused")
    UNDOING = ("已生效，撤销待他人同意", "in force; somebody wants it undone")
    UNDONE = ("已撤销", "undone")


@labelled("本地编号如何对应主体 / How a local key was found to stand for an entity")
class LinkMethod(Labelled):
    CODE = ("代码一致", "By its code")
    MATCHED = ("比对一致", "By matching")
    REVIEWED = ("经人工复核", "By a review")
    SPLIT = ("由拆分改定", "By a split")


@labelled("待复核的原因 / Why somebody has to look")
class ReviewCause(Labelled):
    POSSIBLE = ("疑似同一主体", "Both may be one")
    CONFLICT = ("证据相互矛盾", "The evidence contradicts itself")


@labelled("复核状态 / State of a review")
class ReviewState(Labelled):
    OPEN = ("待复核", "waiting for somebody to look")
    PROPOSED = ("有人认定为同一主体，待他人确认", "somebody says that both are one; another person has to agree")
    JOINED = ("确认为同一主体", "both are one")
    DISTINCT = ("确认为不同主体", "they are not the same")


@labelled("复核的次序 / Order of reviews")
class ReviewOrder(Labelled):
    NEWEST = ("新送的在前", "The newest first")
    OLDEST = ("等得最久的在前", "The longest waiting first")
    LIKELIEST = ("最可能同一的在前", "The likeliest first")


@labelled("两方比对结果 / How two sides compare in one field")
class DifferenceState(Labelled):
    SAME = ("一致", "The same")
    DIFFERS = ("不一致", "Different")
    ONLY_LEFT = ("仅左方有", "Only on the left")
    ONLY_RIGHT = ("仅右方有", "Only on the right")


@labelled("校核状态 / State of a correction")
class CorrectionState(Labelled):
    OPEN = ("待数源部门核实", "waiting for its owner")
    CORRECTED = ("已更正", "corrected at the source")
    CONFIRMED = ("核实无误", "found right as it is")
    REFERRED = ("转其他部门办理", "referred to somebody else")
    WITHDRAWN = ("已撤回", "withdrawn")


@labelled("看哪些校核 / Which corrections are wanted")
class CorrectionView(Labelled):
    ALL = ("全部，新的在前", "All, the newest first")
    TO_ANSWER = ("待本部门答复，先到期的在前", "Those that wait for one's department, the first due first")
    RAISED = ("本人提出，新的在前", "Those one raised, the newest first")


@labelled("质量规则 / What the quality of a source is measured by")
class QualityRule(Labelled):
    COMPLETE = ("完整性", "Completeness")
    TIMELY = ("及时性", "Timeliness")
    CHECK_DIGIT = ("校验位", "Check digits")
    DUPLICATE = ("重复", "Duplicates")
    ORPHAN = ("孤立记录", "Orphans")
    DATE = ("不可能的日期", "Impossible dates")
    CODE = ("未知代码", "Unknown codes")
