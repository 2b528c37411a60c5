"""Works on the record in the store: verifying all of it, packing a year – begun, stopped, gone on with, one at a time.

One transaction of whoever calls. Decides nothing about who may; `working.py` does them.
"""

from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from hub.audit.tiles import WIDTH
from hub.audit.verifying import Difference
from hub.disclosure.objections import next_number
from hub.store.work_tables import record_packs, record_works
from schema.work_enums import WorkKind, WorkState

LOST = 30
"""Seconds without a sign of life after which another process goes on with a work."""
MOST_DIFFERENCES = 200
"""Differences that are kept by name; more are counted."""
_ALIVE = (WorkState.WAITING, WorkState.RUNNING)


@dataclass(frozen=True, slots=True)
class Found:
    """What a work found so far.

    more: differences beyond those that are named · entries, signed: how many there are, and of them under a checkpoint ·
    inside, outside: checkpoints that hold, in the store and outside it · since: where it was gone on with last ·
    witnesses: names of those that cosigned the newest checkpoint · fault: why it failed.
    """

    differences: tuple[Difference, ...] = ()
    more: int = 0
    entries: int = 0
    signed: int = 0
    signed_at: int | None = None
    inside: int = 0
    outside: int = 0
    since: int = 0
    step: str = ""
    fault: str = ""
    witnesses: tuple[str, ...] = ()

    def written(self) -> bytes:
        """As the store keeps it."""
        return orjson.dumps(self, default=list)


@dataclass(frozen=True, slots=True)
class Work:
    """One work; instants in seconds since 1970, `done` of `total` entries, `start` the one with which its stretch began."""

    number: str
    kind: WorkKind
    year: int | None
    state: WorkState
    made_by: str
    made_at: int
    began_at: int | None
    beat_at: int | None
    ended_at: int | None
    start: int
    done: int
    total: int
    found: Found = field(default_factory=Found)

    @property
    def is_alive(self) -> bool:
        """True while it waits or runs."""
        return self.state in _ALIVE

    @property
    def seconds_left(self) -> int | None:
        """How long it takes yet, as quickly as it went so far; None where nobody knows."""
        gone = self.done - self.start
        if self.state is not WorkState.RUNNING or self.began_at is None or self.beat_at is None or gone <= 0:
            return None
        return round((self.beat_at - self.began_at) * (self.total - self.done) / gone)


@dataclass(frozen=True, slots=True)
class Works:
    """The works of one transaction; `now` in seconds since 1970."""

    connection: Connection
    now: int

    def of(self, number: str) -> Work | None:
        """The work of this number."""
        found = self._select(record_works.c.number == number)
        return found[0] if found else None

    def newest(self, most: int) -> list[Work]:
        """Works, the newest first."""
        return self._select(most=most)

    def alive(self, kind: WorkKind, year: int | None) -> Work | None:
        """The work of this kind that waits or runs; of packs, of this year."""
        same = (record_works.c.kind == kind.name, record_works.c.year == year)
        found = self._select(*same, record_works.c.state.in_([state.name for state in _ALIVE]))
        return found[0] if found else None

    def begin(self, kind: WorkKind, year: int | None, by: str) -> Work:
        """Have a work done by whichever process takes it first."""
        number = next_number(self.connection, record_works.c.number, "A", self.now)
        row = {
            "number": number,
            "kind": kind.name,
            "year": year,
            "state": WorkState.WAITING.name,
            "made_by": by,
            "made_at": self.now,
            "start": 0,
            "done": 0,
            "total": 0,
            "found": Found().written(),
        }
        self.connection.execute(insert(record_works).values(row))
        return self._one(number)

    def stop(self, number: str) -> Work:
        """Have it stopped; its process takes notice of that with its next sign of life."""
        waits = record_works.c.state.in_([state.name for state in _ALIVE])
        stopping = update(record_works).where(record_works.c.number == number, waits)
        self.connection.execute(stopping.values(state=WorkState.STOPPED.name, ended_at=self.now))
        return self._one(number)

    def resume(self, number: str) -> Work:
        """Have it gone on with, from where it was stopped."""
        rests = record_works.c.state.in_([WorkState.STOPPED.name, WorkState.FAILED.name])
        going = update(record_works).where(record_works.c.number == number, rests)
        self.connection.execute(going.values(state=WorkState.WAITING.name, worker=None, ended_at=None))
        return self._one(number)

    def is_due(self) -> bool:
        """True if there is a work that a process may take."""
        return self._next() is not None

    def take(self, worker: str) -> Work | None:
        """The work that this process is to do now; None while another process does one, or none waits."""
        found = self._next()
        if found is None:
            return None
        # A pack is made in one go.
        start = found.done // WIDTH * WIDTH if found.kind is WorkKind.VERIFY else 0
        values = {"worker": worker, "began_at": self.now, "beat_at": self.now, "start": start, "done": start}
        self._set(found.number, state=WorkState.RUNNING.name, **values)
        return self._one(found.number)

    def beat(self, number: str, worker: str, reached: tuple[int, int], found: Found) -> bool:
        """Keep how far a process is with its work; False if it is to do no more of it."""
        mine = (record_works.c.number == number, record_works.c.worker == worker)
        values = {"beat_at": self.now, "done": reached[0], "total": reached[1], "found": found.written()}
        if not self.connection.execute(update(record_works).where(*mine).values(**values)).rowcount:
            return False
        return self._one(number).state is WorkState.RUNNING

    def end(self, number: str, worker: str, state: WorkState, found: Found) -> bool:
        """Keep what came of a work; False if it was taken from this process, or stopped."""
        mine = (
            record_works.c.number == number,
            record_works.c.worker == worker,
            record_works.c.state == WorkState.RUNNING.name,
        )
        ended = None if state is WorkState.WAITING else self.now
        values = {"state": state.name, "ended_at": ended, "beat_at": self.now, "found": found.written()}
        return bool(self.connection.execute(update(record_works).where(*mine).values(**values)).rowcount)

    def keep_pack(self, work: Work, archive: bytes, sha256: str) -> None:
        """Keep a pack; those of the same year that were made before go."""
        same = select(record_works.c.number).where(record_works.c.year == work.year)
        self.connection.execute(delete(record_packs).where(record_packs.c.work.in_(same)))
        row = {"work": work.number, "size": len(archive), "sha256": sha256, "archive": archive}
        self.connection.execute(insert(record_packs).values(row))

    def pack(self, number: str) -> bytes | None:
        """The pack of a work, None where there is none or it was made anew since."""
        found = self.connection.execute(select(record_packs.c.archive).where(record_packs.c.work == number)).scalar()
        return None if found is None else bytes(found)

    def packs(self, numbers: list[str]) -> dict[str, tuple[int, str]]:
        """Size in bytes and SHA-256 of the packs of works."""
        table = record_packs.c
        query = select(table.work, table.size, table.sha256).where(table.work.in_(numbers))
        return {row.work: (row.size, row.sha256) for row in self.connection.execute(query)}

    def _next(self) -> Work | None:
        running = self._select(record_works.c.state == WorkState.RUNNING.name)
        if running:
            # A clock that is a little behind that of another machine sees a sign of life ahead of itself.
            lost = running[0].beat_at is None or abs(self.now - running[0].beat_at) >= LOST
            return running[0] if lost else None
        waiting = self._select(record_works.c.state == WorkState.WAITING.name)
        return waiting[-1] if waiting else None

    def _set(self, number: str, **values: object) -> None:
        self.connection.execute(update(record_works).where(record_works.c.number == number).values(**values))

    def _one(self, number: str) -> Work:
        (found,) = self._select(record_works.c.number == number)
        return found

    def _select(self, *conditions: ColumnElement[bool], most: int | None = None) -> list[Work]:
        query = select(record_works).where(*conditions)
        ordered = query.order_by(record_works.c.made_at.desc(), record_works.c.number.desc()).limit(most)
        return [_read(row) for row in self.connection.execute(ordered)]


def _read(row: Row[Any]) -> Work:
    told = orjson.loads(row.found)
    told |= {"differences": tuple(Difference(*one) for one in told["differences"])}
    return Work(
        number=row.number,
        kind=WorkKind[row.kind],
        year=row.year,
        state=WorkState[row.state],
        made_by=row.made_by,
        made_at=row.made_at,
        began_at=row.began_at,
        beat_at=row.beat_at,
        ended_at=row.ended_at,
        start=row.start,
        done=row.done,
        total=row.total,
        found=Found(**{**told, "witnesses": tuple(told["witnesses"])}),
    )
