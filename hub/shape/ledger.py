"""What shaping is given and what it leaves behind: the notes, entities and ids of one answer.

Notes whose wording is known when a plan is compiled have a numbered slot, in the order in which notes are told; what
depends on how a source failed is noted by key. Knows no plan.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from hub.clock import Moment
from hub.errors import State
from hub.notes import Note, NoteKey, Notes, Path, sort_notes
from hub.plan.bind import Position
from hub.plan.model import Topology
from hub.replies import Reply


class Tools(NamedTuple):
    """What shaping is given: who owns what, how ids and cursors are made, and the time."""

    topology: Topology
    identify: Callable[[Position], str]
    seal: Callable[[Sequence[Any], bytes], str]
    now: Moment


class Shaped(NamedTuple):
    """The answer's data by response key (hub-owned roots still null, some of it as JSON), its notes, warnings and entities.

    `entities` are the anchors of all entities in it; `issued` those whose opaque id it shows, by id.
    """

    data: dict[str, Any]
    notes: Sequence[Note]
    warnings: Sequence[dict[str, Any]]
    entities: tuple[str, ...]
    issued: Mapping[str, Position]


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
