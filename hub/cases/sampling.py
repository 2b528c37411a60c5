"""Which questions named a case nobody knew, and a random sample of them that anybody can draw again. Reads only."""

import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, func, select

from hub.cases.checks import Checks
from hub.store.tables import entries

_NO_CASE = b'"case":""'
_AT_ONCE = 1_000
_DAY = len("2026-01-31")


class Named(NamedTuple):
    """A question that named a case: its position in the record, its day, and whose case it was."""

    position: int
    day: str
    department: str
    purpose: str
    digest: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """A case nobody knew: its states by days, and the positions of the questions that named it on these days."""

    department: str
    purpose: str
    digest: str
    days: dict[str, str]
    positions: tuple[int, ...]


def unknown_cases(connection: Connection, since: str) -> list[Unknown]:
    """Cases nobody knew since a day, those that were named most first."""
    noted = Checks(connection).unknown(since)
    asked: dict[tuple[str, str, str], list[int]] = {case: [] for case in noted}
    if noted:
        for one in _named(connection, since):
            case = one.department, one.purpose, one.digest
            if one.day in noted.get(case, ()):
                asked[case].append(one.position)
    found = [Unknown(*case, days, tuple(asked[case])) for case, days in noted.items()]
    return sorted(found, key=lambda one: (-len(one.positions), one.department, one.purpose, one.digest))


def entries_since(connection: Connection, since: str) -> int:
    """How many entries there are since a day."""
    newest = connection.execute(select(func.max(entries.c.position))).scalar()
    return 0 if newest is None else int(newest) + 1 - _first(connection, since)


def draw(cases: Sequence[Unknown], share: float, seed: str) -> list[int]:
    """Positions of a share of the questions, in percent, at least one where there are any: the same for the same seed."""
    every = sorted({position for case in cases for position in case.positions})
    ranked = sorted(every, key=lambda position: hashlib.sha256(f"{seed}\n{position}".encode()).digest())
    return sorted(ranked[: math.ceil(len(every) * share / 100)])


def _named(connection: Connection, since: str) -> Iterator[Named]:
    query = select(entries).where(entries.c.position >= _first(connection, since)).order_by(entries.c.position)
    for row in connection.execute(query.execution_options(yield_per=_AT_ONCE)):
        if _NO_CASE in row.body:
            continue
        said = orjson.loads(row.body)
        # Acts have a kind, questions have none.
        if "kind" not in said:
            yield Named(row.position, said["at"][:_DAY], said["department"], said["purpose"], said["case"])


def _first(connection: Connection, since: str) -> int:
    """Position of the first entry since a day: positions have no gaps, and instants grow with them."""
    low, high = 0, int(connection.execute(select(func.coalesce(func.max(entries.c.position) + 1, 0))).scalar_one())
    while low < high:
        middle = (low + high) // 2
        at = connection.execute(select(entries.c.recorded_at).where(entries.c.position == middle)).scalar_one()
        low, high = (middle + 1, high) if at < since else (low, middle)
    return low
