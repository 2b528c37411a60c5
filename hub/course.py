"""Room 3 by the straight way, which most questions go: one root, whose keys are arguments, and all hangs on these.

What is asked of which source is then the same for every question with this plan, purpose and kind of key, but for the
keys; it is worked out once. A look-up of such a question costs what it must and little more.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from adapters.base import KEY, MAX_KEYS, Adapter, SourceError
from hub.coalesce import Coalescer, Found, Party, Stem, Waiter
from hub.kept import Copies
from hub.plan.bind import ID, Bound
from hub.plan.model import Call, CallWay, OwnRoot
from hub.replies import Reply, Trace
from schema.predicate import FALSE


class Looked(Protocol):
    """What is needed of a source: its adapter, its look-ups, and the seconds one may take."""

    @property
    def adapter(self) -> Adapter: ...
    @property
    def lookups(self) -> Coalescer: ...
    @property
    def timeout(self) -> float: ...


class Leg(NamedTuple):
    """One call, ready but for its keys."""

    call: Call
    lookups: Coalescer
    stem: Stem
    timeout: float
    places: Mapping[str, int]


Course = tuple[Leg, ...]


def course_of(bound: Bound, purpose: str, sources: Mapping[str, Looked]) -> Course | None:
    """The course of a question, worked out once; None where it must go another way."""
    if len(bound.positions) != 1 or bound.searches or bound.refused_roots or bound.refused_branches:
        return None
    ((number, asked),) = bound.positions.items()
    if not 0 < len(asked) <= MAX_KEYS:
        return None
    name = asked[0].field
    if len(asked) > 1 and any(position.field != name for position in asked):
        return None
    place, courses = (purpose, name), bound.kept.courses
    if place not in courses:
        courses[place] = _lay(bound, purpose, sources, number, name)
    found: Course | None = courses[place]
    if found is not None and any(sources[leg.call.source].lookups is not leg.lookups for leg in found):
        # A source was put in another's place meanwhile.
        found = courses[place] = _lay(bound, purpose, sources, number, name)
    return found


async def run_course(
    course: Course, bound: Bound, traces: list[Trace], now: Callable[[], str], copies: Copies | None = None
) -> Mapping[int, Reply]:
    """Replies by call; the trace of each look-up is kept whatever ends it, `copies` stand in for silent sources."""
    (asked,) = bound.positions.values()
    # A source gets plain texts, whatever the hub knows of a code besides.
    keys = (str(asked[0].value),) if len(asked) == 1 else tuple(sorted({str(position.value) for position in asked}))
    party, began = Party(), asyncio.get_running_loop().time()
    for leg in course:
        leg.lookups.enter(leg.stem, keys, began + leg.timeout, party)
    try:
        await party.wait()
    finally:
        party.leave()
        traces.extend([traced(leg.call, waiter, began) for leg, waiter in zip(course, party.waiters, strict=True)])
    if copies is not None:
        await copies.stand_in(bound, [(leg.call, waiter) for leg, waiter in zip(course, party.waiters, strict=True)])
    at = now()
    return {leg.call.number: _reply(leg, waiter, at) for leg, waiter in zip(course, party.waiters, strict=True)}


def traced(call: Call, waiter: Waiter, began: float) -> Trace:
    """What a look-up came to, as far as it came."""
    found, rows, outcome = waiter.answer, 0, "CANCELLED"
    if found.__class__ is Found:
        rows, outcome = sum(map(len, found.by_key.values())), "OK"
    elif isinstance(found, SourceError):
        outcome = found.code
    ended = waiter.ended or asyncio.get_running_loop().time()
    return Trace(call.source, call.record, len(waiter.keys), rows, round((ended - began) * 1000, 3), outcome)


def answer_of(waiter: Waiter) -> Found | SourceError:
    """What a look-up brought; whatever else ended it is raised."""
    found = waiter.answer
    if isinstance(found, (Found, SourceError)):
        return found
    raise found or TypeError("a look-up without an answer")


def places_of(call: Call) -> dict[str, int]:
    """Places of the columns in the rows of a look-up."""
    return {column: place for place, column in enumerate((KEY, *call.columns))}


def _reply(leg: Leg, waiter: Waiter, at: str) -> Reply:
    found = answer_of(waiter)
    if isinstance(found, SourceError):
        return Reply(leg.places, failure=found, silent=leg.call.source)
    kept = bool(found.kept)
    return Reply(leg.places, {found.key: found.by_key}, (), False, None, found.kept or at, found.truncated, kept=kept)


def _lay(bound: Bound, purpose: str, sources: Mapping[str, Looked], number: int, name: str) -> Course | None:
    roots = [root for root in bound.plan.roots if not isinstance(root, OwnRoot)]
    if len(roots) != 1 or name == ID or any(call.roots != (number,) for call in bound.plan.calls):
        return None
    legs = [_leg(bound, call, purpose, sources[call.source], name) for call in bound.plan.calls]
    found: Sequence[Any] = [leg for leg in legs if leg is not None]
    return tuple(found) if len(found) == len(legs) else None


def _leg(bound: Bound, call: Call, purpose: str, source: Looked, name: str) -> Leg | None:
    child = call.way is CallWay.CHILD
    if call.way is CallWay.SEARCH or (child and (bound.gates[call.number] or call.parent_key != name)):
        return None
    key, where = call.key if child else name, bound.wheres[call.number]
    if where == FALSE or key not in source.adapter.abilities[call.record].keys:
        return None
    stem = source.lookups.stem(call.record, (KEY, *call.columns), key, purpose, where)
    return Leg(call, source.lookups, stem, source.timeout, places_of(call))
