"""Grants as people read, confirm, draft and import them.

What a grant does is not decided here: these are the shapes of answers, and the root fields that lead to them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.enums import GrantState, RowBecomes, Scenario
from schema.paging import PageInfo
from schema.scalars import Date, DateTime, Position

PEOPLE = tuple(role for role in Role if role not in {Role.PUBLIC, Role.MERCHANT})
"""Roles that have to do with grants of their department."""
ASKING = tuple(role for role in PEOPLE if role not in {Role.ADMIN, Role.AUDIT, Role.SEC})
"""Roles that ask for grants: not the three officers."""
_POSITION = "审计记录中的位置 / Position of its entry in the record"


@strawberry.type(description="行过滤条件 / A condition on the rows of a grant")
class GrantCondition:
    field: str = strawberry.field(description="经营主体的字段 / Field of the entity")
    op: str = strawberry.field(description="IN 为其中之一,PREFIX 以其开头 / IN: one of them, PREFIX: begins with one")
    values: list[str] = strawberry.field(description="取值;绑定时为空 / Values, none where it is bound")
    binding: str | None = strawberry.field(description="取调用方自己的此项值 / The caller's own values of this name")


@strawberry.type(description="对授权的一次确认 / A steward's word that a grant is still needed")
class GrantCertification:
    owner: str = strawberry.field(description="数源部门 / Department that owns records")
    until: Date = strawberry.field(description="确认至 / Until when")
    by: str = strawberry.field(description="确认人编号 / Id of the person")
    at: DateTime = strawberry.field(description="确认时刻 / When")
    counted: bool = strawberry.field(
        description="各数源部门均已确认,已生效 / All owners have confirmed, and it has taken effect"
    )


@strawberry.type(description="授权的一个版本 / One version of a grant")
class GrantVersion:
    number: int = strawberry.field(description="版本号 / Number")
    recorded_at: DateTime = strawberry.field(description="记录时刻 / When it was recorded")
    recorded_by: str = strawberry.field(description="记录人编号,或 configuration / Who recorded it, or configuration")
    replaced_at: DateTime | None = strawberry.field(description="被替代时刻 / When another version took its place")
    changed: list[str] = strawberry.field(description="与上一版本不同的部分 / Parts that differ from the one before")


@strawberry.type(name="Grant", description="授权:谁为何用途可查什么 / A grant: who may see what, for what")
class GrantItem:
    id: strawberry.ID = strawberry.field(description="编号 / Id")
    department: str = strawberry.field(description="部门代码,* 为所有部门 / Code of the department, * for all")
    role: str = strawberry.field(description="角色 / Role")
    purposes: list[str] = strawberry.field(description="用途 / Purposes")
    scopes: list[str] = strawberry.field(description="授权范围 / Scopes")
    fields: list[str] = strawberry.field(description="字段坐标 / Fields")
    rows: list[GrantCondition] = strawberry.field(description="行过滤,须全部满足 / Conditions, all of which must hold")
    masked: list[str] = strawberry.field(description="脱敏的字段 / Fields that are masked")
    mask_personal: bool = strawberry.field(description="个人信息一律脱敏 / Everything personal is masked")
    effect: str = strawberry.field(description="allow 允许,deny 禁止 / What it does")
    records_a_day: int | None = strawberry.field(description="每日至多条数 / Most records a day")
    entities_a_day: int | None = strawberry.field(description="每人每日至多主体数 / Most entities a person a day")
    starts: Date = strawberry.field(description="起始日 / First day")
    ends: Date = strawberry.field(description="截止日 / Last day")
    certified_until: Date | None = strawberry.field(
        description="确认至;此日后未再确认则停用 / Confirmed until; after that day it is not honoured"
    )
    last_day: Date = strawberry.field(description="实际最后一日 / The last day on which it is honoured")
    days_left: int = strawberry.field(description="距最后一日的天数,已过则为负 / Days until then, negative when over")
    state: GrantState = strawberry.field(description="状态 / State")
    frozen: bool = strawberry.field(description="已冻结 / Frozen")
    legal_basis: str = strawberry.field(description="依据 / Legal basis")
    request: str | None = strawberry.field(description="来自的申请 / Number of the request it came from")
    asked_by: str = strawberry.field(description="申请人 / Who asked for it")
    approved_by: str = strawberry.field(description="数源部门批准人 / Who answered for the records")
    released_by: str = strawberry.field(description="核准人 / Who let it take effect")
    person: str | None = strawberry.field(description="仅限此人 / The only person it is for")
    since: DateTime | None = strawberry.field(description="仅自此时刻 / Only from this instant")
    until: DateTime | None = strawberry.field(description="仅至此时刻 / Only until this instant")
    owners: list[str] = strawberry.field(
        description="所涉记录的数源部门,须由其确认 / Departments that own the records, and have to confirm it"
    )
    certifications: list[GrantCertification] = strawberry.field(
        description="最近一次确认 / The newest word of each owner"
    )
    version: int = strawberry.field(description="版本号 / Number of this version")
    history: list[GrantVersion] = strawberry.field(description="各版本,最早在前 / All versions, the oldest first")
    in_words: str = strawberry.field(description="一句中文 / In a Chinese sentence")
    in_words_en: str = strawberry.field(description="一句英文 / In an English sentence")


@strawberry.type(description="一项授权及其游标 / A grant and its cursor")
class GrantEdge:
    cursor: str = strawberry.field(description="游标 / Cursor")
    node: GrantItem = strawberry.field(description="授权 / Grant")


@strawberry.type(description="一页授权 / A page of grants")
class GrantConnection:
    edges: list[GrantEdge] = strawberry.field(description="本页 / This page")
    page_info: PageInfo = strawberry.field(description="分页信息 / Page information")
    total_count: int = strawberry.field(description="共有 / How many there are")


@strawberry.type(description="场景模板中的一项 / One grant of a template")
class TemplateGrant:
    role: str = strawberry.field(description="角色 / Role")
    purposes: list[str] = strawberry.field(description="本部署中该场景的用途 / Purposes that this hub has for it")
    scopes: list[str] = strawberry.field(description="授权范围 / Scopes")
    fields: list[str] = strawberry.field(description="字段坐标 / Fields")
    rows: list[GrantCondition] = strawberry.field(description="行过滤 / Conditions")
    masked: list[str] = strawberry.field(description="脱敏的字段 / Fields that are masked")
    mask_personal: bool = strawberry.field(description="个人信息一律脱敏 / Everything personal is masked")
    records_a_day: int | None = strawberry.field(description="每日至多条数 / Most records a day")
    entities_a_day: int | None = strawberry.field(description="每人每日至多主体数 / Most entities a person a day")
    legal_basis: str = strawberry.field(description="依据 / Legal basis")
    note: str = strawberry.field(description="说明 / Why, in Chinese")
    note_en: str = strawberry.field(description="英文说明 / Why, in English")


@strawberry.type(description="一个场景的授权模板 / Template of a scenario")
class GrantTemplate:
    scenario: Scenario = strawberry.field(description="场景 / Scenario")
    label: str = strawberry.field(description="中文名称 / Chinese label")
    label_en: str = strawberry.field(description="英文名称 / English label")
    note: str = strawberry.field(description="说明 / What it is for, in Chinese")
    note_en: str = strawberry.field(description="英文说明 / What it is for, in English")
    grants: list[TemplateGrant] = strawberry.field(description="授权 / Grants")


@strawberry.type(description="一项授权的确认结果 / What became of confirming one grant")
class Recertified:
    id: strawberry.ID = strawberry.field(description="授权编号 / Id of the grant")
    certified_until: Date | None = strawberry.field(description="现确认至 / Until when it is confirmed now")
    waiting_for: list[str] = strawberry.field(description="尚待其确认的部门 / Owners that still have to confirm")


@strawberry.type(description="年度确认的结果 / What became of confirming grants")
class RecertifyOutcome:
    grants: list[Recertified] = strawberry.field(description="逐项 / Each grant")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="起草的申请 / A request that was drafted")
class DraftOutcome:
    request: str = strawberry.field(description="申请编号 / Number of the request")
    changes: int = strawberry.field(description="包含的变更数 / Changes in it")
    left_out: list[str] = strawberry.field(
        description="模板中因数据未接入或本部门无此角色而未列入的 / What of the template is not in it: nobody delivers it, or nobody"
        " of the department has the role"
    )
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="一行中的一处错误 / A mistake in a row")
class RowMistake:
    column: str = strawberry.field(description="列 / Column")
    message: str = strawberry.field(description="问题 / What is wrong, in Chinese")
    message_en: str = strawberry.field(description="英文 / In English")
    suggestion: str | None = strawberry.field(description="是否应为 / What may be meant")


@strawberry.type(description="一处不同 / A difference")
class RowDifference:
    column: str = strawberry.field(description="列 / Column")
    before: str = strawberry.field(description="现为 / What it is")
    after: str = strawberry.field(description="将为 / What it would be")


@strawberry.type(description="导入的一行 / A row that is imported")
class ImportedRow:
    row: int = strawberry.field(description="行号,首行数据为 1 / Number, 1 for the first")
    id: strawberry.ID | None = strawberry.field(description="授权编号;新增为空 / Id of the grant, null for a new one")
    becomes: RowBecomes = strawberry.field(description="结果 / What becomes of it")
    differences: list[RowDifference] = strawberry.field(
        description="与现行授权的不同 / What differs from what is in force"
    )
    mistakes: list[RowMistake] = strawberry.field(description="错误 / Mistakes")
    in_words: str | None = strawberry.field(description="一句中文 / In a Chinese sentence")
    in_words_en: str | None = strawberry.field(description="一句英文 / In an English sentence")


@strawberry.type(description="导入或预览的结果 / What became of an import, or would")
class ImportOutcome:
    rows: list[ImportedRow] = strawberry.field(description="逐行 / Each row")
    absent: list[str] = strawberry.field(
        description="现行有效而表中没有的授权,不受影响 / Grants in force that no row names; they stay as they are"
    )
    request: str | None = strawberry.field(
        description="起草的申请;预览、无变化时为空 / The request that was drafted; null in a preview, or without changes"
    )
    position: Position | None = strawberry.field(description=_POSITION)


@strawberry.input(description="授权表的一行,各列均为文本 / A row of a sheet of grants, every cell a text")
class GrantRow:
    id: str | None = strawberry.field(default=None, description="编号;新增留空 / Id, empty for a new one")
    department: str | None = strawberry.field(default=None, description="部门代码或名称 / Code or name")
    role: str | None = strawberry.field(default=None, description="角色 / Role")
    purposes: str | None = strawberry.field(default=None, description="用途,分号分隔 / Purposes, separated by ;")
    scopes: str | None = strawberry.field(default=None, description="授权范围,分号分隔 / Scopes, separated by ;")
    fields: str | None = strawberry.field(default=None, description="字段坐标,分号分隔 / Fields, separated by ;")
    rows: str | None = strawberry.field(
        default=None, description="行过滤,如 divisionCode prefix $division / Conditions, separated by ;"
    )
    masked: str | None = strawberry.field(default=None, description="脱敏字段,分号分隔 / Masked fields")
    mask_personal: str | None = strawberry.field(default=None, description="个人信息脱敏:是、否 / yes or no")
    effect: str | None = strawberry.field(default=None, description="允许、禁止 / allow or deny")
    records_a_day: str | None = strawberry.field(default=None, description="每日至多条数 / Most records a day")
    entities_a_day: str | None = strawberry.field(default=None, description="每人每日至多主体数 / Most entities a day")
    starts: str | None = strawberry.field(default=None, description="起始日 / First day")
    ends: str | None = strawberry.field(default=None, description="截止日 / Last day")
    legal_basis: str | None = strawberry.field(default=None, description="依据 / Legal basis")


class GrantsLook(Protocol):
    """Grants, as one caller may know of them."""

    def grants(self, wanted: "GrantsWanted") -> GrantConnection: ...
    def templates(self, scenario: Scenario | None) -> Sequence[GrantTemplate]: ...


class GrantsDeeds(Protocol):
    """What one caller does about grants."""

    def recertify(self, ids: Sequence[str], until: str | None) -> RecertifyOutcome: ...
    def draft(self, scenario: Scenario, department: str, starts: str, ends: str) -> DraftOutcome: ...
    def take_rows(self, rows: Sequence[GrantRow], *, preview: bool, reason: str | None) -> ImportOutcome: ...


class _Store(Protocol):
    @property
    def granting(self) -> GrantsLook: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Deeds(Protocol):
    @property
    def granting(self) -> GrantsDeeds: ...


@dataclass(frozen=True, slots=True)
class GrantsWanted:
    """Which grants are asked for, as it was asked."""

    first: int = 20
    after: str | None = None
    as_of: str | None = None
    department: str | None = None
    role: str | None = None
    field: str | None = None
    scope: str | None = None
    state: GrantState | None = None


_Scenario = Annotated[Scenario, strawberry.argument(description="场景 / Scenario")]


def _grants(  # noqa: PLR0913, PLR0917 - the arguments of a root field
    info: Info[_Desk, None],
    department: Annotated[str | None, strawberry.argument(description="只列此部门的 / Of this department")] = None,
    role: Annotated[str | None, strawberry.argument(description="只列此角色的 / Of this role")] = None,
    field: Annotated[str | None, strawberry.argument(description="只列含此字段的 / That cover this field")] = None,
    scope: Annotated[str | None, strawberry.argument(description="只列含此范围的 / That cover this scope")] = None,
    state: Annotated[GrantState | None, strawberry.argument(description="只列此状态的 / In this state")] = None,
    as_of: Annotated[
        DateTime | None, strawberry.argument(description="按此时刻的记录 / As they were recorded at an instant")
    ] = None,
    first: Annotated[int, strawberry.argument(description="条数,1–200 / Page size, 1 to 200")] = 20,
    after: Annotated[str | None, strawberry.argument(description="从此游标之后 / After this cursor")] = None,
) -> GrantConnection:
    wanted = GrantsWanted(first, after, as_of, department, role, field, scope, state)
    return info.context.store.granting.grants(wanted)


def _templates(
    info: Info[_Desk, None],
    scenario: Annotated[Scenario | None, strawberry.argument(description="只列此场景 / Only of this scenario")] = None,
) -> list[GrantTemplate]:
    return list(info.context.store.granting.templates(scenario))


def _recertify(
    info: Info[_Deeds, None],
    ids: Annotated[list[str], strawberry.argument(description="授权编号,1–200 个 / Ids of grants, 1 to 200")],
    until: Annotated[
        Date | None, strawberry.argument(description="确认至,至多一年,默认一年 / Until when, a year from today at most")
    ] = None,
) -> RecertifyOutcome:
    return info.context.granting.recertify(ids, until)


def _draft(
    info: Info[_Deeds, None],
    scenario: _Scenario,
    department: Annotated[str, strawberry.argument(description="部门代码 / Code of the department")],
    starts: Annotated[Date, strawberry.argument(name="from", description="起始日 / First day")],
    ends: Annotated[Date, strawberry.argument(name="until", description="截止日 / Last day")],
) -> DraftOutcome:
    return info.context.granting.draft(scenario, department, starts, ends)


def _import(
    info: Info[_Deeds, None],
    rows: Annotated[list[GrantRow], strawberry.argument(description="各行,1–500 行 / Rows, 1 to 500")],
    preview: Annotated[bool, strawberry.argument(description="只预览,什么也不做 / Only say what would become of them")],
    reason: Annotated[str | None, strawberry.argument(description="理由,1–500 字 / Why, 1 to 500 characters")] = None,
) -> ImportOutcome:
    return info.context.granting.take_rows(rows, preview=preview, reason=reason)


@strawberry.type
class GrantingQuery:
    grants: GrantConnection = offer(
        "授权:安全和审计管理员可见全部,数源部门管理员可见涉及本部门记录的,其余可见本部门的",
        "Grants: all of them for security and audit administrators, those on its records for a department's stewards,"
        " those of their own department for the rest",
        *PEOPLE,
        by=_grants,
    )
    grant_templates: list[GrantTemplate] = offer(
        "各场景的授权模板", "Templates of grants, one a scenario", *PEOPLE, by=_templates
    )


@strawberry.type
class GrantingMutation:
    recertify_grants: RecertifyOutcome = offer(
        "数源部门年度确认授权仍有必要;涉及多个数源部门的须全部确认",
        "Confirm that grants are still needed; where records of several departments are touched, all have to",
        Role.SEC,
        Role.STEWARD,
        by=_recertify,
    )
    draft_from_template: DraftOutcome = offer(
        "按场景模板起草共享申请", "Draft a request from the template of a scenario", *ASKING, by=_draft
    )
    import_grants: ImportOutcome = offer(
        "导入授权表:预览,或起草一份申请;不会自行生效",
        "Take a sheet of grants: say what would become of it, or draft one request; nothing takes effect by itself",
        *ASKING,
        Role.SEC,
        by=_import,
    )
