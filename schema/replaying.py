"""A replay that is kept: the recorded questions of some days against a request, counted step by step, whoever looks on."""

from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.scalars import DateTime, Position
from schema.simulating import Replay


@strawberry.type(description="保存下来的重放 / A replay that is kept")
class KeptReplay:
    days: int = strawberry.field(description="最近多少天的查询 / Of how many days the questions are")
    entries: int = strawberry.field(description="要看的记录条数 / Entries to be looked through")
    read: int = strawberry.field(description="已看的条数 / Those that were")
    done: bool = strawberry.field(description="已全部看完 / Nothing is left")
    changed_at: DateTime = strawberry.field(description="上次推进的时间 / When it last went on")
    counted: Replay = strawberry.field(description="至今的统计 / What was counted so far")


@strawberry.type(description="推进重放的结果 / What became of going on with a replay")
class ReplayOutcome:
    replay: KeptReplay = strawberry.field(description="重放 / The replay")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class ReplayingDesk(Protocol):
    """Replays that are kept."""

    def kept(self, request: str) -> KeptReplay | None: ...


class ReplayingDeeds(Protocol):
    """What is done with them."""

    def go_on(self, request: str, days: int, *, anew: bool) -> ReplayOutcome: ...


class _Store(Protocol):
    @property
    def replaying(self) -> ReplayingDesk: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Deeds(Protocol):
    @property
    def replaying(self) -> ReplayingDeeds: ...


_Request = Annotated[strawberry.ID, strawberry.argument(description="申请编号 / Number of the request")]


def _kept(info: Info[_Desk, None], request: _Request) -> KeptReplay | None:
    return info.context.store.replaying.kept(request)


def _go_on(
    info: Info[_Deeds, None],
    request: _Request,
    days: Annotated[int, strawberry.argument(description="天数,1–730 / Days, 1 to 730")] = 30,
    anew: Annotated[bool, strawberry.argument(description="从头再来 / From the beginning")] = False,
) -> ReplayOutcome:
    return info.context.replaying.go_on(request, days, anew=anew)


@strawberry.type
class ReplayingQuery:
    """The replay as far as it came."""

    kept_replay: KeptReplay | None = offer(
        "一份申请的重放已到何处;没有,或授权已变,则为空",
        "How far the replay of a request came; null without one, or if the grants are others by now",
        Role.SEC,
        Role.AUDIT,
        by=_kept,
    )


@strawberry.type
class ReplayingMutation:
    """Going on with it."""

    go_on_with_replay: ReplayOutcome = offer(
        "推进一份申请的重放,一次数千条记录;可随时离开,再来时接着进行",
        "Go on with the replay of a request, some thousand entries at a time; leave and come back as you like",
        Role.SEC,
        by=_go_on,
    )
