"""A source that does what a test says: answers, fails, or takes its time; and counts how it was asked."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from adapters.base import AS_OF, KEY, LOCAL, Ability, Lookup, Rows, Search
from tests.adapters.wrap.virtual import now

ABILITY = Ability(frozenset({"name"}), frozenset({"uscc", LOCAL}), frozenset(), frozenset(), True)
COLUMNS = (KEY, AS_OF)


@dataclass
class Scripted:
    """A whole adapter; `acts` are done one a question, then it answers, with `dated` as the data time of its row.

    An act is an error to raise, seconds to take, or both. `most` is how many questions it was asked at once.
    """

    acts: list["Act"] = field(default_factory=list)
    dated: object = None
    checked: list["Act"] = field(default_factory=list)
    abilities: Mapping[str, Ability] = field(default_factory=lambda: {"Entity": ABILITY, "Licence": ABILITY})
    asked: list[float] = field(default_factory=list)
    records: list[str] = field(default_factory=list)
    under_way: int = 0
    most: int = 0
    closed: bool = False

    async def fetch(self, ask: Lookup) -> Rows:
        """One row a key."""
        await self._act(ask)
        return Rows(ask.columns, [tuple(self._cell(c, key) for c in ask.columns) for key in ask.keys])

    async def search(self, ask: Search) -> Rows:
        """One row."""
        await self._act(ask)
        return Rows(ask.columns, [tuple(self._cell(c, "K") for c in ask.columns)])

    async def count(self, ask: Search) -> int:
        """One."""
        await self._act(ask)
        return 1

    async def check(self) -> None:
        """As `checked` says, one a check."""
        if self.checked:
            await self.checked.pop(0).done()

    async def aclose(self) -> None:
        """Note it."""
        self.closed = True

    def fails(self, times: int, error: Callable[[str], Exception], seconds: float = 0) -> None:
        """Fail so many times."""
        self.acts += [Act(error, seconds)] * times

    def takes(self, seconds: float, times: int = 1) -> None:
        """Answer so many times, but not at once."""
        self.acts += [Act(None, seconds)] * times

    async def _act(self, ask: Lookup | Search) -> None:
        self.asked.append(now())
        self.records.append(ask.record)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        try:
            if self.acts:
                await self.acts.pop(0).done()
        finally:
            self.under_way -= 1

    def _cell(self, column: str, key: str) -> object:
        return {KEY: key, AS_OF: self.dated}.get(column, "x")


@dataclass(frozen=True)
class Act:
    """Take so many seconds, then fail or answer."""

    error: Callable[[str], Exception] | None = None
    seconds: float = 0

    async def done(self) -> None:
        """Do it."""
        if self.seconds:
            await asyncio.sleep(self.seconds)
        if self.error is not None:
            raise self.error("as the test wants it")


def lookup(*keys: str, record: str = "Entity", seconds: float = 2, columns: Iterable[str] = COLUMNS) -> Lookup:
    """A look-up with so many seconds left."""
    return Lookup(record, tuple(columns), "uscc", keys or ("A",), now() + seconds, "测试")


def search(record: str = "Entity", seconds: float = 2, first: int = 1) -> Search:
    """A search with so many seconds left."""
    return Search(record, COLUMNS, first, now() + seconds, "测试")
