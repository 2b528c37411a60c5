"""What the pages of codes in the console say: first what it means, then the fact. Chinese first, English second."""

from typing import Final

Words = tuple[str, str]

CODES: Final = ("诚信码", "Codes")
LEAD: Final = (
    "申领自愿。码只说明身份与公示信息，暂停、停用都不影响依法经营。",
    "Taking part is voluntary; a code that was stopped says nothing of anybody's credit.",
)
EMPTY: Final = ("没有符合条件的码。", "No code is like this.")
EMPTY_HELP: Final = (
    "经营主体自助申领、窗口代办或批量申领后，码会列在这里。可只输入店名的一部分。",
    "Codes are listed here once merchants, counters or a street applied for them. A part of the name is enough.",
)
SEARCH: Final = ("店名、统一社会信用代码或码值", "Name, credit code, or what the code says")
ISSUER: Final = ("签发方", "Issuer")
COUNTER: Final = ("受理窗口", "Counter")
SELF_SERVICE: Final = ("自助", "Self-service")
SHOP: Final = ("店名", "Shop")
TOKEN: Final = ("码值", "Code says")
STATE: Final = ("状态", "State")
STATE_SINCE: Final = ("状态自", "Since")
DISPLAYED: Final = ("亮码自", "Displayed since")
DAYS: Final = ("亮码天数", "Days")
SCANS_30: Final = ("30 日扫码", "Scans, 30 days")
NOT_DISPLAYED: Final = ("未登记", "not told")
LIST_SUMMARY: Final = ("共 {count} 张，第 {first}–{last} 张", "{count} codes, {first} to {last}")
PREVIOUS_PAGE: Final = ("上一页", "Previous page")
NEW: Final = ("窗口代办申领", "Apply at the counter")
NEW_OWN: Final = ("申领诚信码", "Apply for a code")
STREETS: Final = ("批量申领", "Streets")
REPORTS: Final = ("举报", "Reports")

USCC: Final = ("统一社会信用代码", "Unified social credit code")
ISSUED_ON: Final = ("赋码日期", "Issued on")
PRINTED_ON: Final = ("最近印制", "Last printed")
NEVER: Final = ("从未", "never")
PUBLIC_PAGE: Final = ("公众看到的页面", "What the public sees")
PLACES: Final = ("亮码位置", "Places of display")
NO_PLACES: Final = ("还没有登记亮码位置。", "Nobody said yet where it is displayed.")
NO_PLACES_HELP: Final = (
    "登记后，亮码天数从起始日起计算，可作为凭据。",
    "Once they are told, days of display count from that day on.",
)
PERIOD: Final = ("时段", "Period")
TODAY_STILL: Final = ("至今", "to this day")
PHOTO: Final = ("照片", "Photo")
SEE_PHOTO: Final = ("查看照片", "See the photo")
PHOTO_NOTED: Final = ("本次查看已写入审计记录。", "That you looked is on record.")
PHOTO_DIGEST: Final = ("照片的 SHA-256", "SHA-256 of the photo")
PHOTO_GONE: Final = ("没有这张照片。", "There is no such photo.")
OVERVIEW: Final = ("概况", "Overview")
PRINTABLES: Final = ("印制", "Print")
SCANS: Final = ("扫码", "Scans")
VIEWS: Final = ("此码的页面", "Pages of this code")
STEPS: Final = ("经过", "Its life")
NO_STEPS: Final = ("还没有办理记录。", "Nothing was done yet.")
BY_REGISTER: Final = ("系统随登记办理", "the hub, following the register")
WHY: Final = ("理由", "Why")
REMEDY: Final = ("办法", "What to do")
NEW_TOKEN: Final = ("此后的码值", "It says now")
ACTS: Final = ("办理", "What you can do")
NO_ACTS: Final = ("此码现在不需要您办理。", "There is nothing for you to do with it now.")
PENDING_HELP: Final = (
    "正在等待失信名单应答，应答后几秒内自动办结，不用重新提交。",
    "A list has not answered yet; it is decided by itself within seconds of the answer.",
)
SAID_WHY: Final = ("原因", "Why")
DONE: Final = ("已办理：{act}", "Done: {act}")
STEP_ACTS: Final = {
    "DISPLAY": ("登记亮码", "Say where it is displayed"),
    "SUSPEND": ("暂停此码", "Suspend it"),
    "RESUME": ("恢复此码", "Resume it"),
    "REVOKE": ("停用此码", "Revoke it"),
    "REISSUE": ("补发：换新码", "Reissue it"),
    "CANCEL": ("注销此码", "Give it up"),
}
STEP_MEANS: Final = {
    "DISPLAY": (
        "说明码挂在哪里、从哪天起。新登记的内容代替原来的。",
        "Where it hangs, and since when; in place of what was said before.",
    ),
    "SUSPEND": (
        "公众扫码将看到“暂停使用”，不能再印制；核对清楚后可以恢复。",
        "Whoever scans it reads that it is suspended; nothing is printed until it is resumed.",
    ),
    "RESUME": (
        "码立即恢复有效，原来的门牌可继续使用，亮码从今天起接着计算。",
        "It holds again at once, with the plates there are; days of display go on from today.",
    ),
    "REVOKE": (
        "码立即停用，公众扫码将看到“已停止使用”。停用后不能恢复，只能由签发部门补发新码。",
        "It stops at once and is not resumed; only the office can reissue it.",
    ),
    "REISSUE": (
        "换一个新的码值，原码立即作废：已印的门牌、台卡都要换掉。",
        "It says something new, and what it said is void: every plate has to be replaced.",
    ),
    "CANCEL": (
        "码立即注销，公众扫码将看到“已注销”。注销自愿，以后可以重新申领。",
        "It is given up at once; it can be applied for again.",
    ),
}
DANGEROUS: Final = ("办理后会怎样", "What will happen")
NUMBERS: Final = (
    "{places} 处亮码、近 30 日共 {scans} 次扫码（平均每天 {daily} 次）将受影响。",
    "{places} places and {scans} scans in 30 days ({daily} a day) are concerned.",
)
PRINTED_TOO: Final = (
    "最近一次印制是 {day}，已印出的门牌、台卡请通知店家取下。",
    "It was last printed on {day:en}: have the plates taken down.",
)
CONFIRM_NUMBERS: Final = ("我已核对以上数字", "I have checked these numbers")
NOT_CONFIRMED: Final = ("请先勾选“我已核对以上数字”。", "Tick that you have checked the numbers first.")
REASON_TOLD: Final = (
    "1–200 字，经营主体会看到；不要填写证件号码。",
    "1 to 200 characters, which the shop will read; no identity numbers.",
)
CARD_NAME: Final = ("身份证件上的姓名", "Name on the identity card")
CARD_NAME_HELP: Final = (
    "法定代表人或经营者本人的姓名，与登记核对。不要填写证件号码。",
    "Of the legal representative or owner, compared with the register; never the number of the card.",
)
PLACES_FIELD: Final = ("挂在哪里", "Where it hangs")
PLACES_HELP: Final = ("每行一处，1–10 处，每处 1–20 字：门头、收银台。", "One a line, 1 to 10 of 1 to 20 characters.")
SINCE_FIELD: Final = ("从哪天起", "Since when")
PHOTO_FIELD: Final = ("照片（可不交）", "A photo (optional)")
PHOTO_HELP: Final = (
    "JPEG 或 PNG，过大时在您的设备上缩小；拍摄地点等信息会去除，加密保存。",
    "JPEG or PNG, made smaller on your device; what the camera wrote beside it is left out, and it is kept sealed.",
)
PHOTO_READY: Final = ("照片已备好，随表单提交。", "The photo goes with the form.")
PHOTO_BAD: Final = ("这个文件不能作为照片读取。", "This file cannot be read as a photo.")

APPLY_LEAD: Final = (
    "先核对主体，再核验身份、签署承诺。符合条件的当场赋码。",
    "First the entity, then who is there and the commitment. Whoever may have a code has it at once.",
)
APPLY_FIND: Final = ("核对主体", "Look at the entity")
APPLY_ENTITY: Final = ("1 经营主体", "1 The entity")
APPLY_IDENTITY: Final = ("2 核验身份", "2 Who is there")
APPLY_COMMITMENT: Final = ("3 守信承诺", "3 The commitment")
COMMITMENT_OWN: Final = ("2 守信承诺", "2 The commitment")
WOULD: Final = ("符合条件，签署承诺后当场赋码。", "It may have a code, at once when the commitment is signed.")
WOULD_WAIT: Final = (
    "符合登记条件；失信名单暂无应答，提交后自动核对。",
    "A list does not answer now: it is compared by itself afterwards.",
)
WOULD_NOT: Final = ("现在不能赋码", "No code would be granted now")
HAS_CODE: Final = ("此主体已有码，一店一码。", "This entity has a code: one a shop.")
OPEN_CODE: Final = ("查看此码", "See it")
REFUSED_LAST: Final = ("上次申领没有办成", "The last application was not granted")
NO_MANDATE: Final = ("您还没有代表任何经营主体。", "You act for no entity yet.")
NO_MANDATE_HELP: Final = (
    "请带身份证件到政务大厅窗口核验，或用实名方式登录认领。",
    "Have a counter vouch for you, or claim it after a sign-in by your real name.",
)
CHECK_CARD: Final = (
    "请对照本人和身份证件后填写，系统与登记信息核对；五次不符将暂停一段时间。",
    "Compare the person with the card; five names that differ, and one has to wait.",
)
SIGNED_BY_OTHER: Final = ("承诺由他人签署（被授权人）", "Somebody else signed the commitment")
AUTHORISED: Final = ("被授权人姓名", "Who signed, if somebody else")
AUTHORISED_HELP: Final = (
    "本人签署的不填。须留存授权委托书；姓名加密保存。",
    "Empty where the representative signed; kept sealed.",
)
COMMITTED: Final = (
    "已当面告知，经营主体自愿作出以上承诺并签署",
    "It was read to them, and is made and signed of their own free will",
)
COMMITTED_OWN: Final = ("我已阅读，自愿作出以上承诺", "I have read it and make it of my own free will")
ADOPT: Final = ("沿用其他平台的码", "Adopt a code of another issuer")
ADOPT_FIELD: Final = ("扫码所得内容", "What that code says")
ADOPT_HELP: Final = (
    "已有省级码的填写：用扫码枪扫店家的码即可。没有的不填。",
    "For shops with the province's code: scan it. Else leave it empty.",
)
APPLY_ACT: Final = ("提交申领", "Apply")
NOT_GRANTED: Final = ("没有办成", "Not granted")

PRINT_LEAD: Final = (
    "选一种形式下载印制。大小、纠错和对比度已按用途定好，请勿裁去四周空白、改色或拉伸。",
    "Choose a form. Size, error correction and contrast fit its use: keep the margin, do not recolour or stretch.",
)
NOT_PRINTED: Final = ("现在不能印制", "It cannot be printed now")
NOT_PRINTED_WHY: Final = (
    "此码的状态是“{state}”，任何形式都不得印制。{next}",
    "In this state nothing of it is printed.",
)
PRINT_NEXT: Final = {
    "PENDING": "赋码后即可印制。",
    "SUSPENDED": "恢复后即可印制，原门牌可继续使用。",
    "REVOKED": "签发部门补发后，请用新码印制。",
    "CANCELLED": "重新申领后，请用新码印制。",
}
PACKAGE_BATCH: Final = ("包装批次号", "Batch of packaging")
PACKAGE_BATCH_HELP: Final = (
    "1–20 个字母、数字或连字符，印在包装图样上。",
    "1 to 20 letters, digits and hyphens, on packaging.",
)
PACKAGE_PREVIEW: Final = ("预览此批次", "Preview this batch")
BATCH_BAD: Final = ("批次号须为 1–20 个字母、数字或连字符。", "A batch is 1 to 20 letters, digits and hyphens.")
ALL_FORMS: Final = ("全部下载（ZIP）", "Download all (ZIP)")
FORM_SIZE: Final = ("纸面 {wide:g} × {high:g} 毫米，码宽 {usual:g} 毫米", "{wide:g} × {high:g} mm, symbol {usual:g} mm")

SCANS_LEAD: Final = (
    "只记次数，不记录谁扫的。打开公众页一次计一次。",
    "How often, never who: opening the public page counts one.",
)
SCANS_FOR: Final = ("统计期", "Period")
LAST_DAYS: Final = ("近 {days} 日", "Last {days} days")
SCANS_TOTAL: Final = (
    "{days} 日内共 {scans} 次，平均每天 {daily} 次；其中 {on} 天有人扫码。",
    "{scans} scans in {days} days, {daily} a day; on {on} of the days there was one.",
)
BY_DAY: Final = ("每日次数", "By day")
BY_MONTH: Final = ("每月次数", "By month")
BY_PLACE: Final = ("按位置", "By place")
BY_AUDIENCE: Final = ("按人群", "By audience")
DAY: Final = ("日期", "Day")
MONTH: Final = ("月份", "Month")
PLACE: Final = ("位置", "Place")
AUDIENCE: Final = ("人群", "Audience")
TIMES: Final = ("次数", "Scans")
NO_PLACE: Final = ("未注明位置", "Place not known")
NOT_A_PLACE: Final = ("已不登记", "no longer told")
DISTINCT: Final = (
    "在 {seen} 处被扫到，登记的有 {told} 处；{unknown} 次未注明位置（门牌上的普通二维码不带位置）。",
    "Scanned at {seen} places of {told} that are told; {unknown} times the place is not known.",
)
NO_SCANS: Final = ("这段时间没有人扫码。", "Nobody scanned it in this time.")
NO_SCANS_HELP: Final = (
    "刚挂出的码要过一阵才有人扫。可用自己的手机扫一次看看公众页。",
    "A code that has just been hung takes a while. Scan it yourself to see its page.",
)
CHART: Final = (
    "柱状图：{what}；最多一{unit} {most} 次。数字见下表。",
    "Bar chart: {what}; {most} at most. Figures below.",
)
CHART_MOST: Final = ("最多一{unit} {most} 次", "{most} at most")
EVERY_FIGURE: Final = ("逐项数字", "Every figure")
SIGNS: Final = ("有无异常", "Anything suspicious")
SIGNS_NONE: Final = ("没有发现异常迹象。", "Nothing suspicious was found.")
SIGN_COPIED: Final = (
    "近 180 日内查实：有人把这张码用在了别处。公众页正在提醒扫码的人对照店名；门牌可能被复制，建议补发新码。",
    "It was found in use at another shop within 180 days; its page warns of it. Consider reissuing it.",
)
SIGN_REPORTS: Final = (
    "近 30 日有 {reports} 次举报，来自 {places} 个不同地点，其中 {waiting} 次等待核实。",
    "{reports} reports in 30 days from {places} places; {waiting} wait to be looked into.",
)
SIGN_PLACES: Final = (
    "疑似被复制：近 30 日有人在 {places} 个不同地点举报同一张码。请到店核对门牌；查实后公众页会提醒扫码的人。",
    "Perhaps copied: reported from {places} different places in 30 days. Look at the plate; once found true, its page warns.",
)
SIGN_STOPPED: Final = (
    "码已{state}，之后仍被扫 {scans} 次：门牌可能还挂着，请通知店家取下。",
    "It was scanned {scans} times since it was stopped: its plates may still hang.",
)
SIGN_GONE_PLACE: Final = (
    "有 {scans} 次扫码来自已不登记的位置，原处的码可能没有取下。",
    "{scans} scans came from places that are no longer told: an old plate may still hang there.",
)
SIGN_SURGE: Final = (
    "近 7 日平均每天 {now} 次，是此前的 {times} 倍。可能是活动带来的，也可能是码被转发或复制。",
    "{now} a day in the last 7 days, {times} times what it was: an event perhaps, or a copy.",
)

STREET_LEAD: Final = (
    "一次为一条街的店申领：贴入或选择 CSV，先预览每一行，再开始办理；办理在后台进行，可以离开。",
    "A whole street at once: paste or choose a CSV, see every row, then begin. It goes on by itself.",
)
STREET_EMPTY: Final = ("本部门还没有批量申领。", "Your department took up no street yet.")
STREET_EMPTY_HELP: Final = (
    "准备一个 CSV，首行写“统一社会信用代码，已签承诺，亮码位置”，每店一行。",
    "A CSV whose first line names the columns uscc, committed and places; a row a shop.",
)
STREET_NEW: Final = ("新的一条街", "A new street")
STREET_NAME: Final = ("街区名称", "Name of the street")
STREET_NAME_HELP: Final = ("1–40 字，如“正阳大街”。", "1 to 40 characters.")
STREET_CSV: Final = ("CSV 内容", "CSV")
STREET_CSV_HELP: Final = (
    "可从表格连首行一起复制。列：统一社会信用代码、已签承诺（是）、亮码位置（可不填，分号隔开，每处至多 20 字）；至多 2,000 行。",
    "As copied from a sheet, too. Columns: uscc, committed (yes), places (optional, by semicolons, 20 characters each); 2,000 rows.",
)
STREET_FILE: Final = ("或选择文件", "Or choose a file")
STREET_PREVIEW: Final = ("预览每一行", "See every row")
STREET_START: Final = ("开始办理 {ready} 行", "Begin with {ready} rows")
STREET_START_HELP: Final = (
    "另有 {known} 行原已有码、{rejected} 行不予办理，会一并记在结果里。",
    "{known} have a code already and {rejected} are rejected; the result tells both.",
)
STREET_PERSONAL: Final = (
    "第 {lines} 行像是有居民身份证号码。为保护个人信息，含有它的文件整个不予提交：请删去这些号码或这些行，再预览。",
    "Lines {lines} seem to hold a citizen number, and a file with one is not taken: remove them, and look again.",
)
STREET_NONE_READY: Final = ("没有可以办理的行，请先改正。", "No row can begin: mend them first.")
PREVIEW_RESULT: Final = ("预览结果", "Preview")
PREVIEW_NUMBERS: Final = (
    "共 {total} 行：{ready} 行可以办理，{known} 行原已有码，{rejected} 行不予办理。不予办理的列在前面。",
    "{total} rows: {ready} can begin, {known} have a code, {rejected} are rejected and stand first.",
)
ROWS_PAGE: Final = ("第 {page} 页，共 {pages} 页", "Page {page} of {pages}")
LINE: Final = ("行", "Line")
OUTCOME: Final = ("结果", "Outcome")
ROW_STATES: Final = {
    None: ("待办", "To do"),
    "READY": ("可以办理", "Ready"),
    "ISSUED": ("已赋码", "Issued"),
    "KNOWN": ("原已有码", "Has one"),
    "PENDING": ("待核对名单", "Waits for a list"),
    "REJECTED": ("不予办理", "Rejected"),
}
PROGRESS: Final = ("进度", "Progress")
PROGRESS_AT: Final = ("已办 {done} 行，共 {total} 行", "{done} of {total} rows")
PROGRESS_LEFT: Final = ("约剩 {minutes} 分钟", "about {minutes} minutes left")
PROGRESS_LEAVE: Final = (
    "可以离开此页，办理不会中断；回来时从“批量申领”打开。",
    "You may leave; it goes on, and stands under Streets.",
)
PROGRESS_DONE: Final = ("已全部办结", "All done")
REFRESH: Final = ("刷新进度", "Refresh")
MADE_AT: Final = ("提交时间", "Brought")
FINISHED_AT: Final = ("办结时间", "Done")
ROWS: Final = ("行数", "Rows")
PLATES: Final = ("下载门牌（ZIP）", "Plates (ZIP)")
PLATES_HELP: Final = (
    "含全部门牌的一个 PDF、每店一个 SVG，以及已印和未办的清单。下载即记为已印制。",
    "One PDF of all plates, an SVG of each, and lists; what is in it counts as printed.",
)

REPORTS_LEAD: Final = (
    "公众举报的假码、挪用的码。先到的在前，15 个工作日内核查。",
    "Forged and misused codes that the public reported, the oldest first; fifteen working days each.",
)
REPORTS_EMPTY: Final = ("没有这样的举报。", "No report is like this.")
REPORTS_EMPTY_HELP: Final = (
    "有人在公众页提交举报后，会列在这里并通知您。",
    "What somebody reports on the public page is listed here, and you are told.",
)
REPORT: Final = ("举报", "Report")
KIND: Final = ("情形", "What was seen")
SEEN_AT: Final = ("看到的地点", "Where")
SAID: Final = ("补充说明", "What else was said")
RECEIVED: Final = ("收到", "Received")
CLOCK: Final = ("时限", "Clock")
SAME_CODE: Final = ("同一张码 30 日内", "Same code, 30 days")
SAME_CODE_TOLD: Final = ("{count} 次举报，{places} 个地点", "{count} reports from {places} places")
NOT_OURS: Final = ("不是本市的码，或没有填写码值", "None of this city's, or not told")
OUTCOME_TOLD: Final = ("公众凭编号看到的结果", "What the public reads under its number")
SETTLE: Final = ("办结", "Settle")
SETTLE_NOTE: Final = ("对公众的说明（可不填）", "What the public reads (optional)")
SETTLE_NOTE_HELP: Final = ("至多 200 字，凭编号公开；不写人名和店家隐私。", "200 characters at most; no names.")
SETTLE_AS: Final = ("核查结果", "Finding")
SETTLE_MEANS: Final = (
    "查实“码是真的，但不是那家店”的，公众页将提醒 180 天。",
    "A code that is found at another shop carries a warning for 180 days.",
)
SETTLE_MISSING: Final = ("请选择核查结果。", "Choose a finding.")
SETTLE_AGAIN: Final = ("改正结果", "Correct the finding")
NO_SUCH_CODE: Final = ("没有这张码，或不由您办理。", "There is no such code for you.")
NO_SUCH_REPORT: Final = ("没有此编号的举报，或不由您办理。", "There is no such report for you.")
