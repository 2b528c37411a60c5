"""What the console says of mappings, in Chinese and English."""

from typing import Final

TITLE: Final = ("数据映射", "Mappings")
LEAD: Final = (
    "每个字段读自哪一列、怎么读。在这里改、试读、比较；正在运行的映射不会改变。",
    "From which column each field is read, and how. Change it here, try it, compare; what runs is not changed.",
)
EMPTY: Final = ("没有由您部门负责的数据源。", "Your department answers for no source.")
SOURCE: Final = ("数据源", "Source")
RECORD: Final = ("记录", "Record")
KIND: Final = ("类型", "Kind")
SAMPLE: Final = ("试读", "Trial")
SAMPLED: Final = ("可取样", "from its rows")
PASTED: Final = ("须粘贴应答", "from an answer that is pasted")
FIELD: Final = ("字段", "Field")
COLUMN: Final = ("列", "Column")
HOW: Final = ("读法", "How it is read")
HOW_HELP: Final = (
    "TOML:type(compact、date、timestamp、native、excel、epoch)、separator、unit、absent、endless、loose、constant。",
    "TOML: type, separator, unit, absent, endless, loose, constant.",
)
CODES: Final = ("代码表", "Codes")
CODES_OF: Final = ("代码表（{count}）", "Codes ({count})")
CODES_HELP: Final = ("每行一个：源头所写 = 取值。取值：{values}", "One a line: what is written = value.")
FOUND: Final = ("样本", "Sample")
SUGGESTED: Final = ("建议", "Suggestion")
TAKE: Final = ("采用 {column}", "Take {column}")
SURE: Final = ("把握 {share}%", "{share} % sure")
FILLED: Final = ("{filled}/{count} 行有值", "{filled} of {count}")
UNREADABLE: Final = ("{count} 行无法识别", "{count} cannot be read")
CELL_UNREADABLE: Final = ("“{text}”无法识别", "“{text}” cannot be read")
CELL_EMPTY: Final = ("空", "empty")
WITHHELD: Final = (
    "此列涉及个人，不能读入其他字段试读。",
    "This column concerns persons: it is not tried as another field.",
)
VEILED: Final = ("涉及个人，不显示其值", "concerns persons; its values are not shown")
NOT_MAPPED: Final = ("未映射", "not mapped")
MISSING: Final = ("数据源没有这一列", "The source has no such column")
MORE: Final = ("表示“没有”的写法、粘贴样本", "Texts for nothing, a sample that is pasted")
TRY: Final = ("试读", "Try it")
TRY_HELP: Final = (
    "读取至多 50 行，个人信息脱敏，不保存；每次试读记入审计。",
    "Reads 50 rows at most, masked where they concern persons, kept nowhere; each trial is on record.",
)
RESET: Final = ("恢复为现行映射", "Back to what runs")
ANSWER: Final = ("粘贴一份应答（JSON）", "Paste an answer, as JSON")
ANSWER_HELP: Final = (
    "可取样的数据源不必粘贴，按其现行配置取样。至多 60000 字；请先删去证件号码。不保存。",
    "Not needed where rows can be read, by the source as it is configured. 60,000 characters at most, without identity numbers. Kept nowhere.",
)
ABSENT: Final = ("表示“没有”的写法", "Texts that stand for nothing")
ABSENT_HELP: Final = ("每行一个，用于所有列。", "One a line, for all columns.")
NEVER: Final = ("永不读取的列", "Columns that are never read")
TRIED: Final = ("已试读 {count} 行", "Tried on {count} rows")
NOT_TRIED: Final = ("尚未试读。", "Not tried yet.")
FAULTS: Final = ("映射有误，未读取数据", "The mapping is not right; no row was read")
BY_ROW: Final = ("按行查看（{count} 行）", "Row by row ({count})")
CHANGES: Final = ("与现行映射的差异", "What it changes")
NO_CHANGES: Final = ("与现行映射相同。", "The same as what runs.")
TEXT: Final = ("映射全文", "The mapping")
TEXT_HELP: Final = (
    "下载后交给系统管理员：替换 hub.toml 中该数据源该记录的同名各项，执行 chengxin-hub check，再重启服务。",
    "Give it to the administrator: it replaces the same keys of this record in hub.toml; then chengxin-hub check, and restart.",
)
DOWNLOAD: Final = ("下载", "Download")
READ_ONLY: Final = (
    "您可查看映射；试读由负责部门的数源管理员进行。",
    "You may look; it is tried by a steward of the department that answers for it.",
)
NONE_SUCH: Final = ("没有此数据源，或不由您部门负责。", "There is no such source for you.")
BACK: Final = ("全部映射", "All mappings")
HOW_WRONG: Final = ('{place} 的读法不是 TOML，如：type = "compact", loose = true', "How {place} is read is no TOML.")
CODE_WRONG: Final = ("{place} 的代码表每行须为：源头所写 = 取值", "Codes of {place} take a line each: written = value.")
PLACES: Final = {
    "local": ("行的编号列", "Row's own identifier"),
    "as_of": ("数据时间列", "Data time"),
    "disputed": ("异议中标志列", "Under objection"),
    "keys.uscc": ("所属主体的代码列", "Code of its entity"),
}
SOURCE_KINDS: Final = {
    "sql": ("数据库", "database"),
    "tabular": ("文件", "files"),
    "memory": ("固定数据", "fixed rows"),
    "rest": ("接口服务（JSON）", "JSON service"),
    "graphql": ("接口服务（GraphQL）", "GraphQL service"),
    "soap": ("接口服务（SOAP）", "SOAP service"),
}
KINDS: Final = {
    "text": ("文本", "text"),
    "code": ("代码", "code"),
    "int": ("整数", "number"),
    "boolean": ("是否", "yes or no"),
    "date": ("日期", "date"),
    "datetime": ("时间", "instant"),
    "enum": ("枚举", "one of"),
    "money": ("金额", "money"),
}
FAULTS_SAID: Final = (
    (r"give either a column or a constant", "请填一列，或在读法中给出 constant，二者取一"),
    (r"is computed by the hub.*", "由网关计算，不从数据源读取"),
    (r"codes lead to (.+), which .+", "代码表指向不存在的取值：{0}"),
    (r"(.+) belong to .+ only", "{0} 不适用于此字段的类型"),
    (r"type (\w+) belongs to .+ only", "读法 {0} 不适用于此字段的类型"),
    (r"separator, absent and endless hold no empty text", "separator、absent、endless 不得含空文本"),
    (r"(.+) is not a value of .+", "{0} 不是此字段的取值"),
    (r".+ has no such field", "此记录没有这个字段"),
    (r"(.+) holds numbers of persons and is never read", "列 {0} 含证件号码，永不读取"),
    (r"Extra inputs are not permitted", "不认识的写法"),
    (r"Field required", "必须填写"),
    (r"Input should be (.+)", "取值不对，应为：{0}"),
    (r"false leaves out .+", "没有可去掉的内容"),
    (r"is nested too deeply|.*\(at .+\)", "不是 TOML"),
)
"""Sentences of a mapping's faults, which the configuration tells in English, and what they are in Chinese."""
