"""Recalls: a fact was corrected or withdrawn, so whoever received it is told, and what rested on it is to be looked at again.

`recall` is what every part of the hub calls that changes a fact; it runs in the transaction of the change. Which entries
gave the fact to whom stays as a list of positions: decisions that rest on one of them are found by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, literal, select

from auth.roles import Role
from hub.callers.vault import Vault
from hub.clock import day_of
from hub.disclosure.filling import OFFICE, catch_up
from hub.disclosure.objections import next_number
from hub.disclosure.searching import between, digests_as_bytes, sets_with
from hub.errors import HubError
from hub.events import Event
from hub.notices.telling import Concerned, News, tell
from hub.store.disclosure_tables import recall_positions, recalls, record_entities, record_index
from schema.disclosing_enums import RecallKind

BEHIND = 20_000
"""Entries that a recall puts into the index itself, where it lags; beyond, it says to wait."""

MOST_A_DAY = 50
"""Recalls of a department on a day: each tells clients, and what is wrong in more is for the source to correct."""


@dataclass(frozen=True, slots=True)
class Fact:
    """What is recalled: a field of an entity, why, and since which day it may have been given wrongly."""

    entity: str
    coordinate: str
    kind: RecallKind
    reason: str = field(repr=False)
    since: date


@dataclass(frozen=True, slots=True)
class Recipient:
    """A client that received it: how often, and at which positions first and last."""

    client: str
    department: str
    questions: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Recall:
    """A recall that was made, and who was told."""

    number: str
    fact: Fact
    department: str
    made_by: str
    made_at: int
    recipients: tuple[Recipient, ...]


def recall(connection: Connection, vault: Vault, fact: Fact, by: tuple[str, str], now: int) -> Recall:
    """Recall a fact for a department, by a person or part of the hub, and tell every client that received it.

    HubError RECORD_BEHIND while the index of the record lags too far to know who that is. `now`: seconds since 1970.
    """
    if not catch_up(connection, BEHIND):
        raise HubError("RECORD_BEHIND")
    department, person = by
    number = next_number(connection, recalls.c.number, "H", now)
    row = {
        "number": number,
        "entity": vault.seal(f"recalls.entity.{number}", fact.entity),
        "field": fact.coordinate,
        "kind": fact.kind.name,
        "reason": vault.seal(f"recalls.reason.{number}", fact.reason),
        "since": fact.since.isoformat(),
        "department": department,
        "made_by": person,
        "made_at": now,
    }
    connection.execute(insert(recalls).values(row))
    table = record_index
    gave = select(literal(number), table.c.position, table.c.client, table.c.department).where(
        *_gave(connection, vault, fact, now)
    )
    names = ["recall", "position", "client", "department"]
    connection.execute(insert(recall_positions).from_select(names, gave))
    made = Recall(number, fact, department, person, now, tuple(_recipients(connection, number)))
    for one in made.recipients:
        told: dict[str, str | int] = {
            "recall": number,
            "entity": fact.entity,
            "field": fact.coordinate,
            "change": fact.kind.name,
            "client": one.client,
            "questions": one.questions,
        }
        tell(connection, vault, News(Event.FACT_RECALLED, told, Concerned(client=one.client)), now)
    return made


def positions(connection: Connection, number: str, most: int, after: int = -1) -> list[int]:
    """Entries by which what was recalled was received, in order: what decisions that rested on it are found by."""
    table = recall_positions.c
    query = select(table.position).where(table.recall == number, table.position > after)
    return [row.position for row in connection.execute(query.order_by(table.position).limit(most))]


def made_since(connection: Connection, department: str, since: int) -> int:
    """How many recalls a department made since an instant, in seconds since 1970."""
    mine = recalls.c.department == department, recalls.c.made_at >= since
    return int(connection.execute(select(func.count()).select_from(recalls).where(*mine)).scalar_one())


def recalls_of(connection: Connection, position: int) -> list[str]:
    """Numbers of the recalls that concern an entry: of a decision that rested on it, why it is to be looked at again."""
    table = recall_positions.c
    query = select(table.recall).where(table.position == position).order_by(table.recall)
    return [row.recall for row in connection.execute(query)]


def read_recalls(connection: Connection, vault: Vault, most: int, *conditions: ColumnElement[bool]) -> list[Recall]:
    """Recalls that fit, the newest first."""
    query = select(recalls).where(*conditions).order_by(recalls.c.made_at.desc(), recalls.c.number.desc())
    rows = connection.execute(query.limit(most)).all()
    return [_read(connection, vault, row) for row in rows]


def _gave(connection: Connection, vault: Vault, fact: Fact, now: int) -> Iterator[ColumnElement[bool]]:
    """Entries of questions of offices since the day, that had the entity in their answer and asked the field."""
    table, of = record_index, record_entities.c
    low, high = between(connection, fact.since, day_of(now))
    entities = digests_as_bytes(vault.every("entity", fact.entity))
    here = (of.entity.in_(entities), of.kind == OFFICE, of.position >= low, of.position < high)
    yield table.c.position.in_(select(of.position).where(*here))
    yield table.c.field_set.in_(sets_with(fact.coordinate))
    yield table.c.role != Role.PUBLIC.value


def _recipients(connection: Connection, number: str) -> Iterator[Recipient]:
    table = recall_positions.c
    groups = (table.client, table.department)
    counted = (func.count(), func.min(table.position), func.max(table.position))
    query = select(*groups, *counted).where(table.recall == number).group_by(*groups).order_by(*groups)
    return (Recipient(*row) for row in connection.execute(query))


def _read(connection: Connection, vault: Vault, row: Row[Any]) -> Recall:
    sealed: Mapping[str, bytes] = {"entity": row.entity, "reason": row.reason}
    entity, reason = (vault.open(f"recalls.{name}.{row.number}", text) for name, text in sealed.items())
    fact = Fact(entity, row.field, RecallKind[row.kind], reason, date.fromisoformat(row.since))
    found = tuple(_recipients(connection, row.number))
    return Recall(row.number, fact, row.department, row.made_by, row.made_at, found)
