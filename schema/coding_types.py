"""What is said of codes: the small types of `schema/coding.py`."""

import strawberry

from schema.enums import CodeIssuer, CodeStatus
from schema.scalars import USCC, Date, DateTime, Position


@strawberry.input(description="申领内容 / What is applied with")
class CodeApplication:
    committed: bool = strawberry.field(
        description="已阅读并自愿作出守信承诺 / The voluntary commitment was read and is made"
    )
    representative: str | None = strawberry.field(
        default=None,
        description="窗口:身份证件上的法定代表人或经营者姓名;不得填写证件号码 / Counter: the representative's name on the"
        " identity card; never its number",
    )
    authorised: str | None = strawberry.field(
        default=None, description="窗口:签署承诺的被授权人姓名 / Counter: who signed the commitment, if somebody else"
    )
    code: str | None = strawberry.field(
        default=None,
        description="沿用其他平台的码:扫码所得内容 / A code of another issuer that is adopted: what it says",
    )


@strawberry.input(description="亮码情况 / Where a code is displayed")
class CodeDisplay:
    places: list[str] = strawberry.field(
        description="位置,1–10 处,每处 1–20 字 / Places, 1 to 10 of 1 to 20 characters"
    )
    since: Date | None = strawberry.field(default=None, description="起始日,默认今天 / First day; today unless given")
    photo: str | None = strawberry.field(
        default=None,
        description="照片(JPEG、PNG,base64,至多 90 kB),位置等信息会被去除 / A photo, 90 kB at most; what the camera wrote"
        " beside it is left out",
    )


@strawberry.type(description="未予办理的理由和办法 / Why it was not granted, and what to do")
class CodeReason:
    code: str = strawberry.field(description="代码 / Code")
    text: str = strawberry.field(description="理由 / Why")
    text_en: str = strawberry.field(description="理由(英文) / The same in English")
    remedy: str = strawberry.field(description="办法 / What to do")
    remedy_en: str = strawberry.field(description="办法(英文) / The same in English")


@strawberry.type(description="申领前的核对 / What is said of an entity before it applies")
class CodeCheck:
    name: str | None = strawberry.field(
        description="登记名称;登记机关没有则为空 / Registered name, null if there is none"
    )
    reason: CodeReason | None = strawberry.field(
        description="现在不能办理的理由和办法;可办为空 / Why no code would be granted now, null if one would"
    )
    pending: bool = strawberry.field(description="名单暂无应答,申领后待核 / A list does not answer: it would wait")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


@strawberry.type(description="亮码时段 / A period of display")
class CodePeriod:
    since: Date = strawberry.field(description="首日 / First day")
    until: Date | None = strawberry.field(description="末日;持续中为空 / Last day, null while it lasts")
    places: list[str] = strawberry.field(description="位置 / Places")
    photo_digest: str | None = strawberry.field(description="照片的 SHA-256 / SHA-256 of the photo")


@strawberry.type(description="码上诚信码,在签发处 / A code, as its issuer keeps it")
class OwnCode:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    uscc: USCC = strawberry.field(description="统一社会信用代码 / Unified social credit code")
    token: str = strawberry.field(description="码值 / What it says")
    spoken: str = strawberry.field(description="分组码值,便于电话核对 / The same in groups, to be read aloud")
    url: str = strawberry.field(description="公众页地址 / Address of its page")
    name: str = strawberry.field(description="登记名称 / Registered name")
    issuer: CodeIssuer = strawberry.field(description="签发方 / Issuer")
    status: CodeStatus = strawberry.field(description="状态 / Status")
    status_since: Date = strawberry.field(description="状态起始日 / In this status since")
    status_reason: str | None = strawberry.field(description="原因 / Why")
    issued_on: Date | None = strawberry.field(description="赋码日期 / Issued on")
    printed_on: Date | None = strawberry.field(description="最近印制日期 / Last printed on")
    displayed_since: Date | None = strawberry.field(description="连续亮码起始日 / Displayed without a break since")
    displayed_days: int = strawberry.field(description="统计期内亮码天数 / Days of display within the period asked")
    periods: list[CodePeriod] = strawberry.field(description="亮码时段 / Periods of display")
    places: list[str] = strawberry.field(description="亮码位置 / Where it is displayed")
    steps: list[str] = strawberry.field(description="当前可办事项 / What can be done in this status")


@strawberry.type(description="办理结果 / What became of it")
class CodeOutcome:
    granted: bool = strawberry.field(description="已办理 / True if it was granted")
    changed: bool = strawberry.field(description="有变化;原已如此则为否 / False if it was so already")
    pending: bool = strawberry.field(
        description="待核对名单,一分钟内自动办结 / Waits for a list that does not answer; decided by itself"
    )
    code: OwnCode | None = strawberry.field(description="码;未予办理为空 / The code, null if it was not granted")
    reason: CodeReason | None = strawberry.field(description="未予办理的理由 / Why it was not granted")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


@strawberry.type(description="扫码次数 / Scans of a day")
class CodeScanCount:
    day: Date = strawberry.field(description="日期 / Day")
    audience: str = strawberry.field(description="扫码人群(角色) / Audience, a role")
    place: str = strawberry.field(description="位置 / Place, empty where it is not known")
    scans: int = strawberry.field(description="次数 / How many")


@strawberry.type(description="一段时间的扫码情况 / Scans of a period")
class CodeScanTotals:
    scans: int = strawberry.field(description="次数 / How many")
    days: int = strawberry.field(description="有人扫码的天数 / On how many different days")
    places: int = strawberry.field(
        description="扫到它的位置数,按登记的亮码位置 / At how many of its places, as they were told"
    )
    unplaced: int = strawberry.field(
        description="其中未注明位置的次数 / Of the scans, those whose place is not known: a plain plate says none"
    )


@strawberry.type(description="批次中的一行 / A row of a batch")
class CodeBatchRow:
    line: int = strawberry.field(description="行号 / Line of the file")
    uscc: str | None = strawberry.field(description="统一社会信用代码 / Unified social credit code")
    places: list[str] = strawberry.field(description="亮码位置 / Places")
    outcome: str | None = strawberry.field(
        description="ISSUED 已赋码、KNOWN 原已有码、PENDING 待核、REJECTED 未予办理;未办为空 / Null until it is looked at"
    )
    reason: CodeReason | None = strawberry.field(description="未予办理的理由 / Why it was rejected")
    token: str | None = strawberry.field(description="码值 / What the code says")
    name: str | None = strawberry.field(
        description="登记名称;没有码为空 / Registered name, null where there is no code"
    )


@strawberry.type(description="批量申领 / A batch")
class CodeBatch:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    name: str = strawberry.field(description="街区名称 / Name of the street")
    made_at: DateTime = strawberry.field(description="提交时间 / When it was brought")
    finished_at: DateTime | None = strawberry.field(description="办结时间 / When it was done, null until then")
    total: int = strawberry.field(description="行数 / Rows")
    done: int = strawberry.field(description="已办行数 / Rows that were looked at")
    issued: int = strawberry.field(description="已赋码 / Issued")
    known: int = strawberry.field(description="原已有码 / Known before")
    pending: int = strawberry.field(description="待核 / Pending")
    rejected: int = strawberry.field(description="未予办理 / Rejected")
    plates: str = strawberry.field(description="门牌打包下载地址 / Address of the ZIP of its plates")
    rows: list[CodeBatchRow] = strawberry.field(description="各行结果;列表中为空 / Its rows, none in a list of batches")


@strawberry.type(description="提交批次的结果 / What became of bringing a batch")
class CodeBatchOutcome:
    started: bool = strawberry.field(description="新批次;同一文件再次提交则继续原批次 / False if it was brought before")
    batch: CodeBatch = strawberry.field(description="批次 / The batch")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")
