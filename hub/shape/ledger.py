"""What shaping is given and what it leaves behind: the notes, entities and ids of one answer.

Notes whose wording is known when a plan is compiled have a numbered slot, in the order in which notes are told; what
depends on how a source failed is noted by key. Knows no plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from hub.clock import Moment
from hub.contested import Contested
from hub.errors import State
from hub.notes import Note, NoteKey, Notes, Path, sort_notes
from hub.plan.bind import Position
from hub.plan.model import Topology
from hub.replies import Reply


class Tools(NamedTuple):
    """What shaping is given: who owns what, how ids and cursors are made, and the time."""

    topology: Topology
    identify: Callable[[Position], tuple[str, Position]]
    seal: Callable[[Sequence[Any], bytes], str]
    now: Moment


class Written(NamedTuple):
    """JSON of a part of an answer: as it is sent, in the order of the question, and as RFC 8785 would write it."""

    sent: orjson.Fragment
    canonical: orjson.Fragment


_AS_SENT, _AS_CANONICAL = attrgetter("sent"), attrgetter("canonical")


class Shaped(NamedTuple):
    """The answer's data by response key (hub-owned roots still null, some of it as JSON), its notes, warnings and entities.

    `entities` are the anchors of all entities in it; `issued` those whose opaque id it shows, by id.
    """

    data: dict[str, Any]
    notes: Sequence[Note]
    warnings: Sequence[dict[str, Any]]
    entities: tuple[str, ...]
    issued: Mapping[str, Position]


def write(data: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """JSON of an answer's data, of which parts may be written already: as it is sent, and canonical.

    Values of records are texts, whole numbers below 2**31, truth values and null, under names in ASCII: these orjson
    writes as RFC 8785 says, once the names are sorted.
    """
    sent = orjson.dumps(data, default=_AS_SENT)
    return sent, orjson.dumps(data, default=_AS_CANONICAL, option=orjson.OPT_SORT_KEYS)


@dataclass(slots=True)
class Ledger:
    """Collects while one answer is shaped; `counts` and `paths` belong to the slots."""

    slots: tuple[NoteKey, ...]
    counts: list[int]
    paths: list[Path]
    odd: Notes = field(default_factory=Notes)
    entities: dict[str, None] = field(default_factory=dict)
    issued: dict[str, Position] = field(default_factory=dict)
    warnings: list[dict[str, Any]] = field(default_factory=list)

    def gap(self, pattern: tuple[str, ...], coordinate: str, path: Path, reply: Reply) -> None:
        """Note that a source is silent, or that there is none."""
        failure = reply.failure
        if failure is None:
            key = NoteKey(pattern, coordinate, State.NOT_COLLECTED)
        else:
            key = NoteKey(pattern, coordinate, State.SOURCE_DOWN, failure.code, reply.silent)
        self.odd.add(key, path)

    def contest(self, *told: Any) -> Any:
        """Note that sources say different things of a field; the value of the one that leads.

        told: pattern, coordinate, path, what is contested, whether it is masked, whether it is money.
        """
        pattern, coordinate, path, found, masked, money = told
        leading = found.leading
        key = NoteKey(pattern, coordinate, State.CONFLICT, "CONFLICT", leading.source)
        self.odd.add(key, path, why=found.rule.why, whyEn=found.rule.why_en)
        if not masked:
            self.odd.tell(key, "conflicts", {"path": list(path), "values": _told(found, money=money)})
        return leading.value

    def notes(self) -> list[Note]:
        """All notes, sorted."""
        told = (
            [
                Note(key, count, path)
                for key, count, path in zip(self.slots, self.counts, self.paths, strict=True)
                if count
            ]
            if any(self.counts)
            else []
        )
        others = self.odd.sorted()
        return sort_notes(told + others) if others else told


def _told(found: Contested, *, money: bool) -> list[dict[str, Any]]:
    """What each source says, in the order of the rule; of money the amount and its currency."""

    def written(value: Any) -> Any:
        return f"{value[0]} {value[1]}" if money and value is not None else value

    return [{"source": one.source, "value": written(one.value), "asOf": one.as_of} for one in found.said]
