"""Runs over sources as people have them done: stewards those of their own department, system administrators any."""

from collections.abc import Callable, Sequence

import strawberry

from auth.roles import Role
from hub.acts.disclosing import check_page
from hub.acts.doing import Doing, bad_input
from hub.clock import rfc3339_of
from hub.exchange.quality_book import ROWS, QualityBook
from hub.exchange.quality_works import QualityWork, QualityWorks
from schema.quality_works import QualityWork as Shown
from schema.quality_works import QualityWorkOutcome


class QualityWorkLook:
    """What the store says of runs that people began."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    def works(self, source: str | None, first: int) -> Sequence[Shown]:
        """Works, the newest first; a steward sees those of their department."""
        check_page(first)
        found = _works(self._doing).newest(first, _department(self._doing), source)
        return [_shown(self._doing, one) for one in found]


class QualityWorking:
    """What one caller has done, in one transaction; `count` counts acts."""

    def __init__(self, doing: Doing, count: Callable[[], None]) -> None:
        self._doing = doing
        self._count = count

    def begin(self, source: str) -> QualityWorkOutcome:
        """Have a source run over, from where its last run was stopped; one work over a source at a time."""
        self._count()
        department, mine = self._sources().get(source), _department(self._doing)
        if department is None or mine not in (None, department):
            raise bad_input("source 须为本部门的数据源", "source takes a source of your department")
        alive = _works(self._doing).alive(source)
        work = alive or _works(self._doing).begin(source, department, self._doing.person())
        return self._outcome("QUALITY_WORK_BEGUN", work, changed=alive is None)

    def stop(self, number: str) -> QualityWorkOutcome:
        """Stop what waits or runs."""
        self._count()
        known = self._known(number)
        after = _works(self._doing).stop(number)
        return self._outcome("QUALITY_WORK_STOPPED", after, changed=known.is_alive)

    def resume(self, number: str) -> QualityWorkOutcome:
        """Go on with what was stopped, or failed."""
        self._count()
        known = self._known(number)
        other = _works(self._doing).alive(known.source)
        if other is not None and other.number != number:
            raise bad_input(
                f"该数据源的检查 {other.number} 尚在进行，请待其结束", f"{other.number} of this source is not over yet"
            )
        after = _works(self._doing).resume(number)
        return self._outcome("QUALITY_WORK_RESUMED", after, changed=after.state is not known.state)

    def _known(self, number: str) -> QualityWork:
        found = _works(self._doing).of(number) if number.isascii() and number.isprintable() else None
        if found is None or _department(self._doing) not in (None, found.department):
            raise bad_input("没有此编号的质量检查", "there is no such work")
        return found

    def _sources(self) -> dict[str, str]:
        mappings = self._doing.rules.mappings
        if mappings is None:
            raise RuntimeError("these rules know no sources")
        return {one.source.name: one.source.department for one in mappings().all}

    def _outcome(self, act: str, work: QualityWork, *, changed: bool) -> QualityWorkOutcome:
        told = {"number": work.number, "source": work.source}
        position = self._doing.record(act, "GRANTED" if changed else "ALREADY", work.number, told)
        return QualityWorkOutcome(work=_shown(self._doing, work), changed=changed, position=position)  # type: ignore[arg-type]


def _department(doing: Doing) -> str | None:
    """The department whose sources the caller answers for; None for those who look after all."""
    client = doing.access.caller.client
    return client.department if client.role is Role.STEWARD else None


def _works(doing: Doing) -> QualityWorks:
    return QualityWorks(doing.connection, doing.occasion.now)


def _shown(doing: Doing, work: QualityWork) -> Shown:
    book = QualityBook(doing.connection, doing.vault, doing.occasion.now)
    run = book.of(work.run) if work.run else None
    marks = book.marks([run.number])[run.number] if run is not None else []
    return Shown(
        number=strawberry.ID(work.number),
        source=work.source,
        department=work.department,
        state=work.state,
        made_by=strawberry.ID(work.made_by),
        made_at=rfc3339_of(work.made_at),  # type: ignore[arg-type]
        seen_at=_instant(work.beat_at),  # type: ignore[arg-type]
        ended_at=_instant(work.ended_at),  # type: ignore[arg-type]
        run=strawberry.ID(work.run) if work.run else None,
        record=(run.record or None) if run is not None else None,
        rows=sum(mark.checked for mark in marks if mark.rule == ROWS),
        found=sum(mark.failed for mark in marks),
        fault=work.fault or None,
    )


def _instant(seconds: int | None) -> str | None:
    return None if seconds is None else rfc3339_of(seconds)
