"""Runs over sources as people have them done in the background: begun, stopped, gone on with, one at a time.

One transaction of whoever calls. Decides nothing about who may; `quality_working.py` does them. Where a run ended is kept
with the run itself, so that one that is gone on with reads no row twice.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from hub.clock import day_of
from hub.identity.successions import next_number
from hub.store.quality_tables import quality_works
from schema.work_enums import WorkState

LOST = 30
"""Seconds without a sign of life after which another process goes on with a work."""
_ALIVE = (WorkState.WAITING, WorkState.RUNNING)


@dataclass(frozen=True, slots=True)
class QualityWork:
    """One work; instants in seconds since 1970, `run` the number of the run it came to, empty before it began."""

    number: str
    source: str
    department: str
    state: WorkState
    made_by: str
    made_at: int
    beat_at: int | None
    ended_at: int | None
    run: str
    fault: str

    @property
    def is_alive(self) -> bool:
        """True while it waits or runs."""
        return self.state in _ALIVE


@dataclass(frozen=True, slots=True)
class QualityWorks:
    """The works of one transaction; `now` in seconds since 1970."""

    connection: Connection
    now: int

    def of(self, number: str) -> QualityWork | None:
        """The work of this number."""
        found = self._select(quality_works.c.number == number)
        return found[0] if found else None

    def newest(self, most: int, department: str | None = None, source: str | None = None) -> list[QualityWork]:
        """Works, the newest first; of a department or a source, where one is named."""
        mine = [quality_works.c.department == department] if department is not None else []
        theirs = [quality_works.c.source == source] if source is not None else []
        return self._select(*mine, *theirs, most=most)

    def alive(self, source: str) -> QualityWork | None:
        """The work over a source that waits or runs."""
        found = self._select(quality_works.c.source == source, _in(_ALIVE))
        return found[0] if found else None

    def begin(self, source: str, department: str, by: str) -> QualityWork:
        """Have a source run over by whichever process takes it first."""
        number = next_number(self.connection, quality_works.c.number, "W", day_of(self.now).year)
        row = {
            "number": number,
            "source": source,
            "department": department,
            "state": WorkState.WAITING.name,
            "made_by": by,
            "made_at": self.now,
            "run": "",
            "fault": "",
        }
        self.connection.execute(insert(quality_works).values(row))
        return self._one(number)

    def stop(self, number: str) -> QualityWork:
        """Have it stopped; its process takes notice of that with its next sign of life."""
        self._change(number, _ALIVE, state=WorkState.STOPPED.name, ended_at=self.now)
        return self._one(number)

    def resume(self, number: str) -> QualityWork:
        """Have it gone on with, from where it was stopped."""
        rests = (WorkState.STOPPED, WorkState.FAILED)
        self._change(number, rests, state=WorkState.WAITING.name, worker=None, ended_at=None, fault="")
        return self._one(number)

    def is_due(self) -> bool:
        """True if there is a work that a process may take."""
        return self._next() is not None

    def take(self, worker: str) -> QualityWork | None:
        """The work that this process is to do now; None while another process does one, or none waits."""
        found = self._next()
        if found is None:
            return None
        values = {"state": WorkState.RUNNING.name, "worker": worker, "beat_at": self.now}
        self._change(found.number, _ALIVE, **values)
        return self._one(found.number)

    def beat(self, number: str, worker: str, run: str) -> bool:
        """Leave a sign of life, with the run it came to; False if this process is to do no more of it."""
        mine = (quality_works.c.worker == worker,)
        if run:
            # Also of one that was stopped meanwhile: what it came to is there.
            self._change(number, tuple(WorkState), *mine, run=run)
        return self._change(number, (WorkState.RUNNING,), *mine, beat_at=self.now)

    def end(self, number: str, worker: str, state: WorkState, fault: str = "") -> bool:
        """Keep what came of a work; False if it was taken from this process, or stopped."""
        ended = None if state is WorkState.WAITING else self.now
        mine = (quality_works.c.worker == worker,)
        return self._change(number, (WorkState.RUNNING,), *mine, state=state.name, ended_at=ended, fault=fault)

    def _next(self) -> QualityWork | None:
        running = self._select(_in((WorkState.RUNNING,)))
        if running:
            # A clock that is a little behind that of another machine sees a sign of life ahead of itself.
            lost = running[0].beat_at is None or abs(self.now - running[0].beat_at) >= LOST
            return running[0] if lost else None
        waiting = self._select(_in((WorkState.WAITING,)))
        return waiting[-1] if waiting else None

    def _change(
        self, number: str, states: Collection[WorkState], *conditions: ColumnElement[bool], **values: object
    ) -> bool:
        which = (quality_works.c.number == number, _in(states), *conditions)
        return bool(self.connection.execute(update(quality_works).where(*which).values(**values)).rowcount)

    def _one(self, number: str) -> QualityWork:
        (found,) = self._select(quality_works.c.number == number)
        return found

    def _select(self, *conditions: ColumnElement[bool], most: int | None = None) -> list[QualityWork]:
        query = select(quality_works).where(*conditions)
        ordered = query.order_by(quality_works.c.made_at.desc(), quality_works.c.number.desc()).limit(most)
        return [_read(row) for row in self.connection.execute(ordered)]


def _in(states: Collection[WorkState]) -> ColumnElement[bool]:
    return quality_works.c.state.in_([state.name for state in states])


def _read(row: Row[Any]) -> QualityWork:
    return QualityWork(
        number=row.number,
        source=row.source,
        department=row.department,
        state=WorkState[row.state],
        made_by=row.made_by,
        made_at=row.made_at,
        beat_at=row.beat_at,
        ended_at=row.ended_at,
        run=row.run,
        fault=row.fault,
    )
