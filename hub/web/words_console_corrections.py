"""What the console says of corrections, in Chinese and English."""

from typing import Final

TITLE: Final = ("校核", "Corrections")
LEAD: Final = (
    "某个值与事实不符：提出的人说明应为何值，数源部门在期限内核实答复。网关不改任何值。",
    "A value that is not what it should be: its owner looks into it and answers in time. The hub changes no value.",
)
TO_ANSWER: Final = ("待我部门答复", "To answer")
RAISED: Final = ("我提出的", "I raised")
EVERY: Final = ("全部", "All")
EMPTY: Final = ("没有符合条件的校核。", "No correction is like this.")
EMPTY_HELP: Final = (
    "有人提出、或网关发现两处来源不一致时，会列在这里并开始计时。",
    "They come here, with their clocks, when somebody raises one or the hub sees that sources differ.",
)
CORRECTION: Final = ("校核", "Correction")
FIELD: Final = ("字段", "Field")
ENTITY: Final = ("主体", "Entity")
OWNER: Final = ("负责部门", "Owner")
STATED: Final = ("应为", "It should be")
EVIDENCE: Final = ("依据", "Evidence")
RAISED_BY: Final = ("提出", "Raised")
BY_HUB: Final = ("网关比对发现", "by the hub, which saw that sources differ")
DUE: Final = ("最后答复日", "Answer by")
VALUES: Final = ("各方的值", "What sources say")
SOURCE: Final = ("来源", "Source")
VALUE: Final = ("值", "Value")
AS_OF: Final = ("数据时间", "Data time")
HIDDEN: Final = ("其他部门的非公开值，不予显示", "another department's, not public: not shown")
UNKNOWN_TIME: Final = ("未声明", "not told")
NO_VALUES: Final = (
    "由人员提出，没有比对值；现值请到数源系统核对。",
    "Raised by a person: there are no values to compare; look at the source.",
)
NOT_READ: Final = ("不予显示", "not shown")
ANSWER: Final = ("答复", "Answer")
ANSWERED: Final = ("已答复", "Answered")
ANSWER_HELP: Final = (
    "1–500 字，提出的人和该主体会看到；不要填写证件号码。",
    "1 to 500 characters; whoever raised it and the entity read it. No identity numbers.",
)
OUTCOMES: Final = (
    ("CORRECTED", ("已在数源更正", "It is corrected at the source")),
    ("CONFIRMED", ("核实无误", "It is right as it is")),
    ("REFERRED", ("转其他部门办理", "It is somebody else's")),
)
CORRECT_FIRST: Final = (
    "请先在数源系统更正，再选“已在数源更正”：下一次查询即显示数源的新值。",
    "Correct it at the source first: the next question shows what the source then says.",
)
WITHDRAW: Final = ("撤回我提出的", "Take it back")
OWN: Final = ("是您提出的，须由本部门另一人答复。", "You raised it: somebody else of your department answers.")
WAITS: Final = ("等待{owner}答复。", "{owner} has to answer.")
ENDED: Final = ("已办结。", "It has ended.")
RAISE: Final = ("提出校核", "Raise a correction")
RAISE_ACT: Final = ("提出，交负责部门核实", "Raise it")
RAISE_ENTITY: Final = ("主体：代码、注册号或标识", "Entity: its code, old number or id")
RAISE_FIELD: Final = ("字段坐标，如 Entity.name", "Coordinate of the field, like Entity.name")
RAISE_OWNER: Final = ("负责部门（多个数源时填）", "Owner, where several deliver the field")
STATED_HELP: Final = ("1–500 字；不要填写证件号码。", "1 to 500 characters, no identity numbers.")
NONE_SUCH: Final = ("没有此编号的校核，或您无权查看。", "There is no such correction for you.")
BACK: Final = ("返回列表", "Back to the list")
