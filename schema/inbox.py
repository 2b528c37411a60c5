"""The inbox of whoever asks: what the hub told them, and that they have read it. Nobody sees anybody else's."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.scalars import DateTime, Position

_PEOPLE = sorted(set(Role) - {Role.PUBLIC})


@strawberry.type(description="通知 / A notice to whoever asks")
class Notice:
    id: strawberry.ID = strawberry.field(description="编号 / Its id")
    event: str = strawberry.field(description="事项代码 / Code of the event")
    title: str = strawberry.field(description="事项 / What it is about")
    title_en: str = strawberry.field(description="事项(英文) / The same in English")
    text: str = strawberry.field(description="内容 / What it says")
    text_en: str = strawberry.field(description="内容(英文) / The same in English")
    page: str | None = strawberry.field(
        description="办理此事的管理台页面的路径;没有则为空 / Path of the console's page for it, null where there is none"
    )
    made_at: DateTime = strawberry.field(description="时间 / When")
    read_at: DateTime | None = strawberry.field(description="阅读时间;未读为空 / When it was read, null until then")


@strawberry.type(description="阅读通知的结果 / What became of reading notices")
class ReadOutcome:
    read: list[strawberry.ID] = strawberry.field(
        description="此前未读、现已读的通知编号 / Ids of those that were unread until now"
    )
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class Inbox(Protocol):
    """What came to whoever asks."""

    def notices(self, unread: bool, first: int) -> Sequence[Notice]: ...


class InboxDesk(Protocol):
    """What the hub says to one caller, as far as it reads the store."""

    @property
    def store(self) -> Inbox: ...


class InboxDeeds(Protocol):
    """What one caller does to their inbox."""

    def read_notices(self, ids: Sequence[str]) -> ReadOutcome: ...


def _notices(
    info: Info[InboxDesk, None],
    unread: Annotated[bool, strawberry.argument(description="只列未读的 / Only those that are unread")] = False,
    first: Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")] = 20,
) -> list[Notice]:
    return list(info.context.store.notices(unread, first))


def _read_notice(
    info: Info[InboxDeeds, None],
    ids: Annotated[list[strawberry.ID], strawberry.argument(description="通知编号,1–100 个 / Ids, 1 to 100 of them")],
) -> ReadOutcome:
    return info.context.read_notices(ids)


@strawberry.type
class InboxQuery:
    notices: list[Notice] = offer(
        "发给我的通知,最新的在前,保留 90 日",
        "What I was told, the newest first; kept for 90 days",
        *_PEOPLE,
        by=_notices,
    )


@strawberry.type
class InboxMutation:
    read_notice: ReadOutcome = offer(
        "标记通知为已读,不再改由其他渠道通知",
        "Mark notices as read; then no other channel is tried",
        *_PEOPLE,
        by=_read_notice,
    )
