"""Codes as they are looked for and looked after: lists, the life of one, what is suspicious about it, a street beforehand."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.coding_enums import CodeSort, CodeStepKind, CodeStepOutcome
from schema.coding_types import CodeBatchRow, CodeReason
from schema.enums import CodeIssuer, CodeStatus
from schema.scalars import USCC, Date, DateTime

_COUNTER = (Role.CLERK, Role.CREDIT_OFFICE, Role.STEWARD)
_ALL = (Role.MERCHANT, *_COUNTER)


@strawberry.input(description="要列出的码 / Which codes are listed")
class CodeFilter:
    text: str | None = strawberry.field(
        default=None,
        description="名称的一部分、码值或统一社会信用代码的开头,也可为扫码所得内容,1–512 字 / Part of a name, the beginning of"
        " a token or of an entity's code, or what was scanned",
    )
    status: CodeStatus | None = strawberry.field(default=None, description="状态 / Status")
    issuer: CodeIssuer | None = strawberry.field(default=None, description="签发方 / Issuer")
    department: str | None = strawberry.field(
        default=None, description="受理窗口所属部门 / Department at whose counter it was applied for"
    )


@strawberry.type(description="列表中的码 / A code in a list")
class ListedCode:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    uscc: USCC = strawberry.field(description="统一社会信用代码 / Unified social credit code")
    token: str = strawberry.field(description="码值 / What it says")
    name: str = strawberry.field(description="登记名称 / Registered name")
    issuer: CodeIssuer = strawberry.field(description="签发方 / Issuer")
    department: str | None = strawberry.field(
        description="受理窗口所属部门;自助申领为空 / Department at whose counter it was applied for, null where merchants did"
    )
    status: CodeStatus = strawberry.field(description="状态 / Status")
    status_since: Date = strawberry.field(description="状态起始日 / In this status since")
    issued_on: Date | None = strawberry.field(description="赋码日期 / Issued on")
    displayed_since: Date | None = strawberry.field(description="连续亮码起始日 / Displayed without a break since")
    displayed_days: int = strawberry.field(description="赋码以来亮码天数 / Days of display since it was issued")
    scans: int = strawberry.field(description="近 30 日扫码次数 / Scans of the last 30 days")


@strawberry.type(description="一页码 / A page of codes")
class CodeList:
    total: int = strawberry.field(description="共有多少 / How many there are")
    codes: list[ListedCode] = strawberry.field(description="本页 / This page")


@strawberry.type(description="码的一次办理 / A step of the life of a code")
class CodeStep:
    kind: CodeStepKind = strawberry.field(description="事项 / What was done")
    outcome: CodeStepOutcome = strawberry.field(description="结果 / What became of it")
    at: DateTime = strawberry.field(description="时间 / When")
    reason: CodeReason | None = strawberry.field(description="未予办理或停用的理由和办法 / Why, and what to do")
    note: str | None = strawberry.field(
        description="办理人写明的理由,或更改后的名称 / What was given as a reason; a new name"
    )
    places: list[str] = strawberry.field(description="登记的亮码位置 / Places of a display")
    photo_digest: str | None = strawberry.field(description="照片的 SHA-256 / SHA-256 of the photo")
    token: str | None = strawberry.field(description="此后的码值 / What the code said afterwards")
    person: str | None = strawberry.field(
        description="办理人编号;由系统随登记办理,或不向商户提供时为空 / Who did it, by id; null where the hub followed the"
        " register, and for merchants"
    )
    department: str | None = strawberry.field(description="办理部门 / Their department")
    role: str | None = strawberry.field(description="办理角色 / Their role")


@strawberry.type(description="码有无异常迹象 / Whether something is suspicious about a code")
class CodeSigns:
    reports: int = strawberry.field(description="近 30 日举报数 / Reports of the last 30 days")
    open_reports: int = strawberry.field(description="其中等待核实 / Of these, not looked into yet")
    places: int = strawberry.field(description="举报中不同地点数 / Different places among them")
    copied: bool = strawberry.field(
        description="近 180 日内查实有人把它用在别处 / Found in use at another shop within 180 days"
    )
    scans_while_stopped: int = strawberry.field(
        description="暂停、停用、注销以来的扫码次数 / Scans since it was suspended, revoked or given up"
    )


@strawberry.type(description="批次预览,不保存 / What a file would begin; nothing is kept")
class CodeBatchPreview:
    total: int = strawberry.field(description="行数 / Rows")
    ready: int = strawberry.field(description="将向登记机关核对后赋码 / To be checked with the register, and issued")
    known: int = strawberry.field(description="原已有码 / Known before")
    rejected: int = strawberry.field(description="不予办理 / Rejected")
    rows: list[CodeBatchRow] = strawberry.field(description="各行 / Its rows")


class CodeLookDesk(Protocol):
    """What one caller is told of many codes, and of the life of one."""

    def listed(self, sought: CodeFilter, sort: tuple[CodeSort, bool], page: tuple[int, int]) -> CodeList: ...
    def life(self, uscc: str) -> Sequence[CodeStep]: ...
    def signs(self, uscc: str) -> CodeSigns | None: ...
    def photo(self, uscc: str, digest: str) -> str | None: ...
    def preview(self, csv: str) -> CodeBatchPreview: ...


class _Stored(Protocol):
    @property
    def codes(self) -> CodeLookDesk: ...


class _Looking(Protocol):
    @property
    def store(self) -> _Stored: ...


_Entity = Annotated[USCC, strawberry.argument(description="统一社会信用代码 / Unified social credit code")]


def _listed(  # noqa: PLR0913, PLR0917 - the arguments of the question
    info: Info[_Looking, None],
    sought: Annotated[CodeFilter | None, strawberry.argument(name="filter", description="筛选条件 / Criteria")] = None,
    sort: Annotated[CodeSort, strawberry.argument(description="排序 / Order")] = CodeSort.STATUS_SINCE,
    descending: Annotated[bool, strawberry.argument(description="从大到小 / The greatest first")] = True,
    first: Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")] = 25,
    skip: Annotated[int, strawberry.argument(description="跳过多少,至多 100,000 / How many are left out")] = 0,
) -> CodeList:
    return info.context.store.codes.listed(sought or CodeFilter(), (sort, descending), (first, skip))


def _life(info: Info[_Looking, None], uscc: _Entity) -> list[CodeStep]:
    return list(info.context.store.codes.life(uscc))


def _signs(info: Info[_Looking, None], uscc: _Entity) -> CodeSigns | None:
    return info.context.store.codes.signs(uscc)


def _photo(
    info: Info[_Looking, None],
    uscc: _Entity,
    digest: Annotated[str, strawberry.argument(description="照片的 SHA-256 / SHA-256 of the photo")],
) -> str | None:
    return info.context.store.codes.photo(uscc, digest)


def _preview(
    info: Info[_Looking, None],
    csv: Annotated[str, strawberry.argument(description="CSV 文本 / CSV")],
) -> CodeBatchPreview:
    return info.context.store.codes.preview(csv)


@strawberry.type
class CodeLookQuery:
    """Roots of the query with which codes are looked for and looked after."""

    honesty_codes: CodeList = offer(
        "查找和列出码:商户限本人代表的主体", "Codes, found and listed; for merchants their own", *_ALL, by=_listed
    )
    code_life: list[CodeStep] = offer(
        "一个经营主体的码的全部经过,新的在前",
        "What was done to the code of an entity, the newest first",
        *_ALL,
        by=_life,
    )
    code_signs: CodeSigns | None = offer(
        "一个经营主体的码有无异常迹象", "Whether something is suspicious about the code of an entity", *_ALL, by=_signs
    )
    code_photo: str | None = offer(
        "亮码照片(base64),查看留痕", "The photo of a display in base 64; each look is on record", *_ALL, by=_photo
    )
    street_preview: CodeBatchPreview = offer(
        "预览一条街的 CSV,不办理", "What the CSV of a street would begin", *_COUNTER, by=_preview
    )
