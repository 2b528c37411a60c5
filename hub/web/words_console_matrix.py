"""What the scope matrix says: the sign, letter and sentence of each state, and the words of what is done in it."""

from dataclasses import dataclass
from typing import Final

Words = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is drawn: the shape, the letter beside it, and what a reader is told."""

    kind: str
    letter: str
    label: Words


_HELD = ("可查", "held")
SIGNS: Final = {
    "HELD": Sign("held", "查", ("可查：明文，全部行", "Held, in clear, every row")),
    "HELD_FILTERED": Sign("filtered", "部", ("可查：明文，仅部分行", "Held, in clear, some rows")),
    "MASKED": Sign("masked", "掩", ("可查：脱敏，全部行", "Masked, every row")),
    "MASKED_FILTERED": Sign("masked-filtered", "掩", ("可查：脱敏，仅部分行", "Masked, some rows")),
    "MIXED": Sign("masked", "混", ("部分行明文，部分行脱敏", "Clear for some rows, masked for others")),
    "REQUESTABLE": Sign("open", "请", ("可申请：从未授权", "Requestable, never granted")),
    "EXPIRED": Sign("over", "期", ("授权已到期，可再申请", "The grant has run out")),
    "OTHER_PURPOSE": Sign("open", "他", ("仅授权用于其他用途", "Granted for another purpose")),
    "DENIED": Sign("denied", "排", ("被拒绝类授权排除", "A denial takes it away")),
    "LACKING": Sign("open", "缺", ("所依据的字段未全部可查", "What it is computed from is lacking")),
    "FROZEN": Sign("frozen", "冻", ("授权或字段已冻结", "Frozen")),
    "WITHHELD": Sign("withheld", "禁", ("依法不予共享", "Withheld by law")),
    "HIDDEN": Sign("withheld", "隐", ("高于该角色层级，不可见", "Above the station of the role")),
}
LEGEND: Final = ("HELD", "MASKED", "HELD_FILTERED", "REQUESTABLE", "EXPIRED", "DENIED", "FROZEN", "WITHHELD")

TITLE: Final = ("授权矩阵", "Scope matrix")
LEAD: Final = (
    "每个部门以此角色、此用途能查什么。点开单元格看依据；方向键移动，回车打开，空格选择，G 起草授权。",
    "What each department sees in this role, for this purpose. Arrows move, Enter opens, Space selects, G drafts a grant.",
)
ROLE: Final = ("角色", "Role")
PURPOSE: Final = ("用途", "Purpose")
AS_OF: Final = ("截至日期", "As of")
AS_OF_HELP: Final = ("留空为现在", "Empty: now")
OVERLAY: Final = ("叠加申请", "Lay a request over it")
SHOW: Final = ("显示", "Show")
OTHERS: Final = ("其他各部门", "Any other department")
EXPIRING: Final = ("30 日内到期", "ends within 30 days")
UNUSED: Final = ("近 90 日无人查询", "unused for 90 days")
CHANGED: Final = ("申请生效后改变", "changed by the request")
OPEN_RECORD: Final = ("展开字段", "Show its fields")
CLOSE_RECORD: Final = ("收起", "Close")
CONSENT: Final = (
    "此用途须经当事人同意才答复；以下为取得同意之后的状态。",
    "This purpose waits for consent; these are the states once it is given.",
)
EMPTY: Final = ("没有部门以此角色被授权。", "No department is granted anything in this role.")
WHY: Final = ("为何如此", "Why it is so")
GIVEN_BY: Final = ("依据的授权", "Grants that give it")
NO_GRANT: Final = ("没有授权给出此字段。", "No grant gives it.")
DENIED_BY: Final = ("被以下授权排除", "Taken away by")
LACKS: Final = ("还缺", "Still lacking")
ROWS: Final = ("行条件", "Rows")
LAST_DAY: Final = ("授权至", "Until")
APPROVED: Final = ("批准", "Approved by")
RELEASED: Final = ("核准", "Released by")
ASKED: Final = ("申请", "Request")
USED: Final = ("近 90 日有人查询", "Asked within 90 days")
LAST_USE: Final = ("最近查询", "Asked last by")
LAST_REFUSED: Final = ("当时不可查", "not held then")
NEVER_USED: Final = (
    "记录中没有人以此角色、用途查询过。",
    "Nobody is on record to have asked for it in this role for this purpose.",
)
LAST_MORE: Final = ("最新的记录尚未计入，夜间补齐。", "The newest entries are not counted yet; that is done at night.")
PICK: Final = ("点一个单元格，这里说明依据。", "Choose a cell, and it is explained here.")
GRANT: Final = ("起草授权 G", "Draft a grant")
GRANT_SELECTED: Final = ("为所选字段起草授权", "Draft a grant for what is selected")
SELECTED: Final = ("已选 {count} 个字段", "{count} fields selected")
DRAFT_TITLE: Final = ("起草授权", "Draft a grant")
DRAFT_LEAD: Final = (
    "只起草申请：先看变化与重放，再提交；数源部门答复、安全管理员核准后才生效。",
    "This drafts a request. Owners answer and another person releases before anything takes effect.",
)
DRAFT_TRIAL: Final = (
    "安全管理员负责核准，不起草授权：这里可试算，再由数源部门管理员起草。",
    "A security administrator releases and drafts nothing: try it here, and have a steward draft it.",
)
FIELDS: Final = ("字段", "Fields")
MASKED: Final = ("脱敏提供", "Given masked")
FILTER: Final = ("行过滤", "Rows")
FILTER_ALL: Final = ("全部行", "Every row")
FILTER_OWN: Final = ("仅本行政区划（取调用方自己的值）", "The caller's own division")
FILTER_PREFIX: Final = ("仅以下区划代码开头", "Divisions beginning with")
RECORDS_A_DAY: Final = ("每日至多条数", "Records a day")
ENTITIES_A_DAY: Final = ("每人每日至多主体数", "Entities a person a day")
OPTIONAL: Final = ("可不填", "optional")
STARTS: Final = ("起始日", "First day")
ENDS: Final = ("最后一日", "Last day")
LEGAL: Final = ("法律依据", "Legal basis")
LEGAL_HELP: Final = ("写明法律法规及条款，2–500 字。", "Name the statute and article, 2 to 500 characters.")
REASON: Final = ("申请理由", "Why")
REASON_HELP: Final = (
    "1–500 字，加密保存；不要填写证件号码。",
    "1 to 500 characters, kept sealed; no identity numbers.",
)
DRAFT_ACT: Final = ("起草 {count} 个字段的授权", "Draft a grant of {count} fields")
TRIAL_ACT: Final = ("试算", "Try it")
TRIAL_RESULT: Final = ("试算结果", "What would become of it")
EXPORT: Final = ("导出 CSV", "Export CSV")
IMPORT: Final = ("导入授权表", "Import a sheet")
IMPORT_LEAD: Final = (
    "从电子表格复制（含表头）并粘贴到下面，先预览，再起草一份申请；不会自行生效。",
    "Copy the rows with their heads from a spreadsheet, paste them here, preview, then draft one request.",
)
IMPORT_FIELD: Final = ("授权表内容", "Rows")
IMPORT_FILE: Final = ("或选择 .xlsx 或 .csv 文件", "or choose an .xlsx or .csv file")
IMPORT_FILE_HELP: Final = (
    "至多 2 MB、500 行；公式不予计算。选了文件，以文件为准。",
    "At most 2 MB and 500 rows; no formula is evaluated. A file goes before what is pasted.",
)
EXPORT_XLSX: Final = ("导出 XLSX", "Export XLSX")
PREVIEW: Final = ("预览", "Preview")
IMPORT_DRAFT: Final = ("按此起草申请", "Draft the request")
SHEET_EMPTY: Final = ("表中没有数据行。", "There are no rows.")

SEE_AS: Final = ("以他人视角", "See as")
SEE_AS_LEAD: Final = (
    "以某部门、角色、用途提一个真实的问题，看每个字段会怎样答复。实际值只对试用主体显示；每次都记入审计记录。",
    "Put a real question as somebody else: how each field would be answered. Values are of the entity for trying only.",
)
QUESTION: Final = ("问题（GraphQL）", "Question (GraphQL)")
SEE_ACT: Final = ("查看答复结构", "See the answer's form")
SEE_ANSWER: Final = ("查看试用主体的实际答复", "See the real answer")
SEE_SAMPLE: Final = ("可查看实际答复的试用主体", "The made-up entity of which answers are shown")
SEE_NO_SAMPLE: Final = (
    "未配置试用主体，只显示状态。在配置的 [console] 中以 sample 填写一个虚构主体的代码，即可查看实际答复。",
    "States only: no entity for trying is configured. Name a made-up one in [console], sample, to see answers.",
)
SEE_RAW: Final = ("完整答复（JSON）", "The whole answer")
CASE: Final = ("案件或任务编号", "Case number")
CASE_HELP: Final = (
    "用途要求案件的必填；须核实案件的用途，与真实查询一样核实，但不留核实记录。",
    "For purposes that demand one; where it has to be known, it is looked up as for a real question, and not noted.",
)
WITH_CASE: Final = ("{purpose}（须填案件编号）", "{purpose} (needs a case)")
SEE_RESULT: Final = ("答复结构", "Form of the answer")
SEE_EXPLAIN: Final = (
    "▪ 为会得到的值，◐ 为脱敏后的值，∅ 为不会得到；小方块为授权矩阵中的状态，点开说明依据。",
    "▪ a value, ◐ a masked value, ∅ none; the small shape is the cell of the matrix, and leads to why.",
)
DEPARTMENT: Final = ("部门", "Department")
PUBLIC: Final = ("公众", "The public")
