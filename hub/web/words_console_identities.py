"""What the console says of who is who: reviews, successions, keys; in Chinese and English."""

from typing import Final

TITLE: Final = ("主体对应与复核", "Who is who")
REVIEWS: Final = ("待复核", "Reviews")
SUCCESSIONS: Final = ("承继", "Successions")
KEYS: Final = ("本地编号", "Keys")
LEAD: Final = (
    "机器拿不准的一对，由人来认定。认定同一须两人先后作出，且可撤销；认定不同一人即可。",
    "Pairs that matching could not decide. That both are one takes two people, and can be undone; that they differ takes one.",
)
EMPTY: Final = ("没有符合条件的复核。", "No review is like this.")
EMPTY_HELP: Final = (
    "批量比对中拿不准的记录会送到这里；由运维人员用命令 identities queue，或由部门的系统用 queueReview 送来。",
    "Records that a comparison could not decide come here: by the command identities queue, or from systems by queueReview.",
)
WAITING: Final = ("未办结", "Waiting")
CAUSE: Final = ("原因", "Why")
ORDER: Final = ("次序", "Order")
LEFT: Final = ("部门记录", "The department's record")
RIGHT: Final = ("登记主体", "The register's entity")
PROBABILITY: Final = ("同一的可能", "Likely one")
AGE: Final = ("已等", "Waits for")
DAYS: Final = ("{days} 天", "{days} days")
TODAY: Final = ("今天送到", "since today")
HIDDEN: Final = ("不予显示", "not shown")
REVIEW: Final = ("复核", "Review")
COMPARED: Final = ("逐项比对", "Side by side")
COMPARED_HELP: Final = (
    "划线处为两方不同的字；仅写法不同的用点线。",
    "Underlined characters differ; dotted ones are only written otherwise.",
)
FIELD: Final = ("项目", "Field")
COMPARISON: Final = ("比对", "Comparison")
OTHERWISE: Final = ("写法不同", "written otherwise")
DIFFERENT: Final = ("不同", "differs")
LACKING: Final = ("没有此项", "none")
FIELDS: Final = {
    "name": ("名称", "Name"),
    "uscc": ("统一社会信用代码", "Credit code"),
    "regNo15": ("注册号", "Registration number"),
    "orgCode": ("组织机构代码", "Organisation code"),
    "address": ("地址", "Address"),
    "divisionCode": ("行政区划", "Division"),
    "licenceNo": ("许可证编号", "Licence number"),
    "status": ("状态", "Status"),
}
WHY: Final = ("比对怎么说", "What matching says")
HOW_LIKELY: Final = (
    (0.95, ("几乎可以认为同一", "almost certainly one")),
    (0.8, ("很可能同一", "very likely one")),
    (0.5, ("可能同一", "perhaps one")),
    (0.2, ("不大可能同一", "hardly one")),
    (0.0, ("几乎不可能同一", "almost certainly not one")),
)
"""From which probability on something is said."""
LIKELY: Final = ("{share}%，{zh}", "{share} %: {en}")
LIKELY_HELP: Final = (
    "概率用来排先后，不是结论：请看下面逐项比对，必要时电话或现场核实。",
    "The probability is for the order; look at the sides, and call or visit where needed.",
)
NO_REASONS: Final = ("没有留下理由，或您无权查看。", "There are no reasons, or none for you.")
KEY_OF: Final = ("部门编号", "Its key")
ENTITY: Final = ("主体", "Entity")
OWN: Final = ("部门记录自身代码所指的主体", "Entity of the record's own code")
LINKS: Final = ("已有的对应", "What is linked already")
LINKS_KEY: Final = ("此编号现在对应的主体", "What this key stands for")
LINKS_ENTITY: Final = ("登记主体已对应的编号", "Keys of the register's entity")
LINKS_OWN: Final = ("自身代码所指主体已对应的编号", "Keys of the entity of its own code")
NO_LINKS: Final = ("没有。", "None.")
METHOD: Final = ("方法", "Found")
CONFIDENCE: Final = ("可信度", "Confidence")
EVIDENCE: Final = ("证据", "Evidence")
SINCE: Final = ("认定", "Decided")
HISTORY: Final = ("历次对应", "What it stood for")
NOTHING_MORE: Final = ("不再对应", "nothing any more")
SO_FAR: Final = ("经过", "So far")
QUEUED: Final = ("送复核", "Queued")
SAID_SAME: Final = ("认定为同一，待他人确认", "Said that both are one; another person has to agree")
JOINED: Final = ("确认为同一，已生效", "Agreed that both are one; in force")
DISTINCT: Final = ("认定为不同主体", "Decided that they are not the same")
UNSURE: Final = ("看过，不能确定", "Looked, and could not tell")
YOU: Final = ("您", "you")
DECIDE: Final = ("作出认定", "Decide")
NOTE: Final = ("依据或理由", "Why")
NOTE_HELP: Final = (
    "1–500 字，如何核实的；不要填写证件号码。不能确定的，写明还缺什么。",
    "1 to 500 characters: how it was checked, no identity numbers; where you cannot tell, what is lacking.",
)
SAME: Final = ("同一主体", "Both are one")
SAME_SECOND: Final = ("我也认定为同一，立即生效", "I agree: both are one, at once")
NOT_SAME: Final = ("不是同一主体", "They are not the same")
NOT_SURE: Final = ("不能确定，留给他人", "I cannot tell")
FIRST_HELP: Final = (
    "您是第一人：认定同一后，还须另一人（登记数源部门或市信用办）确认才生效。",
    "You are the first of two: another person, of the register or the credit office, has to agree.",
)
SECOND_HELP: Final = (
    "{who} 已认定为同一。您确认即生效，须与其不是同一人，也不互为代理。",
    "{who} said that both are one. It takes effect if you agree; deputies of each other count as one person.",
)
OWN_HELP: Final = (
    "您已认定为同一，须由另一人确认。您仍可改为认定不同。",
    "You said that both are one: another person has to agree. You may still say that they differ.",
)
MERGES: Final = (
    "认定同一后：{own} 并入 {entity}，以旧代码查询的此后都答 {entity}；部门编号改为对应它。",
    "Both one: {own} is merged into {entity}, which answers for it from then on, and the key stands for it.",
)
LINKS_IT: Final = (
    "认定同一后：此部门编号登记为对应 {entity}。",
    "Both one: this key stands for {entity} from then on.",
)
CAME_OF_IT: Final = ("由此产生的承继", "What came of it")
UNDO_THERE: Final = ("在其页面撤销", "undone on its page")
DECIDED_ALREADY: Final = ("已办结，不能再认定。", "It is decided.")
FOR_OTHERS: Final = (
    "您只能查看：由市信用办、登记数源部门和记录所属部门认定。",
    "You may look: the credit office, the register's and the record's stewards decide.",
)
BACK: Final = ("返回队列", "Back to the queue")
NONE_SUCH: Final = ("没有此编号，或您无权查看。", "There is none of this number for you.")

SUCCESSION: Final = ("承继事项", "Succession")
SUCCESSIONS_LEAD: Final = (
    "主体合并、拆分、换码、更名、迁移：一人提出，另一人确认后即时生效；同样两人可整项撤销。",
    "Merged, split, re-coded, renamed, moved: one proposes, another confirms; two undo all of it.",
)
SUCCESSIONS_EMPTY: Final = ("没有符合条件的承继事项。", "No succession is like this.")
SUCCESSIONS_EMPTY_HELP: Final = (
    "在下方提出，或由复核认定同一而产生。",
    "Propose one below; a review that finds both one makes one, too.",
)
KIND: Final = ("方式", "Kind")
BEFORE: Final = ("原主体", "Before")
AFTER: Final = ("现主体", "After")
EFFECTIVE: Final = ("生效日", "Holds from")
WAS: Final = ("原名称或地点", "Was")
BECAME: Final = ("新名称或地点", "Became")
MOVED: Final = ("改定的编号", "Keys that move")
BASIS: Final = ("依据与理由", "Basis and reason")
ONE_A_LINE: Final = (
    "每行一个：统一社会信用代码、15 位注册号或网关标识。",
    "One a line: a code, an old registration number, or an id of the hub.",
)
AFTER_HELP: Final = (
    "每行一个；拆分时第一个承继原标识；更名、迁移不填。",
    "One a line; of a split, the first goes on; none for a new name or place.",
)
WAS_HELP: Final = ("更名、迁移须填。", "For a new name or place.")
MOVES: Final = ("拆分时改定的编号", "Keys that move in a split")
MOVES_HELP: Final = (
    "每行一个：部门代码 编号 现主体，以空格分开。",
    "One a line: department, key and entity, with blanks between.",
)
MOVES_WRONG: Final = ("“{line}”须为：部门代码 编号 现主体。", "“{line}” is not: department, key, entity.")
PROPOSE: Final = ("提出承继", "Propose a succession")
PROPOSE_ACT: Final = ("提出，待他人确认", "Propose it; another person confirms")
CONFIRM: Final = ("确认，即时生效", "Confirm: at once in force")
REFUSE: Final = ("退回", "Refuse it")
TAKE_BACK: Final = ("撤回我提出的", "Take back what I proposed")
UNDO: Final = ("提出撤销", "Ask that it be undone")
UNDO_SECOND: Final = ("同意撤销，整项恢复原状", "Agree: all of it is undone")
UNDO_REASON: Final = ("撤销理由", "Why")
PROPOSED: Final = ("提出", "Proposed")
CONFIRMED: Final = ("确认", "Confirmed")
REFUSED: Final = ("退回", "Refused")
UNDO_ASKED: Final = ("要求撤销", "Wanted it undone")
UNDONE: Final = ("同意撤销", "Agreed to undo it")
NEEDS_OTHER: Final = ("须由另一人办理：您已参与。", "Another person has to: you took part already.")

KEYS_LEAD: Final = (
    "各部门怎么编号、对应哪个主体、凭什么认定。编号与证据仅本部门和市信用办可见。",
    "Which key stands for which entity, and why. Keys and evidence are for their department and the credit office.",
)
KEYS_EMPTY: Final = ("没有您能看到的对应。", "There is no link that you may see.")
FIND_ENTITY: Final = ("主体：代码、注册号或标识", "Entity: its code, old number or id")
FIND_KEY: Final = ("或：部门编号", "Or: a key")
FIND: Final = ("查找", "Find")
FIND_ONE: Final = ("请填主体或编号其中一项。", "Give an entity, or a key.")
LINK: Final = ("登记本部门的编号", "Link a key of your department")
LINK_ACT: Final = ("登记对应", "Link it")
CONFIDENCE_HELP: Final = ("0 到 1；代码一致为 1。", "0 to 1; 1 where the codes are the same.")
HOME_CARD: Final = ("待认定的主体", "Pairs to look at")
HOME_SECOND: Final = ("待您确认", "waits for a second person")
