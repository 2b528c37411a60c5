"""The simplest channel: each notice a JSON file in a folder, for whoever carries it on.

A file appears whole or not at all. One that is written again, because nobody knows whether it was, is the same file.
"""

from dataclasses import dataclass
from pathlib import Path

import anyio.to_thread
import orjson

from hub.notices.carriers import Letter, Undelivered
from hub.notices.files import write_whole


@dataclass(frozen=True, slots=True)
class Folder:
    """Writes notices into a folder, which is made when the first one comes."""

    path: Path
    lanes: int = 4

    async def carry(self, letter: Letter) -> None:
        """Write one notice, durably."""
        try:
            await anyio.to_thread.run_sync(self.write, letter)
        except OSError as fault:
            raise Undelivered(type(fault).__name__) from None

    def write(self, letter: Letter) -> None:
        """The same in this thread; OSError if it can't be."""
        delivery = letter.delivery
        name = f"{delivery.notice:012d}-{delivery.place}-{letter.event}.json"
        write_whole(self.path / name, orjson.dumps(letter.document(), option=orjson.OPT_INDENT_2))

    async def aclose(self) -> None:
        """Nothing is held."""
