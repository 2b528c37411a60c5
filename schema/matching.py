"""Identity resolution: which entity somebody means by a name, an address or a number. The hub answers it from its name index.

Whoever asks holds a scope of its own for it, and the name and the code of the entities; addresses are compared for whoever
holds these too. Nothing resolves here.
"""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.classes import Sensitivity, Sharing
from auth.roles import Role
from auth.scopes import Scope
from schema.base import fact, offer
from schema.matching_enums import MatchLink, MatchOutcome
from schema.scalars import DateTime

MOST_CANDIDATES = 50
_ASKING = tuple(role for role in Role if role is not Role.PUBLIC)


@strawberry.input(description="待识别的主体:所知的任何一项 / A business as somebody knows it: any part of it")
class CandidateInput:
    key: str | None = strawberry.field(default=None, description="您的编号,原样返回 / Whatever you call it; comes back")
    local_key: str | None = strawberry.field(
        default=None,
        description="本部门对其的编号(如档案号、许可证号),已在对照表中认定的 / What your department calls it",
    )
    name: str | None = strawberry.field(default=None, description="名称,至多 200 字 / Name, 200 characters at most")
    address: str | None = strawberry.field(
        default=None, description="地址,至多 300 字 / Address, 300 characters at most"
    )
    uscc: str | None = strawberry.field(default=None, description="统一社会信用代码 / Unified social credit code")
    reg_no15: str | None = strawberry.field(default=None, description="15 位注册号 / Registration number of 15 digits")
    org_code: str | None = strawberry.field(default=None, description="组织机构代码 / Organisation code")
    division_code: str | None = strawberry.field(default=None, description="行政区划代码 / Division code (GB/T 2260)")


@strawberry.type(description="一条理由 / One piece of evidence")
class MatchReason:
    code: str = strawberry.field(description="代码 / Code")
    text: str = strawberry.field(description="中文说明 / In Chinese")
    text_en: str = strawberry.field(description="英文说明 / In English")
    weight: float = strawberry.field(
        description="分量(对数几率):正为支持,负为反对 / Weight in log-odds, above 0 for one entity, below against"
    )


@strawberry.type(description="可能所指的主体 / An entity that may be meant")
class MatchedEntity:
    uscc: str | None = strawberry.field(description="统一社会信用代码 / Unified social credit code")
    name: str | None = strawberry.field(description="登记名称 / Registered name")
    outcome: MatchOutcome = strawberry.field(description="比较结果 / How it compares")
    probability: float = strawberry.field(description="同一主体的概率 / Probability that it is the one")
    link: MatchLink | None = strawberry.field(description="分支与总机构关系 / Branch and head office")
    reasons: list[MatchReason] = strawberry.field(description="理由 / Reasons")


@strawberry.type(description="一个待识别主体的结果 / What became of one candidate")
class EntityMatch:
    key: str | None = strawberry.field(description="您的编号 / Whatever you called it")
    outcome: MatchOutcome = fact(
        "主体识别结果",
        "Which entity is meant",
        Scope.ENTITY_MATCH,
        sensitivity=Sensitivity.INTERNAL,
        sharing=Sharing.CONDITIONAL,
        link=("Entity.uscc", "Entity.name"),
    )
    address_compared: bool = strawberry.field(
        description="已比较地址:所问有地址,且您可明文查询住所 / There was an address, and you hold addresses in clear"
    )
    probability: float = strawberry.field(description="同一主体的概率 / Probability that the entity is the one")
    reasons: list[MatchReason] = strawberry.field(description="理由,最重的在前 / Reasons, the weightiest first")
    uscc: str | None = strawberry.field(description="所指主体的统一社会信用代码 / Code of the entity that is meant")
    name: str | None = strawberry.field(description="所指主体的登记名称 / Its registered name")
    link: MatchLink | None = strawberry.field(description="分支与总机构关系:相关联而不合并 / Linked, and never merged")
    others: list[MatchedEntity] = strawberry.field(
        description="其他可能,至多 9 个 / Others that may be meant, 9 at most"
    )
    as_of: DateTime | None = strawberry.field(description="名称索引的数据时间 / Data time of the name index")


class MatchDesk(Protocol):
    """Resolves candidates for one caller."""

    def resolve(self, candidates: Sequence[CandidateInput]) -> Sequence[EntityMatch]: ...


class _Looking(Protocol):
    @property
    def store(self) -> "_Stored": ...


class _Stored(Protocol):
    @property
    def matching(self) -> MatchDesk: ...


def _resolve(
    info: Info[_Looking, None],
    candidates: Annotated[
        list[CandidateInput],
        strawberry.argument(description=f"1–{MOST_CANDIDATES} 个 / 1 to {MOST_CANDIDATES} of them"),
    ],
) -> list[EntityMatch]:
    return list(info.context.store.matching.resolve(candidates))


@strawberry.type
class MatchingQuery:
    """The root of the query that resolves."""

    resolve: list[EntityMatch] = offer(
        "识别:名称、地址或编号所指的经营主体,顺序与所问一致",
        "Which entities are meant by names, addresses or numbers, in the order asked",
        *_ASKING,
        by=_resolve,
    )
