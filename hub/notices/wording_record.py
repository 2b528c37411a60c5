"""What notices about objections, recalls and anomalies say."""

from hub.events import Event

KINDS: dict[str, tuple[str, str]] = {
    "CORRECTED": ("更正", "corrected"),
    "WITHDRAWN": ("撤销", "withdrawn"),
    "JUSTIFIED": ("查询正当", "the look-up was justified"),
    "UNJUSTIFIED": ("查询不当", "the look-up was not justified"),
}
"""Why a fact is recalled, and what audit finds."""

SENTENCES: dict[Event, tuple[str, str]] = {
    Event.ANOMALIES_FOUND: (
        "{day:day}的审计记录中有{count}处异常，请查看。异常不等于不当。",
        "There are {count} anomalies in the record of {day:day}: look at them. An anomaly is no verdict.",
    ),
    Event.FACT_RECALLED: (
        (
            "召回{recall}：统一社会信用代码为{entity}的经营主体的{field:field}已{change:kind}。客户端{client}曾{questions}次收到该内容，请重新查询，"
            "并复核据此作出的决定。"
        ),
        (
            "Recall {recall}: {field:field} of {entity} was {change:kind}. Client {client} received it {questions} times: ask again, and look"
            " again at what was decided by it."
        ),
    ),
    Event.OBJECTION_FILED: (
        "经营主体对一次查询提出异议{objection}，请查询部门尽快说明，审计管理员须于{due:day}前认定。",
        (
            "An entity objects to a look-up, {objection}: the department that looked explains it soon, and audit"
            " decides by {due:day}."
        ),
    ),
    Event.OBJECTION_DUE_SOON: (
        "异议{objection}须于{due:day}前认定，请尽快办理。",
        "Objection {objection} has to be decided by {due:day}: please see to it.",
    ),
    Event.OBJECTION_OVERDUE: (
        "异议{objection}应于{due:day}前认定，现已逾期，请立即办理。",
        "Objection {objection} should have been decided by {due:day} and is overdue: see to it at once.",
    ),
    Event.OBJECTION_DECIDED: (
        "异议{objection}已认定：{outcome:kind}。意见见该异议。",
        "Objection {objection} was decided: {outcome:kind}. What was found stands with it.",
    ),
}
