"""What the pages of sources, of dropped files and of the quality board say, in Chinese and English."""

from typing import Final

SOURCES: Final = ("数据源", "Sources")
SOURCES_LEAD: Final = (
    "各部门的数据源现在怎样、数据截至哪天；打开一个看失败原因、收到的文件和数据质量。",
    "How each source is and how old what it gives; open one for its failures, its files and its quality.",
)
SOURCES_EMPTY: Final = ("没有符合条件的数据源。", "No source is like this.")
SOURCES_EMPTY_HELP: Final = (
    "数据源写在配置文件的 [[source]] 中；本部门没有数据源时，这里为空。",
    "Sources stand under [[source]] in the configuration; this is empty where your department has none.",
)
SOURCE: Final = ("数据源", "Source")
ALL_DEPARTMENTS: Final = ("全部部门", "All departments")
AS_OF: Final = ("数据截至", "Data as of")
LAG: Final = ("距今 {days} 天", "{days} days ago")
LAG_NONE: Final = ("今天", "today")
NO_AS_OF: Final = ("尚未取得", "none so far")
NO_AS_OF_HELP: Final = (
    "数据源没有声明数据时间，或启动以来还没有人查询它。",
    "It declares no data time, or nobody has asked it since the start.",
)
ROWS: Final = ("记录数", "Rows")
ROWS_HELP: Final = ("最近一次质量检查读到的条数", "as the last quality run read them")
LAST_FAILURE: Final = ("最近一次失败", "Last failure")
NO_FAILURE: Final = ("启动以来没有失败", "None since the start")
NOT_SHOWN: Final = (
    "失败原因和运行情况只对管理员和本部门的数源管理员显示。",
    "Failures and figures are for administrators and the stewards of its department.",
)
WELL: Final = ("正常", "Well")
SLOW: Final = ("响应慢", "Slow")
SLOW_HELP: Final = (
    "耗时的中位数已超过时限的一半：请部门查看负载；约定允许时调大 timeout_ms。",
    "Its median is above half of its limit: ask the department for its load, or raise timeout_ms where that is agreed.",
)
PAUSED: Final = ("暂停查询", "Not asked")
WHAT_IT_MEANS: Final = ("意味着", "It means")
TO_DO: Final = ("如何处理", "What to do")
TECHNICAL: Final = ("原话", "As it was said")
FAILED_AT: Final = ("失败于 {moment}", "Failed {moment}")
RECOVERED: Final = ("此后已恢复应答", "It has answered since")
DIAGNOSE: Final = (
    "逐项诊断：在网关所在机器上运行 chengxin-hub doctor {name}",
    "Examine it on the hub's machine: chengxin-hub doctor {name}",
)
FIGURES: Final = ("运行情况", "How it runs")
LAST_ANSWER: Final = ("最近一次应答", "Last answer")
CALLS: Final = ("调用", "Calls")
CALLS_TOLD: Final = ("启动以来 {calls} 次，失败 {failures} 次", "{calls} since the start, {failures} failed")
IN_A_ROW: Final = ("连续失败 {count} 次", "{count} failures in a row")
TURNED_AWAY: Final = ("未发出 {count} 次（排队已满）", "{count} not put, too many were waiting")
PACE: Final = ("耗时", "Pace")
PACE_TOLD: Final = (
    "中位数 {median} 毫秒，95% 在 {p95} 毫秒内，时限 {limit} 毫秒",
    "median {median} ms, 95% within {p95} ms, limit {limit} ms",
)
NOT_ASKED_YET: Final = ("启动以来没有人查询它。", "Nobody has asked it since the start.")
RESTING: Final = ("暂停查询的记录", "Records that are not asked")
RECORDS: Final = ("记录与数据时间", "Records and their age")
AGE: Final = ("距今", "Age")
DAYS: Final = ("{days} 天", "{days} days")
MORE_OF_IT: Final = ("此数据源的其他页面", "More of this source")
OVERVIEW: Final = ("概况", "Overview")

FILES: Final = ("收到的文件", "Files")
FILES_LEAD: Final = (
    "每份文件采用、拒绝、存疑的行数；打开一份看各行的问题和建议。",
    "Rows of each file that were taken, rejected or doubtful; open one for what is wrong and what to do.",
)
FILES_EMPTY: Final = ("还没有收到文件。", "No file has been taken yet.")
FILES_EMPTY_HELP: Final = (
    "部门把文件放入约定的目录后，收取结果会列在这里，同时写入该目录的 reports。",
    "As soon as the department drops one, what became of it is listed here, and written into reports beside it.",
)
FILES_KEPT: Final = (
    "每种文件保留最近 100 份的结果，不长于数据本身的保留期限。",
    "The last 100 of each kind are kept, no longer than the rows themselves.",
)
FILE: Final = ("文件", "File")
RECORD: Final = ("记录", "Record")
RESULT: Final = ("结果", "Result")
TAKEN: Final = ("采用", "Taken")
REJECTED: Final = ("拒绝", "Rejected")
DOUBTFUL: Final = ("存疑", "Doubtful")
WITHDRAWN: Final = ("撤回", "Withdrawn")
WHEN: Final = ("处理时间", "When")
READ_AS: Final = ("读取方式", "Read as")
TAKING: Final = ("正在收取：已读 {rows} 行", "Being taken: {rows} rows so far")
CAN_LEAVE: Final = (
    "可离开此页，收取照常进行；页面每 10 秒更新。",
    "Leave as you like, it goes on; the page looks every ten seconds.",
)
WHY_REFUSED: Final = ("整份未采用", "Not taken at all")
REFUSED_HELP: Final = (
    "此前的数据照常使用。修正后以同一约定重新放入目录，会自动收取。",
    "What was taken before is served on. Correct it and drop it again, and it is taken by itself.",
)
FILE_ROWS: Final = ("需处理的行", "Rows to look at")
FILE_ROWS_GOOD: Final = ("每一行都已采用，没有存疑。", "Every row was taken, and none is doubtful.")
FILE_ROWS_NONE: Final = ("没有符合条件的行。", "No row is like this.")
COUNTS_ONLY: Final = (
    "各行的问题由本部门的数源管理员和审计管理员查看。",
    "What is wrong with its rows is for the stewards of its department and for audit.",
)
NO_CELLS: Final = ("行内容仅本部门的数源管理员可见。", "What a row holds is for the stewards of its department.")
CELLS_SHORTENED: Final = (
    "姓名已缩写，公民身份号码已隐去，敏感列不保存。查看已记入审计记录。",
    "Names are shortened, citizens' numbers hidden, sensitive columns not kept. That you looked is on record.",
)
ROW: Final = ("行号", "Row")
WHOLE_FILE: Final = ("整份", "whole file")
COLUMN: Final = ("列", "Column")
PROBLEM: Final = ("问题", "What is wrong")
ADVICE: Final = ("建议", "What to do")
ROW_HOLDS: Final = ("行内容", "The row")
KIND: Final = ("类型", "Kind")
REJECTED_ONLY: Final = ("该行未采用", "The row was not taken")
DOUBTFUL_ONLY: Final = ("已采用，请核对", "Taken, to be looked at")
OLDER: Final = ("更早的文件", "Older files")
BACK_TO_SOURCE: Final = ("返回数据源", "Back to the source")

QUALITY: Final = ("数据质量", "Quality")
QUALITY_LEAD: Final = (
    "各数据源是否完整、及时、正确；不合格的记录逐条列出，并说明如何改正。",
    "How complete, timely and right what a source delivers is; each row that fails is named, with what to do.",
)
QUALITY_EMPTY: Final = ("还没有质量检查的结果。", "Nothing has been examined yet.")
QUALITY_EMPTY_HELP: Final = (
    "质量检查逐条读取数据源，由数源部门或系统管理员发起；宜每夜一次，用命令：chengxin-hub quality run",
    "A run reads a source row by row; its steward or a system administrator begins it. Best every night, by command: chengxin-hub quality run",
)
START_RUN: Final = ("开始检查", "Run over it")
START_RUN_HELP: Final = (
    "在后台逐条读取此数据源；上次中断的从断点继续。可随时停止。",
    "The source is read row by row in the background, from where its last run was stopped. It can be stopped at any time.",
)
STOP_RUN: Final = ("停止检查", "Stop it")
RESUME_RUN: Final = ("继续检查", "Go on with it")
WORK_STATE: Final = ("后台检查", "In the background")
EXAMINED: Final = ("检查时间", "Examined")
READ: Final = ("已读", "Read")
FAILED: Final = ("不合格", "Failed")
FOUND: Final = ("{count} 处", "{count} findings")
NOTHING_FOUND: Final = ("未发现问题", "Nothing was found")
TREND: Final = ("趋势", "Trend")
TREND_TOLD: Final = ("最近 {count} 次检查的不合格数，从早到晚：{numbers}", "failed in the last {count} runs: {numbers}")
CHANGE: Final = ("与上次相比", "Since the run before")
NOTHING_READ: Final = ("没有可读的记录", "No rows to read")
FIRST_RUN: Final = ("首次检查", "the first run")
SAME: Final = ("不变", "the same")
RUNNING: Final = ("检查正在进行", "A run is under way")
RUNNING_TOLD: Final = ("已读 {rows} 条，发现 {found} 处", "{rows} rows read, {found} findings")
RUNNING_HELP: Final = (
    "可离开此页，再来时在这里找到它；页面每 10 秒更新。中断的检查再次开始即从断点继续，也可用命令：chengxin-hub quality run {name}",
    "Leave as you like and find it here again. One that was stopped goes on when it is begun again, here or by command: chengxin-hub quality run {name}",
)
RUN: Final = ("检查", "Run")
RUNS: Final = ("历次检查", "Runs")
RULES: Final = ("规则", "Rules")
RULE: Final = ("规则", "Rule")
CHECKED: Final = ("检查", "Checked")
SHARE: Final = ("占比", "Share")
GOOD_RULES: Final = ("另有 {count} 项检查未发现问题", "{count} more found nothing")
WHOLE_ROW: Final = ("整条记录", "the row as a whole")
FINDINGS: Final = ("不合格的记录", "Rows that failed")
FINDINGS_NONE: Final = ("没有符合条件的记录。", "No row is like this.")
FINDINGS_KEPT: Final = (
    "每条规则、每个字段保留前 1,000 条，全部计数；较早检查的明细只保留 24 次。",
    "Of each rule and field the first 1,000 are kept, all are counted; rows of the last 24 runs.",
)
FINDINGS_GONE: Final = ("这次检查的明细已不再保留。", "The rows of this run are kept no longer.")
KEY: Final = ("主键", "Key")
KEY_HELP: Final = (
    "主键仅本部门可见；其他人看到的是摘要，各次检查一致。",
    "The key at its source is for its own department; others see a digest that stays the same.",
)
UNREAD: Final = ("不能通读的记录", "Records that can't be read through")
UNMAPPED: Final = ("应有而未提供的字段", "Required fields that are not delivered")
TO_QUALITY: Final = ("查看数据质量", "See its quality")
NEXT: Final = ("下一页", "Next page")
START: Final = ("回到第一页", "First page")
SHOWN_FROM: Final = ("第 {first}–{last} 条", "{first} to {last}")
