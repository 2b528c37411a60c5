"""Identities: keys of departments and the entities they stand for, what became of entities, and pairs to look at.

The hub's own; stored there. Whatever joins or parts entities takes two people, and can be undone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.identity_enums import ReviewCause, ReviewOrder, ReviewState, SuccessionState
from schema.identity_types import (
    EntityInput,
    IdentityReview,
    KeyLink,
    LinkOutcome,
    PairInput,
    ReviewOutcome,
    Succession,
    SuccessionInput,
    SuccessionOutcome,
)

_ACTING = (Role.CREDIT_OFFICE, Role.STEWARD)
_READING = (Role.AUDIT, *_ACTING)
_NUMBER = "编号 / Number"


@dataclass(frozen=True, slots=True)
class ReviewsWanted:
    """Which reviews are wanted, and in which order; None is any."""

    state: ReviewState | None
    waiting: bool
    cause: ReviewCause | None
    order: ReviewOrder


class IdentityDesk(Protocol):
    """What the store says of identities, to one caller."""

    def links(self, entity: EntityInput | None, department: str | None, key: str | None) -> Sequence[KeyLink]: ...
    def successions(
        self, entity: EntityInput | None, state: SuccessionState | None, first: int, after: str | None
    ) -> Sequence[Succession]: ...
    def one_succession(self, number: str) -> Succession | None: ...
    def reviews(self, wanted: ReviewsWanted, first: int, after: str | None) -> Sequence[IdentityReview]: ...
    def one_review(self, number: str) -> IdentityReview | None: ...


class IdentityDeeds(Protocol):
    """What one caller may do about identities, in one transaction."""

    def link(self, key: str, entity: EntityInput, evidence: str, confidence: float) -> LinkOutcome: ...
    def propose(self, succession: SuccessionInput) -> SuccessionOutcome: ...
    def confirm(self, number: str) -> SuccessionOutcome: ...
    def refuse(self, number: str) -> SuccessionOutcome: ...
    def undo(self, number: str, reason: str) -> SuccessionOutcome: ...
    def queue(self, pair: PairInput) -> ReviewOutcome: ...
    def decide(self, number: str, note: str, *, same: bool) -> ReviewOutcome: ...
    def defer(self, number: str, note: str) -> ReviewOutcome: ...


class _Looking(Protocol):
    @property
    def store(self) -> "_Stored": ...


class _Stored(Protocol):
    @property
    def identities(self) -> IdentityDesk: ...


class _Doing(Protocol):
    @property
    def identities(self) -> IdentityDeeds: ...


_Number = Annotated[strawberry.ID, strawberry.argument(description=_NUMBER)]
_First = Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")]
_After = Annotated[strawberry.ID | None, strawberry.argument(description="从此编号之后 / After this number")]


def _crosswalk(
    info: Info[_Looking, None],
    entity: Annotated[
        EntityInput | None, strawberry.argument(description="对应此主体的编号 / Keys that stand for this entity")
    ] = None,
    department: Annotated[str | None, strawberry.argument(description="或:部门代码 / Or: department")] = None,
    key: Annotated[str | None, strawberry.argument(description="及其本地编号 / And its key")] = None,
) -> list[KeyLink]:
    return list(info.context.store.identities.links(entity, department, key))


def _successions(
    info: Info[_Looking, None],
    entity: Annotated[
        EntityInput | None, strawberry.argument(description="只列涉及此主体的 / Only of this entity")
    ] = None,
    state: Annotated[
        SuccessionState | None, strawberry.argument(description="只列此状态的 / Only in this state")
    ] = None,
    first: _First = 50,
    after: _After = None,
) -> list[Succession]:
    return list(info.context.store.identities.successions(entity, state, first, after))


def _succession(info: Info[_Looking, None], number: _Number) -> Succession | None:
    return info.context.store.identities.one_succession(number)


def _reviews(  # noqa: PLR0913, PLR0917 - the arguments of the field
    info: Info[_Looking, None],
    state: Annotated[ReviewState | None, strawberry.argument(description="只列此状态的 / Only in this state")] = None,
    first: _First = 50,
    after: _After = None,
    waiting: Annotated[bool, strawberry.argument(description="只列未办结的 / Only those that wait")] = False,
    cause: Annotated[ReviewCause | None, strawberry.argument(description="只列此原因的 / Only for this cause")] = None,
    order: Annotated[ReviewOrder, strawberry.argument(description="次序 / Order")] = ReviewOrder.NEWEST,
) -> list[IdentityReview]:
    return list(info.context.store.identities.reviews(ReviewsWanted(state, waiting, cause, order), first, after))


def _review(info: Info[_Looking, None], number: _Number) -> IdentityReview | None:
    return info.context.store.identities.one_review(number)


def _link_key(
    info: Info[_Doing, None],
    key: Annotated[str, strawberry.argument(description="本部门的本地编号,1–128 字 / A key of one's own department")],
    entity: Annotated[EntityInput, strawberry.argument(description="对应的主体 / Entity it stands for")],
    evidence: Annotated[str, strawberry.argument(description="证据,1–500 字 / Evidence, 1 to 500 characters")],
    confidence: Annotated[float, strawberry.argument(description="可信度,0–1 / Confidence, 0 to 1")] = 1.0,
) -> LinkOutcome:
    return info.context.identities.link(key, entity, evidence, confidence)


def _propose_succession(
    info: Info[_Doing, None],
    succession: Annotated[SuccessionInput, strawberry.argument(description="承继 / What became of entities")],
) -> SuccessionOutcome:
    return info.context.identities.propose(succession)


def _confirm_succession(info: Info[_Doing, None], number: _Number) -> SuccessionOutcome:
    return info.context.identities.confirm(number)


def _refuse_succession(info: Info[_Doing, None], number: _Number) -> SuccessionOutcome:
    return info.context.identities.refuse(number)


def _undo_succession(
    info: Info[_Doing, None],
    number: _Number,
    reason: Annotated[str, strawberry.argument(description="理由,1–500 字 / Why, 1 to 500 characters")],
) -> SuccessionOutcome:
    return info.context.identities.undo(number, reason)


def _queue_review(
    info: Info[_Doing, None],
    pair: Annotated[PairInput, strawberry.argument(description="待复核的一对 / The pair")],
) -> ReviewOutcome:
    return info.context.identities.queue(pair)


def _decide_review(
    info: Info[_Doing, None],
    number: _Number,
    same: Annotated[bool, strawberry.argument(description="是否同一主体 / Whether both are one")],
    note: Annotated[str, strawberry.argument(description="说明,1–500 字 / Why, 1 to 500 characters")],
) -> ReviewOutcome:
    return info.context.identities.decide(number, note, same=same)


def _defer_review(
    info: Info[_Doing, None],
    number: _Number,
    note: Annotated[
        str, strawberry.argument(description="还缺什么才能认定,1–500 字 / What is lacking, 1 to 500 characters")
    ],
) -> ReviewOutcome:
    return info.context.identities.defer(number, note)


@strawberry.type
class IdentityQuery:
    """Roots of the query that read identities."""

    crosswalk: list[KeyLink] = offer(
        "各部门本地编号与主体的对应,至多 200 条",
        "Keys of departments and the entities they stand for, at most 200",
        *_READING,
        by=_crosswalk,
    )
    successions: list[Succession] = offer(
        "主体的承继:合并、拆分、换码、更名、迁移,新的在前",
        "What became of entities: merged, split, re-coded, renamed, moved; the newest first",
        *_READING,
        by=_successions,
    )
    succession: Succession | None = offer(
        "一项承继;没有此编号则为空", "One succession, null if there is none of this number", *_READING, by=_succession
    )
    identity_reviews: list[IdentityReview] = offer(
        "待人工复核的疑似或矛盾的对应", "Pairs that a person has to look at", *_READING, by=_reviews
    )
    identity_review: IdentityReview | None = offer(
        "一项复核;没有此编号或无权查看则为空",
        "One review, null if there is none of this number for the caller",
        *_READING,
        by=_review,
    )


@strawberry.type
class IdentityMutation:
    """Roots of the mutation that decide who is who."""

    link_key: LinkOutcome = offer(
        "登记本部门的一个本地编号对应的主体",
        "Say which entity a key of one's own department stands for",
        *_ACTING,
        by=_link_key,
    )
    propose_succession: SuccessionOutcome = offer(
        "提出主体的承继,待他人确认",
        "Propose what became of entities; another person confirms",
        *_ACTING,
        by=_propose_succession,
    )
    confirm_succession: SuccessionOutcome = offer(
        "确认他人提出的承继,即时生效",
        "Confirm what somebody else proposed: at once in force",
        *_ACTING,
        by=_confirm_succession,
    )
    refuse_succession: SuccessionOutcome = offer(
        "退回提出的承继", "Refuse what was proposed", *_ACTING, by=_refuse_succession
    )
    undo_succession: SuccessionOutcome = offer(
        "撤销已生效的承继:一人提出,另一人再次提出即撤销",
        "Undo a succession: one asks for it, another one does it",
        *_ACTING,
        by=_undo_succession,
    )
    queue_review: ReviewOutcome = offer(
        "将疑似或矛盾的对应送人工复核", "Have somebody look at a pair", *_ACTING, by=_queue_review
    )
    decide_review: ReviewOutcome = offer(
        "作出复核结论;认定同一须两人先后认定",
        "Decide a review; that both are one, two people have to say",
        *_ACTING,
        by=_decide_review,
    )
    defer_review: ReviewOutcome = offer(
        "看过而不能确定:留下说明,仍待复核",
        "Looked, and could not tell: a note for the next person",
        *_ACTING,
        by=_defer_review,
    )
