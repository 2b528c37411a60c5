"""Tasks of a department, opened and closed by its people; and what they, and audit, are told of tasks, cases and quotas."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

import strawberry

from auth.admission import MAX_CASE_CHARS
from auth.grants import Grant
from hub.acts.doing import Doing, bad_input, line_of
from hub.cases.sampling import Unknown, entries_since, unknown_cases
from hub.cases.tasks import Tasks, Work
from hub.clock import SHANGHAI, rfc3339_of
from hub.errors import HubError
from hub.quota.book import Book
from hub.quota.meter import payers_of
from hub.roster.grants import Grants
from schema.enums import CaseState, QuotaKind
from schema.tasks import QuotaItem, Task, TaskClosing, TaskOutcome, UnverifiedCase

MOST_ENTRIES = 200_000
"""Entries that a question about cases goes through; beyond, the command does."""
_MOST_DAYS, _MOST_CASES = 366, 200
_LONGEST = timedelta(days=366)


class TaskWork:
    """What one caller does with tasks, in one transaction; `count` counts acts."""

    def __init__(self, doing: Doing, count: Callable[[], None]) -> None:
        self._doing = doing
        self._count = count

    def open_task(self, case: str, purpose: str, until: str, uscc: str | None) -> TaskOutcome:
        """Open a task of the caller's department, unless it is open."""
        self._count()
        doing, caller = self._doing, self._doing.access.caller
        person, number = doing.person(), line_of(case, MAX_CASE_CHARS, "case")
        if purpose not in caller.allowed_purposes():
            raise bad_input("purpose 须为您可用的用途（purposes）", "purpose takes one that you may use (purposes)")
        last = self._last_day(until)
        ends = int(datetime.combine(last + timedelta(days=1), time(), SHANGHAI).timestamp())
        digest, department = doing.vault.short("case", number), caller.client.department
        known = self._tasks.current(department, purpose, doing.vault.lasting("case", number))
        about = str(uscc) if uscc is not None else None
        task = known or self._tasks.open(Work(number, department, purpose, person, ends, about))
        position = doing.record(
            "TASK_OPENED", "ALREADY" if known else "GRANTED", task.id, {"case": digest, "for": purpose}
        )
        return TaskOutcome(opened=known is None, task=shown(doing, task), position=position)  # type: ignore[arg-type]

    def close_task(self, task: str) -> TaskClosing:
        """Close a task of the caller's department, unless it is closed."""
        self._count()
        doing = self._doing
        person, found = doing.person(), self._tasks.of_id(task)
        if found is None or found.department != doing.access.caller.client.department:
            raise HubError("TASK_NOT_FOUND")
        closing = found.closed is None
        if closing:
            self._tasks.close(found.id, person)
        digest = doing.vault.short("case", found.case)
        position = doing.record("TASK_CLOSED", "GRANTED" if closing else "ALREADY", found.id, {"case": digest})
        return TaskClosing(closed=closing, position=position)  # type: ignore[arg-type]

    @property
    def _tasks(self) -> Tasks:
        return Tasks(self._doing.connection, self._doing.vault, self._doing.occasion.now)

    def _last_day(self, until: str) -> date:
        today = date.fromisoformat(self._doing.occasion.at[:10])
        last = date.fromisoformat(until)
        if not today <= last <= today + _LONGEST:
            raise bad_input("until 须在今日起一年内", "until takes a day within a year from today")
        return last


class TaskLook:
    """What one caller is told of tasks, cases and quotas."""

    def __init__(self, doing: Doing) -> None:
        self._doing = doing

    def tasks(self, *, closed: bool) -> Sequence[Task]:
        """Tasks of the caller's department."""
        doing = self._doing
        found = Tasks(doing.connection, doing.vault, doing.occasion.now)
        return [shown(doing, task) for task in found.shown(doing.access.caller.client.department, closed=closed)]

    def unverified(self, days: int, first: int) -> Sequence[UnverifiedCase]:
        """Cases nobody knew within so many days."""
        if not 1 <= days <= _MOST_DAYS:
            raise bad_input(f"days 须在 1 到 {_MOST_DAYS} 之间", f"days must lie between 1 and {_MOST_DAYS}")
        if not 1 <= first <= _MOST_CASES:
            raise bad_input(f"first 须在 1 到 {_MOST_CASES} 之间", f"first must lie between 1 and {_MOST_CASES}")
        doing = self._doing
        since = since_day(doing.occasion.at, days)
        if entries_since(doing.connection, since) > MOST_ENTRIES:
            raise bad_input(
                f"期间内审计记录超过 {MOST_ENTRIES} 条，请减少 days，或用命令 chengxin-hub cases",
                f"there are more than {MOST_ENTRIES} entries: take fewer days, or the command chengxin-hub cases",
            )
        return [_told(case) for case in unknown_cases(doing.connection, since)[:first]]

    def quotas(self) -> Sequence[QuotaItem]:
        """Quotas of the grants by which the caller holds something for this purpose."""
        doing, access = self._doing, self._doing.access
        today, grants = doing.occasion.at[:10], Grants(doing.connection, doing.occasion.now)
        names = sorted(frozenset().union(*access.policy.metered.values()))
        found = [grant for grant in (grants.of(name) for name in names) if grant is not None]
        return [item for grant in found for item in self._items(grant, Book(doing.connection, doing.vault, today))]

    def _items(self, grant: Grant, book: Book) -> list[QuotaItem]:
        doing = self._doing
        payers = payers_of(doing.vault, doing.access)
        midnight = datetime.combine(date.fromisoformat(book.day) + timedelta(days=1), time(), SHANGHAI)
        kinds = (
            (QuotaKind.RECORDS, grant.records_a_day, payers.department),
            (QuotaKind.ENTITIES, grant.entities_a_day, payers.asker),
        )
        return [
            QuotaItem(
                grant=grant.id,
                kind=kind,
                limit=limit,
                used=book.used(grant.id, holder),
                resets_at=rfc3339_of(int(midnight.timestamp())),  # type: ignore[arg-type]
            )
            for kind, limit, holder in kinds
            if limit is not None
        ]


def since_day(at: str, days: int) -> str:
    """The first of so many days of which today, the day of an instant, is the last."""
    return (date.fromisoformat(at[:10]) - timedelta(days=days - 1)).isoformat()


def shown(doing: Doing, task: Work) -> Task:
    """A task as its department sees it: about what its entity is by now."""
    about = doing.mandates.following.current(task.uscc) if task.uscc is not None else None
    return Task(
        id=strawberry.ID(task.id),
        case=task.case,
        purpose=task.purpose,
        uscc=about,  # type: ignore[arg-type]
        opened_by=strawberry.ID(task.opened_by),
        opened_at=rfc3339_of(task.opened),  # type: ignore[arg-type]
        until=rfc3339_of(task.until - 1)[:10],  # type: ignore[arg-type]
        closed_at=rfc3339_of(task.closed) if task.closed is not None else None,  # type: ignore[arg-type]
    )


def _told(case: Unknown) -> UnverifiedCase:
    return UnverifiedCase(
        digest=case.digest,
        department=case.department,
        purpose=case.purpose,
        # An UNVERIFIED day says more than one on which no source answered.
        state=CaseState[max(case.days.values())],
        questions=len(case.positions),
        first_on=min(case.days),  # type: ignore[arg-type]
        last_on=max(case.days),  # type: ignore[arg-type]
    )
