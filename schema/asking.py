"""Requests for access: what is asked for, by mutation, and how far that is, by question. The hub's own; stored there."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.enums import GrantChange, PartState, RequestState, RequestStepKind, RowTest, SharingAttribute
from schema.scalars import Date, DateTime, Position

ASKING = tuple(sorted(set(Role) - {Role.ADMIN, Role.AUDIT, Role.MERCHANT, Role.PUBLIC, Role.SEC}))
"""Roles that ask for access: neither the public nor merchants, who have no department, nor the three officers."""
_READING = (*ASKING, Role.AUDIT, Role.SEC)


@strawberry.input(description="行条件 / Condition on the entities whose rows are asked for")
class RowInput:
    field: str = strawberry.field(description="经营主体的字段 / Field of Entity, for example divisionCode")
    test: RowTest = strawberry.field(default=RowTest.IN, description="如何比较 / How it is compared")
    values: list[str] | None = strawberry.field(default=None, description="取值,至多 200 个 / Values, at most 200")
    binding: str | None = strawberry.field(
        default=None, description="或调用方自己的值的名称 / Or the name of a value that is the caller's own"
    )


@strawberry.input(description="所申请的一项授权 / One grant that is asked for")
class GrantInput:
    role: str = strawberry.field(description="以何角色 / Role, as ADMIN, CLERK, OFFICER …")
    purposes: list[str] = strawberry.field(description="用途代码 / Codes of purposes")
    legal_basis: str = strawberry.field(description="法律依据,2–500 字 / Legal basis, 2 to 500 characters")
    scopes: list[str] | None = strawberry.field(default=None, description="授权范围 / Scopes")
    fields: list[str] | None = strawberry.field(default=None, description="或单个字段 / Or single fields")
    rows: list[RowInput] | None = strawberry.field(
        default=None, description="行条件,须同时满足;不填为全部 / Conditions that must all hold; none: all entities"
    )
    masked: list[str] | None = strawberry.field(default=None, description="以脱敏形式提供的字段 / Fields given masked")
    mask_personal: bool = strawberry.field(default=False, description="个人信息一律脱敏 / Mask whatever is personal")
    records_a_day: int | None = strawberry.field(default=None, description="每日至多条数 / Most records a day")
    entities_a_day: int | None = strawberry.field(
        default=None, description="每人每日至多主体数 / Most different entities a person a day"
    )
    starts: Date | None = strawberry.field(default=None, description="起始日,默认当天 / First day, today if not given")
    ends: Date | None = strawberry.field(
        default=None, description="最后一日,默认一年,至多三年 / Last day; a year if not given, three at most"
    )
    department: str | None = strawberry.field(
        default=None, description="申请部门,仅录入纸质申请时填写 / Department, for what came on paper only"
    )


@strawberry.type(description="申请中的一项变更 / One change that a request asks for")
class RequestChange:
    kind: GrantChange = strawberry.field(description="类别 / Kind")
    grant: strawberry.ID | None = strawberry.field(description="现有授权编号;新增为空 / Id of the grant, null if new")
    sentence: str = strawberry.field(description="中文说明 / In words")
    sentence_en: str = strawberry.field(description="英文说明 / In English")
    role: str = strawberry.field(description="角色 / Role")
    purposes: list[str] = strawberry.field(description="用途 / Purposes")
    scopes: list[str] = strawberry.field(description="授权范围 / Scopes")
    fields: list[str] = strawberry.field(description="字段 / Fields")
    starts: Date = strawberry.field(description="起始日 / First day")
    ends: Date = strawberry.field(description="最后一日 / Last day")


@strawberry.type(description="申请中由一个数源部门答复的部分 / What one owner has to answer")
class RequestPart:
    owner: str = strawberry.field(description="部门代码 / Code of the department")
    owner_label: str = strawberry.field(description="部门名称 / Its name")
    sharing: SharingAttribute = strawberry.field(description="最严的共享属性 / Strictest sharing attribute")
    state: PartState = strawberry.field(description="答复 / Its answer")
    due_on: Date | None = strawberry.field(description="最后答复日;不受理的为空 / Last day for it; null where withheld")
    working_days_left: int | None = strawberry.field(
        description="剩余工作日,逾期为负;已答复为空 / Working days left, negative if overdue, null once answered"
    )
    overdue: bool = strawberry.field(description="已逾期 / Overdue")
    extended: bool = strawberry.field(description="已延期 / Extended")
    answered_by: strawberry.ID | None = strawberry.field(description="答复人编号 / Id of who answered")
    answered_at: DateTime | None = strawberry.field(description="答复时间 / When")
    basis: str | None = strawberry.field(description="依据 / Its basis")


@strawberry.type(description="申请的一步:何人何时做了什么 / One step of a request: who did what when")
class RequestStep:
    kind: RequestStepKind = strawberry.field(description="步骤 / What")
    at: DateTime = strawberry.field(description="时间 / When")
    person: strawberry.ID = strawberry.field(description="人员编号 / Id of the person")
    owner: str | None = strawberry.field(description="代表的数源部门 / Owner it was done for")
    note: str | None = strawberry.field(description="说明 / Why")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


@strawberry.type(description="授权申请 / A request for access")
class AccessRequest:
    number: strawberry.ID = strawberry.field(description="编号 / Number")
    state: RequestState = strawberry.field(description="状态 / State")
    department: str = strawberry.field(description="申请部门代码 / Department it is for")
    department_label: str = strawberry.field(description="申请部门 / Its name")
    asked_by: strawberry.ID = strawberry.field(description="申请人编号 / Id of who asked")
    paper: bool = strawberry.field(description="由纸质申请录入 / It came on paper")
    reason: str = strawberry.field(description="申请理由 / Why")
    made_at: DateTime = strawberry.field(description="拟稿时间 / When it was made")
    submitted_at: DateTime | None = strawberry.field(description="提交时间 / When it was submitted")
    ended_at: DateTime | None = strawberry.field(description="办结时间 / When it ended")
    released_by: strawberry.ID | None = strawberry.field(
        description="核准或退回的安全管理员编号 / Id of the security administrator who released or refused it"
    )
    basis: str | None = strawberry.field(description="不予同意的依据 / Basis of a refusal")
    changes: list[RequestChange] = strawberry.field(description="申请的变更 / What it asks for")
    parts: list[RequestPart] = strawberry.field(description="各数源部门的答复 / Answers of the owners")
    steps: list[RequestStep] = strawberry.field(description="办理经过 / What was done so far")
    grants: list[strawberry.ID] = strawberry.field(description="由其产生或变更的授权 / Grants that came of it")


@strawberry.type(description="申请办理的结果 / What became of an act on a request")
class RequestOutcome:
    request: AccessRequest = strawberry.field(description="申请 / The request")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class AskingLook(Protocol):
    """What the store says of requests to one caller."""

    def requests(
        self, state: RequestState | None, first: int, after: str | None, *, mine: bool
    ) -> Sequence[AccessRequest]: ...
    def request(self, number: str) -> AccessRequest | None: ...


class AskingDeeds(Protocol):
    """What can be done with requests."""

    def ask(self, grants: Sequence[GrantInput], reason: str, *, draft: bool, paper: bool) -> RequestOutcome: ...
    def renew(self, grant: str, until: str, reason: str) -> RequestOutcome: ...
    def end(self, grant: str, last_day: str, reason: str) -> RequestOutcome: ...
    def undo(self, number: str, reason: str) -> RequestOutcome: ...
    def submit(self, number: str) -> RequestOutcome: ...
    def withdraw(self, number: str) -> RequestOutcome: ...
    def answer(
        self, number: str, owner: str, basis: str | None, reason: str | None, *, approve: bool
    ) -> RequestOutcome: ...
    def extend(self, number: str, reason: str) -> RequestOutcome: ...
    def release(self, number: str) -> RequestOutcome: ...
    def refuse(self, number: str, basis: str) -> RequestOutcome: ...


class _Store(Protocol):
    @property
    def asking(self) -> AskingLook: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Deeds(Protocol):
    @property
    def asking(self) -> AskingDeeds: ...


_Number = Annotated[strawberry.ID, strawberry.argument(description="申请编号 / Number of the request")]
_Grant = Annotated[strawberry.ID, strawberry.argument(name="id", description="授权编号 / Id of the grant")]
_Why = Annotated[str, strawberry.argument(description="理由,1–500 字 / Why, 1 to 500 characters")]


def _requests(
    info: Info[_Desk, None],
    state: Annotated[RequestState | None, strawberry.argument(description="只列此状态的 / Only in this state")] = None,
    mine: Annotated[bool, strawberry.argument(description="只列我申请的 / Only those that I asked for")] = False,
    first: Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")] = 20,
    after: Annotated[
        strawberry.ID | None, strawberry.argument(description="从此编号之后 / After the request of this number")
    ] = None,
) -> list[AccessRequest]:
    return list(info.context.store.asking.requests(state, first, after, mine=mine))


def _request(info: Info[_Desk, None], number: _Number) -> AccessRequest | None:
    return info.context.store.asking.request(number)


def _request_access(
    info: Info[_Deeds, None],
    grants: Annotated[list[GrantInput], strawberry.argument(description="所申请的授权,1–50 项 / Grants, 1 to 50")],
    reason: _Why,
    draft: Annotated[bool, strawberry.argument(description="仅存草稿 / Keep it as a draft")] = False,
    paper: Annotated[
        bool, strawberry.argument(description="由数源部门管理员录入的纸质申请 / It came on paper, to a steward")
    ] = False,
) -> RequestOutcome:
    return info.context.asking.ask(grants, reason, draft=draft, paper=paper)


def _submit_request(info: Info[_Deeds, None], number: _Number) -> RequestOutcome:
    return info.context.asking.submit(number)


def _withdraw_request(info: Info[_Deeds, None], number: _Number) -> RequestOutcome:
    return info.context.asking.withdraw(number)


def _answer_request(  # noqa: PLR0913, PLR0917 - the arguments of the mutation
    info: Info[_Deeds, None],
    number: _Number,
    owner: Annotated[str, strawberry.argument(description="所代表的部门代码 / Department that is answered for")],
    approve: Annotated[bool, strawberry.argument(description="同意 / Agree")],
    basis: Annotated[
        str | None, strawberry.argument(description="依据;不同意时必填 / Basis; a refusal must cite one")
    ] = None,
    reason: Annotated[str | None, strawberry.argument(description="说明 / Why")] = None,
) -> RequestOutcome:
    return info.context.asking.answer(number, owner, basis, reason, approve=approve)


def _extend_request(info: Info[_Deeds, None], number: _Number, reason: _Why) -> RequestOutcome:
    return info.context.asking.extend(number, reason)


def _release_request(info: Info[_Deeds, None], number: _Number) -> RequestOutcome:
    return info.context.asking.release(number)


def _refuse_request(
    info: Info[_Deeds, None],
    number: _Number,
    basis: Annotated[str, strawberry.argument(description="依据 / Its basis")],
) -> RequestOutcome:
    return info.context.asking.refuse(number, basis)


def _renew_grant(
    info: Info[_Deeds, None],
    grant: _Grant,
    until: Annotated[Date, strawberry.argument(description="新的最后一日 / Its new last day")],
    reason: _Why,
) -> RequestOutcome:
    return info.context.asking.renew(grant, until, reason)


def _end_grant(
    info: Info[_Deeds, None],
    grant: _Grant,
    last_day: Annotated[Date, strawberry.argument(description="提前到的最后一日 / Its earlier last day")],
    reason: _Why,
) -> RequestOutcome:
    return info.context.asking.end(grant, last_day, reason)


def _undo_request(info: Info[_Deeds, None], number: _Number, reason: _Why) -> RequestOutcome:
    return info.context.asking.undo(number, reason)


@strawberry.type
class AskingQuery:
    requests: list[AccessRequest] = offer(
        "授权申请:本部门的,或由我答复、核准的",
        "Requests for access: of one's own department, or to be answered or released",
        *_READING,
        by=_requests,
    )
    request: AccessRequest | None = offer("按编号查一个授权申请", "One request by its number", *_READING, by=_request)


@strawberry.type
class AskingMutation:
    request_access: RequestOutcome = offer(
        "为本部门申请授权", "Ask for access for one's own department", *ASKING, by=_request_access
    )
    submit_request: RequestOutcome = offer("提交自己的草稿", "Submit a draft of one's own", *ASKING, by=_submit_request)
    withdraw_request: RequestOutcome = offer(
        "撤回自己的申请", "Take back a request of one's own", *ASKING, by=_withdraw_request
    )
    renew_grant: RequestOutcome = offer("申请授权续期", "Ask for a grant to be renewed", *ASKING, by=_renew_grant)
    end_grant: RequestOutcome = offer("申请提前终止授权", "Ask for a grant to end earlier", *ASKING, by=_end_grant)
    undo_request: RequestOutcome = offer(
        "为撤销一份已生效的申请起草反向变更;须经另一人核准",
        "Draft the changes back of a request that took effect; somebody else has to release them",
        *ASKING,
        by=_undo_request,
    )
    answer_request: RequestOutcome = offer(
        "数源部门答复申请;不同意须写明依据",
        "Answer a request for the department that owns the data; a refusal cites its basis",
        Role.STEWARD,
        by=_answer_request,
    )
    extend_request: RequestOutcome = offer(
        "有条件共享的,到期前延期一次(10 个工作日)",
        "Ten working days more for what is shared on conditions, once, before it is due",
        Role.STEWARD,
        by=_extend_request,
    )
    release_request: RequestOutcome = offer(
        "核准数源部门均已同意的申请;授权即时生效",
        "Release a request to which every owner agreed: its grants take effect at once",
        Role.SEC,
        by=_release_request,
    )
    refuse_request: RequestOutcome = offer(
        "退回申请,须写明依据", "Refuse a request, citing a basis", Role.SEC, by=_refuse_request
    )
