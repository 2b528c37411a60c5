"""What was disclosed of an entity, told to whoever may act for it; objections to it; recalls of facts. The hub's own.

Nothing resolves here: the hub implements the protocols over its store.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.asking import ASKING
from schema.base import offer
from schema.disclosing_enums import ObjectionState, RecallKind
from schema.paging import PageInfo
from schema.scalars import USCC, Date, DateTime, Position

_POSITION = "审计记录中的位置 / Position of its entry in the record"
_EXPLAINING = tuple(role for role in ASKING if role is not Role.DEV)
"""Roles that speak for a department about its questions: not those who build its systems."""
_OBJECTION = tuple(sorted({*_EXPLAINING, Role.AUDIT, Role.MERCHANT}))


@strawberry.type(description="异议:经营主体对一次查询提出 / An objection of an entity to a look-up")
class Objection:
    number: strawberry.ID = strawberry.field(description="编号 / Number")
    line: Position | None = strawberry.field(
        description="所针对的查询;其摘要密钥已销毁的为空 / The look-up it is about; null once the key of its digests is destroyed"
    )
    uscc: USCC = strawberry.field(description="提出的经营主体 / Entity it is of")
    department: str = strawberry.field(description="查询部门代码 / Code of the department that looked")
    department_label: str = strawberry.field(description="查询部门 / Its name")
    state: ObjectionState = strawberry.field(description="状态 / State")
    reason: str = strawberry.field(description="理由 / Why it was filed")
    filed_at: DateTime = strawberry.field(description="提出时间 / When it was filed")
    due_on: Date = strawberry.field(description="最后答复日 / Last day for its decision")
    working_days_left: int | None = strawberry.field(
        description="剩余工作日,逾期为负;已认定为空 / Working days left, negative if overdue, null once decided"
    )
    explanation: str | None = strawberry.field(
        description="查询部门的说明,仅该部门和审计可见 / What the department said; for it and for audit only"
    )
    finding: str | None = strawberry.field(description="审计认定的意见 / What audit found")
    decided_at: DateTime | None = strawberry.field(description="认定时间 / When it was decided")


@strawberry.type(description="一次查询,以一句话说明 / One look-up, in a sentence")
class Lookup:
    line: Position = strawberry.field(description="编号,提出异议时用 / Its number, for an objection")
    at: DateTime = strawberry.field(description="时间(到分) / When, to the minute")
    department: str = strawberry.field(description="查询部门 / Department that looked")
    purpose: str = strawberry.field(description="用途 / Purpose")
    fields: list[str] = strawberry.field(description="所查字段的名称 / Labels of the fields")
    sentence: str = strawberry.field(description="一句话说明 / In a sentence")
    sentence_en: str = strawberry.field(description="英文说明 / In English")
    objection: Objection | None = strawberry.field(description="对其提出的异议 / Objection to it, if there is one")


@strawberry.type(description="依法延后告知的查询,只有次数 / Look-ups that are told of later by law: a count only")
class LaterByLaw:
    count: int = strawberry.field(description="次数,至多数到 10000 / How many, counted up to 10,000")
    basis: str = strawberry.field(description="法律依据 / The law")
    sentence: str = strawberry.field(description="一句话说明 / In a sentence")
    sentence_en: str = strawberry.field(description="英文说明 / In English")


@strawberry.type(description="谁查过我 / Who looked at one's entity")
class LookupConnection:
    nodes: list[Lookup] = strawberry.field(description="各次查询,最近的在前 / Look-ups, the newest first")
    page_info: PageInfo = strawberry.field(description="分页信息 / Page information")
    later: list[LaterByLaw] = strawberry.field(description="依法延后告知的 / Told of later by law")
    public_scans: int = strawberry.field(
        description="公众扫码或查询次数,无身份,至多数到 10000 / Questions of the public, whoever that was; up to 10,000"
    )
    own: int = strawberry.field(
        description="经营主体账号的查询次数,至多数到 10000 / Questions of merchants' accounts; up to 10,000"
    )
    up_to: DateTime | None = strawberry.field(description="统计截至 / Everything up to this moment is in it")


@strawberry.type(description="收到过被召回内容的调用方 / A client that received what was recalled")
class RecallRecipient:
    client: str = strawberry.field(description="客户端 / Client")
    department: str = strawberry.field(description="部门代码 / Code of its department")
    questions: int = strawberry.field(description="收到的次数 / How often it received it")
    first_position: Position = strawberry.field(
        description="首次,审计记录中的位置 / First, as a position in the record"
    )
    last_position: Position = strawberry.field(description="最近一次 / Last")


@strawberry.type(description="召回:一项内容已更正或撤销 / A recall: a fact was corrected or withdrawn")
class Recall:
    number: strawberry.ID = strawberry.field(description="编号 / Number")
    uscc: USCC = strawberry.field(description="经营主体 / Entity")
    field: str = strawberry.field(description="字段坐标 / Coordinate of the field")
    label: str = strawberry.field(description="字段名称 / Its label")
    kind: RecallKind = strawberry.field(description="缘由 / Why")
    reason: str = strawberry.field(description="说明 / In words")
    since: Date = strawberry.field(description="自何日起提供的 / Given from this day on")
    department: str = strawberry.field(description="数源部门代码 / Code of the department that owns it")
    made_at: DateTime = strawberry.field(description="召回时间 / When")
    clients_told: int | None = strawberry.field(
        description="已告知的调用方数,仅审计可见 / How many clients were told; for audit only"
    )
    entries: int | None = strawberry.field(
        description="提供过该内容的记录数,仅审计可见 / How many entries gave it; for audit only"
    )
    recipients: list[RecallRecipient] = strawberry.field(
        description="收到过的调用方,仅审计可见 / Who received it; for audit only"
    )
    positions: list[Position] = strawberry.field(
        description="提供过该内容的记录,至多 1000 个,仅审计可见 / Entries that gave it, at most 1,000; for audit only"
    )


@strawberry.type(description="提出、说明或认定异议的结果 / What became of an act on an objection")
class ObjectionOutcome:
    objection: Objection = strawberry.field(description="异议 / The objection")
    position: Position = strawberry.field(description=_POSITION)


@strawberry.type(description="召回的结果 / What became of a recall")
class RecallOutcome:
    recall: Recall = strawberry.field(description="召回 / The recall")
    position: Position = strawberry.field(description=_POSITION)


class DisclosingDesk(Protocol):
    """What the store says of disclosures, to one caller."""

    def lookups(self, uscc: str, first: int, after: str | None) -> LookupConnection: ...
    def objections(self, state: ObjectionState | None, first: int) -> Sequence[Objection]: ...
    def recalls(self, first: int) -> Sequence[Recall]: ...


class DisclosingDeeds(Protocol):
    """What one caller may do about disclosures, in one transaction."""

    def object(self, uscc: str, line: int, reason: str) -> ObjectionOutcome: ...
    def explain(self, number: str, text: str) -> ObjectionOutcome: ...
    def decide(self, number: str, finding: str, *, justified: bool) -> ObjectionOutcome: ...
    def recall(self, uscc: str, named: tuple[str, RecallKind], reason: str, since: str) -> RecallOutcome: ...


class _Store(Protocol):
    @property
    def disclosing(self) -> DisclosingDesk: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Deeds(Protocol):
    @property
    def disclosing(self) -> DisclosingDeeds: ...


_Entity = Annotated[USCC, strawberry.argument(description="统一社会信用代码 / Unified social credit code")]
_Number = Annotated[strawberry.ID, strawberry.argument(description="异议编号 / Number of the objection")]
_First = Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")]


def _lookups(
    info: Info[_Desk, None],
    uscc: _Entity,
    first: _First = 20,
    after: Annotated[
        str | None, strawberry.argument(description="上一页的 endCursor / endCursor of the page before")
    ] = None,
) -> LookupConnection:
    return info.context.store.disclosing.lookups(uscc, first, after)


def _objections(
    info: Info[_Desk, None],
    state: Annotated[
        ObjectionState | None, strawberry.argument(description="只列此状态的 / Only in this state")
    ] = None,
    first: _First = 20,
) -> list[Objection]:
    return list(info.context.store.disclosing.objections(state, first))


def _recalls(info: Info[_Desk, None], first: _First = 20) -> list[Recall]:
    return list(info.context.store.disclosing.recalls(first))


def _object_to_lookup(
    info: Info[_Deeds, None],
    uscc: _Entity,
    line: Annotated[Position, strawberry.argument(description="查询的编号(line) / Number of the look-up (line)")],
    reason: Annotated[str, strawberry.argument(description="理由,1–500 字 / Why, 1 to 500 characters")],
) -> ObjectionOutcome:
    return info.context.disclosing.object(uscc, line, reason)


def _explain_lookup(
    info: Info[_Deeds, None],
    number: _Number,
    text: Annotated[
        str, strawberry.argument(description="说明,1–500 字,只供审计查看 / What there is to say, for audit only")
    ],
) -> ObjectionOutcome:
    return info.context.disclosing.explain(number, text)


def _decide_objection(
    info: Info[_Deeds, None],
    number: _Number,
    justified: Annotated[bool, strawberry.argument(description="查询是否正当 / Whether the look-up was justified")],
    finding: Annotated[
        str, strawberry.argument(description="意见,1–500 字,告知经营主体 / What was found, which the entity is told")
    ],
) -> ObjectionOutcome:
    return info.context.disclosing.decide(number, finding, justified=justified)


def _recall_fact(  # noqa: PLR0913, PLR0917 - the arguments of the mutation
    info: Info[_Deeds, None],
    uscc: _Entity,
    field: Annotated[str, strawberry.argument(description="字段坐标,如 Penalty.fine / Coordinate of the field")],
    kind: Annotated[RecallKind, strawberry.argument(description="缘由 / Why")],
    reason: Annotated[str, strawberry.argument(description="说明,1–500 字 / In words, 1 to 500 characters")],
    since: Annotated[
        Date, strawberry.argument(description="自何日起可能有误,至多三年 / From which day on; three years at most")
    ],
) -> RecallOutcome:
    return info.context.disclosing.recall(uscc, (field, kind), reason, since)


@strawberry.type
class DisclosingQuery:
    """Roots of the query that say what was disclosed."""

    lookups: LookupConnection = offer(
        "谁查过我:我可代表的主体被查询的情况",
        "Who looked at an entity that one may act for",
        Role.MERCHANT,
        by=_lookups,
    )
    objections: list[Objection] = offer(
        "异议:我提出的、针对本部门查询的,审计为全部",
        "Objections: of one's entities, to what one's department looked at; for audit all",
        *_OBJECTION,
        by=_objections,
    )
    recalls: list[Recall] = offer(
        "召回:本部门作出的,审计为全部",
        "Recalls of one's own department; for audit all",
        Role.AUDIT,
        Role.STEWARD,
        by=_recalls,
    )


@strawberry.type
class DisclosingMutation:
    """Roots of the mutation that object to look-ups and recall facts."""

    object_to_lookup: ObjectionOutcome = offer(
        "对一次查询提出异议",
        "Object to a look-up of an entity that one may act for",
        Role.MERCHANT,
        by=_object_to_lookup,
    )
    explain_lookup: ObjectionOutcome = offer(
        "查询部门就异议作出说明;查询人本人不得说明",
        "Explain, for the department that looked, a look-up that was not one's own",
        *_EXPLAINING,
        by=_explain_lookup,
    )
    decide_objection: ObjectionOutcome = offer(
        "认定异议,告知经营主体", "Decide an objection; the entity is told", Role.AUDIT, by=_decide_objection
    )
    recall_fact: RecallOutcome = offer(
        "召回本部门已更正或撤销的内容,告知所有收到过的调用方",
        "Recall a fact of one's department that was corrected or withdrawn; all who received it are told",
        Role.STEWARD,
        by=_recall_fact,
    )
