"""The index over the record, filled beside the questions: one worker reads what was appended, slice by slice.

It is not filled in the transaction of an entry, whose commit every question waits for: there it would cost a second
statement and pages all over an index of its own. Whoever is killed has filled a slice or not; an old record is read from
its beginning, and can be read anew at any time.
"""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from time import monotonic
from typing import Any, NamedTuple

import orjson
import structlog
from anyio.to_thread import run_sync
from sqlalchemy import Connection, delete, func, insert, select

from auth.roles import Role
from hub.exchange.recorded import end_of_record
from hub.rounds import Round, rounds
from hub.store.bulk import insert_many
from hub.store.database import Database
from hub.store.disclosure_tables import record_entities, record_field_sets, record_index
from hub.store.simulator_tables import scans
from hub.store.tables import entries

log = structlog.get_logger()
OFFICE, PUBLIC, MERCHANT = 0, 1, 2
"""Who asked about an entity: an office, nobody known, or a merchant – themselves, mostly."""
SLICE = 128
"""Entries of one transaction: as few as make the record wait for milliseconds only."""
_MOST_ENTITIES = 2_000
"""Entities of all entries of one transaction, unless one entry has more."""
EVERY = 2.0
"""Seconds between two looks."""
_REST, _LONGEST_REST = 3.0, 0.2
"""How much longer it rests after a slice than the slice took, while the hub serves · and the longest rest, in seconds."""
_SCAN = "record_index"
_PROGRESS, _OLD = 50_000, 5_000
"""Entries between two lines that tell how far it is; and from which number in one go on it is told at all."""
_ACT_FIELDS = (("department", 32), ("purpose", 40), ("role", 24))
"""What an act tells of who did it, and how much of it the index takes."""


class Row(NamedTuple):
    """An entry as the index has it."""

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
    entities: tuple[bytes, ...]
    denied: int
    emergency: bool

    @property
    def kind(self) -> int:
        """Who asked."""
        return {Role.PUBLIC.value: PUBLIC, Role.MERCHANT.value: MERCHANT}.get(self.role, OFFICE)


@dataclass(frozen=True, slots=True)
class Part:
    """What a slice of the record says, and the positions it took."""

    first: int
    next: int
    rows: tuple[Row, ...]


@dataclass(slots=True)
class Indexer:
    """Fills the index of a store while this worker serves, when it is its turn."""

    database: Database
    _told: int = field(default=0, init=False)

    async def look(self, rest: float = 0) -> int:
        """Fill in everything that was appended, resting so many times as long after each slice; how many entries."""
        done, began = 0, monotonic()
        while (part := await self.database.read(next_part)) is not None:
            if not await self.database.act(partial(keep_part, part=part)):
                break
            done += part.next - part.first
            # Between two slices the record has its turn; whoever is far behind hurries.
            hurry = min(rest, 1) if done > _OLD else rest
            await asyncio.sleep(min((monotonic() - began) * hurry, _LONGEST_REST))
            began = monotonic()
            if done > _OLD:
                self._tell(part.next)
        return done

    def indexing(self) -> AbstractAsyncContextManager[None]:
        """Keep filling while the hub serves."""
        return rounds(Round(self._look_in_turn, EVERY, "the index of the record could not be filled"))

    async def _look_in_turn(self) -> None:
        if await run_sync(self.database.turn.take):
            await self.look(_REST)

    def _tell(self, reached: int) -> None:
        if reached // _PROGRESS > self._told // _PROGRESS:
            log.info("indexing the record", entries=reached)
        self._told = reached


def reached(connection: Connection) -> int:
    """The first position that is not in the index yet."""
    return int(connection.execute(select(scans.c.next).where(scans.c.name == _SCAN)).scalar() or 0)


def next_part(connection: Connection, most: int = SLICE) -> Part | None:
    """The next slice of the record; None where everything is in the index."""
    first = reached(connection)
    upto = min(end_of_record(connection), first + most)
    if first >= upto:
        return None
    rows: list[Row] = []
    left = _MOST_ENTITIES
    for row in read_rows(connection, first, upto):
        left -= len(row.entities)
        # A page has a hundred entities: of such entries fewer, but one at least.
        if left < 0 and rows:
            return Part(first, row.position, tuple(rows))
        rows.append(row)
    return Part(first, upto, tuple(rows))


def keep_part(connection: Connection, part: Part) -> bool:
    """Put a slice into the index; False if somebody else did so meanwhile."""
    if reached(connection) != part.first:
        return False
    sets = _field_sets(connection, {row.fields for row in part.rows})
    insert_many(connection, record_index, [_index_row(row, sets) for row in part.rows])
    found = sorted((entity, row.kind, row.position) for row in part.rows for entity in row.entities)
    insert_many(connection, record_entities, found)
    connection.execute(delete(scans).where(scans.c.name == _SCAN))
    connection.execute(insert(scans).values(name=_SCAN, next=part.next))
    return True


def catch_up(connection: Connection, most: int) -> bool:
    """Fill in what is missing, at most so many entries, in a transaction in which nobody else writes; False if more is."""
    done = 0
    while done < most:
        part = next_part(connection)
        if part is None:
            return True
        keep_part(connection, part)
        done += part.next - part.first
    return next_part(connection, 1) is None


def begin_anew(connection: Connection) -> None:
    """Empty the index, so that it is filled from the first entry."""
    for table in (record_entities, record_index, record_field_sets):
        connection.execute(delete(table))
    connection.execute(delete(scans).where(scans.c.name == _SCAN))


def read_rows(connection: Connection, first: int, last: int) -> Iterable[Row]:
    """Entries at the positions from `first` up to and without `last`, as the index has them."""
    here = entries.c.position >= first, entries.c.position < last
    for row in connection.execute(select(entries.c.position, entries.c.body).where(*here).order_by(entries.c.position)):
        body = orjson.loads(row.body)
        yield _act(row.position, body) if body.get("kind") == "act" else _question(row.position, body)


def _question(position: int, body: Mapping[str, Any]) -> Row:
    states = body["states"]
    return Row(
        position=position,
        at=body["at"],
        act="",
        outcome=body["outcome"],
        client=body["client"],
        department=body["department"],
        role=body["role"],
        purpose=body["purpose"],
        person=body["person"],
        case=body["case"],
        fields=tuple(body["fields"]),
        # What was rejected, explained or failed disclosed nothing.
        entities=tuple(map(bytes.fromhex, body["entities"])) if body["outcome"] == "ANSWERED" else (),
        denied=sum(count for _, state, _, count in states if state in {"DENIED", "WITHHELD"}),
        emergency=any(field == "Query" and state == "EMERGENCY" for field, state, _, _ in states),
    )


def _act(position: int, body: Mapping[str, Any]) -> Row:
    told = body["told"]
    department, purpose, role = (str(told.get(name, ""))[:most] for name, most in _ACT_FIELDS)
    return Row(
        position=position,
        at=body["at"],
        act=body["act"][:40],
        outcome=body["outcome"][:24],
        client=body["client"][:64],
        department=department,
        role=role,
        purpose=purpose,
        person=body["person"],
        case=str(told.get("case", ""))[:32],
        fields=(),
        entities=(),
        denied=0,
        emergency=body["act"].startswith("EMERGENCY"),
    )


def _index_row(row: Row, sets: Mapping[tuple[str, ...], int]) -> tuple[Any, ...]:
    """Values in the order of the table's columns."""
    who = (row.act, row.outcome, row.client, row.department, row.role, row.purpose, row.person, row.case)
    return (row.position, row.at, *who, sets[row.fields], len(row.entities), row.denied, row.emergency)


def _field_sets(connection: Connection, wanted: set[tuple[str, ...]]) -> dict[tuple[str, ...], int]:
    """Numbers of sets of fields, given to those that have none yet; 0 is that of no field."""
    found: dict[tuple[str, ...], int] = {(): 0}
    digests = {sha256("\n".join(one).encode()).hexdigest(): one for one in wanted if one}
    table = record_field_sets
    for row in connection.execute(select(table.c.id, table.c.digest).where(table.c.digest.in_(digests))):
        found[digests[row.digest]] = row.id
    last = int(connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one())
    for digest, fields in sorted(digests.items()):
        if fields not in found:
            last += 1
            found[fields] = last
            connection.execute(insert(table).values(id=last, digest=digest, fields=orjson.dumps(fields).decode()))
    return found
