"""Stops in the store: made, lifted and gathered. Every one counts in the pulse, so that all workers feel it."""

from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Select, and_, delete, insert, or_, select, update

from auth.standing import Stop, Stopped, Stops, gather
from auth.tokens import LONGEST
from hub.store.caller_tables import browser_sessions, pending_requests, people, sign_ins, stops
from hub.store.pulse import beat

_AFTER = int(LONGEST.total_seconds()) + 60
"""Seconds after which every token that was issued before a stop has expired."""
_MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze that has not been lifted: of what, since when, and why."""

    kind: Stopped
    name: str
    since: int
    reason: str


def stop(connection: Connection, kind: Stopped, name: str, now: int, reason: str) -> None:
    """Honour no token any more that was issued to this before now."""
    _insert(connection, kind, name, now, {"frozen": False, "matters_until": now + _AFTER, "reason": reason})


def stop_token(connection: Connection, token: str, now: int, expires: int, reason: str) -> None:
    """Honour one token no more."""
    told = {"frozen": False, "matters_until": expires + 60, "reason": reason}
    _insert(connection, Stopped.TOKEN, token, now, told)


def freeze(connection: Connection, kind: Stopped, name: str, now: int, reason: str) -> bool:
    """Honour nothing of this until it is thawed, and end its sign-ins for good; False if it was frozen already."""
    if is_frozen(connection, [(kind, name)]):
        return False
    _end_sign_ins(connection, kind, name, now)
    _insert(connection, kind, name, now, {"frozen": True, "matters_until": None, "reason": reason})
    return True


def end_for_good(connection: Connection, kind: Stopped, name: str, now: int, reason: str) -> None:
    """End all sign-ins of something that is no more, and every token that was issued to it."""
    _end_sign_ins(connection, kind, name, now)
    stop(connection, kind, name, now, reason)


def _end_sign_ins(connection: Connection, kind: Stopped, name: str, now: int) -> None:
    """End what would live again after a thaw: refresh tokens by their sign-ins, sessions of browsers."""
    people_of: dict[Stopped, Select[tuple[str]]] = {
        Stopped.PERSON: select(people.c.id).where(people.c.id == name),
        Stopped.DEPARTMENT: select(people.c.id).where(people.c.department == name),
    }
    through = sign_ins.c.client == name if kind is Stopped.CLIENT else None
    if kind in people_of:
        through = sign_ins.c.person.in_(people_of[kind])
        connection.execute(delete(browser_sessions).where(browser_sessions.c.person.in_(people_of[kind])))
    _end_under_way(connection, kind, name, people_of)
    if through is not None:
        connection.execute(update(sign_ins).where(through, sign_ins.c.ended_at.is_(None)).values(ended_at=now))


def _end_under_way(
    connection: Connection, kind: Stopped, name: str, people_of: Mapping[Stopped, Select[tuple[str]]]
) -> None:
    """End sign-ins that are not complete: whoever was about to agree must not do so after a thaw."""
    table = pending_requests
    if kind is Stopped.CLIENT:
        connection.execute(delete(table).where(table.c.client == name))
    if kind not in people_of:
        return
    whose = {row.id for row in connection.execute(people_of[kind])}
    proven = select(table.c.digest, table.c.state).where(table.c.state.contains('"person":"', autoescape=True))
    for row in connection.execute(proven).all():
        if orjson.loads(row.state).get("person") in whose:
            connection.execute(delete(table).where(table.c.digest == row.digest))


def end_all_sign_ins(connection: Connection, now: int) -> None:
    """End every sign-in there is, also those under way, and every session of a browser."""
    connection.execute(update(sign_ins).where(sign_ins.c.ended_at.is_(None)).values(ended_at=now))
    connection.execute(delete(browser_sessions))
    proven = pending_requests.c.state.contains('"person":"', autoescape=True)
    connection.execute(delete(pending_requests).where(proven))


def thaw(connection: Connection, kind: Stopped, name: str, now: int, reason: str = "") -> bool:
    """Lift a freeze; False if there was none. Tokens from before stay dead."""
    found = update(stops).where(stops.c.kind == kind, stops.c.name == name, stops.c.frozen, stops.c.lifted_at.is_(None))
    if connection.execute(found.values(lifted_at=now)).rowcount == 0:
        return False
    stop(connection, kind, name, now, f"THAWED {reason}".strip())
    return True


def is_frozen(connection: Connection, keys: list[tuple[Stopped, str]]) -> bool:
    """True if any of these is frozen."""
    named = or_(*(and_(stops.c.kind == kind, stops.c.name == name) for kind, name in keys))
    query = select(stops.c.number).where(named, stops.c.frozen, stops.c.lifted_at.is_(None)).limit(1)
    return connection.execute(query).first() is not None


def list_frozen(connection: Connection) -> list[Freeze]:
    """Everything that is frozen, the longest first."""
    query = select(stops).where(stops.c.frozen, stops.c.lifted_at.is_(None)).order_by(stops.c.number)
    return [Freeze(Stopped(row.kind), row.name, row.made_at, row.reason) for row in connection.execute(query)]


def frozen_grants(connection: Connection, instant: int) -> frozenset[str]:
    """Ids of the grants that were frozen at an instant."""
    lifted = or_(stops.c.lifted_at.is_(None), stops.c.lifted_at > instant)
    frozen = (stops.c.kind == Stopped.GRANT.value, stops.c.frozen, stops.c.made_at <= instant, lifted)
    return frozenset(row.name for row in connection.execute(select(stops.c.name).where(*frozen)))


def was_stopped(connection: Connection, kind: Stopped, name: str, since: int) -> bool:
    """True if any stop named this since an instant, lifted or not."""
    query = select(stops.c.number).where(stops.c.kind == kind, stops.c.name == name, stops.c.made_at >= since).limit(1)
    return connection.execute(query).first() is not None


def gather_stops(connection: Connection, now: int) -> Stops:
    """All stops that matter."""
    return gather(list_stops(connection, now))


def list_stops(connection: Connection, now: int) -> list[Stop]:
    """All stops that matter, the oldest first."""
    matter = or_(stops.c.matters_until.is_(None), stops.c.matters_until > now)
    query = select(stops).where(stops.c.lifted_at.is_(None), matter).order_by(stops.c.number)
    return [Stop(row.number, Stopped(row.kind), row.name, row.frozen) for row in connection.execute(query)]


def _insert(connection: Connection, kind: Stopped, name: str, now: int, told: dict[str, object]) -> None:
    number = beat(connection)
    reason = str(told["reason"])[:_MAX_REASON]
    row = {"number": number, "kind": kind.value, "name": name, "made_at": now, **told, "reason": reason}
    connection.execute(insert(stops).values(row))
