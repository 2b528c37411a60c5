"""A replay of a request that is kept in the store: whoever looks sees how far it came, and it goes on from there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from hub.acts.doing import Doing, bad_input
from hub.acts.simulating import replay_of
from hub.clock import rfc3339_of
from hub.exchange.changes import Change
from hub.exchange.differences import Draft, draft_of
from hub.exchange.reading import NoRequestError, changes_of, days_before, now_in_force
from hub.exchange.replaying import Job, Replayer, advance, digest_of, find_job, keep_job, new_job
from hub.store.simulator_tables import replays
from schema.catalogue import FieldRule
from schema.replaying import KeptReplay, ReplayOutcome

_SLICES = 2
"""Slices of the record that one act goes on by."""
_MOST_DAYS = 730


@dataclass(frozen=True, slots=True)
class Replaying:
    """The `ReplayingDesk` and `ReplayingDeeds` of the schema, in one transaction."""

    doing: Doing

    def kept(self, request: str) -> KeptReplay | None:
        """The replay as far as it came."""
        row = self.doing.connection.execute(select(replays).where(replays.c.request == request)).first()
        if row is None:
            return None
        draft, changes = self._draft(request)
        job = find_job(self.doing.connection, request, digest_of(draft, changes), row.days)
        return _shown(job, row.changed_at) if job is not None else None

    def go_on(self, request: str, days: int, *, anew: bool) -> ReplayOutcome:
        """Some slices further, from the beginning where grants or days are others by now."""
        if not 1 <= days <= _MOST_DAYS:
            raise bad_input(f"days 须为 1 到 {_MOST_DAYS}", f"days is from 1 to {_MOST_DAYS}")
        doing = self.doing
        draft, changes = self._draft(request)
        digest = digest_of(draft, changes)
        job = None if anew else find_job(doing.connection, request, digest, days)
        if job is None:
            job = new_job(doing.connection, request, digest, days, days_before(self._today, days))
        replayer = Replayer(draft)
        for _ in range(_SLICES):
            job = advance(doing.connection, job, replayer)
        keep_job(doing.connection, job, doing.occasion.now)
        told = {"request": request, "days": str(days), "read": str(job.next - job.first)}
        position = doing.record("REQUEST_REPLAYED", "DONE" if job.done else "UNDER_WAY", "", told)
        return ReplayOutcome(replay=_shown(job, doing.occasion.now), position=position)  # type: ignore[arg-type]

    @property
    def _today(self) -> date:
        return date.fromisoformat(rfc3339_of(self.doing.occasion.now)[:10])

    def _draft(self, request: str) -> tuple[Draft, list[Change]]:
        doing, fields = self.doing, self._fields
        try:
            changes = changes_of(doing.connection, request)
        except NoRequestError:
            raise bad_input("没有此编号的申请", "there is no request of this number") from None
        found = now_in_force(doing.connection, fields.values(), self._today, doing.occasion.now)
        return draft_of(found.situation, changes), changes

    @property
    def _fields(self) -> Mapping[str, FieldRule]:
        return self.doing.rules.known.catalogue.fields


def _shown(job: Job, changed_at: int) -> KeptReplay:
    counted = replay_of(job.tally, job.first, job.next, ended=job.done)
    return KeptReplay(
        days=job.days,
        entries=job.last - job.first,
        read=job.next - job.first,
        done=job.done,
        changed_at=rfc3339_of(changed_at),  # type: ignore[arg-type]
        counted=counted,
    )
