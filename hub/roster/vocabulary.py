"""What roles and scopes meant, since when: a grant of a scope can be read on a past date as it was meant then.

A row is recorded at every start at which they differ from the last one. Nothing is ever deleted.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from sqlalchemy import Connection, Row, insert, select

from auth.access import FieldView
from auth.classes import Sensitivity, Sharing
from auth.roles import Role, station
from auth.scopes import Scope
from hub.store.access_tables import vocabularies


@dataclass(frozen=True, slots=True)
class Word:
    """A field as a vocabulary has it; its scope may be one that is no more."""

    coordinate: str
    scope: Scope
    sensitivity: Sensitivity
    sharing: Sharing
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Fields by coordinate and stations by role; `number` 0 is the one that runs and need not be stored."""

    number: int
    recorded_at: int
    stations: Mapping[Role, Sensitivity]
    fields: Mapping[str, FieldView] = field(repr=False)

    def scoped(self, scope: str) -> list[str]:
        """The fields of a scope, sorted; none for a scope that this vocabulary does not know."""
        return sorted(name for name, view in self.fields.items() if view.scope == scope)


def running_vocabulary(views: Iterable[FieldView]) -> Vocabulary:
    """The vocabulary of this version of the hub."""
    return Vocabulary(0, 0, {role: station(role) for role in Role}, {view.coordinate: view for view in views})


def remember_vocabulary(connection: Connection, views: Iterable[FieldView], now: int) -> int | None:
    """Record the running vocabulary if it is another than the last one; its number, None if it is the same."""
    text = _written(running_vocabulary(views))
    digest, last = _digest(text), _last(connection)
    if last is not None and last.digest == digest:
        return None
    number = 1 if last is None else int(last.number) + 1
    connection.execute(insert(vocabularies).values(number=number, digest=digest, body=text, recorded_at=now))
    return number


def is_remembered(connection: Connection, views: Iterable[FieldView]) -> bool:
    """True if the last vocabulary on record is the running one."""
    last = _last(connection)
    return last is not None and last.digest == _digest(_written(running_vocabulary(views)))


def vocabulary_at(connection: Connection, instant: int) -> Vocabulary | None:
    """The vocabulary at an instant, the first one for any before it; None where none was ever recorded."""
    table = vocabularies
    held = select(table).where(table.c.recorded_at <= instant).order_by(table.c.number.desc()).limit(1)
    first = select(table).order_by(table.c.number).limit(1)
    row = connection.execute(held).first() or connection.execute(first).first()
    return _read(row) if row is not None else None


def _last(connection: Connection) -> Row[Any] | None:
    return connection.execute(select(vocabularies).order_by(vocabularies.c.number.desc()).limit(1)).first()


def _written(vocabulary: Vocabulary) -> str:
    scopes: dict[str, dict[str, Any]] = {}
    for name, view in vocabulary.fields.items():
        told: dict[str, Any] = {"sensitivity": view.sensitivity.name, "sharing": view.sharing.value}
        scopes.setdefault(str(view.scope), {})[name] = {**told, **({"needs": list(view.needs)} if view.needs else {})}
    roles = {role.value: found.name for role, found in vocabulary.stations.items()}
    return orjson.dumps({"roles": roles, "scopes": scopes}, option=orjson.OPT_SORT_KEYS).decode()


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _read(row: Row[Any]) -> Vocabulary:
    body = orjson.loads(row.body)
    known = {role.value for role in Role}
    stations = {Role(name): Sensitivity[found] for name, found in body["roles"].items() if name in known}
    fields = {
        name: Word(
            name,
            # A scope that is no more is compared as the text it was.
            cast("Scope", scope),
            Sensitivity[told["sensitivity"]],
            Sharing(told["sharing"]),
            tuple(told.get("needs", ())),
        )
        for scope, found in body["scopes"].items()
        for name, told in found.items()
    }
    return Vocabulary(row.number, row.recorded_at, stations, fields)
