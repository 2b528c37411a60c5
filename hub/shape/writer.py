"""Writes the source of a shaper: lines with their indentation, the objects they name, and the slots of its notes.

Nothing a caller sent ever stands in the source: response keys and values enter as constants.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hub.errors import State
from hub.notes import NoteKey, rank_of
from hub.plan.model import Group


@dataclass(frozen=True, slots=True)
class Spot:
    """Where the code is: response keys, the field, and the expressions of the path with its list positions."""

    pattern: tuple[str, ...]
    coordinate: str
    path: tuple[str, ...]


@dataclass
class Writer:
    """Collects the code of one shaper."""

    lines: list[str] = field(default_factory=list)
    constants: dict[str, Any] = field(default_factory=dict)
    groups: dict[Group, str] = field(default_factory=dict)
    _names: dict[int, str] = field(default_factory=dict)
    _slots: dict[NoteKey, str] = field(default_factory=dict)
    _numbers: dict[str, int] = field(default_factory=dict)
    _indent: int = 1

    @property
    def margin(self) -> str:
        """The indentation of the present depth."""
        return "    " * self._indent

    def line(self, text: str) -> None:
        """One line at the present depth."""
        self.lines.append(self.margin + text)

    @contextmanager
    def block(self, head: str) -> Iterator[None]:
        """What is written inside stands below the head."""
        self.line(head)
        self._indent += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self._indent -= 1

    def constant(self, value: Any) -> str:
        """Name under which the code finds an object."""
        name = self._names.get(id(value))
        if name is None:
            name = self._names[id(value)] = f"k{len(self._names)}"
            self.constants[name] = value
        return name

    def text(self, value: str) -> str:
        """Expression of a text."""
        return repr(value) if value.isidentifier() and value.isascii() else self.constant(value)

    def fresh(self, prefix: str) -> str:
        """A name that is used once."""
        number = self._numbers[prefix] = self._numbers.get(prefix, -1) + 1
        return f"{prefix}{number}"

    def at(self, spot: Spot, key: str, coordinate: str) -> Spot:
        """One response key further down."""
        return Spot((*spot.pattern, key), coordinate, (*spot.path, self.text(key)))

    def note(self, spot: Spot, state: State, code: str = "", source: str = "") -> None:
        """Count one more position of a note."""
        slot = self._slots.setdefault(
            NoteKey(spot.pattern, spot.coordinate, state, code, source), f"n{len(self._slots)}"
        )
        with self.block(f"if counts[{slot}]:"):
            self.line(f"counts[{slot}] += 1")
        with self.block("else:"):
            self.line(f"counts[{slot}] = 1")
            self.line(f"paths[{slot}] = {path_of(spot)}")

    def gap(self, spot: Spot, reply: str) -> None:
        """Note that the source behind a reply is silent, or that there is none."""
        pattern, coordinate = self.constant(spot.pattern), self.constant(spot.coordinate)
        self.line(f"gap({pattern}, {coordinate}, {path_of(spot)}, {reply})")

    def passing(self, group: Group) -> str:
        """Variable that says whether the group lets the entity through: masked, in clear, or None if not at all."""
        if group not in self.groups:
            self.groups[group] = self.fresh("q")
        return self.groups[group]

    def finished_slots(self) -> tuple[NoteKey, ...]:
        """Keys of all slots in the order in which notes are told; their names become constants."""
        ordered = sorted(self._slots, key=rank_of)
        self.constants.update({self._slots[key]: place for place, key in enumerate(ordered)})
        return tuple(ordered)


def path_of(spot: Spot) -> str:
    """Expression of the path."""
    return f"({', '.join(spot.path)},)" if spot.path else "()"


def literal(pairs: Sequence[tuple[str, str]]) -> str:
    """Expression of a dictionary of expressions."""
    return "{" + ", ".join(f"{key}: {value}" for key, value in pairs) + "}"
