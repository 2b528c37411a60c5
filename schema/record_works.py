"""Works on the record that take their time, as auditors have them done: verifying all of it, and the pack of a year."""

from collections.abc import Sequence
from typing import Annotated, Protocol

import strawberry
from strawberry.types import Info

from auth.roles import Role
from schema.base import offer
from schema.scalars import DateTime, Position
from schema.work_enums import WorkKind, WorkState


@strawberry.type(description="与签署时不符之处 / Something that differs from what was signed")
class RecordDifference:
    kind: str = strawberry.field(description="种类 / Kind")
    first: Position = strawberry.field(description="首条 / First entry")
    last: Position = strawberry.field(description="末条 / Last entry")
    sentence: str = strawberry.field(description="一句话说明 / In a sentence")
    sentence_en: str = strawberry.field(description="英文说明 / In English")


@strawberry.type(description="对审计记录的一次处理 / One work on the record")
class RecordWork:
    number: strawberry.ID = strawberry.field(description="编号 / Number")
    kind: WorkKind = strawberry.field(description="种类 / Kind")
    year: int | None = strawberry.field(description="年度;核验为空 / Year of a pack")
    state: WorkState = strawberry.field(description="状态 / State")
    made_by: strawberry.ID = strawberry.field(description="人员编号 / Id of who began it")
    made_at: DateTime = strawberry.field(description="提出时间 / When")
    began_at: DateTime | None = strawberry.field(description="本段开始时间 / When its present stretch began")
    seen_at: DateTime | None = strawberry.field(description="最近一次进展 / Its last sign of life")
    ended_at: DateTime | None = strawberry.field(description="结束时间 / When it ended")
    done: Position = strawberry.field(description="已核对的记录数 / Entries that were hashed")
    total: Position = strawberry.field(description="全部记录数;尚未统计为 0 / Of how many; 0 until they are counted")
    seconds_left: int | None = strawberry.field(
        description="预计剩余秒数 / Seconds that are left, as far as one can tell"
    )
    step: str = strawberry.field(description="当前步骤 / What is under way")
    since: Position = strawberry.field(
        description="从第几条接续核对,其前为此前各段所核 / Entry from which it was gone on with; those before were verified earlier"
    )
    entries: Position = strawberry.field(description="记录数 / Entries there are")
    signed: Position = strawberry.field(description="已有检查点涵盖的记录数 / Of them, covered by a checkpoint")
    signed_at: DateTime | None = strawberry.field(description="最新检查点的时间 / When the newest checkpoint was made")
    checkpoints_inside: int = strawberry.field(description="相符的检查点,存储内 / Checkpoints in the store that hold")
    checkpoints_outside: int = strawberry.field(description="相符的检查点,存储外 / Checkpoints outside that hold")
    witnesses: list[str] = strawberry.field(description="联署最新检查点的见证方 / Who cosigned the newest one")
    differences: list[RecordDifference] = strawberry.field(
        description="不符之处,至多 200 处 / What differs, at most 200"
    )
    more_differences: int = strawberry.field(description="其余不符之处的数目 / How many more differ")
    fault: str | None = strawberry.field(description="未能完成的原因 / Why it failed")
    pack_bytes: int | None = strawberry.field(description="材料的字节数 / Bytes of the pack")
    pack_hash: str | None = strawberry.field(description="材料的 SHA-256 / SHA-256 of the pack")


@strawberry.type(description="一次处理的办理结果 / What became of an act on a work")
class RecordWorkOutcome:
    work: RecordWork = strawberry.field(description="该处理 / The work")
    changed: bool = strawberry.field(description="状态有变化 / False if it was so already")
    position: Position = strawberry.field(description="审计记录中的位置 / Position of its entry in the record")


class WorkLook(Protocol):
    """What the store says of works on the record, to an auditor."""

    def works(self, first: int) -> Sequence[RecordWork]: ...
    def work(self, number: str) -> RecordWork | None: ...
    def pack(self, number: str) -> str | None: ...


class WorkDeeds(Protocol):
    """What an auditor has done about them, in one transaction."""

    def verify(self) -> RecordWorkOutcome: ...
    def pack(self, year: int) -> RecordWorkOutcome: ...
    def stop(self, number: str) -> RecordWorkOutcome: ...
    def resume(self, number: str) -> RecordWorkOutcome: ...


class _Store(Protocol):
    @property
    def works(self) -> WorkLook: ...


class _Desk(Protocol):
    @property
    def store(self) -> _Store: ...


class _Deeds(Protocol):
    @property
    def works(self) -> WorkDeeds: ...


_Number = Annotated[strawberry.ID, strawberry.argument(description="处理编号 / Number of the work")]


def _works(
    info: Info[_Desk, None],
    first: Annotated[int, strawberry.argument(description="条数,1–100 / How many, 1 to 100")] = 20,
) -> list[RecordWork]:
    return list(info.context.store.works.works(first))


def _work(info: Info[_Desk, None], number: _Number) -> RecordWork | None:
    return info.context.store.works.work(number)


def _pack(info: Info[_Desk, None], number: _Number) -> str | None:
    return info.context.store.works.pack(number)


def _verify_record(info: Info[_Deeds, None]) -> RecordWorkOutcome:
    return info.context.works.verify()


def _pack_record(
    info: Info[_Deeds, None], year: Annotated[int, strawberry.argument(description="年度 / Year")]
) -> RecordWorkOutcome:
    return info.context.works.pack(year)


def _stop(info: Info[_Deeds, None], number: _Number) -> RecordWorkOutcome:
    return info.context.works.stop(number)


def _resume(info: Info[_Deeds, None], number: _Number) -> RecordWorkOutcome:
    return info.context.works.resume(number)


@strawberry.type
class RecordWorkQuery:
    """Roots of the query that show works on the record."""

    record_works: list[RecordWork] = offer(
        "对审计记录的核验和年度材料,最近的在前",
        "Verifications and packs of the record, the newest first",
        Role.AUDIT,
        by=_works,
    )
    record_work: RecordWork | None = offer(
        "一次核验或年度材料的进度和结果", "How far one of them is, and what it found", Role.AUDIT, by=_work
    )
    record_pack: str | None = offer(
        "年度审计材料(ZIP,Base64),取用留痕",
        "The pack of a year: ZIP, in base 64; that it was fetched is recorded",
        Role.AUDIT,
        by=_pack,
    )


@strawberry.type
class RecordWorkMutation:
    """Roots of the mutation that have the record verified or packed in the background."""

    verify_record: RecordWorkOutcome = offer(
        "在后台核验全部审计记录", "Have the whole record verified in the background", Role.AUDIT, by=_verify_record
    )
    pack_record: RecordWorkOutcome = offer(
        "在后台生成年度审计材料", "Have the pack of a year made in the background", Role.AUDIT, by=_pack_record
    )
    stop_record_work: RecordWorkOutcome = offer(
        "停止核验或年度材料", "Stop a verification or a pack", Role.AUDIT, by=_stop
    )
    resume_record_work: RecordWorkOutcome = offer(
        "继续已停止或未能完成的核验或年度材料", "Go on with one that was stopped, or failed", Role.AUDIT, by=_resume
    )
