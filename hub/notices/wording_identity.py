"""What notices about identities and corrections say: numbers, fields and days, never a value or which entity it is."""

from hub.events import Event, Who

OUTCOMES: dict[str, tuple[str, str]] = {
    "CORRECTED": ("已更正", "corrected"),
    "CONFIRMED": ("核实无误", "found right as it is"),
    "REFERRED": ("转其他部门办理", "referred to somebody else"),
}
"""What an owner says of a correction."""

SENTENCES: dict[Event, tuple[str, str]] = {
    Event.CORRECTION_ANSWERED: (
        "您提出的校核{correction}（{field:field}）已由数源部门{owner:office}办结：{outcome:kind}。说明见该校核。",
        "{owner:office} answered your correction {correction} ({field:field}): {outcome:kind}. What it says stands with it.",
    ),
    Event.CORRECTION_DUE_SOON: (
        "校核{correction}须于{due:day}前核实答复，请尽快办理。",
        "Correction {correction} has to be answered by {due:day}: please see to it.",
    ),
    Event.CORRECTION_OPENED: (
        "有校核{correction}（{field:field}）待贵部门核实，期限至{due:day}。",
        "Correction {correction} ({field:field}) waits for your department, until {due:day}.",
    ),
    Event.CORRECTION_OVERDUE: (
        "校核{correction}应于{due:day}前答复，现已逾期，请立即办理。",
        "Correction {correction} should have been answered by {due:day} and is overdue: see to it at once.",
    ),
    Event.REVIEW_WAITING: (
        "有主体对应复核{review}待办理。",
        "Review {review} waits: a person has to say whether two records are one entity.",
    ),
    Event.SUCCESSION_CONFIRMED: (
        "主体承继{succession}已经两人确认，现为有效。",
        "Succession {succession} is confirmed by two people and in force.",
    ),
    Event.SUCCESSION_PROPOSED: (
        "有主体承继{succession}待确认，须由提出人以外的人员办理。",
        "Succession {succession} waits to be confirmed, by somebody other than who proposed it.",
    ),
    Event.SUCCESSION_REFUSED: ("主体承继{succession}已退回，未生效。", "Succession {succession} was refused."),
    Event.SUCCESSION_UNDONE: (
        "主体承继{succession}已撤销，恢复原状。",
        "Succession {succession} was undone: all is as it was before.",
    ),
    Event.SUCCESSION_UNDO_ASKED: (
        "有人要求撤销主体承继{succession}，须由另一人同意。",
        "Somebody wants succession {succession} undone; another person has to agree.",
    ),
}

FOR_ENTITIES: dict[tuple[Event, Who], tuple[str, str]] = {
    (Event.CORRECTION_ANSWERED, Who.ENTITY): (
        "关于贵单位信息（{field:field}）的校核{correction}已由数源部门{owner:office}办结：{outcome:kind}。如有异议，请向该部门提出。",
        (
            "{owner:office} answered correction {correction} of what is on record of you ({field:field}): {outcome:kind}. If you"
            " disagree, tell that department."
        ),
    ),
}
