"""Tasks in the store: what a department has in hand. A case is matched by its keyed digest; its number lies sealed."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from hub.callers.vault import Vault
from hub.store.limit_tables import tasks
from hub.store.pulse import beat

SHOWN = 90 * 24 * 3600
"""Seconds for which a task that is over is still shown."""
MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Work:
    """One task; instants in seconds since 1970, `until` is the midnight after its last day."""

    case: str
    department: str
    purpose: str
    opened_by: str
    until: int
    uscc: str | None = None
    id: str = ""
    opened: int = 0
    closed: int | None = None


@dataclass(frozen=True, slots=True)
class Tasks:
    """The tasks, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    vault: Vault
    now: int

    def open(self, work: Work) -> Work:
        """Open a task; all workers feel it."""
        made = secrets.token_hex(12)
        row = {
            "id": made,
            "case_digest": self.vault.lasting("case", work.case),
            "case_number": self.vault.seal(f"tasks.case_number.{made}", work.case),
            "department": work.department,
            "purpose": work.purpose,
            "entity": self.vault.seal(f"tasks.entity.{made}", work.uscc) if work.uscc else None,
            "opened_by": work.opened_by,
            "opened_at": self.now,
            "until": work.until,
        }
        self.connection.execute(insert(tasks).values(row))
        beat(self.connection)
        return self._read(self.connection.execute(select(tasks).where(tasks.c.id == made)).one())

    def close(self, task: str, by: str) -> None:
        """Close a task; all workers feel it."""
        values = {"closed_at": self.now, "closed_by": by}
        self.connection.execute(update(tasks).where(tasks.c.id == task).values(values))
        beat(self.connection)

    def of_id(self, task: str) -> Work | None:
        """The task of this id."""
        row = self.connection.execute(select(tasks).where(tasks.c.id == task)).first()
        return None if row is None else self._read(row)

    def current(self, department: str, purpose: str, digest: str) -> Work | None:
        """The open task that a case is, by the digest of its number."""
        where = tasks.c.department == department, tasks.c.purpose == purpose, tasks.c.case_digest == digest
        found = select(tasks).where(*where, *self._holds()).order_by(tasks.c.until.desc()).limit(1)
        row = self.connection.execute(found).first()
        return None if row is None else self._read(row)

    def shown(self, department: str, *, closed: bool) -> Sequence[Work]:
        """Tasks of a department, the newest first; also those that ended lately, where that is wanted."""
        lately = tasks.c.until > self.now - SHOWN
        where = (lately,) if closed else self._holds()
        query = select(tasks).where(tasks.c.department == department, *where)
        ordered = query.order_by(tasks.c.opened_at.desc(), tasks.c.id).limit(MOST_SHOWN)
        return [self._read(row) for row in self.connection.execute(ordered)]

    def _holds(self) -> tuple[ColumnElement[bool], ...]:
        return tasks.c.closed_at.is_(None), tasks.c.until > self.now

    def _read(self, row: Row[Any]) -> Work:
        return Work(
            case=self.vault.open(f"tasks.case_number.{row.id}", row.case_number),
            department=row.department,
            purpose=row.purpose,
            opened_by=row.opened_by,
            until=row.until,
            uscc=self.vault.open(f"tasks.entity.{row.id}", row.entity) if row.entity else None,
            id=row.id,
            opened=row.opened_at,
            closed=row.closed_at,
        )
