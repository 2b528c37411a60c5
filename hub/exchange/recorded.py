"""The recorded questions, read in slices by position: who asked what for which purpose, never which entity.

An entry names the fields that were answered and the states of those that were not; both were asked. Fields that only a
filter read are not on record.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, func, select

from hub.store.tables import entries

SLICE = 2_000
"""Positions that are read at once."""


@dataclass(frozen=True, slots=True)
class Question:
    """One question on record; `at` is RFC 3339 in Asia/Shanghai, `held` which of the fields were held."""

    at: str
    client: str
    department: str
    role: str
    purpose: str
    fields: frozenset[str]
    held: frozenset[str] = frozenset()
    position: int | None = None


def read_questions(connection: Connection, first: int, last: int) -> Iterator[Question]:
    """Questions at the positions from `first` up to and without `last`; what is no question is passed over."""
    here = entries.c.position >= first, entries.c.position < last
    query = select(entries.c.position, entries.c.body).where(*here).order_by(entries.c.position)
    for row in connection.execute(query):
        body = orjson.loads(row.body)
        if "kind" in body:
            continue
        held = frozenset(body["fields"])
        fields = held | {state[0] for state in body["states"]}
        asker = body["client"], body["department"], body["role"], body["purpose"]
        yield Question(body["at"], *asker, fields, held, row.position)


def end_of_record(connection: Connection) -> int:
    """The position that the next entry will have."""
    return int(connection.execute(select(func.coalesce(func.max(entries.c.position) + 1, 0))).scalar_one())


def first_since(connection: Connection, at: str) -> int:
    """Position of the first entry that is not older than an instant (RFC 3339), by halving: positions follow time."""
    low, high = 0, end_of_record(connection)
    while low < high:
        middle = (low + high) // 2
        recorded = select(entries.c.recorded_at).where(entries.c.position == middle)
        if str(connection.execute(recorded).scalar_one()) < at:
            low = middle + 1
        else:
            high = middle
    return low
