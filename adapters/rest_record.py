"""One record at a `rest` source: its look-ups, windows and counts, as requests out and rows back.

Splits keys, runs requests side by side and joins what they bring. Knows no connection, deadline or other record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from adapters.base import KEY, LOCAL, Ability, Lookup, Rows, Search, UnsupportedSearch
from adapters.http_client import Request
from adapters.paths import has_surrogate
from adapters.reading import Reading, Row, build_reading
from adapters.records import HeldRecord
from adapters.rest_options import BatchOptions, PageOptions, RestOptions, RestRecord, RestSearch, Way
from adapters.rest_pages import Pager, build_layout, run_bounded
from adapters.rest_requests import batch_request, search_request, single_request
from adapters.searching import Binding, Branch, Searching, check_order, merge_rows
from schema.predicate import FALSE

_PARALLEL = 4
_ALL = 2**31


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one request with all its pages, and whether they are all there are."""

    rows: Sequence[Row]
    complete: bool


@dataclass(frozen=True, slots=True)
class RecordSource:
    """One record at one source; `ways` are its look-ups by key field."""

    source: RestOptions
    options: RestRecord
    held: HeldRecord
    ways: Mapping[str, Way]
    searching: Searching[RestSearch] | None

    @property
    def ability(self) -> Ability:
        """What the options declare."""
        searching = self.searching
        return Ability(
            columns=frozenset(self.options.columns),
            keys=frozenset(self.ways),
            filters=searching.filters if searching else frozenset(),
            orders=frozenset(searching.options.orders) if searching else frozenset(),
            counts=searching is not None and searching.options.total_path is not None,
        )

    async def fetch(self, ask: Lookup, pager: Pager) -> Rows:
        """Rows by key; beyond `max_rows` the keys that sort last lose theirs."""
        read = self.held.map.key_reader(ask.key).read
        # Under a key that is not in canonical form no row can be found; in a path it might ask for something else.
        keys = sorted(key for key in set(ask.keys) if read(key) == key and _is_sayable(key))
        if ask.where == FALSE or not keys:
            return Rows(ask.columns, [])
        way = self.ways[ask.key]
        reading = self.reading(ask, (KEY, LOCAL) if self.options.page else (KEY,))
        size = way.size if isinstance(way, BatchOptions) else 1
        chunks = [keys[start : start + size] for start in range(0, len(keys), size)]
        parts = await run_bounded([partial(self._look_up, way, c, reading, pager) for c in chunks], way.parallel)
        at, most = reading.at(KEY), self.source.max_rows
        rows = sorted((row for part in parts for row in part.rows), key=lambda row: row[at])
        truncated = len(rows) > most or not all(part.complete for part in parts)
        return Rows(ask.columns, reading.pick(rows[:most], ask.columns), truncated)

    async def search(self, ask: Search, pager: Pager) -> Rows:
        """A window; where the source declares no order, the first rows are any rows."""
        searching = self._admitted(ask)
        branches = searching.branches(ask.where)
        if not branches or ask.first < 1:
            return Rows(ask.columns, [])
        reading = self.reading(ask, [*(key.column for key in ask.order), LOCAL])
        window = Window(self, searching, ask, reading)
        parts = await run_bounded([partial(window.read, pager, branch) for branch in branches], _PARALLEL)
        short = any(not part.complete and len(part.rows) < window.wanted for part in parts)
        if short and len(parts) > 1 and searching.options.after:
            raise UnsupportedSearch(f"the source gives too few rows of {self.held.name} at once to order them")
        rows = merge_rows([part.rows for part in parts], ask, reading)[: window.wanted]
        most = min(ask.first, self.source.max_rows)
        truncated = len(rows) > most or (short and len(rows) < most)
        return Rows(ask.columns, reading.pick(rows[:most], ask.columns), truncated)

    async def count(self, ask: Search, pager: Pager) -> int:
        """Number of rows: as the source tells it where it is asked exactly this, else counted if they are few."""
        searching = self._admitted(ask)
        branches = searching.branches(ask.where)
        if len(branches) == 1 and branches[0].exact and searching.options.total_path is not None:
            window = Window(self, searching, ask, self.reading(ask, ()))
            return await window.count(pager, branches[0], searching.options.total_path)
        every = replace(ask, columns=(), first=self.source.max_rows, order=(), after=None)
        rows = await self.search(every, pager)
        if rows.truncated or len(rows.rows) == self.source.max_rows:
            raise UnsupportedSearch(f"{self.held.name} has too many rows to count them one by one")
        return len(rows.rows)

    def reading(self, ask: Lookup | Search, beside: Iterable[str]) -> Reading:
        """Reading of the columns of a call."""
        return build_reading(ask, beside, self.held, omits_nulls=self.source.omits_nulls)

    def _admitted(self, ask: Search) -> Searching[RestSearch]:
        self.held.admit_search(ask, self.ability)
        if self.searching is None or (ask.after is not None and not self.searching.options.after):
            raise UnsupportedSearch(f"{self.held.name} cannot be {'searched' if ask.after is None else 'continued'}")
        return self.searching

    async def _look_up(self, way: Way, keys: Sequence[str], reading: Reading, pager: Pager) -> Part:
        if isinstance(way, BatchOptions):
            request = batch_request(self.options, way, keys, reading.sources)
        else:
            reading = reading if way.echoes_key else reading.with_key(keys[0])
            request = single_request(self.options, way, keys[0], reading.sources)
        layout = build_layout(self.source, self.options, self.options.page)
        # Read to the end: where rows are cut must be decided by key, and pages know none.
        found = await pager.read(layout, request, _ALL)
        at, wanted = reading.at(KEY), frozenset(keys)
        rows = [row for row in reading.rows(found.rows) if row[at] in wanted]
        return Part(_distinct(rows, reading) if self.options.page else rows, found.complete)


@dataclass(frozen=True, slots=True)
class Window:
    """One search: what is wanted of each of its requests."""

    record: RecordSource
    searching: Searching[RestSearch]
    ask: Search
    reading: Reading

    @property
    def wanted(self) -> int:
        """Rows wanted: one more than may be given, to know whether there are more."""
        return min(self.ask.first, self.record.source.max_rows + 1)

    async def read(self, pager: Pager, branch: Branch) -> Part:
        """Rows of one request."""
        options = self.searching.options
        first = min(self.wanted, options.most or self.wanted)
        sized = ((options.first, first),) if options.first is not None else ()
        request = self._request(branch, self.searching.window(self.ask) + sized)
        layout = build_layout(self.record.source, self.record.options, self._page())
        found = await pager.read(layout, request, self.wanted - 1)
        rows = self.reading.rows(found.rows)
        if options.after:
            check_order(rows, self.ask, self.reading)
        return Part(rows, found.complete and (not sized or len(found.rows) < first))

    async def count(self, pager: Pager, branch: Branch, path: str) -> int:
        """Number of rows of one request, whatever the window."""
        first = self.searching.options.first
        request = self._request(branch, ((first, 1),) if first is not None else ())
        layout = build_layout(self.record.source, self.record.options, self.searching.options.page)
        return await pager.count(layout, request, path)

    def _request(self, branch: Branch, more: tuple[Binding, ...]) -> Request:
        return search_request(self.record.options, self.searching.options, branch.bindings + more, self.reading.sources)

    def _page(self) -> PageOptions | None:
        page = self.searching.options.page
        if page is None or page.size_parameter is None:
            return page
        return page.model_copy(update={"size": min(page.size, self.wanted)})


def _is_sayable(key: str) -> bool:
    return key not in (".", "..") and not has_surrogate(key)


def _distinct(rows: Sequence[Row], reading: Reading) -> Sequence[Row]:
    # A row that moves to the next page while pages are read comes twice.
    at = reading.at(LOCAL)
    return list({row[at]: row for row in rows}.values())
