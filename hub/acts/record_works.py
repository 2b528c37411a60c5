"""Works on the record as an auditor has them done and sees them: begun, stopped, gone on with, fetched."""

import base64
from collections.abc import Callable, Sequence
from datetime import date

import strawberry

from hub.acts.auditing import Read
from hub.acts.disclosing import check_page
from hub.acts.doing import Doing, bad_input
from hub.audit.verifying import Difference
from hub.clock import rfc3339_of
from hub.disclosure.works import Work, Works
from schema.record_works import RecordDifference, RecordWork, RecordWorkOutcome
from schema.work_enums import WorkKind

_FIRST_YEAR = 2020


class RecordWorkLook:
    """What the store says of works; that a pack was fetched is put to `read`, and recorded before it leaves."""

    def __init__(self, doing: Doing, read: list[Read]) -> None:
        self._doing = doing
        self._read = read

    def works(self, first: int) -> Sequence[RecordWork]:
        """Works, the newest first."""
        check_page(first)
        kept = _works(self._doing)
        return _shown(kept, kept.newest(first))

    def work(self, number: str) -> RecordWork | None:
        """One work, None where there is none of this number."""
        kept = _works(self._doing)
        found = kept.of(number) if _is_number(number) else None
        return None if found is None else _shown(kept, [found])[0]

    def pack(self, number: str) -> str | None:
        """The pack of a work, None where it has none."""
        found = _works(self._doing).pack(number) if _is_number(number) else None
        if found is None:
            return None
        self._read.append(Read("AUDIT_PACK_FETCHED", number, {"number": number}))
        return base64.b64encode(found).decode()


class RecordWorking:
    """What an auditor has done, in one transaction; `count` counts acts."""

    def __init__(self, doing: Doing, count: Callable[[], None]) -> None:
        self._doing = doing
        self._count = count

    def verify(self) -> RecordWorkOutcome:
        """Have the record verified; one verification at a time."""
        return self._begin(WorkKind.VERIFY, None)

    def pack(self, year: int) -> RecordWorkOutcome:
        """Have a year packed, one that is over or runs."""
        today = date.fromisoformat(self._doing.occasion.at[:10])
        if not _FIRST_YEAR <= year <= today.year:
            raise bad_input(f"year 须在 {_FIRST_YEAR} 到今年之间", f"year lies between {_FIRST_YEAR} and this one")
        return self._begin(WorkKind.PACK, year)

    def stop(self, number: str) -> RecordWorkOutcome:
        """Stop what waits or runs."""
        self._count()
        kept, known = _works(self._doing), self._known(number)
        changed = known.is_alive
        return self._outcome("RECORD_WORK_STOPPED", kept.stop(number) if changed else known, changed=changed)

    def resume(self, number: str) -> RecordWorkOutcome:
        """Go on with what was stopped, or failed."""
        self._count()
        kept, known = _works(self._doing), self._known(number)
        other = kept.alive(known.kind, known.year)
        if other is not None and other.number != number:
            raise bad_input(
                f"同类处理 {other.number} 尚在进行，请待其结束", f"{other.number} of the same kind is not over yet"
            )
        after = kept.resume(number)
        return self._outcome("RECORD_WORK_RESUMED", after, changed=after.state is not known.state)

    def _begin(self, kind: WorkKind, year: int | None) -> RecordWorkOutcome:
        self._count()
        doing, kept = self._doing, _works(self._doing)
        alive = kept.alive(kind, year)
        work = alive or kept.begin(kind, year, doing.person())
        return self._outcome("RECORD_WORK_BEGUN", work, changed=alive is None)

    def _known(self, number: str) -> Work:
        found = _works(self._doing).of(number) if _is_number(number) else None
        if found is None:
            raise bad_input("没有此编号的处理", "there is no work of this number")
        return found

    def _outcome(self, act: str, work: Work, *, changed: bool) -> RecordWorkOutcome:
        told = {"number": work.number, "kind": work.kind.name, **({"year": str(work.year)} if work.year else {})}
        position = self._doing.record(act, "GRANTED" if changed else "ALREADY", work.number, told)
        shown = _shown(_works(self._doing), [work])[0]
        return RecordWorkOutcome(work=shown, changed=changed, position=position)  # type: ignore[arg-type]


def _works(doing: Doing) -> Works:
    return Works(doing.connection, doing.occasion.now)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isprintable()


def _shown(kept: Works, works: Sequence[Work]) -> list[RecordWork]:
    packs = kept.packs([one.number for one in works])
    return [_one(work, packs.get(work.number)) for work in works]


def _one(work: Work, pack: tuple[int, str] | None) -> RecordWork:
    found = work.found
    return RecordWork(
        number=strawberry.ID(work.number),
        kind=work.kind,
        year=work.year,
        state=work.state,
        made_by=strawberry.ID(work.made_by),
        made_at=rfc3339_of(work.made_at),  # type: ignore[arg-type]
        began_at=_instant(work.began_at),  # type: ignore[arg-type]
        seen_at=_instant(work.beat_at),  # type: ignore[arg-type]
        ended_at=_instant(work.ended_at),  # type: ignore[arg-type]
        done=work.done,  # type: ignore[arg-type]
        total=work.total,  # type: ignore[arg-type]
        seconds_left=work.seconds_left,
        step=found.step,
        since=found.since,  # type: ignore[arg-type]
        entries=found.entries,  # type: ignore[arg-type]
        signed=found.signed,  # type: ignore[arg-type]
        signed_at=_instant(found.signed_at),  # type: ignore[arg-type]
        checkpoints_inside=found.inside,
        checkpoints_outside=found.outside,
        witnesses=list(found.witnesses),
        differences=[_difference(one) for one in found.differences],
        more_differences=found.more,
        fault=found.fault or None,
        pack_bytes=None if pack is None else pack[0],
        pack_hash=None if pack is None else pack[1],
    )


def _difference(one: Difference) -> RecordDifference:
    zh, en = one.sentence()
    return RecordDifference(kind=one.kind, first=one.first, last=one.last, sentence=zh, sentence_en=en)  # type: ignore[arg-type]


def _instant(seconds: int | None) -> str | None:
    return None if seconds is None else rfc3339_of(seconds)
