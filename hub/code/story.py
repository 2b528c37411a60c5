"""The life of codes, step by step: what was done, by whom, why, and what became of it.

Kept by entity, for an application that is refused has no code. What only tells that nothing changed is no step; neither is
that something was printed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from hub.code.lifecycle import Why
from hub.store.code_tables import code_steps
from schema.coding_enums import CodeStepKind, CodeStepOutcome


@dataclass(frozen=True, slots=True)
class Happened:
    """A step. said: the reason that was given, or the places, one a line · token: what the code said afterwards · person,
    department, role: who did it, as what; None where the hub followed the register.
    """

    kind: CodeStepKind
    outcome: CodeStepOutcome = CodeStepOutcome.GRANTED
    why: Why | None = None
    said: str | None = None
    token: str | None = None
    photo_digest: str | None = None
    person: str | None = None
    department: str | None = None
    role: str | None = None
    at: int = 0


class Stories:
    """The steps of one transaction; `now` in seconds since 1970."""

    def __init__(self, connection: Connection, now: int) -> None:
        self._connection = connection
        self._now = now

    def add(self, entity: str, step: Happened) -> None:
        """Keep that something happened now."""
        last = select(func.max(code_steps.c.number)).where(code_steps.c.entity == entity)
        row = {
            "entity": entity,
            "number": (self._connection.execute(last).scalar() or 0) + 1,
            "at": self._now,
            "kind": step.kind.name,
            "outcome": step.outcome.name,
            "why": step.why.value if step.why is not None else None,
            "said": step.said,
            "token": step.token,
            "photo_digest": step.photo_digest,
            "person": step.person,
            "department": step.department,
            "role": step.role,
        }
        self._connection.execute(insert(code_steps).values(row))

    def of_entity(self, entity: str, most: int) -> Sequence[Happened]:
        """Its last steps, the newest first."""
        query = select(code_steps).where(code_steps.c.entity == entity).order_by(code_steps.c.number.desc())
        return [
            Happened(
                kind=CodeStepKind[row.kind],
                outcome=CodeStepOutcome[row.outcome],
                why=Why(row.why) if row.why is not None else None,
                said=row.said,
                token=row.token,
                photo_digest=row.photo_digest,
                person=row.person,
                department=row.department,
                role=row.role,
                at=row.at,
            )
            for row in self._connection.execute(query.limit(most))
        ]
