"""What sources answered, as the rooms after fetching see it: rows by key or a page, or why there are none."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple

from adapters.base import SourceError
from hub.plan.bind import Position

_NO_KEYS: Mapping[str, Mapping[str, Sequence[tuple[Any, ...]]]] = MappingProxyType({})


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
    written in RFC 3339; `silent` names the source that failed.
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


NOTHING = Reply({})
"""The reply of a call that was not made."""


class Replies(NamedTuple):
    """All replies by call, the positions of every keyed root with ids resolved, and what it cost."""

    calls: Mapping[int, Reply]
    positions: Mapping[int, tuple[Position | None, ...]]
    traces: tuple[Trace, ...]


def entity_rows(reply: Reply, asked: Sequence[Position | None] | None) -> Sequence[tuple[Any, ...]]:
    """The entities of a root: those of its positions, or the page."""
    if asked is None:
        return reply.page
    found = (reply.by_key.get(p.field, {}).get(p.value) for p in asked if p is not None)
    return [rows[0] for rows in found if rows]
