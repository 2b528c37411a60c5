"""Places in a nested answer by path: names and list indices joined by dots (`data.items`, `xkxx.0.bh`); `$` is the
whole answer. Knows no transport and no record.
"""

from enum import Enum
from typing import Any

Path = tuple[str, ...]


class Absent(Enum):
    """Says that a path leads nowhere, which differs from leading to null."""

    ABSENT = "absent"


ABSENT = Absent.ABSENT


def read_path(text: str) -> Path:
    """Path from its text."""
    return () if text == "$" else tuple(text.split("."))


def has_surrogate(value: Any) -> bool:
    """True for a text that no answer can hold."""
    return isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value)


def find(node: Any, path: Path) -> Any:
    """What the path leads to; null where it passes through null, ABSENT where it leads nowhere."""
    for step in path:
        if isinstance(node, dict):
            node = node.get(step, ABSENT)
        elif isinstance(node, list) and step.isdecimal():
            node = node[int(step)] if int(step) < len(node) else ABSENT
        else:
            return None if node is None else ABSENT
    return node


def place(body: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value into nested objects, making those that are missing."""
    *outer, last = path
    for step in outer:
        body = body.setdefault(step, {})
    body[last] = value
