"""Fields that are granted but that nobody asks for: which field each department, role and purpose asked last, and when.

What was asked is gathered from the record slice by slice and kept as one row a field, so that millions of entries are
read once. Knows no entity and no person.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from auth.classes import Sharing
from auth.grants import ANY_DEPARTMENT, Effect, Grant
from hub.exchange.matrix import Situation
from hub.exchange.recorded import SLICE, Question, end_of_record, read_questions
from hub.store.simulator_tables import asked_fields, scans

_SCAN = "asked_fields"
Asked = dict[tuple[str, str, str, str], str]
"""When a field was last asked, by department, role, purpose and field."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What a slice of the record says, and the positions it took."""

    first: int
    next: int
    asked: Asked


@dataclass(frozen=True, slots=True)
class Unused:
    """A grant that holds today, the fields of it that nobody asked for, and how many it gives."""

    grant: Grant
    fields: tuple[str, ...]
    given: int


def next_scan(connection: Connection) -> Scan | None:
    """The next slice of the record; None where everything was read."""
    first, end = reached(connection), end_of_record(connection)
    if first >= end:
        return None
    upto = min(end, first + SLICE)
    return Scan(first, upto, gather(read_questions(connection, first, upto)))


def keep_scan(connection: Connection, scan: Scan) -> bool:
    """Store what a slice said; False if somebody else did so meanwhile."""
    if reached(connection) != scan.first:
        return False
    table = asked_fields
    for (department, role, purpose, name), at in scan.asked.items():
        row = {"department": department, "role": role, "purpose": purpose, "field": name}
        same = [table.c[column] == value for column, value in row.items()]
        found = connection.execute(select(table.c.last_at).where(*same)).scalar()
        if found is None:
            connection.execute(insert(table).values(**row, last_at=at))
        elif found < at:
            connection.execute(update(table).where(*same).values(last_at=at))
    connection.execute(delete(scans).where(scans.c.name == _SCAN))
    connection.execute(insert(scans).values(name=_SCAN, next=scan.next))
    return True


def gather(questions: Iterable[Question], asked: Asked | None = None) -> Asked:
    """When each field was last asked in these questions, added to what is known."""
    found = {} if asked is None else asked
    for question in questions:
        for name in question.fields:
            key = question.department, question.role, question.purpose, name
            found[key] = max(found.get(key, ""), question.at)
    return found


def asked_since(connection: Connection, since: str, most: int) -> tuple[Asked, int, bool]:
    """What was asked since an instant (RFC 3339), the position up to which the record was read, and whether that is all.

    Beyond what is kept, at most so many entries are read.
    """
    query = select(asked_fields).where(asked_fields.c.last_at >= since)
    asked: Asked = {(r.department, r.role, r.purpose, r.field): r.last_at for r in connection.execute(query)}
    first, end = reached(connection), end_of_record(connection)
    upto = min(end, first + most)
    gather((one for one in read_questions(connection, first, upto) if one.at >= since), asked)
    return asked, upto, upto == end


def unused(situation: Situation, asked: Asked) -> list[Unused]:
    """Of each allowance that holds on the day: the fields that no question of whom it concerns asked, for its purposes."""
    used: dict[tuple[str, str], dict[str, set[str]]] = {}
    for department, role, purpose, name in asked:
        used.setdefault((role, purpose), {}).setdefault(name, set()).add(department)
    holding = [g for g in situation.honoured if g.effect is Effect.ALLOW and g.active(situation.day)]
    return [
        found for found in (_of(grant, situation, used) for grant in holding if grant.person is None) if found.fields
    ]


def _of(grant: Grant, situation: Situation, used: dict[tuple[str, str], dict[str, set[str]]]) -> Unused:
    views = situation.vocabulary.fields.values()
    given = [v.coordinate for v in views if v.sharing is not Sharing.WITHHELD and grant.covers(v.coordinate, v.scope)]

    def is_used(name: str) -> bool:
        by = [used.get((grant.role.value, purpose), {}).get(name, set()) for purpose in grant.purposes]
        return any(grant.department in one or (grant.department == ANY_DEPARTMENT and one) for one in by)

    return Unused(grant, tuple(sorted(name for name in given if not is_used(name))), len(given))


def reached(connection: Connection) -> int:
    """The position up to which the record was gathered."""
    return int(connection.execute(select(scans.c.next).where(scans.c.name == _SCAN)).scalar() or 0)
