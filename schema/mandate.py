"""Mandates: which account may act for which entity, as whom, and from when to when. The hub's own; nothing resolves here."""

import strawberry

from schema.enums import MandateKind, MandateOrigin
from schema.scalars import USCC, DateTime


@strawberry.type(description="代表关系:某账号可代表某经营主体 / A mandate: an account may act for an entity")
class Mandate:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    uscc: USCC = strawberry.field(description="经营主体的统一社会信用代码 / Code of the entity")
    kind: MandateKind = strawberry.field(description="类别 / Kind")
    origin: MandateOrigin = strawberry.field(description="由来 / Where it comes from")
    person: strawberry.ID = strawberry.field(description="人员编号 / Id of the person who holds it")
    username: str | None = strawberry.field(
        description="账号名;经其他平台登录的为空 / Account name, null for who signs in elsewhere"
    )
    starts_at: DateTime = strawberry.field(description="起始 / From")
    ends_at: DateTime | None = strawberry.field(
        description="期满;法定代表人无期限 / Until; null for a representative, who has no period"
    )
    ended_at: DateTime | None = strawberry.field(description="已终止于 / When it ended, null while it holds")
