"""Finding entries again, by their index: who asked what, for what, when – metadata, never a value.

A search has a first and a last day, and gives a page; what is no index of its own is looked through between them. Knows
digests only: whoever asks by an entity, a person or a case says which digests these have.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

import orjson
from sqlalchemy import ColumnElement, Connection, Row, Select, exists, func, literal_column, select

from hub.exchange.recorded import end_of_record, first_since
from hub.store.disclosure_tables import record_entities, record_field_sets, record_index
from hub.store.limit_tables import case_checks
from hub.store.tables import entries

_AT_ONCE = 1_000
MOST_DAYS, MOST_PAGE = 366, 200
"""Days that a search may span, and entries it gives at most."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What is looked for; what is empty or None does not matter.

    first, last: days, both included · persons, cases: digests · entities: digests as bytes · field: a coordinate
    · hours: from which hour up to and without which, perhaps over midnight · act: name of an act, "" for questions · request: id of a request.
    """

    first: date
    last: date
    department: str = ""
    client: str = ""
    role: str = ""
    purpose: str = ""
    outcome: str = ""
    field: str = ""
    act: str | None = None
    persons: tuple[str, ...] | None = None
    entities: tuple[bytes, ...] | None = None
    cases: tuple[str, ...] | None = None
    hours: tuple[int, int] | None = None
    request: str = ""
    unverified: bool = False
    emergency: bool = False
    denied: bool = False


class Found(NamedTuple):
    """One entry that was found."""

    position: int
    at: str
    act: str
    outcome: str
    client: str
    department: str
    role: str
    purpose: str
    person: str
    case: str
    fields: tuple[str, ...]
    entities: int
    denied: int
    emergency: bool


class Received(NamedTuple):
    """What one client received of an entity: how often, first and last when and where, and which fields."""

    client: str
    department: str
    role: str
    purpose: str
    questions: int
    first_at: str
    last_at: str
    first_position: int
    last_position: int
    fields: tuple[str, ...]


def search(connection: Connection, sought: Sought, most: int, before: int | None = None) -> list[Found]:
    """Entries that fit, the newest first, of which `before` is older than that position."""
    query = _where(connection, select(record_index), sought)
    if before is not None:
        query = query.where(record_index.c.position < before)
    return read_found(connection, query.order_by(record_index.c.position.desc()).limit(most))


def entry_at(connection: Connection, position: int) -> Found | None:
    """The entry at a position, None where the index has none."""
    found = read_found(connection, select(record_index).where(record_index.c.position == position))
    return found[0] if found else None


def read_found(connection: Connection, query: Select[Any]) -> list[Found]:
    """Entries that a query of the index gives, in its order."""
    rows = connection.execute(query).all()
    sets = fields_of(connection, {row.field_set for row in rows})
    return [_read(row, sets) for row in rows]


def received(connection: Connection, sought: Sought) -> list[Received]:
    """Who received what of entities, by client and purpose, those that came last before others; all of it was answered."""
    table = record_index
    groups = (table.c.client, table.c.department, table.c.role, table.c.purpose, table.c.field_set)
    counted = (
        func.count(),
        func.min(table.c.at),
        func.max(table.c.at),
        func.min(table.c.position),
        func.max(table.c.position),
    )
    rows = connection.execute(_where(connection, select(*groups, *counted), sought).group_by(*groups)).all()
    sets = fields_of(connection, {row.field_set for row in rows})
    found: dict[tuple[str, ...], Received] = {}
    for client, department, role, purpose, fields, count, *rest in rows:
        first_at, last_at, first, last = rest
        names = tuple(sets.get(fields, ()))
        one = Received(client, department, role, purpose, count, first_at, last_at, first, last, names)
        known = found.get(key := (client, department, role, purpose))
        found[key] = one if known is None else _together(known, one)
    return sorted(found.values(), key=lambda one: -one.last_position)


def fields_of(connection: Connection, ids: set[int]) -> dict[int, list[str]]:
    """Fields of sets by their numbers."""
    table, wanted = record_field_sets, sorted(ids - {0})
    found: dict[int, list[str]] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        part = table.c.id.in_(wanted[start : start + _AT_ONCE])
        rows = connection.execute(select(table.c.id, table.c.fields).where(part))
        found |= {row.id: orjson.loads(row.fields) for row in rows}
    return found


def sets_with(field: str) -> Select[tuple[int]]:
    """Numbers of the sets that hold a field: there are as many as there are different questions, not entries."""
    # As it stands in JSON, with its quotes, so that no longer name is meant.
    written = orjson.dumps(field).decode()
    table = record_field_sets
    return select(table.c.id).where(table.c.fields.contains(written, autoescape=True))


def between(connection: Connection, first: date, last: date) -> tuple[int, int]:
    """Positions of the entries from a day up to the end of another: the first one, and the one after the last."""
    after = (last + timedelta(days=1)).isoformat()
    low = first_since(connection, first.isoformat())
    return low, first_since(connection, after) if last < date.max else end_of_record(connection)


def _where(connection: Connection, query: Select[Any], sought: Sought) -> Select[Any]:
    table = record_index
    low, high = between(connection, sought.first, sought.last)
    conditions: list[ColumnElement[bool]] = [table.c.position >= low, table.c.position < high]
    plain = ((name, getattr(sought, name)) for name in ("department", "client", "role", "purpose", "outcome"))
    conditions += [table.c[name] == wanted for name, wanted in plain if wanted]
    if sought.act is not None:
        conditions.append(table.c.act == sought.act)
    conditions += _of_somebody(sought)
    if sought.field:
        conditions.append(table.c.field_set.in_(sets_with(sought.field)))
    if sought.hours is not None:
        conditions.append(in_hours(*sought.hours))
    if sought.emergency:
        conditions.append(table.c.emergency.is_(True))
    if sought.denied:
        conditions.append(table.c.denied > 0)
    if sought.unverified:
        conditions.append(is_unverified())
    if sought.entities is not None:
        of = select(record_entities.c.position).where(
            record_entities.c.entity.in_(sought.entities),
            record_entities.c.position >= low,
            record_entities.c.position < high,
        )
        conditions.append(table.c.position.in_(of))
    return query.where(*conditions)


def _of_somebody(sought: Sought) -> Iterator[ColumnElement[bool]]:
    """By whom, under which case, in which request."""
    table = record_index
    if sought.persons is not None:
        yield table.c.person.in_(sought.persons)
    if sought.cases is not None:
        yield table.c.case_digest.in_(sought.cases)
    if sought.request:
        yield table.c.position.in_(select(entries.c.position).where(entries.c.request_id == sought.request))


def day_in(at: ColumnElement[str]) -> ColumnElement[str]:
    """The day of an instant in a column; its numbers are no parameters, so that rows can be grouped by it."""
    found: ColumnElement[str] = func.substr(at, literal_column("1"), literal_column("10"))
    return found


def hour_of(at: ColumnElement[str]) -> ColumnElement[str]:
    """The hour of an instant in a column, as two digits."""
    found: ColumnElement[str] = func.substr(at, literal_column("12"), literal_column("2"))
    return found


def in_hours(start: int, end: int) -> ColumnElement[bool]:
    """An entry was made between two hours of the day, perhaps over midnight."""
    hour = hour_of(record_index.c.at)
    since, until = hour >= f"{start:02d}", hour < f"{end:02d}"
    return since & until if start < end else since | until


def is_unverified() -> ColumnElement[bool]:
    """The question named a case that nobody knew on its day."""
    table, checks = record_index, case_checks
    same = (
        checks.c.day == day_in(table.c.at),
        checks.c.department == table.c.department,
        checks.c.purpose == table.c.purpose,
        checks.c.case_digest == table.c.case_digest,
    )
    doubted = exists().where(*same, checks.c.state.in_(("UNVERIFIED", "UNCHECKED")))
    return (table.c.act == "") & (table.c.case_digest != "") & doubted


def _together(known: Received, more: Received) -> Received:
    return known._replace(
        questions=known.questions + more.questions,
        first_at=min(known.first_at, more.first_at),
        last_at=max(known.last_at, more.last_at),
        first_position=min(known.first_position, more.first_position),
        last_position=max(known.last_position, more.last_position),
        fields=tuple(sorted({*known.fields, *more.fields})),
    )


def _read(row: Row[Any], sets: dict[int, list[str]]) -> Found:
    return Found(
        position=row.position,
        at=row.at,
        act=row.act,
        outcome=row.outcome,
        client=row.client,
        department=row.department,
        role=row.role,
        purpose=row.purpose,
        person=row.person,
        case=row.case_digest,
        fields=tuple(sets.get(row.field_set, ())),
        entities=row.entities,
        denied=row.denied,
        emergency=bool(row.emergency),
    )


def digests_as_bytes(digests: Sequence[str]) -> tuple[bytes, ...]:
    """Digests as the index of entities has them."""
    return tuple(map(bytes.fromhex, digests))
