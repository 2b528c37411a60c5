"""One record at a `graphql` source: its look-ups, windows and counts, as operations out and rows back.

Splits keys and says what each operation is given. Knows no connection, deadline or other record.
"""

from collections.abc import Iterable, Mapping, Sequence
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
from adapters.base import KEY, LOCAL, Ability, Lookup, OrderKey, Rows, Search
from adapters.graphql_document import Form, Slot, Values
from adapters.graphql_options import BatchOptions, GraphqlOptions, GraphqlRecord, GraphqlSearch, Way
from adapters.graphql_pages import Asker, Layout, Wanted
from adapters.paths import Path
from adapters.reading import Reading, Row, build_reading
from adapters.records import HeldRecord
from adapters.searching import Branch, Searching, check_order


@dataclass(frozen=True, slots=True)
class RecordSource:
    """One record at one source; `ways` are its look-ups by key field."""

    source: GraphqlOptions
    options: GraphqlRecord
    held: HeldRecord
    ways: Mapping[str, Way]
    searching: Searching[GraphqlSearch] | None

    @property
    def ability(self) -> Ability:
        """What the options declare."""
        return declared_ability(self.held, self.ways, self.searching)

    def layout(self, question: Way | GraphqlSearch) -> Layout:
        """Layout of a question's answers."""
        return Layout(Form(f"Hub{self.held.name}", question, self.options.fields))

    async def fetch(self, ask: Lookup, asker: Asker) -> Rows:
        """Rows by key; beyond `max_rows` the keys that sort last lose theirs."""
        keys = keys_to_ask(ask, self.held)
        if not keys:
            return Rows(ask.columns, [])
        way = self.ways[ask.key]
        reading = self._reading(ask, (KEY, LOCAL) if way.page else (KEY,))
        chunks = [keys[start : start + way.size] for start in range(0, len(keys), way.size)]
        parts = await run_bounded([partial(self._look_up, way, c, reading, asker) for c in chunks], way.parallel)
        return join_keys(parts, ask, reading, self.source.max_rows)

    async def search(self, ask: Search, asker: Asker) -> Rows:
        """A window; where the source declares no order, the first rows are any rows."""
        searching = admit_search(ask, self.ability, self.held, self.searching)
        reading = self._reading(ask, [*(key.column for key in ask.order), LOCAL])
        window = Window(searching, ask, reading, self.source.max_rows)
        return await search_rows(window, partial(self._read, asker))

    async def count(self, ask: Search, asker: Asker) -> int:
        """Number of rows: as the source tells it where it is asked exactly this, else counted if they are few."""
        searching = admit_search(ask, self.ability, self.held, self.searching)
        branch, path = told_branch(searching, ask), searching.options.total_path
        if branch is None or path is None:
            return await count_rows(ask, partial(self.search, asker=asker), self.source.max_rows)
        # Some services refuse a connection without a size, also where no row of it is wanted.
        sized = () if searching.options.first is None else ((searching.options.first, 1),)
        layout = self.layout(searching.options)
        return await asker.count(layout, layout.turn(Slot(values=branch.bindings + sized), None, 1), path)

    def _reading(self, ask: Lookup | Search, beside: Iterable[str]) -> Reading:
        found = build_reading(ask, beside, self.held, omits_nulls=False)
        # Values are gathered along their paths, lists included, before they are read: each stands under its whole path.
        return replace(found, cells=tuple(replace(cell, path=_whole(cell.path)) for cell in found.cells))

    async def _look_up(self, way: Way, keys: Sequence[str], reading: Reading, asker: Asker) -> Part:
        if isinstance(way, BatchOptions):
            uses = [(Slot(values=((way.keys, list(keys)),)), reading, keys)]
        else:
            slots = [Slot(f"k{number}", ((way.argument, key),)) for number, key in enumerate(keys)]
            readings = [reading if way.echoes_key else reading.with_key(key) for key in keys]
            uses = [(slot, each, (key,)) for slot, each, key in zip(slots, readings, keys, strict=True)]
        # Read to the end: where rows are cut must be decided by key, and pages know none.
        found = await asker.read(self.layout(way), [slot for slot, _, _ in uses], Wanted(uses[0][1]))
        at = reading.at(KEY)
        rows: list[Row] = []
        for slot, each, asked in uses:
            own = frozenset(asked)
            rows += [row for row in each.rows(found.rows[slot.alias]) if row[at] in own]
        return Part(distinct(rows, reading) if way.page else rows, found.complete)

    async def _read(self, asker: Asker, window: Window[GraphqlSearch], branch: Branch) -> Part:
        options, ask = window.searching.options, window.ask
        first = min(window.wanted, options.most or window.wanted)
        values = branch.bindings + search_values(window.searching, ask, first)
        wanted = Wanted(window.reading, ask.order, window.wanted - 1, window.wanted)
        found = await asker.read(self.layout(options), [Slot(values=values)], wanted)
        raws = found.rows[""]
        rows = window.reading.rows(raws)
        if options.after:
            check_order(rows, ask, window.reading)
        return Part(rows, found.complete and (options.first is None or len(raws) < first))


def _whole(path: Path | None) -> Path | None:
    return None if path is None else (".".join(path),)


def search_values(searching: Searching[GraphqlSearch], ask: Search, first: int) -> Values:
    """Arguments of the order, of the position after which rows are wanted, and of their number."""
    options = searching.options
    placed = dict(searching.window(ask))
    if ask.order and options.order_parameter is not None:
        placed[options.order_parameter] = _order(options, ask.order)
    sized = {} if options.first is None else {options.first: first}
    return (*placed.items(), *sized.items())


def _order(options: GraphqlSearch, order: Sequence[OrderKey]) -> str | list[str]:
    patterns = [options.descending if key.descending else options.ascending for key in order]
    names = [pattern.replace("{}", options.orders[key.column]) for pattern, key in zip(patterns, order, strict=True)]
    return names if options.order_join == "list" else ",".join(names)
