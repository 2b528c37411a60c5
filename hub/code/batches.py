"""Streets that are taken up in one go: the rows of a CSV file, kept until each has its outcome.

A file that is brought again by the same person goes on where it stopped. Rows are looked at in the order of the file;
what became of each is kept with it, so that a process that is killed loses nothing.
"""

import csv
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from io import StringIO
from typing import Any
from unicodedata import normalize

from sqlalchemy import Connection, Row, func, insert, select, update

from hub.code.codes import lines_of
from hub.code.lifecycle import Why
from hub.store.code_tables import code_batch_rows, code_batches
from schema.uscc import find_fault, holds_citizen_id

MOST_ROWS = 2_000
MOST_CHARS = 100_000
"""Of a file: what fits in a question beside everything else."""
_MOST_PLACE, _MOST_PLACES = 20, 10
_COLUMNS: Mapping[str, str] = {
    "统一社会信用代码": "uscc",
    "信用代码": "uscc",
    "uscc": "uscc",
    "已签承诺": "committed",
    "committed": "committed",
    "亮码位置": "places",
    "places": "places",
}
_YES = frozenset({"是", "y", "yes", "true", "1"})


class Outcome(StrEnum):
    """What became of a row."""

    ISSUED = "ISSUED"
    KNOWN = "KNOWN"
    PENDING = "PENDING"
    REJECTED = "REJECTED"


class BadFile(ValueError):
    """A file that can't be taken: Chinese sentence, English sentence."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh = zh
        self.en = en


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A row: its line in the file, the entity (None where the cell holds no code), and what became of it."""

    line: int
    entity: str | None
    places: tuple[str, ...] = ()
    outcome: Outcome | None = None
    reason: Why | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch, without its rows; instants in seconds since 1970."""

    id: str
    name: str
    department: str
    by: str
    made: int
    finished: int | None = None


def read_rows(text: str) -> list[BatchRow]:
    """Rows of a CSV file; those that can't be meant are rejected at once. BadFile where it is no such file."""
    if len(text) > MOST_CHARS:
        raise BadFile(f"文件过大：至多 {MOST_CHARS:,} 字", f"the file is too large: {MOST_CHARS:,} characters at most")
    try:
        lines = list(csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    except csv.Error:
        raise BadFile("不是 CSV 文件", "the file is no CSV") from None
    head = [_COLUMNS.get(normalize("NFKC", cell).strip().casefold()) for cell in lines[0]] if lines else []
    if head.count("uscc") != 1 or head.count("committed") != 1 or head.count("places") > 1:
        raise BadFile(
            "首行须有“统一社会信用代码”和“已签承诺”两列，可有“亮码位置”",
            "the first line names the columns uscc and committed, and perhaps places",
        )
    rows = [_row(number, head, cells) for number, cells in enumerate(lines[1:], 2) if any(map(str.strip, cells))]
    if not 1 <= len(rows) <= MOST_ROWS:
        raise BadFile(f"须有 1 到 {MOST_ROWS:,} 行", f"it holds 1 to {MOST_ROWS:,} rows")
    return rows


def _row(line: int, head: Sequence[str | None], cells: Sequence[str]) -> BatchRow:
    told = {name: cell.strip() for name, cell in zip(head, cells, strict=False) if name is not None}
    entity = normalize("NFKC", told.get("uscc", "")).strip().upper()
    if holds_citizen_id(entity):
        # Not kept, not even as a row that was rejected.
        return BatchRow(line, None, outcome=Outcome.REJECTED, reason=Why.LOOKS_LIKE_CITIZEN_ID)
    if find_fault(entity) is not None:
        return BatchRow(line, None, outcome=Outcome.REJECTED, reason=Why.NOT_A_CODE)
    row = BatchRow(line, entity, tuple(_places(told.get("places", ""))))
    if normalize("NFKC", told.get("committed", "")).strip().casefold() not in _YES:
        return replace(row, outcome=Outcome.REJECTED, reason=Why.COMMITMENT_MISSING)
    return row


def _places(cell: str) -> Iterator[str]:
    """Places of a cell, as far as they can be meant: a missing one can be said later."""
    found = [part.strip() for part in normalize("NFKC", cell).replace("、", ";").replace(",", ";").split(";")]
    kept = [part for part in dict.fromkeys(found) if 1 <= len(part) <= _MOST_PLACE and part.isprintable()]
    yield from (part for part in kept[:_MOST_PLACES] if not holds_citizen_id(part))


class Batches:
    """The batches of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def bring(self, batch: Batch, rows: Sequence[BatchRow]) -> tuple[Batch, bool]:
        """The batch of these rows, and whether it is a new one: the same rows of the same person are the same batch."""
        digest = _digest(batch, rows)
        known = self._connection.execute(select(code_batches).where(code_batches.c.digest == digest)).first()
        if known is not None:
            return _read(known), False
        made = replace(batch, id=secrets.token_hex(12), made=self._now)
        row = {
            "id": made.id,
            "digest": digest,
            "name": made.name,
            "department": made.department,
            "made_by": made.by,
            "made_at": made.made,
        }
        self._connection.execute(insert(code_batches).values(row))
        self._connection.execute(insert(code_batch_rows), [_written(made.id, one) for one in rows])
        return made, True

    def of_id(self, batch: str) -> Batch | None:
        """The batch of this id."""
        row = self._connection.execute(select(code_batches).where(code_batches.c.id == batch)).first()
        return None if row is None else _read(row)

    def of_department(self, department: str, most: int) -> list[Batch]:
        """Batches of a department, the newest first."""
        query = select(code_batches).where(code_batches.c.department == department)
        ordered = query.order_by(code_batches.c.made_at.desc(), code_batches.c.id).limit(most)
        return [_read(row) for row in self._connection.execute(ordered)]

    def unfinished(self) -> list[Batch]:
        """Batches with rows to be looked at, the oldest first."""
        query = select(code_batches).where(code_batches.c.finished_at.is_(None))
        return [_read(row) for row in self._connection.execute(query.order_by(code_batches.c.made_at))]

    def rows(self, batch: str) -> list[BatchRow]:
        """All rows in the order of the file."""
        query = select(code_batch_rows).where(code_batch_rows.c.batch == batch).order_by(code_batch_rows.c.line)
        return [_read_row(row) for row in self._connection.execute(query)]

    def waiting(self, batch: str, most: int) -> list[BatchRow]:
        """Rows that were not looked at, the first ones."""
        table = code_batch_rows.c
        query = select(code_batch_rows).where(table.batch == batch, table.outcome.is_(None))
        return [_read_row(row) for row in self._connection.execute(query.order_by(table.line).limit(most))]

    def settle(self, batch: str, row: BatchRow) -> None:
        """Keep what became of a row."""
        table = code_batch_rows.c
        values = {
            "outcome": row.outcome.value if row.outcome is not None else None,
            "reason": row.reason.value if row.reason is not None else None,
            "code": row.code,
        }
        changed = update(code_batch_rows).where(table.batch == batch, table.line == row.line)
        self._connection.execute(changed.values(values))

    def settle_pending(self, code: str, outcome: Outcome, reason: Why | None = None) -> None:
        """Keep what became of the rows whose code was pending."""
        table = code_batch_rows.c
        changed = update(code_batch_rows).where(table.code == code, table.outcome == Outcome.PENDING.value)
        self._connection.execute(
            changed.values(outcome=outcome.value, reason=reason.value if reason is not None else None)
        )

    def finish(self, batch: str) -> None:
        """Keep that all rows were looked at."""
        self._connection.execute(update(code_batches).where(code_batches.c.id == batch).values(finished_at=self._now))

    def counts(self, batches: Collection[str]) -> dict[str, dict[str | None, int]]:
        """How many rows of each batch have which outcome."""
        table = code_batch_rows.c
        query = select(table.batch, table.outcome, func.count()).where(table.batch.in_(batches))
        found: dict[str, dict[str | None, int]] = {}
        for batch, outcome, count in self._connection.execute(query.group_by(table.batch, table.outcome)):
            found.setdefault(batch, {})[outcome] = count
        return found


def _digest(batch: Batch, rows: Sequence[BatchRow]) -> str:
    told = [batch.by, *(f"{row.line} {row.entity} {row.reason} {';'.join(row.places)}" for row in rows)]
    return sha256("\n".join(told).encode()).hexdigest()


def _written(batch: str, row: BatchRow) -> dict[str, Any]:
    return {
        "batch": batch,
        "line": row.line,
        "entity": row.entity,
        "places": "\n".join(row.places),
        "outcome": row.outcome.value if row.outcome is not None else None,
        "reason": row.reason.value if row.reason is not None else None,
    }


def _read(row: Row[Any]) -> Batch:
    return Batch(row.id, row.name, row.department, row.made_by, row.made_at, row.finished_at)


def _read_row(row: Row[Any]) -> BatchRow:
    return BatchRow(
        row.line,
        row.entity,
        lines_of(row.places),
        Outcome(row.outcome) if row.outcome is not None else None,
        Why(row.reason) if row.reason is not None else None,
        row.code,
    )
