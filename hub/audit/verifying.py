"""Looks at a whole log: every entry is hashed again, every checkpoint compared, and what differs is named. Writes nothing.

Entries are compared with the hashes of the tiles one by one, and these with the signed roots; so a change is told by its
position where the tiles are those that were signed, else between which two checkpoints it lies. Of entries a tile is held at
a time, of checkpoints a page of the store's and one of each place outside, of differences the first ones.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import orjson
from sqlalchemy import Connection, Row, Select, func, select

from hub.audit.canonical import NoCanonicalFormError, check_canonical
from hub.audit.checkpoint import Checkpoint
from hub.audit.keeping import (
    AlteredError,
    Growth,
    KnownLog,
    WrongKeyError,
    body_of,
    count_entries,
    newest,
    root_at,
    stored_tile,
    tiles_in,
)
from hub.audit.outside import Outside
from hub.audit.tiles import WIDTH, hashes_of, logged, tiles_of, width_at
from hub.audit.tree import HASH_BYTES, MAX_SIZE, leaf_hash
from hub.store.database import Database
from hub.store.tables import entries
from hub.store.tree_tables import tree_checkpoints, tree_tiles

_VERSIONS = (1, 2)
_PAGE = 256
"""Checkpoints of the store that are read at a time."""
MOST = 1_000
"""Differences that are named; more are counted."""
WORDS = {
    "CHANGED": ("条目 {entries} 与签署时不同", "entries {entries} are not those that were signed"),
    "CUT": ("条目 {entries} 已被截去", "entries {entries} were cut off"),
    "FORM": (
        "条目 {entries} 的格式不规范,或与其列不符",
        "entries {entries} are not in their form, or differ from their columns",
    ),
    "MISSING": ("条目 {entries} 缺失", "entries {entries} are missing"),
    "ROOT": (
        "{where}第 {first} 至 {last} 条之间与检查点不符",
        "{where}something between entries {first} and {last} is not what the checkpoint says",
    ),
    "TILE": ("条目 {entries} 的散列块缺失、被改或多余", "tiles of entries {entries} are missing, changed or too many"),
    "TRUNCATED": (
        "{where}检查点涵盖 {last} 条,日志仅存 {first} 条",
        "{where}a checkpoint covers {last} entries, the log has {first}",
    ),
    "UNSIGNED": (
        "{where}{first} 条的检查点没有有效签名",
        "{where}a checkpoint ({first}) has no signature that holds",
    ),
}
"""What differs, in both languages."""


class Difference(NamedTuple):
    """What differs, at which entries: a kind of `WORDS`, the first and the last position or size, and more words."""

    kind: str
    first: int
    last: int
    where: str = ""

    def sentence(self) -> tuple[str, str]:
        """The same in words, Chinese and English."""
        where = f"{self.where}: " if self.where else ""
        entries_named = f"{self.first}" if self.first == self.last else f"{self.first}–{self.last}"
        told = {"first": self.first, "last": self.last, "where": where, "entries": entries_named}
        zh, en = WORDS[self.kind]
        return zh.format_map(told), en.format_map(told)


@dataclass(slots=True)
class Report:
    """What was found: entries there are, first one that was hashed, those signed, checkpoints that hold, differences, and how many more."""

    count: int
    start: int
    signed: int
    inside: int = 0
    outside: int = 0
    differences: list[Difference] = field(default_factory=list)
    more: int = 0
    _last: Difference | None = None

    @property
    def differing(self) -> int:
        """How many differences there are."""
        return len(self.differences) + self.more

    def add(self, kind: str, first: int, last: int | None = None, where: str = "") -> None:
        """Add a difference, joined with the one before where it goes on."""
        end, before = first if last is None else last, self._last
        if before is not None and (before.kind, before.where, before.last + 1) == (kind, where, first):
            self._last = before._replace(last=end)
            if not self.more:
                self.differences[-1] = self._last
            return
        self._last = Difference(kind, first, end, where)
        if len(self.differences) < MOST:
            self.differences.append(self._last)
        else:
            self.more += 1


class Due(NamedTuple):
    """A checkpoint that was signed, and where it stands; empty: in the store."""

    checkpoint: Checkpoint
    where: str


@dataclass(slots=True)
class _Place:
    """The checkpoints of one place in the order in which they lie there, read as they are needed."""

    rest: Iterator[Due]
    next: Due | None = None
    differs: bool = False

    @property
    def size(self) -> int:
        """Entries that the next one covers; more than any tree has after the last."""
        return MAX_SIZE + 1 if self.next is None else self.next.checkpoint.size

    def advance(self) -> None:
        """Go on to the next one."""
        self.next = next(self.rest, None)


@dataclass(slots=True)
class Verification:
    """One look at a log. `start` is a multiple of 256: entries before it are taken from the tiles, not hashed again.

    outside: the notes of each place outside the store, best in the order in which they were signed · report: what was
    found so far, for whoever ends it early by what `progress` raises.
    """

    database: Database
    log: KnownLog
    outside: Sequence[Iterable[Outside]]
    start: int
    progress: Callable[[int, int], None]
    report: Report | None = None
    _good: int = 0
    _done: int = 0
    _places: list[_Place] = field(default_factory=list)

    def run(self) -> Report:
        """Look at everything."""
        kept, count = self.database.reading(lambda connection: (newest(connection), count_entries(connection)))
        report = self.report = Report(count, self.start, kept.size if kept else 0)
        end, self._done = max(count, report.signed), self.start
        growth = self.database.reading(lambda connection: Growth(self.start, tiles_in(connection)))
        within = self._checkpoints(self._stored(report.signed), report, end)
        beyond = (self._checkpoints(((None, one) for one in place), report, end) for place in self.outside)
        self._places = [_Place(within), *map(_Place, beyond)]
        for place in self._places:
            place.advance()
        self._meet(growth, report)
        for start in range(self.start, end, WIDTH):
            self._slice(start, min(end, start + WIDTH), growth, report)
            self._done = min(end, start + WIDTH)
            self.progress(self._done, end)
        for place in self._places:
            while place.next is not None:
                # Of those that lie behind it some may be smaller.
                self._compare(place, growth, report)
                place.advance()
        self.database.reading(lambda connection: _look_above(connection, growth.edge(), report))
        self.database.reading(lambda connection: _count_tiles(connection, report))
        return report

    def _checkpoints(self, notes: Iterable[tuple[int | None, Outside]], report: Report, end: int) -> Iterator[Due]:
        """Those of the notes that hold a signature; the others are differences. A size is the one they stand under."""
        for number, (size, one) in enumerate(notes, 1):
            if number % _PAGE == 0:
                self.progress(self._done, end)
            try:
                checkpoint = self.log.open(one.note)
            except (AlteredError, WrongKeyError):
                report.add("UNSIGNED", size or 0, where=one.where)
                continue
            if size is not None and size != checkpoint.size:
                report.add("UNSIGNED", size, where=one.where)
            else:
                yield Due(checkpoint, one.where)

    def _stored(self, last: int) -> Iterator[tuple[int, Outside]]:
        table, size = tree_checkpoints, -1
        while size < last:
            at = table.c.size > size, table.c.size <= last
            query = select(table.c.size, table.c.note).where(*at).order_by(table.c.size).limit(_PAGE)
            rows = self.database.reading(partial(_rows, query=query))
            if not rows:
                return
            yield from ((row.size, Outside("", bytes(row.note))) for row in rows)
            size = rows[-1].size

    def _meet(self, growth: Growth, report: Report) -> int:
        """Compare the checkpoints that end where the tree is now, and what lies behind them; the size at which the next one ends."""
        while (place := min(self._places, key=lambda one: one.size)).size <= growth.size:
            self._compare(place, growth, report)
            place.advance()
        return place.size

    def _root(self, size: int, growth: Growth) -> bytes | None:
        """The root of so many entries, by the tree as it grew or by the tiles; None where some are missing."""
        try:
            if size == growth.size:
                return growth.root()
            return self.database.reading(lambda connection: root_at(connection, size))
        except AlteredError:
            return None

    def _slice(self, start: int, end: int, growth: Growth, report: Report) -> None:
        """Look at the entries of one tile, and at the checkpoints that end within it."""
        tile, rows = self.database.reading(lambda connection: _tile_and_rows(connection, start, end))
        hashes = hashes_of(tile)[: max(0, report.signed - start)]
        by_position = {row.position: row for row in rows}
        due = self._meet(growth, report)
        for position in range(start, end):
            row = by_position.get(position)
            stored = hashes[position - start] if position - start < len(hashes) else None
            if stored is None and position < report.signed:
                report.add("TILE", position)
            found = None if row is None else self._entry(row, report)
            if found is None:
                report.add("MISSING" if position < report.count else "CUT", position)
            elif stored is not None and found != stored:
                report.add("CHANGED", position)
            # Where neither is left, no root after it is one that was signed.
            growth.grow([stored or found or bytes(HASH_BYTES)])
            if growth.size >= due:
                due = self._meet(growth, report)
        self.database.reading(lambda connection: _look_above(connection, growth.settle(), report))

    def _entry(self, row: Row[tuple[int, str, str, bytes]], report: Report) -> bytes:
        """Hash of an entry, whose form is looked at."""
        body = body_of(row.body)
        try:
            check_canonical(body)
            told = orjson.loads(body)
            good = (told["at"], told["requestId"]) == (row.recorded_at, row.request_id) and told["v"] in _VERSIONS
        except (NoCanonicalFormError, KeyError, TypeError):
            good = False
        if not good:
            report.add("FORM", row.position)
        return leaf_hash(logged(body))

    def _compare(self, place: _Place, growth: Growth, report: Report) -> None:
        """Compare the next checkpoint of a place with the tree."""
        if place.next is None:
            return
        (checkpoint, where), size = place.next, place.size
        if size > growth.size:
            report.add("TRUNCATED", report.count, size, where)
        elif self._root(size, growth) == checkpoint.root:
            self._good = max(self._good, size)
            report.inside += not where
            report.outside += bool(where)
        elif not place.differs:
            # Those after it differ as well.
            place.differs = True
            report.add("ROOT", self._good if self._good < size else 0, size, where)


def _rows(connection: Connection, query: Select[tuple[int, bytes]]) -> Sequence[Row[tuple[int, bytes]]]:
    return connection.execute(query).all()


def _tile_and_rows(
    connection: Connection, start: int, end: int
) -> tuple[bytes, Sequence[Row[tuple[int, str, str, bytes]]]]:
    at = entries.c.position >= start, entries.c.position < end
    query = select(entries.c.position, entries.c.recorded_at, entries.c.request_id, entries.c.body).where(*at)
    return stored_tile(connection, 0, start // WIDTH), connection.execute(query).all()


def _look_above(connection: Connection, tiles: Mapping[tuple[int, int], bytes], report: Report) -> None:
    """Compare tiles above those of entries with the ones that the store has of them."""
    for (level, number), hashes in sorted(tiles.items()):
        expected = hashes[: width_at(level, number, report.signed) * HASH_BYTES]
        if level and stored_tile(connection, level, number)[: len(expected)] != expected:
            size = WIDTH ** (level + 1)
            report.add("TILE", number * size, min(report.signed, (number + 1) * size) - 1)


def _count_tiles(connection: Connection, report: Report) -> None:
    """Tiles that nobody signed; those that are missing were met."""
    there = connection.execute(select(func.count()).select_from(tree_tiles)).scalar_one()
    newer = newest(connection)
    if there > sum(1 for _ in tiles_of(newer.size if newer else 0)):
        report.add("TILE", report.signed)
