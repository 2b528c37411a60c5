"""Texts that only the hub can make – ids and cursors – and what the oracle says they stand for, one to one."""

from dataclasses import dataclass, field
from typing import Any

Anchor = tuple[str, str]


class Mark(str):
    """Stands in an expected answer for a text of the hub: an `id` of an entity, a `cursor` of a row in a context."""

    __slots__ = ("kind", "of")
    kind: str
    of: Any

    def __new__(cls, kind: str, of: Any) -> "Mark":
        """Marks of the same thing are equal texts."""
        made = super().__new__(cls, f"<{kind} {of!r}>")
        made.kind, made.of = kind, of
        return made


@dataclass
class Marks:
    """Which text the hub has given out for which mark.

    An id stands for one entity and an entity for one id. A cursor stands for one row, in every context that comes to
    the same; a row has a cursor for every caller, order and filter.
    """

    texts: dict[Mark, str] = field(default_factory=dict)
    ids: dict[str, Anchor] = field(default_factory=dict)
    cursors: dict[str, tuple[str, set[Any]]] = field(default_factory=dict)

    def agree(self, mark: Mark, text: object) -> bool:
        """True if the text may stand for the mark; remembers it."""
        if not isinstance(text, str) or not text:
            return False
        if mark.kind == "id":
            return self.texts.setdefault(mark, text) == text and self.ids.setdefault(text, mark.of) == mark.of
        context, local = mark.of
        known, contexts = self.cursors.setdefault(text, (local, set()))
        contexts.add(context)
        return known == local

    def row_after(self, cursor: str, context: Any) -> str | None:
        """The row a cursor stands for, None if it was never given out in this context."""
        local, contexts = self.cursors.get(cursor, ("", set()))
        return local if context in contexts else None


def difference(expected: Any, got: Any, marks: Marks, at: str = "") -> str | None:
    """Where two answers differ first, None if they agree; the order of an object's keys counts."""
    if isinstance(expected, Mark):
        return None if marks.agree(expected, got) else f"{at}: expected {expected}, got {got!r}"
    if isinstance(expected, dict) and isinstance(got, dict):
        if at.startswith(".data") and list(expected) != list(got):
            return f"{at}: expected keys {list(expected)}, got {list(got)}"
        names = dict.fromkeys((*expected, *got))
        found = (
            _missing(expected, got, name, at) or difference(expected[name], got[name], marks, f"{at}.{name}")
            for name in names
        )
        return next(filter(None, found), None)
    if isinstance(expected, list) and isinstance(got, list):
        found = (
            difference(one, other, marks, f"{at}[{n}]")
            for n, (one, other) in enumerate(zip(expected, got, strict=False))
        )
        first = next(filter(None, found), None)
        if first is None and len(expected) != len(got):
            return f"{at}: expected {len(expected)} items, got {len(got)}: {expected!r} / {got!r}"
        return first
    same = type(expected) is type(got) and expected == got
    return None if same else f"{at}: expected {expected!r}, got {got!r}"


def _missing(expected: dict[str, Any], got: dict[str, Any], name: str, at: str) -> str | None:
    if name not in got:
        return f"{at}.{name}: expected {expected[name]!r}, got nothing"
    return f"{at}.{name}: expected nothing, got {got[name]!r}" if name not in expected else None
