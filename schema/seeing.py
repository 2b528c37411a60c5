"""What somebody else would be answered: a real question, put as another department, role and purpose. No value is in it,
but of the one made-up entity that the settings name for trying.

It is a mutation because each time leaves an entry in the record.
"""

from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.enums import Labelled, labelled
from schema.scalars import Position


@labelled("字段会怎样答复 / How a field would be answered")
class SeenState(Labelled):
    CLEAR = ("明文", "In clear")
    CLEAR_SOME = ("明文，仅部分行", "In clear, for some rows only")
    MASKED = ("脱敏", "Masked")
    MASKED_SOME = ("脱敏，仅部分行", "Masked, for some rows only")
    DENIED = ("不予答复", "Denied")


@strawberry.type(description="问题中的一个字段会怎样答复 / How one field of the question would be answered")
class SeenField:
    path: str = strawberry.field(description="在答复中的位置 / Its place in the answer")
    field: str = strawberry.field(description="字段坐标 / Schema coordinate")
    label: str | None = strawberry.field(description="中文名称 / Chinese label")
    state: SeenState = strawberry.field(description="状态 / State")
    code: str | None = strawberry.field(description="不予答复的原因代码 / Code of the denial")


@strawberry.type(description="以他人身份提问的结果 / What somebody else would be answered")
class SeenOutcome:
    fields: list[SeenField] = strawberry.field(description="逐字段 / Each field")
    refused: str | None = strawberry.field(
        description="整个问题不予答复的代码；为空则予以答复 / Code with which the whole question is refused, null if it is not"
    )
    message: str | None = strawberry.field(description="对方会看到的说明 / What they would read")
    message_en: str | None = strawberry.field(description="英文 / In English")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")
    answer: str | None = strawberry.field(
        description="对方会收到的完整答复（JSON），只对试用主体 / The whole answer in JSON, for the entity for trying only"
    )
    withheld: str | None = strawberry.field(description="没有完整答复的原因 / Why there is no answer")
    withheld_en: str | None = strawberry.field(description="英文 / In English")


class SeeingDeeds(Protocol):
    """What is seen as somebody else."""

    def see_as(self, whom: tuple[str, str, str], question: str, case: str | None, *, answer: bool) -> SeenOutcome: ...


class _Deeds(Protocol):
    @property
    def seeing(self) -> SeeingDeeds: ...


def _see_as(  # noqa: PLR0913, PLR0917 - the arguments of the mutation
    info: Info[_Deeds, None],
    department: Annotated[str, strawberry.argument(description="部门代码；公众为空 / Code; empty for the public")],
    role: Annotated[str, strawberry.argument(description="角色，三员除外 / Role, none of the three offices")],
    purpose: Annotated[str, strawberry.argument(description="用途代码 / Code of a purpose")],
    question: Annotated[str, strawberry.argument(description="GraphQL 查询，不带变量 / A query without variables")],
    case: Annotated[str | None, strawberry.argument(description="案件或任务编号 / Case number")] = None,
    answer: Annotated[
        bool,
        strawberry.argument(
            description="并答复试用主体的实际值，会查询数据源 / With the answer, for which sources are asked"
        ),
    ] = False,
) -> SeenOutcome:
    return info.context.seeing.see_as((department, role, purpose), question, case, answer=answer)


@strawberry.type
class SeeingMutation:
    """Seeing as somebody else."""

    see_as: SeenOutcome = offer(
        "以某部门、角色、用途的视角提问：答每个字段的状态；实际值只对配置的试用主体",
        "Put a question as a department, role and purpose: how each field would be answered; values of the entity for trying only",
        Role.SEC,
        by=_see_as,
    )
