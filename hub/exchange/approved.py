"""The approved table: which grants everything that may be seen follows from, sealed with a key outside the store.

It follows every change that the hub itself makes, in the same transaction, and nothing else: a row that was changed in
the database by hand keeps the number of its version, and is found by the self-check.
"""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, insert, select

from hub.roster.versions import Version, Versions
from hub.store.access_tables import grants
from hub.store.outbox import Sealing
from hub.store.simulator_tables import policy_tables

_MOMENT = 60
"""Seconds that a transaction may have waited for its turn."""
ADOPTED, CHANGED, ACCEPTED = "ADOPTED", "CHANGED", "ACCEPTED"


@dataclass(frozen=True, slots=True)
class Approved:
    """One version of a grant as it was approved: number and body."""

    version: int
    body: Mapping[str, Any]


class BrokenTableError(Exception):
    """The approved table is not the one that this hub sealed."""


def approved(connection: Connection, sealing: Sealing) -> dict[str, Approved] | None:
    """Grants of the last approved table by id; None if there is none, BrokenTableError if it was tampered with."""
    query = select(policy_tables).order_by(policy_tables.c.number.desc()).limit(1)
    row = connection.execute(query).first()
    if row is None:
        return None
    try:
        packed = sealing.open(_place(row.number), row.grants)
    except InvalidTag:
        raise BrokenTableError(str(row.number)) from None
    told = orjson.loads(zlib.decompress(base64.b64decode(packed)))
    return {name: Approved(version, body) for name, version, body in told}


def is_begun(connection: Connection) -> bool:
    """True if there is an approved table."""
    return connection.execute(select(policy_tables.c.number).limit(1)).first() is not None


def begin(connection: Connection, sealing: Sealing, now: int) -> None:
    """Take what the store holds for approved, where nothing was approved yet."""
    if not is_begun(connection):
        _put(connection, sealing, now, ADOPTED, _stored(connection, now))


def follow(connection: Connection, sealing: Sealing, now: int) -> bool:
    """Take over what was recorded since, in the transaction of the change; False if no grant changed.

    A grant of which there is no newer version, and that was not retired just now, stays as it was approved, whatever the
    row says or whether it is there. A table that cannot be opened stays as it is, for the self-check to find.
    """
    try:
        known = approved(connection, sealing)
    except BrokenTableError:
        return False
    if known is None:
        begin(connection, sealing, now)
        return True
    stored = _stored(connection, now)
    newer = {name: one for name, one in stored.items() if name not in known or one.version > known[name].version}
    retired = known.keys() & _retired(connection, now) - stored.keys()
    if not newer and not retired:
        return False
    kept = {name: one for name, one in known.items() if name not in retired}
    _put(connection, sealing, now, CHANGED, {**kept, **newer})
    return True


def accept(connection: Connection, sealing: Sealing, now: int) -> None:
    """Take what the store holds now for approved, however it came there."""
    _put(connection, sealing, now, ACCEPTED, _stored(connection, now))


def _stored(connection: Connection, now: int) -> dict[str, Approved]:
    return {one.id: _as_approved(one) for one in Versions(connection, grants, now).current()}


def _retired(connection: Connection, now: int) -> set[str]:
    """Grants that somebody let hold no more a moment ago."""
    query = select(grants.c.id).where(grants.c.replaced_at >= now - _MOMENT, grants.c.replaced_by.is_not(None))
    return {row.id for row in connection.execute(query)}


def _as_approved(version: Version) -> Approved:
    return Approved(version.number, version.body)


def _put(connection: Connection, sealing: Sealing, now: int, cause: str, held: Mapping[str, Approved]) -> None:
    last = select(policy_tables.c.number).order_by(policy_tables.c.number.desc()).limit(1)
    number = (connection.execute(last).scalar() or 0) + 1
    told = [[name, one.version, dict(one.body)] for name, one in sorted(held.items())]
    packed = base64.b64encode(zlib.compress(orjson.dumps(told))).decode()
    row = {"number": number, "cause": cause, "grants": sealing.seal(_place(number), packed), "made_at": now}
    connection.execute(insert(policy_tables).values(row))


def _place(number: int) -> str:
    return f"policy_tables.grants.{number}"
