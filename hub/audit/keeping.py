"""The tree in the store: how it grows over what was appended, and whether it is what was signed.

The store is not believed: roots are worked out from tiles and compared with checkpoints, whose keys lie elsewhere.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from hub.audit.checkpoint import Checkpoint, open_checkpoint
from hub.audit.keys import LogKeys
from hub.audit.note import NoteError, UnknownKeyError
from hub.audit.tiles import HEIGHT, WIDTH, TileError, hashes_of, logged, reader
from hub.audit.tree import HASH_BYTES, fold, leaf_hash, root_of
from hub.store.tables import entries
from hub.store.tree_tables import tree_checkpoints, tree_tiles

_FULL = WIDTH * HASH_BYTES


class AlteredError(Exception):
    """The record is not what its checkpoints say; the text tells what differs, without anything of an entry."""


class WrongKeyError(OSError):
    """The checkpoints were signed by another key than those at hand, or for a log of another name."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A checkpoint as the store has it: entries it covers, when it was made (seconds since 1970), the signed note."""

    size: int
    made_at: int
    note: bytes


@dataclass(frozen=True, slots=True)
class KnownLog:
    """What a log is known by: its name, and its keys."""

    origin: str
    keys: LogKeys

    def open(self, note: bytes) -> Checkpoint:
        """The checkpoint of a note; WrongKeyError if no key at hand signed it, AlteredError if it was not signed."""
        try:
            return open_checkpoint(note, self.origin, self.keys.verifiers)
        except UnknownKeyError:
            raise WrongKeyError(
                "审计日志的检查点由别的密钥签署:请恢复密钥目录中的 log*.pem 与 log*.vkey / the record's checkpoints were "
                "signed by another key: bring log*.pem and log*.vkey back to the key folder"
            ) from None
        except NoteError as fault:
            raise AlteredError(f"a checkpoint {fault}") from None


def newest(connection: Connection) -> Kept | None:
    """The newest checkpoint, None in a log without one."""
    query = select(tree_checkpoints).order_by(tree_checkpoints.c.size.desc()).limit(1)
    row = connection.execute(query).first()
    return None if row is None else Kept(row.size, row.made_at, bytes(row.note))


def count_entries(connection: Connection) -> int:
    """How many entries there are, if none is missing."""
    return int(connection.execute(select(func.coalesce(func.max(entries.c.position) + 1, 0))).scalar_one())


def stored_tile(connection: Connection, level: int, number: int) -> bytes:
    """The hashes of a tile, none where the store has no such tile."""
    at = tree_tiles.c.level == level, tree_tiles.c.number == number
    found = connection.execute(select(tree_tiles.c.hashes).where(*at)).scalar()
    return b"" if found is None else bytes(found)


def tiles_in(connection: Connection) -> Callable[[int, int], bytes]:
    """What gives the hashes of tiles by level and number; each is fetched once."""
    known: dict[tuple[int, int], bytes] = {}

    def tile_at(level: int, number: int) -> bytes:
        key = level, number
        if key not in known:
            known[key] = stored_tile(connection, level, number)
        return known[key]

    return tile_at


def stored(connection: Connection, position: int) -> bytes:
    """The entry at a position as the store has it; AlteredError where it is missing."""
    body = connection.execute(select(entries.c.body).where(entries.c.position == position)).scalar()
    if body is None:
        raise AlteredError(f"entry {position} is missing")
    return body_of(body)


def body_of(stored: object) -> bytes:
    """The bytes of an entry, of whatever type somebody made of its column: SQLite keeps texts and numbers where bytes stood."""
    return bytes(stored) if isinstance(stored, (bytes, memoryview)) else str(stored).encode("utf-8", "surrogatepass")


def bodies(connection: Connection, start: int, end: int) -> list[bytes]:
    """Entries from a position to before another, as they stand in the log; AlteredError where one is missing."""
    at = entries.c.position >= start, entries.c.position < end
    query = select(entries.c.position, entries.c.body).where(*at).order_by(entries.c.position)
    rows = connection.execute(query).all()
    for expected, row in zip(range(start, end), [*rows, None], strict=False):
        if row is None or row.position != expected:
            raise AlteredError(f"entry {expected} is missing")
    return [logged(body_of(row.body)) for row in rows]


class Growth:
    """The tiles at the right edge of a tree of `size` entries, and those that come into being when it grows."""

    def __init__(self, size: int, tile_at: Callable[[int, int], bytes]) -> None:
        self.size = size
        self.changed: dict[tuple[int, int], bytes] = {}
        self._edge: dict[tuple[int, int], bytes] = {}
        level, count = 0, size
        while count:
            if count % WIDTH:
                self._edge[level, count // WIDTH] = tile_at(level, count // WIDTH)
            level, count = level + 1, count // WIDTH

    def root(self) -> bytes:
        """The root of the tree as it is now; AlteredError if tiles are missing."""
        try:
            return root_of(self.size, reader(self._tile_at))
        except TileError as fault:
            raise AlteredError(str(fault)) from None

    def grow(self, leaves: Sequence[bytes]) -> None:
        """Append hashes of entries."""
        for leaf in leaves:
            self._put(0, self.size, leaf)
            self.size += 1

    def settle(self) -> dict[tuple[int, int], bytes]:
        """The tiles that are full, which need not be known any more."""
        full = {key: hashes for key, hashes in self.changed.items() if len(hashes) == _FULL}
        for key in full:
            del self.changed[key]
        return full

    def edge(self) -> dict[tuple[int, int], bytes]:
        """The tiles at the right edge, which are not full."""
        return {**self._edge, **self.changed}

    def _put(self, level: int, place: int, node: bytes) -> None:
        key = level, place // WIDTH
        tile = (self._tile_at(*key) if place % WIDTH else b"") + node
        self.changed[key] = tile
        if len(tile) == _FULL:
            self._put(level + 1, place // WIDTH, fold(hashes_of(tile)))

    def _tile_at(self, level: int, number: int) -> bytes:
        return self.changed.get((level, number)) or self._edge.get((level, number), b"")


def begin_growth(connection: Connection, log: KnownLog, kept: Kept | None) -> Growth:
    """The tree that the newest checkpoint covers, ready to grow; AlteredError if the tiles are not what was signed."""
    growth = Growth(kept.size if kept else 0, tiles_in(connection))
    if kept is not None:
        checkpoint = log.open(kept.note)
        if checkpoint.size != kept.size or checkpoint.root != growth.root():
            raise AlteredError(f"the tiles are not those of the checkpoint of {kept.size} entries")
    return growth


def grow_to(connection: Connection, growth: Growth, end: int) -> None:
    """Hash the entries up to before a position, 256 of them at most."""
    growth.grow([leaf_hash(body) for body in bodies(connection, growth.size, end)])


def keep(connection: Connection, before: Kept | None, tiles: Mapping[tuple[int, int], bytes], kept: Kept) -> bool:
    """Keep tiles and a checkpoint, in a transaction in which nobody else writes; False if another worker was first."""
    there = newest(connection)
    if (there and there.size) != (before and before.size):
        return False
    for level, number in tiles:
        connection.execute(delete(tree_tiles).where(tree_tiles.c.level == level, tree_tiles.c.number == number))
    rows = [{"level": level, "number": number, "hashes": hashes} for (level, number), hashes in tiles.items()]
    connection.execute(insert(tree_tiles), rows)
    connection.execute(insert(tree_checkpoints).values(size=kept.size, made_at=kept.made_at, note=kept.note))
    return True


def root_at(connection: Connection, size: int) -> bytes:
    """The root that a tree had, from its tiles; AlteredError if tiles are missing."""
    try:
        return root_of(size, reader(tiles_in(connection)))
    except TileError as fault:
        raise AlteredError(str(fault)) from None


def examine(connection: Connection, log: KnownLog, outside: Sequence[bytes]) -> Kept | None:
    """The newest checkpoint, if the store agrees with it and with those that lie outside; AlteredError if it does not.

    Looks at the newest 256 signed entries and at as many hashes as a tree is high: the rest is for verify-audit.
    WrongKeyError if it was signed by none of the keys at hand.
    """
    kept = newest(connection)
    begin_growth(connection, log, kept)
    size = kept.size if kept else 0
    count = count_entries(connection)
    if count < size:
        raise AlteredError(f"a checkpoint covers {size} entries, of which {count} are left")
    for note in outside:
        checkpoint = log.open(note)
        if checkpoint.size > size:
            raise AlteredError(f"a checkpoint outside covers {checkpoint.size} entries, the store's newest one {size}")
        if root_at(connection, checkpoint.size) != checkpoint.root:
            raise AlteredError(f"the first {checkpoint.size} entries are not those of a checkpoint outside")
    _examine_last(connection, size)
    return kept


def _examine_last(connection: Connection, size: int) -> None:
    """AlteredError if the newest entries that were signed are not those that were hashed."""
    start = max(0, size - 1) // WIDTH * WIDTH
    if size:
        found = b"".join(leaf_hash(body) for body in bodies(connection, start, size))
        if stored_tile(connection, 0, start >> HEIGHT)[: len(found)] != found:
            raise AlteredError(f"entries after {start} are not those that were signed")
