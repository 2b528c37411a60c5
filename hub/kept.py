"""Last known values: what a source said of an entity when it was last asked, for when it is silent.

    an answer ─▶ Intake (bounded, nobody waits) ─▶ sealed, in batches ─▶ the store
    a silence ─▶ Copies.stand_in ─▶ raw rows in the place of the source's ─▶ the same masks and clauses as ever

Only what a source declares is kept, and only of PUBLIC fields; of what is published for a time, only what is so today. Rows are raw and know no caller: who may see what of them is
decided above, as for the source's own. A copy stands in where everything that decides about rows is in it, else the
source stays silent.
"""

import contextlib
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Protocol

import orjson
import structlog
from anyio.to_thread import run_sync
from cryptography.exceptions import InvalidTag
from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import SQLAlchemyError

from adapters.base import AS_OF, DISPUTED, KEY, LOCAL, Lookup, Rows, SourceDown, SourceTimeout, Unreadable
from adapters.records import satisfies
from adapters.wrap.snapshot import BY
from hub.clock import Clock, rfc3339_of
from hub.coalesce import Found, Stem, Waiter
from hub.corrected import is_corrected
from hub.plan.bind import Bound
from hub.plan.model import Branch, Call, CallWay, Group, Leaf, Node, Part, Root
from hub.rounds import Round, rounds
from hub.store.database import Database, StoreError
from hub.store.kept_tables import kept_rows
from schema.predicate import TRUE, Predicate, implies, tests
from schema.uscc import is_personal

log = structlog.get_logger()
EVERY = 1.0
"""Seconds between two batches."""
MOST_WAITING = 2_000
"""Entities whose rows wait to be kept; what comes beyond is dropped, and counted."""
MOST_BYTES = 16_000
"""Of the rows of one entity; longer ones are not kept."""
_BATCH = 64
_SAME = 300
"""Seconds within which what was kept is not kept again, if it is the same."""
_REMEMBERED = 20_000
_TIDIED_EVERY = 300
_MARK = {"unreadable": True}
_SPECIAL = (AS_OF, DISPUTED)
Row = tuple[Any, ...]


class Sealer(Protocol):
    """Seals what lies in the store, and digests what it is found by, with keys outside of it."""

    def seal(self, place: str, text: str) -> bytes: ...
    def open(self, place: str, sealed: bytes) -> str: ...
    def lasting(self, kind: str, value: str) -> str: ...


@dataclass(frozen=True, slots=True)
class Declared:
    """What may be kept of a record of a source: its fields, for how many seconds, on which basis.

    published: of a record that is published for a time, the rows that are so on a day; no others are kept or given.
    """

    source: str
    record: str
    fields: frozenset[str]
    seconds: int
    basis: str
    published: Callable[[date], Predicate] | None = None

    def shown(self, day: date) -> Predicate:
        """Which of its rows may be kept, and given, on that day."""
        return TRUE if self.published is None else self.published(day)

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a kept row, in their order: the fields, when the data is of, whether it is disputed."""
        return (*sorted(self.fields), *_SPECIAL)

    def text(self) -> str:
        """All of it as one text: under another declaration nothing is found that was kept under this one."""
        return "\n".join((self.source, self.record, " ".join(self.columns), str(self.seconds), self.basis))


@dataclass(slots=True)
class Intake:
    """Takes what sources answered, and holds the newest of each entity until it is kept. `dropped` counts the rest."""

    declared: Mapping[tuple[str, str], Declared]
    clock: Clock
    dropped: int = 0
    _waiting: dict[tuple[str, str, str], tuple[int, tuple[Row, ...]]] = field(default_factory=dict)
    _known: dict[tuple[str, str, str], tuple[int, int]] = field(default_factory=dict)

    def offer(self, source: str, ask: Lookup, rows: Rows) -> None:
        """Take the rows of an answer, by the code they were looked up by; where there are none now, none are kept."""
        moment, places = self.clock.moment(), {name: place for place, name in enumerate(rows.columns)}
        declared = self.declared[source, ask.record]
        picked, shown, now = [places[name] for name in declared.columns], declared.shown(moment.day), moment.second
        by_code: dict[str, list[Row]] = {code: [] for code in ask.keys}
        for row in rows.rows:
            if shown != TRUE and not satisfies(shown, lambda name, row=row: row[places[name]]):  # type: ignore[misc]
                continue
            by_code.setdefault(row[places[KEY]], []).append(tuple([row[place] for place in picked]))
        for code, own in by_code.items():
            self._take((source, ask.record, code), now, tuple(own))

    def shown(self, source: str, record: str) -> Predicate:
        """Which rows of a record may be kept today."""
        return self.declared[source, record].shown(self.clock.today())

    def taken(self) -> list[tuple[tuple[str, str, str], int, tuple[Row, ...]]]:
        """All that waits, which then waits no more."""
        waiting, self._waiting = self._waiting, {}
        return [(place, second, rows) for place, (second, rows) in waiting.items()]

    def _take(self, place: tuple[str, str, str], now: int, rows: tuple[Row, ...]) -> None:
        if is_personal(place[2]):
            return
        before, same = self._known.get(place, (0, 0))
        digest = hash(repr(rows))
        if digest == same and 0 <= now - before < _SAME:
            return
        if place not in self._waiting and len(self._waiting) >= MOST_WAITING:
            self.dropped += 1
            return
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[place], self._waiting[place] = (now, digest), (now, rows)


@dataclass(slots=True)
class Copies:
    """Keeps what an intake took, lets it stand in for silent sources, and deletes what is too old or no longer declared."""

    intake: Intake
    database: Database
    sealer: Sealer
    _told: int = field(default=0, init=False)

    async def stand_in(self, bound: Bound, asked: Sequence[tuple[Call, Waiter]]) -> None:
        """Give the last known rows as the answer of look-ups whose source is silent, where there are some for every key."""
        for call, waiter in asked:
            declared = self.intake.declared.get((call.source, call.record))
            if declared is None or not isinstance(waiter.answer, (SourceDown, SourceTimeout)):
                continue
            shown = declared.shown(self.intake.clock.today())
            if waiter.keys and implies(waiter.stem.where, shown) and _decidable(declared, waiter.stem, bound):
                try:
                    found = await self.database.read(partial(self._found, declared, waiter))
                except (StoreError, SQLAlchemyError, OSError) as fault:
                    log.warning("last known values could not be read", fault=type(fault).__name__)
                    return
                if found is not None:
                    waiter.answer = found

    @asynccontextmanager
    async def keeping(self) -> AsyncIterator[None]:
        """Keep what is taken while the hub serves; what still waits is kept in the end."""
        try:
            async with rounds(
                Round(self.tidy, _TIDIED_EVERY, "last known values could not be deleted"),
                Round(self.keep, EVERY, "last known values could not be kept"),
            ):
                yield
        finally:
            with contextlib.suppress(StoreError, SQLAlchemyError, OSError):
                await self.keep()

    async def keep(self) -> int:
        """Store everything that waits, and forget what is no more; of how many entities there are rows."""
        taken, done = self.intake.taken(), 0
        for start in range(0, len(taken), _BATCH):
            rows = await run_sync(self._sealed, taken[start : start + _BATCH])
            await self.database.act(partial(_put, rows=rows))
            done += sum(row["body"] is not None for row in rows)
        if self.intake.dropped > self._told:
            log.warning("last known values were not kept", dropped=self.intake.dropped - self._told)
            self._told = self.intake.dropped
        return done

    async def tidy(self) -> int:
        """Delete what is older than declared, or declared no more; how many rows."""
        now = self.intake.clock.moment().second
        ages = {self._digest(one): now - one.seconds for one in self.intake.declared.values()}
        if not await self.database.read(lambda connection: any(True for _ in _over(connection, ages))):
            return 0
        return await self.database.act(lambda connection: _forget(connection, ages))

    def _digest(self, declared: Declared) -> str:
        return self.sealer.lasting("kept declaration", declared.text())

    def _key(self, declared: Declared, code: str) -> str:
        return self.sealer.lasting("kept row", f"{declared.text()}\n{code}")

    def _sealed(self, taken: Iterable[tuple[tuple[str, str, str], int, tuple[Row, ...]]]) -> list[dict[str, Any]]:
        found = []
        for (source, record, code), second, rows in taken:
            declared = self.intake.declared[source, record]
            written, key = _text(second, rows) if rows else "", self._key(declared, code)
            body = self.sealer.seal(f"kept_rows.body.{key}", written) if written else None
            found.append({"key": key, "declared": self._digest(declared), "kept_at": second, "body": body})
        return found

    def _found(self, declared: Declared, waiter: Waiter, connection: Connection) -> Found | None:
        """The last known rows of every key; None where one is not kept, too old, altered, or corrected meanwhile.

        None, too, where all that was published of one has ended since: a copy never says that there is nothing.
        """
        keys = {self._key(declared, code): code for code in waiter.keys}
        table = kept_rows.c
        bodies = dict(connection.execute(select(table.key, table.body).where(table.key.in_(list(keys)))).tuples().all())
        oldest = self.intake.clock.moment().second - declared.seconds
        by_key: dict[str, Sequence[Row]] = {}
        first: int | None = None
        for key, code in keys.items():
            try:
                told = orjson.loads(self.sealer.open(f"kept_rows.body.{key}", bodies[key]))
            except (KeyError, InvalidTag, orjson.JSONDecodeError):
                return None
            if told["at"] < oldest:
                return None
            first = told["at"] if first is None else min(first, told["at"])
            by_key[code] = list(_picked(declared, waiter.stem, code, told["rows"]))
            if declared.published is not None and not by_key[code]:
                return None
        if first is not None and is_corrected(connection, self.sealer, declared.record, by_key, first):
            return None
        return None if first is None else Found(waiter.stem.key, by_key, truncated=False, kept=rfc3339_of(first))


def _decidable(declared: Declared, stem: Stem, bound: Bound) -> bool:
    """True if something of what is asked is kept, and everything by which rows are let through, linked and known."""
    known = {*declared.fields, KEY, LOCAL, *_SPECIAL}
    if stem.key != BY or not declared.fields.intersection(stem.columns):
        return False
    missing = set(stem.columns) - known
    wanted = {test.field for test in tests(stem.where)}
    if wanted - known or LOCAL in wanted:
        return False
    if not missing:
        return True
    links = {call.parent_key for call in bound.plan.calls if call.way is CallWay.CHILD}
    return not missing & (links | set(_judged(bound)))


def _judged(bound: Bound) -> Iterator[str]:
    """Fields of the entity by which clauses let it through, whatever they are clauses of."""
    plan = bound.plan
    groups: list[Group] = [plan.visibility, *(group for call in plan.calls for group in call.gates)]
    groups += [group for many in (*bound.gates.values(), *bound.branch_gates.values()) for group in many]
    groups += [branch.open for branch in plan.branches]
    items: list[Node] = [item for branch in plan.branches for item in branch.items]
    for root in plan.roots:
        if isinstance(root, Root):
            items += [*root.items, *(item for part in _parts(root.page) for item in part.items)]
    while items:
        item = items.pop()
        if isinstance(item, Leaf):
            groups.append(item.clauses)
        elif isinstance(item, Branch):
            groups.append(item.open)
            items += item.items
    return (condition.field for group in groups for clause in group for condition in clause.rows)


def _parts(parts: Iterable[Part]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _parts(part.parts)


def _picked(declared: Declared, stem: Stem, code: str, rows: Iterable[Sequence[Any]]) -> Iterator[Row]:
    """Kept rows that satisfy the predicate, in the columns asked."""
    for row in rows:
        cells = dict(zip(declared.columns, map(_read, row), strict=True))
        cells[KEY] = code
        # A source's own number of a row is nobody's field and not kept; the code is what the entity is known by.
        cells[LOCAL] = None
        if satisfies(stem.where, cells.__getitem__):
            yield tuple([cells.get(column, Unreadable.VALUE) for column in stem.columns])


def _text(second: int, rows: Iterable[Row]) -> str:
    """Rows as they are sealed; empty where they are too long, or hold what cannot be written."""
    try:
        written = orjson.dumps({"at": second, "rows": [list(map(_plain, row)) for row in rows]})
    except TypeError:
        return ""
    return written.decode() if len(written) <= MOST_BYTES else ""


def _plain(cell: Any) -> Any:
    if isinstance(cell, tuple):
        return list(map(_plain, cell))
    return _MARK if isinstance(cell, Unreadable) else cell


def _read(cell: Any) -> Any:
    if isinstance(cell, list):
        return tuple(map(_read, cell))
    return Unreadable.VALUE if isinstance(cell, dict) else cell


def _put(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Store rows in the place of those before, or nothing; what is newer there, by another worker, is left."""
    table = kept_rows.c
    keys = [row["key"] for row in rows]
    there = dict(connection.execute(select(table.key, table.kept_at).where(table.key.in_(keys))).tuples().all())
    rows = [row for row in rows if there.get(row["key"], 0) <= row["kept_at"]]
    gone = [row["key"] for row in rows if row["key"] in there]
    new = [row for row in rows if row["body"] is not None]
    if gone:
        connection.execute(delete(kept_rows).where(table.key.in_(gone)))
    if new:
        connection.execute(insert(kept_rows), new)


def _over(connection: Connection, ages: Mapping[str, int]) -> Iterator[str]:
    """Declarations of which something is to be deleted."""
    table = kept_rows.c
    for declared in connection.execute(select(table.declared).distinct()).scalars().all():
        oldest = connection.execute(
            select(table.kept_at).where(table.declared == declared).order_by(table.kept_at).limit(1)
        )
        if declared not in ages or (oldest.scalar() or 0) < ages[declared]:
            yield declared


def _forget(connection: Connection, ages: Mapping[str, int]) -> int:
    table, gone = kept_rows.c, 0
    for declared in list(_over(connection, ages)):
        too_old = () if declared not in ages else (table.kept_at < ages[declared],)
        gone += connection.execute(delete(kept_rows).where(table.declared == declared, *too_old)).rowcount
    return gone
