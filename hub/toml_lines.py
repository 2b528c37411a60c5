"""Where the tables and keys of a TOML text stand, so that a mistake can be told with its line."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

Place = tuple[str | int, ...]
"""Names of tables and keys, and numbers (from 0) within repeated tables."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines of all tables and keys of a text."""

    known: Mapping[Place, int]

    def of(self, place: Place) -> int:
        """Line of a place, or of the nearest one around it, of a repeated table the first; 0 if there is none."""
        lengths = range(len(place), 0, -1)
        found = (self.known.get(place[:n], self.known.get((*place[:n], 0))) for n in lengths)
        return next((line for line in found if line is not None), 0)


def find_lines(text: str) -> Lines:
    """Lines of a text's tables and keys."""
    return Lines(dict(_key_lines(text)))


_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"']+)\s*=")


def _key_lines(text: str) -> Iterator[tuple[Place, int]]:
    """Line of every table header and top-level key, by its place as pydantic names it."""
    counts: dict[Place, int] = {}
    table: Place = ()
    for number, line in enumerate(text.splitlines(), 1):
        header = _HEADER.match(line)
        if header:
            table = _table_place(header[2], header[1] == "[[", counts)
            yield table, number
            continue
        key = _KEY.match(line)
        if key:
            yield (*table, *(part.strip("\"'") for part in key[1].split("."))), number


def _table_place(name: str, repeated: bool, counts: dict[Place, int]) -> Place:
    place: Place = ()
    parts = [part.strip().strip("\"'") for part in name.split(".")]
    for depth, part in enumerate(parts):
        place = (*place, part)
        last = depth == len(parts) - 1
        if last and repeated:
            counts[place] = counts.get(place, -1) + 1
            for known in [k for k in counts if len(k) > len(place) and k[: len(place)] == place]:
                if known[len(place)] == counts[place]:
                    del counts[known]
        if place in counts:
            place = (*place, counts[place])
    return place
