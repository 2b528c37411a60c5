"""Streets: a file that is brought, and how far its rows are."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import strawberry
from sqlalchemy import Row, select

from hub.acts.code_shown import shown_reason
from hub.acts.doing import Doing, bad_input, line_of
from hub.clock import rfc3339_of
from hub.code.batches import BadFile, Batch, Batches, BatchRow, Outcome, read_rows
from hub.code.lifecycle import Why
from hub.code.rules import CodeRules
from hub.errors import HubError
from hub.store.code_tables import honesty_codes
from schema.coding_look import CodeBatchPreview
from schema.coding_types import CodeBatch, CodeBatchOutcome, CodeBatchRow
from schema.enums import CodeStatus

MOST_LISTED = 50
MOST_NAME = 40
_AT_ONCE = 500
_STOPPED = frozenset({CodeStatus.SUSPENDED.name, CodeStatus.REVOKED.name})


class Batching:
    """What one caller does with batches, and is told of them: those of their department."""

    def __init__(self, doing: Doing, rules: CodeRules) -> None:
        self._doing = doing
        self._rules = rules
        self._batches = Batches(doing.connection, doing.occasion.now)

    def bring(self, name: str, csv: str) -> CodeBatchOutcome:
        """Keep the rows of a file, to be looked at; one that was brought before goes on."""
        doing, called = self._doing, line_of(name, MOST_NAME, "name")
        given = Batch("", called, doing.access.caller.client.department, doing.person(), 0)
        try:
            batch, started = self._batches.bring(given, read_rows(csv))
        except BadFile as fault:
            raise bad_input(fault.zh, fault.en) from None
        shown = self._shown(batch, self._batches.counts([batch.id]).get(batch.id, {}))
        told = {"batch": batch.id, "rows": str(shown.total)}
        position = doing.record("CODES_ONBOARDED", "GRANTED" if started else "ALREADY", batch.id, told)
        return CodeBatchOutcome(started=started, batch=shown, position=position)  # type: ignore[arg-type]

    def preview(self, csv: str) -> CodeBatchPreview:
        """What a file would begin: every row, with what can be said of it before a register is asked. Keeps nothing."""
        try:
            rows = read_rows(csv)
        except BadFile as fault:
            raise bad_input(fault.zh, fault.en) from None
        known = self._known([row.entity for row in rows if row.entity is not None and row.outcome is None])
        judged = [_judged(row, known.get(row.entity or "")) for row in rows]
        outcomes = Counter(row.outcome for row in judged)
        return CodeBatchPreview(
            total=len(judged),
            ready=outcomes[None],
            known=outcomes[Outcome.KNOWN],
            rejected=outcomes[Outcome.REJECTED],
            rows=self._rows(judged),
        )

    def listed(self) -> list[CodeBatch]:
        """Batches of the caller's department, the newest first, without their rows."""
        found = self._batches.of_department(self._doing.access.caller.client.department, MOST_LISTED)
        counts = self._batches.counts([batch.id for batch in found])
        return [self._shown(batch, counts.get(batch.id, {})) for batch in found]

    def named(self, name: str) -> CodeBatch:
        """A batch of the caller's department with all its rows; HubError if there is none."""
        batch = self._batches.of_id(name) if name.isascii() and len(name) <= 32 else None
        if batch is None or batch.department != self._doing.access.caller.client.department:
            raise HubError("CODE_BATCH_NOT_FOUND")
        rows = self._batches.rows(batch.id)
        return self._shown(batch, self._batches.counts([batch.id]).get(batch.id, {}), rows)

    def _shown(self, batch: Batch, counts: Mapping[str | None, int], rows: Sequence[BatchRow] = ()) -> CodeBatch:
        total = sum(counts.values())
        return CodeBatch(
            id=strawberry.ID(batch.id),
            name=batch.name,
            made_at=rfc3339_of(batch.made),  # type: ignore[arg-type]
            finished_at=rfc3339_of(batch.finished) if batch.finished is not None else None,  # type: ignore[arg-type]
            total=total,
            done=total - counts.get(None, 0),
            issued=counts.get(Outcome.ISSUED, 0),
            known=counts.get(Outcome.KNOWN, 0),
            pending=counts.get(Outcome.PENDING, 0),
            rejected=counts.get(Outcome.REJECTED, 0),
            plates=f"{self._rules.address.origin}/codes/batches/{batch.id}.zip",
            rows=self._rows(rows),
        )

    def _rows(self, rows: Sequence[BatchRow]) -> list[CodeBatchRow]:
        ids = [row.code for row in rows if row.code is not None]
        found = self._found(honesty_codes.c.id, ids)
        return [_row(row, found.get(row.code or "")) for row in rows]

    def _known(self, entities: Sequence[str]) -> dict[str, Row[Any]]:
        """Codes of entities that have one already, by entity; one that was given up counts as none."""
        found = self._found(honesty_codes.c.entity, entities).values()
        return {row.entity: row for row in found if row.status != CodeStatus.CANCELLED.name}

    def _found(self, column: Any, values: Sequence[str]) -> dict[str, Row[Any]]:
        """Codes by their ids, a few hundred at a time: no database takes any number of values."""
        table, found = honesty_codes.c, {}
        for start in range(0, len(values), _AT_ONCE):
            query = select(table.id, table.entity, table.token, table.name, table.status)
            some = self._doing.connection.execute(query.where(column.in_(values[start : start + _AT_ONCE])))
            found.update({row.id: row for row in some})
        return found


def _judged(row: BatchRow, known: Row[Any] | None) -> BatchRow:
    """A row of a file, with what follows from the code that its entity has."""
    if known is None or row.outcome is not None:
        return row
    if known.status in _STOPPED:
        return replace(row, outcome=Outcome.REJECTED, reason=Why.STOPPED, code=known.id)
    return replace(row, outcome=Outcome.KNOWN, code=known.id)


def _row(row: BatchRow, code: Row[Any] | None) -> CodeBatchRow:
    return CodeBatchRow(
        line=row.line,
        uscc=row.entity,
        places=list(row.places),
        outcome=row.outcome.value if row.outcome is not None else None,
        reason=shown_reason(row.reason) if row.reason is not None else None,
        token=code.token if code is not None else None,
        name=code.name if code is not None else None,
    )
