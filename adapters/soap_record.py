"""One record at a `soap` source: its look-ups, windows and counts, as requests out and rows back.

Splits keys and says what each request asks for. Knows no connection, deadline or other record.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
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
from adapters.searching import Binding, Branch, Searching, check_order
from adapters.soap_form import Forms, Request
from adapters.soap_options import SoapBatch, SoapOptions, SoapPages, SoapRecord, SoapSearch, Way
from adapters.soap_pages import Pager

UNSAYABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that no XML document holds."""
_ALL = 2**31


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
        return declared_ability(self.held, self.forms.ways, self.searching)

    async def fetch(self, ask: Lookup, pager: Pager) -> Rows:
        """Rows by key; beyond `max_rows` the keys that sort last lose theirs."""
        keys = keys_to_ask(ask, self.held, UNSAYABLE)
        if not keys:
            return Rows(ask.columns, [])
        way = next(way for way in self.options.ways if way.key == ask.key)
        reading = self._reading(ask, (KEY, LOCAL) if self.options.page else (KEY,))
        size = way.size if isinstance(way, SoapBatch) else 1
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
        branch, options = told_branch(searching, ask), searching.options
        if branch is None:
            return await count_rows(ask, partial(self.search, pager=pager), self.source.max_rows)
        bindings = branch.bindings + (((options.first, 1),) if options.first is not None else ())
        return await pager.count(self._searched(options, self._reading(ask, ()), bindings), options.page)

    def _reading(self, ask: Lookup | Search, beside: Iterable[str]) -> Reading:
        # A raw row holds each column under its whole path.
        reading = build_reading(ask, beside, self.held, omits_nulls=False)
        cells = (replace(cell, path=None if cell.path is None else (".".join(cell.path),)) for cell in reading.cells)
        return replace(reading, cells=tuple(cells))

    async def _look_up(self, way: Way, keys: Sequence[str], reading: Reading, pager: Pager) -> Part:
        if not isinstance(way, SoapBatch) and not way.echoes_key:
            reading = reading.with_key(keys[0])
        request = Request(self.forms.ways[way.key], reading.sources)
        separator = way.separator if isinstance(way, SoapBatch) else None
        # Read to the end: where rows are cut must be decided by key, and pages know none.
        found = await pager.read(request.listing(way.place, keys, separator), self.options.page, _ALL)
        at, wanted = reading.at(KEY), frozenset(keys)
        rows = [row for row in reading.rows(found.rows) if row[at] in wanted]
        return Part(distinct(rows, reading) if self.options.page else rows, found.complete)

    async def _read(self, pager: Pager, window: Window[SoapSearch], branch: Branch) -> Part:
        options = window.searching.options
        first = min(window.wanted, options.most or window.wanted)
        sized: tuple[Binding, ...] = ((options.first, first),) if options.first is not None else ()
        bindings = branch.bindings + window.searching.window(window.ask) + sized
        request = self._searched(options, window.reading, bindings)
        found = await pager.read(request, _sized(options.page, window.wanted), window.wanted - 1)
        rows = window.reading.rows(found.rows)
        if options.after:
            check_order(rows, window.ask, window.reading)
        return Part(rows, found.complete and (not sized or len(found.rows) < first))

    def _searched(self, options: SoapSearch, reading: Reading, bindings: Sequence[Binding]) -> Request:
        request = Request(self.forms.searched, reading.sources)
        for path, value in bindings:
            several = isinstance(value, tuple)
            request = request.listing(path, value, options.separator) if several else request.saying(path, value)
        return request


def _sized(page: SoapPages | None, wanted: int) -> SoapPages | None:
    if page is None or page.size_parameter is None:
        return page
    return page.model_copy(update={"size": min(page.size, wanted)})
