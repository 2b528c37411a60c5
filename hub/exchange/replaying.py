"""The recorded questions against a draft: which of them would answer less, more, perhaps less, or the same.

Counts by slices, so that memory does not grow with the record. A long replay is a row in the store that says how far it
came; whoever begins it again goes on from there, unless the draft or the grants are others by now.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select

from auth.roles import Role
from hub.exchange.changes import Change
from hub.exchange.differences import Draft, Shift, differences
from hub.exchange.matrix import Asker
from hub.exchange.recorded import SLICE, Question, end_of_record, first_since, read_questions
from hub.settings_grants import written
from hub.store.simulator_tables import replays

_MOST_ASKERS = 4_096


class Outcome(StrEnum):
    """How a question would be answered: worse goes before better."""

    LESS = "LESS"
    PERHAPS = "PERHAPS"
    MORE = "MORE"
    SAME = "SAME"


_OUTCOMES = {
    Shift.LOST: Outcome.LESS,
    Shift.MASKED_MORE: Outcome.LESS,
    Shift.NARROWED: Outcome.PERHAPS,
    Shift.OTHER_ROWS: Outcome.PERHAPS,
    Shift.GAINED: Outcome.MORE,
    Shift.CLEARER: Outcome.MORE,
    Shift.WIDENED: Outcome.MORE,
}
_WORST = tuple(Outcome)
Group = tuple[str, str, str, str]
"""Client, department, role, purpose."""


@dataclass(slots=True)
class Tally:
    """Questions of each outcome by client, department, role and purpose; and of these, which fields made them so."""

    outcomes: dict[Group, Counter[Outcome]] = field(default_factory=dict)
    fields: dict[Group, Counter[tuple[str, Shift]]] = field(default_factory=dict)

    def add(self, group: Group, outcome: Outcome, moved: Iterable[tuple[str, Shift]]) -> None:
        """Count one question."""
        self.outcomes.setdefault(group, Counter())[outcome] += 1
        if outcome is not Outcome.SAME:
            self.fields.setdefault(group, Counter()).update(moved)

    def total(self, outcome: Outcome) -> int:
        """Questions of this outcome."""
        return sum(counted[outcome] for counted in self.outcomes.values())

    def body(self) -> list[Any]:
        """The tally as it is stored."""
        return [
            [
                list(group),
                {outcome.value: count for outcome, count in counted.items()},
                [[name, shift.value, count] for (name, shift), count in sorted(self.fields.get(group, {}).items())],
            ]
            for group, counted in sorted(self.outcomes.items())
        ]

    @staticmethod
    def read(body: Sequence[Any]) -> "Tally":
        """The tally that was stored."""
        made = Tally()
        for group, counted, moved in body:
            key: Group = tuple(group)
            made.outcomes[key] = Counter({Outcome(name): count for name, count in counted.items()})
            made.fields[key] = Counter({(name, Shift(shift)): count for name, shift, count in moved})
        return made


class Replayer:
    """Compares questions with a draft; what was worked out for an asker is kept."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._known: dict[tuple[str, str, str], Mapping[str, frozenset[Shift]]] = {}

    def count(self, questions: Iterable[Question], tally: Tally, since: str = "") -> None:
        """Count questions that are not older than an instant."""
        for question in questions:
            if question.at >= since:
                shifts = self._shifts(question)
                moved = [(name, shift) for name in sorted(question.fields & shifts.keys()) for shift in shifts[name]]
                found = {_OUTCOMES[shift] for _, shift in moved}
                outcome = next((one for one in _WORST if one in found), Outcome.SAME)
                group = question.client, question.department, question.role, question.purpose
                tally.add(group, outcome, moved)

    def _shifts(self, question: Question) -> Mapping[str, frozenset[Shift]]:
        key = question.department, question.role, question.purpose
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= _MOST_ASKERS:
                self._known.clear()
            found = self._known[key] = self._work_out(*key)
        return found

    def _work_out(self, department: str, role: str, purpose: str) -> Mapping[str, frozenset[Shift]]:
        """What becomes of each field on any day from now on."""
        if not any(grant.concerns(department, grant.role) and grant.role == role for grant in self._draft.touched):
            return {}
        stretches = differences(self._draft, Asker(department, Role(role), purpose))
        names = {name for one in stretches for name in one.shifts}
        return {name: frozenset(s for one in stretches for s in one.shifts.get(name, ())) for name in names}


@dataclass(frozen=True, slots=True)
class Job:
    """A replay under way: positions from `first` up to and without `last`, of which those before `next` are counted."""

    request: str
    digest: str
    first: int
    next: int
    last: int
    days: int
    tally: Tally

    @property
    def done(self) -> bool:
        """True if nothing is left to count."""
        return self.next >= self.last


def digest_of(draft: Draft, changes: Sequence[Change]) -> str:
    """What a replay depends on beside the record: equal for equal changes to equal grants."""
    told = [[written(grant) for grant in draft.before.honoured], [change.body() for change in changes]]
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()


def find_job(connection: Connection, request: str, digest: str, days: int) -> Job | None:
    """The replay of this draft that is on record, done or not; None if it was of another one."""
    row = connection.execute(select(replays).where(replays.c.request == request)).first()
    if row is None or row.digest != digest or row.days != days:
        return None
    return Job(request, digest, row.first, row.next, row.last, days, Tally.read(orjson.loads(row.tally)))


def new_job(connection: Connection, request: str, digest: str, days: int, since: str) -> Job:
    """A replay that begins with the first entry since an instant (RFC 3339) and ends with the newest one there is."""
    first = first_since(connection, since)
    return Job(request, digest, first, first, end_of_record(connection), days, Tally())


def advance(connection: Connection, job: Job, replayer: Replayer) -> Job:
    """The job one slice further; its tally is that of before, counted on."""
    upto = min(job.last, job.next + SLICE)
    replayer.count(read_questions(connection, job.next, upto), job.tally)
    return replace(job, next=upto)


def keep_job(connection: Connection, job: Job, now: int) -> None:
    """Store how far a replay came, in place of any of before for this request."""
    row = {
        "request": job.request,
        "digest": job.digest,
        "first": job.first,
        "next": job.next,
        "last": job.last,
        "days": job.days,
        "tally": orjson.dumps(job.tally.body()).decode(),
        "changed_at": now,
    }
    connection.execute(delete(replays).where(replays.c.request == job.request))
    connection.execute(insert(replays).values(row))
