"""What the simulator reads of the store: what is in force now or was on a past day, who acts, what a request asks for."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import orjson
from pydantic import ValidationError
from sqlalchemy import Connection, or_, select

from auth.access import FieldView
from auth.caller import Client
from auth.grants import Grant
from auth.roles import Role
from auth.standing import Stopped
from hub.clock import SHANGHAI, rfc3339
from hub.exchange.changes import Change, read_change
from hub.exchange.matrix import Situation
from hub.roster.grants import read_grant
from hub.roster.versions import Version, Versions
from hub.roster.vocabulary import running_vocabulary, vocabulary_at
from hub.store.access_tables import access_requests, grants
from hub.store.caller_tables import people, stops

_FIELD = "FIELD"
"""Kind of the stops that name a field or a scope."""


@dataclass(frozen=True, slots=True)
class Found:
    """A situation, and the ids of grants that stood there but that this version of the hub cannot read."""

    situation: Situation
    unreadable: tuple[str, ...]


class NoRequestError(Exception):
    """There is no such request, or its changes cannot be read any more."""


def now_in_force(connection: Connection, views: Iterable[FieldView], day: date, now: int) -> Found:
    """What is in force at this moment, in the words of this version."""
    read, unreadable = readable(Versions(connection, grants, now).current())
    frozen, cold = frozenset(frozen_grants(connection)), frozenset(frozen_fields(connection))
    return Found(Situation(tuple(read), frozen, running_vocabulary(views), day, cold), unreadable)


def in_force_on(connection: Connection, views: Iterable[FieldView], day: date) -> Found:
    """What was in force at the end of a day, in the words of that day."""
    instant = end_of(day)
    read, unreadable = readable(Versions(connection, grants, instant).as_of(instant))
    vocabulary = vocabulary_at(connection, instant) or running_vocabulary(views)
    frozen, cold = frozenset(frozen_grants(connection, instant)), frozenset(frozen_fields(connection, instant))
    return Found(Situation(tuple(read), frozen, vocabulary, day, cold), unreadable)


def readable(versions: Iterable[Version]) -> tuple[list[Grant], tuple[str, ...]]:
    """The grants of versions, and the ids of those that cannot be read."""
    read = [(version.id, read_grant(version)) for version in versions]
    return [grant for _, grant in read if grant is not None], tuple(name for name, grant in read if grant is None)


def frozen_grants(connection: Connection, instant: int | None = None) -> Iterator[str]:
    """Ids of the grants that are frozen now, or were at an instant."""
    return _frozen(connection, Stopped.GRANT.value, instant)


def frozen_fields(connection: Connection, instant: int | None = None) -> Iterator[str]:
    """Coordinates and scopes that are frozen now, or were at an instant."""
    return _frozen(connection, _FIELD, instant)


def _frozen(connection: Connection, kind: str, instant: int | None) -> Iterator[str]:
    table = stops
    query = select(table.c.name).where(table.c.kind == kind, table.c.frozen).distinct()
    if instant is None:
        query = query.where(table.c.lifted_at.is_(None))
    else:
        lifted = or_(table.c.lifted_at.is_(None), table.c.lifted_at > instant)
        query = query.where(table.c.made_at <= instant, lifted)
    return (row.name for row in connection.execute(query))


def acting(connection: Connection, clients: Iterable[Client]) -> set[tuple[str, Role]]:
    """Departments and roles in which clients or people act."""
    query = select(people.c.department, people.c.role).where(people.c.ended_at.is_(None)).distinct()
    known = {role.value for role in Role}
    of_people = {(row.department, Role(row.role)) for row in connection.execute(query) if row.role in known}
    return of_people | {(client.department, client.role) for client in clients}


def people_of(connection: Connection, department: str, role: Role, purpose: str) -> int:
    """How many people act in this department and role who may use this purpose; `*` is every department."""
    query = select(people.c.department, people.c.purposes).where(
        people.c.ended_at.is_(None), people.c.role == role.value
    )
    rows = connection.execute(query)
    theirs = [row for row in rows if department in ("*", row.department)]
    return sum(not row.purposes or purpose in row.purposes.split() for row in theirs)


def changes_of(connection: Connection, request: str) -> list[Change]:
    """What a request would change, whatever has become of it; NoRequestError if there is none to be read."""
    query = select(access_requests.c.changes).where(access_requests.c.number == request)
    text = connection.execute(query).scalar()
    if text is None:
        raise NoRequestError(request)
    try:
        return [read_change(body) for body in orjson.loads(text)]
    except (ValidationError, ValueError, KeyError, TypeError):
        raise NoRequestError(request) from None


def end_of(day: date) -> int:
    """The last second of a day in China, in seconds since 1970."""
    following = datetime.combine(day + timedelta(days=1), time(), SHANGHAI)
    return int(following.timestamp()) - 1


def days_before(today: date, days: int) -> str:
    """The beginning of the first of so many days, of which today is the last; RFC 3339 in Asia/Shanghai."""
    return rfc3339(datetime.combine(today - timedelta(days=days - 1), time(), SHANGHAI))
