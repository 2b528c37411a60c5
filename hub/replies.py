"""What sources answered, as the rooms after fetching see it: rows by key or a page, or why there are none."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from adapters.base import AS_OF, SourceError
from hub.plan.bind import Position
from hub.plan.model import Call

_ZONE, _SHANGHAI = len("2026-01-31T09:00:00"), {"+08:00"}
_NO_KEYS: Mapping[str, Mapping[str, Sequence[tuple[Any, ...]]]] = MappingProxyType({})


DataTimes = list[tuple[str, str, str, str]]
"""Source, record, oldest and newest data time (RFC 3339) of what it gave."""


class Trace(NamedTuple):
    """What one call cost, for the record: numbers only."""

    source: str
    record: str
    keys: int
    rows: int
    milliseconds: float
    outcome: str


class Reply(NamedTuple):
    """What a source answered: rows by key field and value, or a page; or why it did not.

    `places` gives the place of each column in a row; `total` is the whole number where one was asked; `fetched_at` is
    written in RFC 3339; `silent` names the source that failed. `kept` says that the source is silent and its last known
    rows are given, fetched then; of columns that are not kept they hold Unreadable.
    """

    places: Mapping[str, int]
    by_key: Mapping[str, Mapping[str, Sequence[tuple[Any, ...]]]] = _NO_KEYS
    page: Sequence[tuple[Any, ...]] = ()
    more: bool = False
    total: int | None = None
    fetched_at: str | None = None
    truncated: bool = False
    failure: SourceError | None = None
    silent: str = ""
    kept: bool = False


NOTHING = Reply({})
"""The reply of a call that was not made."""


class Replies(NamedTuple):
    """All replies by call, the positions of every keyed root with ids resolved, and what it cost.

    `uncompared`: sources that own the same entities and did not answer.
    """

    calls: Mapping[int, Reply]
    positions: Mapping[int, tuple[Position | None, ...]]
    traces: tuple[Trace, ...]
    uncompared: tuple[str, ...] = ()


def entity_rows(reply: Reply, asked: Sequence[Position | None] | None) -> Sequence[tuple[Any, ...]]:
    """The entities of a root: those of its positions, or the page."""
    if asked is None:
        return reply.page
    found = (reply.by_key.get(p.field, {}).get(p.value) for p in asked if p is not None)
    return [rows[0] for rows in found if rows]


def data_times(calls: Iterable[Call], replies: Mapping[int, Reply]) -> DataTimes:
    """How old what was given is, by source and record, where a source says so."""
    found: dict[tuple[str, str], set[Any]] = {}
    for call in calls:
        reply = replies.get(call.number, NOTHING)
        place = reply.places.get(AS_OF)
        if place is None:
            continue
        times = found.setdefault((call.source, call.record), set())
        times.update([row[place] for row in reply.page])
        for by_key in reply.by_key.values():
            times.update([row[place] for rows in by_key.values() for row in rows])
    return [(*key, *told) for key, times in sorted(found.items()) if (told := _ends(times))]


def _ends(times: set[Any]) -> tuple[str, str] | None:
    """The oldest and the newest of some times; what is no text is no time."""
    known = [one for one in times if one.__class__ is str]
    if not known:
        return None
    if {one[_ZONE:] for one in known} == _SHANGHAI:
        # As a converter writes them, all in one zone, the order of texts is that of instants.
        return min(known), max(known)
    try:
        return min(known, key=datetime.fromisoformat), max(known, key=datetime.fromisoformat)
    except (ValueError, TypeError):
        # A constant of the configuration stands as it was written.
        return min(known), max(known)
