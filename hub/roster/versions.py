"""A table of which nothing is deleted: what it holds now, what it held at an instant, and how it came to be so.

Everything runs in a transaction of whoever calls, and whatever changes beats the pulse, so that all workers feel it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, Row, Table, func, insert, or_, select, update

from hub.store.access_tables import roster_state
from hub.store.pulse import beat


@dataclass(frozen=True, slots=True)
class Version:
    """One version: number, body, who recorded it when, and when another one took its place."""

    id: str
    number: int
    body: Mapping[str, Any]
    recorded_at: int
    recorded_by: str
    replaced_at: int | None


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one table, in one transaction; `now` in seconds since 1970."""

    connection: Connection
    table: Table
    now: int

    def current(self) -> Iterator[Version]:
        """What holds now, by id."""
        table = self.table
        yield from self._read(table.c.replaced_at.is_(None))

    def as_of(self, instant: int) -> Iterator[Version]:
        """What held at an instant, by id."""
        table = self.table
        replaced = or_(table.c.replaced_at.is_(None), table.c.replaced_at > instant)
        yield from self._read(table.c.recorded_at <= instant, replaced)

    def of(self, name: str) -> Version | None:
        """The version of this id that holds now."""
        table = self.table
        return next(iter(self._read(table.c.id == name, table.c.replaced_at.is_(None))), None)

    def history(self, name: str) -> list[Version]:
        """All versions of this id, the oldest first."""
        return list(self._read(self.table.c.id == name))

    def where(self, *conditions: Any) -> list[Version]:
        """Versions that meet conditions on the table's columns, by id, the oldest first."""
        return list(self._read(*conditions))

    def put(self, name: str, body: Mapping[str, Any], by: str, **beside: str) -> int:
        """Record a version, unless nothing is different; its number."""
        text = orjson.dumps(dict(body), option=orjson.OPT_SORT_KEYS).decode()
        table = self.table
        newest = select(table.c.version, table.c.body, table.c.replaced_at).where(table.c.id == name)
        found = self.connection.execute(newest.order_by(table.c.version.desc()).limit(1)).first()
        if found is not None and found.body == text and found.replaced_at is None:
            return int(found.version)
        self._replace(name, by)
        number = 1 if found is None else int(found.version) + 1
        row = {"id": name, "version": number, "body": text, "recorded_at": self.now, "recorded_by": by, **beside}
        self.connection.execute(insert(table).values(row))
        self._changed()
        return number

    def retire(self, name: str, by: str) -> bool:
        """Let nothing hold under this id any more; False if nothing did."""
        if not self._replace(name, by):
            return False
        self._changed()
        return True

    def retired(self) -> dict[str, str]:
        """Who retired what holds no more, by id."""
        table = self.table
        held = select(table.c.id).where(table.c.replaced_at.is_(None))
        newest = select(table.c.id, table.c.replaced_by).where(table.c.id.not_in(held)).order_by(table.c.version)
        return {row.id: row.replaced_by or "" for row in self.connection.execute(newest)}

    def _replace(self, name: str, by: str) -> bool:
        table = self.table
        held = update(table).where(table.c.id == name, table.c.replaced_at.is_(None))
        return bool(self.connection.execute(held.values(replaced_at=self.now, replaced_by=by)).rowcount)

    def _changed(self) -> None:
        number = beat(self.connection)
        self.connection.execute(update(roster_state).values(changed=number))

    def _read(self, *where: Any) -> Iterator[Version]:
        query = select(self.table).where(*where).order_by(self.table.c.id, self.table.c.version)
        for row in self.connection.execute(query):
            yield _version(row)


def changed(connection: Connection) -> int:
    """The pulse at the last change of departments, clients or grants; 0 while there was none."""
    return int(connection.execute(select(func.max(roster_state.c.changed))).scalar_one())


def _version(row: Row[Any]) -> Version:
    body = orjson.loads(row.body)
    return Version(row.id, row.version, body, row.recorded_at, row.recorded_by, row.replaced_at)
