"""A store with its tree, and ways to it behind the hub's back."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hub.audit.keeping import KnownLog, newest
from hub.audit.keys import open_log_keys
from hub.audit.log import Log
from hub.audit.outside import Outside
from hub.audit.places import CheckpointFile, Place
from hub.audit.sequencer import Rhythm, Sequencer
from hub.audit.standing import Standing
from hub.audit.verifying import Report, Verification
from hub.clock import Clock
from hub.store.database import Database
from tests.unit.appending import ENTRY, open_store, row

ORIGIN = "hub.example/audit"


@dataclass
class Kept:
    """One worker of a store: what appends, what hashes, and the time it is."""

    database: Database
    log: Log
    sequencer: Sequencer
    now: float = 1_800_000_000.0
    appended: int = 0

    async def append(self, count: int, name: str = "r") -> None:
        """Append entries, each with a request of its own."""
        numbers = range(self.appended, self.appended + count)
        for start in range(0, count, 200):
            made = [replace(ENTRY, request_id=f"{name}{number}") for number in numbers[start : start + 200]]
            await asyncio.gather(*(self.log.append(row(one)) for one in made))
        self.appended += count

    async def cover(self) -> None:
        """Hash and sign everything there is."""
        while await self.sequencer.advance():
            pass

    async def grow(self, count: int) -> None:
        """Append entries and cover them."""
        await self.append(count)
        await self.cover()

    def size(self) -> int:
        """Entries that the newest checkpoint covers."""
        found = self.database.reading(newest)
        return found.size if found else 0

    def report(self, start: int = 0, outside: Sequence[Outside] | None = None) -> Report:
        """What a look at all of it finds."""
        if outside is None:
            outside = self.outside()
        return Verification(self.database, self.sequencer.log, [outside], start, lambda done, count: None).run()

    def outside(self) -> list[Outside]:
        """The notes in the file."""
        path = self.sequencer.file.path
        lines = self.sequencer.file.every() if path.exists() else ()
        return [Outside(f"file:{number}", note) for number, note in lines if note is not None]

    def kinds(self, start: int = 0) -> set[str]:
        """Kinds of differences that are found."""
        return {one.kind for one in self.report(start).differences}

    def close(self) -> None:
        """End this worker."""
        self.database.close()


def open_kept(folder: Path, url: str, places: Sequence[Place] = (), rhythm: Rhythm | None = None) -> Kept:
    """A worker over a store, which is made where there is none; its keys and its file lie in the folder."""
    database, _, log = open_store(folder, url)
    database.migrate()
    (folder / "keys").mkdir(exist_ok=True)
    known = KnownLog(ORIGIN, open_log_keys(folder / "keys", ORIGIN, make=True))
    held: list[Kept] = []
    clock = Clock(lambda: datetime.fromtimestamp(held[0].now if held else 0, UTC))
    file = CheckpointFile(folder / "outside/checkpoints.jsonl")
    made = Kept(database, log, Sequencer(database, known, clock, rhythm or Rhythm(), Standing(), file, places))
    held.append(made)
    return made


async def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; TimeoutError if it never does."""
    async with asyncio.timeout(60):
        while not holds():  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.02)


def bodies(place: Any) -> list[bytes]:
    """Bodies of all entries, in their order."""
    return [bytes(body) for (body,) in place.ask("SELECT body FROM entries ORDER BY position")]
