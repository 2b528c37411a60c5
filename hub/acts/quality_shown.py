"""The quality board as callers read it: whose sources they see, what changed since the run before, and which rows failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import strawberry
from sqlalchemy import Select, func, select

from auth.roles import Role
from hub.acts.doing import Doing, bad_input
from hub.acts.identities_shown import known_number
from hub.clock import rfc3339_of
from hub.errors import HubError
from hub.exchange.quality_book import ROWS, UNMAPPED, UNREAD, Finding, Mark, QualityBook, Run
from hub.store.quality_tables import quality_findings, quality_runs
from schema.identity_enums import QualityRule
from schema.quality import QualityFinding, QualityMark, QualityRun
from schema.uscc import holds_citizen_id

_MOST_RUNS, _MOST_FINDINGS = 50, 500
_Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class QualityLook:
    """The `QualityDesk` of the schema."""

    doing: Doing

    def runs(self, source: str | None, first: int, each: int | None) -> Sequence[QualityRun]:
        """Runs over the sources that the caller answers for, or all of them; each with what it was in the run before."""
        if not 1 <= first <= _MOST_RUNS:
            raise bad_input(f"first 须为 1–{_MOST_RUNS}", f"first takes 1 to {_MOST_RUNS}")
        if each is not None and not 1 <= each <= _MOST_RUNS:
            raise bad_input(f"each 须为 1–{_MOST_RUNS}", f"each takes 1 to {_MOST_RUNS}")
        book, table = self._book(), quality_runs.c
        query: Select[tuple[object, ...]] = select(quality_runs)
        if self._department is not None:
            query = query.where(table.department == self._department)
        if source is not None:
            query = query.where(table.source == source)
        if each is not None:
            newest = func.row_number().over(
                partition_by=table.source, order_by=(table.started_at.desc(), table.number.desc())
            )
            placed = select(table.number, newest.label("place")).subquery()
            query = query.where(table.number.in_(select(placed.c.number).where(placed.c.place <= each)))
        found = book.runs(query.order_by(table.started_at.desc(), table.number.desc()).limit(first))
        before = {run.number: book.before(run) for run in found}
        marks = book.marks([*before, *(run.number for run in before.values() if run is not None)])
        return [_run(run, marks, before[run.number]) for run in found]

    def findings(
        self, run: str, rule: QualityRule | None, record: str | None, first: int, after: int
    ) -> Sequence[QualityFinding]:
        """Rows that failed in a run."""
        if not 1 <= first <= _MOST_FINDINGS:
            raise bad_input(f"first 须为 1–{_MOST_FINDINGS}", f"first takes 1 to {_MOST_FINDINGS}")
        book, table = self._book(), quality_findings.c
        known = book.of(known_number(run))
        if known is None or self._department not in (None, known.department):
            raise HubError("QUALITY_RUN_NOT_FOUND")
        query = select(quality_findings).where(table.run == known.number, table.number > after)
        if rule is not None:
            query = query.where(table.rule == rule.name)
        if record is not None:
            query = query.where(table.record == record)
        found = book.findings(query.order_by(table.number).limit(first))
        return [_finding(one, own=self._department == known.department) for one in found]

    @property
    def _department(self) -> str | None:
        """The department whose sources the caller answers for; None for those who see how all of them are."""
        client = self.doing.access.caller.client
        return client.department if client.role is Role.STEWARD else None

    def _book(self) -> QualityBook:
        return QualityBook(self.doing.connection, self.doing.vault, self.doing.occasion.now)


def _run(run: Run, marks: Mapping[str, Sequence[Mark]], before: Run | None) -> QualityRun:
    mine = marks[run.number]
    known = {_place(mark): mark.failed for mark in marks[before.number]} if before is not None else {}
    return QualityRun(
        number=strawberry.ID(run.number),
        source=run.source,
        department=run.department,
        started_at=rfc3339_of(run.started_at),  # type: ignore[arg-type]
        ended_at=rfc3339_of(run.ended_at) if run.ended_at is not None else None,  # type: ignore[arg-type]
        rows=sum(mark.checked for mark in mine if mark.rule == ROWS),
        marks=[_mark(mark, known.get(_place(mark))) for mark in mine if mark.rule in QualityRule.__members__],
        unread=[mark.record for mark in mine if mark.rule == UNREAD],
        unmapped=[f"{mark.record}.{mark.field}" for mark in mine if mark.rule == UNMAPPED],
    )


def _mark(mark: Mark, before: int | None) -> QualityMark:
    return QualityMark(
        record=mark.record,
        rule=QualityRule[mark.rule],
        field=mark.field or None,
        checked=mark.checked,
        failed=mark.failed,
        failed_before=before,
    )


def _place(mark: Mark) -> _Place:
    return mark.record, mark.rule, mark.field


def _finding(one: Finding, *, own: bool) -> QualityFinding:
    fault = one.fault
    return QualityFinding(
        number=one.number,
        record=one.record,
        rule=fault.rule,
        field=fault.field or None,
        key=one.key if own and not holds_citizen_id(one.key) else None,
        digest=one.digest,
        problem=fault.zh,
        problem_en=fault.en,
        fix=fault.fix_zh,
        fix_en=fault.fix_en,
    )
