"""One record at a `soap` source: its look-ups, windows and counts, as requests out and rows back.

Splits keys, runs requests side by side and joins what they bring. Knows no connection, deadline or other record.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from adapters.base import KEY, LOCAL, Ability, Lookup, Rows, Search, UnsupportedSearch
from adapters.reading import Reading, Row, build_reading
from adapters.records import HeldRecord
from adapters.rest_pages import run_bounded
from adapters.searching import Binding, Branch, Searching, check_order, merge_rows
from adapters.soap_form import Forms, Request
from adapters.soap_options import SoapBatch, SoapOptions, SoapPages, SoapRecord, SoapSearch, Way
from adapters.soap_pages import Pager
from schema.predicate import FALSE

UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document holds."""
_PARALLEL = 4
_ALL = 2**31


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of one request with all its pages, and whether they are all there are."""

    rows: Sequence[Row]
    complete: bool


@dataclass(frozen=True, slots=True)
class RecordSource:
    """One record at one source, with its forms."""

    source: SoapOptions
    options: SoapRecord
    held: HeldRecord
    forms: Forms
    searching: Searching[SoapSearch] | None

    @property
    def ability(self) -> Ability:
        """What the options declare."""
        searching = self.searching
        return Ability(
            columns=frozenset(self.options.columns),
            keys=frozenset(self.forms.ways),
            filters=searching.filters if searching else frozenset(),
            orders=frozenset(searching.options.orders) if searching else frozenset(),
            counts=searching is not None and searching.options.total_path is not None,
        )

    async def fetch(self, ask: Lookup, pager: Pager) -> Rows:
        """Rows by key; beyond `max_rows` the keys that sort last lose theirs."""
        read = self.held.map.key_reader(ask.key).read
        # Under a key that is not in canonical form, or that XML cannot hold, no row can be found.
        keys = sorted(key for key in set(ask.keys) if read(key) == key and not UNSAYABLE.search(key))
        if ask.where == FALSE or not keys:
            return Rows(ask.columns, [])
        way = next(way for way in self.options.ways if way.key == ask.key)
        reading = self.reading(ask, (KEY, LOCAL) if self.options.page else (KEY,))
        size = way.size if isinstance(way, SoapBatch) else 1
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
            return await Window(self, searching, ask, self.reading(ask, ())).count(pager, branches[0])
        every = replace(ask, columns=(), first=self.source.max_rows, order=(), after=None)
        rows = await self.search(every, pager)
        if rows.truncated or len(rows.rows) == self.source.max_rows:
            raise UnsupportedSearch(f"{self.held.name} has too many rows to count them one by one")
        return len(rows.rows)

    def reading(self, ask: Lookup | Search, beside: Iterable[str]) -> Reading:
        """Reading of the columns of a call; a raw row holds each column under its whole path."""
        reading = build_reading(ask, beside, self.held, omits_nulls=False)
        cells = (replace(cell, path=None if cell.path is None else (".".join(cell.path),)) for cell in reading.cells)
        return replace(reading, cells=tuple(cells))

    def _admitted(self, ask: Search) -> Searching[SoapSearch]:
        self.held.admit_search(ask, self.ability)
        if self.searching is None or (ask.after is not None and not self.searching.options.after):
            raise UnsupportedSearch(f"{self.held.name} cannot be {'searched' if ask.after is None else 'continued'}")
        return self.searching

    async def _look_up(self, way: Way, keys: Sequence[str], reading: Reading, pager: Pager) -> Part:
        if not isinstance(way, SoapBatch) and not way.echoes_key:
            reading = reading.with_key(keys[0])
        request = Request(self.forms.ways[way.key], reading.sources)
        separator = way.separator if isinstance(way, SoapBatch) else None
        # Read to the end: where rows are cut must be decided by key, and pages know none.
        found = await pager.read(request.listing(way.place, keys, separator), self.options.page, _ALL)
        at, wanted = reading.at(KEY), frozenset(keys)
        rows = [row for row in reading.rows(found.rows) if row[at] in wanted]
        return Part(_distinct(rows, reading) if self.options.page else rows, found.complete)


@dataclass(frozen=True, slots=True)
class Window:
    """One search: what is wanted of each of its requests."""

    record: RecordSource
    searching: Searching[SoapSearch]
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
        found = await pager.read(request, self._page(), self.wanted - 1)
        rows = self.reading.rows(found.rows)
        if options.after:
            check_order(rows, self.ask, self.reading)
        return Part(rows, found.complete and (not sized or len(found.rows) < first))

    async def count(self, pager: Pager, branch: Branch) -> int:
        """Number of rows of one request, whatever the window."""
        options = self.searching.options
        request = self._request(branch, ((options.first, 1),) if options.first is not None else ())
        return await pager.count(request, options.page)

    def _request(self, branch: Branch, more: tuple[Binding, ...]) -> Request:
        form = self.record.forms.search
        if form is None:
            raise UnsupportedSearch(f"{self.record.held.name} cannot be searched")
        request = Request(form, self.reading.sources)
        for path, value in branch.bindings + more:
            several = isinstance(value, tuple)
            separator = self.searching.options.separator
            request = request.listing(path, value, separator) if several else request.saying(path, value)
        return request

    def _page(self) -> SoapPages | None:
        page = self.searching.options.page
        if page is None or page.size_parameter is None:
            return page
        return page.model_copy(update={"size": min(page.size, self.wanted)})


def _distinct(rows: Sequence[Row], reading: Reading) -> Sequence[Row]:
    # A row that moves to the next page while pages are read comes twice.
    at = reading.at(LOCAL)
    return list({row[at]: row for row in rows}.values())
