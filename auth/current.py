"""A mapping that is replaced as a whole: whoever looks sees one state or the next, never half of each."""

from collections.abc import Iterator, Mapping
from typing import TypeVar

Value = TypeVar("Value")


class Current(Mapping[str, Value]):
    """What is there now, by name; `version` counts the replacements."""

    __slots__ = ("_items", "version")

    def __init__(self, items: Mapping[str, Value]) -> None:
        self._items = dict(items)
        self.version = 0

    def replace(self, items: Mapping[str, Value]) -> None:
        """Have these instead from now on."""
        self._items = dict(items)
        self.version += 1

    def __getitem__(self, name: str) -> Value:
        return self._items[name]

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
