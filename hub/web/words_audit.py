"""What the section of audit says, in Chinese and English; where a sentence has places, they are named."""

from typing import Final

Words = tuple[str, str]

AUDIT: Final = ("审计", "Audit")
SEARCH: Final = ("检索记录", "Search")
SEARCH_LEAD: Final = (
    "谁在何时为何查了什么、办了什么。只有元数据，没有查询结果，也没有姓名；检索本身留痕。",
    "Who asked and did what, when and for what. Metadata only, no values and no names; searching is recorded itself.",
)
FIRST_DAY: Final = ("首日", "First day")
LAST_DAY: Final = ("末日", "Last day")
KIND_OF_ACT: Final = ("查询或办理事项", "Question or act")
ONLY_QUESTIONS: Final = ("仅查询", "Questions only")
CLIENT: Final = ("客户端", "Client")
PERSON: Final = ("人员（账号名或编号）", "Person (account or id)")
ROLE: Final = ("角色", "Role")
PURPOSE: Final = ("用途", "Purpose")
CASE: Final = ("案件编号", "Case number")
OUTCOME: Final = ("结果", "Outcome")
FIELD: Final = ("字段", "Field")
ENTITY: Final = ("统一社会信用代码", "Credit code")
REQUEST_ID: Final = ("查询编号", "Request number")
DIGEST: Final = ("人员摘要", "Digest of the person")
MORE_FILTERS: Final = ("更多条件", "More")
DO_SEARCH: Final = ("检索", "Search")
SEALED: Final = (
    "主体代码、案件编号和人员以密文留在网址中：可收藏，可转给其他审计人员，旁人读不出。",
    "Codes, cases and persons stand sealed in the address: it may be kept and handed to other auditors, and nobody else can read it.",
)
FLAGS: Final = {
    "night": ("夜间", "At night"),
    "emergency": ("应急调阅", "Broken glass"),
    "denied": ("有值未提供", "Something withheld"),
    "unverifiedCase": ("案件无法核实", "Unknown case"),
}
OUTCOMES: Final = {
    "ANSWERED": ("已答复", "Answered"),
    "REJECTED": ("被拒绝", "Rejected"),
    "EXPLAINED": ("只问能否查询", "Explained"),
    "FAILED": ("因故障未答复", "Failed"),
    "CANCELLED": ("中途取消", "Cancelled"),
    "GRANTED": ("已办理", "Done"),
    "ALREADY": ("此前已办理", "Done before"),
    "REFUSED": ("未获办理", "Refused"),
    "DENIED": ("未获办理", "Denied"),
    "TOLD": ("已告知", "Told"),
    "WAITING": ("待另一人办理", "Waits for another person"),
    "AGREES": ("相符", "Agrees"),
    "DIFFERS": ("不符", "Differs"),
    "JUSTIFIED": ("认定正当", "Justified"),
    "UNJUSTIFIED": ("认定不当", "Not justified"),
}
SOUGHT: Final = ("条件", "Conditions")
BEGIN: Final = ("请选择期间和条件，然后检索。", "Choose a period and what to look for, then search.")
BEGIN_HELP: Final = (
    "未检索前不读取记录。一次至多 366 日。",
    "Nothing is read before that. A search spans 366 days at most.",
)
NOTHING: Final = ("没有符合条件的记录。", "No entry fits.")
NOTHING_HELP: Final = (
    "请放宽期间或条件。超过保存期限的，已不能按主体、案件或人员查到。",
    "Widen the period or the conditions. What is past its time is not found by entity, case or person any more.",
)
INCOMPLETE: Final = (
    "索引到第 {position} 条为止，其后的稍后可查到。",
    "The index reaches up to entry {position}; what follows is found a little later.",
)
POSITION_SHORT: Final = ("位置", "Position")
WHAT: Final = ("内容", "What")
ENTRY: Final = ("第 {position} 条", "Entry {position}")
NEWEST: Final = ("回到最新", "Newest")
NEWER_ENTRY: Final = ("后一条", "Next")
OLDER_ENTRY: Final = ("前一条", "Previous")

WHOLE_LEAD: Final = (
    "记录本身只含摘要和元数据。查看本条已留痕。",
    "An entry holds digests and metadata only. That you read it is on record.",
)
PROVEN: Final = ("已证明在审计日志中", "Proven to be in the log")
PROVEN_HELP: Final = (
    "{path} 个散列引向涵盖 {size} 条的检查点，刚刚重新计算，与签署的一致。",
    "{path} hashes lead to the checkpoint of {size} entries; worked out just now, they agree with what was signed.",
)
UNPROVEN: Final = ("待检查点签署", "Waits for a checkpoint")
UNPROVEN_HELP: Final = ("最迟 {moment} 可证明。", "It can be proven by {moment:en} at the latest.")
RECEIPT: Final = ("披露回执", "Receipt")
RECEIPT_JSON: Final = ("回执文件（JSON）", "Receipt (JSON)")
RECEIPT_PDF: Final = ("回执（PDF）", "Receipt (PDF)")
VERIFY_ELSEWHERE: Final = ("离线核验页", "Page that verifies it offline")
HASH: Final = ("散列", "Hash")
TIME: Final = ("时间", "When")
CONCERNED_RECALLS: Final = ("涉及的召回", "Recalls of it")
ENTITY_DIGEST: Final = ("主体摘要", "Digest of the entity")
PERSON_DIGEST: Final = ("人员摘要", "Digest of the person")
CASE_DIGEST: Final = ("案件摘要", "Digest of the case")
SAME_PERSON: Final = ("同一人的记录", "Of the same person")
SAME_REQUEST: Final = ("同一查询编号的记录", "Of the same request")
ALL_KEPT: Final = ("记录原文", "The entry itself")
FIELDS: Final = ("字段", "Fields")
ENTITIES: Final = ("涉及主体数", "Entities")
DENIED: Final = ("未提供的值", "Values withheld")
SOURCES: Final = ("数据源", "Sources")
STATES: Final = ("状态", "States")
ROWS: Final = ("行", "rows")

RECEIPTS: Final = ("回执", "Receipts")
RECEIPTS_LEAD: Final = (
    "打开自己查询的回执；未登录的查询，须出示答复所附的查询编号和散列。审计人员可按位置打开任何一条。",
    "Open the receipt of one's own question; of a question without login by the number and hash that came with its answer. Auditors open any by position.",
)
SHOW_RECEIPT: Final = ("查看内容", "What is in it")
OPEN_RECEIPT: Final = ("打开回执", "Open")
HASH_HELP: Final = (
    "答复 extensions.receipt 中的 hash,64 位十六进制；自己的查询可不填。",
    "hash in extensions.receipt, 64 hexadecimal digits; not needed for one's own.",
)
POSITION_LABEL: Final = ("审计记录中的位置", "Position in the record")
POSITION_HELP: Final = ("填位置，或填查询编号。", "Either the position, or the request number.")
RECEIPT_WAITS: Final = (
    "回执尚待检查点签署，最迟 {moment} 可取。请届时再打开。",
    "The receipt waits for a checkpoint, until {moment:en} at the latest. Open it again then.",
)

ANOMALIES: Final = ("异常", "Anomalies")
ANOMALIES_LEAD: Final = (
    "值得查看，不等于不当。查看后写下意见，即从列表中移出，意见留存。",
    "Worth a look, and no verdict. Once a finding is written down it leaves the list, and the finding is kept.",
)
ANOMALIES_EMPTY: Final = ("这段时间没有待查看的异常。", "Nothing conspicuous waits in this period.")
ANOMALIES_EMPTY_HELP: Final = (
    "每日核对一次前一日的记录；有异常时通知审计人员，并列在这里。",
    "Each day the day before is looked at; audit is told, and it is listed here.",
)
ALSO_SEEN: Final = ("包括已查看的", "Those that were looked at, too")
SEE_ENTRIES: Final = ("查看这些记录", "See the entries")
LOOKED: Final = ("已查看", "Looked at")
FINDING: Final = ("意见", "Finding")
FINDING_HELP: Final = ("1–500 字；不要填写证件号码。", "1 to 500 characters; no identity numbers.")
NOTE: Final = ("记下意见", "Note it")
UNREVIEWED: Final = ("待复核的应急调阅另见", "Unreviewed break-glass stands under")

WORKS: Final = ("核验与材料", "Verify and pack")
WORKS_LEAD: Final = (
    "在后台重算全部记录并与检查点核对，或生成年度审计材料。可以离开本页，稍后再看；一次只做一项。",
    "The whole record is hashed anew and compared with its checkpoints, or a year packed, in the background. Leave and come back; one is done at a time.",
)
WORKS_EMPTY: Final = ("还没有核验过。", "Nothing was verified yet.")
WORKS_EMPTY_HELP: Final = (
    "核验不影响查询；一百万条约需数分钟，随服务器忙闲而定。",
    "It holds up no question; a million entries take some minutes, depending on how busy the server is.",
)
DO_VERIFY: Final = ("核验全部记录", "Verify the record")
DO_PACK_ANY: Final = ("生成年度材料", "Make the pack")
NUMBER: Final = ("编号", "Number")
ENTRIES: Final = ("已核对的记录", "Entries verified")
ENDED: Final = ("结束", "Ended")
PACK_YEAR: Final = ("年度", "Year")
PACK_INSIDE: Final = ("年度材料中有什么", "What is in a pack")
PACK_PARTS: Final = (
    (("summary.html", ("可阅读和打印的汇总页", "a page to read and print"))),
    (("counts.csv", ("各部门各用途的查询数", "questions by department and purpose"))),
    (("denials.csv", ("被拒绝的查询", "what was denied"))),
    (("unverified.csv", ("无法核实的案件及抽样", "cases nobody knew, with a sample"))),
    (("break-glass.csv", ("应急调阅及复核", "broken glass and its review"))),
    (("anomalies.csv", ("异常", "anomalies"))),
    (("objections.csv · recalls.csv", ("异议、召回", "objections, recalls"))),
    (("checkpoints.txt", ("每日最后一个检查点", "the last checkpoint of each day"))),
    (("verify.json", ("重算全部记录的结果", "what hashing the whole record anew found"))),
    (("manifest.json", ("每个文件的 SHA-256", "SHA-256 of every file"))),
)
PACK_NOTHING: Final = (
    "只有统计和元数据：没有查询结果，没有姓名，没有人写的文字。",
    "Counts and metadata: no value, no name, no text that somebody wrote.",
)
KIND: Final = ("事项", "What")
STATE: Final = ("状态", "State")
BEGUN: Final = ("提出", "Begun")
DONE_OF: Final = ("{done} / {total} 条", "{done} of {total}")
SECONDS_LEFT: Final = ("约剩 {seconds} 秒", "about {seconds} s left")
MINUTES_LEFT: Final = ("约剩 {minutes} 分钟", "about {minutes} min left")
COUNTING: Final = ("正在统计和核对检查点", "Counting, and looking at checkpoints")
WAITS: Final = ("等待开始，通常数秒内", "Waits to begin, some seconds usually")
REFRESH: Final = ("刷新", "Refresh")
STOP: Final = ("停止", "Stop")
RESUME: Final = ("继续", "Go on")
AGREES: Final = (
    "全部 {entries} 条记录已重新计算，与签署的检查点一致。",
    "All {entries} entries were hashed anew, and agree with what was signed.",
)
UNSIGNED: Final = (
    "最后 {count} 条尚未被检查点涵盖，一分钟内自动签署。",
    "The last {count} are under no checkpoint yet; one is signed within a minute.",
)
DIFFERS: Final = ("有 {count} 处与签署时不符。", "{count} places differ from what was signed.")
DIFFERS_WHAT: Final = (
    "请保留存储和检查点文件原状，不要重启；用 verify-audit 在另一台机器上以存储外的检查点复核；通知安全管理员和收存检查点的单位。",
    "Keep the store and the file of checkpoints as they are, and do not restart; repeat it by verify-audit on another machine with checkpoints from outside; tell security, and whoever keeps checkpoints.",
)
MORE_DIFFERENCES: Final = ("另有 {count} 处", "{count} more")
STOPPED_TEXT: Final = ("已停在第 {done} 条。继续时从这里接着核对。", "Stopped at entry {done}; it goes on from there.")
FAILED_TEXT: Final = (
    "未能完成（{fault}）。请检查存储和磁盘，然后继续；仍不行时用命令行 verify-audit 或 record pack。",
    "Not finished ({fault}). Look at the store and the disk, then go on; else use verify-audit or record pack by command.",
)
SINCE_TEXT: Final = (
    "分段核对：第 {since} 条之前由前段核对，此后的改动不在本次结果内。",
    "Verified in stretches: entries before {since} by an earlier one; what was changed there since is not in this result.",
)
CHECKPOINTS: Final = ("相符的检查点", "Checkpoints that hold")
CHECKPOINTS_TEXT: Final = ("存储内 {inside} 个，存储外 {outside} 个", "{inside} in the store, {outside} outside")
SIGNED: Final = ("已签署", "Signed")
SIGNED_TEXT: Final = ("{signed} 条，最新检查点 {moment}", "{signed} entries, newest checkpoint {moment}")
WITNESSES: Final = ("见证方联署", "Cosigned by")
NO_WITNESS: Final = ("没有见证方", "No witness")
FETCH_PACK: Final = ("下载年度材料（ZIP,{size} kB）", "Download the pack (ZIP, {size} kB)")
PACK_GONE: Final = ("已由较新的年度材料替换。", "A newer pack took its place.")
NOT_EVIDENCE: Final = (
    "此结果由网关自己得出，便于日常查看；作为证据，请用 verify-audit 在网关之外核验。",
    "The hub says so itself, for daily use; as evidence, verify outside the hub by verify-audit.",
)

RECEIVERS: Final = ("谁收到了什么", "Who received what")
RECEIVERS_LEAD: Final = (
    "某主体的内容给了哪些部门和客户端，何时、几次、哪些字段。查看留痕。",
    "Which departments and clients received what of an entity: when, how often, which fields. Asking is recorded.",
)
RECEIVERS_BEGIN: Final = ("填写统一社会信用代码和期间，然后查看。", "Give a credit code and a period.")
RECEIVERS_NONE: Final = ("这段时间没有人收到过。", "Nobody received it in this period.")
DO_RECEIVERS: Final = ("查看", "Show")
ANY_FIELD: Final = ("任何字段", "Any field")
TIMES: Final = ("次数", "Times")
FIRST_LAST: Final = ("首次 – 最近", "First – last")
THE_PUBLIC: Final = ("公众", "The public")

RECALLS: Final = ("召回", "Recalls")
RECALLS_LEAD: Final = (
    "数源部门更正或撤销了已提供的内容，收到过的调用方均已得到通知。",
    "A department corrected or withdrew what it gave; whoever received it was told.",
)
RECALLS_EMPTY: Final = ("没有召回。", "Nothing was recalled.")
RECALLS_EMPTY_HELP: Final = (
    "数源部门发现已提供的内容有误时在此召回，网关按记录通知每个收到过的调用方。",
    "Where a department finds that what it gave was wrong it recalls it here, and every client that received it is told.",
)
TOLD: Final = ("告知", "Told")
TOLD_COUNT: Final = ("{clients} 个调用方，{entries} 条记录", "{clients} clients, {entries} entries")
TOLD_ALL: Final = ("收到过的均已告知", "whoever received it was told")
RECALL_SINCE: Final = ("自何日起可能有误", "Wrong since")
RECALL_KIND: Final = ("缘由", "Why")
RECALL_REASON: Final = ("说明", "In words")
DO_RECALL: Final = ("召回，并告知所有收到过的调用方", "Recall it, and tell whoever received it")
RECALL_ADD: Final = ("召回一项内容", "Recall a fact")
RECALL_HELP: Final = (
    "1–500 字，随通知发出；不能撤销，一个部门一日至多 50 次。",
    "1 to 500 characters, sent with the notice. It cannot be taken back; 50 a day for a department.",
)

OBJECTIONS: Final = ("异议", "Objections")
OBJECTIONS_LEAD: Final = (
    "经营主体对一次查询提出的异议。查询部门先说明，审计认定，意见告知经营主体。",
    "What entities object to in a look-up. The department explains, audit decides, the entity reads the finding.",
)
OBJECTIONS_EMPTY: Final = ("没有异议。", "There are no objections.")
OBJECTIONS_EMPTY_HELP: Final = (
    "经营主体在“谁查过我”中提出后列在这里，并通知查询部门和审计。",
    "They are listed here once an entity objects to a look-up; the department and audit are told.",
)
OBJECTION_REASON: Final = ("异议理由", "Why")
EXPLANATION: Final = ("查询部门的说明（只供审计）", "What the department says (for audit only)")
DECISION: Final = ("认定意见（告知经营主体）", "Finding (the entity is told)")
LOOKUP: Final = ("所针对的查询", "Look-up")
DO_EXPLAIN: Final = ("提交说明", "Explain")
JUSTIFIED: Final = ("认定查询正当", "It was justified")
UNJUSTIFIED: Final = ("认定查询不当", "It was not justified")
FORGOTTEN: Final = ("摘要密钥已到期销毁", "the key of its digests was destroyed")
TEXT_HELP: Final = ("1–500 字；不要填写证件号码。", "1 to 500 characters; no identity numbers.")

HOLDS: Final = ("保全", "Holds")
HOLDS_LEAD: Final = (
    "保全期间，自该日起的记录的摘要密钥不销毁。因诉讼、调查等需要时设立，结束后解除。",
    "While a hold lasts, keys of the record from its day on are not destroyed. Make one for a proceeding, and lift it when that is over.",
)
HOLDS_EMPTY: Final = ("没有保全。", "Nothing is held.")
HOLDS_EMPTY_HELP: Final = (
    "没有保全时，摘要密钥到期自动销毁。",
    "Without one, keys of digests are destroyed when their time is over.",
)
HELD: Final = ("保全中", "Holds")
LIFTED: Final = ("已解除", "Lifted")
HOLD_FROM: Final = ("自 {day} 起", "From {day:en} on")
HOLD_ADD: Final = ("设立保全", "Hold the record")
DO_HOLD: Final = ("保全自该日起的记录", "Hold it from that day on")
DO_LIFT: Final = ("解除保全", "Lift it")
LIFT_REASON: Final = ("解除的理由", "Why it is lifted")
REASON: Final = ("理由", "Why")
REASON_HELP: Final = ("1–200 字，加密留存。", "1 to 200 characters, kept sealed.")
BY: Final = ("人员", "Person")
