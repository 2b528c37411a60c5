"""The crosswalk: which entity the key of a department stands for, why, how sure that is, who said so and when.

Keys keep the entity they were found to be; what that became, redirects say. Every decision is a step that stays.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hub.identity.anchors import Anchor, Keeping, digest_of, read_anchor
from hub.store.crosswalk_tables import crosswalk, crosswalk_steps

_KEPT = (
    "local_key",
    "entity",
    "anchor",
    "method",
    "confidence",
    "evidence",
    "decided_by",
    "confirmed_by",
    "decided_at",
)
_COLUMNS = (*_KEPT, "origin")


class Method(StrEnum):
    """How a key was found to stand for an entity."""

    CODE = "CODE"
    MATCHED = "MATCHED"
    REVIEWED = "REVIEWED"
    SPLIT = "SPLIT"


@dataclass(frozen=True, slots=True)
class Link:
    """One key and its entity. `confidence` in thousandths; `origin`: number of a review or succession."""

    department: str
    key: str = field(repr=False)
    anchor: Anchor
    method: Method
    confidence: int
    evidence: str = field(repr=False)
    decided_by: str
    decided_at: int
    confirmed_by: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What a key stood for from an instant on; `link` is None where it stood for nothing any more."""

    number: int
    at: int
    link: Link | None


class Crosswalk:
    """The keys of one transaction."""

    def __init__(self, connection: Connection, keeping: Keeping) -> None:
        self._connection = connection
        self._keeping = keeping

    def of(self, department: str, key: str) -> Link | None:
        """What a key stands for."""
        row = self._row(department, self._digest(department, key))
        return None if row is None else self._link(row)

    def of_entities(self, digests: Collection[str], most: int) -> Sequence[Link]:
        """Keys that stand for any of these entities, by department, at most so many."""
        query = select(crosswalk).where(crosswalk.c.entity.in_(digests))
        query = query.order_by(crosswalk.c.department, crosswalk.c.key).limit(most)
        return [self._link(row) for row in self._connection.execute(query)]

    def put(self, link: Link) -> None:
        """Let a key stand for an entity from now on."""
        digest = self._digest(link.department, link.key)
        sealed = {
            "local_key": self._keeping.seal(_place("local_key", link.department, digest), link.key),
            "entity": digest_of(self._keeping, link.anchor),
            "anchor": self._keeping.seal(_place("anchor", link.department, digest), link.anchor.text),
            "evidence": self._keeping.seal(_place("evidence", link.department, digest), link.evidence),
        }
        values = {
            **sealed,
            "method": link.method.value,
            "confidence": link.confidence,
            "decided_by": link.decided_by,
            "confirmed_by": link.confirmed_by,
            "decided_at": link.decided_at,
            "origin": link.origin,
        }
        self._become(link.department, digest, values, link.decided_at)

    def steps(self, department: str, key: str) -> Sequence[Step]:
        """Everything a key ever stood for, the oldest first."""
        digest, table = self._digest(department, key), crosswalk_steps
        query = select(table).where(table.c.department == department, table.c.key == digest).order_by(table.c.number)
        rows = self._connection.execute(query).all()
        return [Step(row.number, row.stepped_at, self._link(row) if row.entity else None) for row in rows]

    def is_as_put(self, department: str, key: str, origin: str) -> bool:
        """True if a key stands for what a succession or review of this number let it stand for."""
        row = self._row(department, self._digest(department, key))
        return row is not None and row.origin == origin

    def step_back(self, department: str, key: str, at: int) -> None:
        """Let a key stand for what it stood for before its last step: the same bytes, and one step more in its history."""
        digest, table = self._digest(department, key), crosswalk_steps
        mine = table.c.department == department, table.c.key == digest
        query = select(table).where(*mine).order_by(table.c.number.desc()).limit(2)
        last, *before = self._connection.execute(query).all()
        if before and before[0].entity:
            self._become(department, digest, {name: getattr(before[0], name) for name in _COLUMNS}, at)
            return
        gone = (crosswalk.c.department == department, crosswalk.c.key == digest)
        self._connection.execute(delete(crosswalk).where(*gone))
        self._note(department, digest, {name: getattr(last, name) for name in _COLUMNS} | {"entity": ""}, at)

    def _become(self, department: str, digest: str, values: dict[str, Any], at: int) -> None:
        named = {"department": department, "key": digest}
        if self._row(department, digest) is None:
            self._connection.execute(insert(crosswalk).values(**named, **values))
        else:
            mine = (crosswalk.c.department == department, crosswalk.c.key == digest)
            self._connection.execute(update(crosswalk).where(*mine).values(**values))
        self._note(department, digest, values, at)

    def _note(self, department: str, digest: str, values: dict[str, Any], at: int) -> None:
        table = crosswalk_steps
        mine = table.c.department == department, table.c.key == digest
        number = select(func.coalesce(func.max(table.c.number), 0) + 1).where(*mine)
        named = {"department": department, "key": digest, "number": self._connection.execute(number).scalar_one()}
        self._connection.execute(insert(table).values(**named, **values, stepped_at=at))

    def _row(self, department: str, digest: str) -> Row[Any] | None:
        mine = (crosswalk.c.department == department, crosswalk.c.key == digest)
        return self._connection.execute(select(crosswalk).where(*mine)).one_or_none()

    def _link(self, row: Row[Any]) -> Link:
        def opened(column: str) -> str:
            return self._keeping.open(_place(column, row.department, row.key), getattr(row, column))

        return Link(
            department=row.department,
            key=opened("local_key"),
            anchor=read_anchor(opened("anchor")),
            method=Method(row.method),
            confidence=row.confidence,
            evidence=opened("evidence"),
            decided_by=row.decided_by,
            decided_at=row.decided_at,
            confirmed_by=row.confirmed_by,
            origin=row.origin,
        )

    def _digest(self, department: str, key: str) -> str:
        return self._keeping.lasting("local key", f"{department}\n{key}")


def _place(column: str, department: str, digest: str) -> str:
    return f"crosswalk.{column}.{department}.{digest}"
