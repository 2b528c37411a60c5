"""Many entries at once, put into the store behind the recorder's back: questions of a client that nobody asked."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection, insert

from hub.exchange.recorded import end_of_record
from hub.store.tables import entries
from tests.unit.appending import ENTRY


def crowd(connection: Connection, days: Iterable[tuple[date, int]], people: int = 1) -> None:
    """So many questions at noon of each day, about different entities, by so many people in turn."""
    rows, position = [], end_of_record(connection)
    for day, count in days:
        for number in range(count):
            made = replace(
                ENTRY,
                at=f"{day}T12:00:00+08:00",
                request_id=f"crowd-{position}",
                outcome="ANSWERED",
                client="crowd",
                department="market",
                role="CLERK",
                person=f"{number % people:032x}" if people > 1 else "",
                purpose="SERVICE",
                case="",
                fields=("Entity.name", f"Entity.crowd{number % 200}"),
                entities=() if people == 1 else (f"{position * 2654435761 % 100_003:032x}",),
                states=(),
            )
            rows.append((position, made.at, made.request_id, made.canonical()))
            position += 1
    names = ("position", "recorded_at", "request_id", "body")
    for start in range(0, len(rows), 5_000):
        connection.execute(insert(entries), [dict(zip(names, row, strict=True)) for row in rows[start : start + 5_000]])
