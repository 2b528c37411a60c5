"""Who looked at an entity, as the entity is told: when, which department, for what, which fields – and nothing of anybody else.

No person, no client, no case, no other entity of the same question. What the law has told later is counted until then;
so are scans of the public, and questions of merchants, who ask about themselves.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import ColumnElement, Connection, and_, func, not_, or_, select

from auth.purposes import Purpose
from hub.audit.recorder import WHOLE
from hub.clock import SHANGHAI, rfc3339_of
from hub.disclosure.filling import MERCHANT, OFFICE, PUBLIC
from hub.disclosure.searching import Found, read_found
from hub.disclosure.words import fields_in_words
from hub.exchange.recorded import first_since
from hub.settings_tables import DepartmentTable
from hub.store.disclosure_tables import record_entities, record_index
from hub.store.tables import entries
from schema.catalogue import Catalogue

MOST_COUNTED = 10_000
"""Beyond so many nothing is counted any more."""
_DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Later:
    """What is told later: how many questions, by which law."""

    count: int
    basis: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What is only counted: what is told later, scans of the public, questions of merchants."""

    later: tuple[Later, ...]
    public: int
    own: int


@dataclass(frozen=True, slots=True)
class Told:
    """Reads what an entity is told; `entities` are its digests, `now` in seconds since 1970."""

    connection: Connection
    purposes: Mapping[str, Purpose]
    entities: tuple[bytes, ...]
    now: int

    def lines(self, most: int, before: int | None) -> list[Found]:
        """Questions that are told of now, the newest first."""
        query = select(record_index).join(record_entities, record_entities.c.position == record_index.c.position)
        query = query.where(*self._of(OFFICE), not_(self._is_later(self._delayed())))
        if before is not None:
            query = query.where(record_entities.c.position < before)
        # An entity has one digest a month, so that no question is found twice.
        return read_found(self.connection, query.order_by(record_entities.c.position.desc()).limit(most))

    def line(self, position: int) -> Found | None:
        """The question at a position, if the entity is told of it now."""
        found = self.lines(1, position + 1)
        return found[0] if found and found[0].position == position else None

    def counts(self) -> Counts:
        """What is only counted, each up to MOST_COUNTED."""
        delayed = self._delayed()
        by_basis: dict[str, list[Purpose]] = {}
        for purpose in delayed:
            by_basis.setdefault(purpose.delay_basis, []).append(purpose)
        later = [Later(self._count_later(purposes), basis) for basis, purposes in by_basis.items()]
        return Counts(tuple(one for one in later if one.count), self._count(PUBLIC), self._count(MERCHANT))

    def _delayed(self) -> list[Purpose]:
        return [purpose for purpose in self.purposes.values() if purpose.delay_days]

    def _is_later(self, purposes: Sequence[Purpose]) -> ColumnElement[bool]:
        """For a purpose that is told later, under a case, and not long enough ago."""
        table = record_index
        late = [
            and_(table.c.purpose == one.code, table.c.at > rfc3339_of(self.now - one.delay_days * _DAY))
            for one in purposes
        ]
        return and_(table.c.case_digest != "", or_(*late)) if late else table.c.position < 0

    def _of(self, kind: int) -> tuple[ColumnElement[bool], ...]:
        return record_entities.c.entity.in_(self.entities), record_entities.c.kind == kind

    def _count_later(self, purposes: Sequence[Purpose]) -> int:
        longest = max(one.delay_days for one in purposes)
        since = first_since(self.connection, rfc3339_of(self.now - longest * _DAY))
        return self._count(OFFICE, and_(record_entities.c.position >= since, self._is_later(purposes)))

    def _count(self, kind: int, condition: ColumnElement[bool] | None = None) -> int:
        query = select(record_entities.c.position).where(*self._of(kind))
        if condition is not None:
            query = query.join(record_index, record_index.c.position == record_entities.c.position).where(condition)
        found = query.limit(MOST_COUNTED).subquery()
        return int(self.connection.execute(select(func.count()).select_from(found)).scalar_one())


def askers(connection: Connection, position: int) -> set[str]:
    """Digests of the person who asked a question, and of whom they acted for."""
    body = connection.execute(select(entries.c.body).where(entries.c.position == position)).scalar_one()
    said = orjson.loads(body)
    acted = {code for field, state, code, _ in said["states"] if (field, state) == (WHOLE, "ACTING_FOR")}
    return {said["person"], *acted} - {""}


def sentence(
    one: Found, department: tuple[str, str], purpose: tuple[str, str], catalogue: Catalogue
) -> tuple[str, str]:
    """A line in words, Chinese and English. `department` and `purpose` are their labels."""
    fields, fields_en = fields_in_words(one.fields, catalogue)
    at = datetime.fromisoformat(one.at).astimezone(SHANGHAI)
    when = f"{at.year}年{at.month}月{at.day}日{at.hour}:{at:%M}"
    zh = f"{when}，{department[0]}为“{purpose[0]}”查询了：{fields or '是否有您的登记'}。"
    en = f"{at:%Y-%m-%d %H:%M}: {department[1]} asked, for {purpose[1]}: {fields_en or 'whether you are registered'}."
    return zh, en


def to_minute(at: str) -> str:
    """An instant (RFC 3339) without its seconds: enough to know when, and less to tell who it was by."""
    instant = datetime.fromisoformat(at)
    return (instant - timedelta(seconds=instant.second)).isoformat(timespec="seconds")


def labels(office: DepartmentTable | None, code: str) -> tuple[str, str]:
    """Labels of a department; its code where it is not here any more."""
    return (code, code) if office is None else (office.label, office.label_en or office.label)
