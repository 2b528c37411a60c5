"""Printed letters: each notice one page of HTML on A4 in a folder of the day, for whoever prints and posts it.

Who it is for stands in the window of the envelope: a department, or an entity by its code, whose registered address
whoever posts it looks up. Written again it is the same file.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import anyio.to_thread

from hub.clock import SHANGHAI
from hub.notices.carriers import Letter, Undelivered
from hub.notices.files import write_whole

if TYPE_CHECKING:
    from jinja2 import Template

_TEMPLATES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Letters:
    """Writes letters into a folder; `sender` is what stands at their head."""

    path: Path
    sender: str = field(repr=False)
    lanes: int = 4

    async def carry(self, letter: Letter) -> None:
        """Write one letter, durably."""
        try:
            await anyio.to_thread.run_sync(self._write, letter)
        except OSError as fault:
            raise Undelivered(type(fault).__name__) from None

    async def aclose(self) -> None:
        """Nothing is held."""

    def _write(self, letter: Letter) -> None:
        delivery, made = letter.delivery, datetime.fromtimestamp(letter.made, SHANGHAI)
        # By the day on which it was opened, so that one that is written again lies in the same place.
        day = datetime.fromtimestamp(delivery.opened, SHANGHAI).date().isoformat()
        page = _template().render(letter=letter, sender=self.sender, made=f"{made.year}年{made.month}月{made.day}日")
        write_whole(self.path / day / f"{delivery.notice:012d}-{delivery.place}.html", page.encode())


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415 - for whoever prints letters

    loader = FileSystemLoader(_TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template("letter.html")
