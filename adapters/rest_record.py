"""One record at a `rest` source: its look-ups, windows and counts, as requests out and rows back.

Splits keys and says what each request asks for. Knows no connection, deadline or other record.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from adapters.asking import (
    Part,
    Window,
    admit_search,
    count_rows,
    declared_ability,
    distinct,
    join_keys,
    keys_to_ask,
    run_bounded,
    search_rows,
    told_branch,
)
from adapters.base import KEY, LOCAL, Ability, Lookup, Rows, Search
from adapters.reading import Reading, build_reading
from adapters.records import HeldRecord
from adapters.rest_options import BatchOptions, PageOptions, RestOptions, RestRecord, RestSearch, Way
from adapters.rest_pages import Pager, build_layout
from adapters.rest_requests import batch_request, search_request, single_request
from adapters.searching import Binding, Branch, Searching, check_order

_ALL = 2**31


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
        return declared_ability(self.held, self.ways, self.searching)

    async def fetch(self, ask: Lookup, pager: Pager) -> Rows:
        """Rows by key; beyond `max_rows` the keys that sort last lose theirs."""
        keys = keys_to_ask(ask, self.held)
        if not keys:
            return Rows(ask.columns, [])
        way = self.ways[ask.key]
        reading = self._reading(ask, (KEY, LOCAL) if self.options.page else (KEY,))
        size = way.size if isinstance(way, BatchOptions) else 1
        chunks = [keys[start : start + size] for start in range(0, len(keys), size)]
        parts = await run_bounded([partial(self._look_up, way, c, reading, pager) for c in chunks], way.parallel)
        return join_keys(parts, ask, reading, self.source.max_rows)

    async def search(self, ask: Search, pager: Pager) -> Rows:
        """A window; where the source declares no order, the first rows are any rows."""
        searching = admit_search(ask, self.ability, self.held, self.searching)
        reading = self._reading(ask, [*(key.column for key in ask.order), LOCAL])
        window = Window(searching, ask, reading, self.source.max_rows)
        return await search_rows(window, partial(self._read, pager))

    async def count(self, ask: Search, pager: Pager) -> int:
        """Number of rows: as the source tells it where it is asked exactly this, else counted if they are few."""
        searching = admit_search(ask, self.ability, self.held, self.searching)
        branch, path = told_branch(searching, ask), searching.options.total_path
        if branch is None or path is None:
            return await count_rows(ask, partial(self.search, pager=pager), self.source.max_rows)
        first = searching.options.first
        bindings = branch.bindings + (((first, 1),) if first is not None else ())
        request = search_request(self.options, searching.options, bindings, self._reading(ask, ()).sources)
        return await pager.count(build_layout(self.source, self.options, searching.options.page), request, path)

    def _reading(self, ask: Lookup | Search, beside: Iterable[str]) -> Reading:
        return build_reading(ask, beside, self.held, omits_nulls=self.source.omits_nulls)

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
        return Part(distinct(rows, reading) if self.options.page else rows, found.complete)

    async def _read(self, pager: Pager, window: Window[RestSearch], branch: Branch) -> Part:
        options = window.searching.options
        first = min(window.wanted, options.most or window.wanted)
        sized: tuple[Binding, ...] = ((options.first, first),) if options.first is not None else ()
        bindings = branch.bindings + window.searching.window(window.ask) + sized
        request = search_request(self.options, options, bindings, window.reading.sources)
        layout = build_layout(self.source, self.options, _sized(options.page, window.wanted))
        found = await pager.read(layout, request, window.wanted - 1)
        rows = window.reading.rows(found.rows)
        if options.after:
            check_order(rows, window.ask, window.reading)
        return Part(rows, found.complete and (not sized or len(found.rows) < first))


def _sized(page: PageOptions | None, wanted: int) -> PageOptions | None:
    if page is None or page.size_parameter is None:
        return page
    return page.model_copy(update={"size": min(page.size, wanted)})
