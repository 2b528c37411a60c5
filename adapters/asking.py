"""What asking has in common for sources that answer in several parts: side by side, by a deadline, joined in the end.

Rows are never lost silently: what is cut, or came incomplete, is said. Knows no transport and no kind of source.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from adapters.base import KEY, LOCAL, Ability, Lookup, Rows, Search, SourceBadData, SourceTimeout, UnsupportedSearch
from adapters.reading import Reading, Row
from adapters.records import HeldRecord
from adapters.search_options import SearchOptions
from adapters.searching import SURROGATES, Branch, Searching, merge_rows
from schema.predicate import FALSE

T = TypeVar("T")
Options = TypeVar("Options", bound=SearchOptions)
_PARALLEL = 4
_ANY = 2**31


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one request with all its pages, and whether they are all there are."""

    rows: Sequence[Row]
    complete: bool


@dataclass(frozen=True, slots=True)
class Window(Generic[Options]):
    """One search: how it is asked, what is wanted, how it is read, and the most rows that may be given."""

    searching: Searching[Options]
    ask: Search
    reading: Reading
    most: int

    @property
    def wanted(self) -> int:
        """Rows wanted: one more than may be given, to know whether there are more."""
        return min(self.ask.first, self.most + 1)


def declared_ability(held: HeldRecord, keys: Iterable[str], searching: Searching[Any] | None) -> Ability:
    """What can be asked of a record whose options say it all."""
    return Ability(
        columns=frozenset(held.options.columns),
        keys=frozenset(keys),
        filters=searching.filters if searching else frozenset(),
        orders=frozenset(searching.options.orders) if searching else frozenset(),
        counts=searching is not None and searching.options.total_path is not None,
    )


def admit_search(
    ask: Search, ability: Ability, held: HeldRecord, searching: Searching[Options] | None
) -> Searching[Options]:
    """How to search; refuses what goes beyond the ability, and to continue without a keyset."""
    held.admit_search(ask, ability)
    if searching is None or (ask.after is not None and not searching.options.after):
        raise UnsupportedSearch(f"{held.name} cannot be {'searched' if ask.after is None else 'continued'}")
    return searching


def keys_to_ask(ask: Lookup, held: HeldRecord, unsayable: re.Pattern[str] = SURROGATES) -> list[str]:
    """Keys under which there may be rows, in order; none where no row can satisfy the predicate.

    `unsayable`: characters that neither a request nor an answer can hold.
    """
    read = held.map.key_reader(ask.key).read
    # Under a key that is not in canonical form no row can be found; in a path it might ask for something else.
    sayable = (key for key in set(ask.keys) if key not in (".", "..") and not unsayable.search(key))
    return [] if ask.where == FALSE else sorted(key for key in sayable if read(key) == key)


def join_keys(parts: Sequence[Part], ask: Lookup, reading: Reading, most: int) -> Rows:
    """Rows of a look-up; beyond `most` the keys that sort last lose theirs."""
    at = reading.at(KEY)
    rows = sorted((row for part in parts for row in part.rows), key=lambda row: row[at])
    truncated = len(rows) > most or not all(part.complete for part in parts)
    return Rows(ask.columns, reading.pick(rows[:most], ask.columns), truncated)


async def search_rows(window: Window[Options], read: Callable[[Window[Options], Branch], Awaitable[Part]]) -> Rows:
    """Rows of a window; where the source declares no order, the first rows are any rows."""
    searching, ask = window.searching, window.ask
    branches = searching.branches(ask.where)
    if not branches or ask.first < 1:
        return Rows(ask.columns, [])
    parts = await run_bounded([partial(_read_enough, window, read, branch) for branch in branches], _PARALLEL)
    short = any(not part.complete and len(part.rows) < window.wanted for part in parts)
    if short and len(parts) > 1 and searching.options.after:
        raise UnsupportedSearch(f"the source gives too few rows of {ask.record} at once to order them")
    rows = merge_rows([part.rows for part in parts], ask, window.reading)[: window.wanted]
    most = min(ask.first, window.most)
    truncated = len(rows) > most or (short and len(rows) < most)
    return Rows(ask.columns, window.reading.pick(rows[:most], ask.columns), truncated)


async def _read_enough(
    window: Window[Options], read: Callable[[Window[Options], Branch], Awaitable[Part]], branch: Branch
) -> Part:
    """Rows of one request: more are asked for where too many of those that came do not satisfy the predicate."""
    limit = min(window.most + 1, window.searching.options.most or _ANY)
    asked = window
    while True:
        part = await read(asked, branch)
        if part.complete or len(part.rows) >= window.wanted or asked.wanted >= limit:
            return part
        asked = replace(window, ask=replace(window.ask, first=min(4 * asked.wanted, limit)))


def told_branch(searching: Searching[Any], ask: Search) -> Branch | None:
    """The request whose total is the count; null where the source is not asked exactly this, or tells no total."""
    branches = searching.branches(ask.where)
    told = len(branches) == 1 and branches[0].exact and searching.options.total_path is not None
    return branches[0] if told else None


async def count_rows(ask: Search, search: Callable[[Search], Awaitable[Rows]], most: int) -> int:
    """Number of rows, counted one by one if they are few."""
    rows = await search(replace(ask, columns=(), first=most, order=(), after=None))
    if rows.truncated or len(rows.rows) == most:
        raise UnsupportedSearch(f"{ask.record} has too many rows to count them one by one")
    return len(rows.rows)


def distinct(rows: Sequence[Row], reading: Reading) -> Sequence[Row]:
    """Each row of a key once: one that moves to the next page while pages are read comes twice."""
    key, local = reading.at(KEY), reading.at(LOCAL)
    return list({(row[key], row[local]): row for row in rows}.values())


def whole_number(found: Any) -> int:
    """A count in an answer; raises SourceBadData if it is none."""
    if not isinstance(found, bool) and isinstance(found, int | str):
        # A number or text too long to be a number is none, and says so only as a ValueError.
        with suppress(ValueError):
            if str(found).isdecimal():
                return int(found)
    raise SourceBadData("the answer does not say how many rows there are")


async def run_bounded(jobs: Iterable[Callable[[], Awaitable[T]]], parallel: int) -> list[T]:
    """Results in the order of the jobs, at most so many at a time; the first failure ends all."""
    gate = asyncio.Semaphore(parallel)

    async def run(job: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await job()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(run(job)) for job in jobs]
    except ExceptionGroup as failed:
        raise failed.exceptions[0] from None
    return [task.result() for task in tasks]


@asynccontextmanager
async def until(deadline: float) -> AsyncIterator[None]:
    """Everything inside ends at the deadline, or is not begun: SourceTimeout."""
    if deadline <= asyncio.get_running_loop().time():
        raise SourceTimeout("the deadline had passed before the source was asked")
    try:
        async with asyncio.timeout_at(deadline):
            yield
    except TimeoutError:
        raise SourceTimeout("the source did not answer in time") from None
