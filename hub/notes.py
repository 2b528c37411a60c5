"""What an answer says of its own gaps: one note for each field, state and reason, counted over all rows.

Collects; does not decide. The order of notes never depends on the order in which rows were shaped.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from hub.errors import State

Path = tuple[str | int, ...]
_MOST_LISTED = 20


@dataclass(frozen=True, slots=True)
class NoteKey:
    """What is said: where (response keys without list positions), of which field, which state, why, by whose fault."""

    pattern: tuple[str, ...]
    coordinate: str
    state: State
    code: str = ""
    source: str = ""


@dataclass(slots=True)
class Note:
    """A note with the number of positions it stands for and the first of them."""

    key: NoteKey
    count: int
    path: Path
    names: dict[str, Any] = field(default_factory=dict)


class Notes:
    """All notes of one answer."""

    def __init__(self) -> None:
        self._notes: dict[NoteKey, Note] = {}

    def add(self, key: NoteKey, path: Path, count: int = 1, **names: Any) -> None:
        """Note one more position, or `count` of them."""
        known = self._notes.get(key)
        if known is None:
            self._notes[key] = Note(key, count, path, names)
        else:
            known.count += count

    def tell(self, key: NoteKey, name: str, told: Any) -> None:
        """Add to what a note tells of its first positions."""
        listed = self._notes[key].names.setdefault(name, [])
        if len(listed) < _MOST_LISTED:
            listed.append(told)

    def sorted(self) -> list[Note]:
        """Notes by place, state, code and source."""
        return sort_notes(self._notes.values())


def sort_notes(notes: Iterable[Note]) -> list[Note]:
    """Notes by place, state, code and source."""
    return sorted(notes, key=lambda note: rank_of(note.key))


def rank_of(key: NoteKey) -> tuple[tuple[str, ...], str, str, str, str]:
    """What notes are sorted by."""
    return key.pattern, key.coordinate, key.state, key.code, key.source


def positions_of(pattern: tuple[str, ...], data: dict[str, Any]) -> tuple[int, Path]:
    """How many positions of the data a pattern names, and the first of them.

    Where it names none, 0 and the longest path towards one that exists: the null or empty list in its way.
    """
    complete: list[Path] = []
    partial: list[Path] = []
    for path, remaining in _walk(data, pattern, ()):
        (partial if remaining else complete).append(path)
    if complete:
        return len(complete), complete[0]
    return 0, max(partial, key=len, default=())


def _walk(value: Any, pattern: tuple[str, ...], path: Path) -> Iterable[tuple[Path, int]]:
    if isinstance(value, list) and pattern:
        if not value:
            yield path, len(pattern)
        for place, item in enumerate(value):
            yield from _walk(item, pattern, (*path, place))
    elif isinstance(value, dict) and pattern:
        yield from _walk(value.get(pattern[0]), pattern[1:], (*path, pattern[0]))
    else:
        yield path, len(pattern)
