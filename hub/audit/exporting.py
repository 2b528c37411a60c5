"""Writes a log as files in the layout of C2SP tlog-tiles: whoever has the folder has the entries and the proof.

Full tiles never change; so an export into the same folder goes on where the last one ended.
"""

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import Connection

from hub.audit.keeping import AlteredError, KnownLog, begin_growth, bodies, newest, stored_tile
from hub.audit.tiles import WIDTH, Tile, tiles_of, write_bundle
from hub.audit.tree import HASH_BYTES, leaf_hash
from hub.audit.witnessing import with_lines
from hub.store.database import Database


def export(database: Database, log: KnownLog, folder: Path, progress: Callable[[int, int], None]) -> int:
    """Write everything that the newest checkpoint covers; how many entries that is.

    AlteredError if the log is not what was signed, or the folder holds another one; OSError if it can't be written.
    """
    kept = database.reading(newest)
    if kept is None:
        return 0
    database.reading(lambda connection: begin_growth(connection, log, kept))
    for tile in tiles_of(kept.size):
        if tile.level == 0:
            _write(folder, Tile(None, tile.number, tile.width), database.reading(partial(_checked, tile=tile)))
            progress(tile.number * WIDTH + tile.width, kept.size)
        hashes = database.reading(partial(stored_tile, level=tile.level or 0, number=tile.number))
        _write(folder, tile, hashes[: tile.width * HASH_BYTES])
    _replace(folder / "keys", "".join(f"{key}\n" for key in log.keys.published()).encode())
    # Last, so that a folder with a checkpoint is whole.
    _replace(folder / "checkpoint", database.reading(lambda connection: with_lines(connection, kept)))
    return kept.size


def _checked(connection: Connection, tile: Tile) -> bytes:
    """The bundle of a tile's entries, which are those that were hashed."""
    start = tile.number * WIDTH
    found = bodies(connection, start, start + tile.width)
    hashes = b"".join(map(leaf_hash, found))
    if stored_tile(connection, 0, tile.number)[: len(hashes)] != hashes:
        raise AlteredError(f"entries from {start} on are not those that were signed")
    return write_bundle(found)


def _write(folder: Path, tile: Tile, content: bytes) -> None:
    path = folder / "tile" / tile.path
    if path.exists():
        if path.read_bytes() != content:
            raise AlteredError(f"{path} holds something else")
        return
    _replace(path, content)


def _replace(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_name(f".{path.name}.draft")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
