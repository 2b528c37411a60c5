"""Room 3, fetch: a bound plan's calls, one batched question to each source, all that can start at once.

Knows sources and deadlines, no caller: rows come back raw, shaping and masks are later. A source that is slow, down
or wrong leaves a failure in its own reply and nothing else.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from adapters.base import KEY, LOCAL, MAX_KEYS, Adapter, Rows, Search, SourceError, Starting
from adapters.reports import Reports
from adapters.wrap.health import Health
from hub.clock import Clock
from hub.coalesce import Coalescer, Party, Stem, Waiter
from hub.contested import Comparing, Contested
from hub.course import answer_of, course_of, places_of, run_course, traced
from hub.errors import HubError
from hub.kept import Copies
from hub.plan.bind import ID, Bound, Position
from hub.plan.model import ENTITY, Call, CallWay, Root, Topology
from hub.plan.search import BoundSearch, KeySet
from hub.replies import NOTHING, Replies, Reply, Trace, entity_rows
from schema.predicate import FALSE, Op, Predicate, Test, both, tests

_NOBODY = Position("uscc", "0")
"""Asked for in place of an id that was never given out, so that it fares like one that is hidden; never shown."""
_KEYED = Test("uscc", Op.IN)  # How entities are narrowed to the keys that another record has.
Wanted = Mapping[str, Collection[str]]
"""Keys to ask for, by key field."""
Answered = TypeVar("Answered", Rows, int)
MAX_KEY_SET = 5_000


@dataclass(frozen=True, slots=True)
class Source:
    """A configured source, its adapter in its wrappers: how long it may take, in seconds, and how it has been.

    lanes: most look-ups under way, others join · starting: what works unasked · department: its code · reports: of files.
    """

    name: str
    label: str
    adapter: Adapter
    timeout: float
    health: Health
    lanes: int = 8
    starting: Starting | None = None
    department: str = ""
    reports: Reports | None = None
    lookups: Coalescer = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lookups", Coalescer(self.adapter, self.lanes))


class IdLocator(Protocol):
    """Finds what an opaque id stands for."""

    async def locate(self, ids: Sequence[str]) -> Mapping[str, Position]:
        """Positions of the ids that were ever given out."""


@dataclass(frozen=True, slots=True)
class Fetcher:
    """Executes calls against the configured sources; `noticed` is told what two of them say differently of an entity.

    `copies` are the last known values of sources that declare some, for when they are silent.
    """

    sources: Mapping[str, Source]
    topology: Topology
    locator: IdLocator
    clock: Clock
    noticed: Callable[[Contested], None] | None = None
    copies: Copies | None = None

    def check(self, bound: Bound) -> None:
        """Refuse a filter or order that a source cannot do, before anything is asked."""
        for call in bound.plan.calls:
            search = bound.searches.get(call.roots[0]) if call.way is CallWay.SEARCH else None
            if search is not None:
                self._check_search(call, search)
            elif call.way is CallWay.LOOKUP:
                known = self.sources[call.source].adapter.abilities[call.record].keys
                roots = [number for number in call.roots if number not in bound.refused_roots]
                asked = {p.field for number in roots for p in bound.positions[number]}
                for name in sorted(asked - known - {ID}) if asked - known else ():
                    raise HubError("FILTER_UNSUPPORTED", label=name, label_en=name)

    async def fetch(self, bound: Bound, purpose: str, traces: list[Trace]) -> Replies:
        """All replies; traces are appended as calls end, so that a cancelled question can still be recorded."""
        found = await self._replies(bound, purpose, traces)
        rivalry = self.topology.rivals.get(ENTITY) if self.topology.rivals else None
        if rivalry is None:
            return found
        comparing = Comparing(self.sources, rivalry, self.topology.owned[ENTITY][0].source, self.noticed)
        calls, silent = await comparing.compare(bound, found.calls, purpose, traces)
        return Replies(calls, found.positions, tuple(traces), silent)

    async def _replies(self, bound: Bound, purpose: str, traces: list[Trace]) -> Replies:
        course = course_of(bound, purpose, self.sources)
        if course is None:
            return await _Run(self, bound, purpose, traces).run()
        replies = await run_course(course, bound, traces, lambda: self.clock.moment().text, self.copies)
        return Replies(replies, bound.positions, tuple(traces))

    def _check_search(self, call: Call, search: BoundSearch) -> None:
        self._check_filters(call.source, call.record, search.where)
        orders = self.sources[call.source].adapter.abilities[call.record].orders
        for key in search.order:
            if key.column not in orders:
                raise HubError("FILTER_UNSUPPORTED", label=key.column, label_en=key.column)
        for key_set in search.key_sets:
            owned = self.topology.owned.get(key_set.record, ())
            if not owned:
                raise HubError("FILTER_UNSUPPORTED", label=key_set.record, label_en=key_set.record)
            for offer in owned:
                self._check_filters(offer.source, key_set.record, key_set.where)
            self._check_filters(call.source, call.record, both(search.where, _KEYED))

    def _check_filters(self, source: str, record: str, where: Predicate) -> None:
        filters = self.sources[source].adapter.abilities[record].filters
        for test in tests(where):
            if (test.field, test.op) not in filters:
                raise HubError("FILTER_UNSUPPORTED", label=test.field, label_en=test.field)


@dataclass(frozen=True, slots=True)
class _Silent:
    source: str
    failure: SourceError


class _Run:
    def __init__(self, fetcher: Fetcher, bound: Bound, purpose: str, traces: list[Trace]) -> None:
        self._fetcher = fetcher
        self._bound = bound
        self._purpose = purpose
        self._traces = traces
        self._roots = {r.number: r for r in bound.plan.roots if isinstance(r, Root)}
        self._positions: Mapping[int, tuple[Position | None, ...]] = {}
        self._tasks: dict[int, asyncio.Task[Reply]] = {}

    async def run(self) -> Replies:
        self._positions = await self._resolve()
        bound = self._bound
        calls = bound.plan.calls
        if bound.refused_roots or bound.refused_branches:
            calls = tuple(call for call in calls if bound.live(call))
        if all(map(self._ready, calls)):
            return await self._at_once(calls)
        try:
            async with asyncio.TaskGroup() as group:
                for call in sorted(calls, key=lambda c: c.way is CallWay.CHILD):
                    self._tasks[call.number] = group.create_task(self._reply(call))
        except* HubError as refused:
            raise refused.exceptions[0] from None
        replies = {number: task.result() for number, task in self._tasks.items()}
        return Replies(replies, self._positions, tuple(self._traces))

    def _ready(self, call: Call) -> bool:
        """True if the keys of a call are arguments, so that it waits for no other."""
        if call.way is CallWay.CHILD:
            for number in self._live_roots(call):
                asked = self._positions.get(number)
                if asked is None or not self._immediate(call, asked):
                    return False
            return True
        return call.way is CallWay.LOOKUP

    async def _at_once(self, calls: Sequence[Call]) -> Replies:
        """All replies where no call waits for another."""
        party, began = Party(), asyncio.get_running_loop().time()
        entered = [(call, self._enter(call, self._asked(call), began, party)) for call in calls]
        await self._together(party, entered, began)
        replies = {call.number: self._joined(call, waiters) for call, waiters in entered}
        return Replies(replies, self._positions, tuple(self._traces))

    async def _together(self, party: Party, entered: Sequence[tuple[Call, list[Waiter]]], began: float) -> None:
        """Wait for all look-ups that were entered; the trace of each is kept whatever ends it."""
        try:
            await party.wait()
        finally:
            party.leave()
            for call, waiters in entered:
                self._traces.extend([traced(call, waiter, began) for waiter in waiters])
        if self._fetcher.copies is not None:
            asked = [(call, waiter) for call, waiters in entered for waiter in waiters]
            await self._fetcher.copies.stand_in(self._bound, asked)

    def _asked(self, call: Call) -> Wanted:
        asked = [position for number in self._live_roots(call) for position in self._positions[number]]
        if call.way is CallWay.CHILD:
            return {call.key: {position.value for position in asked if position is not None}}
        wanted: dict[str, set[str]] = {}
        for position in asked:
            name, value = position or _NOBODY
            wanted.setdefault(name, set()).add(value)
        return wanted

    async def _resolve(self) -> Mapping[int, tuple[Position | None, ...]]:
        asked = self._bound.positions
        ids = {p.value for many in asked.values() for p in many if p.field == ID}
        if not ids:
            return asked
        found = await self._fetcher.locator.locate(sorted(ids))
        return {
            number: tuple(found.get(p.value) if p.field == ID else p for p in many) for number, many in asked.items()
        }

    async def _reply(self, call: Call) -> Reply:
        if call.way is CallWay.SEARCH:
            return await self._page(call)
        if call.way is CallWay.LOOKUP:
            return await self._lookup(call, self._asked(call))
        return await self._lookup(call, await self._child_keys(call))

    def _live_roots(self, call: Call) -> Sequence[int]:
        refused = self._bound.refused_roots
        return [number for number in call.roots if number not in refused] if refused else call.roots

    async def _child_keys(self, call: Call) -> Wanted:
        wanted: set[str] = set()
        for number in self._live_roots(call):
            asked = self._positions.get(number)
            if asked is not None and self._immediate(call, asked):
                wanted.update(p.value for p in asked if p is not None)
            else:
                wanted |= await self._linked(call, self._roots[number])
        return {call.key: wanted}

    def _immediate(self, call: Call, asked: Sequence[Position | None]) -> bool:
        keyed = all(p is None or p.field == call.parent_key for p in asked)
        return keyed and not self._bound.gates[call.number]

    async def _linked(self, call: Call, root: Root) -> set[str]:
        """Keys in the root's entities that pass every gate; where those are not to be had, the asked ones, ungated."""
        asked = self._positions.get(root.number, ())
        reply = NOTHING if root.call is None else await asyncio.shield(self._tasks[root.call])
        place = reply.places.get(call.parent_key)
        if reply.failure is not None or place is None:
            known = () if self._bound.gates[call.number] else asked
            return {p.value for p in known if p is not None and p.field == call.parent_key}
        rows = entity_rows(reply, self._positions.get(root.number))
        if self._bound.gates[call.number]:
            rows = [row for row in rows if self._passes(call, reply, row)]
        return {row[place] for row in rows if row[place].__class__ is str}

    def _passes(self, call: Call, reply: Reply, row: tuple[Any, ...]) -> bool:
        def read(name: str) -> object:
            place = reply.places.get(name)
            return None if place is None else row[place]

        return all(self._bound.guard.passes(group, read) for group in self._bound.gates[call.number])

    async def _lookup(self, call: Call, wanted: Wanted) -> Reply:
        party, began = Party(), asyncio.get_running_loop().time()
        waiters = self._enter(call, wanted, began, party)
        await self._together(party, [(call, waiters)], began)
        return self._joined(call, waiters)

    def _enter(self, call: Call, wanted: Wanted, now: float, party: Party) -> list[Waiter]:
        """Look-ups of the wanted keys, by key field and in bounded numbers; none if no row could satisfy the call."""
        where = self._bound.wheres[call.number]
        if where == FALSE:
            return []
        source = self._fetcher.sources[call.source]
        lookups, deadline = source.lookups, now + source.timeout
        known = source.adapter.abilities[call.record].keys
        entered: list[Waiter] = []
        for name in sorted(wanted) if len(wanted) > 1 else wanted:
            keys = wanted[name]
            if name in known and keys:
                stem = self._stem(call, name, where, lookups)
                entered += [lookups.enter(stem, part, deadline, party) for part in _chunks(keys)]
        return entered

    def _stem(self, call: Call, key: str, where: Predicate, lookups: Coalescer) -> Stem:
        place = self._purpose, call.number, key
        found: Stem | None = self._bound.kept.stems.get(place)
        if found is None or found.coalescer is not lookups:
            found = lookups.stem(call.record, (KEY, *call.columns), key, self._purpose, where)
            self._bound.kept.stems[place] = found
        return found

    def _joined(self, call: Call, waiters: Sequence[Waiter]) -> Reply:
        """The reply of a call from what its look-ups brought, in the order in which they were asked."""
        places = places_of(call)
        by_key: dict[str, Mapping[str, Sequence[tuple[Any, ...]]]] = {}
        truncated, kept = False, ""
        for waiter in waiters:
            found = answer_of(waiter)
            if isinstance(found, SourceError):
                return Reply(places, failure=found, silent=call.source)
            known = by_key.get(found.key)
            by_key[found.key] = found.by_key if known is None else {**known, **found.by_key}
            truncated = truncated or found.truncated
            # Where only some of the rows are old, all are said to be as old as the oldest.
            kept = min(kept, found.kept) if kept and found.kept else kept or found.kept
        fetched_at = kept or (self._fetcher.clock.moment().text if waiters else None)
        return Reply(places, by_key, fetched_at=fetched_at, truncated=truncated, kept=bool(kept))

    async def _page(self, call: Call) -> Reply:
        root = self._roots[call.roots[0]]
        search = self._bound.searches[root.number]
        columns = tuple(dict.fromkeys((*call.columns, *(key.column for key in search.order), LOCAL)))
        places = {name: place for place, name in enumerate(columns)}
        narrowed = await self._narrowed(search)
        if isinstance(narrowed, _Silent):
            return Reply(places, failure=narrowed.failure, silent=narrowed.source)
        ask = Search(
            record=call.record,
            columns=columns,
            first=search.first + 1,
            deadline=self._deadline(call.source),
            purpose=self._purpose,
            where=narrowed,
            order=search.order,
            after=search.after,
        )
        if narrowed == FALSE:
            return Reply(places, total=0 if root.counts else None, fetched_at=self._fetcher.clock.moment().text)
        try:
            rows = await self._search(call, ask)
            count = await self._count(call, ask) if root.counts else None
        except SourceError as failure:
            return Reply(places, failure=failure, silent=call.source)
        more = len(rows.rows) > search.first
        kept = rows.rows[: search.first]
        fetched_at = self._fetcher.clock.moment().text
        return Reply(places, {}, kept, more, count, fetched_at, rows.truncated and not more)

    async def _narrowed(self, search: BoundSearch) -> "Predicate | _Silent":
        """The search's predicate with its key sets resolved, or the source that would not tell one."""
        where = search.where
        for key_set in search.key_sets:
            keys: set[str] = set()
            for offer in self._fetcher.topology.owned[key_set.record]:
                try:
                    keys |= await self._key_set(offer.source, key_set)
                except SourceError as failure:
                    return _Silent(offer.source, failure)
            where = both(where, Test("uscc", Op.IN, tuple(sorted(keys))) if keys else FALSE)
        return where

    async def _key_set(self, source: str, key_set: KeySet) -> set[str]:
        ask = Search(
            record=key_set.record,
            columns=("uscc",),
            first=MAX_KEY_SET + 1,
            deadline=self._deadline(source),
            purpose=self._purpose,
            where=key_set.where,
        )
        rows = await self._timed(source, key_set.record, 0, self._adapter(source).search(ask), counts=False)
        if rows.truncated or len(rows.rows) > MAX_KEY_SET:
            raise HubError("FILTER_TOO_WIDE", label=key_set.record, label_en=key_set.record)
        return {row[0] for row in rows.rows if isinstance(row[0], str)}

    def _adapter(self, source: str) -> Adapter:
        return self._fetcher.sources[source].adapter

    def _deadline(self, source: str) -> float:
        return asyncio.get_running_loop().time() + self._fetcher.sources[source].timeout

    async def _search(self, call: Call, ask: Search) -> Rows:
        return await self._timed(call.source, call.record, 0, self._adapter(call.source).search(ask))

    async def _count(self, call: Call, ask: Search) -> int:
        return await self._timed(call.source, call.record, 0, self._adapter(call.source).count(ask))

    async def _timed(
        self, source: str, record: str, keys: int, asked: Awaitable[Answered], *, counts: bool = True
    ) -> Answered:
        """What was asked, traced; `counts` unless the caller, who may have the trace, must not know how many there are."""
        loop = asyncio.get_running_loop()
        started, rows, outcome = loop.time(), 0, "CANCELLED"
        try:
            answered = await asked
            rows, outcome = _rows_of(answered) if counts else 0, "OK"
        except SourceError as failure:
            outcome = failure.code
            raise
        else:
            return answered
        finally:
            elapsed = round((loop.time() - started) * 1000, 3)
            self._traces.append(Trace(source, record, keys, rows, elapsed, outcome))


def _rows_of(answered: Rows | int) -> int:
    return len(answered.rows) if isinstance(answered, Rows) else 0


def _chunks(keys: Collection[str]) -> Iterable[tuple[str, ...]]:
    # A source gets plain texts, whatever the hub knows of a code besides.
    ordered = sorted(map(str, keys))
    return [tuple(ordered[start : start + MAX_KEYS]) for start in range(0, len(ordered), MAX_KEYS)]
